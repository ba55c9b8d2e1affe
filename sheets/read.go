package sheets

import (
	"errors"
	"io"
	"strings"
	"sync"
)

// Read reads a workbook into plain cells, within the limits. What is wrong with
// the file itself comes back as a *Problem; any other error is ours (the disk).
// Every entry of a zip is read to its end, so an .xlsx that comes back is whole;
// an .xls or .et has no checksums. Values under a merged area are left out, as
// nobody sees them.
func Read(r io.ReaderAt, size int64, lim Limits) (*Book, error) {
	rd := idle.Get().(*Reader)
	rd.Limits = lim
	book, err := rd.Read(r, size)
	idle.Put(rd.slim())
	return book, err
}

// idle are the readers that wait for the next workbook. One that panicked does
// not come back.
var idle = sync.Pool{New: func() any { return new(Reader) }}

// mostKept is how large a buffer may be that waits for the next workbook.
const mostKept = 1 << 20

// slim lets go of the workbook, and of buffers that only a large one needs.
func (rd *Reader) slim() *Reader {
	rd.pool.forget()
	rd.sheet.forget()
	if len(rd.scan.window.own) > mostKept {
		rd.scan.window.own = nil
	}
	rd.scan.window.src = nil
	rd.unpacker.slim()
	return rd
}

// Reader reads one workbook after the other and keeps its buffers in between,
// which spares a third of the work where workbooks are small and many. It is not
// to be used by two goroutines at once.
type Reader struct {
	Limits Limits

	unpacker unpacker
	scan     scanner
	pool     stringPool
	sheet    sheetReader
}

// Read is the package's Read with the buffers of the last one.
func (rd *Reader) Read(r io.ReaderAt, size int64) (*Book, error) {
	ole, err := recognise(r, size)
	if err != nil {
		return nil, err
	}
	if ole {
		return rd.readOLE(r, size)
	}
	a, err := openArchive(r, size, &rd.Limits, &rd.unpacker)
	if err != nil {
		return nil, err
	}
	b := &bookReader{Reader: rd, zip: a, lim: &rd.Limits, book: &Book{Format: "xlsx", Marks: map[string]string{}}}
	if err := b.read(); err != nil {
		return nil, err
	}
	if err := a.drainRest(rd.scan.window.scratch()); err != nil {
		return nil, err
	}
	return b.book, nil
}

// Complete reports whether a copy is whole: every entry of a zip is read to its
// end and its checksum compared, and the records of an .xls or .et are followed
// to their end. It returns nil for a file of another kind, and for one that is
// whole but that Read will refuse; it returns a *Problem for a file that is empty
// or all zeros, as a copy is before its content comes.
func Complete(r io.ReaderAt, size int64) error {
	ole, err := recognise(r, size)
	switch {
	case err != nil:
	case ole:
		_, err = (&Reader{Limits: DefaultLimits()}).readOLE(r, size)
	default:
		err = completeZip(r, size)
	}
	var p *Problem
	if errors.As(err, &p) && !incomplete[p.Reason] {
		return nil
	}
	return err
}

func completeZip(r io.ReaderAt, size int64) error {
	rd := idle.Get().(*Reader)
	rd.Limits = DefaultLimits()
	a, err := openArchive(r, size, &rd.Limits, &rd.unpacker)
	if err == nil {
		err = a.drainRest(rd.scan.window.scratch())
	}
	idle.Put(rd.slim())
	return err
}

// incomplete are the reasons that may go away when a copy is finished.
var incomplete = map[string]bool{
	"empty": true, "zeros": true, "truncated": true, "zip": true, "crc": true, "compound": true, "record": true,
}

// bookReader reads the parts of a workbook in the order in which they need each
// other.
type bookReader struct {
	*Reader
	zip     *archive
	lim     *Limits
	book    *Book
	strings *stringTable
	styles  *styleTable
	persons map[string]string // who took part in conversations, by their marks
	room    remarkRoom
	noted   map[int]bool // parts of notes that were read
}

// parse reads one part. found is false when there is no such part. When the
// part's content is damaged, the rest of it is read as well: a wrong checksum
// explains more than what it did to the XML.
func (b *bookReader) parse(part string, read func(*scanner) error) (found bool, err error) {
	i := b.zip.find(part)
	if i < 0 {
		return false, nil
	}
	p, err := b.zip.open(i)
	if err != nil {
		return true, err
	}
	if b.zip.small(p.entry) {
		return true, b.parseWhole(p, read)
	}
	b.scan.reset(p, p.entry.name, b.lim)
	if err = b.scan.through(read); err != nil && !damage(err) {
		return true, err
	}
	if rest := p.drain(b.scan.window.buf); rest != nil {
		return true, rest
	}
	return true, err
}

