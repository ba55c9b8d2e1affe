package sheets

import "bytes"

// attr is where one attribute stands in its tag. It holds no pointers, for there
// are as many attributes as anything, and the collector looks at every pointer.
type attr struct{ name, nameEnd, value, valueEnd int32 }

func (s *scanner) attrName(a attr) []byte  { return s.tag[a.name:a.nameEnd] }
func (s *scanner) attrValue(a attr) []byte { return s.tag[a.value:a.valueEnd] }

// opening reads <name attr="value" …>.
func (s *scanner) opening() (token, error) {
	w := &s.window
	for {
		n, ok := s.parseOpening(w.buf[w.pos:w.end])
		if !ok {
			return s.fault()
		}
		if n > 0 {
			s.tag = w.buf[w.pos : w.pos+n]
			w.pos += n
			return openTag, s.push()
		}
		if !w.more() {
			return s.stop()
		}
	}
}

// parseOpening returns the length of the tag in b, 0 if b ends within it, and
// false if it is no tag.
func (s *scanner) parseOpening(b []byte) (int, bool) {
	i := nameEnd(b, 1)
	if i == 1 && i < len(b) {
		return 0, false
	}
	s.nameLen = i
	s.attrs = s.attrs[:0]
	for {
		gap := i
		for i < len(b) && xmlClass[b[i]] == xmlSpace {
			i++
		}
		if i+1 >= len(b) {
			if i < len(b) && b[i] == '>' {
				return i + 1, true
			}
			return 0, true
		}
		switch {
		case b[i] == '>':
			return i + 1, true
		case b[i] == '/':
			s.closed = b[i+1] == '>'
			return i + 2, s.closed
		case i == gap:
			return 0, false
		}
		n, ok := s.parseAttr(b, i)
		if n == 0 || !ok {
			return 0, ok
		}
		i = n
	}
}

// parseAttr reads name="value" from i and returns where it ends.
func (s *scanner) parseAttr(b []byte, i int) (int, bool) {
	a := attr{name: int32(i)}
	i = nameEnd(b, i)
	a.nameEnd = int32(i)
	for i < len(b) && xmlClass[b[i]] == xmlSpace {
		i++
	}
	if i == len(b) {
		return 0, true
	}
	if b[i] != '=' || a.name == a.nameEnd {
		return 0, false
	}
	i++
	for i < len(b) && xmlClass[b[i]] == xmlSpace {
		i++
	}
	if i == len(b) {
		return 0, true
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return 0, false
	}
	i++
	a.value = int32(i)
	for i < len(b) && b[i] != quote {
		if b[i] == '<' {
			return 0, false
		}
		i++
	}
	if i == len(b) {
		return 0, true
	}
	if s.hasAttr(b, b[a.name:a.nameEnd]) || len(s.attrs) == maxAttrs {
		return 0, false
	}
	a.valueEnd = int32(i)
	s.attrs = append(s.attrs, a)
	return i + 1, true
}

// maxAttrs bounds the search for attributes that stand twice.
const maxAttrs = 256

func (s *scanner) hasAttr(tag, name []byte) bool {
	for _, a := range s.attrs {
		if string(tag[a.name:a.nameEnd]) == string(name) {
			return true
		}
	}
	return false
}

// closing reads </name>.
func (s *scanner) closing() (token, error) {
	w := &s.window
	for {
		b := w.buf[w.pos:w.end]
		i := nameEnd(b, 2)
		name := b[min(2, i):i]
		for i < len(b) && xmlClass[b[i]] == xmlSpace {
			i++
		}
		if i < len(b) {
			if b[i] != '>' || s.depth() == 0 || !bytes.Equal(name, s.names[s.starts[s.depth()-1]:]) {
				return s.fault()
			}
			w.pos += i + 1
			s.pop()
			return closeTag, nil
		}
		if !w.more() {
			return s.stop()
		}
	}
}

// attr returns an attribute's value as written, by its local name.
func (s *scanner) attr(name string) ([]byte, bool) {
	for _, a := range s.attrs {
		if n := s.attrName(a); len(n) >= len(name) && string(localName(n)) == name {
			return s.attrValue(a), true
		}
	}
	return nil, false
}

// attrText returns an attribute's value decoded.
func (s *scanner) attrText(name string) (string, error) {
	raw, ok := s.attr(name)
	if !ok {
		return "", nil
	}
	b, err := appendDecoded(nil, raw, s.part)
	return string(b), err
}

// attrTrue reads a yes-no attribute.
func (s *scanner) attrTrue(name string) bool {
	v, _ := s.attr(name)
	return string(v) == "1" || string(v) == "true" || string(v) == "on"
}

// The classes of bytes in a tag.
const (
	xmlName  = iota // may stand in a name
	xmlSpace        // parts attributes
	xmlMark         // has a meaning of its own
)

var xmlClass = [256]uint8{
	' ': xmlSpace, '\t': xmlSpace, '\n': xmlSpace, '\r': xmlSpace,
	'<': xmlMark, '>': xmlMark, '/': xmlMark, '=': xmlMark, '"': xmlMark, '\'': xmlMark, '&': xmlMark,
}

func nameEnd(b []byte, i int) int {
	for i < len(b) && xmlClass[b[i]] == xmlName {
		i++
	}
	return i
}

// localName drops the prefix. Names are short, so the plain loop is the quickest.
func localName(name []byte) []byte {
	for i, c := range name {
		if c == ':' {
			return name[i+1:]
		}
	}
	return name
}

func allSpace(b []byte) bool {
	for _, c := range b {
		if xmlClass[c] != xmlSpace {
			return false
		}
	}
	return true
}

// plainValue takes the commonest body of a cell, <v>…</v></c>, in one step. It
// returns false, having taken nothing, when the cell is written in another way.
func (s *scanner) plainValue() ([]byte, bool) {
	b := s.window.buf[s.window.pos:s.window.end]
	if len(b) < 3 || b[0] != '<' || b[1] != 'v' || b[2] != '>' {
		return nil, false
	}
	i := 3
	for i < len(b) && b[i] > ' ' && b[i] != '<' && b[i] != '&' {
		i++
	}
	const end = "</v></c>"
	if i > s.lim.TextUnits || len(b)-i < len(end) || string(b[i:i+len(end)]) != end || len(s.names)-s.starts[s.depth()-1] != 1 {
		return nil, false
	}
	s.window.pos += i + len(end)
	s.pop()
	return b[3:i], true
}
