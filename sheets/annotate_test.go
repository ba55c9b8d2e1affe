package sheets_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"taizhang/sheets"

	"github.com/google/go-cmp/cmp"
)

// The test binary is its own annotate command: what an annotator starts is this
// program with a word in its environment.
const childWord = "TAIZHANG_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childWord) {
	case "":
		os.Exit(m.Run())
	case "annotate":
		if err := sheets.AnnotateChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
	case "sleep":
		time.Sleep(time.Minute)
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
				os.Exit(3)
			}
		}
	case "liar": // gives back the report's own bytes instead of the county's
		io.Copy(os.Stdout, os.Stdin)
	}
}

func annotator(t *testing.T, word string) sheets.Annotator {
	t.Helper()
	t.Setenv(childWord, word)
	return sheets.Annotator{Command: []string{os.Args[0]}, Timeout: 30 * time.Second, MemoryMB: 512}
}

func findings() sheets.Drawing {
	cell := func(col int, value any, link string) sheets.GridCell {
		return sheets.GridCell{Col: col, Value: value, Link: link, Style: sheets.Style{Look: sheets.Body}}
	}
	return sheets.Drawing{Grids: []sheets.Grid{
		{Name: "错误清单", Widths: []float64{10, 40}, Print: sheets.Print{RepeatFirst: 1, RepeatLast: 1}, Rows: []sheets.GridRow{
			{Num: 1, Cells: []sheets.GridCell{cell(1, "位置", ""), cell(2, "问题", "")}},
			{Num: 2, Cells: []sheets.GridCell{cell(1, "B3", "台账 1!B3"), cell(2, "不是数字", "")}},
		}},
		{Name: "全部明细", Filter: &sheets.Range{Row1: 1, Col1: 1, Row2: 1, Col2: 1}, Rows: []sheets.GridRow{
			{Num: 1, Cells: []sheets.GridCell{cell(1, "=位置", "")}},
		}},
	}}
}

func marks() []sheets.Mark {
	return []sheets.Mark{
		{Sheet: "台账 1", Cell: "B3", Tint: sheets.Yellow, Note: "请核对"},
		{Sheet: "台账 1", Cell: "B3", Tint: sheets.Red, Note: "不是数字 <&>"},
		{Sheet: "台账 1", Cell: "C3", Tint: sheets.Red, Note: "必须填写"}, // an empty cell
		{Sheet: "台账 1", Cell: "A3", Tint: sheets.Red, Note: "这里已有批注"},
		{Sheet: "台账 1", Cell: "D9", Tint: sheets.Yellow, Note: "没有的行"},
		{Sheet: "台账 1", Cell: "A4", Tint: sheets.Red, Note: "有底色"},
		{Sheet: "没有这张表", Cell: "A1", Tint: sheets.Red, Note: "x"},
	}
}

// countyBook is a workbook as a county's clerk may have it, written by openpyxl:
// a drop-down, notes, a picture, fills, merges, names, a formula and a hidden sheet.
func countyBook(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "county.xlsx")
	python(t, nil, `
import sys, base64, zipfile, openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Font, Border, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.formatting.rule import CellIsRule
b = openpyxl.Workbook()
s = b.active
s.title = "台账 1"
s.append(["台账", None, None]); s.merge_cells("A1:C1")
s.append(["编号", "数量", "备注"])
s.append(["0012", "约3件", None])
s.append(["0013", 12.5, "=B4*2"])
s["A3"].comment = Comment("县里自己的批注", "张三")
s["C4"].comment = Comment("另一条", "李四")
s["A4"].fill = PatternFill("solid", fgColor="FF00B0F0")
s["A4"].font = Font(name="宋体", sz=14, b=True)
s["B4"].number_format = "0.00"
d = DataValidation(type="list", formula1='"已办结,未办结"'); d.add("C3:C20"); s.add_data_validation(d)
s.conditional_formatting.add("B3:B9", CellIsRule(operator="greaterThan", formula=["10"], fill=PatternFill(bgColor="FFFF0000")))
s.column_dimensions["C"].hidden = True
s.print_title_rows = "2:2"
h = b.create_sheet("隐藏"); h["A1"] = 1; h.sheet_state = "hidden"; h.print_title_rows = "1:1"
b.active = 0
b.save(sys.argv[1])
`, path)
	return path
}

