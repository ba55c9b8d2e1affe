package merge

import (
	"strconv"
	"strings"
)

// batchValues is how many values go into one statement. SQLite looks its places
// up by name one after the other, so that longer statements cost more a row.
const batchValues = 240

// insert adds many rows with few statements. into names table and columns:
// "held (submission, form)". All rows have the same number of values. What is
// left after full statements goes in halves, so that the same few texts come again.
func (q *session) insert(into string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	width := len(rows[0])
	for step := max(1, batchValues/width); len(rows) > 0; {
		for step > len(rows) {
			step /= 2
		}
		args := make([]any, 0, step*width)
		for _, row := range rows[:step] {
			args = append(args, row...)
		}
		if err := q.do("INSERT INTO "+into+" VALUES "+tuples(step, width), args...); err != nil {
			return err
		}
		rows = rows[step:]
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
