package sheets

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// smallLimits keep one run of a fuzz target short.
func smallLimits() Limits {
	l := DefaultLimits()
	l.PartBytes, l.TotalBytes = 4<<20, 8<<20
	l.Cells, l.Strings = 20_000, 20_000
	return l
}

// checkBook asserts what every reader of a Book relies on.
func checkBook(t *testing.T, b *Book) {
	t.Helper()
	for _, s := range b.Sheets {
		last := 0
		for _, row := range s.Rows {
			if row.Num <= last || row.Num > maxRow || row.Cells.Len() == 0 {
				t.Fatalf("row %d after %d with %d cells", row.Num, last, row.Cells.Len())
			}
			last = row.Num
			checkCells(t, row)
		}
		for _, m := range s.Merges {
			if m.Row1 < 1 || m.Col1 < 1 || m.Row2 < m.Row1 || m.Col2 < m.Col1 || m.Row2 > maxRow || m.Col2 > maxCol {
				t.Fatalf("merge %+v", m)
			}
		}
	}
}

func checkCells(t *testing.T, row Row) {
	t.Helper()
	last := 0
	for c := range row.Cells.All() {
		if c.Col <= last || c.Col > maxCol {
			t.Fatalf("column %d after %d", c.Col, last)
		}
		last = c.Col
		if !utf8.ValidString(c.Raw) || !utf8.ValidString(c.Text) {
			t.Fatalf("%q, %q is no text", c.Raw, c.Text)
		}
		if (c.Kind == Empty || c.Text == "") && !c.Formula {
			t.Fatalf("an empty cell: %+v", c)
		}
		if c.Kind == Number || c.Kind == Date {
			DateOf(c, false)
			DateOf(c, true)
		}
	}
}

// checkProblem asserts that a refusal can be told to people.
func checkProblem(t *testing.T, err error) {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) || p.Code == "" || Reasons[p.Reason] != p.Code || p.Error() == "" {
		t.Fatalf("not a problem with a reason: %v", err)
	}
}

func FuzzZip(f *testing.F) {
	f.Add(newHandBook(sheetOf(plainRows)).pack(f))
	f.Add(packZip(f, zipPart{"word/document.xml", "x"}))
	for _, name := range []string{"00_base", "70_bitrot_digit_stored", "79_backslash_names", "97_xml_utf16", "113_libreoffice_export", "109_xls_renamed", "64_lock_file", "110_html_renamed"} {
		file, err := os.ReadFile(filepath.Join(corpusDir, name+".xlsx"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(checkFile)
}

// checkFile reads any file at all: it is a workbook or has a problem, and what can
// be read is complete.
func checkFile(t *testing.T, file []byte) {
	book, err := Read(bytes.NewReader(file), int64(len(file)), smallLimits())
	if err != nil {
		checkProblem(t, err)
	} else {
		checkBook(t, book)
	}
	if err := Complete(bytes.NewReader(file), int64(len(file))); err != nil {
		checkProblem(t, err)
		if book != nil {
			t.Fatalf("read, but not complete: %v", err)
		}
	}
}

// scanPart runs a reader of one part over text, without a zip.
func scanPart(text string, read func(*scanner) error) error {
	lim := smallLimits()
	var s scanner
	s.reset(strings.NewReader(text), "part", &lim)
	if err := read(&s); err != nil {
		return err
	}
	return s.finish()
}

// refusesCut asserts that what the standard library finds to be cut off is not
// accepted here.
func refusesCut(t *testing.T, text string, err error) {
	t.Helper()
	if err != nil || !utf8.ValidString(text) {
		return
	}
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.RawToken()
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" {
			t.Fatalf("cut off, yet accepted: %q", text)
		}
		if err != nil {
			return
		}
	}
}

func FuzzSheetXML(f *testing.F) {
	for _, tt := range cellTests {
		f.Add(sheetOf(tt.rows))
	}
	for _, tt := range damageTests {
		if len(tt.rows) < 1000 {
			f.Add(sheetOf(tt.rows))
		}
	}
	f.Add(xmlDecl + `<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`)
	for _, rows := range plainSamples {
		f.Add(sheetOf(rows))
	}
	styles := fuzzStyles(f)
	f.Fuzz(func(t *testing.T, text string) {
		sheet, err := scanSheet(text, styles, wholeScanner)
		refusesCut(t, text, err)
		piecewise, err2 := scanSheet(text, styles, pieceScanner)
		if !sameRefusal(err, err2) {
			t.Fatalf("in one piece: %v; in pieces: %v", err, err2)
		}
		if err != nil {
			checkProblem(t, err)
			return
		}
		checkBook(t, &Book{Sheets: []*Sheet{sheet}})
		if !reflect.DeepEqual(sheet, piecewise) {
			t.Fatalf("in one piece:\n%v\nin pieces:\n%v", cellLines(sheet), cellLines(piecewise))
		}
	})
}

// scanSheet reads a sheet's part without a zip.
func scanSheet(text string, styles *styleTable, scan func(string, *Limits) *scanner) (*Sheet, error) {
	budget, lim := 20_000, smallLimits()
	sheet := &Sheet{Name: "表"}
	s := scan(text, &lim)
	var r sheetReader
	texts := &stringTable{texts: []string{"甲乙"}, places: []stringPlace{0, 3, 3}}
	r.begin(s, texts, styles, false, &budget)
	return sheet, s.through(func(*scanner) error { return r.read(sheet) })
}

// wholeScanner has all of a part before it, so that plain ways are taken.
func wholeScanner(text string, lim *Limits) *scanner {
	s := new(scanner)
	s.resetWhole([]byte(text), "part", lim)
	return s
}

// pieceScanner gets a part byte by byte, too few at a time for any plain way.
func pieceScanner(text string, lim *Limits) *scanner {
	s := &scanner{window: window{own: make([]byte, 16)}}
	s.reset(iotest.OneByteReader(strings.NewReader(text)), "part", lim)
	return s
}

// sameRefusal says whether two ways of reading a part refuse it alike, or both
// not. Characters that XML forbids are looked for a window ahead of the rest, so
// in a part with more than one fault they may be told first, or not.
func sameRefusal(a, b error) bool {
	x, y := problemWord(a), problemWord(b)
	ahead := func(word string) bool { return word == "control" || word == "utf8" }
	return x == y || a != nil && b != nil && (ahead(x) || ahead(y))
}

// problemWord is a refusal without its place.
func problemWord(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Reason
	}
	return fmt.Sprint(err)
}

