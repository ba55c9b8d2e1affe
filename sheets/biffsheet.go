package sheets

import "slices"

// biffSheet reads one worksheet of a stream of records into the same rows as a
// sheetReader does, whose gathering of cells it shares.
type biffSheet struct {
	*sheetReader
	rec *records

	waiting  bool         // a formula waits for the text it gave
	formula  place        // that formula
	hidden   map[int]bool // rows that are hidden
	distinct int          // rows that hold something
	last     int          // row kept last
	again    bool         // a row was left and gone on with later
	text     []byte
	notes    biffNotes
}

// read reads a sheet from its first record to its last. Charts have records of
// the same names as cells; those are passed over, in sheets of their own and
// inside a worksheet.
func (b *biffSheet) read(line biffSheetLine) error {
	b.sheet = line.sheet
	b.row, b.col, b.width, b.distinct, b.last = 0, 0, 0, 0, 0
	b.waiting, b.mixed, b.again = false, false, false
	b.hidden = map[int]bool{}
	b.notes = biffNotes{remarkRoom: b.notes.remarkRoom, cut: b.notes.cut}
	b.rows.clear()
	b.filled.clear()
	b.held.clear()
	b.line.begin()
	if err := b.enterSheet(line); err != nil {
		return err
	}
	for depth := 1; depth > 0; {
		if err := b.rec.next(); err != nil {
			return b.locate(err)
		}
		switch b.rec.id {
		case recBOF:
			depth++
		case recEOF:
			depth--
		default:
			if depth > 1 || line.kind != sheetCells && line.kind != sheetMacro {
				continue
			}
			if err := b.readRecord(); err != nil {
				return b.locate(err)
			}
		}
	}
	if err := b.closeRow(); err != nil {
		return b.locate(err)
	}
	return b.close()
}

// enterSheet goes to where the sheet begins.
func (b *biffSheet) enterSheet(line biffSheetLine) error {
	if err := b.rec.skipTo(line.at); err != nil {
		return err
	}
	if err := b.rec.next(); err != nil {
		return err
	}
	if b.rec.id != recBOF {
		return b.rec.trouble("missingpart")
	}
	return nil
}

// readRecord reads what a sheet says about its cells, rows and columns. Cells
// that only have a style hold nothing.
func (b *biffSheet) readRecord() error {
	switch b.rec.id {
	case recSharedTxt:
		return b.readSharedText()
	case recLabel, recRString:
		return b.readLabel()
	case recNumber:
		return b.readNumber()
	case recRK:
		return b.readRK()
	case recMulRK:
		return b.readMulRK()
	case recBoolErr:
		return b.readBoolErr()
	case recFormula:
		return b.readFormula()
	case recString:
		return b.readResult()
	case recRow:
		return b.readRowLine()
	case recColInfo:
		return b.readColumns()
	case recMerges:
		return b.readMerged()
	case recObject, recText, recNote:
		return b.readNoteRecord()
	}
	return nil
}

// enter goes to a cell.
func (b *biffSheet) enter(row, col int) error {
	if err := b.settle(); err != nil {
		return err
	}
	if row+1 != b.row {
		if err := b.closeRow(); err != nil {
			return err
		}
		b.row = row + 1
		if highest := min(b.lim.Rows, maxRow); b.row > highest {
			return b.beyond("row", b.row, highest)
		}
		b.line.begin()
	}
	b.col = 0
	if col >= min(b.lim.Columns, maxCol) {
		return b.trouble("ref")
	}
	b.col = col + 1
	if !b.line.enter(b.col) {
		return b.trouble("dupcell")
	}
	return nil
}

// settle keeps a formula whose text did not come as one without a result.
func (b *biffSheet) settle() error {
	if !b.waiting {
		return nil
	}
	b.waiting = false
	return b.add(b.formula, nil, nil)
}

