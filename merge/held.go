package merge

import (
	"context"

	"taizhang/templates"
)

// HeldRow is a row of a file that is not merged until the county mends it.
type HeldRow struct {
	Submission int64  `json:"submission"`
	Form       string `json:"form"`
	County     string `json:"county"`
	Period     string `json:"period,omitempty"`
	Key        string `json:"key,omitempty"`
	Label      string `json:"label,omitempty"`
	Sheet      string `json:"sheet"`
	Row        int    `json:"row"`
}

// hold replaces the held rows of a county's form (for a report: of its period)
// by those of a file that counts.
func (q *session) hold(t *formTable, s Submission, rows []templates.Row) error {
	var err error
	if t.form.Kind == templates.Report {
		err = q.do(`DELETE FROM held WHERE form = $1 AND county = $2 AND period = $3`, s.Form, s.County, s.Period)
	} else {
		err = q.do(`DELETE FROM held WHERE form = $1 AND county = $2`, s.Form, s.County)
	}
	if err != nil {
		return err
	}
	var held [][]any
	for _, r := range rows {
		if r.Held {
			held = append(held, []any{s.ID, s.Form, s.County, s.Period, r.Key, r.Label, r.Sheet, r.Num})
		}
	}
	return q.insert(`held (submission, form, county, period, key, label, sheet, row_num)`, held)
}

// Held lists the rows of a form that wait to be mended; an empty county means
// all counties.
func (s *Store) Held(ctx context.Context, form, county string) (held []HeldRow, err error) {
	var c conditions
	c.equal("form", form)
	c.equal("county", county)
	err = s.look(ctx, func(q *session) error {
		held, err = list(q, func(scan func(...any) error) (h HeldRow, err error) {
			return h, scan(&h.Submission, &h.Form, &h.County, &h.Period, &h.Key, &h.Label, &h.Sheet, &h.Row)
		}, `SELECT submission, form, county, period, key, label, sheet, row_num FROM held `+c.where()+` ORDER BY id`, c.args...)
		return err
	})
	return held, err
}
