package mail

import (
	"strings"
	"testing"
	"unicode/utf8"

	"taizhang/merge"
	"taizhang/templates"
)

// squeeze takes out the line breaks and indents that wrapping puts in.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// inOrder says which text does not stand behind the one before it.
func inOrder(t *testing.T, text string, lines ...string) {
	t.Helper()
	rest := squeeze(text)
	for _, l := range lines {
		at := strings.Index(rest, squeeze(l))
		if at < 0 {
			t.Fatalf("missing or out of order: %s\n--- in ---\n%s", l, text)
		}
		rest = rest[at:]
	}
}

func TestReportTextOfPartialFile(t *testing.T) {
	text := ReportText(partly())
	inOrder(t, text,
		"【部分入库】已入库 37 行，还有 3 行没有入库，请在 2019年11月4日 前（含当天）改好重新报送。",
		"怎么办",
		"1. 用 Excel 或 WPS 打开“11月台账（张三）【请修改】.xlsx”",
		"一、回执",
		"回执编号：20191102-0007",
		"报送单位：河南县",
		"文件：11月台账（张三）.xlsx",
		"文件指纹：0123456789ab",
		"收到时间：2019年11月2日 09:05",
		"识别为：群众信访举报件办理台账（第 1 版）",
		"报告期：2019-11-04 期（2019年11月4日截止）",
		"数据行：读到 40 行，入库 37 行，待改 3 行",
		"二、先改这两处",
		"1. 【必改】办结状态 3 处（C05），涉及 3 行：F5:F6, F9",
		"2. 【必改】举报地点（C01），涉及 1 行：C9",
		"三、错误清单",
		"必改＝这一行先不入库，改好再入库",
		"问题：C9“举报地点”没有填写。",
		"位置：F5:F6, F9",
		"涉及：D2019-0001、D2019-0002、D2019-0005",
		"现在填的：“办完”“完成”",
		"怎么改：请在这些格子从下拉列表中选一项：已办结、阶段性办结、正在办理。",
		"四、已处理",
		"C5:C6, C8 “举报地点”中多余的空格或看不见的字符已清除。",
		"五、未能检查（不等于没有问题）",
		"第 7 行有内容没读出来",
		"六、有疑问",
		"请与市里联系人联系，并报上回执编号 20191102-0007。",
		"English summary",
		"Partly accepted: 37 of 40 rows count, 3 must be mended. Receipt 20191102-0007. Due 2019-11-04.",
		"C05 must mend, F5:F6, F9:",
	)
}

func TestReportTextFitsNotepad(t *testing.T) {
	text := ReportText(partly())
	for _, line := range strings.Split(text, "\n") {
		if columns(line) > lineWidth+2 { // a closing mark may hang over
			t.Errorf("%d columns: %s", columns(line), line)
		}
		if trimmed := strings.TrimLeft(line, " "); trimmed != "" && trimmed != line {
			first, _ := utf8.DecodeRuneInString(trimmed)
			if strings.ContainsRune(closing, first) {
				t.Errorf("a line begins with a closing mark: %s", line)
			}
		}
	}
	raw := windowsText(text)
	if !strings.HasPrefix(string(raw), "\xef\xbb\xbf【") || strings.Contains(strings.ReplaceAll(string(raw), "\r\n", ""), "\n") {
		t.Error("the file has no byte order mark or bare line feeds")
	}
}

func TestReportTextOfAcceptedFile(t *testing.T) {
	r := partly()
	r.Findings, r.Copy, r.Marked = nil, "", false
	r.Submission.Verdict, r.Submission.Accepted, r.Submission.Held = templates.Accepted, 40, 0
	text := ReportText(r)
	inOrder(t, text,
		"【通过】数据已全部入库，不用再做什么。",
		"数据行：读到 40 行，全部入库",
		"Accepted: every row counts, nothing is left to do. Receipt 20191102-0007.")
	for _, no := range []string{"怎么办", "错误清单", "先改", "未能检查", "与上次相比"} {
		if strings.Contains(text, no) {
			t.Errorf("an accepted file is told %s:\n%s", no, text)
		}
	}
}

