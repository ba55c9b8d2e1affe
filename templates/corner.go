package templates

import (
	"math/bits"
	"slices"
	"strings"

	"taizhang/sheets"
)

// corner is the top of a sheet, with merged cells spread over their range.
type corner struct {
	rows   [][]cornerCell // by row
	merges []sheets.Range
	anchor [][]int32         // by row and column: 1 + the merge that covers it, 0 for none
	cols   []int             // columns that hold anything, ascending
	ends   *titleEnds        // what a title may end with; nil: anything
	folded [][]string        // by row, what stands in it; made when asked for
	signs  []sign            // what may be part of a title
	heads  map[*Form]*header // found before
	sets   map[*titleBook][]columnSet
	lines  map[[2]int][]columnTitle // by first and last row, the columns' titles
}

// cornerCell is what a cell of the corner shows.
type cornerCell struct {
	col  int
	text string
}

// sign is a text that may be part of a column's title.
type sign struct {
	row, col int // col is the index in cols
	title    string
}

// keptColumns are the most columns of a sheet whose titles are kept. The titles of
// a wider one are made anew for each form, or they would take too much memory.
const keptColumns = 1000

// columnTitle is what the title rows say of one column.
type columnTitle struct {
	col   int
	path  []string
	keys  titleKeys
	unit  string
	other *bareTitlePath // without what an office adds to a title; nil where nothing was
}

// corners are the corners of a workbook's sheets, which every form looks at.
type corners struct {
	known map[*sheets.Sheet]*corner // nil: none is kept
	ends  *titleEnds
}

func newCorners(ends *titleEnds) corners { return corners{map[*sheets.Sheet]*corner{}, ends} }

func (c corners) of(s *sheets.Sheet) *corner {
	if found := c.known[s]; found != nil {
		return found
	}
	made := newCorner(s, c.ends)
	if c.known != nil {
		c.known[s] = made
	}
	return made
}

// cornerRows are the rows of a corner: those in which a header may end.
const cornerRows = headerRows + headerLevels

func newCorner(s *sheets.Sheet, ends *titleEnds) *corner {
	c := &corner{rows: make([][]cornerCell, cornerRows+1), merges: s.Merges, ends: ends,
		anchor: make([][]int32, cornerRows+1), folded: make([][]string, cornerRows+1),
		heads: map[*Form]*header{}, sets: map[*titleBook][]columnSet{}, lines: map[[2]int][]columnTitle{}}
	seen := c.take(s.Rows)
	for i := range s.Merges {
		c.spread(int32(i), seen)
	}
	for col, ok := range seen {
		if ok {
			c.cols = append(c.cols, col)
		}
	}
	c.addSigns()
	return c
}

// take takes the rows of the corner, and says in which columns something stands.
func (c *corner) take(rows []sheets.Row) (seen []bool) {
	last := widestTitles + widestSpread
	n := 0
	for i := 0; i < len(rows) && rows[i].Num <= cornerRows; i++ {
		n += rows[i].Cells.Len()
	}
	var room [32]sheets.Cell
	all := make([]cornerCell, 0, n)
	for i := 0; len(all) < n; i++ {
		from, cells := len(all), rows[i].Cells.Append(room[:0])
		for k := range cells {
			all, last = append(all, cornerCell{cells[k].Col, cells[k].Text}), max(last, cells[k].Col)
		}
		c.rows[rows[i].Num] = all[from:]
	}
	seen = make([]bool, last+1)
	for _, cells := range c.rows {
		for i := range cells {
			seen[cells[i].col] = true
		}
	}
	return seen
}

// The columns in which merged titles begin, and how far they reach.
const (
	widestTitles = 1000
	widestSpread = 300
)