func fuzzStyles(f *testing.F) *styleTable {
	table, err := readStylesOf("0", "14", "0.0%", `yyyy"年"m"月"d"日"`, "#,##0.00", "[h]:mm", "0.00E+00", "[>100]0;0.0")
	if err != nil {
		f.Fatal(err)
	}
	return table
}

// readStylesOf is the table of styles with these formats.
func readStylesOf(codes ...string) (table *styleTable, err error) {
	err = scanPart(stylesOf(codes...), func(s *scanner) (err error) {
		table, err = readStyles(s)
		return err
	})
	return table, err
}

// readTable reads a table of shared strings and takes all of them out.
func readTable(s *scanner) ([]string, error) {
	t, err := new(stringPool).read(s)
	var list []string
	for n := range t.count() {
		list = append(list, t.at(n))
	}
	return list, err
}

func FuzzStrings(f *testing.F) {
	f.Add(stringsOf("<t>甲</t>", `<t xml:space="preserve"> 乙 </t>`, "<r><t>a</t></r><rPh><t>b</t></rPh>", "<t>_x0041__xD83D__xDE00_&amp;&#x4E2D;<![CDATA[x]]></t>"))
	f.Add("\xff\xfe<\x00a\x00/\x00>\x00")
	f.Add(stringsOf("<r><rPr><b/></rPr><t>a </t></r><r><rPr><b/></rPr><t xml:space=\"preserve\"> &#37325;</t></r><r><t>_x0041_</t></r>", "<r><rPr><b/></rPr><t>b</t></r>"))
	f.Fuzz(func(t *testing.T, text string) {
		var table []string
		lim := smallLimits()
		err := wholeScanner(text, &lim).through(func(s *scanner) (err error) { table, err = readTable(s); return err })
		refusesCut(t, text, err)
		if err != nil {
			checkProblem(t, err)
			return
		}
		for _, s := range table {
			if !utf8.ValidString(s) || textUnits([]byte(s)) > DefaultLimits().TextUnits {
				t.Fatalf("%q is no text of a cell", s)
			}
		}
		// In pieces, as it comes out of a zip, the same table is read.
		var again []string
		s := pieceScanner(text, &lim)
		if again, err = readTable(s); err != nil || !slices.Equal(table, again) {
			t.Fatalf("in pieces: %q, %v; whole: %q", again, err, table)
		}
	})
}

func FuzzStyles(f *testing.F) {
	f.Add(stylesOf("0", "14", "@"), "44292.5")
	for _, code := range []string{`yyyy"年"m"月"d"日";@`, "[$-F800]dddd", "[h]:mm:ss.00", `[>=10000]0!.0,"万";0`, `_ * #,##0.00_ ;_ * "-"??_ `, "0.00E+00", "[DBNum1]0", "上午/下午h", "aaaa", "# ?/?"} {
		f.Add(stylesOf(code), "-1234567.891")
	}
	f.Fuzz(func(t *testing.T, text, number string) {
		var table *styleTable
		err := scanPart(text, func(s *scanner) (err error) { table, err = readStyles(s); return err })
		refusesCut(t, text, err)
		if err != nil {
			checkProblem(t, err)
			return
		}
		n, ok := scanFigure([]byte(number))
		if !ok {
			return
		}
		for style := range table.formats {
			shown, kind, percent := table.format(style).show(nil, n, false)
			if len(shown) == 0 || !utf8.Valid(shown) || kind != Number && kind != Date || percent && kind != Number {
				t.Fatalf("%q as style %d: %q, kind %d", number, style, shown, kind)
			}
		}
	})
}
