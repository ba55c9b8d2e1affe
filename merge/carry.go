package merge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"taizhang/templates"
)

// joinList adds the city's list to what is known of a county: what the list gives
// goes before what is stored, an item that was never reported is added, and rows
// reported before the first list are the county's own base.
func (q *session) joinList(t *formTable, county, period string, past *templates.Past) error {
	if len(t.form.HandDown) == 0 {
		return nil
	}
	var first int64
	err := q.one(`SELECT COALESCE(MIN(submission), 0) FROM handed_list WHERE form = $1 AND ($2 = 0 OR submission < $2)`,
		[]any{t.form.Name, q.until}, &first)
	if err != nil || first == 0 {
		return err
	}
	past.Handed = true
	if err := q.markBase(t, county, first, past.Rows); err != nil {
		return err
	}
	items, err := q.itemsThen(t, county)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, row := range past.Rows {
		at[row.Key] = i
	}
	for _, item := range items {
		if i, has := at[item.key]; has {
			past.Rows[i].Listed = true
			past.Rows[i].Values = overlay(t.form, past.Rows[i].Values, item.values)
			continue
		}
		past.Rows = append(past.Rows, templates.StoredRow{Key: item.key, Values: item.values, Listed: true,
			Later: dueBefore(t.form, period, item.at)})
	}
	return nil
}

// itemsThen are the items that a county has in hand, or had when the file came
// that is judged once more.
func (q *session) itemsThen(t *formTable, county string) ([]handedItem, error) {
	if q.until == 0 {
		return q.handedItems(t, `form = $1 AND county = $2 AND ended IS NULL`, t.form.Name, county)
	}
	return q.handedItems(t, `form = $1 AND county = $2 AND list IN (SELECT id FROM handed_list WHERE submission < $3)
		AND (ended IS NULL OR ended IN (SELECT id FROM handed_list WHERE submission > $3))`, t.form.Name, county, q.until)
}

// markBase marks the rows that were reported before the first list.
func (q *session) markBase(t *formTable, county string, first int64, rows []templates.StoredRow) error {
	old, err := list(q, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) },
		`SELECT DISTINCT _record FROM `+t.name+` WHERE _county = $1 AND _from < $2`, county, first)
	if err != nil {
		return err
	}
	base := map[int64]bool{}
	for _, id := range old {
		base[id] = true
	}
	for i := range rows {
		rows[i].Base = base[rows[i].Record]
	}
	return nil
}

// overlay is a stored row with what the list gives.
func overlay(form *templates.Form, stored, given []templates.Value) []templates.Value {
	out := slices.Clone(stored)
	for i, f := range form.Fields {
		if f.Given() && !given[i].Blank() {
			out[i] = given[i]
		}
	}
	return out
}

// dueBefore says whether the period was due when something came.
func dueBefore(form *templates.Form, period string, at time.Time) bool {
	if form.Calendar == nil || period == "" {
		return false
	}
	p, ok := form.Calendar.Period(period)
	return ok && p.Due.Before(at)
}

// CarriedRow is an item that a county has in hand, as it is written into a
// pre-filled form.
type CarriedRow struct {
	Label  string
	Values map[string]any
	Closed bool
	Listed bool // on the city's list
}

// Carried are the items of a ledger that a county has in hand: those of the
// city's list and those it reported, in the order in which they came. Closed ones
// are left out where the form says so. ErrNotFound for an unknown form.
func (s *Store) Carried(ctx context.Context, form, county string) (rows []CarriedRow, err error) {
	t, err := s.table(form)
	if err != nil {
		return nil, err
	}
	if t.form.Kind != templates.Ledger {
		return nil, nil
	}
	err = s.look(ctx, func(q *session) error {
		rows, err = q.carried(t, county)
		return err
	})
	return rows, err
}

