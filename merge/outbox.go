package merge

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// The ways an answer goes out.
const (
	ByFolder = "folder"
	ByMail   = "mail"
)

// leases say how long a claimed letter may be under way before it is offered
// again: whoever claimed it has died. A letter by mail may take ten minutes.
var leases = map[string]time.Duration{ByFolder: 30 * time.Second, ByMail: 15 * time.Minute}

// post writes the letters of a submission. The Message-ID is made here, so that
// it stays the same however often a letter is tried. The answer to a file that is
// judged again after a restore has another one, for it may say something else.
func (q *session) post(sub Submission, o Answer) error {
	what := fmt.Sprintf("%s.%.8s", sub.Number, sub.SHA256)
	if q.restored {
		what += fmt.Sprintf(".%x", sub.JudgedAt.Unix())
	}
	id := fmt.Sprintf("<%s@%s>", what, domainOr(o.Domain))
	letters := [][]any{{sub.ID, KindAnswer, sub.County, ByFolder, "", id, "pending", stamp(q.at)}}
	if len(o.MailTo) > 0 {
		letters = append(letters, []any{sub.ID, KindAnswer, sub.County, ByMail, strings.Join(o.MailTo, "\n"), id, "pending", stamp(q.at)})
	}
	return q.insert(`outbox (submission, kind, county, channel, recipients, message_id, state, next_at)`, letters)
}

const letterColumns = `id, COALESCE(submission, 0), kind, county, form, period, ref, channel, recipients, message_id, state,
	attempts, next_at, last_error`

func scanLetter(scan func(...any) error) (l Letter, err error) {
	var to string
	err = scan(&l.ID, &l.Submission, &l.Kind, &l.County, &l.Form, &l.Period, &l.Ref, &l.Channel, &to, &l.MessageID, &l.State,
		&l.Attempts, when{&l.NextAt}, &l.LastError)
	if to != "" {
		l.To = strings.Split(to, "\n")
	}
	return l, err
}

// farthest is how far ahead a letter's next try may lie. One that lies farther was
// put off by a clock that was wrong, and is due.
const farthest = 2 * time.Hour

// due is the condition that the time of a letter has come: its arguments are
// those of dueArgs, numbered from n.
func due(n int) string {
	return fmt.Sprintf(`state IN ('pending', 'sending') AND (next_at <= $%d OR next_at > $%d)`, n, n+1)
}

func dueArgs(at time.Time) []any { return []any{stamp(at), stamp(at.Add(farthest))} }

// Claim takes the letter of a channel that has been due longest and counts an
// attempt; false when none is due. A letter whose claim ran out without Sent,
// Retry or Fail is offered again under the same Message-ID.
func (s *Store) Claim(ctx context.Context, channel string) (l Letter, ok bool, err error) {
	err = s.change(ctx, func(q *session) error {
		claimed, err := list(q, scanLetter, `UPDATE outbox SET state = 'sending', attempts = attempts + 1, next_at = $1
			WHERE id = (SELECT id FROM outbox WHERE channel = $2 AND `+due(3)+` ORDER BY next_at, id LIMIT 1)
			RETURNING `+letterColumns, append([]any{stamp(q.at.Add(leases[channel])), channel}, dueArgs(q.at)...)...)
		if err == nil && len(claimed) > 0 {
			l, ok = claimed[0], true
		}
		return err
	})
	return l, ok, err
}

// Sent says that a claimed letter was delivered. ErrNotFound when it is not
// under way.
func (s *Store) Sent(ctx context.Context, id int64) error {
	return s.settle(ctx, id, "sent", "", time.Time{})
}

// SentAll is Sent for up to a few letters, and answers how each ended.
func (s *Store) SentAll(ctx context.Context, ids []int64) []error {
	var works []func(*session) error
	for _, id := range ids {
		works = append(works, func(q *session) error { return q.settle(id, "sent", "", q.at) })
	}
	return s.changes(ctx, works...)
}

// Retry puts a letter that is under way, or was given up, back until next, with
// the cause in words.
func (s *Store) Retry(ctx context.Context, id int64, cause string, next time.Time) error {
	return s.settle(ctx, id, "pending", cause, next)
}

// Fail gives a letter up.
func (s *Store) Fail(ctx context.Context, id int64, cause string) error {
	return s.settle(ctx, id, "failed", cause, time.Time{})
}

// settle gives a letter its next state; a zero next is now.
func (s *Store) settle(ctx context.Context, id int64, state, cause string, next time.Time) error {
	return s.change(ctx, func(q *session) error {
		if next.IsZero() {
			next = q.at
		}
		return q.settle(id, state, cause, next)
	})
}

func (q *session) settle(id int64, state, cause string, next time.Time) error {
	res, err := q.exec(`UPDATE outbox SET state = $1, last_error = $2, next_at = $3
		WHERE id = $4 AND state IN ('sending', 'failed')`, state, cause, stamp(next), id)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fmt.Errorf("letter %d: %w", id, ErrNotFound)
}

// Letters lists the letters in a state (pending, sending, sent, failed), oldest
// first; an empty state means all.
func (s *Store) Letters(ctx context.Context, state string) (letters []Letter, err error) {
	var c conditions
	c.equal("state", state)
	err = s.look(ctx, func(q *session) error {
		letters, err = list(q, scanLetter, `SELECT `+letterColumns+` FROM outbox `+c.where()+` ORDER BY id`, c.args...)
		return err
	})
	return letters, err
}
