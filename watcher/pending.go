package watcher

import (
	"context"
	"slices"
	"time"
)

// pending is an arrival that waits to be recorded.
type pending struct {
	Arrival
	told  string        // the error last logged for it
	due   time.Time     // when to tell of it again
	delay time.Duration // before the next try; grows
}

// deliver tells of the arrivals that wait, oldest first. One that is refused
// holds back the later ones of its own name, and no others, and is told again
// after a pause that grows.
func (f *folder) deliver(ctx context.Context, refused map[string]bool) {
	f.pending = slices.DeleteFunc(f.pending, func(p *pending) bool {
		if refused[p.Name] || ctx.Err() != nil || time.Until(p.due) > 0 {
			refused[p.Name] = true
			return false
		}
		err := f.w.Arrived(ctx, p.Arrival)
		if err != nil {
			refused[p.Name] = true
			p.delay = min(max(2*p.delay, f.w.Settle), slowest)
			p.due = time.Now().Add(p.delay)
			f.complain(p, err)
		}
		return err == nil
	})
}

// complain logs why an arrival could not be recorded, once for each cause.
func (f *folder) complain(p *pending, err error) {
	if text := err.Error(); text != p.told {
		p.told = text
		f.w.Log.Error("an arrival could not be recorded; it is tried again",
			"folder", f.name, "sha256", p.SHA256[:12], "error", text)
	}
}