// closeRow keeps the row that was read if it holds anything. Some programs write
// cells in any order, so that a row may come in pieces.
func (b *biffSheet) closeRow() error {
	if err := b.settle(); err != nil {
		return err
	}
	if b.held.n == 0 {
		return nil
	}
	if b.rows.add(b.row) {
		if b.distinct == b.lim.FilledRows {
			b.col = 0
			return b.beyond("rows", b.distinct+1, b.lim.FilledRows)
		}
		b.distinct++
	} else {
		b.again = true
	}
	b.mixed = b.mixed || b.row < b.last
	b.last = b.row
	if b.line.mixed {
		b.held.sortRow(b.strings)
	}
	b.held.add(b.row, false)
	b.line.begin()
	return nil
}

// close brings the rows into order.
func (b *biffSheet) close() error {
	b.row, b.col = 0, 0
	b.fill()
	if b.mixed {
		slices.SortStableFunc(b.sheet.Rows, func(x, y Row) int { return x.Num - y.Num })
	}
	if b.again {
		if err := b.joinRows(); err != nil {
			return b.locate(err)
		}
	}
	for i := range b.sheet.Rows {
		b.sheet.Rows[i].Hidden = b.hidden[b.sheet.Rows[i].Num]
	}
	b.dropGhosts()
	sortRemarks(b.sheet.Remarks)
	b.sheet.HiddenCols = joinSpans(b.sheet.HiddenCols)
	return nil
}

// joinRows joins the pieces of rows.
func (b *biffSheet) joinRows() error {
	rows := b.sheet.Rows
	b.sheet.Rows = nil
	var cells []heldCell
	for from := 0; from < len(rows); {
		num, to := rows[from].Num, from
		for cells = cells[:0]; to < len(rows) && rows[to].Num == num; to++ {
			piece := rows[to].Cells
			cells = piece.block.cells(cells, int(piece.at), piece.Len())
		}
		if twice := b.held.take(cells); twice > 0 {
			b.row, b.col = num, twice
			return b.trouble("dupcell")
		}
		b.held.add(num, false)
		from = to
	}
	b.fill()
	return nil
}

// readRowLine reads whether a row is hidden.
func (b *biffSheet) readRowLine() error {
	if err := b.rec.need(14); err != nil {
		return err
	}
	if b.rec.body[12]&0x20 != 0 {
		b.hidden[b.rec.u16(0)+1] = true
	}
	return nil
}

// readColumns reads whether a run of columns is hidden.
func (b *biffSheet) readColumns() error {
	if err := b.rec.need(10); err != nil {
		return err
	}
	first, last := b.rec.u16(0)+1, min(b.rec.u16(2)+1, maxCol)
	if b.rec.body[8]&1 == 0 || first > last {
		return nil
	}
	if len(b.sheet.HiddenCols) == maxCol {
		return b.beyond("columns", maxCol+1, maxCol)
	}
	b.sheet.HiddenCols = append(b.sheet.HiddenCols, Span{first, last})
	return nil
}

// readMerged reads merged areas.
func (b *biffSheet) readMerged() error {
	if err := b.closeRow(); err != nil {
		return err
	}
	b.row, b.col = 0, 0
	if err := b.rec.need(2); err != nil {
		return err
	}
	n := b.rec.u16(0)
	if err := b.rec.need(2 + 8*n); err != nil {
		return err
	}
	for i := range n {
		at := 2 + 8*i
		r1, r2, c1, c2 := b.rec.u16(at)+1, b.rec.u16(at+2)+1, b.rec.u16(at+4)+1, b.rec.u16(at+6)+1
		if max(c1, c2) > maxCol {
			return b.trouble("merge")
		}
		if len(b.sheet.Merges) == b.lim.Merges {
			return b.beyond("merges", b.lim.Merges+1, b.lim.Merges)
		}
		b.sheet.Merges = append(b.sheet.Merges, Range{Row1: min(r1, r2), Col1: min(c1, c2), Row2: max(r1, r2), Col2: max(c1, c2)})
	}
	return nil
}