const dumpCopy = `
import json, sys, openpyxl
b = openpyxl.load_workbook(sys.argv[1])
s = b["台账 1"]
fill = lambda c: s[c].fill.fgColor.rgb if s[c].fill.patternType else None
names = {}
for w in b.worksheets:
  if w.print_title_rows: names[w.title] = w.print_title_rows
print(json.dumps({
  "sheets": [[w.title, w.sheet_state] for w in b.worksheets],
  "active": b.active.title,
  "selected": [w.title for w in b.worksheets if w.sheet_view.tabSelected],
  "cells": {c.coordinate: c.value for r in s.iter_rows() for c in r if c.value is not None},
  "notes": {c.coordinate: c.comment.text for r in s.iter_rows() for c in r if c.comment},
  "authors": {c.coordinate: c.comment.author for r in s.iter_rows() for c in r if c.comment},
  "fills": {c: fill(c) for c in ["A3", "B3", "C3", "A4", "D9", "B4"]},
  "kept": [s["A4"].font.name, s["A4"].font.sz, s["A4"].font.b, s["B4"].number_format, str(s.merged_cells.ranges[0] if isinstance(s.merged_cells.ranges, list) else list(s.merged_cells.ranges)[0]),
           [[str(d.sqref), d.formula1] for d in s.data_validations.dataValidation], len(s.conditional_formatting), s.column_dimensions["C"].hidden],
  "titles": names,
  "report": [b["错误清单"]["A1"].value, b["错误清单"]["A2"].hyperlink.location, b["错误清单"]["A1"].font.name, b["错误清单"]["A1"].border.left.style, b["全部明细"].auto_filter.ref],
}, ensure_ascii=False))`

func wantCopy() map[string]any {
	mark := "—— 台账核对 ——\n"
	return map[string]any{
		"sheets":   []any{[]any{"错误清单", "visible"}, []any{"全部明细", "visible"}, []any{"台账 1", "visible"}, []any{"隐藏", "hidden"}},
		"active":   "错误清单",
		"selected": []any{"错误清单"},
		"cells": map[string]any{"A1": "台账", "A2": "编号", "B2": "数量", "C2": "备注",
			"A3": "0012", "B3": "约3件", "A4": "0013", "B4": 12.5, "C4": "=B4*2"},
		"notes": map[string]any{
			"A3": "县里自己的批注\n" + mark + "这里已有批注", "C4": "另一条",
			"B3": mark + "请核对\n不是数字 <&>", "C3": mark + "必须填写", "D9": mark + "没有的行", "A4": mark + "有底色",
		},
		"authors": map[string]any{"A3": "张三", "C4": "李四", "B3": "台账", "C3": "台账", "D9": "台账", "A4": "台账"},
		"fills": map[string]any{"A3": "FFFFC8CD", "B3": "FFFFC8CD", "C3": "FFFFC8CD", "A4": "FFFFC8CD",
			"D9": "FFFFEB9E", "B4": nil},
		"kept": []any{"宋体", 14.0, true, "0.00", "A1:C1",
			[]any{[]any{"C3:C20", `"已办结,未办结"`}}, 1.0, true},
		"titles": map[string]any{"错误清单": "$1:$1", "台账 1": "2:2", "隐藏": "1:1"},
		"report": []any{"位置", "'台账 1'!B3", "宋体", "thin", "A1"},
	}
}

