package templates

import (
	"slices"
	"strings"

	"taizhang/sheets"
)

// A header is looked for in the first rows of a sheet, up to three levels deep.
const (
	headerRows   = 30
	headerLevels = 3
)

// header is where a form's table stands on a sheet.
type header struct {
	sheet   *sheets.Sheet
	first   int            // first header row
	last    int            // last header row; data begin below
	columns []int          // by field index: the column, 0 when the file has none
	found   int            // fields that have a column
	score   int            // exact titles count more than last words alone
	aliased []int          // field indexes that were found under another title
	money   map[int]string // by field index: the money unit of the file's title where the form has another
	twice   map[int][]int
	extra   []extraColumn // columns of the header that name no field
	path    map[int][]string
}

// extraColumn is a column of the file that the form does not know.
type extraColumn struct {
	col   int
	title string
}

// corner is the top of a sheet, with merged cells spread over their range.
type corner struct {
	rows   map[int]map[int]string // row, column: text as displayed
	anchor map[[2]int]sheets.Range
	cols   []int // columns that hold anything, ascending
}

func newCorner(s *sheets.Sheet, rows int) *corner {
	c := &corner{rows: map[int]map[int]string{}, anchor: map[[2]int]sheets.Range{}}
	seen := map[int]bool{}
	for _, row := range s.Rows {
		if row.Num > rows {
			break
		}
		c.rows[row.Num] = map[int]string{}
		for _, cell := range row.Cells {
			c.rows[row.Num][cell.Col] = cell.Text
			seen[cell.Col] = true
		}
	}
	for _, m := range s.Merges {
		c.spread(m, rows, seen)
	}
	for col := range seen {
		c.cols = append(c.cols, col)
	}
	slices.Sort(c.cols)
	return c
}

// spread notes the merge for each cell it covers, within the corner.
func (c *corner) spread(m sheets.Range, rows int, seen map[int]bool) {
	if m.Row1 > rows || m.Col1 > 1000 || c.rows[m.Row1][m.Col1] == "" {
		return
	}
	for row := m.Row1; row <= min(m.Row2, rows); row++ {
		for col := m.Col1; col <= min(m.Col2, m.Col1+300); col++ {
			c.anchor[[2]int{row, col}] = m
			if m.Row1 == m.Row2 || m.Col1 == m.Col2 {
				seen[col] = seen[col] || seen[m.Col1]
			}
		}
	}
}

// text is what a cell shows when merges below row first are spread.
func (c *corner) text(row, col, first int) string {
	if m, ok := c.anchor[[2]int{row, col}]; ok {
		if m.Row1 < first {
			return ""
		}
		return c.rows[m.Row1][m.Col1]
	}
	return c.rows[row][col]
}

// titlePath is a column's title from the top level down. A parent that was
// written once and not merged counts for the columns right of it.
func (c *corner) titlePath(col, first, last int) []string {
	var path []string
	for row := first; row <= last; row++ {
		text := c.text(row, col, first)
		if strings.TrimSpace(text) == "" && row < last && c.text(last, col, first) != "" {
			text = c.parent(row, col, first, last)
		}
		if m, ok := c.anchor[[2]int{row, col}]; ok && row > first && m.Row1 < row {
			continue // the same cell as one level up
		}
		if strings.TrimSpace(text) != "" {
			path = append(path, text)
		}
	}
	return path
}

// parent is the nearest text to the left on a parent level, unless that column
// has no level below it.
func (c *corner) parent(row, col, first, last int) string {
	for left := col - 1; left > 0 && left > col-30; left-- {
		if text := c.text(row, left, first); text != "" {
			if m, ok := c.anchor[[2]int{row, left}]; ok && (m.Row2 > row || m.Col2 > m.Col1) {
				return ""
			}
			if c.text(last, left, first) == "" || !c.sameAbove(row, left, col, first) {
				return ""
			}
			return text
		}
	}
	return ""
}

// sameAbove says whether nothing above a level parts a column from one left of it.
func (c *corner) sameAbove(row, left, col, first int) bool {
	for above := first; above < row; above++ {
		if own := c.text(above, col, first); own != "" && own != c.text(above, left, first) {
			return false
		}
	}
	return true
}

// findHeader finds the place on a sheet where most of the form's titles stand.
func findHeader(f *Form, s *sheets.Sheet) *header {
	c, book := newCorner(s, headerRows+headerLevels), newTitleBook(f)
	var best *header
	for first := 1; first <= headerRows; first++ {
		if len(c.rows[first]) == 0 {
			continue
		}
		for last := first; last < first+headerLevels; last++ {
			h := tryHeader(c, book, len(f.Fields), first, last)
			if h.found > 0 && (best == nil || h.beats(best)) {
				best = h
			}
		}
	}
	if best != nil && c.onlyUnits(best.last+1) {
		best = tryHeader(c, book, len(f.Fields), best.first, best.last+1)
	}
	if best != nil {
		best.sheet = s
	}
	return best
}

// onlyUnits says whether a row holds nothing but units: (件), (家), 万元. It is the
// header's last.
func (c *corner) onlyUnits(row int) bool {
	for _, text := range c.rows[row] {
		if text = fold(text); text != "" && !units[strings.TrimSuffix(strings.TrimPrefix(text, "("), ")")] {
			return false
		}
	}
	return len(c.rows[row]) > 1
}

// beats says whether the header is the better reading: more titles, else the
// one that ends higher up, else the one that takes in fewer rows above it.
func (h *header) beats(other *header) bool {
	switch {
	case h.score != other.score:
		return h.score > other.score
	case h.last != other.last:
		return h.last < other.last
	}
	return h.first > other.first
}

// tryHeader reads the rows first..last as a header.
func tryHeader(c *corner, book *titleBook, fields, first, last int) *header {
	h := &header{first: first, last: last, columns: make([]int, fields),
		twice: map[int][]int{}, path: map[int][]string{}, money: map[int]string{}}
	ways := make([]int, fields)
	for _, col := range c.cols {
		path := c.titlePath(col, first, last)
		if len(path) == 0 {
			continue
		}
		h.path[col] = path
		h.take(book, ways, col)
	}
	for i, how := range ways {
		if how == byAlias || how == byTail {
			h.aliased = append(h.aliased, i)
		}
		h.score += how
	}
	h.score += 10 * h.found
	return h
}

// take gives a column to the field that its title names.
func (h *header) take(book *titleBook, ways []int, col int) {
	field, how, money := book.match(h.path[col])
	switch {
	case how == 0:
		h.extra = append(h.extra, extraColumn{col, joinPath(h.path[col])})
	case h.columns[field] == 0:
		h.columns[field], ways[field], h.money[field] = col, how, money
		h.found++
	case how > ways[field]: // a better name than the column taken before
		worse := h.columns[field]
		h.extra = append(h.extra, extraColumn{worse, joinPath(h.path[worse])})
		h.columns[field], ways[field], h.money[field] = col, how, money
	case how < ways[field]:
		h.extra = append(h.extra, extraColumn{col, joinPath(h.path[col])})
	default:
		h.twice[field] = append(h.twice[field], col)
	}
}
