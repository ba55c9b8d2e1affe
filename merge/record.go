package merge

import (
	"context"
	"fmt"
	"strings"

	"taizhang/templates"
)

// version is a row of a form's table: a record as it was from one submission to
// another.
type version struct {
	id, record, from, to int64 // to is 0 while current
	county, period, key  string
	sheet                string
	row                  int
	cells                []any
}

// versions reads rows of a form's table; rest begins at WHERE and may use v.
func (q *session) versions(t *formTable, rest string, args ...any) ([]version, error) {
	return list(q, t.scan, `SELECT `+versionColumns+t.more("v.")+` FROM `+t.name+` v `+rest, args...)
}

const versionColumns = `v._version, v._record, v._from, COALESCE(v._to, 0), v._county, v._period, v._key, v._sheet, v._row`

func (t *formTable) scan(scan func(...any) error) (v version, err error) {
	v.cells = make([]any, len(t.columns))
	into := []any{&v.id, &v.record, &v.from, &v.to, &v.county, &v.period, &v.key, &v.sheet, &v.row}
	for i := range v.cells {
		into = append(into, &v.cells[i])
	}
	return v, scan(into...)
}

// current lists the rows in force of a county and period, in the order in which
// the county sent them.
func (q *session) current(t *formTable, county, period string) ([]version, error) {
	return q.versions(t, `WHERE v._to IS NULL AND v._county = $1 AND v._period = $2 ORDER BY v._version`, county, period)
}

// Records lists the current rows of a form that fit, county by county in the
// order they were sent, and counts them all. For a ledger, Period picks the rows
// that last changed in that period's file. ErrNotFound for an unknown form.
func (s *Store) Records(ctx context.Context, form string, f RecordFilter) (found []Record, total int, err error) {
	t, err := s.table(form)
	if err != nil {
		return nil, 0, err
	}
	c := f.where(t)
	err = s.look(ctx, func(q *session) error {
		if err := q.one(`SELECT COUNT(*) FROM `+t.name+` v `+c.where(), c.args, &total); err != nil {
			return err
		}
		all, err := q.versions(t, c.where()+` ORDER BY v._county, v._period, v._record`+page(f.Limit, f.Offset), c.args...)
		if err != nil {
			return err
		}
		found, err = t.records(all)
		return err
	})
	return found, total, err
}

func (f RecordFilter) where(t *formTable) *conditions {
	c := &conditions{texts: []string{"v._to IS NULL"}}
	c.equal("v._county", f.County)
	if t.form.Kind == templates.Report {
		c.equal("v._period", f.Period)
	} else if f.Period != "" {
		c.add("v._from IN (SELECT id FROM submission WHERE period = ?)", f.Period)
	}
	if f.Query != "" && len(t.columns) > 0 {
		c.add(t.contains(), "%"+likeEscaper.Replace(f.Query)+"%")
	}
	return c
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// contains asks for a text in any text column; its ? is the pattern.
func (t *formTable) contains() string {
	var tests []string
	at := 0
	for _, f := range t.form.Fields {
		for _, c := range storageOf(f).columns {
			if c.sql == "TEXT" {
				tests = append(tests, "v."+t.columns[at]+` LIKE ? ESCAPE '\'`)
			}
			at++
		}
	}
	if len(tests) == 0 {
		return "v._key LIKE ? ESCAPE '\\'"
	}
	return "(" + strings.Join(tests, " OR ") + ")"
}

// History lists all versions of a record, oldest first. ErrNotFound when the
// form has no such record.
func (s *Store) History(ctx context.Context, form string, id int64) (found []Record, err error) {
	t, err := s.table(form)
	if err != nil {
		return nil, err
	}
	err = s.look(ctx, func(q *session) error {
		all, err := q.versions(t, `WHERE v._record = $1 ORDER BY v._version`, id)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fmt.Errorf("record %d of form %s: %w", id, form, ErrNotFound)
		}
		found, err = t.records(all)
		return err
	})
	return found, err
}

// records turns stored rows into records with canonical texts.
func (t *formTable) records(all []version) ([]Record, error) {
	out := make([]Record, 0, len(all))
	for _, v := range all {
		values, err := t.decode(v.cells)
		if err != nil {
			return nil, err
		}
		r := Record{ID: v.record, Form: t.form.Name, County: v.county, Period: v.period, Key: v.key,
			Values: map[string]string{}, Submission: v.from, Until: v.to, Sheet: v.sheet, Row: v.row, Current: v.to == 0}
		for i, f := range t.form.Fields {
			r.Values[f.Name] = values[i].Text
		}
		out = append(out, r)
	}
	return out, nil
}
