package sheets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// errand is what the annotating process is told on its standard input.
type errand struct {
	Original string // path of the county's workbook
	Marks    []Mark
	Report   []byte // the drawn report, an .xlsx
	MemoryMB int
}

// AnnotateChild is the whole work of the hidden annotate command: it reads an
// errand from stdin and writes the annotated copy to stdout. It runs in a
// process of its own because the workbook is foreign: whatever happens here,
// the caller has limits on memory, time and output, and another answer to send.
func AnnotateChild(stdin io.Reader, stdout io.Writer) error {
	var e errand
	if err := json.NewDecoder(stdin).Decode(&e); err != nil {
		return fmt.Errorf("annotate: errand: %w", err)
	}
	if err := limitMemory(e.MemoryMB); err != nil {
		return fmt.Errorf("annotate: memory limit: %w", err)
	}
	file, err := os.Open(e.Original)
	if err != nil {
		return fmt.Errorf("annotate: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("annotate: %w", err)
	}
	if err := annotate(file, info.Size(), e, stdout); err != nil {
		return fmt.Errorf("annotate: %w", err)
	}
	return nil
}

func annotate(file io.ReaderAt, size int64, e errand, w io.Writer) error {
	p, err := openPatch(file, size)
	if err != nil {
		return err
	}
	b, err := openBookPatch(p)
	if err != nil {
		return err
	}
	if err := b.dropReport(); err != nil {
		return err
	}
	stylesName, styles, err := b.openStyles()
	if err != nil {
		return err
	}
	if err := b.paint(styles, e.Marks); err != nil {
		return err
	}
	added, err := b.graft(styles, e.Report)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	doc, err := styles.render()
	if err != nil {
		return fmt.Errorf("styles: %w", err)
	}
	b.write(stylesName, doc)
	if err := b.putFirst(added); err != nil {
		return err
	}
	if err := b.markAnnotated(); err != nil {
		return err
	}
	return b.writeTo(w)
}

// bareStyles is what a workbook without styles looks like.
const bareStyles = xmlHead + `<styleSheet xmlns="` + mainNS + `"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

func (b *bookPatch) openStyles() (name string, s *stylePart, err error) {
	rels, err := b.relations(b.part)
	if err != nil {
		return "", nil, err
	}
	for _, r := range rels {
		if r.kind == "styles" {
			name = r.target
		}
	}
	if name == "" {
		if name = "xl/styles.xml"; b.has(name) { // where some readers look without asking
			name = b.free("xl/stylesTaizhang", ".xml")
		}
		if _, err := b.relate(b.part, relNS+"/styles", name); err != nil {
			return "", nil, err
		}
		if err := b.declare(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"); err != nil {
			return "", nil, err
		}
	}
	doc := []byte(bareStyles)
	if b.has(name) {
		if doc, err = b.read(name); err != nil {
			return "", nil, err
		}
	}
	if s, err = openStyles(doc); err != nil {
		return "", nil, err
	}
	s.forget = b.savedByLibreOffice()
	return name, s, nil
}

func (b *bookPatch) savedByLibreOffice() bool {
	const part = "docProps/app.xml"
	if !b.has(part) {
		return false
	}
	doc, err := b.read(part)
	// A copy whose properties cannot be read is treated as Excel's own: this
	// decides about a colour, and the trouble shows where it matters.
	return err == nil && bytes.Contains(doc, []byte("LibreOffice"))
}

// paint fills the marked cells of each sheet and puts notes beside them.
func (b *bookPatch) paint(styles *stylePart, marks []Mark) error {
	work := map[string]*sheetMarks{}
	for _, m := range marks {
		if work[m.Sheet] == nil {
			work[m.Sheet] = newSheetMarks()
		}
		work[m.Sheet].add(m)
	}
	for _, s := range b.sheets {
		if s.gone {
			continue
		}
		m := work[s.name]
		if m == nil {
			m = newSheetMarks()
		}
		err := b.edit(s.part, func(doc []byte) ([]byte, error) { return patchSheet(doc, styles, m.tints) })
		if err != nil {
			return err
		}
		if err := b.patchNotes(s.part, m.notes()); err != nil {
			return err
		}
	}
	return nil
}

// graft puts the sheets of the report into the archive.
func (b *bookPatch) graft(styles *stylePart, report []byte) ([]newSheet, error) {
	p, err := openPatch(bytes.NewReader(report), int64(len(report)))
	if err != nil {
		return nil, err
	}
	from, err := openBookPatch(p)
	if err != nil {
		return nil, err
	}
	doc, err := from.read("xl/styles.xml")
	if err != nil {
		return nil, err
	}
	shift, err := styles.graft(doc)
	if err != nil {
		return nil, err
	}
	var added []newSheet
	for i, s := range from.sheets {
		if s.name == markSheet {
			continue
		}
		n, err := b.graftSheet(from, i, shift, len(added) == 0)
		if err != nil {
			return nil, err
		}
		added = append(added, n)
	}
	return added, nil
}

func (b *bookPatch) graftSheet(from *bookPatch, place, shift int, first bool) (newSheet, error) {
	s := from.sheets[place]
	n := newSheet{name: s.name}
	for _, own := range b.sheets {
		if !own.gone && strings.EqualFold(own.name, s.name) {
			return n, fmt.Errorf("the county has a sheet named %s", s.name)
		}
	}
	n.state, _ = s.attr("state")
	doc, err := from.read(s.part)
	if err != nil {
		return n, err
	}
	if doc, err = shiftStyles(doc, shift, first); err != nil {
		return n, err
	}
	part := b.free("xl/worksheets/taizhang", ".xml")
	b.write(part, doc)
	if err := b.declare(part, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"); err != nil {
		return n, err
	}
	if n.rel, err = b.relate(b.part, relNS+"/worksheet", part); err != nil {
		return n, err
	}
	n.names, err = from.namesOf(place)
	return n, err
}

// namesOf lists the names that belong to one sheet.
func (b *bookPatch) namesOf(place int) ([]string, error) {
	doc, err := b.read(b.part)
	if err != nil {
		return nil, err
	}
	_, list, err := section(doc, "definedNames")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range list {
		if c.number("localSheetId", -1) == place {
			names = append(names, string(doc[c.from:c.end]))
		}
	}
	return names, nil
}

// shiftStyles moves the style numbers of a sheet that we drew, and selects the
// sheet if it is to be the first.
func shiftStyles(doc []byte, shift int, first bool) ([]byte, error) {
	var changes []splice
	for at := 0; ; {
		t, ok := nextTag(doc, at)
		if !ok {
			return spliced(doc, changes)
		}
		at = t.to
		switch {
		case t.closing:
			continue
		case t.name == "c":
			t = t.with("s", fmt.Sprint(t.number("s", 0)+shift))
		case t.name == "col":
			t = t.with("style", fmt.Sprint(t.number("style", 0)+shift))
		case t.name == "sheetView" && first:
			t = t.with("tabSelected", "1")
		default:
			continue
		}
		changes = append(changes, splice{t.from, t.to, t.String()})
	}
}