func save(t *testing.T, raw []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.xlsx")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func annotated(t *testing.T, original string, m []sheets.Mark) string {
	t.Helper()
	c, err := annotator(t, "annotate").Copy(context.Background(), original, m, findings())
	if err != nil {
		t.Fatal(err)
	}
	if c.Alone != nil {
		t.Fatal(c.Alone)
	}
	return save(t, c.Workbook)
}

func TestAnnotate(t *testing.T) {
	path := annotated(t, countyBook(t), marks())
	var got map[string]any
	python(t, &got, dumpCopy, path)
	if diff := cmp.Diff(wantCopy(), got); diff != "" {
		t.Error(diff)
	}
	if book(t, path).Marks["taizhang.annotated"] != "1" {
		t.Error("the copy is not marked as one")
	}
	convert(t, path, "pdf")
}

func TestAnnotateTwiceDoesNotPileUp(t *testing.T) {
	once := annotated(t, countyBook(t), marks())
	twice := annotated(t, once, marks())
	var got map[string]any
	python(t, &got, dumpCopy, twice)
	if diff := cmp.Diff(wantCopy(), got); diff != "" {
		t.Error(diff)
	}
	if one, two := shapes(t, once), shapes(t, twice); one != two {
		t.Errorf("%d boxes of notes became %d", one, two)
	}
}

// shapes counts the boxes of notes in a workbook.
func shapes(t *testing.T, path string) int {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	n := 0
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".vml") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(raw, []byte(`ObjectType="Note"`))
		}
	}
	return n
}

func TestAnnotateIsUndoneWhenNothingIsWrongAnyMore(t *testing.T) {
	clean := annotated(t, annotated(t, countyBook(t), marks()), nil)
	var got map[string]any
	python(t, &got, dumpCopy, clean)
	want := wantCopy()
	want["notes"] = map[string]any{"A3": "县里自己的批注", "C4": "另一条"}
	want["authors"] = map[string]any{"A3": "张三", "C4": "李四"}
	want["fills"] = map[string]any{"A3": nil, "B3": nil, "C3": nil, "A4": "FF00B0F0", "D9": nil, "B4": nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A clerk may open the copy in LibreOffice, save it there and hand it in again.
func TestAnnotateACopySavedByLibreOffice(t *testing.T) {
	saved := convert(t, annotated(t, countyBook(t), marks()), "xlsx")
	again := annotated(t, saved, marks()[:1])
	var got map[string]any
	python(t, &got, dumpCopy, again)
	if diff := cmp.Diff(map[string]any{
		"A3": "县里自己的批注", "C4": "另一条", "B3": "—— 台账核对 ——\n请核对",
	}, got["notes"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"A3": nil, "B3": "FFFFEB9E", "C3": nil, "A4": nil, "D9": nil, "B4": nil}, got["fills"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantCopy()["sheets"], got["sheets"]); diff != "" {
		t.Error(diff)
	}
}

func TestAnnotateAPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "picture.ods")
	png := "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	fods := `<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"` +
		` xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
		` xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"` +
		` xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">` +
		`<office:body><office:spreadsheet><table:table table:name="台账 1"><table:shapes><draw:frame svg:width="2cm" svg:height="2cm"` +
		` svg:x="3cm" svg:y="3cm"><draw:image><office:binary-data>` + png + `</office:binary-data></draw:image></draw:frame></table:shapes>` +
		`<table:table-row><table:table-cell office:value-type="string"><text:p>照片</text:p></table:table-cell></table:table-row>` +
		`<table:table-row/><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>` +
		`</table:table></office:spreadsheet></office:body></office:document>`
	path = strings.TrimSuffix(path, ".ods") + ".fods"
	if err := os.WriteFile(path, []byte(fods), 0o600); err != nil {
		t.Fatal(err)
	}
	original := convert(t, path, "xlsx")
	before := media(t, original)
	if len(before) == 0 {
		t.Fatal("the workbook has no picture to begin with")
	}
	if diff := cmp.Diff(before, media(t, annotated(t, original, marks()))); diff != "" {
		t.Error(diff)
	}
}

// media lists the pictures of a workbook by name, and the sheets' drawings.
func media(t *testing.T, path string) map[string]uint32 {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	sums := map[string]uint32{}
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "xl/media/") || strings.HasPrefix(f.Name, "xl/drawings/drawing") {
			sums[f.Name] = f.CRC32
		}
	}
	return sums
}

