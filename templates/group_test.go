package templates

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wrongStatus is a finding about 办结状态 in a row of its own.
func wrongStatus(row int, value, key string) Finding {
	cell := fmt.Sprint("F", row)
	return Finding{
		Code: "C05", Severity: Fix, Sheet: "台账", Cell: cell, Row: row, Field: "status", Title: "办结状态", Key: key, Value: value,
		Message: cell + "填的是“" + value + "”，不在可选范围内。", Fix: "请在 " + cell + " 从下拉列表中选一项。",
		EN: English{Message: cell + " holds “" + value + "”.", Fix: "Choose from the list in " + cell + "."},
	}
}

func TestFindingGroups(t *testing.T) {
	blank := func(cell string) Finding {
		return Finding{Code: "C01", Severity: Fix, Sheet: "台账", Cell: cell, Title: "举报地点", Field: "address",
			Message: cell + "“举报地点”没有填写。", EN: English{Message: cell + " (举报地点) is blank."}}
	}
	got := Groups([]Finding{
		{Code: "C13", Severity: Handled, Sheet: "台账", Title: "举报地点", Field: "address", Cell: "C5", Cells: []string{"C5", "C6", "C8"}},
		wrongStatus(5, "办完", "D1"), wrongStatus(6, "完成", "D2"), wrongStatus(9, "办完", "D5"),
		{Code: "Z01", Severity: Warn, Message: "第 7 行未能检查。", Fix: "改好后会自动检查。"},
		blank("C9"), blank("C11"),
		{Code: "H02", Severity: Reject, Message: "缺少“地点”。"},
		{Code: "H02", Severity: Reject, Message: "缺少“编号”。"},
		blank("D1"),
	})
	var lines []string
	for _, g := range got {
		lines = append(lines, strings.Join([]string{g.Code, fmt.Sprint(g.Count), fmt.Sprint(g.Cells), fmt.Sprint(g.Rows),
			fmt.Sprint(g.Keys, g.AllKeys, g.Values, g.AllValues), g.Message, g.Fix, g.EN.Message, g.EN.Fix}, " | "))
	}
	want := []string{
		"H02 | 1 | [] | [] | [] 0 [] 0 | 缺少“地点”。 |  |  | ",
		"H02 | 1 | [] | [] | [] 0 [] 0 | 缺少“编号”。 |  |  | ",
		"C05 | 3 | [F5 F6 F9] | [5 6 9] | [D1 D2 D5] 3 [办完 完成] 2 | 例如：F5填的是“办完”，不在可选范围内。 | 请在这些格子从下拉列表中选一项。 | " +
			"For example: F5 holds “办完”. | Choose from the list in these cells.",
		"C01 | 3 | [C9 C11 D1] | [1 9 11] | [] 0 [] 0 | “举报地点”没有填写。 |  | Each cell (举报地点) is blank. | ",
		"Z01 | 1 | [] | [] | [] 0 [] 0 | 第 7 行未能检查。 | 改好后会自动检查。 |  | ",
		"C13 | 3 | [C5 C6 C8] | [5 6 8] | [] 0 [] 0 |  |  |  | ",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

func TestGroupsShowFew(t *testing.T) {
	var findings []Finding
	for row := 5; row < 62; row++ {
		findings = append(findings, wrongStatus(row, fmt.Sprint("值", row), fmt.Sprint("D", row)))
	}
	g := Groups(findings)[0]
	if got := fmt.Sprint(g.Count, g.Keys, g.AllKeys, g.Values, g.AllValues); got != "57 [D5 D6 D7] 57 [值5 值6 值7] 57" {
		t.Error(got)
	}
}

// Remedies that differ are told by the first, and not as if it were all.
func TestGroupsWithDifferentRemedies(t *testing.T) {
	a, b := wrongStatus(5, "办完", ""), wrongStatus(6, "完成", "")
	a.Fix, b.Fix, a.EN.Fix, b.EN.Fix = "F5 改成“已办结”。", "F6 改成“正在办理”。", "Put “已办结”.", "Put “正在办理”."
	g := Groups([]Finding{a, b})[0]
	if g.Fix != "例如：F5 改成“已办结”。其余各处照此办理。" || g.EN.Fix != "For example: Put “已办结”. Do the same in the others." {
		t.Error(g.Fix, g.EN.Fix)
	}
}

func TestGroupsCountACellOnce(t *testing.T) {
	twice := []Finding{
		{Code: "R02", Severity: Fix, Sheet: "台账", Field: "case_no", Title: "受理编号", Cell: "B5", Cells: []string{"B5", "B9"}},
		{Code: "R02", Severity: Fix, Sheet: "台账", Field: "case_no", Title: "受理编号", Cell: "B9", Cells: []string{"B5", "B9"}},
	}
	g := Groups(twice)[0]
	if g.Count != 2 || len(g.Rows) != 2 {
		t.Errorf("two rows of one key: count %d, rows %v", g.Count, g.Rows)
	}
}

func TestFirstTakesWhatHoldsMostRows(t *testing.T) {
	findings := []Finding{
		{Code: "C01", Severity: Fix, Sheet: "台账", Cell: "C5", Row: 5, Title: "举报地点"},
		{Code: "C04", Severity: Fix, Sheet: "台账", Cell: "G5", Title: "交办日期"},
		{Code: "C04", Severity: Fix, Sheet: "台账", Cell: "G6", Title: "交办日期"},
		{Code: "H03", Severity: Warn, Sheet: "台账", Cell: "A1", Title: "序号"},
		wrongStatus(5, "x", ""), wrongStatus(6, "x", ""), wrongStatus(7, "x", ""),
		{Code: "C06", Severity: Fix, Sheet: "台账", Cell: "H5", Title: "约谈(人)"},
	}
	if got := codes(First(Groups(findings), 3)); got != "C05 C04 C01" {
		t.Errorf("first three: %s", got)
	}
	findings = append(findings, Finding{Code: "H02", Severity: Reject, Title: "办结状态"})
	if got := codes(First(Groups(findings), 3)); got != "H02 C05 C04" {
		t.Errorf("with a missing column: %s", got)
	}
}

func codes(groups []FindingGroup) string {
	var out []string
	for _, g := range groups {
		out = append(out, g.Code)
	}
	return strings.Join(out, " ")
}

func TestWithout(t *testing.T) {
	tests := []struct{ text, cell, word, want string }{
		{"请在 F5 填写“办结状态”。", "F5", "这些格子", "请在这些格子填写“办结状态”。"},
		{"F5“办结状态”没有填写。", "F5", "", "“办结状态”没有填写。"},
		{"请核对 F51 和 F5。", "F5", "它", "请核对 F51 和它。"},
		{"请核对 AF5。", "F5", "它", "请核对 AF5。"},
		{"不用操作。", "", "它", "不用操作。"},
		{"Choose one in F5.", "F5", "these cells", "Choose one in these cells."},
		{"F5 “办结状态” is blank.", "F5", "", "“办结状态” is blank."},
		{"The sum in F5 differs from F6.", "F5", "", "The sum in differs from F6."},
		{"Compare F5 with F5.", "F5", "these cells", "Compare these cells with these cells."},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, without(tt.text, tt.cell, tt.word)); diff != "" {
			t.Errorf("without(%s, %s):\n%s", tt.text, tt.cell, diff)
		}
	}
}

func TestShownHidesWhatMisleads(t *testing.T) {
	if got := Shown("a\u202egnp\u202c.xlsx\x07\n台账\u200b", 40); got != "agnp.xlsx 台账" {
		t.Errorf("shown: %q", got)
	}
	if got := Shown(strings.Repeat("长", 50), 40); got != strings.Repeat("长", 40)+"…" {
		t.Errorf("a long text is not cut: %s", got)
	}
}
