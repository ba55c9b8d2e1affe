package merge

import (
	"errors"
	"fmt"
	"strings"

	"taizhang/templates"
)

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
			return err
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
	return b.write()
}

// next adds to the shift what is to be written of a submission, which has so many
// rows, and writes the shift when that is enough.
func (b *rebuilding) next(sub Submission, rows int, work func(*session) error) error {
	b.rows += rows
	b.shift = append(b.shift, func(q *session) error {
		own := *q
		if err := work(&own); err != nil {
			return fmt.Errorf("submission %s: %w", sub.Number, err)
		}
		return nil
	})
	if len(b.shift) < MostTogether && b.rows <= EnoughTogether {
		return nil
	}
	return b.write()
}

// write writes the shift in one transaction.
func (b *rebuilding) write() error {
	shift := b.shift
	b.shift, b.rows = nil, 0
	if len(shift) == 0 {
		return nil
	}
	return b.into.change(b.old.ctx, func(q *session) error {
		for _, work := range shift {
			if err := work(q); err != nil {
				return err
			}
		}
		return nil
	})
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

// happen makes an event happen once all before it is written.
func (b *rebuilding) happen(e event) error {
	if err := b.write(); err != nil {
		return err
	}
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

// replayOne judges a file again, or carries over what became of it.
func (b *rebuilding) replayOne(sub Submission, set int64) error {
	var failed int
	if err := b.old.one(`SELECT COUNT(*) FROM finding WHERE submission = $1 AND code = 'Z03'`, []any{sub.ID}, &failed); err != nil {
		return err
	}
	if failed > 0 || sub.County == City {
		return b.next(sub, 0, func(q *session) error { return b.carry(q, sub) })
	}
	c, a, r, err := b.judge(sub, set)
	if err != nil {
		return fmt.Errorf("submission %s: %w", sub.Number, err)
	}
	return b.next(sub, len(r.Rows), func(q *session) error {
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

// judge reads the original of a submission with the forms of its day.
func (b *rebuilding) judge(sub Submission, set int64) (*templates.Catalog, Arrival, *templates.Reading, error) {
	c, err := b.sets.catalogOf(set, sub.FormHash)
	if err != nil {
		return nil, Arrival{}, nil, err
	}
	a, err := b.old.arrivalOf(sub.ID)
	if err != nil {
		return nil, a, nil, err
	}
	r, err := b.Judge(b.old.ctx, c, a)
	return c, a, r, err
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
