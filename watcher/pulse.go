package watcher

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// What State is told, Chinese first.
const (
	TroubleAway   = "未挂载或无法访问 (not mounted or out of reach)"
	TroubleSilent = "没有应答 (does not answer)"
)

// pulse is when the call to the share that is under way began. A call that
// hangs cannot be called off; but another goroutine can see that it does.
type pulse struct {
	began time.Time    // of counting
	since atomic.Int64 // ns after began, at least 1; 0: no call is under way
}

func newPulse() *pulse { return &pulse{began: time.Now()} }

// beat notes that a call to the share begins, after any other has ended.
func (p *pulse) beat() { p.since.Store(max(1, int64(time.Since(p.began)))) }

// rest notes that no call to the share is under way.
func (p *pulse) rest() { p.since.Store(0) }

// waiting is since when the call under way waits, and for how long.
func (p *pulse) waiting() (since time.Time, d time.Duration) {
	n := p.since.Load()
	if n == 0 {
		return time.Time{}, 0
	}
	since = p.began.Add(time.Duration(n))
	return since, time.Since(since)
}

// states remembers what State was told, so that everything is told once.
type states struct {
	mu   sync.Mutex
	told map[[2]string]bool // by folder and trouble
}

// state tells that a trouble is there since a time, or, with a zero time, over.
func (h *hall) state(folder, trouble string, since time.Time) {
	h.states.mu.Lock()
	defer h.states.mu.Unlock()
	key, is := [2]string{folder, trouble}, !since.IsZero()
	if h.states.told[key] == is {
		return
	}
	h.states.told[key] = is
	h.w.State(folder, trouble, since)
	if trouble != TroubleSilent {
		return // logged where it was found, with its cause
	}
	if is {
		h.w.Log.Error("a shared folder does not answer; the others go on", "share", h.w.Share, "folder", folder)
	} else {
		h.w.Log.Info("the shared folder answers again", "share", h.w.Share, "folder", folder)
	}
}

// guard looks again and again for calls that do not come back.
func (h *hall) guard(ctx context.Context) {
	for pause(ctx, max(h.w.Silence/10, time.Millisecond)) {
		h.check("", h.pulse)
		for _, f := range h.all() {
			h.check(f.name, f.pulse)
		}
	}
}

func (h *hall) check(folder string, p *pulse) {
	since, d := p.waiting()
	if d < h.w.Silence {
		since = time.Time{}
	}
	h.state(folder, TroubleSilent, since)
}

func (h *hall) all() (all []*folder) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.folders {
		all = append(all, f)
	}
	return all
}
