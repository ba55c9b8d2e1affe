package merge

import (
	"context"
	"fmt"
)

// Dismiss is for an arrival that is no submission, such as a letter of ours that
// somebody saved again: it waits no longer, and the record of what was done says
// so.
func (s *Store) Dismiss(ctx context.Context, a Arrival) error {
	err := s.change(ctx, func(q *session) error {
		if err := q.do(`UPDATE arrival SET judged = 1 WHERE id = $1`, a.ID); err != nil {
			return err
		}
		return q.note(a.County, "dismiss", fmt.Sprint("arrival ", a.ID), a.SHA256)
	})
	if err != nil {
		return fmt.Errorf("dismiss arrival: %w", err)
	}
	return nil
}
