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

// finish turns a cell's XML into a Cell and adds it to the row. Empty cells are
// left out; a formula without a saved result is kept as Empty.
func (r *sheetReader) finish(c content) error {
	cell := Cell{Col: r.col, Formula: c.formula}
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
		cell.Kind = Error
		return r.add(cell, value, nil)
	case typeDate:
		if _, ok := scanFigure(value); !ok {
			return r.addISO(cell, value, c.style)
		}
	}
	return r.addNumber(cell, value, c.style)
}

// addShared looks a text up in the table of shared strings.
func (r *sheetReader) addShared(cell Cell, c content) error {
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
func (r *sheetReader) addString(cell Cell, n int) error {
	if r.strings.empty(n) && !cell.Formula {
		return nil
	}
	return r.place(spot{col: uint16(cell.Col), kind: sharedText, marks: marksOf(cell), n: uint32(n)})
}

// addText takes a text that stands in the cell itself.
func (r *sheetReader) addText(cell Cell, c content) error {
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
	cell.Kind = Text
	return r.add(cell, text, nil)
}

func (r *sheetReader) addBool(cell Cell, value []byte) error {
	cell.Kind = Bool
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
func (r *sheetReader) addWord(cell Cell, value []byte) error {
	cell.Kind = Text
	if word := bytes.Trim(value, "'\""); len(word) > 1 && word[0] == '#' {
		cell.Kind, value = Error, word
	}
	return r.add(cell, value, nil)
}

// addNumber takes a number, which its style may show as a date.
func (r *sheetReader) addNumber(cell Cell, value []byte, style int) error {
	format := r.styles.format(style)
	cell.Kind = Number
	if format == generalFormat && asShown(value) {
		return r.add(cell, value, nil)
	}
	m := r.memo.of(format, value)
	if m.has(format, value) {
		cell.Kind, cell.Percent = m.kind, m.percent
		return r.add(cell, value, m.shown[:m.length])
	}
	f, ok := scanFigure(value)
	if !ok {
		return r.addWord(cell, value)
	}
	if format == generalFormat {
		r.line.shown = f.appendPlain(r.line.shown[:0])
		return r.add(cell, value, r.line.shown)
	}
	r.line.shown, cell.Kind, cell.Percent = format.show(r.line.shown[:0], f, r.date1904)
	m.keep(format, value, r.line.shown, cell)
	return r.add(cell, value, r.line.shown)
}

// addISO takes a date that is written as one.
func (r *sheetReader) addISO(cell Cell, value []byte, style int) error {
	cell.Kind = Date
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
func (r *sheetReader) add(cell Cell, raw, shown []byte) error {
	h := &r.held
	sp := spot{col: uint16(cell.Col), kind: cell.Kind, marks: marksOf(cell), n: uint32(len(raw))}
	h.text = append(h.text, raw...)
	if len(shown) > 0 {
		sp.marks |= markShown
		h.text = append(h.text, shown...)
		h.shown = append(doubled(h.shown), uint32(len(shown)))
	}
	return r.place(sp)
}

// place holds a cell against the limits and keeps it.
func (r *sheetReader) place(sp spot) error {
	if *r.budget == 0 {
		return r.beyond("cells", r.lim.Cells+1, r.lim.Cells)
	}
	*r.budget--
	if r.filled.add(int(sp.col)) {
		if r.width++; r.width > r.lim.FilledColumns {
			return r.beyond("columns", r.width, r.lim.FilledColumns)
		}
	}
	r.line.spots = append(r.line.spots, sp)
	return nil
}

// rowCells gathers one row's cells.
type rowCells struct {
	spots []spot
	shown []byte // for one cell, while it is made

	cols  []uint16 // columns seen, while ascending
	seen  bitset   // columns seen, once they are not
	mixed bool
}

func (l *rowCells) begin() {
	l.spots, l.cols = l.spots[:0], l.cols[:0]
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
