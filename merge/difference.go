package merge

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
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
// county and item, then the columns that make a row the same one, then the rest. It
// is made part by part, so that a large store needs no memory for all of it: of rows
// whose number is from $1 to $2.
type comparison struct {
	query string
	key   int    // how many columns after the first four
	next  string // the lowest number from $1 on, no row without one; "" compares all at once
}

// nextSubmission begins the next part of what belongs to submissions.
const nextSubmission = `SELECT id FROM submission WHERE id >= $1 ORDER BY id LIMIT 1`

// comparisons of everything that is worked out, but the forms' own tables.
var comparisons = []comparison{
	{`SELECT 'file', form, county, number, number, form_title, form_version, form_hash, period, sheet, verdict,
		rows_read, rows_taken, rows_held, in_force FROM submission WHERE id BETWEEN $1 AND $2`, 1, nextSubmission},
	{`SELECT 'finding', s.form, s.county, s.number, f.submission, ROW_NUMBER() OVER (PARTITION BY f.submission ORDER BY f.id),
		f.code, f.type, f.rule, f.severity, f.sheet, f.cell, f.cells, f.row_num, f.field, f.title, f.key, f.value
		FROM finding f JOIN submission s ON s.id = f.submission WHERE f.submission BETWEEN $1 AND $2`, 2, nextSubmission},
	{`SELECT 'held', h.form, h.county, s.number, h.submission, h.sheet, h.row_num, h.key, h.label, h.period
		FROM held h JOIN submission s ON s.id = h.submission`, 3, ""},
	{`SELECT 'figure', summary, county, period, bucket, measure, value FROM figure
		WHERE summary IN (SELECT summary FROM summary_state)`, 3, ""},
}

// partOfComparison is how many numbers are compared at once.
const partOfComparison = 2000

// differences compares all that is worked out, table by table.
func (b *rebuilding) differences() (found []Difference, err error) {
	count := map[Difference]int{}
	err = b.into.look(b.old.ctx, func(fresh *session) error {
		records, err := recordComparisons(b.old, fresh)
		if err != nil {
			return err
		}
		for _, c := range slices.Concat(comparisons, records) {
			if err := c.run(b.old, fresh, count); err != nil {
				return err
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

// recordComparisons compare the tables of the forms, in the columns that the new
// ones have.
func recordComparisons(old, fresh *session) (all []comparison, err error) {
	forms, err := list(fresh, scanText, `SELECT form FROM form_table ORDER BY form`)
	if err != nil {
		return nil, err
	}
	for _, form := range forms {
		table := "rows_" + form
		columns, err := fresh.columnsOf(table)
		if err != nil {
			return nil, err
		}
		has, err := old.columnsOf(table)
		if err != nil {
			return nil, err
		}
		columns = slices.DeleteFunc(columns, func(c string) bool { return c == `"_version"` || !slices.Contains(has, c) })
		all = append(all, comparison{"SELECT 'record', '" + form + "', _county, CAST(_record AS TEXT), _period, _key, _from, " +
			strings.Join(columns, ", ") + " FROM " + quote(table) + " WHERE _record BETWEEN $1 AND $2", 3,
			"SELECT _record FROM " + quote(table) + " WHERE _record >= $1 ORDER BY _record LIMIT 1"})
	}
	return all, nil
}

// run counts the cells that differ, part by part.
func (c comparison) run(old, fresh *session, count map[Difference]int) error {
	if c.next == "" {
		return c.compare(old, fresh, count)
	}
	for from := int64(math.MinInt64); ; from += partOfComparison {
		starts, err := list(old, scanNumber, c.next, from)
		if err != nil {
			return err
		}
		more, err := list(fresh, scanNumber, c.next, from)
		if err != nil {
			return err
		}
		if starts = append(starts, more...); len(starts) == 0 {
			return nil
		}
		if from = slices.Min(starts); from > math.MaxInt64-partOfComparison {
			return c.compare(old, fresh, count, from, int64(math.MaxInt64))
		}
		if err := c.compare(old, fresh, count, from, from+partOfComparison-1); err != nil {
			return err
		}
	}
}

func scanNumber(scan func(...any) error) (n int64, err error) { return n, scan(&n) }

// compare counts the cells that differ in one part.
func (c comparison) compare(old, fresh *session, count map[Difference]int, part ...any) error {
	before, err := c.rows(old, part...)
	if err != nil {
		return err
	}
	after, err := c.rows(fresh, part...)
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
func (c comparison) rows(q *session, part ...any) (map[string][]any, error) {
	rows, err := q.tx.QueryContext(q.ctx, c.query, part...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	byKey := map[string][]any{}
	into := make([]any, len(columns))
	for rows.Next() {
		row := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		byKey[sameKey(row[:4+c.key])] = row
	}
	return byKey, rows.Err()
}

// sameKey is a text that only equal values have.
func sameKey(values []any) string {
	var key []byte
	for _, v := range values {
		switch v := v.(type) {
		case string:
			key = strconv.AppendQuote(key, v)
		case int64:
			key = strconv.AppendInt(append(key, ' '), v, 10)
		default:
			key = fmt.Appendf(key, " %T %v ", v, v)
		}
	}
	return string(key)
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
