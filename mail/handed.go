package mail

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// handedNotice hands a version of the city's list down: the county's items on a
// pre-filled form, and what is new about them.
func handedNotice(ctx context.Context, o *Office, l merge.Letter) (notice, error) {
	version, err := strconv.ParseInt(strings.TrimPrefix(l.Ref, "v"), 10, 64)
	if err != nil {
		return notice{}, fmt.Errorf("version of the list %q: %w", l.Ref, err)
	}
	list, err := o.Store.List(ctx, l.Form, version)
	if err != nil {
		return notice{}, err
	}
	p, err := o.prefilled(ctx, l.Form, l.County, l.Period)
	if err != nil {
		return notice{}, err
	}
	news := merge.HandedCounty{}
	for _, c := range list.Counties {
		if c.County == l.County {
			news = c
		}
	}
	what := handedWords(news)
	text := []string{fmt.Sprintf("【交办】《%s》：%s，%s", p.form.Title, what, p.until())}
	text = append(text, p.steps(fmt.Sprintf("%s【交办第%d版】.xlsx", safeName(p.form.Title), version))...)
	if len(news.Labels) > 0 {
		text = append(text, "新交办："+some(news.Labels))
	}
	text = append(text, changeLines(list.Changes, l.County)...)
	return notice{
		subject:  fmt.Sprintf("【台账】交办：%s（%s）", p.form.Title, what),
		text:     strings.Join(append(text, o.ask()), "\n") + "\n",
		file:     fmt.Sprintf("%s 交办通知（第%d版）.txt", safeName(p.form.Title), version),
		book:     p.book,
		bookName: fmt.Sprintf("%s【交办第%d版】.xlsx", safeName(p.form.Title), version), bookASCII: fmt.Sprintf("%s-list-%d.xlsx", l.Form, version),
		confidential: p.form.Confidential,
	}, nil
}

func handedWords(c merge.HandedCounty) string {
	var out []string
	if c.Added > 0 {
		out = append(out, fmt.Sprintf("新交办 %d 件", c.Added))
	}
	if c.Changed > 0 {
		out = append(out, fmt.Sprintf("更正 %d 件", c.Changed))
	}
	return strings.Join(out, "、")
}

// changeLines say which cells of a county's items were corrected; all counties'
// when none is named.
func changeLines(changes []merge.HandedChange, county string) (out []string) {
	for _, c := range changes {
		if county == "" || c.County == county {
			out = append(out, fmt.Sprintf("更正 %s“%s”：%s → %s", templates.Shown(c.Label, 40), c.Title, shown(c.Old), shown(c.New)))
		}
	}
	if more := len(out) - mostNamed; more > 0 {
		out = append(out[:mostNamed], fmt.Sprintf("另有 %d 处更正，见表。", more))
	}
	return out
}

// shown is a value in a sentence.
func shown(s string) string {
	if s == "" {
		return "（空）"
	}
	return templates.Shown(s, 60)
}

// mostNamed is how many items or changes a notice names.
const mostNamed = 20

// some names the first items and counts the rest.
func some(labels []string) string {
	text := strings.Join(labels[:min(len(labels), mostNamed)], "、")
	if len(labels) > mostNamed {
		text += fmt.Sprintf(" 等 %d 件", len(labels))
	}
	return text
}

// prefilledNotice brings the form of the coming period, with what is still open.
func prefilledNotice(ctx context.Context, o *Office, l merge.Letter) (notice, error) {
	p, err := o.prefilled(ctx, l.Form, l.County, l.Period)
	if err != nil {
		return notice{}, err
	}
	book := fmt.Sprintf("%s【%s期】.xlsx", safeName(p.form.Title), l.Period)
	text := []string{fmt.Sprintf("【预填表】《%s》%s期的表已经备好，带上了还没有办结的 %d 件，%s", p.form.Title, l.Period, p.open, p.until())}
	text = append(text, p.steps(book)...)
	return notice{
		subject:  fmt.Sprintf("【台账】%s（%s期）预填表", p.form.Title, l.Period),
		text:     strings.Join(append(text, o.ask()), "\n") + "\n",
		file:     fmt.Sprintf("%s %s期 预填表说明.txt", safeName(p.form.Title), l.Period),
		book:     p.book,
		bookName: book, bookASCII: l.Form + "-" + l.Period + ".xlsx",
		confidential: p.form.Confidential,
	}, nil
}

// prefill is a county's form with the items that it has in hand.
type prefill struct {
	form   *templates.Form
	period templates.Period // zero for a form without calendar
	rows   int
	open   int
	book   []byte
}

