package watcher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// folder is one county's folder. Its goroutine does one thing at a time, so
// that a folder which is slow or fails holds up nobody else.
type folder struct {
	w     *Watcher
	store *archive
	hall  *hall
	name  string
	poke  chan struct{}
	pulse *pulse
	buf   []byte // for copying

	files   map[string]*resting // by name as in Arrival
	round   int                 // counts the looks
	pending []*pending          // archived and not yet recorded, oldest first
	told    string              // the trouble with listing it that was last logged
	mourned string              // the trouble with the last file, as logged
}

// sighting is one entry of the folder as a look found it.
type sighting struct {
	name string // as in Arrival
	base string // its name inside the place
	in   *place
	stat stat
}

func newFolder(h *hall, name string) *folder {
	return &folder{w: h.w, store: h.store, hall: h, name: name,
		poke: make(chan struct{}, 1), pulse: newPulse(), files: map[string]*resting{}}
}

func (f *folder) wake() { nudge(f.poke) }

// run looks whenever it is woken, a file has rested long enough or it is time
// to look again anyway. Between looks it pauses for ten times what the last
// one took, but no longer than a rescan may wait, so that a stream of events in a large folder cannot keep a
// processor busy.
func (f *folder) run(ctx context.Context) {
	f.buf = make([]byte, 128<<10)
	rest := time.NewTimer(time.Hour)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.poke:
		case <-rest.C:
		}
		began := time.Now()
		took, err := f.look(ctx)
		took = min(took, f.w.Silence) // what hung says nothing of the next look
		if absent(err) && len(f.pending) == 0 && f.hall.dismiss(f) {
			f.hall.state(f.name, TroubleSilent, time.Time{})
			f.hall.away(f.name, nil)
			f.left()
			return
		}
		f.report(err)
		if !pause(ctx, time.Until(began.Add(max(min(10*took, f.w.Rescan), f.w.Settle/40)))) {
			return
		}
		next := f.nextDue(f.interval(took))
		if err != nil {
			next = max(next, f.w.Settle)
		}
		rest.Reset(next)
	}
}

// left forgets the files of a folder that is gone.
func (f *folder) left() {
	for name, file := range f.files {
		f.fine(name, file)
	}
}

// absent reports that there is no such folder.
func absent(err error) bool { return errors.Is(err, errGone) || errors.Is(err, errNoFolder) }

// pause waits, and answers false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// report logs a trouble with the folder once, and its end. A folder that is
// not there is no trouble.
func (f *folder) report(err error) {
	text := ""
	if err != nil && !absent(err) && !errors.Is(err, errShare) && !errors.Is(err, context.Canceled) {
		text = err.Error()
	}
	if !errors.Is(err, errShare) {
		f.reportAway(err)
	}
	switch {
	case text == f.told:
	case text == "":
		f.w.Log.Info("the folder can be read again", "folder", f.name)
		f.w.Odd(f.name, "", "")
	default:
		f.w.Log.Warn("the folder cannot be read now; it is tried again", "folder", f.name, "error", text)
		if errors.Is(err, errDenied) {
			f.w.Odd(f.name, "", OddDenied)
		}
	}
	f.told = text
}

// reportAway tells of a folder that is a mount point with nothing mounted. The
// share as a whole is the hall's to tell of.
func (f *folder) reportAway(err error) {
	if !errors.Is(err, errAway) {
		err = nil
	}
	f.hall.away(f.name, err)
}

// look lists the folder once, brings in what has come to rest and tells of
// it. It answers how long the listing took. When a part cannot be listed, the
// rest is seen to, and nothing is forgotten: not readable is not empty.
func (f *folder) look(ctx context.Context) (time.Duration, error) {
	refused := map[string]bool{}
	f.deliver(ctx, refused)
	began := time.Now()
	seen, places, err := f.list()
	f.pulse.rest()
	defer closeAll(places)
	if len(places) == 0 {
		return time.Since(began), err
	}
	f.remember(seen, err == nil)
	took := time.Since(began)
	f.w.Scanned(f.name, len(seen), took)
	for _, each := range f.due(seen) {
		if ctx.Err() != nil {
			return took, ctx.Err()
		}
		f.attend(ctx, each)
		f.deliver(ctx, refused)
	}
	return took, err
}

