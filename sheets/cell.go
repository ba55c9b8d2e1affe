package sheets

import "bytes"

// cellType is the t attribute of a cell.
type cellType uint8

const (
	typeNumber cellType = iota
	typeShared
	typeInline
	typeString
	typeBool
	typeError
	typeDate
)

// cellTypeOf reads the t attribute; a cell without one holds a number.
func cellTypeOf(t []byte) (cellType, bool) {
	switch string(t) {
	case "", "n":
		return typeNumber, true
	case "s":
		return typeShared, true
	case "inlineStr":
		return typeInline, true
	case "str":
		return typeString, true
	case "b":
		return typeBool, true
	case "e":
		return typeError, true
	case "d":
		return typeDate, true
	}
	return typeNumber, false
}

// content is one cell as its XML has it.
type content struct {
	style   int
	typ     cellType
	formula bool
	valued  bool // has a v element
	inlined bool // has an is element
	value   []byte
	inline  []byte
}

// cellText are buffers for one cell.
type cellText struct{ value, inline []byte }

// finish takes a cell from its XML and adds it to the row. Empty cells are
// left out; a formula without a saved result is kept as Empty.
func (r *sheetReader) finish(c content) error {
	cell := placeOf(r.col, c.formula)
	if c.formula && r.unsettled && c.valued {
		cell = r.weigh(cell, xmlStandIn(c))
	}
	switch c.typ {
	case typeShared:
		return r.addShared(cell, c)
	case typeInline, typeString:
		return r.addText(cell, c)
	}
	if c.inlined && !c.valued {
		return r.addText(cell, c)
	}
	value := trimSpace(c.value)
	if len(value) == 0 {
		if !c.formula {
			return nil
		}
		return r.add(cell, nil, nil)
	}
	switch c.typ {
	case typeBool:
		return r.addBool(cell, value)
	case typeError:
		return r.add(cell.as(Error), value, nil)
	case typeDate:
		if _, ok := scanFigure(value); !ok {
			return r.addISO(cell, value, c.style)
		}
	}
	return r.addNumber(cell, value, c.style)
}

// addShared looks a text up in the table of shared strings.
func (r *sheetReader) addShared(cell place, c content) error {
	value := trimSpace(c.value)
	if len(value) == 0 {
		if c.inlined {
			return r.addText(cell, c)
		}
		if !c.formula {
			return nil
		}
		return r.add(cell, nil, nil)
	}
	n, ok := parseCount(value)
	if !ok || n >= r.strings.count() {
		return r.trouble("string")
	}
	return r.addString(cell, n)
}

// addString keeps a cell with a text of the table of shared strings, but for an
// empty one.
func (r *sheetReader) addString(cell place, n int) error {
	if r.strings.at(n) == "" && !cell.formula() {
		return nil
	}
	if err := r.room(cell.col); err != nil {
		return err
	}
	r.held.put(cell.as(sharedText))
	r.held.text = appendNumber(r.held.text, n)
	return nil
}

// addText takes a text that stands in the cell itself.
func (r *sheetReader) addText(cell place, c content) error {
	text := c.value
	if c.inlined {
		text = c.inline
	} else if err := checkLength(r.s, text); err != nil {
		return err
	}
	if len(text) == 0 {
		switch {
		case !c.formula:
			return nil
		case !c.valued:
			return r.add(cell, nil, nil)
		}
	}
	return r.add(cell.as(Text), text, nil)
}

func (r *sheetReader) addBool(cell place, value []byte) error {
	cell = cell.as(Bool)
	switch string(value) {
	case "1", "true", "TRUE":
		return r.add(cell, []byte("1"), []byte("TRUE"))
	case "0", "false", "FALSE":
		return r.add(cell, []byte("0"), []byte("FALSE"))
	}
	return r.addWord(cell, value)
}

// addWord takes what stands where a number belongs. Some programs write errors
// that way, even in quotes; anything else is kept as the text it is, so that
// the one cell can be asked about.
func (r *sheetReader) addWord(cell place, value []byte) error {
	if word := bytes.Trim(value, "'\""); len(word) > 1 && word[0] == '#' {
		return r.add(cell.as(Error), word, nil)
	}
	return r.add(cell.as(Text), value, nil)
}

// addNumber takes a number, which its style may show as a date.
func (r *sheetReader) addNumber(cell place, value []byte, style int) error {
	format := r.styles.format(style)
	if format == generalFormat && asShown(value) {
		return r.add(cell.as(Number), value, nil)
	}
	m, known := r.memo.of(format, value)
	if known {
		cell.head |= m.head
		return r.add(cell, value, m.shown[:m.length])
	}
	f, ok := scanFigure(value)
	if !ok {
		return r.addWord(cell, value)
	}
	if format == generalFormat {
		r.line.shown = f.appendPlain(r.line.shown[:0])
		return r.add(cell.as(Number), value, r.line.shown)
	}
	shown, kind, percent := format.show(r.line.shown[:0], f, r.date1904)
	head := byte(kind)
	if percent {
		head |= headPercent
	}
	r.line.shown, cell.head = shown, cell.head|head
	m.keep(format, value, shown, head)
	return r.add(cell, value, shown)
}

// addISO takes a date that is written as one.
func (r *sheetReader) addISO(cell place, value []byte, style int) error {
	cell = cell.as(Date)
	m, ok := isoMoment(string(value), r.date1904)
	format := r.styles.format(style)
	if !ok || len(format.sections) == 0 || format.sections[0].kind != showDate {
		return r.add(cell, value, nil)
	}
	r.line.shown = format.sections[0].appendDate(r.line.shown[:0], m, r.date1904)
	return r.add(cell, value, r.line.shown)
}

// add keeps a cell with what is stored and what is shown; nil shown means that
// the cell shows what is stored.
func (r *sheetReader) add(cell place, raw, shown []byte) error {
	if err := r.room(cell.col); err != nil {
		return err
	}
	if len(shown) > 0 && string(shown) != string(raw) {
		cell.head |= headShown
	}
	r.held.say(cell, raw, shown)
	return nil
}

// room holds a cell against the limits.
func (r *sheetReader) room(col int) error {
	if *r.budget == 0 {
		return r.beyond("cells", r.lim.Cells+1, r.lim.Cells)
	}
	*r.budget--
	if r.filled.add(col) {
		if r.width++; r.width > r.lim.FilledColumns {
			return r.beyond("columns", r.width, r.lim.FilledColumns)
		}
	}
	return nil
}

// rowCells watches over one row's cells.
type rowCells struct {
	shown []byte // for one cell, while it is made

	cols  []uint16 // columns seen, while ascending
	seen  bitset   // columns seen, once they are not
	mixed bool
}

func (l *rowCells) begin() {
	l.cols = l.cols[:0]
	if l.mixed {
		l.seen.clear()
		l.mixed = false
	}
}

// enter notes a column, and reports whether it is new in this row.
func (l *rowCells) enter(col int) bool {
	if l.mixed {
		return l.seen.add(col)
	}
	if n := len(l.cols); n == 0 || col > int(l.cols[n-1]) {
		l.cols = append(l.cols, uint16(col))
		return true
	}
	l.mixed = true
	for _, c := range l.cols {
		l.seen.add(int(c))
	}
	return l.seen.add(col)
}
