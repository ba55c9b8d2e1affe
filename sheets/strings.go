package sheets

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// stringPool cuts many small strings out of few large ones.
type stringPool struct {
	buf  []byte
	from int // in buf: where the next begins
	done stringTable
}

// stringTable are the strings of a pool. They have no pointers of their own, for
// there may be millions.
type stringTable struct {
	texts  []string
	places []stringPlace
}

// stringPlace is where a string begins: which of the texts, and where in it, in the
// lowest bits. It ends where the next one begins, or with its text.
type stringPlace uint32

// placeBits are as many as a place in a text needs: one that is longer than
// poolChunk has only one string. The others have more room than texts have.
const placeBits = 15

func (t *stringTable) count() int {
	if t == nil {
		return 0
	}
	return len(t.places)
}

func (t *stringTable) at(n int) string {
	p := t.places[n]
	text := t.texts[p>>placeBits]
	if n+1 < len(t.places) {
		if next := t.places[n+1]; next>>placeBits == p>>placeBits {
			text = text[:next%poolChunk]
		}
	}
	return text[p%poolChunk:]
}

// read reads the table of shared strings.
func (p *stringPool) read(s *scanner) (*stringTable, error) {
	p.begin()
	if err := s.root(); err != nil {
		return nil, err
	}
	if string(s.name) != "sst" {
		return nil, trouble("structure", s.part)
	}
	keep := keepsSpace(s, false)
	for {
		for p.done.count() < s.lim.Strings && p.plainItem(s, keep) {
			p.end()
		}
		more, err := s.child(1)
		if err != nil || !more {
			return p.finish(), err
		}
		if string(s.name) != "si" {
			if err := s.skip(); err != nil {
				return nil, err
			}
			continue
		}
		if n := p.done.count(); n == s.lim.Strings {
			return nil, beyond("strings", s.part, int64(n)+1, int64(s.lim.Strings))
		}
		if p.buf, err = appendRich(s, p.buf, keepsSpace(s, keep)); err != nil {
			return nil, err
		}
		p.end()
	}
}

// forget lets go of the strings.
func (p *stringPool) forget() {
	if cap(p.done.places) > mostKept/4 || cap(p.buf) > mostKept {
		*p = stringPool{}
	}
	p.begin()
}

// begin makes ready for another table.
func (p *stringPool) begin() {
	clear(p.done.texts)
	p.done.texts, p.done.places = p.done.texts[:0], p.done.places[:0]
	p.buf, p.from = p.buf[:0], 0
}

// poolChunk is more bytes than strings have together, but for one that has more
// alone. A piece of memory has so many.
const poolChunk = 1 << placeBits

// end closes the string that was appended to buf.
func (p *stringPool) end() {
	if len(p.buf) >= poolChunk && p.from > 0 {
		p.flush(p.from)
	}
	p.done.places = append(doubled(p.done.places), stringPlace(len(p.done.texts)<<placeBits|p.from))
	p.from = len(p.buf)
}

// flush makes the text that the strings of buf up to there are cut out of.
func (p *stringPool) flush(to int) {
	p.done.texts = append(p.done.texts, string(p.buf[:to]))
	p.buf = p.buf[:copy(p.buf, p.buf[to:])]
	p.from = 0
}

// finish returns the table, which is good for ever.
func (p *stringPool) finish() *stringTable {
	p.flush(len(p.buf))
	t := &stringTable{texts: slices.Clone(p.done.texts), places: slices.Clone(p.done.places)}
	p.forget()
	return t
}

// appendRich reads the text of the element just opened (si or is): plain, or in
// runs of different fonts. How it is pronounced (rPh) is no part of the text.
func appendRich(s *scanner, dst []byte, keep bool) ([]byte, error) {
	from, depth := len(dst), s.depth()
	for {
		dst = s.plainRuns(dst, from, keep)
		more, err := s.child(depth)
		if err != nil {
			return dst, err
		}
		if !more {
			return dst, checkLength(s, dst[from:])
		}
		switch string(s.name) {
		case "t":
			dst, err = appendT(s, dst, from, keepsSpace(s, keep))
		case "r":
			dst, err = appendRun(s, dst, from, keepsSpace(s, keep))
		default:
			err = s.skip()
		}
		if err != nil {
			return dst, err
		}
	}
}

