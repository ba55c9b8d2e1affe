package sheets

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writtenCells is the form that testdata/writers has by many writers.
var writtenCells = []string{
	`A1 text "群众信访举报件办理台账"`,
	`A2 text "序号"`, `B2 text "受理编号"`, `C2 text "交办日期"`, `D2 text "罚款金额（万元）"`, `E2 text "办结率"`, `F2 text "备注"`,
	`A3 number "1"`, `B3 text "0310"`, `C3 date "43633" shown "2019年6月17日"`, `D3 number "3.5" shown "3.50"`, `E3 number percent "0.769" shown "76.9%"`, `F3 text " 前后有空格 "`,
	`A4 number "2"`, `B4 text "X2YN201906170001"`, `C4 date "43634" shown "2019/6/18"`, `D4 number "12345.678" shown "12,345.68"`, `E4 empty formula ""`, `F4 text "第一行\n第二行 & <尖括号> 😀𠮷"`,
	`A5 number "3"`, `B5 bool "1" shown "TRUE"`, `D5 number "0.1"`,
}

// writtenOtherwise is what a writer has in another way. A cell without anything after
// it is not there.
var writtenOtherwise = map[string][]string{
	"excel_writer_xlsx.xlsx":     {`B5`},
	"spreadsheet_writeexcel.xls": {`B5`},
	"ruby_spreadsheet.xls":       {`E4`},
	"sheetjs.xls":                {`E4`},
	"excel4node.xlsx":            {`F3 text "前后有空格"`}, // without xml:space the blanks are none in Excel either
	"gnumeric.xls":               {`E4 number formula "7"`},
	"gnumeric.xlsx": {`E4 number formula "7"`,
		`D4 number "12345.6779999999999999" shown "12,345.68"`, `E3 number percent "0.769000000000000000016" shown "76.9%"`, // as it writes them
		`D5 number "0.100000000000000000001" shown "0.1"`,
		`F3 text "前后有空格"`},
}

// TestWriters reads one form that many libraries and programs have written, .xlsx and
// .xls: the same cells, row 5 and column G hidden, the second sheet hidden, the title
// merged.
func TestWriters(t *testing.T) {
	files, err := filepath.Glob("../testdata/writers/*.xls*")
	if err != nil || len(files) < 13 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		book := mustReadFile(t, path)
		if diff := cmp.Diff(writtenBy(name), cellLines(book.Sheets[0])); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		first, second := book.Sheets[0], book.Sheets[1]
		if diff := cmp.Diff([]Range{{1, 1, 1, 6}}, first.Merges); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if !slices.Equal(first.HiddenCols, []Span{{7, 7}}) || first.Rows[3].Hidden || !first.Rows[4].Hidden && name != "sheetjs.xls" { // which leaves it out
			t.Errorf("%s: hidden columns %v, hidden rows are others", name, first.HiddenCols)
		}
		if first.Name != "台账" || second.Name != "旧表" || second.Visibility != Hidden && name != "gnumeric.xlsx" { // which leaves it out
			t.Errorf("%s: sheets %s, %s %v", name, first.Name, second.Name, second.Visibility)
		}
	}
}

func writtenBy(name string) []string {
	want := slices.Clone(writtenCells)
	for _, line := range writtenOtherwise[name] {
		at, _, there := strings.Cut(line, " ")
		i := slices.IndexFunc(want, func(s string) bool { return strings.HasPrefix(s, at+" ") })
		if there {
			want[i] = line
			continue
		}
		want = slices.Delete(want, i, i+1)
	}
	return want
}
