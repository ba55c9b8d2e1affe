package merge

import (
	"errors"
	"testing"
	"time"
)

// A letter that died with its sender is due as soon as the next one begins,
// under the same Message-ID.
func TestUnclaimAfterACrash(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	letter(t, c)
	due, err := c.Due(ctx, ByMail)
	if err != nil || len(due) != 1 {
		t.Fatalf("due: %+v %v", due, err)
	}
	first, ok, err := c.ClaimLetter(ctx, due[0].ID)
	if err != nil || !ok || first.Attempts != 1 || first.State != "sending" {
		t.Fatalf("claim: %+v %t %v", first, ok, err)
	}
	if _, ok, _ := c.ClaimLetter(ctx, due[0].ID); ok {
		t.Error("claimed twice")
	}
	if due, _ := c.Due(ctx, ByMail); len(due) != 0 {
		t.Errorf("due while under way: %+v", due)
	}
	if n, err := c.Unclaim(ctx); n != 1 || err != nil {
		t.Fatalf("released %d, %v", n, err)
	}
	again, ok, err := c.ClaimLetter(ctx, due[0].ID)
	if err != nil || !ok || again.MessageID != first.MessageID || again.Attempts != 2 {
		t.Errorf("after the crash: %+v %t %v", again, ok, err)
	}
}

func TestTakeUp(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	letter(t, c)
	l, _, err := c.Claim(ctx, ByMail)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.TakeUp(ctx, l.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a letter under way was taken up: %v", err)
	}
	if err := c.Fail(ctx, l.ID, "550 no such user"); err != nil {
		t.Fatal(err)
	}
	if stuck, err := c.Stuck(ctx, ByMail); err != nil || len(stuck) != 1 || stuck[0].LastError != "550 no such user" {
		t.Errorf("stuck: %+v %v", stuck, err)
	}
	all, err := c.TakeUp(ctx, 0)
	if err != nil || len(all) != 1 || all[0].ID != l.ID || all[0].Attempts != 0 || all[0].State != "pending" {
		t.Fatalf("taken up: %+v %v", all, err)
	}
	if all, err := c.TakeUp(ctx, 0); err != nil || len(all) != 0 {
		t.Errorf("taken up again: %+v %v", all, err)
	}
	if l, _, err = c.Claim(ctx, ByMail); err != nil || l.Attempts != 1 {
		t.Fatalf("claimed: %+v %v", l, err)
	}
	if err := c.Retry(ctx, l.ID, "451", c.clock.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.TakeUp(ctx, l.ID); err != nil {
		t.Errorf("a letter that waits: %v", err)
	}
	if l, ok, _ := c.Claim(ctx, ByMail); !ok || c.Sent(ctx, l.ID) != nil {
		t.Fatal("not due")
	}
	if _, err := c.TakeUp(ctx, l.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a letter that was sent: %v", err)
	}
}
