package sheets_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/sheets"
)

// oracleDiffers are the workbooks that excelize and this reader see in
// different ways, and why this reader is right.
var oracleDiffers = map[string]string{
	"01_inserted_column.xlsx":    "an error written in quotes in place of a number is that error",
	"05_title_deleted.xlsx":      "the same",
	"80_upper_case_parts.xlsx":   "part names are the same in capitals; excelize finds no sheet",
	"82_cells_out_of_order.xlsx": "cells belong where their reference says; excelize shifts them to the right",
	"83_rows_out_of_order.xlsx":  "rows belong where their number says; excelize loses them",
	"88_sst_elsewhere.xlsx":      "the relation says where the strings are; excelize reads every text as empty",
	"89_workbook_elsewhere.xlsx": "the same",
	"97_xml_utf16.xlsx":          "UTF-16 is legal; excelize refuses it",
}

// TestOracle holds this reader against excelize, cell for cell and raw, over all
// workbooks at hand that both open: the corpus, excelize's own test files, and
// what LibreOffice and openpyxl write.
func TestOracle(t *testing.T) {
	compared := 0
	for _, path := range oracleFiles(t) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := sheets.Read(bytes.NewReader(file), int64(len(file)), sheets.DefaultLimits())
		if err != nil {
			continue // what is refused is listed in the tests of the corpus
		}
		theirs, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true})
		name := filepath.Base(path)
		if err != nil {
			t.Logf("%s: excelize does not open it: %v", name, err)
			continue
		}
		diffs := compareBooks(ours, theirs)
		if err := theirs.Close(); err != nil {
			t.Error(err)
		}
		why, differs := oracleDiffers[name]
		switch {
		case differs && len(diffs) == 0:
			t.Errorf("%s no longer differs (%s)", name, why)
		case !differs && len(diffs) > 0:
			t.Errorf("%s:\n%s", name, strings.Join(diffs[:min(len(diffs), 10)], "\n"))
		}
		compared++
	}
	if compared < 60 {
		t.Errorf("only %d workbooks were compared", compared)
	}
}

func oracleFiles(t *testing.T) []string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/xuri/excelize/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, pattern := range []string{filepath.Join(strings.TrimSpace(string(dir)), "test", "*.xls*"), "../testdata/corpus/*.xlsx"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	made := filepath.Join(t.TempDir(), "openpyxl.xlsx")
	python(t, nil, writeLedger, made)
	return append(files, made, convert(t, made, "xlsx"))
}

// compareBooks lists the cells that differ.
func compareBooks(ours *sheets.Book, theirs *excelize.File) []string {
	var diffs []string
	for _, s := range ours.Sheets {
		got, err := oracleCells(theirs, s.Name)
		if err != nil {
			diffs = append(diffs, s.Name+": "+err.Error())
			continue
		}
		for _, row := range s.Rows {
			for c := range row.Cells.All() {
				at := sheets.Address(c.Col, row.Num)
				if got[at] != c.Raw {
					diffs = append(diffs, s.Name+"!"+at+": excelize "+got[at]+", ours "+c.Raw)
				}
				delete(got, at)
			}
		}
		for at, v := range got {
			diffs = append(diffs, s.Name+"!"+at+": excelize "+v+", ours nothing")
		}
	}
	return diffs
}

func oracleCells(f *excelize.File, sheet string) (map[string]string, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cells := map[string]string{}
	for num := 1; rows.Next(); num++ {
		cols, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		for i, v := range cols {
			if v != "" {
				cells[sheets.Address(i+1, num)] = v
			}
		}
	}
	return cells, rows.Error()
}