func TestAnnotateSendsTheReportAlone(t *testing.T) {
	broken := save(t, []byte("PK\x03\x04 this is no workbook"))
	for _, c := range []struct{ name, word, original, why string }{
		{"broken file", "annotate", broken, "zip"},
		{"no file", "annotate", filepath.Join(t.TempDir(), "none.xlsx"), "no such file"},
		{"time", "sleep", countyBook(t), "not done within"},
		{"too much", "flood", countyBook(t), "bytes came back"},
		{"another file", "liar", countyBook(t), "copy:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := annotator(t, c.word)
			if c.word == "sleep" {
				a.Timeout = 300 * time.Millisecond
			}
			got, err := a.Copy(context.Background(), c.original, marks(), findings())
			if err != nil {
				t.Fatal(err)
			}
			if got.Alone == nil || !strings.Contains(got.Alone.Error(), c.why) {
				t.Errorf("alone because of %v, want %q", got.Alone, c.why)
			}
			b := bookOf(t, got.Workbook)
			if len(b.Sheets) < 2 || b.Sheets[0].Name != "错误清单" || b.Marks["taizhang.annotated"] != "1" {
				t.Errorf("not the report: %d sheets, %v", len(b.Sheets), b.Marks)
			}
		})
	}
}

// A process that wants more memory than it is given ends; the report goes out.
func TestAnnotateWithinItsMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the limit is a wish, and the time limit ends the process")
	}
	big := sheets.Grid{Name: "台账 1"}
	for row := 1; row <= 60_000; row++ {
		r := sheets.GridRow{Num: row}
		for col := 1; col <= 10; col++ {
			r.Cells = append(r.Cells, sheets.GridCell{Col: col, Value: "某砂石料厂扬尘污染"})
		}
		big.Rows = append(big.Rows, r)
	}
	path := drawn(t, sheets.Drawing{Grids: []sheets.Grid{big}})
	a := annotator(t, "annotate")
	a.MemoryMB = 32
	small, err := a.Copy(context.Background(), path, marks(), findings())
	if err != nil || small.Alone == nil {
		t.Errorf("a process of 32 MB patched 60 MB of cells: %v", err)
	}
	a.MemoryMB = 1024
	large, err := a.Copy(context.Background(), path, marks(), findings())
	if err != nil || large.Alone != nil {
		t.Errorf("%v, alone because of %v", err, large.Alone)
	}
}

func TestAnnotateACountysOwnSheetOfOurName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.xlsx")
	python(t, nil, `
import sys, openpyxl
b = openpyxl.Workbook(); b.active.title = "全部明细"; b.active["A1"] = "县里的"; b.save(sys.argv[1])`, path)
	got, err := annotator(t, "annotate").Copy(context.Background(), path, nil, findings())
	if err != nil {
		t.Fatal(err)
	}
	if got.Alone == nil || !strings.Contains(got.Alone.Error(), "全部明细") {
		t.Errorf("alone because of %v", got.Alone)
	}
}

func TestAnnotateManyNotes(t *testing.T) {
	original := countyBook(t)
	var many []sheets.Mark
	for row := 10; row < 710; row++ {
		many = append(many, sheets.Mark{Sheet: "台账 1", Cell: sheets.Address(2, row), Tint: sheets.Red, Note: "必须填写"})
	}
	path := annotated(t, original, many)
	if n := shapes(t, path); n != 502 { // two are the county's own
		t.Errorf("%d notes, want 500 and the county's two", n)
	}
	said := cellAt(t, book(t, path), "错误清单", "A3").Text
	if !strings.Contains(said, "前 500 条批注，另有 200 个单元格") {
		t.Errorf("the report says %q", said)
	}
}

