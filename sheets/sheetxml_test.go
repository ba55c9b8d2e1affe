package sheets

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rows of a sheet and the cells that come of them. The shared strings are 甲 and
// 乙; styles 1 to 5 are below.
var cellTests = []struct {
	name, rows string
	want       []string
}{
	{"shared strings", `<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>`,
		[]string{`A1 text "乙"`, `B1 text "甲"`}},
	{"inline", `<row r="1"><c r="A1" t="inlineStr"><is><t>a&amp;b &lt;&#20013;&#x56FD;&gt;</t></is></c></row>`,
		[]string{`A1 text "a&b <中国>"`}},
	{"rich text, without its phonetic guide", `<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>柳</t></r><r><t>河村</t></r><rPh sb="0" eb="1"><t>liu</t></rPh></is></c></row>`,
		[]string{`A1 text "柳河村"`}},
	{"blanks count only where xml:space says so", `<row r="1"><c r="A1" t="inlineStr"><is><t> a </t></is></c><c r="B1" t="inlineStr"><is><t xml:space="preserve"> b </t></is></c><c r="C1" t="inlineStr"><is xml:space="preserve"><r><t> c</t></r></is></c></row>`,
		[]string{`A1 text "a"`, `B1 text " b "`, `C1 text " c"`}},
	{"escapes", `<row r="1"><c r="A1" t="inlineStr"><is><t>_x0041__x000D_b_x005F_x0041_ _x00_ _xD83D__xDE00_ _xD83D_</t></is></c></row>`,
		[]string{`A1 text "A\rb_x0041_ _x00_ 😀 _xD83D_"`}},
	{"line breaks", "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a\r\nb\rc&#10;d</t></is></c></row>",
		[]string{`A1 text "a\nb\nc\nd"`}},
	{"CDATA and comments", `<row r="1"><!-- <c r="Z1"/> --><c r="A1" t="inlineStr"><is><t><![CDATA[<a>&amp;]]>b</t></is></c></row>`,
		[]string{`A1 text "<a>&amp;b"`}},
	{"a number keeps its digits", `<row r="1"><c r="A1"><v>0.30000000000000004</v></c><c r="B1"><v>40258.0</v></c><c r="C1"><v>1.101011990030712e+17</v></c><c r="D1"><v>-0</v></c><c r="E1"><v>00120</v></c><c r="F1"><v> 12 </v></c></row>`,
		[]string{`A1 number "0.30000000000000004" shown "0.3"`, `B1 number "40258.0" shown "40258"`, `C1 number "1.101011990030712e+17" shown "110101199003071000"`, `D1 number "-0" shown "0"`, `E1 number "00120" shown "120"`, `F1 number "12"`}},
	{"no number where one belongs", `<row r="1"><c r="A1"><v>abc</v></c><c r="B1"><f>1/0</f><v>'#DIV/0!'</v></c><c r="C1"><v>1e999</v></c></row>`,
		[]string{`A1 text "abc"`, `B1 error formula "#DIV/0!"`, `C1 text "1e999"`}},
	{"bool and error", `<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#N/A</v></c></row>`,
		[]string{`A1 bool "1" shown "TRUE"`, `B1 bool "0" shown "FALSE"`, `C1 error "#N/A"`}},
	{"formulas", `<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1</f></c><c r="C1"><f>A1</f><v/></c><c r="D1" t="str"><f>""</f><v></v></c><c r="E1" t="str"><f>A1&amp;"元"</f><v>2元</v></c><c r="F1"><f t="shared" si="5"/><v>7</v></c><c r="G1" t="str"><f>A1</f></c></row>`,
		[]string{`A1 number formula "2"`, `B1 empty formula ""`, `C1 empty formula ""`, `D1 text formula ""`, `E1 text formula "2元"`, `F1 number formula "7"`, `G1 empty formula ""`}},
	{"blanks around the text that a formula gave", `<row r="1"><c r="A1" t="str"><f>" a "</f><v> a </v></c></row>`,
		[]string{`A1 text formula " a "`}},
	{"empty cells are left out", `<row r="1"><c r="A1" s="1"/><c r="B1" s="1"></c><c r="C1" t="s"/><c r="D1" t="inlineStr"><is><t/></is></c><c r="E1"><v></v></c></row><row r="2"/>`, nil},
	{"dates, percent, thousands", `<row r="1"><c r="A1" s="1"><v>44292</v></c><c r="B1" s="2"><v>0.833333333333333</v></c><c r="C1" s="3"><v>44292.5</v></c><c r="D1" s="4"><v>1234567.891</v></c><c r="E1" s="9"><v>44292</v></c></row>`,
		[]string{`A1 date "44292" shown "2021/4/6"`, `B1 number percent "0.833333333333333" shown "83.3%"`, `C1 date "44292.5" shown "2021年4月6日"`, `D1 number "1234567.891" shown "1,234,567.89"`, `E1 number "44292"`}},
	{"ISO dates", `<row r="1"><c r="A1" s="3" t="d"><v>2024-03-05</v></c><c r="B1" t="d"><v>2024-03-05T08:30:00</v></c><c r="C1" s="1" t="d"><v>45356</v></c></row>`,
		[]string{`A1 date "2024-03-05" shown "2024年3月5日"`, `B1 date "2024-03-05T08:30:00"`, `C1 date "45356" shown "2024/3/5"`}},
	{"no r at all", `<row><c><v>1</v></c><c t="s"><v>0</v></c></row><row><c><v>2</v></c></row>`,
		[]string{`A1 number "1"`, `B1 text "甲"`, `A2 number "2"`}},
	{"r now and then", `<row r="3"><c r="C3"><v>1</v></c><c><v>2</v></c></row><row><c r="B4"><v>3</v></c></row>`,
		[]string{`C3 number "1"`, `D3 number "2"`, `B4 number "3"`}},
	{"out of order", `<row r="5"><c r="C5"><v>3</v></c><c r="A5" t="s"><v>0</v></c><c r="B5"><v>2</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`,
		[]string{`A2 number "1"`, `A5 text "甲"`, `B5 number "2"`, `C5 number "3"`}},
	{"small letters", `<row r="5"><c r="d5"><v>1</v></c></row>`, []string{`D5 number "1"`}},
	{"the far corner", `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`, []string{`XFD1048576 number "1"`}},
	{"unusual spelling", "<row r='1'\n ><c\tr = 'A1' ><v >1</v ></c ></row >", []string{`A1 number "1"`}},
	{"inline text in a cell of another type", `<row r="1"><c r="A1" t="str"><is><t>x</t></is></c><c r="B1" t="inlineStr"><v>y</v></c></row>`,
		[]string{`A1 text "x"`, `B1 text "y"`}},
}

