package templates_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"taizhang/sheets"
	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
)

func TestMeant(t *testing.T) {
	counties := templates.NewCounties(
		&templates.County{Name: "甲县", Aliases: []string{"甲"}}, &templates.County{Name: "乙县"},
		&templates.County{Name: "东、西开发区"}, &templates.County{Name: "新区", New: true})
	for text, want := range map[string]string{
		"甲县":      "甲县",
		"甲":       "甲县",
		"甲县、乙县":   "甲县 乙县",
		"乙县/甲，":   "乙县 甲县",
		"东、西开发区":  "东、西开发区", // a name that has a separator in it
		"全市":      "甲县 乙县 东、西开发区",
		"各县（市、区）": "甲县 乙县 东、西开发区",
		"甲县、丁县":   "甲县 ?丁县",
		"丁县":      "?丁县",
		"甲县乙县":    "?甲县乙县",
	} {
		found, unknown := counties.Meant(text)
		var got []string
		for _, c := range found {
			got = append(got, c.Name)
		}
		for _, u := range unknown {
			got = append(got, "?"+u)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", text, s, want)
		}
	}
}

// TestLockedForm asks excelize which cells of a pre-filled form can be written.
func TestLockedForm(t *testing.T) {
	catalog, err := templates.Load(templates.City{})
	if err != nil {
		t.Fatal(err)
	}
	f := catalog.Form("petition_ledger")
	var b bytes.Buffer
	err = sheets.Draw(&b, templates.Blank(f, templates.BlankOptions{
		County: &templates.County{Name: "甲县"}, Period: "2026-11-24", Locked: true, Spare: 2,
		Shut: map[int]bool{1: true},
		Rows: []map[string]any{
			{"case_no": "X1", "county": "甲县", "status": "正在办理", "fine_wan": decimal.RequireFromString("0.2")},
			{"case_no": "X2", "county": "甲县", "status": "已办结"},
		},
	}))
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	at := func(name string, row int) string { return sheets.Address(f.Field(name).Index+1, row) }
	for cell, open := range map[string]bool{
		at("case_no", 5): false, at("county", 5): false, at("status", 5): true, at("fine_wan", 5): true,
		at("due_on", 5):  true, // the city has not given it: the county may
		at("case_no", 6): false, at("status", 6): false, at("remark", 6): false,
		at("case_no", 7): true, at("status", 8): true,
		"A1": false, "A2": false, "A3": false,
	} {
		id, err := book.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := book.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := style.Protection != nil && !style.Protection.Locked; got != open {
			t.Errorf("%s: open %v, want %v", cell, got, open)
		}
	}
	if got, _ := book.GetCellValue(sheet, at("fine_wan", 5)); !strings.HasPrefix(got, "0.2") {
		t.Errorf("amount: %s", got)
	}
}

// TestCarryOver takes the rows of a drifted workbook over by its titles.
func TestCarryOver(t *testing.T) {
	catalog, err := templates.Load(templates.City{})
	if err != nil {
		t.Fatal(err)
	}
	f := catalog.Form("open_issue_check")
	text := func(col int, s string) sheets.Cell {
		return sheets.Cell{Col: col, Kind: sheets.Text, Raw: s, Text: s}
	}
	sheet := &sheets.Sheet{Name: "旧表", Rows: []sheets.Row{
		{Num: 3, Cells: sheets.CellsOf(text(1, "是否办结"), text(2, "地址"), text(3, "举报内容"), text(4, "没有这一栏"))},
		{Num: 4, Cells: sheets.CellsOf(text(1, "办结"), text(2, "东街"), text(3, "油烟"), text(4, "多余"))},
		{Num: 5, Cells: sheets.CellsOf(text(1, "差不多了"), text(2, "西街"), text(3, "噪声"))},
		{Num: 6, Cells: sheets.CellsOf(text(1, "备注：由某某填写"))},
	}}
	book := &sheets.Book{Sheets: []*sheets.Sheet{sheet}, Marks: map[string]string{}}
	rows, ok := catalog.CarryOver(book, f, templates.Sender{County: &templates.County{Name: "甲县"}})
	want := []map[string]any{
		{"status": "已办结", "address": "东街", "complaint": "油烟"},
		{"status": "差不多了", "address": "西街", "complaint": "噪声"}, // not in the list: as it was typed
	}
	if diff := cmp.Diff(want, rows); !ok || diff != "" {
		t.Errorf("%v %s", ok, diff)
	}
	sheet.Rows = slices.Delete(sheet.Rows, 1, 3)
	if rows, ok := catalog.CarryOver(book, f, templates.Sender{}); ok {
		t.Errorf("no rows: %v", rows)
	}
	sheet.Rows = nil
	if rows, ok := catalog.CarryOver(book, f, templates.Sender{}); ok {
		t.Errorf("no header: %v", rows)
	}
}