func (q *session) carried(t *formTable, county string) ([]CarriedRow, error) {
	past, _, err := q.past(t, county, "")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(past.Rows, func(a, b templates.StoredRow) int {
		if (a.Record == 0) != (b.Record == 0) { // never reported: last
			return cmp.Compare(b.Record, a.Record)
		}
		return cmp.Compare(a.Record, b.Record)
	})
	var rows []CarriedRow
	for _, row := range past.Rows {
		closed := t.form.Closed(row.Values)
		if closed && t.form.Carry != templates.CarryAll {
			continue
		}
		rows = append(rows, CarriedRow{t.form.LabelOf(row.Values), t.form.Carried(row.Values), closed, row.Listed})
	}
	return rows, nil
}

// Prefill tells the counties that their pre-filled form for the coming period is
// ready: once for each county, form and period, from so long before the period
// opens. A county that has no open items, that was handed its items in the period
// itself or that has reported for it already, gets none. It counts what is new.
func (s *Store) Prefill(ctx context.Context, domain string, ahead time.Duration, mailTo func(county string) []string) (int, error) {
	var notices []Notice
	err := s.look(ctx, func(q *session) error {
		for _, form := range q.catalog.Forms {
			for _, p := range coming(form, q.at, ahead) {
				counties, err := q.unfilled(form, p.ID)
				if err != nil {
					return err
				}
				for _, county := range counties {
					notices = append(notices, Notice{Kind: "prefilled", County: county, Form: form.Name, Period: p.ID, To: mailTo(county)})
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("pre-filled forms: %w", err)
	}
	return s.Tell(ctx, domain, notices)
}

// coming are the periods that pre-filled forms are due for: the one that is open,
// for the program may have been stopped before it opened, and the next one when
// it opens soon.
func coming(form *templates.Form, at time.Time, ahead time.Duration) (soon []templates.Period) {
	if form.Calendar == nil || form.Kind != templates.Ledger {
		return nil
	}
	p, ok := form.Calendar.On(at)
	for n := 0; n < 2 && p.ID != ""; n++ {
		if !p.From.After(at.Add(ahead)) && !p.Due.Before(at) {
			soon = append(soon, p)
		}
		if !ok {
			break // not even the first one is open
		}
		if p, ok = form.Calendar.After(p); !ok {
			break
		}
	}
	return soon
}

// unfilled are the counties with open items that have neither got their form for
// the period nor reported for it.
func (q *session) unfilled(form *templates.Form, period string) ([]string, error) {
	t, err := q.table(form.Name)
	if err != nil {
		return nil, err
	}
	counties, err := list(q, func(scan func(...any) error) (c string, err error) { return c, scan(&c) },
		`SELECT county FROM (SELECT DISTINCT _county AS county FROM `+t.name+` WHERE _to IS NULL
			UNION SELECT DISTINCT county FROM handed_item WHERE form = $1 AND ended IS NULL) c
		WHERE county NOT IN (SELECT county FROM outbox WHERE form = $1 AND period = $2 AND kind IN ('prefilled', 'handed'))
			AND county NOT IN (SELECT county FROM submission WHERE form = $1 AND period = $2 AND in_force = 1)
		ORDER BY county`, form.Name, period)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, county := range counties {
		rows, err := q.carried(t, county)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(rows, func(r CarriedRow) bool { return !r.Closed }) {
			out = append(out, county)
		}
	}
	return out, nil
}

// List is what one version of a form's list changed. ErrNotFound when there is
// no such version.
func (s *Store) List(ctx context.Context, form string, version int64) (h Handing, err error) {
	t, err := s.table(form)
	if err != nil {
		return h, err
	}
	err = s.look(ctx, func(q *session) error {
		var list int64
		h.Version = version
		err := q.one(`SELECT id FROM handed_list WHERE form = $1 AND version = $2`, []any{form, version}, &list)
		if errors.Is(err, ErrNotFound) {
			return fmt.Errorf("list %d of form %s: %w", version, form, err)
		}
		if err != nil {
			return err
		}
		return q.fillHanding(t, list, &h)
	})
	return h, err
}
