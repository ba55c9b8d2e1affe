package templates

import (
	"math/bits"
	"slices"
	"strings"

	"taizhang/sheets"
)

// corner is the top of a sheet, with merged cells spread over their range.
type corner struct {
	rows   map[int]map[int]string // row, column: text as displayed
	anchor map[[2]int]sheets.Range
	cols   []int                    // columns that hold anything, ascending
	folded map[int][]string         // by row, what stands in it
	titles map[int][]string         // by row and index in cols, the same as titles
	lines  map[[2]int][]columnTitle // by first and last row, the columns' titles
}

// keptColumns are the most columns of a sheet whose titles are kept. The titles of
// a wider one are made anew for each form, or they would take too much memory.
const keptColumns = 1000

// columnTitle is what the title rows say of one column.
type columnTitle struct {
	col  int
	path []string
	keys titleKeys
	unit string
}

// corners are the corners of a workbook's sheets, which every form looks at.
type corners map[*sheets.Sheet]*corner

func (c corners) of(s *sheets.Sheet) *corner {
	if c[s] == nil {
		c[s] = newCorner(s, headerRows+headerLevels)
	}
	return c[s]
}

func newCorner(s *sheets.Sheet, rows int) *corner {
	c := &corner{rows: map[int]map[int]string{}, anchor: map[[2]int]sheets.Range{},
		folded: map[int][]string{}, titles: map[int][]string{}, lines: map[[2]int][]columnTitle{}}
	seen := map[int]bool{}
	for _, row := range s.Rows {
		if row.Num > rows {
			break
		}
		c.rows[row.Num] = map[int]string{}
		for _, cell := range row.Cells {
			c.rows[row.Num][cell.Col] = cell.Text
			seen[cell.Col] = true
			c.folded[row.Num] = append(c.folded[row.Num], fold(cell.Text))
		}
	}
	for _, m := range s.Merges {
		c.spread(m, rows, seen)
	}
	for col := range seen {
		c.cols = append(c.cols, col)
	}
	slices.Sort(c.cols)
	for row := range c.rows {
		c.addTitles(row)
	}
	return c
}

// addTitles folds what a row shows in each column, merged cells spread.
func (c *corner) addTitles(row int) {
	for _, col := range c.cols {
		c.titles[row] = append(c.titles[row], foldTitle(c.text(row, col, 0)))
	}
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

// words notes, for each row, the columns that show what a title may end with. A
// header finds no more fields than its rows have such columns.
func (c *corner) words(b *titleBook) map[int]columnSet {
	sets := make(map[int]columnSet, len(c.titles))
	for row, titles := range c.titles {
		var set columnSet
		for i, title := range titles {
			if c.text(row, c.cols[i], 0) != "" && b.mayEnd(title) {
				set.add(i)
			}
		}
		sets[row] = set
	}
	return sets
}

// columnSet counts columns: the first 64 one by one, those beyond only in sum.
type columnSet struct {
	first uint64
	rest  int
}

func (s *columnSet) add(i int) {
	if i < 64 {
		s.first |= 1 << i
	} else {
		s.rest++
	}
}

// and joins two sets if they are to be joined.
func (s columnSet) and(other columnSet, join bool) columnSet {
	if join {
		s.first, s.rest = s.first|other.first, s.rest+other.rest
	}
	return s
}

func (s columnSet) count() int { return bits.OnesCount64(s.first) + s.rest }

// line gives the columns' titles when the rows first..last are the header.
func (c *corner) line(first, last int) []columnTitle {
	at := [2]int{first, last}
	line, known := c.lines[at]
	if known {
		return line
	}
	for _, col := range c.cols {
		if path := c.titlePath(col, first, last); len(path) > 0 {
			whole := unitLevel(path)
			line = append(line, columnTitle{col, path, newTitleKeys(whole), titleUnit(whole)})
		}
	}
	if len(c.cols) <= keptColumns {
		c.lines[at] = line
	}
	return line
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
