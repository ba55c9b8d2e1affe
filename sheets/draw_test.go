package sheets_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"taizhang/sheets"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// sample has one of everything that a drawing can say.
func sample() sheets.Drawing {
	at := func(look sheets.Look, format string) sheets.Style { return sheets.Style{Look: look, Format: format} }
	return sheets.Drawing{
		Marks: map[string]string{"taizhang.form": "sample", "taizhang.version": "2"},
		Grids: []sheets.Grid{{
			Name: "样表", Widths: []float64{20, 12, 30}, FreezeRow: 3, FreezeCol: 1, Locked: true,
			Columns: []sheets.Style{at(sheets.Plain, "@")},
			Rows: []sheets.GridRow{
				{Num: 1, Height: 40, Cells: []sheets.GridCell{{Col: 1, Value: "情况汇总表", Style: at(sheets.Title, "")}}},
				{Num: 3, Cells: []sheets.GridCell{
					{Col: 1, Value: "编号", Style: at(sheets.Header, "")},
					{Col: 2, Value: "金额(万元)", Style: at(sheets.Header, "")},
					{Col: 3, Value: "内容", Style: at(sheets.Header, "")},
				}},
				{Num: 4, Cells: []sheets.GridCell{
					{Col: 1, Value: "00123456789012345678", Style: at(sheets.Body, "@")},
					{Col: 2, Value: decimal.RequireFromString("1234567890123.45"), Style: at(sheets.Body, "0.00")},
					{Col: 3, Value: "=SUM(A1)", Style: at(sheets.Body, "")},
				}},
				{Num: 5, Cells: []sheets.GridCell{
					{Col: 1, Value: time.Date(2019, 10, 24, 0, 0, 0, 0, time.UTC), Style: at(sheets.Body, "")},
					{Col: 2, Value: 26, Style: at(sheets.Total, "")},
					{Col: 3, Value: "第一行\n第二行 <&> \"引\"", Style: sheets.Style{Look: sheets.Body, Tint: sheets.Red, Open: true}, Link: "样表!A1"},
				}},
			},
			Merges: []sheets.Range{{Row1: 1, Col1: 1, Row2: 1, Col2: 3}},
			Choices: []sheets.Choice{
				{Range: sheets.Range{Row1: 4, Col1: 1, Row2: 9, Col2: 1}, Values: []string{"已办结", "阶段办结"}, Strict: true,
					Caption: "是否办结", Hint: strings.Repeat("长", 300)},
				{Range: sheets.Range{Row1: 4, Col1: 3, Row2: 9, Col2: 3}, Values: []string{strings.Repeat("甲", 200), strings.Repeat("乙", 100)}},
				{Range: sheets.Range{Row1: 4, Col1: 2, Row2: 9, Col2: 2}, Caption: "金额", Hint: "单位是万元"},
			},
			Print:  sheets.Print{Landscape: true, RepeatFirst: 3, RepeatLast: 3, Footer: "第&P页 共&N页"},
			Filter: &sheets.Range{Row1: 3, Col1: 1, Row2: 5, Col2: 3},
		}},
	}
}

const dump = `
import json, sys, openpyxl
b = openpyxl.load_workbook(sys.argv[1])
s = b.worksheets[0]
v = lambda c: c.value.isoformat() if hasattr(c.value, "isoformat") else c.value
print(json.dumps({
  "cells": {c.coordinate: v(c) for r in s.iter_rows() for c in r if c.value is not None},
  "merges": [str(m) for m in s.merged_cells.ranges],
  "choices": [[str(d.sqref), d.type, d.formula1, d.errorStyle, d.promptTitle, len(d.prompt or "")] for d in s.data_validations.dataValidation],
  "page": [s.page_setup.paperSize, s.page_setup.orientation, s.page_setup.fitToWidth, s.page_setup.fitToHeight,
           s.sheet_properties.pageSetUpPr.fitToPage, s.print_options.horizontalCentered, s.print_title_rows, s.oddFooter.center.text],
  "frozen": s.freeze_panes, "filter": s.auto_filter.ref, "locked": s.protection.sheet,
  "open": [c.coordinate for r in s.iter_rows() for c in r if not c.protection.locked],
  "quoted": [c.coordinate for r in s.iter_rows() for c in r if c.quotePrefix],
  "links": {c.coordinate: c.hyperlink.location for r in s.iter_rows() for c in r if c.hyperlink},
  "fonts": [s["A1"].font.name, s["A1"].font.sz, s["A1"].font.charset, s["A1"].font.family, s["A3"].font.name, s["A4"].font.name, s["B5"].font.b],
  "borders": [s["C4"].border.left.style, s["A1"].border.left.style],
  "formats": [s["A4"].number_format, s["B4"].number_format, s["A5"].number_format, s.column_dimensions["A"].width],
  "sheets": [[x.title, x.sheet_state] for x in b.worksheets],
  "hidden": [[c.value for c in r] for r in b.worksheets[-1].iter_rows(max_col=2)],
  "list": [b.worksheets[-1]["D1"].value, b.worksheets[-1]["D2"].value],
}, ensure_ascii=False))`

