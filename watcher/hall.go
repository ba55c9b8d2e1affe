package watcher

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
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

	mu      sync.Mutex
	folders map[string]*folder

	loose map[string]*resting // what lies in the share outside every folder; the hall's goroutine only
	told  string              // the trouble last logged
}

func newHall(w *Watcher, store *archive) *hall {
	return &hall{w: w, store: store, poke: make(chan struct{}, 1),
		folders: map[string]*folder{}, loose: map[string]*resting{}}
}

func (h *hall) run(ctx context.Context) error {
	h.bell = newBell(h.w)
	defer h.bell.close()
	h.wg.Go(func() { h.bell.run(ctx, h.ring) })
	h.rounds(ctx)
	return h.leave()
}

// rounds looks into the share now, at every rescan, and when woken. The
// folders rescan themselves.
func (h *hall) rounds(ctx context.Context) {
	tick := time.NewTicker(h.w.Rescan)
	defer tick.Stop()
	for {
		h.report(h.round(ctx))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			h.bell.forget()
		case <-h.poke:
		}
	}
}

// report logs a trouble with the share once, and its end.
func (h *hall) report(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == h.told {
		return
	}
	h.told = text
	if err != nil {
		h.w.Log.Error("the share cannot be listed; nothing is brought in until it can", "error", text)
		return
	}
	h.w.Log.Info("the share can be listed again")
}

// round lists the share once and sees to every entry.
func (h *hall) round(ctx context.Context) error {
	top, err := openPlace(h.w.Share)
	if err != nil {
		return err
	}
	defer top.close()
	h.bell.listen(h.w.Share, top.ident())
	names, err := top.names()
	if err != nil {
		return err
	}
	present := make(map[string]bool, len(names))
	for _, name := range names {
		present[name] = true
		if st, err := top.stat(name); err == nil {
			h.meet(ctx, name, st)
		}
	}
	for name := range h.loose {
		if !present[name] {
			delete(h.loose, name)
		}
	}
	return nil
}

// meet sees to one entry of the share: a folder gets its goroutine, anything
// else is told to Odd when it has been there, unchanged, for two looks.
func (h *hall) meet(ctx context.Context, name string, st stat) {
	switch {
	case passes(name, "", st):
	case st.isDir():
		h.enter(ctx, name)
	case h.loose[name] == nil || h.loose[name].mark != st.mark():
		h.loose[name] = &resting{mark: st.mark()}
	case !h.loose[name].told:
		h.loose[name].told = true
		h.w.Odd("", name, looseText(st))
	}
}

func looseText(st stat) string {
	if st.isLink() {
		return OddLink
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
