package merge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is one thing in which a store differs from what its originals say.
// It names no contents.
type Difference struct {
	Kind   string // file, finding, record, held, figure
	Form   string // or the summary of a figure
	County string
	Item   string // number of the submission, or of the record
	Fields int    // how many cells differ; a row that only one side has counts with all its cells
}

// comparison is how one kind of rows is compared: a query that gives kind, form,
// county and item, then the columns that make a row the same one, then the rest.
type comparison struct {
	query string
	key   int // how many columns after the first four
}

// comparisons of everything that is worked out, but the forms' own tables.
var comparisons = []comparison{
	{`SELECT 'file', form, county, number, number, form_title, form_version, form_hash, period, sheet, verdict,
		rows_read, rows_taken, rows_held, in_force FROM submission`, 1},
	{`SELECT 'finding', s.form, s.county, s.number, f.submission, ROW_NUMBER() OVER (PARTITION BY f.submission ORDER BY f.id),
		f.code, f.type, f.rule, f.severity, f.sheet, f.cell, f.cells, f.row_num, f.field, f.title, f.key, f.value
		FROM finding f JOIN submission s ON s.id = f.submission`, 2},
	{`SELECT 'held', h.form, h.county, s.number, h.submission, h.sheet, h.row_num, h.key, h.label, h.period
		FROM held h JOIN submission s ON s.id = h.submission`, 3},
	{`SELECT 'figure', summary, county, period, bucket, measure, value FROM figure
		WHERE summary IN (SELECT summary FROM summary_state)`, 3},
}

// differences compares all that is worked out, table by table.
func (b *rebuilding) differences() (found []Difference, err error) {
	count := map[Difference]int{}
	err = b.into.look(b.old.ctx, func(fresh *session) error {
		for _, c := range comparisons {
			if err := c.compare(b.old, fresh, count); err != nil {
				return err
			}
		}
		forms, err := list(fresh, scanText, `SELECT form FROM form_table ORDER BY form`)
		if err != nil {
			return err
		}
		for _, form := range forms {
			if err := compareRecords(b.old, fresh, form, count); err != nil {
				return fmt.Errorf("form %s: %w", form, err)
			}
		}
		return nil
	})
	for d, fields := range count {
		d.Fields = fields
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Form, b.Form), strings.Compare(a.County, b.County), strings.Compare(a.Item, b.Item))
	})
	return found, err
}

// compareRecords compares a form's table county by county, in the columns that
// the new one has.
func compareRecords(old, fresh *session, form string, count map[Difference]int) error {
	table := "rows_" + form
	columns, err := fresh.columnsOf(table)
	if err != nil {
		return err
	}
	has, err := old.columnsOf(table)
	if err != nil {
		return err
	}
	columns = slices.DeleteFunc(columns, func(c string) bool { return c == `"_version"` || !slices.Contains(has, c) })
	counties := map[string]bool{}
	for _, q := range []*session{old, fresh} {
		names, err := list(q, scanText, "SELECT DISTINCT _county FROM "+quote(table))
		if err != nil {
			return err
		}
		for _, name := range names {
			counties[name] = true
		}
	}
	for county := range maps.Keys(counties) {
		c := comparison{"SELECT 'record', '" + form + "', _county, CAST(_record AS TEXT), _period, _key, _from, " +
			strings.Join(columns, ", ") + " FROM " + quote(table) + " WHERE _county = $1", 3}
		if err := c.compare(old, fresh, count, county); err != nil {
			return err
		}
	}
	return nil
}

// compare counts the cells that differ.
func (c comparison) compare(old, fresh *session, count map[Difference]int, args ...any) error {
	before, err := c.rows(old, args...)
	if err != nil {
		return err
	}
	after, err := c.rows(fresh, args...)
	if err != nil {
		return err
	}
	for key, row := range before {
		if n := cellsApart(row[4+c.key:], after[key]); n > 0 {
			count[named(row)] += n
		}
	}
	for key, row := range after {
		if before[key] == nil {
			count[named(row)] += max(1, len(row)-4-c.key)
		}
	}
	return nil
}

// rows are the rows of one side, by what makes them the same.
func (c comparison) rows(q *session, args ...any) (map[string][]any, error) {
	rows, err := q.tx.QueryContext(q.ctx, c.query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	byKey := map[string][]any{}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		byKey[fmt.Sprintf("%#v", row[:4+c.key])] = row
	}
	return byKey, rows.Err()
}

// cellsApart counts the cells of a row that the other side has otherwise, or all
// when it has no such row.
func cellsApart(row, other []any) (n int) {
	if other == nil {
		return max(1, len(row))
	}
	other = other[len(other)-len(row):]
	for i, cell := range row {
		if cell != other[i] {
			n++
		}
	}
	return n
}

func named(row []any) Difference {
	text := func(i int) string { return fmt.Sprint(row[i]) }
	return Difference{Kind: text(0), Form: text(1), County: text(2), Item: text(3)}
}
