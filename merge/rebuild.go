package merge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"taizhang/templates"
)

// Rebuilding says how a store is made anew from its arrivals.
type Rebuilding struct {
	// Path of the new database; nothing may be there.
	Path string
	// Judge reads the original of an arrival with a catalogue.
	Judge func(ctx context.Context, c *templates.Catalog, a Arrival) (*templates.Reading, error)
	// Step is told after each file how many of them are done.
	Step func(done, all int)
}

// Rebuild makes a new database out of what cannot be worked out again (arrivals,
// numbers and times of submissions, texts of forms, the city's lists, letters,
// withdrawals, audit) and out of the originals, judged once more in their order, each with the
// forms of its day: submissions, findings, records, held rows and figures. It
// answers in what the two stores differ. The store itself is only read.
//
// A file that this program once failed on (Z03) stays as it was.
func (s *Store) Rebuild(ctx context.Context, r Rebuilding) (found []Difference, err error) {
	into, err := Open(ctx, r.Path, s.catalog, s.now)
	if err != nil {
		return nil, fmt.Errorf("open new database: %w", err)
	}
	defer func() { err = errors.Join(err, into.Close()) }()
	into.Zone = s.Zone
	// Until it is whole nobody wants the new file, so it need not be safe before.
	if _, err := into.write.ExecContext(ctx, "PRAGMA synchronous = OFF"); err != nil {
		return nil, err
	}
	err = s.look(ctx, func(old *session) error {
		b := &rebuilding{Rebuilding: r, old: old, into: into, sets: old.formSets(), early: map[int64]bool{}}
		if err := b.run(); err != nil {
			return err
		}
		found, err = b.differences()
		return err
	})
	if err == nil {
		_, err = into.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return found, err
}

// rebuilding is one rebuild under way.
type rebuilding struct {
	Rebuilding
	old  *session
	into *Store
	sets *formSets

	early map[int64]bool // submissions that had been withdrawn before they were judged
}

// historyTables are the tables of what happened; they are copied as they are.
var historyTables = []string{"form_version", "form_set", "arrival", "answer", "audit", "numbered", "withdrawal", "leap"}

func (b *rebuilding) run() error {
	err := b.into.change(b.old.ctx, func(q *session) error {
		// What opening the new database wrote of itself gives way to the history.
		for _, table := range []string{"form_version", "form_set", "counter"} {
			if err := q.do("DELETE FROM " + table); err != nil {
				return err
			}
		}
		for _, table := range historyTables {
			if err := b.copyRows(q, table, ""); err != nil {
				return err
			}
		}
		return b.copyRows(q, "counter", "WHERE name NOT LIKE 'record %'")
	})
	if err != nil {
		return fmt.Errorf("copy history: %w", err)
	}
	if err := b.replay(); err != nil {
		return err
	}
	return b.into.change(b.old.ctx, b.finish)
}

// finish goes back to the present forms, and works out the figures.
func (b *rebuilding) finish(q *session) error {
	q.Store.catalog = b.old.catalog
	for _, form := range q.catalog.Forms {
		if err := q.adopt(form); err != nil {
			return err
		}
	}
	for _, table := range []string{"void", "rejudged", "outbox"} {
		if err := b.copyRows(q, table, ""); err != nil {
			return err
		}
	}
	if err := q.do("DELETE FROM summary_state"); err != nil {
		return err
	}
	if err := b.copyRows(q, "summary_state", ""); err != nil {
		return err
	}
	for _, s := range q.catalog.Summaries {
		t, err := q.table(s.Form)
		if err != nil {
			return err
		}
		if err := q.refigureAll(t, s); err != nil {
			return err
		}
	}
	return q.do("UPDATE summary_state SET want = want + 1")
}

// copyRows copies a table, or the rows of it that a condition picks.
func (b *rebuilding) copyRows(q *session, table, where string, args ...any) error {
	columns, err := b.old.columnsOf(table)
	if err != nil {
		return err
	}
	if table == "finding" { // which are numbered as they come
		columns = slices.DeleteFunc(columns, func(c string) bool { return c == `"id"` })
	}
	names := strings.Join(columns, ", ")
	rows, err := b.old.rowsOf(len(columns), "SELECT "+names+" FROM "+table+" "+where, args...)
	if err != nil {
		return err
	}
	return q.insert(table+" ("+names+")", rows)
}

// columnsOf are the columns of a table, quoted.
func (q *session) columnsOf(table string) ([]string, error) {
	names, err := list(q, scanText, `SELECT name FROM pragma_table_info($1) ORDER BY cid`, table)
	for i := range names {
		names[i] = quote(names[i])
	}
	return names, err
}

// rowsOf reads rows as they are stored.
func (q *session) rowsOf(width int, query string, args ...any) ([][]any, error) {
	return list(q, func(scan func(...any) error) ([]any, error) {
		row, into := make([]any, width), make([]any, width)
		for i := range row {
			into[i] = &row[i]
		}
		return row, scan(into...)
	}, query, args...)
}

// replay judges the files again, in the order in which they were judged, with what
// happened between them.
func (b *rebuilding) replay() error {
	all, err := b.old.submissions(`ORDER BY id`)
	if err != nil {
		return err
	}
	sets, err := b.setsOf()
	if err != nil {
		return err
	}
	between, err := b.between()
	if err != nil {
		return err
	}
	for i, sub := range all {
		for ; len(between) > 0 && between[0].after < sub.ID; between = between[1:] {
			if err := b.happen(between[0]); err != nil {
				return err
			}
		}
		if err := b.replayOne(sub, sets[sub.ID]); err != nil {
			return fmt.Errorf("submission %s: %w", sub.Number, err)
		}
		if b.Step != nil {
			b.Step(i+1, len(all))
		}
	}
	for _, e := range between {
		if err := b.happen(e); err != nil {
			return err
		}
	}
	return nil
}

// setsOf are the form sets that the submissions were judged with; 0 for none.
func (b *rebuilding) setsOf() (map[int64]int64, error) {
	sets := map[int64]int64{}
	_, err := list(b.old, func(scan func(...any) error) (struct{}, error) {
		var id, set int64
		err := scan(&id, &set)
		sets[id] = set
		return struct{}{}, err
	}, `SELECT id, COALESCE(form_set, 0) FROM submission`)
	return sets, err
}

// event is what happened between two files.
type event struct {
	after   int64  // the newest submission at that time
	void    int64  // the submission that was withdrawn; 0 for
	counter string // a counter that leapt
	value   int64  // to this value
}

// between are the events, in their order.
func (b *rebuilding) between() ([]event, error) {
	return list(b.old, func(scan func(...any) error) (e event, err error) {
		return e, scan(&e.after, &e.void, &e.counter, &e.value)
	}, `SELECT after, submission, name, value FROM (
			SELECT after, id AS at, 0 AS leapt, submission, '' AS name, 0 AS value FROM void
			UNION ALL SELECT after, void, id, 0, name, value FROM leap)
		ORDER BY after, at, leapt`)
}

func (b *rebuilding) happen(e event) error {
	switch {
	case e.void > e.after:
		b.early[e.void] = true
		return nil
	case e.void > 0:
		return b.withdraw(e.void)
	}
	return b.into.change(b.old.ctx, func(q *session) error { return q.raise(e.counter, e.value) })
}

// withdraw takes a submission out again at the point where the city did so: what
// came after was judged without it.
func (b *rebuilding) withdraw(id int64) error {
	return b.into.change(b.old.ctx, func(q *session) error {
		sub, err := q.submission(`WHERE id = $1`, id)
		if err == nil {
			_, err = (&replaying{q, b.sets, b.Judge}).withdraw(sub)
		}
		if err != nil {
			return fmt.Errorf("withdraw submission %s: %w", sub.Number, err)
		}
		return nil
	})
}

func (b *rebuilding) replayOne(sub Submission, set int64) error {
	var failed int
	if err := b.old.one(`SELECT COUNT(*) FROM finding WHERE submission = $1 AND code = 'Z03'`, []any{sub.ID}, &failed); err != nil {
		return err
	}
	if failed > 0 || sub.County == City {
		return b.into.change(b.old.ctx, func(q *session) error { return b.carry(q, sub) })
	}
	c, err := b.sets.catalogOf(set, sub.FormHash)
	if err != nil {
		return err
	}
	a, err := b.old.arrivalOf(sub.ID)
	if err != nil {
		return err
	}
	r, err := b.Judge(b.old.ctx, c, a)
	if err != nil {
		return err
	}
	return b.into.change(b.old.ctx, func(q *session) error {
		if err := q.judgeWith(c, set); err != nil {
			return err
		}
		if b.early[sub.ID] {
			_, _, err := q.enterWithdrawn(a, r, sub)
			return err
		}
		_, err := q.enter(a, r, sub)
		return err
	})
}

// judgeWith makes the store use another catalogue, whose forms get their columns.
func (q *session) judgeWith(c *templates.Catalog, set int64) error {
	q.Store.formSet = set
	if c == q.catalog {
		return nil
	}
	q.Store.catalog = c
	for _, form := range c.Forms {
		if err := q.adopt(form); err != nil {
			return err
		}
	}
	return nil
}

// carry copies a submission as it is: one of the city's, with the list that it
// handed down, or one that we failed on.
func (b *rebuilding) carry(q *session, sub Submission) error {
	if err := b.copyRows(q, "submission", "WHERE id = $1", sub.ID); err != nil {
		return err
	}
	if err := b.copyRows(q, "finding", "WHERE submission = $1 ORDER BY id", sub.ID); err != nil {
		return err
	}
	var id int64
	err := b.old.one(`SELECT id FROM handed_list WHERE submission = $1`, []any{sub.ID}, &id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := b.copyRows(q, "handed_list", "WHERE id = $1", id); err != nil {
		return err
	}
	return b.handAgain(q, id)
}

// handAgain copies the items of one list, which stand until a later one ends them.
func (b *rebuilding) handAgain(q *session, id int64) error {
	ended, err := list(b.old, func(scan func(...any) error) (item int64, err error) { return item, scan(&item) },
		`SELECT id FROM handed_item WHERE ended = $1`, id)
	if err != nil {
		return err
	}
	for _, item := range ended {
		if err := q.do(`UPDATE handed_item SET ended = $1 WHERE id = $2`, id, item); err != nil {
			return err
		}
	}
	columns, err := b.old.columnsOf("handed_item")
	if err != nil {
		return err
	}
	rows, err := b.old.rowsOf(len(columns), "SELECT "+strings.Join(columns, ", ")+" FROM handed_item WHERE list = $1 ORDER BY id", id)
	if err != nil {
		return err
	}
	for i, name := range columns {
		for _, row := range rows {
			if name == `"ended"` {
				row[i] = nil
			}
		}
	}
	return q.insert("handed_item ("+strings.Join(columns, ", ")+")", rows)
}
