package sheets

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// textRun gives the text up to the next tag, in pieces where it is long.
// Outside the root element only blanks may stand.
func (s *scanner) textRun() (token, error) {
	w := &s.window
	for {
		b := w.buf[w.pos:w.end]
		n := bytes.IndexByte(b, '<')
		if n < 0 && len(b) < len(w.buf)/2 && w.more() {
			continue
		}
		if n < 0 {
			n = textPiece(b)
		}
		w.pos += n
		s.text = b[:n]
		if s.depth() > 0 {
			return textToken, nil
		}
		if !allSpace(s.text) {
			return s.fault()
		}
		return noToken, nil
	}
}

// textPiece is how much of a long text may be handed on: an entity or a line
// break at its end may go on in the next piece.
func textPiece(b []byte) int {
	tail := max(1, len(b)-16)
	if i := bytes.LastIndexByte(b[tail:], '&'); i >= 0 && bytes.IndexByte(b[tail+i:], ';') < 0 {
		return tail + i
	}
	if len(b) > 1 && b[len(b)-1] == '\r' {
		return len(b) - 1
	}
	return len(b)
}

// cdataText gives a piece of a CDATA section, or nothing at its end.
func (s *scanner) cdataText() (token, error) {
	w := &s.window
	for {
		b := w.buf[w.pos:w.end]
		n := bytes.Index(b, []byte("]]>"))
		switch {
		case n == 0:
			w.pos += 3
			s.cdata = false
			return noToken, nil
		case n < 0 && len(b) < len(w.buf)/2 && w.more():
			continue
		case n < 0 && len(b) <= 3:
			return s.stop()
		case n < 0:
			n = len(b) - 3 // may be part of the end, or a line break cut in two
		}
		w.pos += n
		s.text = b[:n]
		return textToken, nil
	}
}

// instruction passes over <? … ?>. The XML declaration must name an encoding
// that can be read.
func (s *scanner) instruction() error {
	first := s.window.pos
	w := &s.window
	for {
		b := w.buf[w.pos:w.end]
		if n := bytes.Index(b, []byte("?>")); n >= 0 {
			w.pos += n + 2
			if !s.rooted && first <= 3 && bytes.HasPrefix(b, []byte("<?xml ")) {
				return s.checkEncoding(b[:n])
			}
			return nil
		}
		if !w.more() {
			_, err := s.stop()
			return err
		}
	}
}

func (s *scanner) checkEncoding(decl []byte) error {
	_, after, ok := bytes.Cut(decl, []byte("encoding="))
	if !ok || len(after) < 2 {
		return nil
	}
	name, _, _ := bytes.Cut(after[1:], after[:1])
	switch strings.ToLower(string(name)) {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "ucs-2", "iso-10646-ucs-2":
		return nil
	}
	return trouble("encoding", s.part)
}

// declaration handles what begins with <!: comments are passed over, CDATA
// begins, anything else is refused.
func (s *scanner) declaration() error {
	w := &s.window
	for w.end-w.pos < len("<![CDATA[") && w.more() {
	}
	b := w.buf[w.pos:w.end]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		w.pos += 4
		return s.comment()
	case bytes.HasPrefix(b, []byte("<![CDATA[")) && s.depth() > 0:
		w.pos += 9
		s.cdata = true
		return nil
	case bytes.HasPrefix(b, []byte("<!D")):
		return trouble("doctype", s.part)
	}
	_, err := s.fault()
	return err
}

func (s *scanner) comment() error {
	w := &s.window
	for {
		b := w.buf[w.pos:w.end]
		if n := bytes.Index(b, []byte("-->")); n >= 0 {
			w.pos += n + 3
			return nil
		}
		w.pos += max(0, len(b)-2)
		if !w.more() {
			w.pos = w.end
			_, err := s.stop()
			if err == nil {
				err = trouble("xmlcut", s.part)
			}
			return err
		}
	}
}

// appendText decodes the text just found and appends it to dst.
func (s *scanner) appendText(dst []byte) ([]byte, error) {
	if s.cdata {
		return appendLines(dst, s.text), nil
	}
	return appendDecoded(dst, s.text, s.part)
}

// appendDecoded turns entities and line breaks into characters.
func appendDecoded(dst, raw []byte, part string) ([]byte, error) {
	for len(raw) > 0 {
		if raw[0] != '&' {
			i := bytes.IndexByte(raw, '&')
			if i < 0 {
				return appendLines(dst, raw), nil
			}
			dst, raw = appendLines(dst, raw[:i]), raw[i:]
		}
		if r, n := decimalEntity(raw); n > 0 {
			dst, raw = utf8.AppendRune(dst, r), raw[n:]
			continue
		}
		end := bytes.IndexByte(raw[:min(len(raw), 16)], ';')
		if end < 0 {
			return dst, trouble("xml", part)
		}
		r, reason := entity(raw[1:end])
		if reason != "" {
			return dst, trouble(reason, part)
		}
		dst, raw = utf8.AppendRune(dst, r), raw[end+1:]
	}
	return dst, nil
}

// appendLines copies text, with every kind of line break as \n.
func appendLines(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\r')
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(append(dst, raw[:i]...), '\n')
		if raw = raw[i+1:]; len(raw) > 0 && raw[0] == '\n' {
			raw = raw[1:]
		}
	}
}

// entity returns the character that &name; stands for, or the reason why it
// stands for none.
func entity(name []byte) (rune, string) {
	switch string(name) {
	case "amp":
		return '&', ""
	case "lt":
		return '<', ""
	case "gt":
		return '>', ""
	case "quot":
		return '"', ""
	case "apos":
		return '\'', ""
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, "xml"
	}
	name, base := name[1:], rune(10)
	if name[0] == 'x' {
		name, base = name[1:], 16
	}
	var r rune
	for _, c := range name {
		d := hexDigit(c)
		if d >= base || r > utf8.MaxRune {
			return 0, "xml"
		}
		r = r*base + d
	}
	if len(name) == 0 {
		return 0, "xml"
	}
	if !utf8.ValidRune(r) || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
		return 0, "control"
	}
	return r, ""
}

// hexDigit returns a digit's value, or one that no base has.
func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return 99
}