// list finds the entries of the folder and of the folder of answers in it; an
// error means that some may be missing. The places stay open for reading and must be closed.
func (f *folder) list() (seen []sighting, places []*place, err error) {
	own, path, err := f.open()
	if err != nil {
		return nil, nil, err
	}
	places = append(places, own)
	f.hall.listen(path, own.ident())
	seen, err = f.listPlace(own, "")
	back, lost := own.child(answers)
	if absent(lost) {
		return seen, places, err
	}
	if lost != nil {
		return seen, places, errors.Join(err, lost)
	}
	places = append(places, back)
	f.hall.listen(filepath.Join(path, answers), back.ident())
	more, lost := f.listPlace(back, answers+"/")
	return append(seen, more...), places, errors.Join(err, lost)
}

// errShare says that it is the share as a whole which is not there.
var errShare = errors.New("the share is not there")

// open opens the folder, if the share is there.
func (f *folder) open() (own *place, path string, err error) {
	f.hall.call(f.name, f.pulse)
	top, err := f.w.Memory.open(f.w.Share)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", errShare, err)
	}
	if f.w.Only != "" {
		return top, f.w.Share, nil
	}
	defer top.close()
	if own, err = top.child(f.name); err != nil {
		return nil, "", err
	}
	if err := f.w.Memory.meet(own, f.name); err != nil {
		own.close()
		return nil, "", err
	}
	return own, filepath.Join(f.w.Share, f.name), nil
}

// listPlace finds the entries of one directory that are not passed over. What
// vanishes while we look was not there. With lost set, some are missing.
func (f *folder) listPlace(in *place, prefix string) (seen []sighting, lost error) {
	f.hall.call(f.name, f.pulse)
	names, err := in.names()
	if err != nil {
		return nil, err
	}
	seen = make([]sighting, 0, len(names))
	for _, base := range names {
		f.hall.call(f.name, f.pulse)
		st, err := in.stat(base)
		st.print = f.seen(st.print)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			lost = err
		} else if !passes(base, prefix, st) {
			seen = append(seen, sighting{name: prefix + base, base: base, in: in, stat: st})
		}
	}
	return seen, lost
}

// passes reports what is passed over without a word.
func passes(base, prefix string, st stat) bool {
	switch {
	case st.isDir() && prefix == "" && base == answers:
		return true // looked into by itself
	case st.isDir() || st.isLink() && filepath.Ext(base) == "":
		return skipsFolder(base)
	case prefix != "":
		return SkipsAnswer(base)
	}
	return Skips(base)
}

// remember notes what each entry looks like, restarts the clock of those that
// changed, and, if all were seen, forgets those that are gone.
func (f *folder) remember(seen []sighting, all bool) {
	f.round++
	now := time.Now()
	for _, each := range seen {
		mark := each.stat.mark()
		file := f.files[each.name]
		if file == nil {
			file = &resting{}
			f.files[each.name] = file
		}
		if file.round == 0 || file.mark != mark {
			f.stir(each, file, mark, now)
		}
		file.round = f.round
	}
	for name, file := range f.files {
		if all && file.round != f.round {
			f.fine(name, file)
			delete(f.files, name)
		}
	}
}

// stir restarts the clock of a file that changed, and tells once of one that
// has not come to rest for too long.
func (f *folder) stir(s sighting, file *resting, mark print, now time.Time) {
	if file.round == 0 || file.done {
		file.stirred, file.starving = now, false
	}
	file.changed(mark, now, f.settleTime(s.name))
	if !file.starving && s.stat.isRegular() && now.Sub(file.stirred) >= f.w.Restless {
		file.starving, file.odd = true, true
		f.w.Odd(f.name, s.name, OddRestless)
	}
}

// due are the files whose time has come, oldest change first: of two versions
// dropped together, the one written later arrives later.
func (f *folder) due(seen []sighting) []sighting {
	now := time.Now()
	seen = slices.DeleteFunc(slices.Clone(seen), func(each sighting) bool {
		file := f.files[each.name]
		return file == nil || file.done || file.mark != each.stat.mark() || file.due.After(now)
	})
	slices.SortFunc(seen, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(a.stat.print.mtime, b.stat.print.mtime), cmp.Compare(a.name, b.name))
	})
	return seen
}

// nextDue is how long until the next file has rested long enough or a refused
// arrival is to be told again, and no longer than a look may wait.
func (f *folder) nextDue(next time.Duration) time.Duration {
	for _, p := range f.pending {
		next = min(next, time.Until(p.due))
	}
	for _, file := range f.files {
		if !file.done {
			next = min(next, time.Until(file.due))
		}
	}
	return max(next, 0)
}

func closeAll(places []*place) {
	for _, each := range places {
		each.close()
	}
}
