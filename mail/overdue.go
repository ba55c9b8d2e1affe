package mail

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// shownItems is how many items the text of a letter names; the workbook has all.
const shownItems = 30

// overdueNotice lists a county's items whose deadline has passed or is near.
func overdueNotice(ctx context.Context, o *Office, l merge.Letter) (notice, error) {
	items, err := o.Store.Overdue(ctx, l.County)
	if err != nil {
		return notice{}, err
	}
	late := 0
	for _, item := range items {
		if item.Left < 0 {
			late++
		}
	}
	text := []string{
		fmt.Sprintf("【期限提醒】%s：已逾期 %d 件，快到期 %d 件。", l.County, late, len(items)-late),
	}
	for i, item := range items {
		if i == shownItems {
			text = append(text, fmt.Sprintf("……共 %d 件，全部见“%s”。", len(items), overdueFile(l, ".xlsx")))
			break
		}
		text = append(text, fmt.Sprintf("%s %s（期限 %s，%s）", colourWord(item.Colour), templates.Shown(item.Label, 60), item.Day, leftText(item.Left)))
	}
	text = append(text, "办结以后，请在下一次报送时写明。"+chase{Office: o}.ask())
	n := notice{subject: "【台账】期限提醒：" + l.County, text: strings.Join(text, "\n") + "\n", file: overdueFile(l, ".txt")}
	for _, item := range items {
		if f := o.Catalog.Form(item.Form); f == nil || f.Confidential {
			n.confidential = true
		}
	}
	if len(items) == 0 {
		return n, nil // all were done in the meantime
	}
	var b bytes.Buffer
	if err := sheets.Draw(&b, overdueSheet(l.County, l.Ref, items)); err != nil {
		return notice{}, fmt.Errorf("draw overdue items: %w", err)
	}
	n.book, n.bookName, n.bookASCII = b.Bytes(), overdueFile(l, ".xlsx"), "deadlines-"+l.Ref+".xlsx"
	return n, nil
}

func overdueFile(l merge.Letter, ext string) string { return "期限提醒 " + l.Ref + ext }

func colourWord(name string) string {
	return "【" + templates.Colour{Name: name}.Title() + "】"
}

// leftText says how many days are left.
func leftText(left int) string {
	switch {
	case left < 0:
		return fmt.Sprintf("已逾期 %d 天", -left)
	case left == 0:
		return "今天到期"
	}
	return fmt.Sprintf("还有 %d 天", left)
}

// colourTints shows the colours in a workbook.
var colourTints = map[string]sheets.Tint{"blue": sheets.Blue, "yellow": sheets.Yellow, "red": sheets.Red}

func overdueSheet(county, day string, items []merge.Item) sheets.Drawing {
	s := letterSheet("期限提醒", []column{
		{"序号", 6, "center"}, {"颜色", 8, "center"}, {"表", 22, "left"}, {"事项", 28, "left"}, {"期限", 12, "center"}, {"剩余", 14, "center"},
	})
	s.say("逾期和快到期事项", sheets.Style{Look: sheets.Title})
	s.Rows[0].Height = 48
	s.say(county+"，"+day, sheets.Style{Look: sheets.Note, Align: "left"})
	s.header()
	s.Print.RepeatFirst, s.Print.RepeatLast = s.tops, s.tops
	for i, item := range items {
		s.entry(colourTints[item.Colour], 0, "", i+1, templates.Colour{Name: item.Colour}.Title(), item.Title, item.Label, item.Day, leftText(item.Left))
	}
	return sheets.Drawing{Grids: []sheets.Grid{s.Grid}}
}
