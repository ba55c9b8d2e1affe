package merge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"taizhang/templates"
)

// Takes says whether a file with the verdict counts: its rows, but for those
// held, are in the store.
func Takes(v templates.Verdict) bool {
	return v == templates.Accepted || v == templates.Noted || v == templates.Partial
}

const submissionColumns = `id, number, county, file, sha256, channel, arrived_at, judged_at, form, form_title,
	form_version, COALESCE(form_hash, ''), period, sheet, verdict, rows_read, rows_taken, rows_held, in_force`

func scanSubmission(scan func(...any) error) (s Submission, err error) {
	return s, scan(&s.ID, &s.Number, &s.County, &s.File, &s.SHA256, &s.Channel, when{&s.ArrivedAt}, when{&s.JudgedAt},
		&s.Form, &s.FormTitle, &s.FormVersion, &s.FormHash, &s.Period, &s.Sheet, &s.Verdict,
		&s.Read, &s.Accepted, &s.Held, &s.InForce)
}

// submissions lists the submissions that a condition picks.
func (q *session) submissions(rest string, args ...any) ([]Submission, error) {
	return list(q, scanSubmission, `SELECT `+submissionColumns+` FROM submission `+rest, args...)
}

// submission is the first that a condition picks, or ErrNotFound.
func (q *session) submission(rest string, args ...any) (Submission, error) {
	found, err := q.submissions(rest+` LIMIT 1`, args...)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Submission{}, err
	}
	return found[0], nil
}

// addSubmission writes a submission. One without a number gets the one that its
// arrival had before a restore, or the next of the day, and one without an id the
// next.
func (q *session) addSubmission(s *Submission, arrival int64) error {
	if q.until != 0 {
		return q.correctSubmission(*s)
	}
	if s.Number == "" {
		if err := q.giveNumber(s, arrival); err != nil {
			return err
		}
	}
	id, err := q.add(`INSERT INTO submission (id, number, arrival, county, file, sha256, channel, arrived_at, judged_at, form,
			form_title, form_version, form_hash, period, sheet, verdict, rows_read, rows_taken, rows_held, form_set)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		orNull(s.ID), s.Number, arrival, s.County, s.File, s.SHA256, s.Channel, stamp(s.ArrivedAt), stamp(s.JudgedAt), s.Form,
		s.FormTitle, s.FormVersion, orNull(s.FormHash), s.Period, s.Sheet, string(s.Verdict), s.Read, s.Accepted, s.Held,
		orNull(q.formSet))
	s.ID = id
	return err
}

func (q *session) giveNumber(s *Submission, arrival int64) error {
	err := q.one(`DELETE FROM numbered WHERE arrival = $1 RETURNING number`, []any{arrival}, &s.Number)
	if !errors.Is(err, ErrNotFound) {
		q.restored = err == nil
		return err
	}
	day := q.at.In(q.Zone)
	serial, err := q.take(dayCounter(day), 1)
	s.Number = numberOf(day, serial)
	return err
}

// dayCounter is the counter of the submissions of a day.
func dayCounter(day time.Time) string { return "submission " + day.Format("20060102") }

// numberOf is the number of a submission: its day and a serial number of at least
// four digits.
func numberOf(day time.Time, serial int64) string {
	return fmt.Sprintf("%s-%04d", day.Format("20060102"), serial)
}

// correctSubmission gives a submission that was judged once more what it says now.
func (q *session) correctSubmission(s Submission) error {
	return q.do(`UPDATE submission SET form = $1, form_title = $2, form_version = $3, form_hash = $4, period = $5, sheet = $6,
		verdict = $7, rows_read = $8, rows_taken = $9, rows_held = $10 WHERE id = $11`,
		s.Form, s.FormTitle, s.FormVersion, orNull(s.FormHash), s.Period, s.Sheet, string(s.Verdict), s.Read, s.Accepted, s.Held, s.ID)
}

// orNull is the value, or NULL for nothing.
func orNull[T comparable](value T) any {
	var nothing T
	if value == nothing {
		return nil
	}
	return value
}

// enforce makes a submission the one in force for its county, form and period, in
// place of the one that is, if there is one.
func (q *session) enforce(s *Submission, instead bool) error {
	s.InForce = true
	if instead {
		if err := q.do(`UPDATE submission SET in_force = 0 WHERE form = $1 AND county = $2 AND period = $3 AND in_force = 1`,
			s.Form, s.County, s.Period); err != nil {
			return err
		}
	}
	return q.do(`UPDATE submission SET in_force = 1 WHERE id = $1`, s.ID)
}

// inForce is the submission that counts for a county, form and period.
func (q *session) inForce(county, form, period string) (Submission, error) {
	return q.submission(`WHERE form = $1 AND county = $2 AND period = $3 AND in_force = 1`, form, county, period)
}

// Submissions lists the submissions that fit, newest first, and counts them all.
// A Limit of 0 means no limit.
func (s *Store) Submissions(ctx context.Context, f SubmissionFilter) (found []Submission, total int, err error) {
	where, args := f.where()
	err = s.look(ctx, func(q *session) error {
		if err := q.one(`SELECT COUNT(*) FROM submission `+where, args, &total); err != nil {
			return err
		}
		found, err = q.submissions(where+` ORDER BY id DESC`+page(f.Limit, f.Offset), args...)
		return err
	})
	return found, total, err
}

func (f SubmissionFilter) where() (string, []any) {
	var c conditions
	c.equal("county", f.County)
	c.equal("form", f.Form)
	c.equal("period", f.Period)
	c.equal("verdict", string(f.Verdict))
	return c.where(), c.args
}

// conditions are joined with AND.
type conditions struct {
	texts []string
	args  []any
}

// equal asks for a column's value unless the value is empty.
func (c *conditions) equal(column, value string) {
	if value != "" {
		c.add(column+" = ?", value)
	}
}

// add adds a condition whose ? is the value's place.
func (c *conditions) add(text string, value any) {
	c.args = append(c.args, value)
	c.texts = append(c.texts, strings.ReplaceAll(text, "?", fmt.Sprintf("$%d", len(c.args))))
}

func (c *conditions) where() string {
	if len(c.texts) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(c.texts, " AND ")
}

// page cuts one page out of a list.
func page(limit, offset int) string {
	if limit <= 0 && offset <= 0 {
		return ""
	}
	if limit <= 0 {
		limit = 1 << 31
	}
	return fmt.Sprintf(" LIMIT %d OFFSET %d", limit, max(0, offset))
}

// Submission is one submission by its id, or ErrNotFound.
func (s *Store) Submission(ctx context.Context, id int64) (sub Submission, err error) {
	err = s.look(ctx, func(q *session) error {
		sub, err = q.submission(`WHERE id = $1`, id)
		return err
	})
	return sub, err
}
