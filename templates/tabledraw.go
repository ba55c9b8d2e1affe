package templates

import (
	"strings"

	"taizhang/sheets"

	"github.com/shopspring/decimal"
)

// DrawTable lays out a computed summary as the printed table: what is printed
// and what stands in a cell are the same figure, rounded in the same way.
func DrawTable(t *Table) sheets.Drawing {
	p := newPaper(t.Title, tableWidths(t))
	p.title(t.Title)
	asOf, notes := tableAsOf(t)
	period := ""
	if t.Period != "" {
		period = "报告期：" + t.Period
	}
	p.band(asOf, "", period)
	paths := make([][]string, len(t.Columns))
	for i, c := range t.Columns {
		paths[i] = c.Path
	}
	p.header(paths)
	for _, row := range t.Rows {
		p.figures(t, row, sheets.Body)
	}
	if len(t.Total) > 0 {
		p.figures(t, t.Total, sheets.Total)
	}
	for _, text := range tableNotes(notes) {
		p.note(text)
	}
	marks := map[string]string{"taizhang.summary": t.Name}
	if t.Period != "" {
		marks[MarkPeriod] = t.Period
	}
	return sheets.Drawing{Grids: []sheets.Grid{p.Grid}, Marks: marks}
}

// tableAsOf is the line that says up to when the figures go. A note that says it
// already is moved up instead of being said twice.
func tableAsOf(t *Table) (line string, notes []string) {
	for i, n := range t.Notes {
		if strings.HasPrefix(n, "数据截至") {
			return n, append(append([]string{}, t.Notes[:i]...), t.Notes[i+1:]...)
		}
	}
	if t.AsOf.IsZero() {
		return "", t.Notes
	}
	return "数据截至：" + t.AsOf.In(China).Format("2006年1月2日 15:04"), t.Notes
}

// tableNotes labels the first note and lets the others stand below it.
func tableNotes(notes []string) []string {
	out := make([]string, len(notes))
	for i, text := range notes {
		out[i] = text
		if i == 0 && !notePattern.MatchString(fold(text)) {
			out[i] = "注：" + text
		}
	}
	return out
}

func tableWidths(t *Table) []float64 {
	widths := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		widest := 8
		if c.Kind == "text" {
			widest = 12
		}
		for _, row := range t.Rows {
			if i < len(row) {
				widest = max(widest, min(sheets.TextWidth(row[i].Text)+2, 40))
			}
		}
		widths[i] = float64(widest)
	}
	return widths
}

// figures lays out one row of figures.
func (p *paper) figures(t *Table, cells []TableCell, look sheets.Look) {
	p.next(0)
	for i, c := range t.Columns {
		cell := TableCell{}
		if i < len(cells) {
			cell = cells[i]
		}
		value, format := printed(c, cell)
		p.put(i+1, value, sheets.Style{Look: look, Format: format, Align: "center"})
	}
	if len(t.Columns) == 1 {
		p.put(2, nil, sheets.Style{Look: look})
	}
}

// printed gives a cell's value and the format that shows it as it is printed. A
// figure that is printed without a number, such as — for a rate of nothing,
// stays text; so does one that is printed in a way that no format gives back.
func printed(c TableColumn, cell TableCell) (any, string) {
	text := strings.TrimSpace(cell.Text)
	switch {
	case text == "":
		return nil, ""
	case c.Kind == "text" || cell.Number == nil:
		return text, "@"
	}
	digits, percent := strings.CutSuffix(text, "%")
	d, err := decimal.NewFromString(digits)
	if err != nil || !plainDigits(digits) {
		return text, "@"
	}
	format := "0"
	if dot := strings.IndexByte(digits, '.'); dot >= 0 {
		format += "." + strings.Repeat("0", len(digits)-dot-1)
	}
	if percent {
		return d.Shift(-2), format + "%"
	}
	return d, format
}

// plainDigits says whether a number is written the way the formats write it.
func plainDigits(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, rest, _ := strings.Cut(s, ".")
	return whole != "" && strings.Trim(whole+rest, "0123456789") == "" && (whole == "0" || whole[0] != '0')
}