// parseWhole is parse for a small part, whose checksum is known to be right
// before anything of it is read.
func (b *bookReader) parseWhole(p *partReader, read func(*scanner) error) error {
	text, err := b.zip.wholePart(p)
	if err != nil {
		return err
	}
	b.scan.resetWhole(text, p.entry.name, b.lim)
	return b.scan.through(read)
}

// damage reports that an error is a Problem of damage.
func damage(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == "F01"
}

// need is parse for a part that must be there.
func (b *bookReader) need(part string, read func(*scanner) error) error {
	found, err := b.parse(part, read)
	if err == nil && !found {
		return trouble("missingpart", part)
	}
	return err
}

func (b *bookReader) read() error {
	main, err := b.findWorkbook()
	if err != nil {
		return err
	}
	var o outline
	if err := b.need(main, func(s *scanner) (err error) { o, err = readOutline(s); return err }); err != nil {
		return err
	}
	rels, err := b.relations(main)
	if err != nil {
		return err
	}
	b.book.Date1904 = o.date1904
	_, links := byKind(rels, "externalLink")
	b.book.External = o.external || links
	b.book.Names, b.book.Partial = o.settleNames(), o.partial
	_, b.book.Macros = byKind(rels, "vbaProject", "xlMacrosheet", "xlIntlMacrosheet")
	if err := b.readShared(rels); err != nil {
		return err
	}
	if err := b.readPersons(rels); err != nil {
		return err
	}
	return b.readSheets(o, rels)
}

// findWorkbook finds the main part through the package's relations, and reads
// the document's own properties on the way. Some writers leave the relations
// out; then the usual place counts.
func (b *bookReader) findWorkbook() (string, error) {
	if reason := otherPackage(b.zip); reason != "" {
		return "", trouble(reason, "")
	}
	rels, err := b.relations("")
	if err != nil {
		return "", err
	}
	if props, ok := byKind(rels, "custom-properties", "customProperties"); ok {
		if _, err := b.parse(props.target, func(s *scanner) (err error) { b.book.Marks, err = readMarks(s); return err }); err != nil {
			return "", err
		}
	}
	main := partLink{target: "xl/workbook.xml"}
	if r, ok := byKind(rels, "officeDocument"); ok {
		main = r
	}
	if strings.HasSuffix(strings.ToLower(main.target), ".bin") {
		return "", trouble("xlsb", main.target)
	}
	if b.zip.find(main.target) < 0 {
		return "", trouble(b.missingReason(), main.target)
	}
	return main.target, nil
}

// missingReason says what a zip without a workbook is.
func (b *bookReader) missingReason() string {
	if b.zip.find("[Content_Types].xml") >= 0 || len(b.zip.entries) == 0 {
		return "noworkbook"
	}
	return "archive"
}

// readShared reads what cells refer to: texts and styles. A workbook may have
// neither.
func (b *bookReader) readShared(rels []partLink) error {
	if r, ok := byKind(rels, "sharedStrings"); ok {
		if _, err := b.parse(r.target, func(s *scanner) (err error) { b.strings, err = b.pool.read(s); return err }); err != nil {
			return err
		}
	}
	if r, ok := byKind(rels, "styles"); ok {
		if _, err := b.parse(r.target, func(s *scanner) (err error) { b.styles, err = readStyles(s); return err }); err != nil {
			return err
		}
	}
	return nil
}

// readSheets reads the sheets in the order of the workbook.
func (b *bookReader) readSheets(o outline, rels []partLink) error {
	targets := make(map[string]string, len(rels))
	for _, r := range rels {
		targets[r.id] = r.target
	}
	budget := b.lim.Cells
	reader := &b.sheet
	reader.begin(&b.scan, b.strings, b.styles, o.date1904, &budget)
	reader.unsettled = o.unsettled
	names, parts := map[string]bool{}, map[int]bool{}
	for _, line := range o.sheets {
		sheet := &Sheet{Name: line.name, Visibility: line.visibility}
		part := targets[line.id]
		at, name := b.zip.find(part), strings.ToLower(line.name)
		if names[name] || parts[at] {
			return &Problem{Code: "F01", Reason: "dupsheet", Part: part, Sheet: line.name}
		}
		names[name], parts[at] = true, true
		if at < 0 {
			return &Problem{Code: "F01", Reason: "missingpart", Part: part, Sheet: line.name}
		}
		if _, err := b.parse(part, func(*scanner) error { return reader.read(sheet) }); err != nil {
			return inSheet(err, line.name)
		}
		if err := b.readNotes(sheet, b.zip.entries[at].name); err != nil {
			return err
		}
		b.book.Sheets = append(b.book.Sheets, sheet)
	}
	reader.emptyStandIns(b.book)
	return nil
}

// inSheet names the sheet in a Problem of its part.
func inSheet(err error, name string) error {
	if p, ok := err.(*Problem); ok {
		p.Sheet = name
	}
	return err
}
