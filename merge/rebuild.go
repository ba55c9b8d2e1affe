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

	shift []func(*session) error // what is written next, in one transaction
	rows  int                    // of the files of the shift
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