func (o *Office) prefilled(ctx context.Context, form, county, period string) (p prefill, err error) {
	if p.form = o.Catalog.Form(form); p.form == nil {
		return p, fmt.Errorf("form %q: %w", form, merge.ErrNotFound)
	}
	if p.form.Calendar != nil {
		p.period, _ = p.form.Calendar.Period(period)
	}
	options, err := o.Prefilled(ctx, p.form, o.countyOf(county), p.period.ID)
	if err != nil {
		return p, err
	}
	p.rows, p.open = len(options.Rows), len(options.Rows)-len(options.Shut)
	var b bytes.Buffer
	if err := sheets.Draw(&b, templates.Blank(p.form, options)); err != nil {
		return p, fmt.Errorf("draw pre-filled form: %w", err)
	}
	p.book = b.Bytes()
	return p, nil
}

// spareRows are the empty lines of a pre-filled form for what a county adds, where
// no list of the city's says what there is.
const spareRows = 10

// Prefilled says how a form is drawn with the items that the county has in hand;
// without any it is the blank form. What the city gave is locked.
func (o *Office) Prefilled(ctx context.Context, f *templates.Form, c *templates.County, period string) (templates.BlankOptions, error) {
	b := templates.BlankOptions{County: c, Period: period, Shut: map[int]bool{}}
	rows, err := o.Store.Carried(ctx, f.Name, c.Name)
	if err != nil || len(rows) == 0 {
		return b, err
	}
	b.Locked, b.Spare = true, spareRows
	for i, row := range rows {
		b.Rows = append(b.Rows, row.Values)
		if row.Closed {
			b.Shut[i] = true
		}
		if row.Listed {
			b.Spare = 0
		}
	}
	return b, nil
}

// countyOf is the county of a name, as far as the list knows it.
func (o *Office) countyOf(name string) *templates.County {
	for _, c := range o.Catalog.Counties.All() {
		if c.Name == name {
			return c
		}
	}
	return &templates.County{Name: name, Folder: name}
}

// until says by when the form is due.
func (p prefill) until() string {
	if p.period.ID == "" {
		return "请尽快填报。"
	}
	due := p.form.Calendar.DueText(p.period)
	if strings.HasSuffix(due, "日") {
		return "请在 " + due + " 前（含当天）填报。"
	}
	return "请在 " + due + " 前填报。"
}

// steps say how the form is filled in and handed in.
func (p prefill) steps(book string) []string {
	rows := fmt.Sprintf("表里共 %d 件", p.rows)
	if closed := p.rows - p.open; closed > 0 {
		rows += fmt.Sprintf("，其中 %d 件已办结，只供查看", closed)
	}
	return []string{
		"1. 用 Excel 或 WPS 打开“" + book + "”：" + rows + "，请一件不少地报送。",
		"2. 灰色格子已由市里给定或已经上报，不能改；其余格子由你单位填写，有下拉的请从下拉中选。",
		"3. 保存后放进报送用的文件夹（在“" + AnswersFolder + "”文件夹里直接填、直接保存也可以）。",
	}
}

// ask says whom to ask.
func (o *Office) ask() string {
	if o.Contact == "" {
		return "有疑问，请与市里联系人联系。"
	}
	return "有疑问，请联系：" + o.Contact + "。"
}

// handedPart tells the city what became of a list that it handed down.
func (r Report) handedPart() part {
	if r.Handing == nil {
		return part{}
	}
	h, p := r.Handing, part{Title: "交办结果"}
	if h.Version == 0 {
		p.Intro = "与已经交办的清单相同，没有变化，没有重新下发。"
		return p
	}
	p.Intro = fmt.Sprintf("这是《%s》清单的第 %d 版。各县区的预填表已放进各自的“%s”文件夹。", title(r), h.Version, AnswersFolder)
	for _, c := range h.Counties {
		p.say(c.County, fmt.Sprintf("%s，手上共 %d 件", handedWords(c), c.All))
	}
	for _, line := range changeLines(h.Changes, "") {
		p.say("", line)
	}
	if len(h.Changes) > 0 {
		p.say("", "更正的内容从各县区下一次报送起生效。")
	}
	return p
}

// handedHead is the verdict of a list in one sentence.
func (r Report) handedHead() string {
	s := r.Submission
	switch {
	case s.Verdict == templates.Returned:
		return "【退回】这份清单没有交办，请改好后再放进“" + merge.City + "”文件夹。"
	case s.Held > 0:
		return fmt.Sprintf("【部分交办】清单 %d 行已收下，还有 %d 行没有交办，请改好后再放一次。", s.Accepted, s.Held)
	}
	return fmt.Sprintf("【已交办】清单 %d 行已全部收下。", s.Accepted)
}
