package watcher

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"time"
)

// resting is what is known of one entry. It lives in memory only.
type resting struct {
	mark     print
	round    int           // the look that saw it last
	since    time.Time     // when the mark was first seen; monotonic
	due      time.Time     // when to look into it
	delay    time.Duration // before the next try; grows
	done     bool          // nothing to do until it changes
	told     bool          // Odd was told of this mark
	odd      bool          // Odd was told of this name, and not yet that it is over
	stirred  time.Time     // when it first changed after it was last at rest; monotonic
	starving bool          // Odd was told that it does not come to rest
	error    string        // the trouble last logged for this mark

	sum  [sha256.Size]byte // of the bytes that arrived last under this name
	came bool              // sum is set
}

// slowest is the longest time between two tries at the same bytes.
const slowest = time.Minute

var (
	errChanged = errors.New("the file changed while it was read")
	errBusy    = errors.New("another program is writing the file")
	errPart    = errors.New("the file is not whole yet")
)

// changed restarts the clock of a file that looks different now.
func (r *resting) changed(mark print, now time.Time, settle time.Duration) {
	r.mark, r.since, r.due, r.delay = mark, now, now.Add(settle), settle
	r.done, r.told, r.error = false, false, ""
}

// wait puts the next try off.
func (r *resting) wait(d time.Duration) { r.due = time.Now().Add(d) }

// waitLonger puts the next try off, each time twice as long, but never past
// the end of patience.
func (r *resting) waitLonger(patience time.Duration) {
	r.delay = min(2*r.delay, slowest)
	r.due = time.Now().Add(r.delay)
	if end := r.since.Add(patience); end.After(time.Now()) && end.Before(r.due) {
		r.due = end
	}
}

// attend does what is due for one file: tell that it is odd, bring it in, or
// put it off.
func (f *folder) attend(ctx context.Context, s sighting) {
	file := f.files[s.name]
	if why := s.stat.odd(f.w.MaxSize); why != "" {
		f.tellOdd(s.name, file, why)
		file.done = true
		return
	}
	tired := time.Since(file.since) >= f.w.Patience
	err := f.bring(ctx, s, file, tired)
	f.pulse.rest()
	switch {
	case err == nil:
		file.done, f.mourned = true, ""
		f.fine(s.name, file)
	case ctx.Err() != nil:
	case errors.Is(err, errGone):
		file.wait(f.w.Settle) // the next look will not find it
	case errors.Is(err, errPart):
		file.waitLonger(f.w.Patience)
	case errors.Is(err, errChanged), errors.Is(err, errBusy) && !tired:
		file.wait(f.settleTime(s.name))
	case errors.Is(err, errBusy):
		f.tellOdd(s.name, file, OddHeld)
		file.waitLonger(f.w.Patience)
	case errors.Is(err, errLinked):
		f.tellOdd(s.name, file, OddHardLink)
		file.done = true
	case errors.Is(err, errDenied):
		f.tellOdd(s.name, file, OddDenied)
		file.waitLonger(f.w.Patience)
	default:
		if errors.Is(err, ErrFault) {
			f.tellOdd(s.name, file, OddFault)
		}
		file.waitLonger(f.w.Patience)
		f.mourn(file, err)
	}
}

// mourn logs why a file could not be brought in: once for the file, and once
// for all files in a row that have the same trouble.
func (f *folder) mourn(file *resting, err error) {
	f.w.Failed(err)
	text := err.Error()
	if text != file.error && text != f.mourned {
		f.w.Log.Error("a file could not be brought in; it is tried again", "folder", f.name, "error", text)
	}
	file.error, f.mourned = text, text
}

func (f *folder) tellOdd(name string, file *resting, why string) {
	if !file.told {
		file.told, file.odd = true, true
		f.w.Odd(f.name, name, why)
	}
}

// fine tells that what was odd is brought in, or gone.
func (f *folder) fine(name string, file *resting) {
	if file.odd {
		file.odd = false
		f.w.Odd(f.name, name, "")
	}
}

