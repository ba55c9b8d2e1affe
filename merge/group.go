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

// mostTogether bounds the changes of one transaction.
const mostTogether = 64

// member is one change of a group.
type member struct {
	ctx     context.Context
	work    func(*session) error
	err     error
	settled bool // err says how it ended
}

// queue is the changes that wait for the writer.
type queue struct {
	turn sync.Mutex // held by the one that writes

	mu      sync.Mutex
	waiting []*member
}

func (w *queue) add(m *member) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.waiting, m)
}

// next are the changes whose turn it is, in the order in which they came.
func (w *queue) next() []*member {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.waiting), mostTogether)
	group := w.waiting[:n:n]
	w.waiting = w.waiting[n:]
	return group
}

// together writes a change, with others that wait.
func (s *Store) together(ctx context.Context, work func(*session) error) error {
	m := &member{ctx: ctx, work: work}
	s.queue.add(m)
	s.queue.turn.Lock()
	defer s.queue.turn.Unlock()
	for !m.settled {
		s.writeGroup(s.queue.next())
	}
	return m.err
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
