package sheets

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"
)

// An annotated copy is the county's own archive with a few places changed, byte
// for byte the same everywhere else: whatever we do not know about (pictures,
// charts, extensions of other programs) survives. So the XML is not parsed into
// a tree and written again: tags are found, and splices are laid over the text.

// tag is one tag of a document.
type tag struct {
	from, to int    // the tag's own bytes, brackets included
	name     string // as written: x:row
	closing  bool   // </row>
	empty    bool   // <row/>
	body     string // between name and end: the attributes
}

// local is the name without its prefix.
func (t tag) local() string { return t.name[strings.IndexByte(t.name, ':')+1:] }

// prefix is what stands before the local name, colon included.
func (t tag) prefix() string { return t.name[:strings.IndexByte(t.name, ':')+1] }

// nextTag finds the first tag at or after an offset. Comments, CDATA sections
// and instructions are stepped over; ok is false at the end of the document,
// and where the markup is broken.
func nextTag(doc []byte, at int) (tag, bool) {
	for at < len(doc) {
		i := bytes.IndexByte(doc[at:], '<')
		if i < 0 {
			return tag{}, false
		}
		at += i
		if end, special := skipSpecial(doc, at); special {
			if end < 0 {
				return tag{}, false
			}
			at = end
			continue
		}
		return readTag(doc, at)
	}
	return tag{}, false
}

func skipSpecial(doc []byte, at int) (end int, special bool) {
	for _, s := range [][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}} {
		if bytes.HasPrefix(doc[at:], []byte(s[0])) {
			i := bytes.Index(doc[at:], []byte(s[1]))
			if i < 0 {
				return -1, true
			}
			return at + i + len(s[1]), true
		}
	}
	return 0, false
}

func readTag(doc []byte, at int) (tag, bool) {
	t, quote := tag{from: at}, byte(0)
	for i := at + 1; i < len(doc); i++ {
		switch c := doc[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			t.to = i + 1
			inner := string(doc[at+1 : i])
			inner, t.closing = strings.CutPrefix(inner, "/")
			inner, t.empty = strings.CutSuffix(inner, "/")
			cut := strings.IndexAny(inner, " \t\r\n")
			if cut < 0 {
				cut = len(inner)
			}
			t.name, t.body = inner[:cut], inner[cut:]
			return t, t.name != ""
		}
	}
	return tag{}, false
}

// attr gives an attribute by its local name.
func (t tag) attr(name string) (string, bool) {
	from, to, ok := t.find(name)
	if !ok {
		return "", false
	}
	return html.UnescapeString(t.body[from:to]), true
}

// number gives an attribute that is a whole number, or the other value.
func (t tag) number(name string, other int) int {
	text, ok := t.attr(name)
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if !ok || err != nil {
		return other
	}
	return n
}

// find says where an attribute's value stands within the body.
func (t tag) find(name string) (from, to int, ok bool) {
	s := t.body
	for at := 0; at < len(s); {
		eq := strings.IndexByte(s[at:], '=')
		if eq < 0 {
			return 0, 0, false
		}
		key := strings.TrimSpace(s[at : at+eq])
		from = at + eq + 1
		for from < len(s) && strings.IndexByte(" \t\r\n", s[from]) >= 0 {
			from++
		}
		if from >= len(s) {
			return 0, 0, false
		}
		end := strings.IndexByte(s[from+1:], s[from])
		if end < 0 {
			return 0, 0, false
		}
		from, to = from+1, from+1+end
		if key == name || strings.HasSuffix(key, ":"+name) && !strings.HasPrefix(key, "xmlns") {
			return from, to, true
		}
		at = to + 1
	}
	return 0, 0, false
}

// with writes the tag again with one attribute set.
func (t tag) with(name, value string) tag {
	if from, to, ok := t.find(name); ok {
		t.body = t.body[:from] + escapeAttr(value) + t.body[to:]
	} else {
		t.body = strings.TrimRight(t.body, " \t\r\n") + fmt.Sprintf(` %s="%s"`, name, escapeAttr(value))
	}
	return t
}

// without writes the tag again with one attribute (of that very name) dropped.
func (t tag) without(name string) tag {
	from, to, ok := t.find(name)
	if !ok {
		return t
	}
	start := strings.LastIndex(t.body[:from], name)
	t.body = strings.TrimRight(t.body[:start], " \t\r\n") + t.body[to+1:]
	return t
}

func (t tag) String() string {
	if t.closing {
		return "</" + t.name + ">"
	}
	if t.empty {
		return "<" + t.name + t.body + "/>"
	}
	return "<" + t.name + t.body + ">"
}

// splice replaces the bytes [from, to) by a text.
type splice struct {
	from, to int
	text     string
}

// spliced lays splices, given in ascending order, over a document.
func spliced(doc []byte, splices []splice) ([]byte, error) {
	var out bytes.Buffer
	at := 0
	for _, s := range splices {
		if s.from < at || s.to < s.from || s.to > len(doc) {
			return nil, errors.New("changes overlap")
		}
		out.Write(doc[at:s.from])
		out.WriteString(s.text)
		at = s.to
	}
	out.Write(doc[at:])
	return out.Bytes(), nil
}

// child is an element directly below another one.
type child struct {
	tag
	end   int // after the whole element
	inner int // where its content ends: the closing tag, or to for an empty one
}

// children lists the elements directly below the root, or below the element
// whose content begins at an offset.
func children(doc []byte, at int) (list []child, end int, err error) {
	depth := 0
	for {
		t, ok := nextTag(doc, at)
		if !ok {
			return nil, 0, errors.New("markup ends early")
		}
		at = t.to
		switch {
		case t.closing:
			if depth == 0 {
				return list, t.from, nil
			}
			if depth--; depth == 0 {
				list[len(list)-1].inner, list[len(list)-1].end = t.from, t.to
			}
		case t.empty:
			if depth == 0 {
				list = append(list, child{tag: t, inner: t.to, end: t.to})
			}
		default:
			if depth == 0 {
				list = append(list, child{tag: t})
			}
			depth++
		}
	}
}

// root finds the root element. A document in another encoding than UTF-8 has
// none that we could find.
func root(doc []byte) (tag, error) {
	t, ok := nextTag(doc, 0)
	if !ok || t.closing {
		return tag{}, errors.New("no root element")
	}
	return t, nil
}

// below finds the root element, what is directly below it, and where its content
// ends.
func below(doc []byte) (top tag, list []child, end int, err error) {
	if top, err = root(doc); err != nil {
		return top, nil, 0, err
	}
	list, end, err = children(doc, top.to)
	return top, list, end, err
}

// appendChild puts a text at the end of the root's content.
func appendChild(doc []byte, text string) ([]byte, error) {
	t, err := root(doc)
	if err != nil {
		return nil, err
	}
	if t.empty {
		t.empty = false
		return spliced(doc, []splice{{t.from, t.to, t.String() + text + "</" + t.name + ">"}})
	}
	at := bytes.LastIndex(doc, []byte("</"))
	if at < t.to {
		return nil, errors.New("root element does not end")
	}
	return spliced(doc, []splice{{at, at, text}})
}