// bring copies a file at rest into the archive and puts it among the pending,
// unless it has the bytes that arrived last under its name. With tired set, a
// file that is open elsewhere or not whole is taken all the same.
func (f *folder) bring(ctx context.Context, s sighting, file *resting, tired bool) error {
	copied, err := f.fetch(ctx, s, tired)
	if err != nil {
		return err
	}
	defer copied.discard()
	if err := f.store.whole(copied, f.w.Complete); err != nil && !tired {
		return err
	}
	if file.came && file.sum == copied.sum {
		return nil
	}
	blob, err := f.store.keep(copied)
	if err != nil {
		return err
	}
	file.sum, file.came = copied.sum, true
	f.pending = append(f.pending, &pending{Arrival: Arrival{
		Folder: f.name, Name: s.name, SHA256: copied.hex(), Blob: blob, Size: copied.size}})
	return nil
}

// fetch copies the file beside the archive, and makes sure that it was one
// and the same file, unchanged and not being written, from the first byte to
// the last. The source is closed when it returns.
func (f *folder) fetch(ctx context.Context, s sighting, tired bool) (*copied, error) {
	src, err := f.openSame(s, tired)
	if err != nil {
		return nil, err
	}
	defer src.Close() // only read
	var grip grip
	if !f.hall.far() { // of writers on other machines it knows nothing
		if grip, err = hold(src); err != nil && !tired {
			return nil, err
		}
	}
	got, err := f.store.copy(ctx, watched{f, src}, f.w.MaxSize, f.buf)
	if err != nil {
		return nil, err
	}
	err = f.unchanged(src, s, got, grip)
	if err == nil && f.hall.far() {
		err = f.readAgain(ctx, s, got, tired)
	}
	if err != nil {
		got.discard()
		return nil, err
	}
	return got, nil
}

// openSame opens a file and makes sure that it is what was seen.
func (f *folder) openSame(s sighting, tired bool) (*os.File, error) {
	f.hall.call(f.name, f.pulse)
	src, err := s.in.open(s.base, tired)
	if err != nil {
		return nil, err
	}
	if err := f.same(src, s.stat); err != nil {
		_ = src.Close() // only read
		return nil, err
	}
	return src, nil
}

// readAgain reads a file of another machine once more, past what our own
// system remembers of it: the bytes must be the same.
func (f *folder) readAgain(ctx context.Context, s sighting, got *copied, tired bool) error {
	src, err := f.openSame(s, tired)
	if err != nil {
		return err
	}
	defer src.Close() // only read
	forget(src)
	hash := sha256.New()
	if _, err := io.CopyBuffer(hash, io.LimitReader(patient{ctx, watched{f, src}}, f.w.MaxSize+1), f.buf); err != nil {
		return inArchive(err)
	}
	if [sha256.Size]byte(hash.Sum(nil)) != got.sum {
		return errChanged
	}
	return nil
}

// watched is a file whose every read is seen to come back.
type watched struct {
	f   *folder
	src io.Reader
}

func (w watched) Read(buf []byte) (int, error) {
	defer w.f.pulse.rest()
	w.f.pulse.beat()
	if err := w.f.w.call(w.f.name); err != nil {
		return 0, err
	}
	return w.src.Read(buf)
}

// same makes sure that what was opened is what was seen.
func (f *folder) same(src *os.File, seen stat) error {
	st, err := statOf(src)
	if err != nil {
		return err
	}
	if st.links > 1 {
		return errLinked
	}
	if !st.isRegular() || f.seen(st.print) != seen.print {
		return errChanged
	}
	return nil
}

// unchanged looks again after copying: the open file, the name, the number of
// bytes, and whether anybody asked to write meanwhile.
func (f *folder) unchanged(src *os.File, s sighting, got *copied, grip grip) error {
	f.hall.call(f.name, f.pulse)
	if err := f.same(src, s.stat); err != nil {
		return err
	}
	now, err := s.in.stat(s.base)
	if err != nil {
		return err
	}
	if f.seen(now.print) != s.stat.print || got.size != s.stat.print.size || !grip.held(src) {
		return errChanged
	}
	return nil
}