func TestDrawIsReadByOpenpyxl(t *testing.T) {
	path := drawn(t, sample())
	var got map[string]any
	python(t, &got, dump, path)
	want := map[string]any{
		"cells": map[string]any{
			"A1": "情况汇总表", "A3": "编号", "B3": "金额(万元)", "C3": "内容",
			"A4": "00123456789012345678", "B4": 1234567890123.45, "C4": "=SUM(A1)",
			"A5": "2019-10-24T00:00:00", "B5": 26.0, "C5": "第一行\n第二行 <&> \"引\"",
		},
		"merges": []any{"A1:C1"},
		"choices": []any{
			[]any{"A4:A9", "list", `"已办结,阶段办结"`, "stop", "是否办结", 255.0},
			[]any{"C4:C9", "list", "_taizhang!$D$1:$D$2", "warning", nil, 0.0},
			[]any{"B4:B9", nil, nil, nil, "金额", 5.0},
		},
		"page":   []any{9.0, "landscape", 1.0, 0.0, true, true, "$3:$3", "第&P页 共&N页"},
		"frozen": "B4", "filter": "A3:C5", "locked": true,
		"open": []any{"C5"}, "quoted": []any{"C4"}, "links": map[string]any{"C5": "'样表'!A1"},
		"fonts":   []any{"方正小标宋简体", 22.0, 134.0, 1.0, "黑体", "宋体", true},
		"borders": []any{"thin", nil},
		"formats": []any{"@", "0.00", "yyyy-mm-dd", 20.71},
		"sheets":  []any{[]any{"样表", "visible"}, []any{"_taizhang", "veryHidden"}},
		"hidden":  []any{[]any{"taizhang.form", "sample"}, []any{"taizhang.version", "2"}},
		"list":    []any{strings.Repeat("甲", 200), strings.Repeat("乙", 100)},
	}
	if diff := cmp.Diff(sample().Marks, book(t, path).Marks); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// openpyxl takes any text that begins with = for a formula; ours looks for one.
	if c := cellAt(t, book(t, path), "样表", "C4"); c.Formula || c.Kind != sheets.Text {
		t.Errorf("C4 is drawn as a formula: %+v", c)
	}
}

func cellAt(t *testing.T, b *sheets.Book, sheet, cell string) sheets.Cell {
	t.Helper()
	col, row, ok := sheets.ParseAddress(cell)
	if !ok {
		t.Fatalf("%s is no address", cell)
	}
	for _, s := range b.Sheets {
		for _, r := range s.Rows {
			for c := range r.Cells.All() {
				if s.Name == sheet && r.Num == row && c.Col == col {
					return c
				}
			}
		}
	}
	return sheets.Cell{}
}

func TestDrawKeepsEveryDigit(t *testing.T) {
	for _, digits := range []string{
		"0.1", "1234567890123456789012.05", "-0.000000000000000000001", "100", "33.33", "9007199254740993",
	} {
		d := sheets.Drawing{Grids: []sheets.Grid{{Name: "a", Rows: []sheets.GridRow{{Num: 1, Cells: []sheets.GridCell{
			{Col: 1, Value: decimal.RequireFromString(digits)},
		}}}}}}
		if got := cellAt(t, book(t, drawn(t, d)), "a", "A1"); got.Raw != digits || got.Kind != sheets.Number {
			t.Errorf("%s became %q (kind %d)", digits, got.Raw, got.Kind)
		}
	}
}

