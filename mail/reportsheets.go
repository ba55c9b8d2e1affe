package mail

import (
	"fmt"
	"math"
	"strings"

	"taizhang/sheets"
	"taizhang/templates"
)

// The two sheets of a report; they are never data.
const (
	listSheet   = "错误清单"
	detailSheet = "全部明细"
)

// ReportDrawing draws the answer as two sheets: 错误清单 with the groups, each
// linked to its first cell, and 全部明细 with every finding in a row of its own.
func ReportDrawing(r Report) sheets.Drawing {
	return sheets.Drawing{
		Grids: []sheets.Grid{r.listGrid(), r.detailGrid()},
		Marks: map[string]string{sheets.AnnotatedMark: "1"},
	}
}

// column is one column of a report's sheet.
type column struct {
	title string
	width float64
	align string
}

var listColumns = []column{
	{"序号", 5, "center"}, {"级别", 9, "center"}, {"栏目", 16, "left"}, {"处数", 6, "center"},
	{"位置（点击跳转）", 17, "left"}, {"问题", 32, "left"}, {"现在填的", 16, "left"},
	{"应填", 20, "left"}, {"怎么改", 32, "left"}, {"代码", 6, "center"},
}

var detailColumns = []column{
	{"序号", 6, "center"}, {"级别", 9, "center"}, {"工作表", 14, "left"}, {"单元格（点击跳转）", 16, "left"},
	{"行", 6, "center"}, {"栏目", 18, "left"}, {"涉及", 22, "left"}, {"现在填的", 22, "left"},
	{"应填", 26, "left"}, {"问题", 40, "left"}, {"怎么改", 36, "left"}, {"代码", 7, "center"}, {"规则", 18, "left"},
}

// sheet collects the rows of a grid from the top down.
type sheet struct {
	sheets.Grid
	columns []column
	tops    int // rows added so far
}

func newSheet(name string, columns []column) *sheet {
	s := &sheet{columns: columns}
	s.Name = name
	for _, c := range columns {
		s.Widths = append(s.Widths, c.width)
	}
	s.Print = sheets.Print{Landscape: true, Footer: "第&P页 共&N页"}
	return s
}

// line adds one text over the whole width. The height leaves room for the lines
// that a long text takes, for merged cells do not grow by themselves.
func (s *sheet) line(text string, look sheets.Look, tint sheets.Tint, bold bool) {
	s.tops++
	style := sheets.Style{Look: look, Tint: tint, Bold: bold, Align: "left"}
	cells := []sheets.GridCell{{Col: 1, Value: text, Style: style}}
	for c := 2; c <= len(s.columns); c++ {
		cells = append(cells, sheets.GridCell{Col: c, Style: style})
	}
	s.Rows = append(s.Rows, sheets.GridRow{Num: s.tops, Height: s.height(text), Cells: cells})
	s.Merges = append(s.Merges, sheets.Range{Row1: s.tops, Col1: 1, Row2: s.tops, Col2: len(s.columns)})
}

// height is what a text over all columns needs.
func (s *sheet) height(text string) float64 {
	total := 0.0
	for _, c := range s.columns {
		total += c.width
	}
	return linePoints * float64(linesIn(text, total*0.9))
}

// header adds the titles of the columns.
func (s *sheet) header() {
	s.tops++
	var cells []sheets.GridCell
	for i, c := range s.columns {
		cells = append(cells, sheets.GridCell{Col: i + 1, Value: c.title, Style: sheets.Style{Look: sheets.Header}})
	}
	s.Rows = append(s.Rows, sheets.GridRow{Num: s.tops, Cells: cells})
}

// entry adds one row under the header; link is where its link column leads.
func (s *sheet) entry(tint sheets.Tint, linkCol int, link string, values ...any) {
	s.tops++
	var cells []sheets.GridCell
	lines := 1
	for i, v := range values {
		if text, ok := v.(string); ok {
			lines = max(lines, linesIn(text, s.columns[i].width))
		}
		style := sheets.Style{Look: sheets.Body, Align: s.columns[i].align}
		if i == 1 {
			style.Tint, style.Bold = tint, true
		}
		cell := sheets.GridCell{Col: i + 1, Value: v, Style: style}
		if i+1 == linkCol {
			cell.Link = link
		}
		cells = append(cells, cell)
	}
	s.Rows = append(s.Rows, sheets.GridRow{Num: s.tops, Height: float64(lines) * linePoints, Cells: cells})
}

// linePoints is the height of a line of text.
const linePoints = 16

