package mail

import (
	"fmt"
	"strings"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// verdict is the verdict in one sentence, with what it asks for.
func (r Report) verdict() string {
	s := r.Submission
	if r.dry() {
		return r.dryVerdict()
	}
	if s.County == merge.City && s.Verdict != templates.Pending {
		return r.handedHead()
	}
	switch s.Verdict {
	case templates.Accepted, templates.Noted:
		if s.Read == 0 {
			return "【" + s.Verdict.Say("zh") + "】零报告已登记，本期没有数据。"
		}
	}
	switch s.Verdict {
	case templates.Accepted:
		return "【通过】数据已全部入库，不用再做什么。"
	case templates.Noted:
		return "【通过有提醒】数据已全部入库；下面的提醒请看一看。"
	case templates.Partial:
		return fmt.Sprintf("【部分入库】已入库 %d 行，还有 %d 行没有入库，%s", s.Accepted, s.Held, r.until())
	case templates.Returned:
		return "【退回】这份文件没有入库，" + r.until()
	case templates.Withdrawn:
		return templates.Say("zh", "withdrawn.verdict", nil)
	}
	return "【处理中】文件已收到，正在检查，结果会另行通知。"
}

// until says by when to hand in again.
func (r Report) until() string {
	end, due, ok := r.due()
	switch {
	case !ok:
		return "请改好后重新报送。"
	case r.Submission.ArrivedAt.After(end):
		return "本期 " + due + " 已截止，请尽快改好重新报送。"
	case strings.HasSuffix(due, "日"):
		return "请在 " + due + " 前（含当天）改好重新报送。"
	}
	return "请在 " + due + " 前改好重新报送。"
}

// why adds what a clerk would ask next about the verdict.
func (r Report) why(groups []templates.FindingGroup) []string {
	var out []string
	if r.Submission.Channel == merge.ByRecheck {
		out = append(out, templates.Say("zh", "recheck.why", nil))
	}
	if r.Submission.Verdict == templates.Returned {
		if r.Form != nil && r.Form.Kind == templates.Report && !has(groups, templates.Reject) {
			out = append(out, "这张表要么整表入库，要么整表退回：有一处“必改”没改，整表就不能计入。")
		}
		out = append(out, "以前已经入库的数据不受影响。")
	}
	if n := count(groups, templates.Explain); n > 0 {
		out = append(out, fmt.Sprintf("有 %d 处须说明原因；不改也不说明，报表里会显示“待说明”。", n))
	}
	return out
}

// steps says what to do, in the words of Excel and WPS.
func (r Report) steps(groups []templates.FindingGroup) []string {
	if r.Submission.Verdict == templates.Pending || !r.asks(groups) {
		return nil
	}
	if r.Copy == "" {
		return []string{"用 Excel 或 WPS 打开您报送的文件，按下面的清单逐条改好。", "保存后，再放进报送用的文件夹。系统会重新检查，并给新的回执。"}
	}
	if r.Clean {
		return r.cleanSteps()
	}
	if !r.Marked {
		return []string{
			"打开“" + r.Copy + "”，看每一处要改什么（也就是下面的清单）。",
			"用 Excel 或 WPS 打开您报送的原文件，逐条改好，按 Ctrl+S 保存。",
			"把改好的文件再放进报送用的文件夹。系统会重新检查，并给新的回执。",
		}
	}
	return []string{
		"用 Excel 或 WPS 打开“" + r.Copy + "”：就是您报送的表，已标出要改的格子。",
		"第一张表是“错误清单”，点蓝色的单元格地址就跳到那一格；红色必须改，黄色请核对，鼠标移到格子上可看说明。",
		"改好后按 Ctrl+S 保存，放进报送用的文件夹（在“回执”文件夹里直接改、直接保存也可以）。系统会重新检查，并给新的回执。",
		"颜色、批注和“错误清单”不用删，系统不会把它们当成数据。",
	}
}

// asks says whether the county has anything to do.
func (r Report) asks(groups []templates.FindingGroup) bool {
	v := r.Submission.Verdict
	if v == templates.Withdrawn {
		return false
	}
	return v == templates.Partial || v == templates.Returned || has(groups, templates.Explain)
}

func has(groups []templates.FindingGroup, s templates.Severity) bool { return count(groups, s) > 0 }

// count adds up the places of one severity.
func count(groups []templates.FindingGroup, s templates.Severity) int {
	n := 0
	for _, g := range groups {
		if g.Severity == s && !g.Unchecked() {
			n += g.Count
		}
	}
	return n
}

// legend says what each severity means for the file, of those that occur.
func (r Report) legend(groups []templates.FindingGroup) string {
	fix := "必改＝这一行先不入库，改好再入库"
	if r.Form != nil && r.Form.Kind == templates.Report {
		fix = "必改＝改好才能入库"
	}
	var out []string
	for _, m := range []struct {
		of   templates.Severity
		text string
	}{
		{templates.Reject, "拒收＝整个文件退回"},
		{templates.Fix, fix},
		{templates.Explain, "须说明＝要改正或写明原因"},
		{templates.Warn, "提醒＝请核对，没错就不用改"},
	} {
		if has(groups, m.of) {
			out = append(out, m.text)
		}
	}
	return strings.Join(out, "；") + "。"
}

// explainPart says what may be explained instead of mended, and where.
func (r Report) explainPart(groups []templates.FindingGroup) part {
	p := part{Title: "可以只说明、不修改的"}
	for _, g := range groups {
		if g.Severity == templates.Explain && g.Code != "P01" { // a row that is not there has no remark
			p.Facts = append(p.Facts, fact{Text: groupLine(g)})
		}
	}
	if len(p.Facts) > 0 {
		p.Intro = "情况属实的，" + r.explainWhere()
	}
	return p
}

// explainWhere names the column of the form that takes an explanation.
func (r Report) explainWhere() string {
	for _, word := range []string{"说明", "备注"} {
		if c := r.column(word); c != "" {
			return "在同一行的“" + c + "”栏写明原因，再报送一次。"
		}
	}
	return "请联系我们说明原因。"
}

// column finds the form's column whose title is the word or ends in it.
func (r Report) column(word string) string {
	if r.Form == nil {
		return ""
	}
	for _, f := range r.Form.Fields {
		if last := f.Path[len(f.Path)-1]; strings.HasSuffix(last, word) {
			return f.Title()
		}
	}
	return ""
}

func (r Report) contactPart() part {
	p := part{Title: "有疑问"}
	text := "请与市里联系人联系"
	if r.Contact != "" {
		text = "请联系：" + r.Contact
	}
	if r.Submission.Number != "" {
		text += "，并报上回执编号 " + r.Submission.Number
	}
	p.say("", text+"。")
	return p
}

// shortSum is enough of the SHA-256 to tell two files apart by eye.
func shortSum(sum string) string { return sum[:min(12, len(sum))] }

func day(t time.Time) string { return t.Format("2006年1月2日") }
