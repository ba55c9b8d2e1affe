package mail

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// chase is a report that has not come, as the letters about it speak of it.
type chase struct {
	*Office
	form   *templates.Form
	period templates.Period
	letter merge.Letter
	all    []merge.Status // of the form's period, now
}

// chaseOf gathers what a notice is about. A form or period that is gone was
// switched off after the notice was made; nobody can write that letter any more.
func chaseOf(ctx context.Context, o *Office, l merge.Letter) (chase, error) {
	c := chase{Office: o, letter: l, form: o.Catalog.Form(l.Form)}
	if c.form == nil || c.form.Calendar == nil {
		return c, fmt.Errorf("form %s has no calendar any more", l.Form)
	}
	var ok bool
	if c.period, ok = c.form.Calendar.Period(l.Period); !ok {
		return c, fmt.Errorf("form %s has no period %s any more", l.Form, l.Period)
	}
	var err error
	if c.all, err = o.Store.Status(ctx, l.Form, l.Period); err != nil {
		return c, fmt.Errorf("status: %w", err)
	}
	return c, nil
}

// name is the form and period as people say them.
func (c chase) name() string { return "《" + c.form.Title + "》（" + c.period.ID + " 期）" }

// file is the name of a text or workbook about the report.
func (c chase) file(kind, ext string) string {
	return kind + " " + c.period.ID + " " + safeName(c.form.Title) + ext
}

func (c chase) due() string { return c.form.Calendar.DueText(c.period) }

// asOf is the minute that a letter speaks of.
func (c chase) asOf() string { return c.now().In(c.zone()).Format("2006年1月2日15:04") }

func (c chase) zone() *time.Location {
	if c.Zone == nil {
		return templates.China
	}
	return c.Zone
}

// state is where the letter's county stands.
func (c chase) state() merge.Status {
	for _, s := range c.all {
		if s.County == c.letter.County {
			return s
		}
	}
	return merge.Status{State: merge.StateNone}
}

// come is the letter to a county whose report came after the notice was made and
// before it went out.
func (c chase) come(kind string) (notice, bool) {
	if !merge.Counts(c.state().State) {
		return notice{}, false
	}
	return notice{
		subject: "【台账】" + kind + "（已收到）：" + c.name(),
		text:    c.letter.County + "：\n" + c.name() + "已收到你单位的报送，不用再报。这封信可以不管。\n",
		file:    c.file(kind+"（已收到）", ".txt"),
	}, true
}

// situation says what the county has to do with a state that does not count.
func situation(s merge.Status) string {
	if s.State == merge.StateReturned {
		return "报来的文件已退回，改好的还没有收到"
	}
	return "还没有收到"
}

// how says how to report.
func (c chase) how() string {
	text := "报送方法：填好表，放进报送用的文件夹；收到后会有回执。"
	if c.form.Nil {
		text += "本期没有内容要报的，在表头的“零报告”前打钩后照样报一次。"
	}
	return text
}

// ask says whom to ask.
func (c chase) ask() string {
	if c.Contact == "" {
		return "有疑问请与市里联系人联系。"
	}
	return "有疑问请联系：" + c.Contact + "。"
}

// remindNotice is 催办: before the report is due.
func remindNotice(ctx context.Context, o *Office, l merge.Letter) (notice, error) {
	c, err := chaseOf(ctx, o, l)
	if err != nil {
		return notice{}, err
	}
	if n, ok := c.come("催办"); ok {
		return n, nil
	}
	text := []string{
		"【催办】" + c.name() + "请在 " + c.due() + " 前报送。",
		l.County + "：截至 " + c.asOf() + "，" + situation(c.state()) + "。",
		c.how(), c.ask(),
	}
	return notice{
		subject: "【台账】催办：" + c.name(), text: strings.Join(text, "\n") + "\n", file: c.file("催办", ".txt"),
	}, nil
}

// chaseNotice is 督办: after the due time, with an official letter to print.
func chaseNotice(ctx context.Context, o *Office, l merge.Letter) (notice, error) {
	c, err := chaseOf(ctx, o, l)
	if err != nil {
		return notice{}, err
	}
	if n, ok := c.come("督办"); ok {
		return n, nil
	}
	var b bytes.Buffer
	if err := sheets.Draw(&b, c.official()); err != nil {
		return notice{}, fmt.Errorf("draw official letter: %w", err)
	}
	text := []string{
		"【督办】" + c.name() + "应于 " + c.due() + " 前报送，已经逾期。",
		l.County + "：截至 " + c.asOf() + "，" + situation(c.state()) + "。" + c.until(),
		"督办函见“" + c.file("督办函", ".xlsx") + "”，可以直接打印。", c.how(), c.ask(),
	}
	return notice{
		subject: "【台账】督办：" + c.name(), text: strings.Join(text, "\n") + "\n", file: c.file("督办", ".txt"),
		book: b.Bytes(), bookName: c.file("督办函", ".xlsx"), bookASCII: "official-letter-" + c.form.Name + "-" + c.period.ID + ".xlsx",
	}, nil
}

// until says how long a late file is taken.
func (c chase) until() string {
	if c.form.Calendar.Grace == 0 {
		return "请尽快补报。"
	}
	end := c.period.Due.Add(c.form.Calendar.Grace).In(c.zone())
	return "请尽快补报，补报收到 " + end.Format("2006年1月2日15:04") + " 为止。"
}

// missingNotice is the list for 通报: to the city, who has not reported.
func missingNotice(ctx context.Context, o *Office, l merge.Letter) (notice, error) {
	c, err := chaseOf(ctx, o, l)
	if err != nil {
		return notice{}, err
	}
	missing := c.missing()
	if len(missing) == 0 {
		return notice{
			subject: "【台账】都已报送：" + c.name(), file: c.file("未报名单（已报齐）", ".txt"),
			text: "【未报名单】" + c.name() + "，截至 " + c.asOf() + "，各县区都已报送。\n",
		}, nil
	}
	var names []string
	for _, s := range missing {
		names = append(names, s.County)
	}
	var b bytes.Buffer
	if err := sheets.Draw(&b, c.roll(missing)); err != nil {
		return notice{}, fmt.Errorf("draw list of the missing: %w", err)
	}
	text := []string{
		"【未报名单】" + c.name() + "已过报送时间（" + c.due() + "），还有 " + fmt.Sprint(len(missing)) + " 个单位未报，供通报使用。",
		"截至" + c.asOf() + "未报：" + strings.Join(names, "、") + "。",
		"名单见“" + c.file("未报名单", ".xlsx") + "”。",
	}
	return notice{
		subject: "【台账】未报名单：" + c.name(), text: strings.Join(text, "\n") + "\n", file: c.file("未报名单", ".txt"),
		book: b.Bytes(), bookName: c.file("未报名单", ".xlsx"), bookASCII: "missing-" + c.form.Name + "-" + c.period.ID + ".xlsx",
	}, nil
}

// missing are the counties of the city's list without a file that counts.
func (c chase) missing() (out []merge.Status) {
	for _, s := range c.all {
		if one := c.county(s.County); one != nil && !one.New && one.Owes(c.form.Name) && !merge.Counts(s.State) {
			out = append(out, s)
		}
	}
	return out
}

// county finds a county by its name, nil for one that is gone.
func (o *Office) county(name string) *templates.County {
	for _, c := range o.Catalog.Counties.All() {
		if c.Name == name {
			return c
		}
	}
	return nil
}
