package sheets

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"
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
	b := w.buf[w.end:w.filled]
	if i := controlIndex(b); i >= 0 {
		b = b[:i]
		w.err = trouble("control", w.part)
	}
	whole := len(b)
	if w.err == nil {
		whole = wholeRunes(b)
	}
	if !utf8.Valid(b[:whole]) {
		whole = validPrefix(b)
		w.err = trouble("utf8", w.part)
	}
	w.end += whole
}

// controlIndex finds the first control character that XML does not allow. It
// looks at eight bytes at a time: (x - 0x20…) & ^x has the top bit of a byte set
// if any byte is below 0x20.
func controlIndex(b []byte) int {
	const low, top = 0x2020202020202020, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		if (x-low)&^x&top == 0 {
			continue
		}
		if j := controlByte(b[i : i+8]); j >= 0 {
			return i + j
		}
	}
	if j := controlByte(b[i:]); j >= 0 {
		return i + j
	}
	return -1
}

func controlByte(b []byte) int {
	for i, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return i
		}
	}
	return -1
}

// wholeRunes is the length of b without a character cut off at its end.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				return len(b)
			}
			return i
		}
	}
	return len(b)
}

func validPrefix(b []byte) int {
	i := 0
	for i < len(b) {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return i
}