func TestDrawKeepsEveryText(t *testing.T) {
	for _, text := range []string{
		"=1+1", "+86", "-", "@x", "'quoted", " blanks ", "line\nbreak\ttab", "a\rb", "\x0b", "_x000B_", "_x00", "😀𠀀", "]]>", "<b>&amp;", "0012",
	} {
		d := sheets.Drawing{Grids: []sheets.Grid{{Name: "a", Rows: []sheets.GridRow{{Num: 1, Cells: []sheets.GridCell{{Col: 1, Value: text}}}}}}}
		if got := cellAt(t, book(t, drawn(t, d)), "a", "A1"); got.Raw != text || got.Kind != sheets.Text || got.Formula {
			t.Errorf("%q became %+v", text, got)
		}
	}
}

func TestDrawTwiceGivesTheSameBytes(t *testing.T) {
	var first bytes.Buffer
	if err := sheets.Draw(&first, sample()); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		var again bytes.Buffer
		if err := sheets.Draw(&again, sample()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatal("the same drawing gave other bytes")
		}
	}
}

func TestDrawIsPrintedByLibreOffice(t *testing.T) {
	pdf, err := os.ReadFile(convert(t, drawn(t, sample()), "pdf"))
	if err != nil {
		t.Fatal(err)
	}
	// A4 landscape is 842 by 595 points.
	if !bytes.Contains(pdf, []byte("/MediaBox[0 0 841.")) && !bytes.Contains(pdf, []byte("/MediaBox[0 0 842")) {
		t.Error("the page is not A4 landscape")
	}
	if n := bytes.Count(pdf, []byte("/Type/Page/")) + bytes.Count(pdf, []byte("/Type/Page>")); n != 1 {
		t.Errorf("%d pages, want 1", n)
	}
}

func TestDrawLongList(t *testing.T) {
	g := sheets.Grid{Name: "全部明细", Widths: []float64{10, 10, 40}}
	for i := range 20_000 {
		g.Rows = append(g.Rows, sheets.GridRow{Num: i + 1, Cells: []sheets.GridCell{
			{Col: 1, Value: i, Style: sheets.Style{Look: sheets.Body}},
			{Col: 2, Value: decimal.New(int64(i), -2), Style: sheets.Style{Look: sheets.Body, Format: "0.00"}},
			{Col: 3, Value: fmt.Sprintf("第 %d 条", i), Style: sheets.Style{Look: sheets.Body}, Link: fmt.Sprintf("全部明细!A%d", i+1)},
		}})
	}
	b := book(t, drawn(t, sheets.Drawing{Grids: []sheets.Grid{g}}))
	if n := len(b.Sheets[0].Rows); n != 20_000 {
		t.Fatalf("%d rows", n)
	}
	if got := cellAt(t, b, "全部明细", "B19999"); got.Raw != "199.98" {
		t.Errorf("B19999 is %q", got.Raw)
	}
}

func TestDrawRefuses(t *testing.T) {
	one := func(value any) sheets.Grid {
		return sheets.Grid{Name: "a", Rows: []sheets.GridRow{{Num: 1, Cells: []sheets.GridCell{{Col: 1, Value: value}}}}}
	}
	hidden := one("x")
	hidden.Visibility = sheets.Hidden
	unordered := one("x")
	unordered.Rows = append(unordered.Rows, unordered.Rows[0])
	named := one("x")
	named.Name = "a/b"
	for want, grids := range map[string][]sheets.Grid{
		`draw sheet "a": cell A1: a value of type float64 cannot be drawn`: {one(1.5)},
		`draw sheet "a": row 1 comes after row 1`:                          {unordered},
		`draw: two sheets are named "a"`:                                   {one("x"), one("y")},
		`draw: a workbook needs a sheet that can be seen`:                  {hidden},
		`draw: "a/b" cannot name a sheet ("ab" can)`:                       {named},
	} {
		var b bytes.Buffer
		err := sheets.Draw(&b, sheets.Drawing{Grids: grids})
		if err == nil || err.Error() != want || b.Len() > 0 {
			t.Errorf("got %v with %d bytes, want %s", err, b.Len(), want)
		}
	}
}

func TestSheetName(t *testing.T) {
	for text, want := range map[string]string{
		"汇总":                    "汇总",
		"a/b:c*?[d]":            "abcd",
		"'x'":                   "x",
		"":                      "Sheet",
		strings.Repeat("长", 40): strings.Repeat("长", 31),
		strings.Repeat("😀", 20): strings.Repeat("😀", 15),
	} {
		if got := sheets.SheetName(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