// A file that was only checked is told what would become of it, and never that it
// is stored.
func TestReportTextOfADryRun(t *testing.T) {
	for verdict, want := range map[templates.Verdict][]string{
		templates.Accepted: {"【通过】没有要改的，可以报送。这次只是核对，没有入库。", "读到 40 行，都可以入库"},
		templates.Noted:    {"【通过有提醒】可以报送；下面的提醒请看一看。这次只是核对，没有入库。", "读到 40 行，都可以入库"},
		templates.Partial:  {"【部分入库】这样报送能入库 37 行，另有 3 行要改好才能入库。这次只是核对，没有入库。", "读到 40 行，可以入库 37 行，待改 3 行"},
		templates.Returned: {"【退回】这样报送会被退回，请先改好。这次只是核对，没有入库。", "读到 40 行，改好才能入库"},
	} {
		r := partly()
		r.Submission.Number, r.Submission.Verdict = "", verdict
		if merge.Takes(verdict) && verdict != templates.Partial {
			r.Submission.Accepted, r.Submission.Held = 40, 0
		}
		text := ReportText(r)
		inOrder(t, text, append(want, "Checked only, nothing was stored.")...)
		if strings.Contains(text, "已入库") || strings.Contains(text, "全部入库") {
			t.Errorf("told to be stored:\n%s", text)
		}
	}
}

func TestReportTextOfReturnedReport(t *testing.T) {
	r := partly()
	r.Form.Kind = templates.Report
	r.Submission.Verdict, r.Submission.Accepted, r.Submission.Held = templates.Returned, 0, 3
	r.Submission.ArrivedAt = r.Submission.ArrivedAt.AddDate(0, 0, 9)
	r.Earlier = &Earlier{
		Submission: merge.Submission{Number: "20191101-0003", Read: 40, ArrivedAt: r.Submission.ArrivedAt.AddDate(0, 0, -1)},
		Findings:   []templates.Finding{wrongStatus(5, "办完", "D2019-0001"), wrongStatus(7, "办完", "D2019-0003")},
	}
	inOrder(t, ReportText(r),
		"【退回】这份文件没有入库，本期 2019年11月4日 已截止，请尽快改好重新报送。",
		"这张表要么整表入库，要么整表退回：有一处“必改”没改，整表就不能计入。",
		"以前已经入库的数据不受影响。",
		"数据行：读到 40 行，没有入库",
		"二、与上次相比",
		"上次：11月10日 09:05 收到，回执编号 20191101-0003",
		"变化：已改好 1 处，还没改 1 处，新出现 3 处。",
		"三、先改这两处",
		"必改＝改好才能入库",
	)
}

func TestReportTextOfUnreadableFile(t *testing.T) {
	r := Report{
		Submission: merge.Submission{
			Number: "20191102-0009", County: "泽库县", File: "台账.pdf", SHA256: strings.Repeat("ab", 32),
			Verdict: templates.Returned,
		},
		Findings: []templates.Finding{{
			Code: "F04", Severity: templates.Reject, Message: "这不是可以读取的表格格式。",
			Fix: "用 Excel 或 WPS 打开，点“文件 → 另存为”，类型选“Excel 工作簿（*.xlsx）”，把新文件放进来。",
			EN:  templates.English{Message: "This is not a spreadsheet format that is taken."},
		}},
		Copy: "台账【错误清单】.xlsx",
	}
	inOrder(t, ReportText(r),
		"【退回】这份文件没有入库，请改好后重新报送。",
		"打开“台账【错误清单】.xlsx”",
		"识别为：没有认出是哪一张表",
		"数据行：没有读到数据行",
		"先改这一处",
		"【拒收】整个文件（F04）：这不是可以读取的表格格式。",
		"拒收＝整个文件退回",
		"问题：这不是可以读取的表格格式。")
}

func TestReportTextSaysWhereToExplain(t *testing.T) {
	r := partly()
	r.Findings = []templates.Finding{{
		Code: "P04", Severity: templates.Explain, Sheet: "台账", Cell: "H5", Title: "约谈(人)",
		Message: "H5“约谈(人)”：比上期少。", Fix: "请核对；属实的请写明原因。",
	}}
	r.Submission.Verdict = templates.Noted
	inOrder(t, ReportText(r),
		"【通过有提醒】",
		"有 1 处须说明原因；不改也不说明，报表里会显示“待说明”。",
		"须说明＝要改正或写明原因",
		"可以只说明、不修改的",
		"情况属实的，在同一行的“备注”栏写明原因，再报送一次。",
		"· H5“约谈(人)”：比上期少。")
}