var cellStyles = stylesOf("0", "14", "0.0%", `yyyy"年"m"月"d"日"`, "#,##0.00")

func TestCells(t *testing.T) {
	for _, tt := range cellTests {
		t.Run(tt.name, func(t *testing.T) {
			file := newHandBook(sheetOf(tt.rows)).
				with("xl/sharedStrings.xml", stringsOf("<t>甲</t>", "<t>乙</t>")).
				with("xl/styles.xml", cellStyles).pack(t)
			if diff := cmp.Diff(tt.want, cellLines(mustRead(t, file).Sheets[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The same cells come out whatever prefix and namespace the elements have.
func TestPrefixesAndStrict(t *testing.T) {
	prefixed := strings.NewReplacer("</", "</x:", "<?xml", "<?xml", "<", "<x:", "xmlns=", "xmlns:x=")
	for _, tt := range cellTests {
		if strings.Contains(tt.rows, "<!") {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			change := func(s string) string {
				s = prefixed.Replace(strings.TrimPrefix(s, xmlDecl))
				return strings.ReplaceAll(s, "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
			}
			file := newHandBook(change(sheetOf(tt.rows))).
				with("xl/sharedStrings.xml", change(stringsOf("<t>甲</t>", "<t>乙</t>"))).
				with("xl/styles.xml", change(cellStyles)).pack(t)
			if diff := cmp.Diff(tt.want, cellLines(mustRead(t, file).Sheets[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is refused, and where it is said to be.
var damageTests = []struct{ name, rows, want string }{
	{"cell twice", `<row r="5"><c r="D5"><v>12</v></c><c r="D5"><v>13</v></c></row>`, "F01 dupcell 表!D5"},
	{"cell twice, apart", `<row r="5"><c r="D5"><v>1</v></c><c r="A5"/><c r="C5"/><c r="D5"/></row>`, "F01 dupcell 表!D5"},
	{"row twice", `<row r="5"><c r="D5"><v>1</v></c></row><row r="6"/><row r="5"/>`, "F01 duprow 表!5"},
	{"cell of another row", `<row r="5"><c r="D50"><v>1</v></c></row>`, "F01 cellrow 表!D5"},
	{"negative row", `<row r="-3"/>`, "F01 row xl/worksheets/sheet1.xml"},
	{"row zero", `<row r="0"/>`, "F01 row xl/worksheets/sheet1.xml"},
	{"row too large", `<row r="1"/><row r="1048577"/>`, "F01 row 表!1"},
	{"row absurd", `<row r="2000000000"/>`, "F01 row xl/worksheets/sheet1.xml"},
	{"column too large", `<row r="1"><c r="XFE1"/></row>`, "F01 ref 表!1"},
	{"no reference", `<row r="1"><c r="5"/></row>`, "F01 ref 表!1"},
	{"row of a reference with a zero before it", `<row r="1"><c r="A01"/></row>`, "F01 ref 表!1"},
	{"string beyond the table", `<row r="10"><c r="B10" t="s"><v>9999</v></c></row>`, "F01 string 表!B10"},
	{"string index that is none", `<row r="10"><c r="B10" t="s"><v>x</v></c></row>`, "F01 string 表!B10"},
	{"unknown type", `<row r="1"><c r="B1" t="z"><v>1</v></c></row>`, "F01 celltype 表!B1"},
	{"control character", "<row r=\"7\"><c r=\"K7\" t=\"inlineStr\"><is><t>a\x0bb</t></is></c></row>", "F01 control 表!K7"},
	{"control character as an entity", `<row r="7"><c r="K7" t="inlineStr"><is><t>a&#11;b</t></is></c></row>`, "F01 control 表!K7"},
	{"invalid UTF-8", "<row r=\"7\"><c r=\"K7\" t=\"inlineStr\"><is><t>\xc1\xf8\xba\xd3</t></is></c></row>", "F01 utf8 表!K7"},
	{"unknown entity", `<row r="7"><c r="K7" t="inlineStr"><is><t>&nbsp;</t></is></c></row>`, "F01 xml 表!K7"},
	{"entity without end", `<row r="7"><c r="K7" t="inlineStr"><is><t>a & b</t></is></c></row>`, "F01 xml 表!K7"},
	{"tags that cross", `<row r="7"><c r="K7"><v>1</c></v></row>`, "F01 xml 表!K7"},
	{"attribute without quotes", `<row r=7></row>`, "F01 xml xl/worksheets/sheet1.xml"},
	{"attribute twice", `<row r="7"><c r="K7" r="L7"/></row>`, "F01 xml 表!7"},
	{"attribute with a tag in it", `<row r="<c>"></row>`, "F01 xml xl/worksheets/sheet1.xml"},
	{"text among the cells", `<row r="7">12<c r="K7"/></row>`, "F01 structure 表!7"},
	{"element among the cells", `<row r="7"><cell r="K7"/></row>`, "F01 structure 表!7"},
	{"element among the rows", `<AlternateContent><row r="7"/></AlternateContent>`, "F01 structure xl/worksheets/sheet1.xml"},
	{"two values", `<row r="7"><c r="K7"><v>1</v><v>2</v></c></row>`, "F01 structure 表!K7"},
	{"value in parts", `<row r="7"><c r="K7"><v>1<b/>2</v></c></row>`, "F01 structure 表!K7"},
	{"text too long", `<row r="7"><c r="K7" t="inlineStr"><is><t>` + strings.Repeat("长", 32768) + `</t></is></c></row>`, "F06 longtext 表!K7"},
	{"text too long in runs", `<row r="7"><c r="K7" t="inlineStr"><is>` + strings.Repeat("<r><t>0123456789</t></r>", 3277) + `</is></c></row>`, "F06 longtext 表!K7"},
	{"too deep", `<row r="1"><c r="A1" t="inlineStr"><is>` + strings.Repeat("<r>", 70) + strings.Repeat("</r>", 70) + `</is></c></row>`, "F06 depth 表!A1"},
}

func TestDamage(t *testing.T) {
	for _, tt := range damageTests {
		t.Run(tt.name, func(t *testing.T) {
			file := newHandBook(sheetOf(tt.rows)).with("xl/sharedStrings.xml", stringsOf("<t>甲</t>", "<t>乙</t>")).pack(t)
			book, err := readBytes(file)
			if got := problemOf(err); got != tt.want || book != nil {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Whatever the place at which a sheet is cut off, it is refused, and never read
// as a shorter sheet.
func TestCutAnywhere(t *testing.T) {
	whole := sheetOf(`<row r="1"><c r="A1" t="inlineStr"><is><t>甲&amp;<![CDATA[x]]></t></is></c><c r="B1"><f>1</f><v>2</v></c></row><!-- c -->`)
	mustRead(t, newHandBook(whole).pack(t))
	for n := range len(whole) {
		if n == 0 {
			continue // handBook takes an empty part away
		}
		_, err := readBytes(newHandBook(whole[:n]).pack(t))
		if got := problemOf(err); !strings.HasPrefix(got, "F01 xml") && !strings.HasPrefix(got, "F01 utf8") {
			t.Fatalf("cut after %d bytes, at %q: %s", n, whole[max(0, n-20):n], got)
		}
	}
}

// Text of any length up to the limit survives, wherever the window ends.
func TestLongTexts(t *testing.T) {
	for _, n := range []int{1, 10_000, 16_383, 16_384, 16_385, 32_767} {
		for _, unit := range []string{"x", "柳", "&amp;", "\r\n", "_x67F3_"} {
			file := newHandBook(sheetOf(`<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve">` + strings.Repeat(unit, n) + `</t></is></c></row>`)).pack(t)
			one := map[string]string{"x": "x", "柳": "柳", "&amp;": "&", "\r\n": "\n", "_x67F3_": "柳"}[unit]
			if got := mustRead(t, file).Sheets[0].Rows[0].Cells.Append(nil)[0].Raw; got != strings.Repeat(one, n) {
				t.Errorf("%d of %q came back as %d bytes", n, unit, len(got))
			}
		}
	}
}

func TestSheetParts(t *testing.T) {
	sheet := xmlDecl + `<worksheet ` + mainSpace + `><cols><col min="6" max="6" hidden="1"/><col min="2" max="3" hidden="true"/><col min="4" max="5" hidden="1"/><col min="9" max="9" width="3"/><col min="16000" max="99999" hidden="1"/></cols>` +
		`<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2" hidden="1"><c r="A2"><v>3</v></c><c r="C2"><v>4</v></c></row><row r="3"><c r="B3"><v>5</v></c></row></sheetData>` +
		`<mergeCells count="3"><mergeCell ref="A1:B1"/><mergeCell ref="C3:A2"/><mergeCell ref="h8"/></mergeCells></worksheet>`
	s := mustRead(t, newHandBook(sheet).pack(t)).Sheets[0]
	if diff := cmp.Diff([]Span{{2, 6}, {16000, 16384}}, s.HiddenCols); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Range{{1, 1, 1, 2}, {2, 1, 3, 3}, {8, 8, 8, 8}}, s.Merges); diff != "" {
		t.Error(diff)
	}
	// B1, C2 and B3 lie under merged areas; nobody sees them.
	if diff := cmp.Diff([]string{`A1 number "1"`, `A2 number "3"`}, cellLines(s)); diff != "" {
		t.Error(diff)
	}
	if s.Rows[0].Hidden || !s.Rows[1].Hidden {
		t.Error("row 2 alone is hidden")
	}
}

// Ghosts are found the same way by the sweep as by looking at each merge for
// each cell, merges that overlap included.
func TestGhosts(t *testing.T) {
	var rows strings.Builder
	for r := 1; r <= 12; r++ {
		fmt.Fprintf(&rows, `<row r="%d">`, r)
		for c := 1; c <= 12; c++ {
			fmt.Fprintf(&rows, `<c r="%s"><v>1</v></c>`, Address(c, r))
		}
		rows.WriteString("</row>")
	}
	merges := []Range{{1, 1, 3, 3}, {2, 5, 2, 9}, {5, 2, 9, 2}, {6, 4, 8, 11}, {7, 4, 7, 5}, {12, 12, 12, 12}, {10, 1, 10, 12}}
	var refs strings.Builder
	for _, m := range merges {
		fmt.Fprintf(&refs, `<mergeCell ref="%s:%s"/>`, Address(m.Col1, m.Row1), Address(m.Col2, m.Row2))
	}
	file := newHandBook(strings.Replace(sheetOf(rows.String()), "</sheetData>", "</sheetData><mergeCells>"+refs.String()+"</mergeCells>", 1)).pack(t)
	got := cellsByName(mustRead(t, file).Sheets[0])
	for r := 1; r <= 12; r++ {
		for c := 1; c <= 12; c++ {
			covered, first := false, false
			for _, m := range merges {
				covered = covered || r >= m.Row1 && r <= m.Row2 && c >= m.Col1 && c <= m.Col2
				first = first || r == m.Row1 && c == m.Col1
			}
			if _, there := got[Address(c, r)]; there != (!covered || first) {
				t.Errorf("%s: there %v, covered %v, first of a merge %v", Address(c, r), there, covered, first)
			}
		}
	}
}
