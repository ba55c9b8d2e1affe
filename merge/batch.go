package merge

import (
	"slices"
	"strings"
)

// batchValues is how many values go into one statement.
const batchValues = 960

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
		args := slices.Concat(rows[:step]...)
		if err := q.do("INSERT INTO "+into+" VALUES "+tuples(step, width), args...); err != nil {
			return err
		}
		rows = rows[step:]
	}
	return nil
}

// tuples writes (?, ?), (?, ?) for rows of a width. Places without a name need no
// looking up.
func tuples(rows, width int) string {
	one := "(" + strings.Repeat("?, ", width-1) + "?)"
	return strings.Repeat(one+", ", rows-1) + one
}

// quote makes any text an SQL identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
