package mail

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/merge"
	"taizhang/templates"
)

// wrongStatus is a finding about 办结状态 in a row of its own.
func wrongStatus(row int, value, key string) templates.Finding {
	cell := fmt.Sprintf("F%d", row)
	return templates.Finding{
		Code: "C05", Severity: templates.Fix, Sheet: "台账", Cell: cell, Row: row,
		Field: "status", Title: "办结状态", Key: key, Value: value,
		Expected: "已办结、阶段性办结、正在办理",
		Message:  cell + "“办结状态”填的是“" + value + "”，不在可选范围内。",
		Fix:      "请在 " + cell + " 从下拉列表中选一项：已办结、阶段性办结、正在办理。",
		EN: templates.English{
			Message: cell + " “办结状态” holds “" + value + "”, which is not in the list.",
			Fix:     "Choose one from the list in " + cell + ".",
		},
	}
}

func noAddress(row int, key string) templates.Finding {
	cell := fmt.Sprintf("C%d", row)
	return templates.Finding{
		Code: "C01", Severity: templates.Fix, Sheet: "台账", Cell: cell, Row: row,
		Field: "address", Title: "举报地点", Key: key,
		Expected: "必须填写", Message: cell + "“举报地点”没有填写。", Fix: "请在 " + cell + " 填写“举报地点”。",
		EN: templates.English{Message: cell + " “举报地点” is blank.", Fix: "Fill in " + cell + "."},
	}
}

func cleaned(cells ...string) templates.Finding {
	return templates.Finding{
		Code: "C13", Severity: templates.Handled, Sheet: "台账", Cell: cells[0], Cells: cells,
		Field: "address", Title: "举报地点", Message: "“举报地点”中多余的空格或看不见的字符已清除。",
		EN: templates.English{Message: "Extra blanks removed."},
	}
}

func noRule() templates.Finding {
	return templates.Finding{
		Code: "Z01", Severity: templates.Warn, Rule: "closed-needs-progress", Sheet: "台账",
		Message: "第 7 行有内容没读出来，这一条未能检查：办结的问题须写明整改进展。",
		Fix:     "改好这些行以后会自动检查。",
		EN:      templates.English{Message: "Row 7 could not be checked."},
	}
}

// partly is a ledger of 40 rows, three of them held.
func partly() Report {
	china := time.FixedZone("CST", 8*3600)
	return Report{
		Submission: merge.Submission{
			ID: 7, Number: "20191102-0007", County: "河南县", File: "11月台账（张三）.xlsx",
			SHA256:    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			ArrivedAt: time.Date(2019, 11, 2, 9, 5, 0, 0, china), Form: "petition_ledger",
			FormTitle: "群众信访举报件办理台账", FormVersion: 1, Period: "2019-11-04", Sheet: "台账",
			Verdict: templates.Partial, Read: 40, Accepted: 37, Held: 3,
		},
		Form: &templates.Form{
			Name: "petition_ledger", Kind: templates.Ledger,
			Fields: []*templates.Field{{Path: []string{"办结状态"}}, {Path: []string{"备注"}}},
		},
		Findings: []templates.Finding{
			noAddress(9, "D2019-0005"), wrongStatus(5, "办完", "D2019-0001"), wrongStatus(6, "完成", "D2019-0002"),
			wrongStatus(9, "办完", "D2019-0005"), cleaned("C5", "C6", "C8"), noRule(),
		},
		Copy: "11月台账（张三）【请修改】.xlsx", Marked: true,
	}
}

func TestGroupWords(t *testing.T) {
	var findings []templates.Finding
	for row := 5; row < 62; row++ {
		findings = append(findings, wrongStatus(row, fmt.Sprint("值", row), fmt.Sprint("D", row)))
	}
	g := templates.Groups(findings)[0]
	if g.Count != 57 || cellsText(g.Cells) != "F5:F61" {
		t.Errorf("57 cells below each other: count %d, cells %s", g.Count, cellsText(g.Cells))
	}
	if want := "“值5”“值6”“值7”等 57 种"; values(g) != want {
		t.Errorf("values %s, want %s", values(g), want)
	}
	if want := "D5、D6、D7 等 57 行"; keys(g) != want {
		t.Errorf("keys %s, want %s", keys(g), want)
	}
}

func TestSinceLast(t *testing.T) {
	column := templates.Finding{Code: "H02", Severity: templates.Reject, Field: "status", Title: "办结状态"}
	tests := []struct {
		name        string
		before, now []templates.Finding
		readBefore  int
		readNow     int
		want        Since
	}{
		{
			name:   "fixed, remaining and new",
			before: []templates.Finding{wrongStatus(5, "办完", "D1"), wrongStatus(6, "办完", "D2"), cleaned("C5")},
			now:    []templates.Finding{wrongStatus(8, "还是错", "D2"), noAddress(9, "D3"), noRule()},
			want:   Since{Fixed: 1, Remaining: 1, New: 1}, readBefore: 9, readNow: 9,
		},
		{
			name:   "rows that moved are the same rows",
			before: []templates.Finding{wrongStatus(5, "办完", "D1")},
			now:    []templates.Finding{wrongStatus(50, "办完", "D1")},
			want:   Since{Remaining: 1}, readBefore: 9, readNow: 9,
		},
		{
			name:   "a column that is missing now was not mended",
			before: []templates.Finding{wrongStatus(5, "办完", "D1"), noAddress(5, "D1")},
			now:    []templates.Finding{column},
			want:   Since{Fixed: 1, New: 1}, readBefore: 9, readNow: 9,
		},
		{
			name:   "rows that were not read are not compared",
			before: []templates.Finding{wrongStatus(5, "办完", "D1"), column},
			now:    []templates.Finding{{Code: "H01", Severity: templates.Reject}},
			want:   Since{Fixed: 1, New: 1, Partly: true}, readBefore: 9, readNow: 0,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := Report{Findings: tt.before, Submission: merge.Submission{Read: tt.readBefore}}
			now := Report{Findings: tt.now, Submission: merge.Submission{Read: tt.readNow}}
			if diff := cmp.Diff(tt.want, SinceLast(now, before)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMarksMergeWhatIsSaidOfOneCell(t *testing.T) {
	warn := wrongStatus(5, "办完", "")
	warn.Severity, warn.Code, warn.Message, warn.Fix = templates.Warn, "C15", "“办结状态”是合并单元格。", ""
	marks := Marks([]templates.Finding{warn, wrongStatus(5, "办完", ""), cleaned("C5")})
	if len(marks) != 1 {
		t.Fatalf("marks %v", marks)
	}
	want := "【提醒】“办结状态”是合并单元格。\n" +
		"【必改】F5“办结状态”填的是“办完”，不在可选范围内。\n怎么改：请在 F5 从下拉列表中选一项：已办结、阶段性办结、正在办理。"
	if diff := cmp.Diff(want, marks[0].Note); diff != "" {
		t.Error(diff)
	}
	if marks[0].Tint != tints[templates.Fix] {
		t.Errorf("tint %v is not that of 必改", marks[0].Tint)
	}
}
