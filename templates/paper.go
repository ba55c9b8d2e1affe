package templates

import (
	"math"
	"slices"

	"taizhang/sheets"
)

// paper is a printed table being laid out, from the title down: the blank forms
// and the summaries are laid out alike.
type paper struct {
	sheets.Grid
	columns int // of the table, 2 at least
	lead    int // columns on the first page: title, band and signatures keep to it
	row     int // the last row that was laid out
}

// pageWidth is how many characters fit on A4 landscape at full size. Narrower
// tables are stretched to it, wider ones are shrunk by the printer.
const pageWidth = 116

// smallest is how far a wide table is shrunk at most, in percent: below, print
// of 11 points cannot be read, and the table goes over several pages instead.
const smallest = 45

func newPaper(name string, widths []float64) *paper {
	for len(widths) < 2 { // a title needs room for a band beside it
		widths = append(widths, 20)
	}
	p := &paper{columns: len(widths)}
	p.Name, p.Widths = sheets.SheetName(name), stretched(widths)
	p.Print = sheets.Print{Landscape: true, Footer: "第&P页 共&N页"}
	p.Print.Across = int(math.Ceil(p.across(1, p.columns) * smallest / 100 / pageWidth))
	p.RowHeight = 24
	p.fit()
	return p
}

// fit finds how many columns come on the first page.
func (p *paper) fit() {
	page := p.across(1, p.columns)
	if n := float64(p.Print.Across); n > 1 {
		page = (page + (n-1)*p.across(1, p.Print.RepeatCols)) / n
	}
	p.lead = p.columns
	for p.lead > 3 && p.across(1, p.lead) > page {
		p.lead--
	}
}

func stretched(widths []float64) []float64 {
	sum := 0.0
	for _, w := range widths {
		sum += w
	}
	if sum >= pageWidth {
		return widths
	}
	out := make([]float64, len(widths))
	for i, w := range widths {
		out[i] = math.Round(w*pageWidth/sum*10) / 10
	}
	return out
}

// put sets a cell of the row being laid out; columns must come in order.
func (p *paper) put(col int, value any, style sheets.Style) {
	r := &p.Rows[len(p.Rows)-1]
	r.Cells = append(r.Cells, sheets.GridCell{Col: col, Value: value, Style: style})
}

// next begins a row; height 0 lets it grow with its text.
func (p *paper) next(height float64) int {
	p.row++
	p.Rows = append(p.Rows, sheets.GridRow{Num: p.row, Height: height})
	return p.row
}

// span sets a text over several columns of the row.
func (p *paper) span(first, last int, text string, style sheets.Style) {
	p.put(first, text, style)
	if last > first {
		p.Merges = append(p.Merges, sheets.Range{Row1: p.row, Col1: first, Row2: p.row, Col2: last})
	}
}

// title lays out the title over the table's width, on its first page.
func (p *paper) title(text string) {
	lines := sheets.Lines(text, p.across(1, p.lead)/2) // the title's letters are twice as wide
	p.next(float64(lines)*30 + 10)
	p.span(1, p.lead, text, sheets.Style{Look: sheets.Title})
}

// band lays out the line between title and header: one text at each end, and
// where there is one a text between them.
func (p *paper) band(left, between, right string) {
	p.next(24)
	if between != "" && p.lead >= 3 {
		one := min(p.middle(2, 5), p.lead-2)
		two := min(max(p.middle(2, 3), one+1), p.lead-1)
		p.span(1, one, left, sheets.Style{Look: sheets.Band})
		p.span(one+1, two, between, sheets.Style{Look: sheets.Band, Align: "center"})
		p.span(two+1, p.lead, right, sheets.Style{Look: sheets.Band, Align: "right"})
		return
	}
	if between != "" {
		left += "  " + between
	}
	half := p.middle(3, 5) // the left text is the longer one
	p.span(1, half, left, sheets.Style{Look: sheets.Band})
	p.span(half+1, p.lead, right, sheets.Style{Look: sheets.Band, Align: "right"})
}

// middle is the last column of the left part when the width is divided in the
// proportion num/den; both parts have a column at least.
func (p *paper) middle(num, den int) int {
	want := p.across(1, p.lead) * float64(num) / float64(den)
	for col := 1; col < p.lead; col++ {
		if p.across(1, col) >= want {
			return col
		}
	}
	return p.lead - 1
}

// across is the width of some columns together.
func (p *paper) across(first, last int) float64 {
	sum := 0.0
	for _, w := range p.Widths[min(first-1, last):last] {
		sum += w
	}
	return sum
}

// header lays out titles on as many levels as the longest path has: equal
// parents side by side become one cell, and a short path reaches down.
func (p *paper) header(paths [][]string) {
	levels, first := 1, p.row+1
	for _, path := range paths {
		levels = max(levels, len(path))
	}
	style := sheets.Style{Look: sheets.Header}
	for level, height := range p.headerHeights(paths, levels) {
		p.next(height)
		for col := 0; col < len(paths); {
			path := paths[col]
			if level >= len(path) { // under a short path
				col++
				continue
			}
			last := col
			if level < len(path)-1 {
				last = sameParent(paths, col, level)
			}
			p.put(col+1, path[level], style)
			area := sheets.Range{Row1: p.row, Col1: col + 1, Row2: p.row, Col2: last + 1}
			if level == len(path)-1 {
				area.Row2 = first + levels - 1
			}
			if area.Row1 != area.Row2 || area.Col1 != area.Col2 {
				p.Merges = append(p.Merges, area)
			}
			col = last + 1
		}
	}
	p.FreezeRow, p.Print.RepeatFirst, p.Print.RepeatLast = p.row, first, p.row
}

// sameParent is the last column whose path begins like this one's, side by side.
func sameParent(paths [][]string, col, level int) int {
	last := col
	for last+1 < len(paths) && len(paths[last+1]) > level+1 &&
		slices.Equal(paths[last+1][:level+1], paths[col][:level+1]) {
		last++
	}
	return last
}

// headerHeights makes room for the titles: one that reaches over several levels
// has the room of all of them.
func (p *paper) headerHeights(paths [][]string, levels int) []float64 {
	heights := make([]float64, levels)
	for i := range heights {
		heights[i] = 24
	}
	need := func(col int) float64 {
		path := paths[col]
		return float64(sheets.Lines(path[len(path)-1], p.Widths[col]))*15 + 9
	}
	last := levels - 1
	for col, path := range paths {
		if len(path) == levels {
			heights[last] = max(heights[last], need(col))
		}
	}
	for col, path := range paths {
		room := 0.0
		for _, h := range heights[len(path)-1:] {
			room += h
		}
		heights[last] += max(0, need(col)-room)
	}
	return heights
}

// note lays out a text over the whole width, as high as it needs.
func (p *paper) note(text string) {
	p.next(float64(sheets.Lines(text, p.across(1, p.columns)))*16 + 4)
	p.span(1, p.columns, text, sheets.Style{Look: sheets.Note})
}
