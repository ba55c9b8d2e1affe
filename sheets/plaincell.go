package sheets

import (
	"bytes"
	"encoding/binary"
	"strconv"
)

// plainMost is more bytes than the tag of a plain cell has.
const plainMost = 64

// plainCell is a cell written in one of the plain ways: its reference first, then
// perhaps style and type, and nothing in it, or a value, or a text.
type plainCell struct {
	row    rowEnding
	col    int
	style  int
	typ    cellType
	inline bool // value is a text in the cell
	keep   bool // its blanks count
	value  []byte
	length int // of it all
}

// rowEnding is how the references of a row's cells end, the quote behind them
// included: up to eight bytes, the first lowest.
type rowEnding struct {
	bytes, mask uint64
	length      int
}

func rowEndingOf(row int) rowEnding {
	var b [8]byte
	n := len(append(strconv.AppendInt(b[:0], int64(row), 10), '"'))
	return rowEnding{binary.LittleEndian.Uint64(b[:]), ^uint64(0) >> (64 - 8*n), n}
}

// plainCells takes the cells of the row up to the first that is written in
// another way.
func (r *sheetReader) plainCells() error {
	c := plainCell{row: rowEndingOf(r.row)}
	for {
		b := r.s.waiting()
		if !c.parse(r.s, b) || c.col > min(r.lim.Columns, maxCol) {
			return nil
		}
		if c.inline {
			var ok bool
			if r.cell.inline, ok = r.s.appendPlain(r.cell.inline[:0], c.value, c.keep); !ok {
				return nil
			}
			c.value = r.cell.inline
		}
		r.s.window.pos += c.length
		r.col = c.col
		if !r.line.enter(c.col) {
			return r.trouble("dupcell")
		}
		if len(c.value) == 0 {
			continue
		}
		if err := r.addPlain(&c); err != nil {
			return err
		}
	}
}

// addPlain keeps the cell.
func (r *sheetReader) addPlain(c *plainCell) error {
	cell := place{col: c.col}
	switch {
	case c.inline:
		return r.add(cell.as(Text), c.value, nil)
	case c.typ == typeShared:
		n, ok := parseCount(c.value)
		if !ok || n >= r.strings.count() {
			return r.trouble("string")
		}
		return r.addString(cell, n)
	}
	return r.addNumber(cell, c.value, c.style)
}

// parse reads a cell of the row from the beginning of b. It reports false for a cell
// written in another way.
func (c *plainCell) parse(s *scanner, b []byte) bool {
	if len(b) < plainMost || string(b[:6]) != `<c r="` {
		return false
	}
	i := c.parseRef(b[:plainMost])
	if i == 0 {
		return false
	}
	if i = c.parseAttrs(b[:plainMost], i); i == 0 {
		return false
	}
	c.value, c.inline = nil, false
	if b[i] == '/' && b[i+1] == '>' {
		c.length = i + 2
		return true
	}
	if b[i] != '>' {
		return false
	}
	return c.parseContent(s, b, i+1)
}

// parseRef reads the reference and returns where it ends, after its quote.
func (c *plainCell) parseRef(b []byte) int {
	i, col := 6, 0
	for ; i < 9 && b[i]-'A' < 26; i++ {
		col = col*26 + int(b[i]-'A') + 1
	}
	if i == 6 || binary.LittleEndian.Uint64(b[i:])&c.row.mask != c.row.bytes {
		return 0
	}
	c.col = col
	return i + c.row.length
}

// parseAttrs reads style and type from i on and returns where they end.
func (c *plainCell) parseAttrs(b []byte, i int) int {
	c.style, c.typ = 0, typeNumber
	if b[i] == ' ' && b[i+1] == 's' && b[i+2] == '=' && b[i+3] == '"' {
		i += 4
		for end := i + 6; i < end && b[i]-'0' <= 9; i++ {
			c.style = c.style*10 + int(b[i]-'0')
		}
		if b[i] != '"' {
			return 0
		}
		i++
	}
	if b[i] != ' ' {
		return i
	}
	switch rest := b[i:]; {
	case string(rest[:6]) == ` t="s"`:
		c.typ = typeShared
		return i + 6
	case string(rest[:6]) == ` t="n"`:
		return i + 6
	case string(rest[:14]) == ` t="inlineStr"`:
		c.typ = typeInline
		return i + 14
	}
	return 0
}

// parseContent reads what stands in the cell, from i to its closing tag.
func (c *plainCell) parseContent(s *scanner, b []byte, i int) bool {
	const valueEnd, textEnd = "</v></c>", "</is></c>"
	switch {
	case follows(b[i:], "</c>"):
		c.length = i + len("</c>")
		return true
	case c.typ == typeInline:
		if !follows(b[i:], "<is>") {
			return false
		}
		i += len("<is>")
		var n int
		c.value, c.keep, n = s.plainText(b[i:], false)
		c.inline, c.length = true, i+n+len(textEnd)
		return n > 0 && follows(b[i+n:], textEnd)
	case b[i] != '<' || b[i+1] != 'v' || b[i+2] != '>':
		return false
	}
	from := i + 3
	for i = from; i < len(b) && b[i] > ' ' && b[i] != '<' && b[i] != '&'; i++ {
	}
	c.value, c.length = b[from:i], i+len(valueEnd)
	return i-from <= s.lim.TextUnits && follows(b[i:], valueEnd)
}

// rowLook is what stood behind the number in the tag of the row read last.
type rowLook struct {
	text   []byte // >, or attributes and >
	hidden bool
}

// plainRow enters a row whose tag is that of the row before, to the letter, but
// for the number.
func (r *sheetReader) plainRow() (num int, ok bool) {
	const open = `<row r="`
	b := r.s.waiting()
	if len(b) < plainMost || string(b[:len(open)]) != open || b[len(open)]-'1' > 8 {
		return 0, false
	}
	i := len(open)
	for end := i + 7; i < end && b[i]-'0' <= 9; i++ {
		num = num*10 + int(b[i]-'0')
	}
	if look := r.look.text; b[i] != '"' || len(look) == 0 || !bytes.HasPrefix(b[i+1:], look) {
		return 0, false
	}
	s := r.s
	s.tag, s.nameLen, s.attrs = b[:i+1+len(r.look.text)], len("<row"), s.attrs[:0]
	s.window.pos += len(s.tag)
	return num, s.push() == nil
}

// keepLook remembers the tag of the row just opened.
func (r *sheetReader) keepLook(hidden bool) {
	s := r.s
	r.look.text, r.look.hidden = r.look.text[:0], hidden
	if len(s.attrs) == 0 || s.closed || !follows(s.tag, `<row r="`) || len(s.tag) > longestLook {
		return
	}
	r.look.text = append(r.look.text, s.tag[s.attrs[0].valueEnd+1:]...)
}