// appendRun reads one run of rich text.
func appendRun(s *scanner, dst []byte, from int, keep bool) ([]byte, error) {
	depth := s.depth()
	for {
		more, err := s.child(depth)
		if err != nil || !more {
			return dst, err
		}
		switch string(s.name) {
		case "t":
			dst, err = appendT(s, dst, from, keepsSpace(s, keep))
		case "rPr":
			err = s.skipLooks()
		default:
			err = s.skip()
		}
		if err != nil {
			return dst, err
		}
	}
}

// appendT reads the text of the element just opened. Blanks around it count
// only where xml:space says so. from is where the whole cell's text began.
func appendT(s *scanner, dst []byte, from int, keep bool) ([]byte, error) {
	start := len(dst)
	dst, err := appendTexts(s, dst, from, s.lim.TextUnits*len("_x0000_"))
	if err != nil {
		return dst, err
	}
	if !keep {
		trimmed := trimSpace(dst[start:])
		dst = dst[:start+copy(dst[start:], trimmed)]
	}
	return dst[:start+len(unescape(dst[start:]))], nil
}

// appendRaw reads the text of an element that holds a figure or a word.
func appendRaw(s *scanner, dst []byte) ([]byte, error) {
	return appendTexts(s, dst, 0, s.lim.TextUnits)
}

// appendTexts reads what stands in the element just opened, which has no elements
// in it. More than so many bytes, counted from an offset of dst, are too long.
func appendTexts(s *scanner, dst []byte, from, most int) ([]byte, error) {
	for depth := s.depth(); s.depth() >= depth; {
		t, err := s.next()
		if err != nil {
			return dst, err
		}
		if t == openTag {
			return dst, trouble("structure", s.part)
		}
		if t != textToken {
			continue
		}
		if dst, err = s.appendText(dst); err != nil {
			return dst, err
		}
		if len(dst)-from > most {
			return dst, tooLong(s, dst[from:])
		}
	}
	return dst, nil
}

// keepsSpace says whether blanks count in the element just opened.
func keepsSpace(s *scanner, inherited bool) bool {
	if len(s.attrs) == 0 {
		return inherited
	}
	v, ok := s.attr("space")
	if !ok {
		return inherited
	}
	return string(v) == "preserve"
}

func trimSpace(b []byte) []byte {
	for len(b) > 0 && xmlClass[b[0]] == xmlSpace {
		b = b[1:]
	}
	for len(b) > 0 && xmlClass[b[len(b)-1]] == xmlSpace {
		b = b[:len(b)-1]
	}
	return b
}

// checkLength refuses a text that is longer than a cell can hold.
func checkLength(s *scanner, text []byte) error {
	if len(text) > s.lim.TextUnits && textUnits(text) > s.lim.TextUnits {
		return tooLong(s, text)
	}
	return nil
}

// tooLong is the refusal of a text of which at least this much was read.
func tooLong(s *scanner, text []byte) error {
	return beyond("longtext", s.part, int64(textUnits(text)), int64(s.lim.TextUnits))
}

// textUnits counts a text in UTF-16 units.
func textUnits(text []byte) int {
	n := 0
	for _, c := range text {
		if c < 0x80 || c >= 0xc0 {
			n++
		}
		if c >= 0xf0 {
			n++
		}
	}
	return n
}

// unescape turns _xHHHH_ into the character it stands for, in place and in one
// pass. Two escapes may be the halves of one character; a half alone is left as
// it is written.
func unescape(b []byte) []byte {
	i := bytes.Index(b, []byte("_x"))
	if i < 0 {
		return b
	}
	out := b[:i]
	for i < len(b) {
		r, n := escaped(b[i:])
		if n == 0 {
			out = append(out, b[i])
			i++
			continue
		}
		i += n
		out = utf8.AppendRune(out, r)
	}
	return out
}

const escapeSize = len("_x0000_")

// escaped reads one escape, or a pair, and returns its length.
func escaped(b []byte) (rune, int) {
	r, ok := escapeUnit(b)
	if !ok {
		return 0, 0
	}
	if r < 0xd800 || r > 0xdfff {
		return r, escapeSize
	}
	low, ok := escapeUnit(b[escapeSize:])
	if !ok || r > 0xdbff || low < 0xdc00 || low > 0xdfff {
		return 0, 0
	}
	return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000, 2 * escapeSize
}

func escapeUnit(b []byte) (rune, bool) {
	if len(b) < escapeSize || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		d := hexDigit(c)
		if d > 15 {
			return 0, false
		}
		r = r<<4 | d
	}
	return r, true
}
