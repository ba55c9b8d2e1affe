package mail

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrAway says that a county's folder is out of reach for now. A letter waits
// for it as long as it takes.
var ErrAway = errors.New("the county's folder is not there")

// awayPause is how long a letter waits before its folder is looked for again.
const awayPause = 20 * time.Second

// hung is how long writing into a folder may take. A share that hangs holds up
// one letter for so long; the next ones for other counties go on.
const hung = 20 * time.Second

// lastMoment is how long it may still take once the program is told to end.
const lastMoment = 5 * time.Second

// inTime does what may hang with a share. It cannot be called off: what is left
// behind may still end, and the same answer delivered twice is there once.
func inTime(ctx context.Context, limit time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	late := time.After(limit)
	select {
	case err := <-done:
		return err
	case <-late:
		return fmt.Errorf("%w: it does not answer", ErrAway)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(min(limit, lastMoment)):
		return fmt.Errorf("%w: it does not answer", ErrAway)
	}
}
