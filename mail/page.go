package mail

import (
	"fmt"
	"strings"

	"taizhang/merge"
	"taizhang/templates"
)

// page is an answer as one reads it, before it becomes plain text or HTML.
type page struct {
	Tone  string // good, look, part, bad, wait: how the verdict is coloured
	Head  string // the verdict, with the day until which to mend
	Why   []string
	Steps []string // what to do, one action each
	Parts []part
}

// part is one titled section.
type part struct {
	Title string
	Intro string
	Facts []fact
	Items []item
}

// item is one numbered entry of a section.
type item struct {
	Head  string
	Facts []fact
}

// fact is a label and what it says; without a label the text stands alone.
type fact struct{ Label, Text string }

// tones gives each verdict its colour.
var tones = map[templates.Verdict]string{
	templates.Accepted: "good",
	templates.Noted:    "look",
	templates.Partial:  "part",
	templates.Returned: "bad",
	templates.Pending:  "wait",

	templates.Withdrawn: "bad",
}

// page writes the report in the order in which a clerk needs it: the verdict
// and what to do, then the receipt, then the details.
func (r Report) page() page {
	groups := templates.Groups(r.Findings)
	p := page{Tone: tones[r.Submission.Verdict], Head: r.verdict(), Why: r.why(groups), Steps: r.steps(groups)}
	for _, s := range []part{
		r.handedPart(), r.receiptPart(), r.sincePart(), r.firstPart(groups), r.groupsPart(groups),
		handledPart(groups), uncheckedPart(groups), r.explainPart(groups), r.contactPart(),
		r.englishPart(groups),
	} {
		if len(s.Facts)+len(s.Items) > 0 || s.Intro != "" {
			p.Parts = append(p.Parts, s)
		}
	}
	return p
}

// receiptPart says what arrived and how much of it counts.
func (r Report) receiptPart() part {
	s := r.Submission
	p, at := part{Title: "回执"}, "收到时间"
	if r.dry() {
		p.Title, at = "核对结果", "核对时间"
	}
	p.say("回执编号", s.Number)
	p.say("报送单位", s.County)
	p.say("文件", templates.Shown(s.File, 200))
	p.say("文件指纹", shortSum(s.SHA256))
	if !s.ArrivedAt.IsZero() {
		p.say(at, s.ArrivedAt.In(r.zone()).Format("2006年1月2日 15:04"))
	}
	p.say("识别为", r.formText())
	p.say("报告期", r.periodText())
	p.say("工作表", templates.Shown(s.Sheet, 60))
	p.say("数据行", r.rowsText())
	return p
}

// say adds a fact unless there is nothing to say.
func (p *part) say(label, text string) {
	if text != "" {
		p.Facts = append(p.Facts, fact{label, text})
	}
}

func (r Report) formText() string {
	s := r.Submission
	switch {
	case s.FormTitle == "" && s.Form == "":
		return "没有认出是哪一张表"
	case s.FormVersion > 0:
		return fmt.Sprintf("%s（第 %d 版）", title(r), s.FormVersion)
	}
	return title(r)
}

// title is the printed title of the form, or its name where that is all there is.
func title(r Report) string {
	if r.Submission.FormTitle != "" {
		return r.Submission.FormTitle
	}
	return r.Submission.Form
}

func (r Report) periodText() string {
	_, due, ok := r.due()
	if !ok {
		return r.Submission.Period
	}
	return r.Submission.Period + " 期（" + due + "截止）"
}

// rowsText says what became of the rows.
func (r Report) rowsText() string {
	s := r.Submission
	switch {
	case s.Verdict == templates.Pending:
		return ""
	case s.Verdict == templates.Withdrawn:
		return fmt.Sprintf("读到 %d 行，已撤销", s.Read)
	case s.Read == 0 && merge.Takes(s.Verdict):
		return "零报告，没有数据行"
	case s.Read == 0:
		return "没有读到数据行"
	case r.dry():
		return r.dryRows()
	case s.Verdict == templates.Returned:
		return fmt.Sprintf("读到 %d 行，没有入库", s.Read)
	case s.Accepted == 0 && s.Held == 0:
		return fmt.Sprintf("读到 %d 行，与已入库的相同，没有重复入库", s.Read)
	case s.Held == 0:
		return fmt.Sprintf("读到 %d 行，全部入库", s.Read)
	}
	return fmt.Sprintf("读到 %d 行，入库 %d 行，待改 %d 行", s.Read, s.Accepted, s.Held)
}

