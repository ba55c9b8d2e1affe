package mail

import (
	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// letterSheet begins a sheet of A4 upright.
func letterSheet(name string, columns []column) *sheet {
	s := newSheet(name, columns)
	s.Print = sheets.Print{}
	return s
}

// paperOf is a drawing that is known as ours when it comes back.
func paperOf(s *sheet, kind string) sheets.Drawing {
	return sheets.Drawing{Grids: []sheets.Grid{s.Grid}, Marks: map[string]string{templates.MarkPaper: kind}}
}

// say adds a paragraph over the whole width, with room below it.
func (s *sheet) say(text string, style sheets.Style) {
	s.line(text, style.Look, sheets.NoTint, style.Bold)
	row := &s.Rows[len(s.Rows)-1]
	row.Height += linePoints / 2
	for i := range row.Cells {
		row.Cells[i].Style = style
	}
}

// official is 督办函: one sheet to print, sign and send.
func (c chase) official() sheets.Drawing {
	s := letterSheet("督办函", []column{
		{"序号", 6, "center"}, {"应报材料", 34, "left"}, {"期次", 12, "center"}, {"应报时间", 18, "center"}, {"目前情况", 16, "left"},
	})
	s.say("督 办 函", sheets.Style{Look: sheets.Title})
	s.Rows[0].Height = 48
	s.say(c.letter.County+"：", sheets.Style{Look: sheets.Note, Bold: true})
	s.say("    按照报送安排，下列材料应于 "+c.due()+" 前报送。截至 "+c.asOf()+"，"+situation(c.state())+"。现予督办。"+c.until(),
		sheets.Style{Look: sheets.Note, Align: "left"})
	s.header()
	s.entry(sheets.NoTint, 0, "", 1, "《"+c.form.Title+"》", c.period.ID, c.due(), situation(c.state()))
	s.say("    "+c.how(), sheets.Style{Look: sheets.Note, Align: "left"})
	s.say("    "+c.ask(), sheets.Style{Look: sheets.Note, Align: "left"})
	s.say(c.City, sheets.Style{Look: sheets.Note, Align: "right"})
	s.say(c.now().In(c.zone()).Format("2006年1月2日"), sheets.Style{Look: sheets.Note, Align: "right"})
	return paperOf(s, "official-letter")
}

// roll is the list of the missing, with whom to call.
func (c chase) roll(missing []merge.Status) sheets.Drawing {
	s := letterSheet("未报名单", []column{
		{"序号", 6, "center"}, {"单位", 20, "left"}, {"情况", 28, "left"}, {"联系人", 14, "center"}, {"电话", 18, "center"},
	})
	s.say("未报名单", sheets.Style{Look: sheets.Title})
	s.Rows[0].Height = 48
	s.say(c.name()+"，应于 "+c.due()+" 前报送；截至 "+c.asOf(), sheets.Style{Look: sheets.Note, Align: "left"})
	s.header()
	s.Print.RepeatFirst, s.Print.RepeatLast = s.tops, s.tops
	for i, m := range missing {
		contact, phone := "", ""
		if county := c.county(m.County); county != nil {
			contact, phone = county.Contact, county.Phone
		}
		s.entry(sheets.NoTint, 0, "", i+1, m.County, situation(m), contact, phone)
	}
	return paperOf(s, "missing-list")
}
