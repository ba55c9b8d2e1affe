package sheets

import "slices"

// sheetReader reads one worksheet in one pass. Rows and cells are kept by their
// coordinates, in whatever order they stand.
type sheetReader struct {
	s        *scanner
	lim      *Limits
	strings  *stringTable
	styles   *styleTable
	date1904 bool
	budget   *int // cells the book may still have

	unsettled bool // formulas are to be calculated when the book is opened
	results   bool // of such formulas some have results,
	standIns  bool // or something in their place

	sheet  *Sheet
	row    int // where we are, for the message
	col    int
	rows   bitset // row numbers seen
	filled bitset // columns that hold something
	shut   bool   // the sheet's rows were read
	mixed  bool   // rows are not ascending

	line  rowCells
	look  rowLook
	held  held
	memo  *memo
	cell  cellText
	width int // count of filled columns
}

// begin makes the reader ready for the sheets of a book.
func (r *sheetReader) begin(s *scanner, strings *stringTable, styles *styleTable, date1904 bool, budget *int) {
	r.s, r.lim, r.strings, r.styles, r.date1904, r.budget = s, s.lim, strings, styles, date1904, budget
	r.unsettled, r.results, r.standIns = false, false, false
	r.held.clear()
	if r.memo == nil {
		r.memo = new(memo)
	}
	r.memo.clear()
}

// forget lets go of the workbook's texts, styles and cells.
func (r *sheetReader) forget() {
	line, cell := r.line, r.cell
	if cap(cell.value) > mostKept || cap(cell.inline) > mostKept {
		line, cell = rowCells{}, cellText{}
	}
	line.begin()
	r.held.clear()
	if r.memo != nil {
		r.memo.clear()
	}
	*r = sheetReader{held: r.held, memo: r.memo, rows: r.rows, filled: r.filled, line: line, look: r.look, cell: cell}
}

// read reads the sheet's part. On failure the Problem says as well as can be
// where in the sheet.
func (r *sheetReader) read(sheet *Sheet) error {
	r.sheet = sheet
	r.row, r.col, r.width = 0, 0, 0
	r.shut, r.mixed = false, false
	r.look.text = r.look.text[:0]
	r.held.clear()
	r.rows.clear()
	r.filled.clear()
	if err := r.readParts(); err != nil {
		return r.locate(err)
	}
	r.fill()
	if r.mixed {
		slices.SortFunc(sheet.Rows, func(a, b Row) int { return a.Num - b.Num })
	}
	r.dropGhosts()
	sheet.HiddenCols = joinSpans(sheet.HiddenCols)
	return nil
}

// locate adds the place to a Problem.
func (r *sheetReader) locate(err error) error {
	p, ok := err.(*Problem)
	if !ok {
		return err
	}
	p.Sheet, p.Row = r.sheet.Name, r.row
	if r.row > 0 && r.col > 0 {
		p.Cell = Address(r.col, r.row)
	}
	return p
}

func (r *sheetReader) trouble(reason string) error { return trouble(reason, r.s.part) }

func (r *sheetReader) beyond(reason string, found, limit int) error {
	return beyond(reason, r.s.part, int64(found), int64(limit))
}

// readParts reads what stands directly under the root.
func (r *sheetReader) readParts() error {
	if err := r.s.root(); err != nil {
		return err
	}
	switch string(r.s.name) {
	case "worksheet", "chartsheet", "dialogsheet", "macrosheet":
	default:
		return r.trouble("structure")
	}
	for {
		more, err := r.s.child(1)
		if err != nil || !more {
			return err
		}
		switch string(r.s.name) {
		case "sheetData":
			err = r.readRows()
		case "mergeCells":
			err = r.readMerges()
		case "cols":
			err = r.readCols()
		default:
			err = r.s.skip()
		}
		if err != nil {
			return err
		}
	}
}

// readRows reads sheetData. Nothing but rows can stand there: what is not
// understood could be somebody's figures.
func (r *sheetReader) readRows() error {
	if r.shut {
		return r.trouble("structure")
	}
	r.shut = true
	for {
		if num, ok := r.plainRow(); ok {
			if err := r.readCells(num, r.look.hidden); err != nil {
				return err
			}
			continue
		}
		more, err := r.s.child(2)
		if err != nil || !more {
			return err
		}
		if err := r.only("row", r.readRow); err != nil {
			return err
		}
	}
}

// only reads an element that may stand here. But for extensions no other may.
func (r *sheetReader) only(name string, read func() error) error {
	switch string(r.s.name) {
	case name:
		return read()
	case "extLst":
		return r.s.skip()
	}
	return r.trouble("structure")
}

