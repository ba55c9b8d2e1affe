package sheets

import (
	"bytes"
	"unicode/utf8"
)

// Nearly all cells and texts are written in one of a few ways, to the letter.
// What is written so is taken here in one step; anything else, and whatever is
// wrong, is left to the scanner, which knows all ways and says what is wrong. So
// nothing here may take what the scanner would refuse.

// plainDepth is how many nested elements the plain ways have.
const plainDepth = 6

// waiting are the bytes that the scanner has before it. There are none where it
// stands inside of something.
func (s *scanner) waiting() []byte {
	if s.closed || s.cdata || s.lim.Depth < plainDepth {
		return nil
	}
	return s.window.buf[s.window.pos:s.window.end]
}

// plainText takes <t>…</t> from the beginning of b. It returns the text as
// written, whether its blanks count, and the length of it all: 0 for anything
// else, and for a text that may be too long.
func (s *scanner) plainText(b []byte, keep bool) (raw []byte, kept bool, n int) {
	const open, preserve, end = `<t>`, `<t xml:space="preserve">`, `</t>`
	switch {
	case len(b) >= len(open) && string(b[:len(open)]) == open:
		b, n = b[len(open):], len(open)
	case len(b) >= len(preserve) && string(b[:len(preserve)]) == preserve:
		b, n, keep = b[len(preserve):], len(preserve), true
	default:
		return nil, false, 0
	}
	i := bytes.IndexByte(b[:min(len(b), s.lim.TextUnits)], '<')
	if i < 0 || len(b)-i < len(end) || string(b[i:i+len(end)]) != end {
		return nil, false, 0
	}
	return b[:i], keep, n + i + len(end)
}

// appendPlain decodes a text and appends it; false is a text that does not decode.
func (s *scanner) appendPlain(dst, raw []byte, keep bool) ([]byte, bool) {
	start := len(dst)
	dst, err := appendDecoded(dst, raw, s.part)
	if err != nil {
		return dst[:start], false
	}
	if !keep {
		trimmed := trimSpace(dst[start:])
		dst = dst[:start+copy(dst[start:], trimmed)]
	}
	return dst[:start+len(unescape(dst[start:]))], true
}

// follows reports that b begins with a word.
func follows(b []byte, word string) bool {
	return len(b) >= len(word) && string(b[:len(word)]) == word
}

// plainItem takes <si><t>…</t></si>.
func (p *stringPool) plainItem(s *scanner, keep bool) bool {
	const open, end = "<si>", "</si>"
	b := s.waiting()
	if !follows(b, open) {
		return false
	}
	raw, keep, n := s.plainText(b[len(open):], keep)
	if n == 0 || !follows(b[len(open)+n:], end) {
		return false
	}
	var ok bool
	if p.buf, ok = s.appendPlain(p.buf, raw, keep); ok {
		s.window.pos += len(open) + n + len(end)
	}
	return ok
}

// plainRuns takes <r>…<t>…</t></r>, as many as there are, where the run's looks
// are some that were read before.
func (s *scanner) plainRuns(dst []byte, from int, keep bool) []byte {
	const open, end = "<r>", "</r>"
	for {
		b := s.waiting()
		if !follows(b, open) {
			return dst
		}
		looks := s.knownLooks(b[len(open):])
		raw, kept, n := s.plainText(b[len(open)+looks:], keep)
		n += len(open) + looks
		if raw == nil || !follows(b[n:], end) || len(dst)-from+len(raw) > s.lim.TextUnits {
			return dst
		}
		var ok bool
		if dst, ok = s.appendPlain(dst, raw, kept); !ok {
			return dst
		}
		s.window.pos += n + len(end)
	}
}

// look is an element that says how a run looks: in one part, the same few again
// and again. What was well-formed once is so the next time, in the same place.
type look struct {
	text  []byte
	depth int
}

// How many looks are kept, and how long one may be.
const mostLooks, longestLook = 8, 512

// knownLooks returns the length of a look that b begins with.
func (s *scanner) knownLooks(b []byte) int {
	for i := range s.looks {
		if l := &s.looks[i]; l.depth == s.depth()+1 && bytes.HasPrefix(b, l.text) {
			return len(l.text)
		}
	}
	return 0
}

// skipLooks passes over the look that was just opened, and keeps it.
func (s *scanner) skipLooks() error {
	w := &s.window
	from, slides, depth := w.pos-len(s.tag), w.slides, s.depth()-1
	err := s.skip()
	if err != nil || slides != w.slides || w.pos-from > longestLook {
		return err
	}
	if s.looks == nil {
		s.looks = make([]look, 0, mostLooks)
	}
	n := len(s.looks)
	if n < mostLooks {
		s.looks = s.looks[:n+1]
	} else {
		n = s.lookNext % mostLooks
		s.lookNext++
	}
	s.looks[n].text, s.looks[n].depth = append(s.looks[n].text[:0], w.buf[from:w.pos]...), depth
	return nil
}

// decimalEntity reads &#37325; where it stands for a character beyond ASCII, and
// returns its length; 0 leaves it to entity.
func decimalEntity(b []byte) (rune, int) {
	if len(b) < 6 || b[1] != '#' {
		return 0, 0
	}
	r, i := rune(0), 2
	for end := min(len(b), 9); i < end && b[i]-'0' <= 9; i++ {
		r = r*10 + rune(b[i]-'0')
	}
	if i == len(b) || b[i] != ';' || r < utf8.RuneSelf || !utf8.ValidRune(r) {
		return 0, 0
	}
	return r, i + 1
}
