package mail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A letter whose folder is not there waits as long as it takes, and comes when
// the folder does, in the place that the office is told of.
func TestALetterWaitsForItsFolder(t *testing.T) {
	c := newCity(t)
	other := filepath.Join(t.TempDir(), "内网")
	if err := os.MkdirAll(other, 0o755); err != nil {
		t.Fatal(err)
	}
	away := fmt.Errorf("%w: 未挂载", ErrAway)
	c.Place = func(county string) (string, string, error) {
		if county != c.county.Name {
			t.Errorf("asked for the place of %s", county)
		}
		return other, ".", away
	}
	c.receive("自查表.xlsx", c.issues(good))
	for range 200 { // more than the tries of five days
		c.deliver()
		if l := c.letter(channelFolder); l.State != "pending" {
			t.Fatalf("letter is %s after %d tries: %s", l.State, l.Attempts, l.LastError)
		}
		c.later(time.Hour)
	}
	away = nil
	c.deliver()
	if l := c.letter(channelFolder); l.State != "sent" {
		t.Errorf("letter is %s: %s", l.State, l.LastError)
	}
	if there, err := filepath.Glob(filepath.Join(other, AnswersFolder, "*回执*.txt")); err != nil || len(there) != 1 {
		t.Errorf("answers %v (%v), want one", there, err)
	}
	if wrong, _ := filepath.Glob(filepath.Join(c.Share, "*", AnswersFolder)); len(wrong) > 0 {
		t.Errorf("written elsewhere: %v", wrong)
	}
}

func TestWritingThatHangsIsLeftBehind(t *testing.T) {
	gate := make(chan struct{})
	began := time.Now()
	err := inTime(t.Context(), 20*time.Millisecond, func() error { <-gate; return nil })
	if !errors.Is(err, ErrAway) || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	close(gate)
	trouble := errors.New("no room")
	if err := inTime(t.Context(), time.Minute, func() error { return trouble }); err != trouble {
		t.Errorf("answered %v", err)
	}
	// what is under way when the program ends gets a moment to end
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := inTime(ctx, time.Minute, func() error { time.Sleep(50 * time.Millisecond); return nil }); err != nil {
		t.Errorf("called off with %v", err)
	}
}
