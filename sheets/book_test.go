package sheets

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// Parts are found through relations, wherever they are and however their names
// are written.
func TestPartsByRelation(t *testing.T) {
	rows := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>44292</v></c></row>`
	book := func() *handBook {
		return newHandBook(sheetOf(rows)).with("xl/sharedStrings.xml", stringsOf("<t>甲</t>")).with("xl/styles.xml", stylesOf("0", "14"))
	}
	want := []string{`A1 text "甲"`, `B1 date "44292" shown "2021/4/6"`}
	for _, tt := range []struct {
		name string
		book *handBook
		want []string
	}{
		{"usual", book(), want},
		{"strings elsewhere", book().rename("xl/sharedStrings.xml", "other/文字 1.xml").with("xl/_rels/workbook.xml.rels",
			strings.Replace(bookRels, "sharedStrings.xml", "../other/%E6%96%87%E5%AD%97%201.xml", 1)), want},
		{"absolute targets", book().with("xl/_rels/workbook.xml.rels", strings.ReplaceAll(bookRels, `Target="`, `Target="/xl/`)), want},
		{"backslashes", book().rename("xl/worksheets/sheet1.xml", `xl\worksheets\sheet1.xml`).with("xl/_rels/workbook.xml.rels", strings.ReplaceAll(bookRels, "worksheets/", `worksheets\`)), want},
		{"other letters", book().rename("xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.XML"), want},
		{"no package relations", book().with("_rels/.rels", ""), want},
		{"no styles", book().with("xl/styles.xml", ""), []string{`A1 text "甲"`, `B1 number "44292"`}},
		{"strict relations", book().with("xl/_rels/workbook.xml.rels", strings.ReplaceAll(bookRels, relTypes, "http://purl.oclc.org/ooxml/officeDocument/relationships/")), want},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, cellLines(mustRead(t, tt.book.pack(t)).Sheets[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

var bookRels = newHandBook("").parts[3].body

func TestBrokenBooks(t *testing.T) {
	book := func() *handBook { return newHandBook(sheetOf(plainRows)) }
	twoSheets := func(a, b string) string {
		return xmlDecl + `<workbook ` + mainSpace + ` ` + relSpace + `><sheets>` + a + b + `</sheets></workbook>`
	}
	for _, tt := range []struct {
		name string
		book *handBook
		want string
	}{
		{"no workbook", book().with("xl/workbook.xml", ""), "F01 noworkbook xl/workbook.xml"},
		{"no sheet", book().with("xl/worksheets/sheet1.xml", ""), "F01 missingpart xl/worksheets/sheet1.xml"},
		{"no relations of the workbook", book().with("xl/_rels/workbook.xml.rels", ""), "F01 missingpart"},
		{"no strings", newHandBook(sheetOf(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)), "F01 string 表!A1"},
		{"document type", book().with("xl/workbook.xml", xmlDecl+`<!DOCTYPE workbook [<!ENTITY a "b">]>`+strings.TrimPrefix(oneSheetBook, xmlDecl)), "F01 doctype xl/workbook.xml"},
		{"document type in a sheet", newHandBook(xmlDecl + `<!DOCTYPE worksheet SYSTEM "x">` + strings.TrimPrefix(sheetOf(plainRows), xmlDecl)), "F01 doctype xl/worksheets/sheet1.xml"},
		{"one part for two sheets", book().with("xl/workbook.xml", twoSheets(`<sheet name="甲" r:id="rId1"/>`, `<sheet name="乙" r:id="rId1"/>`)), "F01 dupsheet xl/worksheets/sheet1.xml"},
		{"another encoding", newHandBook(strings.Replace(sheetOf(plainRows), "UTF-8", "GB2312", 1)), "F01 encoding xl/worksheets/sheet1.xml"},
		{"two roots", newHandBook(sheetOf(plainRows) + `<worksheet/>`), "F01 xml xl/worksheets/sheet1.xml"},
		{"text after the root", newHandBook(sheetOf(plainRows) + `x`), "F01 xml xl/worksheets/sheet1.xml"},
		{"sheet that is none", newHandBook(xmlDecl + `<sst/>`), "F01 structure xl/worksheets/sheet1.xml"},
		{"two sets of rows", newHandBook(strings.Replace(sheetOf(plainRows), "</worksheet>", "<sheetData/></worksheet>", 1)), "F01 structure 表!1"},
		{"merge that is none", newHandBook(strings.Replace(sheetOf(plainRows), "</worksheet>", `<mergeCells><mergeCell ref="A1:B"/></mergeCells></worksheet>`, 1)), "F01 merge xl/worksheets/sheet1.xml"},
		{"a Word document under a workbook's relation", book().with("xl/workbook.xml", `<w:document xmlns:w="x"/>`), "F04 docx xl/workbook.xml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readBytes(tt.book.pack(t))
			if got := problemOf(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestBookFacts(t *testing.T) {
	b := newHandBook(sheetOf(`<row r="1"><c r="A1" s="1"><v>42830</v></c></row>`)).
		with("xl/styles.xml", stylesOf("0", "14")).
		with("xl/workbook.xml", xmlDecl+`<workbook `+mainSpace+` `+relSpace+`><workbookPr date1904="1"/><sheets>`+
			`<sheet name="甲&amp;乙" r:id="rId1"/><sheet name="旧" state="hidden" r:id="rId4"/><sheet name="_taizhang" state="veryHidden" r:id="rId5"/><sheet name="图" r:id="rId6"/></sheets>`+
			`<externalReferences><externalReference r:id="rId9"/></externalReferences></workbook>`).
		with("xl/_rels/workbook.xml.rels", strings.Replace(bookRels, "</Relationships>",
			`<Relationship Id="rId4" Type="`+relTypes+`worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId5" Type="`+relTypes+`worksheet" Target="worksheets/sheet3.xml"/>`+
				`<Relationship Id="rId6" Type="`+relTypes+`chartsheet" Target="chartsheets/sheet1.xml"/>`+
				`<Relationship Id="rId8" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>`, 1)).
		with("xl/worksheets/sheet2.xml", sheetOf("")).
		with("xl/worksheets/sheet3.xml", sheetOf(`<row><c t="inlineStr"><is><t>taizhang.form</t></is></c></row>`)).
		with("xl/chartsheets/sheet1.xml", `<chartsheet `+mainSpace+`/>`).
		with("xl/vbaProject.bin", "macro").
		with("_rels/.rels", strings.Replace(newHandBook("").parts[1].body, "</Relationships>", `<Relationship Id="rId2" Type="`+relTypes+`custom-properties" Target="docProps/custom.xml"/></Relationships>`, 1)).
		with("docProps/custom.xml", xmlDecl+`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="x">`+
			`<property pid="2" name="taizhang.form"><vt:lpwstr>petition_ledger</vt:lpwstr></property><property pid="3" name="taizhang.version"><vt:i4>1</vt:i4></property></Properties>`)
	book := mustRead(t, b.pack(t))
	if !book.Date1904 || !book.Macros || !book.External || book.Format != "xlsx" {
		t.Errorf("1904 %v, macros %v, external %v, format %s", book.Date1904, book.Macros, book.External, book.Format)
	}
	if diff := cmp.Diff(map[string]string{"taizhang.form": "petition_ledger", "taizhang.version": "1"}, book.Marks); diff != "" {
		t.Error(diff)
	}
	type line struct {
		Name string
		V    Visibility
	}
	var sheets []line
	for _, s := range book.Sheets {
		sheets = append(sheets, line{s.Name, s.Visibility})
	}
	if diff := cmp.Diff([]line{{"甲&乙", Visible}, {"旧", Hidden}, {"_taizhang", VeryHidden}, {"图", Visible}}, sheets); diff != "" {
		t.Error(diff)
	}
	if got := cellLines(book.Sheets[0])[0]; got != `A1 date "42830" shown "2021/4/6"` {
		t.Error(got)
	}
}

// A part in UTF-16 of either kind reads as one in UTF-8 does.
func TestUTF16(t *testing.T) {
	text := strings.Repeat("柳河村😀 & more", 2000)
	sst := stringsOf("<t>" + xmlText(text[:20000]) + "</t>")
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, mark := range []string{"\ufeff", ""} {
			var b []byte
			for _, u := range utf16.Encode([]rune(mark + strings.Replace(sst, "UTF-8", "UTF-16", 1))) {
				b = order.AppendUint16(b, u)
			}
			file := newHandBook(sheetOf(`<row><c t="s"><v>0</v></c></row>`)).with("xl/sharedStrings.xml", string(b))
			if got := mustRead(t, file.pack(t)).Sheets[0].Rows[0].Cells.Append(nil)[0].Raw; got != strings.TrimSpace(text[:20000]) {
				t.Errorf("%v, mark %q: %d bytes came back", order, mark, len(got))
			}
			_, err := readBytes(file.with("xl/sharedStrings.xml", string(b[:len(b)-1])).pack(t))
			if got := problemOf(err); got != "F01 utf8 xl/sharedStrings.xml" {
				t.Errorf("half a character: %q", got)
			}
		}
	}
}

// A byte order mark before UTF-8 is no text.
func TestByteOrderMark(t *testing.T) {
	mustRead(t, newHandBook("\ufeff"+sheetOf(plainRows)).pack(t))
}
