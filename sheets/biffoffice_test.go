package sheets_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"taizhang/sheets"
)

// convertAll lets LibreOffice write many files in another format at once.
func convertAll(t *testing.T, format string, paths []string) string {
	t.Helper()
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Fatal("LibreOffice is missing: apt-get install libreoffice-calc")
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", format, "--outdir", dir}
	if said, err := exec.Command("soffice", append(args, paths...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return dir
}

// xlsDiffers are the workbooks of the corpus that change on the way through
// LibreOffice, and why.
var xlsDiffers = map[string]string{
	"01_inserted_column":           "LibreOffice reads an error written in place of a number as 0",
	"05_title_deleted":             "the same",
	"22_stray_cell_far":            "an .xls ends at IV65536",
	"107_50k_merges":               "the same",
	"56_formula_injection":         "LibreOffice computes the formula anew",
	"59_formula_no_cache":          "the same",
	"106_styled_to_XFD":            "the same",
	"61_bool_in_number":            "LibreOffice knows no constants of that kind and writes a formula",
	"95_t_error_no_f":              "the same",
	"77_strict_ooxml":              "an .xls has no dates but numbers",
	"80_upper_case_parts":          "LibreOffice finds no cells in it",
	"125_shared_formula_no_master": "the same",
}

// xlsUnwritten are those that LibreOffice does not open at all.
var xlsUnwritten = []string{"79_backslash_names", "121_formula_nested_parens"}

// TestXLSCorpus holds an .xls against the .xlsx that LibreOffice made it from,
// over the corpus.
func TestXLSCorpus(t *testing.T) {
	files, err := filepath.Glob("../testdata/corpus/*.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	books := map[string]*sheets.Book{}
	var paths []string
	for _, path := range files {
		if slices.Contains(xlsUnwritten, strings.TrimSuffix(filepath.Base(path), ".xlsx")) {
			continue
		}
		if b := readable(t, path); b != nil && b.Format == "xlsx" {
			books[path] = b
			paths = append(paths, path)
		}
	}
	dir := convertAll(t, "xls", paths)
	for path, want := range books {
		name := strings.TrimSuffix(filepath.Base(path), ".xlsx")
		got := readable(t, filepath.Join(dir, name+".xls"))
		if got == nil {
			t.Errorf("%s: not written, or not read", name)
			continue
		}
		diffs := bookDiffs(want, got)
		switch why := xlsDiffers[name]; {
		case why == "" && len(diffs) > 0:
			t.Errorf("%s:\n%s", name, strings.Join(diffs, "\n"))
		case why != "" && len(diffs) == 0:
			t.Errorf("%s no longer differs (%s)", name, why)
		}
	}
}

// readable reads a workbook; nil is one that is refused, or not there.
func readable(t *testing.T, path string) *sheets.Book {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b, err := sheets.Read(f, info.Size(), sheets.DefaultLimits())
	if err != nil {
		return nil
	}
	return b
}

// bookDiffs lists what two workbooks have otherwise, numbers alike in 15 digits
// being the same.
func bookDiffs(a, b *sheets.Book) []string {
	if len(a.Sheets) != len(b.Sheets) {
		return []string{fmt.Sprintf("%d sheets, %d", len(a.Sheets), len(b.Sheets))}
	}
	var diffs []string
	for i, s := range a.Sheets {
		o := b.Sheets[i]
		if s.Name != o.Name || s.Visibility != o.Visibility {
			diffs = append(diffs, fmt.Sprintf("sheet %s %d, %s %d", s.Name, s.Visibility, o.Name, o.Visibility))
		}
		if !slices.Equal(sortedMerges(s), sortedMerges(o)) || !slices.Equal(s.HiddenCols, o.HiddenCols) {
			diffs = append(diffs, fmt.Sprintf("areas %v %v, %v %v", s.Merges, s.HiddenCols, o.Merges, o.HiddenCols))
		}
		diffs = append(diffs, lineDiffs(plainLines(s), plainLines(o))...)
	}
	return diffs
}

// sortedMerges are the merged areas of a sheet, which programs write in any order.
func sortedMerges(s *sheets.Sheet) []sheets.Range {
	return slices.SortedFunc(slices.Values(s.Merges), func(a, b sheets.Range) int {
		return cmp.Or(a.Row1-b.Row1, a.Col1-b.Col1)
	})
}

func lineDiffs(a, b []string) []string {
	var diffs []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			diffs = append(diffs, "-"+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			diffs = append(diffs, "+"+line)
		}
	}
	return diffs
}

// plainLines are a sheet's cells with numbers in 15 digits.
func plainLines(s *sheets.Sheet) []string {
	plain := *s
	plain.Rows = nil
	for _, row := range s.Rows {
		cells := row.Cells.Append(nil)
		for i, c := range cells {
			if f, err := strconv.ParseFloat(c.Raw, 64); err == nil && (c.Kind == sheets.Number || c.Kind == sheets.Date) {
				cells[i].Raw = strconv.FormatFloat(f, 'G', 15, 64)
			}
		}
		row.Cells = sheets.CellsOf(cells...)
		plain.Rows = append(plain.Rows, row)
	}
	lines := sheets.CellLines(&plain)
	for _, row := range s.Rows {
		if row.Hidden {
			lines = append(lines, fmt.Sprintf("row %d hidden", row.Num))
		}
	}
	return lines
}

// writeMany is a workbook whose shared strings fill many records, with every kind
// of cell, formulas, and what is hidden.
const writeMany = `
import sys, datetime
from openpyxl import Workbook
wb = Workbook()
ws = wb.active
ws.title = '台账'
ws['A1'], ws['B1'], ws['C1'] = -1234567.891, 1e21, 1e-7
ws['D1'], ws['E1'], ws['F1'] = 1/3, 123456789012345678, 0.1
ws['G1'], ws['H1'] = 12345.67, 99999999
ws['A2'] = '="甲"&"乙"'
ws['B2'] = '=IF(1=1,"","x")'
ws['C2'] = '=1/0'
ws['D2'] = '=2>1'
ws['E2'] = '=DATE(2019,6,17)'
ws['E2'].number_format = 'yyyy"年"m"月"d"日"'
ws['F2'] = '=NA()'
ws['G2'] = '=1/8'
ws['G2'].number_format = '0.00%'
ws['H2'] = '=REPT("长",20000)'
for i in range(12000):
    ws.cell(3 + i, 1 + i % 5, '第%d条' % i + '中文文本' * (i % 7) + ('latin ' * (i % 11) if i % 3 else '😀'))
ws.cell(12003, 1, 'x' * 32767)
ws.cell(12004, 1, '长' * 32767)
ws.row_dimensions[5].hidden = True
for name in 'CD':
    ws.column_dimensions[name].hidden = True
wb.create_sheet('空表')
wb.save(sys.argv[1])
`

var manyHead = []string{
	`A1 number "-1234567.891"`, `B1 number "1E+21"`, `C1 number "1E-07" shown "0.0000001"`,
	`D1 number "0.3333333333333333" shown "0.333333333333333"`, `E1 number "123456789012345700" shown "123456789012346000"`, `F1 number "0.1"`,
	`G1 number "12345.67"`, `H1 number "99999999"`,
	`A2 text formula "甲乙"`, `B2 text formula ""`, `C2 error formula "#DIV/0!"`, `D2 bool formula "1" shown "TRUE"`,
	`E2 date formula "43633" shown "2019年6月17日"`, `F2 error formula "#N/A"`, `G2 number formula percent "0.125" shown "12.50%"`,
}

// TestXLSMany reads strings that go on from one record in the next, 12,000 of
// them and the longest that a cell can hold.
func TestXLSMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.xlsx")
	python(t, nil, writeMany, path)
	want, got := readPath(t, path), readPath(t, convert(t, path, "xls"))
	if got.Format != "xls" || got.Macros || got.External || got.Date1904 {
		t.Errorf("%+v", *got)
	}
	lines := sheets.CellLines(got.Sheets[0]) // openpyxl writes 16 digits at most
	if len(lines) < len(manyHead)+2 || !slices.Equal(lines[:len(manyHead)], manyHead) {
		t.Errorf("got %s", strings.Join(lines[:min(len(lines), len(manyHead))], "\n"))
	}
	if line := lines[len(manyHead)]; line != "H2 text formula "+strconv.Quote(strings.Repeat("长", 20000)) {
		t.Errorf("the result of a formula that goes on in further records: %.100s", line)
	}
	got.Sheets[0].Rows, want.Sheets[0].Rows = got.Sheets[0].Rows[2:], want.Sheets[0].Rows[2:]
	if n := len(got.Sheets[0].Rows); n != 12002 {
		t.Errorf("%d rows", n)
	}
	for i, row := range want.Sheets[0].Rows {
		o := got.Sheets[0].Rows[i]
		if row.Num != o.Num || row.Hidden != o.Hidden || !row.Cells.Equal(o.Cells) {
			t.Fatalf("row %d: %+v", row.Num, o)
		}
	}
	if !slices.Equal(got.Sheets[0].HiddenCols, []sheets.Span{{First: 3, Last: 4}}) || len(got.Sheets) != 2 || got.Sheets[1].Name != "空表" {
		t.Errorf("%+v, %d sheets", got.Sheets[0].HiddenCols, len(got.Sheets))
	}
}

// TestXLSLedger reads what a county's program might do as it is read from an
// .xlsx; LibreOffice hides very hidden sheets merely, and computes.
func TestXLSLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.xlsx")
	python(t, nil, writeLedger, path)
	want := strings.NewReplacer(
		`E4 empty formula ""`, `E4 number formula "0.15"`,
		`A5 bool "1"`, `A5 bool formula "1"`,
		`B5 error "#N/A"`, `B5 error formula "#N/A"`,
	).Replace(strings.Join(openpyxlCells, "\x00"))
	checkLedger(t, readPath(t, convert(t, path, "xls")), strings.Split(want, "\x00"))
}

// Our own mark outlives that a county saves the form as .xls.
func TestXLSMarks(t *testing.T) {
	marks := map[string]string{"taizhang.form": "petition_ledger", "taizhang.county": "云岭县", sheets.AnnotatedMark: "1"}
	path := drawn(t, sheets.Drawing{Grids: []sheets.Grid{{Name: "表"}}, Marks: marks})
	got := readPath(t, convert(t, path, "xls")).Marks
	for name, want := range marks {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}

// A copy that is under way is not complete.
func TestXLSCutOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.xlsx")
	python(t, nil, writeLedger, path)
	raw, err := os.ReadFile(convert(t, path, "xls"))
	if err != nil {
		t.Fatal(err)
	}
	if err := sheets.Complete(bytes.NewReader(raw), int64(len(raw))); err != nil {
		t.Errorf("whole: %v", err)
	}
	for n := 100; n < len(raw)-512; n += 512 {
		if err := sheets.Complete(bytes.NewReader(raw), int64(n)); err == nil {
			t.Errorf("cut off after %d of %d bytes, and called complete", n, len(raw))
		}
	}
}
