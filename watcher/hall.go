package watcher

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// farewell is how long Run waits for folders that are in the middle of
// something when it is told to end.
const farewell = 10 * time.Second

// hall is the share itself: it finds the folders, keeps one goroutine for
// each, and passes on what wakes them.
type hall struct {
	w     *Watcher
	store *archive
	bell  *bell
	poke  chan struct{}
	wg    sync.WaitGroup

	reach    atomic.Pointer[reach] // set before the first folder is entered
	surveyed ident                 // of the share when its reach was found out; the hall's goroutine only
	pulse    *pulse
	states   states

	mu      sync.Mutex
	folders map[string]*folder

	loose map[string]*resting // what lies in the share outside every folder; the hall's goroutine only
	told  string              // the trouble last logged
}

func newHall(w *Watcher, store *archive) *hall {
	return &hall{w: w, store: store, poke: make(chan struct{}, 1),
		pulse: newPulse(), states: states{told: map[[2]string]bool{}}, folders: map[string]*folder{}, loose: map[string]*resting{}}
}

func (h *hall) run(ctx context.Context) error {
	h.bell = newBell(h.w)
	defer h.bell.close()
	h.wg.Go(func() { h.bell.run(ctx, h.ring) })
	h.wg.Go(func() { h.guard(ctx) })
	h.wg.Go(func() { h.rounds(ctx) })
	<-ctx.Done()
	return h.leave()
}

// rounds looks into the share now, at every rescan, and when woken. The
// folders rescan themselves.
func (h *hall) rounds(ctx context.Context) {
	for {
		began := time.Now()
		err := h.round(ctx)
		h.report(err)
		next := h.w.Rescan // a share that is away is looked for often
		if r := h.reach.Load(); err == nil && r.network {
			next = max(r.rescan, 20*min(time.Since(began), h.w.Silence))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
			h.bell.forget()
		case <-h.poke:
		}
	}
}

// report tells of a trouble with the share once, and of its end, when every
// folder is looked at again.
func (h *hall) report(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == h.told {
		return
	}
	h.told = text
	h.away("", err)
	if err != nil {
		h.w.Log.Error("the share cannot be listed; nothing is brought in until it can", "share", h.w.Share, "error", text)
		return
	}
	h.w.Log.Info("the share can be listed again", "share", h.w.Share)
	h.ring("")
}

// round lists the share once and sees to every entry.
func (h *hall) round(ctx context.Context) error {
	defer h.pulse.rest()
	h.call("", h.pulse)
	top, err := h.w.Memory.open(h.w.Share)
	if err != nil {
		return err
	}
	defer top.close()
	h.survey(top)
	if h.w.Only != "" {
		h.enter(ctx, h.w.Only)
		return nil
	}
	h.listen(h.w.Share, top.ident())
	names, err := top.names()
	if err != nil {
		return err
	}
	present := make(map[string]bool, len(names))
	for _, name := range names {
		present[name] = true
		h.call("", h.pulse)
		if st, err := top.stat(name); err == nil {
			h.meet(ctx, name, st)
		}
	}
	for name, file := range h.loose {
		if !present[name] {
			h.forget(name, file)
		}
	}
	return nil
}

// call notes that a call to the share begins.
func (h *hall) call(folder string, p *pulse) {
	p.beat()
	_ = h.w.call(folder) // only readings end with it
}

// listen asks for events of a directory. On another machine there are none
// worth having, and asking for them could hang.
func (h *hall) listen(path string, id ident) {
	if !h.far() {
		h.bell.listen(path, id)
	}
}

// away tells that the share, or a folder in it, cannot be reached, or can again.
func (h *hall) away(folder string, err error) {
	if err == nil {
		h.state(folder, TroubleAway, time.Time{})
		return
	}
	h.state(folder, TroubleAway, time.Now())
}

// meet sees to one entry of the share: a folder gets its goroutine, anything
// else is told to Odd when it has been there, unchanged, for two looks.
func (h *hall) meet(ctx context.Context, name string, st stat) {
	switch {
	case passes(name, "", st) && (st.isDir() || !h.w.Memory.Knows(name)):
	case st.isDir():
		h.forget(name, h.loose[name])
		h.enter(ctx, name)
	case h.loose[name] == nil || h.loose[name].mark != st.mark():
		h.forget(name, h.loose[name])
		h.loose[name] = &resting{mark: st.mark()}
	case !h.loose[name].told:
		h.loose[name].told = true
		h.w.Odd("", name, h.looseText(name, st))
	}
}

// forget drops what is known of an entry outside the folders, if anything is.
func (h *hall) forget(name string, file *resting) {
	if file != nil && file.told {
		h.w.Odd("", name, "")
	}
	delete(h.loose, name)
}

func (h *hall) looseText(name string, st stat) string {
	switch {
	case st.isLink():
		return OddLink
	case h.w.Memory.Knows(name):
		return OddInstead
	}
	return OddOutside
}

// enter begins the folder's goroutine, unless it has one.
func (h *hall) enter(ctx context.Context, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.folders[name] != nil {
		return
	}
	f := newFolder(h, name)
	h.folders[name] = f
	f.wake()
	h.wg.Go(func() { f.run(ctx) })
}

// dismiss forgets a folder that is gone, unless it was woken meanwhile.
func (h *hall) dismiss(f *folder) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(f.poke) > 0 {
		return false
	}
	delete(h.folders, f.name)
	return true
}

// ring wakes whoever the path concerns; the empty path concerns everybody.
func (h *hall) ring(path string) {
	if h.w.Only != "" {
		path = ""
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(path, h.w.Share), string(filepath.Separator))
	name, _, inside := strings.Cut(rel, string(filepath.Separator))
	if !inside {
		nudge(h.poke)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.folders[name]; f != nil {
		f.wake()
	}
	if path == "" {
		for _, f := range h.folders {
			f.wake()
		}
	}
}

// nudge leaves a message in a channel of one place; one is enough.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// leave waits for the goroutines. A read from a share that hangs cannot be
// called off, so the wait has an end.
func (h *hall) leave() error {
	done := make(chan struct{})
	go func() { h.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-time.After(farewell):
		return errors.New("watcher: a shared folder does not respond; its reader was left behind")
	}
}
