package merge

import (
	"strconv"
	"strings"
)

// batchValues is how many values go into one statement; SQLite takes 32,766.
const batchValues = 8000

// insert adds many rows with few statements. into names table and columns:
// "held (submission, form)". All rows have the same number of values.
func (q *session) insert(into string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	width := len(rows[0])
	step := max(1, batchValues/width)
	for start := 0; start < len(rows); start += step {
		part := rows[start:min(start+step, len(rows))]
		args := make([]any, 0, len(part)*width)
		for _, row := range part {
			args = append(args, row...)
		}
		if err := q.do("INSERT INTO "+into+" VALUES "+tuples(len(part), width), args...); err != nil {
			return err
		}
	}
	return nil
}

// tuples writes ($1, $2), ($3, $4) for rows of a width.
func tuples(rows, width int) string {
	var b strings.Builder
	n := 0
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteString(", ")
			}
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// quote makes any text an SQL identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
