package sheets

import "io"

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

	looks    []look
	lookNext int // to be replaced next
}

// reset begins another part.
func (s *scanner) reset(src io.Reader, part string, lim *Limits) {
	s.begin(part, lim)
	s.window.reset(src, part, lim)
}

func (s *scanner) begin(part string, lim *Limits) {
	s.part, s.lim = part, lim
	s.names, s.starts = s.names[:0], s.starts[:0]
	s.cdata, s.closed, s.rooted = false, false, false
	s.looks, s.lookNext = s.looks[:0], 0
}

// resetWhole begins another part, of which all is there.
func (s *scanner) resetWhole(text []byte, part string, lim *Limits) {
	s.begin(part, lim)
	s.window.resetWhole(text, part, lim)
}

// through reads the part with a reader of its content, and makes sure that nothing
// follows.
func (s *scanner) through(read func(*scanner) error) error {
	if err := read(s); err != nil {
		return err
	}
	return s.finish()
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
