package sheets

import (
	"bytes"
	"unicode/utf8"
)

// stringPool cuts many small strings out of few large ones.
type stringPool struct {
	buf  []byte
	from int // in buf: where the next begins
	done stringTable
}

// stringTable are the strings of a pool. Like spots they have no pointers of
// their own, for there may be millions.
type stringTable struct {
	texts  []string
	places []stringPlace
}

type stringPlace struct{ text, from, to uint32 }

func (t *stringTable) count() int { return len(t.places) }

func (t *stringTable) empty(n int) bool { return t.places[n].from == t.places[n].to }

func (t *stringTable) at(n int) string {
	p := &t.places[n]
	return t.texts[p.text][p.from:p.to]
}

// read reads the table of shared strings. The table is good until the pool
// reads another; its strings are good for ever.
func (p *stringPool) read(s *scanner) (stringTable, error) {
	p.begin()
	if err := s.root(); err != nil {
		return stringTable{}, err
	}
	if string(s.name) != "sst" {
		return stringTable{}, trouble("structure", s.part)
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
				return stringTable{}, err
			}
			continue
		}
		if n := p.done.count(); n == s.lim.Strings {
			return stringTable{}, beyond("strings", s.part, int64(n)+1, int64(s.lim.Strings))
		}
		if p.buf, err = appendRich(s, p.buf, keepsSpace(s, keep)); err != nil {
			return stringTable{}, err
		}
		p.end()
	}
}

// forget lets go of the strings.
func (p *stringPool) forget() {
	if cap(p.done.places) > mostKept/64 || cap(p.buf) > mostKept {
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

const poolChunk = 32 << 10

// end closes the string that was appended to buf.
func (p *stringPool) end() {
	p.done.places = append(doubled(p.done.places), stringPlace{uint32(len(p.done.texts)), uint32(p.from), uint32(len(p.buf))})
	p.from = len(p.buf)
	if len(p.buf) >= poolChunk {
		p.flush()
	}
}

// flush makes the string that the strings of buf are cut out of.
func (p *stringPool) flush() {
	p.done.texts = append(p.done.texts, string(p.buf))
	p.buf, p.from = p.buf[:0], 0
}

// finish returns the table.
func (p *stringPool) finish() stringTable {
	p.flush()
	return p.done
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
