package merge

import (
	"context"
	"errors"

	"taizhang/templates"
)

// Account is all that is told about a submission.
type Account struct {
	Submission Submission
	Findings   []templates.Finding
	Before     *Submission         // judged before, of the same county, form and period; nil when this was the first
	Then       []templates.Finding // what was found in the one before
	Handing    *Handing            // of a list of the city's that was taken; else nil
}

// Accounts are what is told about some submissions, in their order, all as of one
// moment. ErrNotFound when there is no such submission.
func (s *Store) Accounts(ctx context.Context, submissions []int64) (all []Account, err error) {
	err = s.look(ctx, func(q *session) error {
		for _, id := range submissions {
			one, err := q.account(id)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	return all, err
}

func (q *session) account(id int64) (a Account, err error) {
	if a.Submission, err = q.submission(`WHERE id = $1`, id); err != nil {
		return a, err
	}
	if a.Findings, err = q.findings(id); err != nil {
		return a, err
	}
	if a.Before, a.Then, err = q.earlier(a.Submission); err != nil {
		return a, err
	}
	a.Handing, err = q.handing(a.Submission)
	return a, err
}

// earlier is the file judged before from the same county, form and period, with what
// was found in it; nil when this was the first, or when no form was recognised. A
// file returned before its period was found counts for any.
func (q *session) earlier(now Submission) (*Submission, []templates.Finding, error) {
	if now.Form == "" {
		return nil, nil, nil
	}
	before, err := q.submission(`WHERE form = $1 AND county = $2 AND (period = $3 OR period = '' OR $3 = '')
		AND id < $4 AND verdict <> 'withdrawn' ORDER BY id DESC`, now.Form, now.County, now.Period, now.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	found, err := q.findings(before.ID)
	return &before, found, err
}

// handing tells what the list with this submission changed; nil when the submission
// is no list that was taken.
func (q *session) handing(sub Submission) (*Handing, error) {
	if sub.County != City || sub.Form == "" || !Takes(sub.Verdict) {
		return nil, nil
	}
	t, err := q.table(sub.Form)
	if err != nil {
		return nil, err
	}
	var h Handing
	var list int64
	err = q.one(`SELECT id, version FROM handed_list WHERE submission = $1`, []any{sub.ID}, &list, &h.Version)
	if errors.Is(err, ErrNotFound) {
		return &h, nil
	}
	if err != nil {
		return nil, err
	}
	return &h, q.fillHanding(t, list, &h)
}