// A workbook without styles is legal; the copy gets some.
func TestAnnotateWithoutStyles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bare.xlsx")
	python(t, nil, `
import sys, re, zipfile
z = zipfile.ZipFile(sys.argv[1]); o = zipfile.ZipFile(sys.argv[2], "w")
for n in z.namelist():
  d = z.read(n)
  if n == "xl/styles.xml": continue
  if n.endswith("workbook.xml.rels"): d = re.sub(rb'<Relationship [^>]*styles[^>]*/>', b"", d)
  if n == "[Content_Types].xml": d = re.sub(rb'<Override [^>]*styles[^>]*/>', b"", d)
  if "worksheets/sheet" in n: d = re.sub(rb' (s|style|dxfId)="\d+"', b"", d)
  o.writestr(n, d)
o.close()`, countyBook(t), path)
	var got struct {
		Fills map[string]any
		Cells map[string]any
	}
	python(t, &got, dumpCopy, annotated(t, path, marks()))
	if got.Fills["B3"] != "FFFFC8CD" || got.Fills["B4"] != nil || got.Cells["B3"] != "约3件" {
		t.Errorf("%+v", got)
	}
}

// Sheets written with a prefix, as some programs do, are patched in kind.
func TestAnnotateAWorkbookWithPrefixes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prefix.xlsx")
	python(t, nil, `
import sys, re, zipfile
z = zipfile.ZipFile(sys.argv[1]); o = zipfile.ZipFile(sys.argv[2], "w")
main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
for n in z.namelist():
  d = z.read(n)
  if n.startswith("xl/") and main in d and "comments" not in n:
    d = re.sub(rb'<(/?)([A-Za-z]\w*)(?=[\s/>])', rb'<\1x:\2', d).replace(main, b'xmlns:x' + main[5:])
  o.writestr(n, d)
o.close()`, countyBook(t), path)
	var got map[string]any
	python(t, &got, dumpCopy, annotated(t, path, marks()))
	if diff := cmp.Diff(wantCopy(), got); diff != "" {
		t.Error(diff)
	}
}

// The county's own notes and conversations stand in the copy beside ours, and are
// read from it as they were.
func TestAnnotateKeepsTheCountysNotes(t *testing.T) {
	original := save(t, sheets.TalkingBook(t))
	want := book(t, original).Sheets[0].Remarks
	var m []sheets.Mark
	for _, cell := range []string{"A2", "B2", "C2", "A3"} {
		m = append(m, sheets.Mark{Sheet: "表", Cell: cell, Tint: sheets.Red, Note: "请核对"})
	}
	for range 2 { // the copy of a copy too
		copied := annotated(t, original, m)
		b := book(t, copied)
		got := b.Sheets[len(b.Sheets)-1].Remarks
		for i := range got {
			got[i].Text = strings.TrimSpace(got[i].Text)
			want[i].Text = strings.TrimSpace(want[i].Text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		original = copied
	}
	if len(want) != 4 {
		t.Errorf("%d notes", len(want))
	}
}

// Notes that a real program wrote, in both formats.
func TestRemarksOfOtherPrograms(t *testing.T) {
	path := countyBook(t)
	for _, file := range []string{path, convert(t, path, "xlsx"), convert(t, path, "xls")} {
		var got []string
		for _, r := range book(t, file).Sheets[0].Remarks {
			got = append(got, fmt.Sprintf("%s %s", sheets.Address(r.Col, r.Row), strings.TrimSpace(r.Text)))
		}
		if diff := cmp.Diff([]string{"A3 县里自己的批注", "C4 另一条"}, got); diff != "" {
			t.Errorf("%s: %s", filepath.Ext(file), diff)
		}
	}
}
