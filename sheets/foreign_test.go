package sheets_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/sheets"
)

// readPath reads a workbook from the disk.
func readPath(t *testing.T, path string) *sheets.Book {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheets.Read(bytes.NewReader(file), int64(len(file)), sheets.DefaultLimits())
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return book
}

// writeLedger is what a county's own program might do: formulas without results,
// dates, percentages, merged and hidden cells, hidden sheets.
const writeLedger = `
import sys, datetime
from openpyxl import Workbook
wb = Workbook()
ws = wb.active
ws.title = '台账'
ws.merge_cells('A1:F1')
ws['A1'] = '群众信访举报件办理台账'
ws.append(['序号', '受理编号', '交办日期', '罚款金额（万元）', '办结率', '备注'])
ws.append([1, 'X2YN201906170001', datetime.date(2019, 6, 17), 3.5, 0.769, ' 前后有空格 '])
ws.append([2, '0310', datetime.datetime(2019, 6, 18, 8, 30), 0.1 + 0.2, '=D4/2', '第一行\n第二行 & <尖括号>'])
ws['C3'].number_format = 'yyyy"年"m"月"d"日"'
ws['C4'].number_format = 'yyyy/m/d h:mm'
ws['D3'].number_format = '#,##0.00'
ws['E3'].number_format = '0.0%'
ws['A5'] = True
ws['B5'] = '#N/A'
ws['C5'] = '柳河村'
ws['D5'] = datetime.time(18, 0)
ws.row_dimensions[5].hidden = True
ws.column_dimensions['F'].hidden = True
old = wb.create_sheet('旧表')
old.sheet_state = 'hidden'
mark = wb.create_sheet('_taizhang')
mark.sheet_state = 'veryHidden'
mark['A1'], mark['B1'] = 'taizhang.form', 'petition_ledger'
wb.save(sys.argv[1])
`

var openpyxlCells = []string{
	`A1 text "群众信访举报件办理台账"`,
	`A2 text "序号"`, `B2 text "受理编号"`, `C2 text "交办日期"`, `D2 text "罚款金额（万元）"`, `E2 text "办结率"`, `F2 text "备注"`,
	`A3 number "1"`, `B3 text "X2YN201906170001"`, `C3 date "43633" shown "2019年6月17日"`, `D3 number "3.5" shown "3.50"`, `E3 number percent "0.769" shown "76.9%"`, `F3 text " 前后有空格 "`,
	`A4 number "2"`, `B4 text "0310"`, `C4 date "43634.35416666666" shown "2019/6/18 8:30"`, `D4 number "0.3"`, `E4 empty formula ""`, `F4 text "第一行\n第二行 & <尖括号>"`,
	`A5 bool "1" shown "TRUE"`, `B5 error "#N/A"`, `C5 text "柳河村"`, `D5 date "0.75" shown "18:00:00"`,
}

func TestOpenpyxl(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.xlsx")
	python(t, nil, writeLedger, path)
	book := readPath(t, path)
	checkLedger(t, book, openpyxlCells)
}

// The same workbook after LibreOffice has opened and saved it: results are
// there now, floats are written shorter, constants may become formulas.
func TestLibreOffice(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.xlsx")
	python(t, nil, writeLedger, path)
	ods := convert(t, path, "ods") // by way of its own format, so that nothing is copied through
	book := readPath(t, convert(t, ods, "xlsx"))
	want := strings.NewReplacer(
		`E4 empty formula ""`, `E4 number formula "0.15"`,
		`A5 bool "1"`, `A5 bool formula "1"`, // its own format knows no constants of that kind
		`43634.35416666666"`, `43634.3541666667"`,
		`B5 error "#N/A"`, `B5 error formula "#N/A"`,
	).Replace(strings.Join(openpyxlCells, "\x00"))
	checkLedger(t, book, strings.Split(want, "\x00"))
}

func checkLedger(t *testing.T, book *sheets.Book, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, sheets.CellLines(book.Sheets[0])); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`A1 text "taizhang.form"`, `B1 text "petition_ledger"`}, sheets.CellLines(book.Sheets[2])); diff != "" {
		t.Error(diff)
	}
	first := book.Sheets[0]
	if diff := cmp.Diff([]sheets.Range{{Row1: 1, Col1: 1, Row2: 1, Col2: 6}}, first.Merges); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]sheets.Span{{First: 6, Last: 6}}, first.HiddenCols); diff != "" {
		t.Error(diff)
	}
	for _, row := range first.Rows {
		if row.Hidden != (row.Num == 5) {
			t.Errorf("row %d hidden: %v", row.Num, row.Hidden)
		}
	}
	if book.Sheets[1].Visibility != sheets.Hidden || book.Sheets[2].Visibility == sheets.Visible {
		t.Errorf("sheets: %+v, %+v", *book.Sheets[1], *book.Sheets[2])
	}
}
