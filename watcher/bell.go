package watcher

import (
	"context"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// bell turns file events into a ring. It may be broken, deaf or late: the
// scan does not depend on it.
type bell struct {
	w  *Watcher
	fs *fsnotify.Watcher // nil: no events to be had

	mu     sync.Mutex
	heard  map[string]*ear // by path of the directory
	warned bool
}

// ear is a directory that is listened to.
type ear struct {
	id    ident
	stale bool // perhaps deaf: to be set up again
}

func newBell(w *Watcher) *bell {
	b := &bell{w: w, heard: map[string]*ear{}}
	if w.deaf {
		return b
	}
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		b.warn(err)
		return b
	}
	b.fs = fs
	return b
}

// listen makes sure that events of the directory ring. A directory that was
// replaced under its name is another one and is listened to anew.
func (b *bell) listen(path string, id ident) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.heard[path]
	if b.fs == nil || old != nil && old.id == id && !old.stale {
		return
	}
	if old != nil && old.id != id {
		_ = b.fs.Remove(path) // it may be gone already, which is as good
	}
	if err := b.fs.Add(path); err != nil {
		b.warn(err)
		return
	}
	b.heard[path] = &ear{id: id}
}

// forget makes every directory be listened to anew when it is next looked at.
// Listening twice to the same one does no harm.
func (b *bell) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, each := range b.heard {
		each.stale = true
	}
}

// warn says once that events are missing; from then on only rescans notice.
func (b *bell) warn(err error) {
	if !b.warned {
		b.warned = true
		b.w.Log.Warn("no file events for some folders; they are only looked at every rescan", "error", err)
	}
}

// run rings until the context ends. An error means that events were lost:
// everybody is woken.
func (b *bell) run(ctx context.Context, ring func(path string)) {
	if b.fs == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-b.fs.Events:
			if !ok {
				return
			}
			b.pass(e, ring)
		case _, ok := <-b.fs.Errors:
			if !ok {
				return
			}
			b.forget()
			ring("")
		}
	}
}

// pass rings for one event. When a directory we listen to is moved or
// removed, its listener goes with it, and may take with it the one that was
// just set up under its new name: then all are set up anew.
func (b *bell) pass(e fsnotify.Event, ring func(path string)) {
	b.mu.Lock()
	_, ours := b.heard[e.Name]
	b.mu.Unlock()
	if ours && (e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)) {
		b.forget()
		ring("")
		return
	}
	ring(e.Name)
}

func (b *bell) close() {
	if b.fs != nil {
		_ = b.fs.Close() // nothing is lost with it
	}
}
