package sheets

import (
	"io"
	"math"
	"slices"
	"strings"
)

// The kinds of sheet that a stream of records can hold.
const (
	biff8      = 0x0600
	sheetCells = 0 // in the list of sheets
	sheetMacro = 1
)

// readOLE reads a workbook of Excel 97-2003, or of WPS (.et): BIFF8 records in a
// compound file.
func (rd *Reader) readOLE(r io.ReaderAt, size int64) (*Book, error) {
	c, err := openCompound(r, size, &rd.Limits)
	if err != nil {
		return nil, err
	}
	if err := c.refusal(); err != nil {
		return nil, err
	}
	name := "Workbook"
	if !c.has(name) {
		name = "Book"
	}
	stream, err := c.open(name, &rd.Limits)
	if err != nil {
		return nil, err
	}
	b := &biffBook{
		Reader: rd, rec: records{src: stream, part: name},
		book:   &Book{Format: "xls", Macros: c.has("_VBA_PROJECT_CUR")},
		styles: &styleTable{codes: map[int]string{}},
	}
	if b.book.Marks, err = c.readMarks(&rd.Limits); err != nil {
		return nil, err
	}
	if err := b.read(); err != nil {
		return nil, err
	}
	return b.book, nil
}

// biffBook reads the stream of a workbook: first what counts for all of it, then
// the sheets one after the other.
type biffBook struct {
	*Reader
	rec    records
	book   *Book
	sheets []biffSheetLine
	styles *styleTable
	texts  *stringTable
	text   []byte
}

// biffSheetLine is one sheet as the workbook lists it.
type biffSheetLine struct {
	sheet *Sheet
	at    int64 // where in the stream it begins
	kind  byte
}

func (b *biffBook) read() error {
	if err := b.rec.next(); err != nil {
		return err
	}
	if err := b.checkVersion(); err != nil {
		return err
	}
	for {
		if err := b.rec.next(); err != nil {
			return err
		}
		if b.rec.id == recEOF {
			break
		}
		if err := b.readGlobal(); err != nil {
			return err
		}
	}
	b.styles.formats = make([]*numFormat, len(b.styles.ids))
	return b.readSheets()
}

// checkVersion refuses what Excel 95 and its elders wrote: they have other
// records, and texts in an encoding that the file need not name.
func (b *biffBook) checkVersion() error {
	switch b.rec.id {
	case recBOF:
		if len(b.rec.body) < 4 {
			return b.rec.trouble("record")
		}
		if b.rec.u16(0) == biff8 {
			return nil
		}
	case 0x0009, 0x0209, 0x0409:
	default:
		return b.rec.trouble("record")
	}
	return b.rec.trouble("xls")
}

// readGlobal reads a record that counts for the whole workbook.
func (b *biffBook) readGlobal() error {
	r := &b.rec
	switch r.id {
	case recFilePass:
		return r.trouble("encrypted")
	case recBOF:
		return r.trouble("record")
	case recDateMode:
		b.book.Date1904 = len(r.body) > 0 && r.body[0] == 1
	case recProject:
		b.book.Macros = true
	case recLink:
		b.book.External = b.book.External || linksOut(r)
	case recSheet:
		return b.readSheetLine()
	case recFormat:
		return b.readFormat()
	case recXF:
		return b.readXF()
	case recStrings:
		var err error
		b.texts, err = b.pool.readRecords(r, &b.Limits)
		return err
	}
	return nil
}

// linksOut tells a link to another workbook from one to the workbook itself, and
// from functions of an add-in.
func linksOut(r *records) bool {
	const itself, addIn = 0x0401, 0x3a01
	return len(r.body) >= 4 && r.u16(2) != itself && r.u16(2) != addIn
}

// readSheetLine reads the name of a sheet, and where it begins.
func (b *biffBook) readSheetLine() error {
	r := &b.rec
	if err := r.need(7); err != nil {
		return err
	}
	if len(b.sheets) == b.Limits.Entries {
		return beyond("entries", r.part, int64(len(b.sheets))+1, int64(b.Limits.Entries))
	}
	line := biffSheetLine{at: int64(r.u32(0)), kind: r.body[5], sheet: &Sheet{}}
	switch r.body[4] & 3 {
	case 1:
		line.sheet.Visibility = Hidden
	case 2:
		line.sheet.Visibility = VeryHidden
	}
	r.at = 7
	name, err := r.appendText(nil, int(r.body[6]), &b.Limits)
	line.sheet.Name = string(name)
	b.sheets = append(b.sheets, line)
	b.book.Macros = b.book.Macros || line.kind == sheetMacro
	return err
}

// readFormat reads a number format.
func (b *biffBook) readFormat() error {
	r := &b.rec
	if err := r.need(4); err != nil {
		return err
	}
	if len(b.styles.codes) == b.Limits.Styles {
		return beyond("styles", r.part, int64(b.Limits.Styles)+1, int64(b.Limits.Styles))
	}
	id, units := r.u16(0), r.u16(2)
	r.at = 4
	var err error
	if b.text, err = r.appendText(b.text[:0], units, &b.Limits); err == nil {
		b.styles.codes[id] = string(b.text)
	}
	return err
}

// readXF reads which number format a style has.
func (b *biffBook) readXF() error {
	if err := b.rec.need(4); err != nil {
		return err
	}
	if len(b.styles.ids) == b.Limits.Styles {
		return beyond("styles", b.rec.part, int64(b.Limits.Styles)+1, int64(b.Limits.Styles))
	}
	b.styles.ids = append(b.styles.ids, b.rec.u16(2))
	return nil
}

// readRecords reads the table of shared strings. A workbook that has fewer of
// them than it says is as good as one that says so, until a cell wants one.
func (p *stringPool) readRecords(r *records, lim *Limits) (*stringTable, error) {
	p.begin()
	if err := r.need(8); err != nil {
		return nil, err
	}
	r.at = 8
	if n := int64(r.u32(4)); n > int64(lim.Strings) {
		return nil, beyond("strings", r.part, n, int64(lim.Strings))
	}
	for range int(min(int64(r.u32(4)), math.MaxInt32)) {
		ok, err := r.left()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		units, err := r.take(2)
		if err == nil {
			p.buf, err = r.appendText(p.buf, units, lim)
		}
		if err != nil {
			return nil, err
		}
		p.end()
	}
	return p.finish(), nil
}

// readSheets reads the sheets as they follow each other in the stream. The book
// has them in the order of the list.
func (b *biffBook) readSheets() error {
	names, places := map[string]bool{}, map[int64]bool{}
	for _, l := range b.sheets {
		name := strings.ToLower(l.sheet.Name)
		if names[name] || places[l.at] {
			return &Problem{Code: "F01", Reason: "dupsheet", Part: b.rec.part, Sheet: l.sheet.Name}
		}
		names[name], places[l.at] = true, true
		b.book.Sheets = append(b.book.Sheets, l.sheet)
	}
	slices.SortFunc(b.sheets, func(x, y biffSheetLine) int { return int(x.at - y.at) })
	budget := b.Limits.Cells
	reader := biffSheet{sheetReader: &b.sheet, rec: &b.rec}
	b.scan.reset(strings.NewReader(""), b.rec.part, &b.Limits)
	reader.begin(&b.scan, b.texts, b.styles, b.book.Date1904, &budget)
	for _, l := range b.sheets {
		if err := reader.read(l); err != nil {
			return inSheet(err, l.sheet.Name)
		}
	}
	reader.emptyStandIns(b.book)
	b.book.Partial = reader.notes.cut
	return nil
}