// spread notes the merge for each cell it covers, within the corner.
func (c *corner) spread(i int32, seen []bool) {
	m := c.merges[i]
	if m.Row1 > cornerRows || m.Col1 > widestTitles || c.written(m.Row1, m.Col1) == "" {
		return
	}
	last := min(m.Col2, m.Col1+widestSpread)
	for row := m.Row1; row <= min(m.Row2, cornerRows); row++ {
		if n := len(c.anchor[row]); n <= last {
			c.anchor[row] = append(c.anchor[row], make([]int32, last+1-n)...)
		}
		for col := m.Col1; col <= last; col++ {
			c.anchor[row][col] = i + 1
			seen[col] = seen[col] || m.Row1 == m.Row2 || m.Col1 == m.Col2
		}
	}
}

// written is what the cell itself shows.
func (c *corner) written(row, col int) string {
	cells := c.rows[row]
	if col <= len(cells) && col > 0 && cells[col-1].col == col { // no gap to the left, as in most rows
		return cells[col-1].text
	}
	i, ok := slices.BinarySearchFunc(cells, col, func(cell cornerCell, col int) int { return cell.col - col })
	if !ok {
		return ""
	}
	return cells[i].text
}

// merge is the merge that covers a cell.
func (c *corner) merge(row, col int) (sheets.Range, bool) {
	if at := c.anchor[row]; col < len(at) && at[col] > 0 {
		return c.merges[at[col]-1], true
	}
	return sheets.Range{}, false
}

// text is what a cell shows when merges below row first are spread.
func (c *corner) text(row, col, first int) string {
	m, ok := c.merge(row, col)
	switch {
	case !ok:
		return c.written(row, col)
	case m.Row1 < first:
		return ""
	}
	return c.written(m.Row1, m.Col1)
}

// addSigns folds what may be part of a title, merged cells spread.
func (c *corner) addSigns() {
	for row, cells := range c.rows {
		for i, col := range c.cols {
			if len(cells) == 0 {
				break
			}
			text := c.text(row, col, 0)
			if text == "" || !c.ends.may(text) {
				continue
			}
			title := foldTitle(text)
			if !c.ends.has(title) {
				title = cutAmong(cutNumber(title))
			}
			if c.ends.has(title) {
				c.signs = append(c.signs, sign{row, i, title})
			}
		}
	}
}

// foldedRow is the folded texts of a row, from left to right.
func (c *corner) foldedRow(row int) []string {
	if c.folded[row] == nil {
		for i := range c.rows[row] {
			c.folded[row] = append(c.folded[row], fold(c.rows[row][i].text))
		}
	}
	return c.folded[row]
}

// words notes, for each row, the columns that show what a title may end with. A
// header finds no more fields than its rows have such columns.
func (c *corner) words(b *titleBook) []columnSet {
	sets, known := c.sets[b]
	if known {
		return sets
	}
	sets = make([]columnSet, cornerRows+1)
	for _, s := range c.signs {
		if b.mayEnd(s.title) {
			sets[s.row].add(s.col)
		}
	}
	c.sets[b] = sets
	return sets
}

// reach is how many fields of a form a header in the corner names at most, a row of
// units below it included.
func (c *corner) reach(f *Form) int {
	most, words := 0, c.words(f.titleBook())
	for first := 1; first <= headerRows; first++ {
		most = max(most, words[first].and(words[first+1], true).and(words[first+2], true).and(words[first+3], true).count())
	}
	return min(most, len(f.Fields))
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
			line = append(line, newColumnTitle(col, path, whole))
		}
	}
	if len(c.cols) <= keptColumns {
		c.lines[at] = line
	}
	return line
}

// newColumnTitle folds a title; whole is its path with a level of units joined.
func newColumnTitle(col int, path, whole []string) columnTitle {
	keys := newTitleKeys(whole)
	return columnTitle{col, path, keys, titleUnit(whole), newBarePath(whole, keys)}
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
		if m, ok := c.merge(row, col); ok && row > first && m.Row1 < row {
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
			if m, ok := c.merge(row, left); ok && (m.Row2 > row || m.Col2 > m.Col1) {
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
