package merge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"taizhang/templates"
)

// withdrawal is a decision of the city's that a restore took over: the file is to
// be withdrawn again.
type withdrawal struct {
	arrival int64
	at      time.Time
	reason  string
}

const withdrawalColumns = `arrival, at, reason`

func scanWithdrawal(scan func(...any) error) (w withdrawal, err error) {
	return w, scan(&w.arrival, when{&w.at}, &w.reason)
}

// withdrawnBefore is the withdrawal of a file that is about to be judged; nil for
// none.
func (q *session) withdrawnBefore(arrival int64) (*withdrawal, error) {
	found, err := list(q, scanWithdrawal, `SELECT `+withdrawalColumns+` FROM withdrawal WHERE arrival = $1`, arrival)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// mergeWithdrawn takes in a file that had been withdrawn before a restore: it is
// withdrawn from the start, and nobody ever sees it count.
func (q *session) mergeWithdrawn(a Arrival, r *templates.Reading, w withdrawal, o Answer) (Submission, error) {
	sub, was, err := q.enterWithdrawn(a, r, Submission{JudgedAt: q.at})
	if err != nil {
		return sub, err
	}
	if err := q.do(`INSERT INTO void (submission, after, verdict, at, reason)
		VALUES ($1, (SELECT COALESCE(MAX(id), 0) FROM submission WHERE id < $1), $2, $3, $4)`,
		sub.ID, string(was), stamp(w.at), w.reason); err != nil {
		return sub, err
	}
	if err := q.do(`DELETE FROM withdrawal WHERE arrival = $1`, a.ID); err != nil {
		return sub, err
	}
	if err := q.conclude(sub, a, o); err != nil {
		return sub, err
	}
	return sub, q.tellUndone(sub, w.reason, o.Domain, o.MailTo)
}

// enterWithdrawn writes what a file says, and that it counts for nothing. was is
// what its verdict would be.
func (q *session) enterWithdrawn(a Arrival, r *templates.Reading, who Submission) (sub Submission, was templates.Verdict, err error) {
	if sub, _, _, err = q.enlist(a, r, who); err != nil {
		return sub, "", err
	}
	was, sub.Verdict = sub.Verdict, templates.Withdrawn
	return sub, was, q.do(`UPDATE submission SET verdict = $1 WHERE id = $2`, string(sub.Verdict), sub.ID)
}

// WithdrawAgain withdraws the files that are judged already and that were withdrawn
// in the database before a restore, each in a transaction of its own, as of then
// and for the reason of then; number and reason of u are not used. One that cannot
// be withdrawn yet, such as for want of an original, holds up none of the others;
// it is tried again by the next call. It answers how many there were.
func (s *Store) WithdrawAgain(ctx context.Context, u Undoing) (done int, err error) {
	var open []withdrawal
	if err := s.look(ctx, func(q *session) error {
		open, err = list(q, scanWithdrawal, `SELECT `+withdrawalColumns+` FROM withdrawal
			WHERE arrival IN (SELECT arrival FROM submission) ORDER BY id`)
		return err
	}); err != nil {
		return 0, fmt.Errorf("list withdrawals: %w", err)
	}
	var errs []error
	for _, w := range open {
		u.Reason, u.at = w.reason, w.at
		if err := s.withdrawAgain(ctx, w, u); err != nil {
			errs = append(errs, err)
			continue
		}
		done++
	}
	return done, errors.Join(errs...)
}

func (s *Store) withdrawAgain(ctx context.Context, w withdrawal, u Undoing) error {
	var number string
	err := s.aside().change(ctx, func(q *session) error {
		sub, err := q.submission(`WHERE arrival = $1`, w.arrival)
		if err != nil {
			return err
		}
		number = sub.Number
		if sub.Verdict == templates.Withdrawn { // by hand, meanwhile
			return q.do(`DELETE FROM withdrawal WHERE arrival = $1`, w.arrival)
		}
		return q.undo(sub, u, s)
	})
	if err != nil {
		return fmt.Errorf("withdraw submission %s again: %w", number, err)
	}
	return nil
}
