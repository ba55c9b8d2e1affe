package merge

import (
	"context"
	"strings"

	"taizhang/templates"
)

const findingColumns = `code, type, rule, severity, sheet, cell, cells, row_num, field, title, key, value,
	expected, message, fix, expected_en, message_en, fix_en`

// addFindings keeps what a county is told, in the order it is told.
func (q *session) addFindings(submission int64, found []templates.Finding) error {
	rows := make([][]any, 0, len(found))
	for _, f := range found {
		rows = append(rows, []any{submission, f.Code, f.Type, f.Rule, string(f.Severity), f.Sheet, f.Cell,
			strings.Join(f.Cells, "\n"), f.Row, f.Field, f.Title, f.Key, f.Value,
			f.Expected, f.Message, f.Fix, f.EN.Expected, f.EN.Message, f.EN.Fix})
	}
	return q.insert(`finding (submission, `+findingColumns+`)`, rows)
}

func scanFinding(scan func(...any) error) (f templates.Finding, err error) {
	var cells string
	err = scan(&f.Code, &f.Type, &f.Rule, &f.Severity, &f.Sheet, &f.Cell, &cells, &f.Row, &f.Field, &f.Title,
		&f.Key, &f.Value, &f.Expected, &f.Message, &f.Fix, &f.EN.Expected, &f.EN.Message, &f.EN.Fix)
	if cells != "" {
		f.Cells = strings.Split(cells, "\n")
	}
	return f, err
}

func (q *session) findings(submission int64) ([]templates.Finding, error) {
	return list(q, scanFinding, `SELECT `+findingColumns+` FROM finding WHERE submission = $1 ORDER BY id`, submission)
}

// Findings lists what a county was told of a submission, in order. ErrNotFound
// when there is no such submission.
func (s *Store) Findings(ctx context.Context, submission int64) (found []templates.Finding, err error) {
	err = s.look(ctx, func(q *session) error {
		if _, err := q.submission(`WHERE id = $1`, submission); err != nil {
			return err
		}
		found, err = q.findings(submission)
		return err
	})
	return found, err
}
