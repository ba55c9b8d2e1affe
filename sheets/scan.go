package sheets

import (
	"bytes"
	"io"
)

// token is what the scanner found next.
type token uint8

const (
	noToken   token = iota
	openTag         // scanner.name and attr tell more; a closeTag follows, also for <a/>
	closeTag        // scanner.name tells which
	textToken       // scanner.text, perhaps in several pieces
	partEnd         // the document is complete
)

// scanner walks through the XML of one part in one pass. It holds a window of
// the part, not the part. It knows well-formedness, entities, CDATA and depth;
// namespaces it ignores: an element is known by its local name and its place.
type scanner struct {
	part   string
	lim    *Limits
	window window

	name   []byte // local name of the tag; valid until the next call of next
	tag    []byte // the whole open tag; likewise
	attrs  []attr // where its attributes stand
	text   []byte // the text as written; appendText decodes it
	cdata  bool   // text stands in a CDATA section, where nothing is to be decoded
	closed bool   // the open tag was <a/>

	nameLen int    // where the tag's name ends
	names   []byte // the full names of the open elements, one after the other
	starts  []int  // where each begins
	rooted  bool   // the root element was seen
}

// attr is where one attribute stands in its tag. It holds no pointers, for there
// are as many attributes as anything, and the collector looks at every pointer.
type attr struct{ name, nameEnd, value, valueEnd int32 }

func (s *scanner) attrName(a attr) []byte  { return s.tag[a.name:a.nameEnd] }
func (s *scanner) attrValue(a attr) []byte { return s.tag[a.value:a.valueEnd] }

// reset begins another part.
func (s *scanner) reset(src io.Reader, part string, lim *Limits) error {
	s.part, s.lim = part, lim
	s.names, s.starts = s.names[:0], s.starts[:0]
	s.cdata, s.closed, s.rooted = false, false, false
	return s.window.reset(src, part, lim)
}

func (s *scanner) depth() int { return len(s.starts) }

// fault is malformed XML.
func (s *scanner) fault() (token, error) { return noToken, trouble("xml", s.part) }

// next finds the next token. Comments and processing instructions are passed
// over; a document type is refused.
func (s *scanner) next() (token, error) {
	if s.closed {
		s.closed = false
		s.pop()
		return closeTag, nil
	}
	w := &s.window
	for {
		if s.cdata {
			if t, err := s.cdataText(); t != noToken || err != nil {
				return t, err
			}
			continue
		}
		if w.pos == w.end && !w.more() {
			return s.stop()
		}
		if w.buf[w.pos] != '<' {
			t, err := s.textRun()
			if t != noToken || err != nil {
				return t, err
			}
			continue
		}
		if w.end-w.pos < 2 && !w.more() {
			return s.stop()
		}
		switch w.buf[w.pos+1] {
		case '/':
			return s.closing()
		case '?':
			if err := s.instruction(); err != nil {
				return noToken, err
			}
		case '!':
			if err := s.declaration(); err != nil {
				return noToken, err
			}
		default:
			return s.opening()
		}
	}
}

// stop says how the part ended.
func (s *scanner) stop() (token, error) {
	if s.window.err != io.EOF {
		return noToken, s.window.err
	}
	if s.window.pos < s.window.end || s.depth() > 0 || !s.rooted {
		return noToken, trouble("xmlcut", s.part)
	}
	return partEnd, nil
}

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

// push enters the element whose tag was just read.
func (s *scanner) push() error {
	if s.depth() == 0 && s.rooted {
		return trouble("xml", s.part)
	}
	if s.depth() == s.lim.Depth {
		return beyond("depth", s.part, int64(s.depth())+1, int64(s.lim.Depth))
	}
	s.rooted = true
	s.starts = append(s.starts, len(s.names))
	name := s.tag[1:s.nameLen]
	s.names = append(s.names, name...)
	s.name = localName(name)
	return nil
}

// pop leaves the innermost element; its name becomes the token's.
func (s *scanner) pop() {
	from := s.starts[len(s.starts)-1]
	s.name = localName(s.names[from:])
	s.starts = s.starts[:len(s.starts)-1]
	s.names = s.names[:from]
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

// skip passes over the element that was just opened, and all in it.
func (s *scanner) skip() error {
	for d := s.depth(); s.depth() >= d; {
		if _, err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// child reports whether the next token opens an element inside the one given by
// its depth; false means that element ended. Between elements only blanks can
// stand: text there would be somebody's words, lost.
func (s *scanner) child(depth int) (bool, error) {
	for {
		t, err := s.next()
		if err != nil {
			return false, err
		}
		switch t {
		case openTag:
			return true, nil
		case textToken:
			if !allSpace(s.text) {
				return false, trouble("structure", s.part)
			}
		case closeTag, partEnd:
			if s.depth() < depth {
				return false, nil
			}
		}
	}
}

// root enters the root element.
func (s *scanner) root() error {
	if _, err := s.next(); err != nil {
		return err
	}
	return nil
}

// finish makes sure that nothing follows the root element.
func (s *scanner) finish() error {
	for {
		if t, err := s.next(); err != nil || t == partEnd {
			return err
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

// localName drops the prefix.
func localName(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
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
	if len(b)-i < len(end) || string(b[i:i+len(end)]) != end || len(s.names)-s.starts[s.depth()-1] != 1 {
		return nil, false
	}
	s.window.pos += i + len(end)
	s.pop()
	return b[3:i], true
}
