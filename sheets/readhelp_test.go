package sheets

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

const corpusDir = "../testdata/corpus"

// zipPart is one entry of a zip made by hand.
type zipPart struct{ name, body string }

// packZip zips parts in the given order.
func packZip(tb testing.TB, parts ...zipPart) []byte {
	tb.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.body))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

const (
	xmlDecl      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace    = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relSpace     = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relTypes     = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	relsHead     = xmlDecl + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	oneSheetBook = xmlDecl + `<workbook ` + mainSpace + ` ` + relSpace + `><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>`
)

// handBook holds the parts of a workbook made by hand; parts can be replaced,
// added, or taken away with an empty body.
type handBook struct{ parts []zipPart }

// newHandBook is the smallest workbook with one sheet called 表, whose part is
// the given text.
func newHandBook(sheet string) *handBook {
	return &handBook{[]zipPart{
		{"[Content_Types].xml", xmlDecl + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
		{"_rels/.rels", relsHead + `<Relationship Id="rId1" Type="` + relTypes + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", oneSheetBook},
		{"xl/_rels/workbook.xml.rels", relsHead +
			`<Relationship Id="rId1" Type="` + relTypes + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + relTypes + `sharedStrings" Target="sharedStrings.xml"/>` +
			`<Relationship Id="rId3" Type="` + relTypes + `styles" Target="styles.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet},
	}}
}

func (b *handBook) with(name, body string) *handBook {
	for i, p := range b.parts {
		if p.name == name {
			b.parts[i].body = body
			return b
		}
	}
	b.parts = append(b.parts, zipPart{name, body})
	return b
}

func (b *handBook) rename(from, to string) *handBook {
	for i, p := range b.parts {
		if p.name == from {
			b.parts[i].name = to
		}
	}
	return b
}

func (b *handBook) pack(tb testing.TB) []byte {
	tb.Helper()
	var parts []zipPart
	for _, p := range b.parts {
		if p.body != "" {
			parts = append(parts, p)
		}
	}
	return packZip(tb, parts...)
}

// sheetOf wraps rows into a worksheet.
func sheetOf(rows string) string {
	return xmlDecl + `<worksheet ` + mainSpace + `><sheetData>` + rows + `</sheetData></worksheet>`
}

// stringsOf is a table of shared strings, from the insides of its si elements.
func stringsOf(items ...string) string {
	return xmlDecl + `<sst ` + mainSpace + `><si>` + strings.Join(items, "</si><si>") + `</si></sst>`
}

// stylesOf is a style part whose cell styles have these formats: a number
// names a built-in one.
func stylesOf(codes ...string) string {
	var custom, xfs strings.Builder
	for i, code := range codes {
		id := code
		if strings.Trim(code, "0123456789") != "" {
			id = fmt.Sprint(200 + i)
			fmt.Fprintf(&custom, `<numFmt numFmtId="%s" formatCode="%s"/>`, id, xmlText(code))
		}
		fmt.Fprintf(&xfs, `<xf numFmtId="%s"/>`, id)
	}
	return xmlDecl + `<styleSheet ` + mainSpace + `><numFmts>` + custom.String() + `</numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>` + xfs.String() + `</cellXfs>` +
		`<dxfs><dxf><numFmt numFmtId="200" formatCode="yyyy"/></dxf></dxfs></styleSheet>`
}

func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(s)
}

func readBytes(file []byte) (*Book, error) {
	return Read(bytes.NewReader(file), int64(len(file)), DefaultLimits())
}

func mustRead(tb testing.TB, file []byte) *Book {
	tb.Helper()
	b, err := readBytes(file)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func mustReadFile(tb testing.TB, path string) *Book {
	tb.Helper()
	return mustRead(tb, fileBytes(tb, path))
}

func fileBytes(tb testing.TB, path string) []byte {
	tb.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

// problemOf says what was refused and where: "F01 dupcell 表!D5", with the row
// alone where no cell is known, or the part.
func problemOf(err error) string {
	var p *Problem
	if !errors.As(err, &p) {
		return fmt.Sprint(err)
	}
	at := p.Part
	switch {
	case p.Cell != "":
		at = p.Sheet + "!" + p.Cell
	case p.Row > 0:
		at = fmt.Sprintf("%s!%d", p.Sheet, p.Row)
	}
	return strings.TrimSpace(p.Code + " " + p.Reason + " " + at)
}

// cellLines writes a sheet's cells, one a line: address, kind, flags, what is
// stored, and what is shown where it differs.
func cellLines(s *Sheet) []string {
	var lines []string
	for _, row := range s.Rows {
		for c := range row.Cells.All() {
			lines = append(lines, cellLine(c, row.Num))
		}
	}
	return lines
}

func cellLine(c Cell, row int) string {
	line := Address(c.Col, row) + " " + [...]string{"empty", "text", "number", "date", "bool", "error"}[c.Kind]
	if c.Formula {
		line += " formula"
	}
	if c.Percent {
		line += " percent"
	}
	line += fmt.Sprintf(" %q", c.Raw)
	if c.Text != c.Raw {
		line += fmt.Sprintf(" shown %q", c.Text)
	}
	return line
}

// cellsByName are a sheet's cells by address.
func cellsByName(s *Sheet) map[string]Cell {
	cells := map[string]Cell{}
	for _, row := range s.Rows {
		for c := range row.Cells.All() {
			cells[Address(c.Col, row.Num)] = c
		}
	}
	return cells
}
