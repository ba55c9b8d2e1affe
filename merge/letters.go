package merge

import (
	"context"
	"fmt"
	"time"
)

// Due lists the letters of a channel whose time has come, the longest due first.
func (s *Store) Due(ctx context.Context, channel string) (letters []Letter, err error) {
	err = s.look(ctx, func(q *session) error {
		letters, err = list(q, scanLetter, `SELECT `+letterColumns+` FROM outbox
			WHERE channel = $1 AND `+due(2)+` ORDER BY next_at, id`, append([]any{channel}, dueArgs(q.at)...)...)
		return err
	})
	return letters, err
}

// ClaimLetter takes one letter that is due, as Claim does; false when it is not
// due any more.
func (s *Store) ClaimLetter(ctx context.Context, id int64) (l Letter, ok bool, err error) {
	claimed, err := s.ClaimLetters(ctx, []int64{id})
	if err != nil || len(claimed) == 0 {
		return Letter{}, false, err
	}
	return claimed[0], true, nil
}

// ClaimLetters takes those of some letters that are due, in the order of the ids.
func (s *Store) ClaimLetters(ctx context.Context, ids []int64) (letters []Letter, err error) {
	err = s.change(ctx, func(q *session) error {
		for _, id := range ids {
			claimed, err := list(q, scanLetter, claimOne, append([]any{ByMail, stamp(q.at.Add(leases[ByMail])),
				stamp(q.at.Add(leases[ByFolder])), id}, dueArgs(q.at)...)...)
			if err != nil {
				return err
			}
			letters = append(letters, claimed...)
		}
		return nil
	})
	return letters, err
}

// claimOne takes one letter if it is due.
var claimOne = `UPDATE outbox SET state = 'sending', attempts = attempts + 1,
		next_at = CASE channel WHEN $1 THEN $2 ELSE $3 END
	WHERE id = $4 AND ` + due(5) + ` RETURNING ` + letterColumns

// Unclaim makes letters that are under way due now, and those that wait for a
// folder, and counts them. Only the one program that delivers may call it, before
// it begins: whoever claimed them has died, and what stood in the way of a folder
// may be why the program was started again.
func (s *Store) Unclaim(ctx context.Context) (n int, err error) {
	err = s.change(ctx, func(q *session) error {
		res, err := q.exec(`UPDATE outbox SET next_at = $1 WHERE next_at > $1
			AND (state = 'sending' OR state = 'pending' AND channel = $2)`, stamp(q.at), ByFolder)
		if err != nil {
			return err
		}
		released, err := res.RowsAffected()
		n = int(released)
		return err
	})
	return n, err
}

// TakeUp makes letters that wait or were given up due now and counts their
// attempts from the beginning; without an id it takes up all that were given up.
// It gives the letters taken up. ErrNotFound when there is no such letter, or it
// was sent, or is under way.
func (s *Store) TakeUp(ctx context.Context, id int64) (letters []Letter, err error) {
	which, args := `state = 'failed'`, []any{}
	if id != 0 {
		which, args = `state IN ('failed', 'pending') AND id = $2`, []any{id}
	}
	err = s.change(ctx, func(q *session) error {
		letters, err = list(q, scanLetter, `UPDATE outbox SET state = 'pending', attempts = 0, next_at = $1
			WHERE `+which+` RETURNING `+letterColumns, append([]any{stamp(q.at)}, args...)...)
		if err != nil || id != 0 && len(letters) > 0 || id == 0 {
			return err
		}
		return fmt.Errorf("letter %d: %w", id, ErrNotFound)
	})
	return letters, err
}

// SentPartly says that a claimed letter was delivered, but not to all, with the
// cause in words. ErrNotFound when it is not under way.
func (s *Store) SentPartly(ctx context.Context, id int64, cause string) error {
	return s.settle(ctx, id, "sent", cause, time.Time{})
}

// Stuck lists the letters of a channel that were given up, were tried in vain and
// wait, or went to some addresses only. A failure that a later letter to the same
// county overtook is history and left out.
func (s *Store) Stuck(ctx context.Context, channel string) (letters []Letter, err error) {
	err = s.look(ctx, func(q *session) error {
		letters, err = list(q, scanLetter, `SELECT `+letterColumns+` FROM outbox o
			WHERE channel = $1 AND last_error <> '' AND (state IN ('pending', 'sending') OR NOT EXISTS (
				SELECT 1 FROM outbox n WHERE n.county = o.county AND n.channel = $1
					AND n.state = 'sent' AND n.last_error = '' AND n.id > o.id))
			ORDER BY id`, channel)
		return err
	})
	return letters, err
}
