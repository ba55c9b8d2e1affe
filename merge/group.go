package merge

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A transaction costs a wait for the disk, whatever it writes. So changes that
// are asked for while another is being written wait for it, and then go into one
// transaction together: each whole or not at all, and none acknowledged before
// all of it is on disk.

// MostTogether bounds the changes of one transaction. A batch may not have more.
const MostTogether = 64

// EnoughTogether is how many rows files that are merged together may have before no
// other is read: what was read of them is in memory until then.
const EnoughTogether = 20_000

// member is one change of a group.
type member struct {
	ctx     context.Context
	work    func(*session) error
	err     error
	settled bool // err says how it ended
}

// queue is the changes that wait for the writer. Those that were asked for as one
// batch are never parted.
type queue struct {
	turn sync.Mutex // held by the one that writes

	mu      sync.Mutex
	waiting [][]*member
}

func (w *queue) add(batch []*member) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, batch)
}

// next are the changes whose turn it is, in the order in which they came.
func (w *queue) next() (group []*member) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting) > 0 && (group == nil || len(group)+len(w.waiting[0]) <= MostTogether) {
		group = append(group, w.waiting[0]...)
		w.waiting = w.waiting[1:]
	}
	return group
}

// together writes a batch of changes in their order, with others that wait, and
// answers how each ended.
func (s *Store) together(ctx context.Context, works []func(*session) error) []error {
	if len(works) == 0 {
		return nil
	}
	batch := make([]*member, len(works))
	for i, work := range works {
		batch[i] = &member{ctx: ctx, work: work}
	}
	s.queue.add(batch)
	s.queue.turn.Lock()
	defer s.queue.turn.Unlock()
	for !batch[0].settled {
		s.writeGroup(s.queue.next())
	}
	errs := make([]error, len(batch))
	for i, m := range batch {
		errs[i] = m.err
	}
	return errs
}

// ErrBehind is told of a file behind one that failed.
var ErrBehind = errors.New("a file of the same county before it failed")

// inOrder runs n works for files, in batches. Once one has failed, those for the same
// county fail as well. What went wrong is told for each.
func (s *Store) inOrder(ctx context.Context, n int, county func(int) string, work func(int, *session) error, failed func(int, error)) {
	stuck := map[string]bool{}
	for start := 0; start < n; start += MostTogether {
		var works []func(*session) error
		for i := start; i < min(start+MostTogether, n); i++ {
			works = append(works, func(q *session) error {
				if stuck[county(i)] {
					return ErrBehind
				}
				err := work(i, q)
				stuck[county(i)] = err != nil
				return err
			})
		}
		for i, err := range s.changes(ctx, works...) {
			if err != nil {
				stuck[county(start+i)] = true
				failed(start+i, err)
			}
		}
	}
}

// errDragged is told to a change whose group ended in the middle of another.
var errDragged = errors.New("another change of the same transaction failed")

// writeGroup writes a group and tells each member how it ended. A change that is
// alone needs no savepoint.
func (s *Store) writeGroup(group []*member) {
	err := errDragged // unless the end is reached, which a panic prevents
	defer func() {
		for _, m := range group {
			if m.err == nil {
				m.err = err
			}
			m.settled = true
		}
	}()
	if len(group) == 1 {
		err = s.run(patient{group[0].ctx}, s.write, nil, group[0].work)
		return
	}
	err = s.run(context.Background(), s.write, nil, func(q *session) error { return q.each(group) })
}

// each runs the changes one after the other. One that fails is undone by itself;
// an error means that nothing of the group may stay.
func (q *session) each(group []*member) error {
	for _, m := range group {
		if m.err = m.ctx.Err(); m.err != nil {
			continue
		}
		if err := q.do(`SAVEPOINT member`); err != nil {
			return err
		}
		own := *q
		own.ctx = patient{m.ctx}
		if m.err = m.work(&own); m.err != nil {
			if err := q.do(`ROLLBACK TO member`); err != nil {
				return fmt.Errorf("undo one change of several: %w", errors.Join(m.err, err))
			}
		}
		if err := q.do(`RELEASE member`); err != nil {
			return err
		}
	}
	return nil
}

// patient is a context that ends between statements and never within one: to watch
// for the end of each costs more than most statements do.
type patient struct{ context.Context }

// Done never comes.
func (patient) Done() <-chan struct{} { return nil }
