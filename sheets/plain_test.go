package sheets

import (
	"reflect"
	"strings"
	"testing"
)

// plainSamples are rows in the plain ways, and in ways that only look like them.
var plainSamples = []string{
	`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"/><c r="C1" s="1"><v>43634</v></c><c r="D1" s="4" t="n"><v>1234.5</v></c></row>`,
	`<row r="1" spans="1:2"><c r="A1"><v>1</v></c></row><row r="2" spans="1:2"><c r="A2"><v>2</v></c></row><row r="3" spans="1:3"><c r="A3"><v>3</v></c></row>`,
	`<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><t>&#37325;&#28857; a</t></is></c><c r="B1" t="inlineStr"><is><t xml:space="preserve"> b </t></is></c><c r="C1" t="inlineStr"><is><t> c </t></is></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><t>_x0041_&amp;_x0042_</t></is></c><c r="B1" t="inlineStr"><is><t></t></is></c><c r="C1" t="s"></c><c r="D1"><v></v></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><r><rPr><b/></rPr><t>b</t></r></is></c></row>`,
	`<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row><row r="3"/><row r="2"><c r="A2"><v>2</v></c></row>`,
	`<row r="1"><c r="A1" s="2"><v>0.5</v></c><c r="B1" s="2"><v>0.5</v></c><c r="C1" s="3"><v>0.5</v></c><c r="D1" s="2"><v>x</v></c><c r="E1" s="1"><v>-1</v></c></row>`,
	`<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c><c r="C1"><f>A1</f><v>1</v></c><c r="D1" t="str"><v> x</v></c><c><v>5</v></c></row>`,
	// Each of these is refused, with or without the plain ways.
	`<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`,
	`<row r="1"><c r="A2"><v>1</v></c></row>`,
	`<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>`,
	`<row r="1"><c r="A1" t="s"><v>3</v></c></row>`,
	`<row r="1"><c r="A1" r="A1"><v>1</v></c></row>`,
	`<row r="1"><c r="A1" s="1" s="1"><v>1</v></c></row>`,
	`<row r="1"><c r="A01"><v>1</v></c></row>`,
	`<row r="01048577"><c r="A1"><v>1</v></c></row>`,
	`<row r="1"><c r="XFE1"><v>1</v></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><t>&#55296;</t></is></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><t>&#1;</t></is></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><t>a & b</t></is></c></row>`,
	`<row r="1"><c r="A1"><v>1</v></x></row>`,
	`<row r="1"><c r="A1"><v>1</v></c></c></row>`,
	`<row r="1"><c r="A1"><v>` + strings.Repeat("9", 32_768) + `</v></c></row>`,
	`<row r="1"><c r="A1" t="inlineStr"><is><t>` + strings.Repeat("x", 32_768) + `</t></is></c></row>`,
}

// What is written in a plain way gives the same cells, or the same refusal at the
// same place, as when the scanner takes it apart.
func TestPlainWays(t *testing.T) {
	styles, err := readStylesOf("0", "14", "0.0%", "#,##0.00", "0.00")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, rows := range plainSamples {
		text := sheetOf(rows + strings.Repeat(" ", plainMost))
		want, err := scanSheet(text, styles, pieceScanner)
		got, err2 := scanSheet(text, styles, wholeScanner)
		if err != nil {
			refused++
			if !reflect.DeepEqual(err, err2) {
				t.Errorf("%.200s\nplainly: %v\ntaken apart: %v", rows, err2, err)
			}
			continue
		}
		if err2 != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%.200s\nplainly: %q, %v\ntaken apart: %q", rows, cellLines(got), err2, cellLines(want))
		}
	}
	if refused != 16 {
		t.Errorf("%d of the samples were refused, want 16", refused)
	}
}

// The plain ways are the ways of most cells: the limits hold there as well.
func TestPlainLimits(t *testing.T) {
	rows := `<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>four</t></is></c><c r="C1"><v>3</v></c></row><row r="2"><c r="A2"><v>4</v></c></row>` + strings.Repeat(" ", plainMost)
	for _, tt := range []struct {
		change func(*Limits)
		want   string
	}{
		{func(l *Limits) {}, "<nil>"},
		{func(l *Limits) { l.Columns = 2 }, "F01 ref 表!1"},
		{func(l *Limits) { l.FilledColumns = 2 }, "F06 columns 表!C1"},
		{func(l *Limits) { l.FilledRows = 1 }, "F06 rows 表!2"},
		{func(l *Limits) { l.Rows = 1 }, "F01 row 表!1"},
		{func(l *Limits) { l.Cells = 3 }, "F06 cells 表!A2"},
		{func(l *Limits) { l.TextUnits = 3 }, "F06 longtext 表!B1"},
		{func(l *Limits) { l.Depth = 5 }, "F06 depth 表!B1"},
		{func(l *Limits) { l.Depth = 6 }, "<nil>"},
	} {
		lim := DefaultLimits()
		tt.change(&lim)
		file := newHandBook(sheetOf(rows)).pack(t)
		_, err := Read(strings.NewReader(string(file)), int64(len(file)), lim)
		if got := problemOf(err); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A reader that was given one workbook has nothing of it left for the next.
func TestNothingLeft(t *testing.T) {
	texts := newHandBook(sheetOf(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43634</v></c></row>`+strings.Repeat(" ", plainMost))).
		with("xl/sharedStrings.xml", stringsOf("<t>柳河村</t>"))
	broken := newHandBook(sheetOf(`<row r="1"><c r="A1"><v>7</v></c><c r="A1"><v>8</v></c></row>` + strings.Repeat(" ", plainMost)))
	rd := &Reader{Limits: DefaultLimits()}
	read := func(b *handBook, format string) string {
		file := b.with("xl/styles.xml", stylesOf("0", format)).pack(t)
		book, err := rd.Read(strings.NewReader(string(file)), int64(len(file)))
		rd.slim()
		if err != nil {
			return problemOf(err)
		}
		return strings.Join(cellLines(book.Sheets[0]), "; ")
	}
	for _, tt := range []struct {
		book         *handBook
		format, want string
	}{
		{texts, "yyyy-mm-dd", `A1 text "柳河村"; B1 date "43634" shown "2019-06-18"`},
		{texts, "0.0", `A1 text "柳河村"; B1 number "43634" shown "43634.0"`},
		{broken, "0", "F01 dupcell 表!A1"},
		{newHandBook(sheetOf(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)), "0", "F01 string 表!A1"},
		{texts, "0%", `A1 text "柳河村"; B1 number percent "43634" shown "4363400%"`},
	} {
		if got := read(tt.book, tt.format); got != tt.want {
			t.Errorf("with %s: got %s, want %s", tt.format, got, tt.want)
		}
	}
}