// linesIn is how many lines a text takes in a column that wide. Not every
// program makes a row as high as its text needs.
func linesIn(text string, width float64) int {
	lines := 0
	for _, part := range strings.Split(text, "\n") {
		lines += max(1, int(math.Ceil(float64(columns(part))/(width-1))))
	}
	return lines
}

// listGrid is the first sheet: the verdict, what to do, and the groups.
func (r Report) listGrid() sheets.Grid {
	s := newSheet(listSheet, listColumns)
	groups := templates.Groups(r.Findings)
	s.line(r.verdict(), sheets.Note, verdictTints[r.Submission.Verdict], true)
	for _, text := range r.why(groups) {
		s.line(text, sheets.Note, sheets.NoTint, false)
	}
	for i, text := range r.listSteps(groups) {
		s.line(fmt.Sprintf("%d. %s", i+1, text), sheets.Note, sheets.NoTint, false)
	}
	s.line(r.factsLine(), sheets.Note, sheets.NoTint, false)
	if len(groups) > 0 && len(r.legend(groups)) > len("。") {
		s.line(r.legend(groups), sheets.Note, sheets.NoTint, false)
	}
	s.header()
	s.Print.RepeatFirst, s.Print.RepeatLast = s.tops, s.tops
	for i, g := range groups {
		s.entry(tints[g.Severity], 5, r.link(g.Sheet, g.Cells), i+1, groupName(g), r.subject(g), g.Count,
			r.place(g), g.Message, values(g), g.Expected, g.Fix, g.Code)
	}
	s.line(r.contactPart().Facts[0].Text, sheets.Note, sheets.NoTint, false)
	return s.Grid
}

// listSteps are the steps as they read inside the workbook that they speak of.
func (r Report) listSteps(groups []templates.FindingGroup) []string {
	if !r.Marked || !r.asks(groups) {
		return r.steps(groups)
	}
	return []string{
		"下面每行是一类问题，点“位置”栏的蓝色地址就跳到那一格；红色必须改，黄色请核对，鼠标移到格子上可看说明。",
		"改好后按 Ctrl+S 保存，放进报送用的文件夹。颜色、批注和本表不用删，系统不会把它们当成数据。",
	}
}

// factsLine is the receipt in one line.
func (r Report) factsLine() string {
	var out []string
	for _, f := range r.receiptPart().Facts {
		out = append(out, f.Label+"："+f.Text)
	}
	return strings.Join(out, "　")
}

// detailGrid is the second sheet: one finding a row, to be filtered.
func (r Report) detailGrid() sheets.Grid {
	s := newSheet(detailSheet, detailColumns)
	s.header()
	s.FreezeRow, s.Print.RepeatFirst, s.Print.RepeatLast = s.tops, s.tops, s.tops
	for i, f := range r.Findings {
		cells := f.AllCells()
		var row any
		if rows := f.AllRows(); len(rows) > 0 {
			row = rows[0]
		}
		s.entry(tints[f.Severity], 4, r.link(f.Sheet, cells), i+1, severityName(f.Code, f.Severity), f.Sheet,
			cellsText(cells), row, f.Title, templates.Shown(f.Key, 200), templates.Shown(f.Value, 500), f.Expected, f.Message,
			f.Fix, f.Code, f.Rule)
	}
	s.Filter = &sheets.Range{Row1: 1, Col1: 1, Row2: max(s.tops, 2), Col2: len(detailColumns)}
	return s.Grid
}

// link leads to the first cell, where the workbook holds the county's sheets.
func (r Report) link(sheetName string, cells []string) string {
	if !r.Marked || sheetName == "" || len(cells) == 0 {
		return ""
	}
	return sheetName + "!" + cells[0]
}

// groupName is the group's severity as a person reads it.
func groupName(g templates.FindingGroup) string { return severityName(g.Code, g.Severity) }

// severityName calls a rule that could not run by what it is.
func severityName(code string, s templates.Severity) string {
	if code == templates.CodeUnchecked {
		return "未能检查"
	}
	return s.Say("zh")
}

// tints gives each severity its colour in a workbook.
var tints = map[templates.Severity]sheets.Tint{
	templates.Reject:  sheets.Red,
	templates.Fix:     sheets.Red,
	templates.Explain: sheets.Yellow,
	templates.Warn:    sheets.Yellow,
	templates.Handled: sheets.Blue,
}

var verdictTints = map[templates.Verdict]sheets.Tint{
	templates.Accepted: sheets.Green,
	templates.Noted:    sheets.Green,
	templates.Partial:  sheets.Yellow,
	templates.Returned: sheets.Red,
	templates.Pending:  sheets.Blue,

	templates.Withdrawn: sheets.Red,
}