// readRow reads one row element: the number is its own, or the next.
func (r *sheetReader) readRow() error {
	num := r.row + 1
	if raw, ok := r.s.attr("r"); ok {
		if num, ok = parseCount(raw); !ok {
			return r.trouble("row")
		}
	}
	hidden := r.s.attrTrue("hidden")
	r.keepLook(hidden)
	return r.readCells(num, hidden)
}

// readCells reads what stands in the row.
func (r *sheetReader) readCells(num int, hidden bool) error {
	if err := r.enterRow(num); err != nil {
		return err
	}
	r.line.begin()
	for {
		if err := r.plainCells(); err != nil {
			return err
		}
		more, err := r.s.child(3)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := r.only("c", r.readCell); err != nil {
			return err
		}
	}
	return r.endRow(hidden)
}

// enterRow notes the row's number.
func (r *sheetReader) enterRow(num int) error {
	r.col = 0
	if highest := min(r.lim.Rows, maxRow); num < 1 || num > highest {
		return r.beyond("row", num, highest)
	}
	last := r.row
	r.row = num
	if !r.rows.add(num) {
		return r.trouble("duprow")
	}
	if num < last {
		r.mixed = true
	}
	return nil
}

// endRow keeps the row if it holds anything.
func (r *sheetReader) endRow(hidden bool) error {
	r.col = 0
	if r.held.n == 0 {
		return nil
	}
	if n := len(r.held.rows); n == r.lim.FilledRows {
		return r.beyond("rows", n+1, r.lim.FilledRows)
	}
	if r.line.mixed {
		r.held.sortRow(r.strings)
	}
	r.held.add(r.row, hidden)
	return nil
}

// readCell reads one cell element.
func (r *sheetReader) readCell() error {
	c, err := r.enterCell()
	if err != nil {
		return err
	}
	if r.s.closed {
		return nil // styled only
	}
	if c.typ != typeString {
		c.value, c.valued = r.s.plainValue()
	}
	if !c.valued {
		if err := r.readContent(&c); err != nil {
			return err
		}
	}
	return r.finish(c)
}

// enterCell reads the cell's attributes and finds its column: its own, or the
// next.
func (r *sheetReader) enterCell() (content, error) {
	var c content
	next := r.col + 1
	r.col = 0
	for _, a := range r.s.attrs {
		if a.nameEnd-a.name != 1 {
			continue
		}
		value := r.s.attrValue(a)
		switch r.s.tag[a.name] {
		case 'r':
			col, row, ok := parseRef(value)
			if !ok {
				return c, r.trouble("ref")
			}
			if next = col; row != r.row {
				r.col = col
				return c, r.trouble("cellrow")
			}
		case 's':
			c.style, _ = parseCount(value)
		case 't':
			var ok bool
			if c.typ, ok = cellTypeOf(value); !ok {
				r.col = next
				return c, r.trouble("celltype")
			}
		}
	}
	if next > min(r.lim.Columns, maxCol) {
		return c, r.trouble("ref")
	}
	r.col = next
	if !r.line.enter(next) {
		return c, r.trouble("dupcell")
	}
	return c, nil
}

// readContent reads what stands in a cell: formula, value, inline text.
func (r *sheetReader) readContent(c *content) error {
	r.cell.value, r.cell.inline = r.cell.value[:0], r.cell.inline[:0]
	for {
		more, err := r.s.child(4)
		if err != nil {
			return err
		}
		if !more {
			c.value, c.inline = r.cell.value, r.cell.inline
			return nil
		}
		switch string(r.s.name) {
		case "f":
			c.formula = true
			err = r.s.skip()
		case "v":
			if c.valued {
				return r.trouble("structure")
			}
			c.valued = true
			err = r.readValue(c)
		case "is":
			if c.inlined {
				return r.trouble("structure")
			}
			c.inlined = true
			r.cell.inline, err = appendRich(r.s, r.cell.inline, keepsSpace(r.s, false))
		case "extLst":
			err = r.s.skip()
		default:
			return r.trouble("structure")
		}
		if err != nil {
			return err
		}
	}
}

// readValue reads a v element. The blanks of a text in it count: what says that
// they do, xml:space, cannot stand there.
func (r *sheetReader) readValue(c *content) error {
	if c.typ != typeString {
		var err error
		r.cell.value, err = appendRaw(r.s, r.cell.value)
		return err
	}
	var err error
	if r.cell.value, err = appendT(r.s, r.cell.value, 0, true); err != nil {
		return err
	}
	return checkLength(r.s, r.cell.value)
}
