package merge

import (
	"taizhang/templates"

	"github.com/shopspring/decimal"
)

// refigure computes anew what one county adds to every summary of a form, from
// its current rows of the period.
func (q *session) refigure(t *formTable, county, period string, current []version) error {
	var summaries []*templates.Summary
	for _, s := range q.catalog.Summaries {
		if s.Form == t.form.Name {
			summaries = append(summaries, s)
		}
	}
	if len(summaries) == 0 {
		return nil
	}
	rows, err := t.values(current)
	if err != nil {
		return err
	}
	for _, s := range summaries {
		if err := q.figure(t, s, county, period, rows); err != nil {
			return err
		}
	}
	return nil
}

// values are what stored rows say.
func (t *formTable) values(stored []version) ([][]templates.Value, error) {
	rows := make([][]templates.Value, 0, len(stored))
	for _, v := range stored {
		row, err := t.decode(v.cells)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// figure writes what rows of a county and period add to a summary.
func (q *session) figure(t *formTable, s *templates.Summary, county, period string, rows [][]templates.Value) error {
	if err := q.do(`DELETE FROM figure WHERE summary = $1 AND period = $2 AND county = $3`, s.Name, period, county); err != nil {
		return err
	}
	counted := tally{}
	for _, row := range rows {
		counted.add(s, t.form, county, row)
	}
	var lines [][]any
	for at, a := range counted {
		for _, value := range a.texts() {
			lines = append(lines, []any{s.Name, county, period, at.bucket, at.column, value})
		}
	}
	return q.insert(`figure (summary, county, period, bucket, measure, value)`, lines)
}

// texts are the amount as it is stored: one exact number or all its values.
func (a amount) texts() []string {
	if a.values == nil {
		return []string{a.number.String()}
	}
	texts := make([]string, 0, len(a.values))
	for v := range a.values {
		texts = append(texts, v)
	}
	return texts
}

// figures reads the stored tally of a summary and period.
func (q *session) figures(s *templates.Summary, period string) (tally, error) {
	distinct := map[string]bool{}
	for _, c := range s.Columns {
		distinct[c.Name] = c.Distinct != ""
	}
	counted := tally{}
	_, err := list(q, func(scan func(...any) error) (struct{}, error) {
		var at spot
		var value string
		if err := scan(&at.county, &at.bucket, &at.column, &value); err != nil {
			return struct{}{}, err
		}
		if distinct[at.column] {
			counted[at] = counted[at].plus(amount{values: map[string]bool{value: true}})
			return struct{}{}, nil
		}
		n, err := decimal.NewFromString(value)
		counted[at] = amount{number: n}
		return struct{}{}, err
	}, `SELECT county, bucket, measure, value FROM figure WHERE summary = $1 AND period = $2`, s.Name, period)
	return counted, err
}

// refigureAll computes a summary anew for all counties and periods.
func (q *session) refigureAll(t *formTable, s *templates.Summary) error {
	if err := q.do(`DELETE FROM figure WHERE summary = $1`, s.Name); err != nil {
		return err
	}
	type place struct{ county, period string }
	places, err := list(q, func(scan func(...any) error) (p place, err error) {
		return p, scan(&p.county, &p.period)
	}, `SELECT DISTINCT _county, _period FROM `+t.name+` WHERE _to IS NULL`)
	if err != nil {
		return err
	}
	for _, p := range places {
		stored, err := q.current(t, p.county, p.period)
		if err != nil {
			return err
		}
		rows, err := t.values(stored)
		if err != nil {
			return err
		}
		if err := q.figure(t, s, p.county, p.period, rows); err != nil {
			return err
		}
	}
	return nil
}

// tallyAsOf counts the rows as they stood at a time and, for a ledger, after
// the files of a period ("" for any). It reads the record versions.
func (q *session) tallyAsOf(t *formTable, s *templates.Summary, period string, at string) (tally, error) {
	rows, err := q.stood(t, period, at)
	if err != nil {
		return nil, err
	}
	counted := tally{}
	for _, v := range rows {
		row, err := t.decode(v.cells)
		if err != nil {
			return nil, err
		}
		counted.add(s, t.form, v.county, row)
	}
	return counted, nil
}

// stood lists the versions that were current after the files judged until a
// time. For a report they are the rows of the period; for a ledger the files of
// later periods are left out.
func (q *session) stood(t *formTable, period, at string) ([]version, error) {
	began, ended := `b.judged_at <= $1`, `e.judged_at <= $1`
	args := []any{at}
	switch {
	case t.form.Kind == templates.Report:
		began, args = began+` AND v._period = $2`, append(args, period)
	case period != "":
		began, ended = began+` AND b.period <= $2`, ended+` AND e.period <= $2`
		args = append(args, period)
	}
	all, err := q.versions(t, `JOIN submission b ON b.id = v._from LEFT JOIN submission e ON e.id = v._to
		WHERE `+began+` AND NOT COALESCE(`+ended+`, FALSE) ORDER BY v._version`, args...)
	return lastOfEach(all), err
}

// lastOfEach keeps the last version of each record. More than one can stand at a
// time only when the clock was set back in between.
func lastOfEach(all []version) []version {
	last := map[int64]int{}
	for i, v := range all {
		last[v.record] = i
	}
	kept := all[:0]
	for i, v := range all {
		if last[v.record] == i {
			kept = append(kept, v)
		}
	}
	return kept
}
