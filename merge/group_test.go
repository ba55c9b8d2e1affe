package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// Five arrivals, a change that fails after it has written, and one that was called
// off wait for the writer: the arrivals are written in one transaction, and nothing
// of the others.
func TestChangesThatWaitShareATransaction(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	begun := map[*session]bool{} // one for each member
	transactions := map[*sql.Tx]bool{}
	refused := errors.New("refused")
	off, cancel := context.WithCancel(ctx)
	cancel()

	var group sync.WaitGroup
	errs := make([]error, 7)
	c.queue.turn.Lock()
	for i := range 7 {
		group.Go(func() {
			work := func(q *session) error {
				begun[q], transactions[q.tx] = true, true
				if err := q.note("test", "group", fmt.Sprint("change ", i), ""); err != nil || i != 5 {
					return err
				}
				return refused
			}
			own := ctx
			if i == 6 {
				own = off
			}
			errs[i] = c.change(own, work)
		})
		for waiting := 0; waiting <= i; time.Sleep(time.Millisecond) {
			c.queue.mu.Lock()
			waiting = len(c.queue.waiting)
			c.queue.mu.Unlock()
		}
	}
	c.queue.turn.Unlock()
	group.Wait()

	for i, err := range errs {
		if want := map[int]error{5: refused, 6: context.Canceled}[i]; !errors.Is(err, want) {
			t.Errorf("change %d: %v, want %v", i, err, want)
		}
	}
	if len(begun) != 6 {
		t.Errorf("%d changes were begun, want 6", len(begun))
	}
	if len(transactions) != 1 {
		t.Errorf("%d transactions, want 1", len(transactions))
	}
	if got := c.noted(); got != "change 0, change 1, change 2, change 3, change 4" {
		t.Errorf("written: %s", got)
	}
}

// A change that panics takes nothing of its group along as done, and the next
// change finds the store in order.
func TestAPanicLeavesNothingOfItsGroup(t *testing.T) {
	c := newCity(t)
	members := []*member{
		{ctx: t.Context(), work: func(q *session) error { return q.note("test", "group", "change 0", "") }},
		{ctx: t.Context(), work: func(*session) error { panic("broken") }},
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		c.writeGroup(members)
	}()
	for i, m := range members {
		if !m.settled || m.err == nil {
			t.Errorf("change %d is taken for written", i)
		}
	}
	if err := c.change(t.Context(), func(q *session) error { return q.note("test", "group", "change 2", "") }); err != nil {
		t.Fatal(err)
	}
	if got := c.noted(); got != "change 2" {
		t.Errorf("written: %s", got)
	}
}

// noted are the changes that left their note.
func (c *city) noted() string {
	var all []string
	err := c.look(context.Background(), func(q *session) (err error) {
		all, err = list(q, func(scan func(...any) error) (s string, err error) { return s, scan(&s) },
			`SELECT object FROM audit WHERE action = 'group' ORDER BY rowid`)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.Join(all, ", ")
}