// sincePart says what became of the findings of the file before.
func (r Report) sincePart() part {
	if r.Earlier == nil {
		return part{}
	}
	before := Report{Submission: r.Earlier.Submission, Findings: r.Earlier.Findings}
	s := SinceLast(r, before)
	p := part{Title: "与上次相比"}
	at := r.Earlier.Submission.ArrivedAt.In(r.zone()).Format("1月2日 15:04")
	p.say("上次", fmt.Sprintf("%s 收到，回执编号 %s", at, r.Earlier.Submission.Number))
	p.say("变化", fmt.Sprintf("已改好 %d 处，还没改 %d 处，新出现 %d 处。", s.Fixed, s.Remaining, s.New))
	if s.Partly {
		p.say("注意", "两次中有一次没能读到数据行，这里只比较文件和表头的问题，各行的问题没有比较。")
	}
	return p
}

// firstPart names the few places that release most rows; how to mend them
// stands in the list below.
func (r Report) firstPart(groups []templates.FindingGroup) part {
	first := templates.First(groups, 3)
	if len(first) == 0 {
		return part{}
	}
	p := part{Title: "先改这" + []string{"", "一", "两", "三"}[len(first)] + "处"}
	for _, g := range first {
		p.Items = append(p.Items, item{Head: r.brief(g)})
	}
	return p
}

// brief is a group in one line, with the rows it concerns.
func (r Report) brief(g templates.FindingGroup) string {
	s := r.head(g)
	if g.Severity == templates.Fix && len(g.Rows) > 0 {
		s += fmt.Sprintf("，涉及 %d 行", len(g.Rows))
	}
	if len(g.Cells) == 0 {
		return s + "：" + g.Message
	}
	return s + "：" + r.place(g)
}

func (i *item) say(label, text string) {
	if text != "" {
		i.Facts = append(i.Facts, fact{label, text})
	}
}

// groupsPart lists everything that is to be mended, explained or looked at.
func (r Report) groupsPart(groups []templates.FindingGroup) part {
	p := part{Title: "错误清单"}
	for _, g := range groups {
		if g.Severity != templates.Handled && !g.Unchecked() {
			p.Items = append(p.Items, r.item(g))
		}
	}
	if len(p.Items) > 0 {
		p.Intro = r.legend(groups)
	}
	return p
}

// item writes a group in full.
func (r Report) item(g templates.FindingGroup) item {
	it := item{Head: r.head(g)}
	it.say("问题", g.Message)
	it.say("位置", r.place(g))
	it.say("涉及", keys(g))
	if !says(g) {
		it.say("现在填的", values(g))
	}
	if g.Expected != "" && !strings.Contains(g.Fix+g.Message, g.Expected) {
		it.say("应填", g.Expected)
	}
	it.say("怎么改", g.Fix)
	return it
}

// head names the group in one line: 【必改】办结状态 57 处（C05）.
func (r Report) head(g templates.FindingGroup) string {
	s := "【" + g.Severity.Say("zh") + "】" + r.subject(g)
	if g.Count > 1 {
		s += fmt.Sprintf(" %d 处", g.Count)
	}
	return s + "（" + g.Code + "）"
}

// subject is what the group is about: a column, a sheet or the whole file.
func (r Report) subject(g templates.FindingGroup) string {
	switch {
	case g.Title != "":
		return templates.Shown(g.Title, 60)
	case g.Sheet != "" && g.Sheet == r.Submission.Sheet:
		return "整张表"
	case g.Sheet != "":
		return "工作表“" + templates.Shown(g.Sheet, 40) + "”"
	}
	return "整个文件"
}

// place lists the cells; the sheet is named where it is not the one that was read.
func (r Report) place(g templates.FindingGroup) string {
	if len(g.Cells) == 0 {
		return ""
	}
	if g.Sheet == "" || g.Sheet == r.Submission.Sheet {
		return cellsText(g.Cells)
	}
	return "工作表“" + templates.Shown(g.Sheet, 40) + "”的 " + cellsText(g.Cells)
}

// handledPart lists what was read otherwise than typed.
func handledPart(groups []templates.FindingGroup) part {
	p := part{Title: "已处理（不用您改，请过目）"}
	for _, g := range groups {
		if g.Severity == templates.Handled && !g.Unchecked() {
			p.Facts = append(p.Facts, fact{Text: groupLine(g)})
		}
	}
	return p
}

// uncheckedPart lists the rules that could not run; they never count as passed.
func uncheckedPart(groups []templates.FindingGroup) part {
	p := part{Title: "未能检查（不等于没有问题）"}
	for _, g := range groups {
		if g.Unchecked() {
			p.Facts = append(p.Facts, fact{Text: groupLine(g)})
		}
	}
	return p
}

// groupLine writes a group in one line.
func groupLine(g templates.FindingGroup) string {
	if len(g.Cells) == 0 || len(g.Cells) == 1 && strings.Contains(g.Message, g.Cells[0]) {
		return g.Message
	}
	return cellsText(g.Cells) + " " + g.Message
}
