package sheets

import (
	"bytes"
	"io"
)

const windowSize = 32 << 10

// window is a view of a part that slides: bytes from pos to end are waiting,
// and are known to be text that XML may hold. A bad byte ends the view, so that
// whoever reads up to it knows the place.
type window struct {
	part   string
	lim    *Limits
	src    io.Reader
	buf    []byte
	own    []byte // buf, while it slides; a part that is all there brings its own
	pos    int
	end    int   // checked so far
	filled int   // read so far
	slides int   // how often the bytes moved
	err    error // why there is no more: io.EOF, a *Problem, or our own trouble
}

// reset begins another part, keeping the buffer. A byte order mark is taken
// off, UTF-16 is turned into UTF-8.
func (w *window) reset(src io.Reader, part string, lim *Limits) {
	w.buf = w.scratch()
	w.part, w.lim, w.src, w.err = part, lim, src, nil
	w.pos, w.end, w.filled = 0, 0, 0
	w.read()
	head := w.buf[:w.filled]
	if order := utf16Order(head); order != nil {
		first := bytes.Clone(head)
		w.src = &utf16Reader{src: io.MultiReader(bytes.NewReader(first), &rest{w.src, w.err}), order: order, part: part}
		w.filled, w.err = 0, nil
		w.read()
		head = w.buf[:w.filled]
	}
	w.skipMark(head)
	w.check()
}

// skipMark takes a byte order mark off.
func (w *window) skipMark(head []byte) {
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		w.pos, w.end = 3, 3
	}
}

// resetWhole begins another part, of which all is there.
func (w *window) resetWhole(text []byte, part string, lim *Limits) {
	if utf16Order(text) != nil {
		w.reset(bytes.NewReader(text), part, lim)
		return
	}
	w.part, w.lim, w.src, w.err = part, lim, nil, io.EOF
	w.buf, w.pos, w.end, w.filled = text, 0, 0, len(text)
	w.skipMark(text)
	w.check()
}

// scratch is the buffer that slides, for anybody to use between two parts.
func (w *window) scratch() []byte {
	if w.own == nil {
		w.own = make([]byte, windowSize)
	}
	return w.own
}

// rest goes on with a reader that may have ended already.
type rest struct {
	src io.Reader
	err error
}

func (r *rest) Read(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	return r.src.Read(b)
}

// more slides the view on, keeping what is waiting, and reports whether there
// is more of it now. What does not fit grows the buffer up to the limit for one
// tag.
func (w *window) more() bool {
	if w.err != nil {
		return false
	}
	w.filled = copy(w.buf, w.buf[w.pos:w.filled])
	w.slides++
	w.end -= w.pos
	w.pos = 0
	if w.filled > len(w.buf)/2 {
		if len(w.buf) >= w.lim.TokenBytes {
			w.err = beyond("token", w.part, int64(len(w.buf)), int64(w.lim.TokenBytes))
			return false
		}
		w.buf = append(w.buf, make([]byte, len(w.buf))...)
		w.own = w.buf
	}
	w.read()
	before := w.end
	w.check()
	return w.end > before
}

// read fills the buffer as far as it goes.
func (w *window) read() {
	for w.filled < len(w.buf) && w.err == nil {
		n, err := w.src.Read(w.buf[w.filled:])
		w.filled += n
		w.err = err
	}
}

// check moves end over the bytes that are sound. A character that is cut by the
// end of the buffer waits for its rest.
func (w *window) check() {
	n, reason := soundLength(w.buf[w.end:w.filled], w.err == nil)
	w.end += n
	if reason != "" {
		w.err = trouble(reason, w.part)
	}
}
