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
	first   int   // first header row
	last    int   // last header row; data begin below
	columns []int // by field index: the column, 0 when the file has none
	found   int   // fields that have a column
	score   int   // exact titles count more than last words alone
	aliased []int // field indexes that were found under an alias
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
	cols   []int                    // columns that hold anything, ascending
	folded map[int][]string         // by row, what stands in it
	titles map[int][]string         // by row, the same as titles
	lines  map[[2]int][]columnTitle // by first and last row, the columns' titles
}

// columnTitle is what the title rows say of one column.
type columnTitle struct {
	col  int
	path []string
	full string // folded path
	last string // folded last word
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
		if text := c.text(row, col, 0); text != "" {
			c.titles[row] = append(c.titles[row], foldTitle(text))
		}
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

// words counts, for each row, the columns that show the last word of a title. A
// header finds no more fields than its rows have such columns.
func (c *corner) words(b *titleBook) map[int]int {
	count := make(map[int]int, len(c.titles))
	for row, titles := range c.titles {
		for _, title := range titles {
			if b.words[title] {
				count[row]++
			}
		}
	}
	return count
}

// line gives the columns' titles when the rows first..last are the header.
func (c *corner) line(first, last int) []columnTitle {
	at := [2]int{first, last}
	line, known := c.lines[at]
	if known {
		return line
	}
	for _, col := range c.cols {
		if path := c.titlePath(col, first, last); len(path) > 0 {
			full, last := pathKeys(path)
			line = append(line, columnTitle{col, path, full, last, titleUnit(path)})
		}
	}
	c.lines[at] = line
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
			if c.text(last, left, first) == "" {
				return ""
			}
			return text
		}
	}
	return ""
}

// titleBook looks fields up by their folded titles.
type titleBook struct {
	paths   map[string]int // folded full path → field index
	aliases map[string]int
	leaves  map[string]int  // folded last word → field index, -1 when several
	units   []string        // by field index, folded unit
	words   map[string]bool // the last words of all titles and aliases
	levels  [][]string      // by field index, the folded levels of its title
}

// titleBook is the book of the form's titles, made once for a form that was
// loaded.
func (f *Form) titleBook() *titleBook {
	if f.titles != nil {
		return f.titles
	}
	return newTitleBook(f)
}

func newTitleBook(f *Form) *titleBook {
	b := &titleBook{paths: map[string]int{}, aliases: map[string]int{}, leaves: map[string]int{}, words: map[string]bool{},
		units: make([]string, len(f.Fields)), levels: make([][]string, len(f.Fields))}
	for i, field := range f.Fields {
		b.paths[foldPath(field.Path)] = i
		for _, level := range field.Path {
			b.levels[i] = append(b.levels[i], foldTitle(level))
		}
		for _, alias := range field.Aliases {
			b.aliases[foldPath(alias)] = i
			b.words[foldTitle(alias[len(alias)-1])] = true
		}
		leaf := foldTitle(field.Path[len(field.Path)-1])
		b.words[leaf] = true
		if _, taken := b.leaves[leaf]; taken {
			b.leaves[leaf] = -1
		} else {
			b.leaves[leaf] = i
		}
		b.units[i] = titleUnit(field.Path)
		if b.units[i] == "" {
			b.units[i] = fold(field.Unit)
		}
	}
	return b
}

func foldPath(path []string) string {
	folded := make([]string, len(path))
	for i, p := range path {
		folded[i] = foldTitle(p)
	}
	return strings.Join(folded, "\x00")
}

// titleUnit is the unit that a title path states in brackets, "" for none.
func titleUnit(path []string) string {
	for i := len(path) - 1; i >= 0; i-- {
		t := strings.TrimRight(fold(path[i]), "*:")
		if open := strings.LastIndexByte(t, '('); open > 0 && strings.HasSuffix(t, ")") {
			if u := t[open+1 : len(t)-1]; units[u] {
				return u
			}
		}
	}
	return ""
}

// Ways a column's title may name a field, best last.
const (
	byLeaf = iota + 1
	byAlias
	byPath
)

// match finds the field that a title path names. A column that states another
// unit than the form is none of the form's columns.
func (b *titleBook) match(t columnTitle) (field, how int) {
	field, how = b.lookup(t.full, t.last)
	if how == 0 {
		return 0, 0
	}
	if t.unit != "" && b.units[field] != "" && t.unit != b.units[field] {
		return 0, 0
	}
	return field, how
}

// pathKeys are a title path and its last word as a titleBook knows them.
func pathKeys(path []string) (full, last string) {
	return foldPath(path), foldTitle(path[len(path)-1])
}

// lookup finds the field of a folded path, or of its last word.
func (b *titleBook) lookup(full, last string) (field, how int) {
	if i, ok := b.paths[full]; ok {
		return i, byPath
	}
	if i, ok := b.aliases[full]; ok {
		return i, byAlias
	}
	if i, ok := b.leaves[last]; ok && i >= 0 {
		return i, byLeaf
	}
	if i, ok := b.aliases[last]; ok {
		return i, byAlias
	}
	return 0, 0
}

// findHeader finds the place on a sheet where most of the form's titles stand.
func findHeader(f *Form, s *sheets.Sheet, c *corner) *header {
	book := f.titleBook()
	words := c.words(book)
	var best *header
	for first := 1; first <= headerRows; first++ {
		if len(c.rows[first]) == 0 {
			continue
		}
		for last := first; last < first+headerLevels; last++ {
			most := 0
			for row := first; row <= last; row++ {
				most += words[row]
			}
			if most == 0 || best != nil && !best.beatable(most*bestScore, first, last) {
				continue
			}
			h := tryHeader(c, book, len(f.Fields), first, last)
			if h.found > 0 && (best == nil || h.beats(best)) {
				best = h
			}
		}
	}
	if best != nil {
		best.sheet = s
	}
	return best
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

// beatable says whether the rows first..last could be the better reading, were
// their score so high.
func (h *header) beatable(score, first, last int) bool {
	other := header{score: score, first: first, last: last}
	return other.beats(h)
}

// What a field that was found counts for, and at most with the way it was found.
const (
	foundScore = 10
	bestScore  = foundScore + byPath
)

// tryHeader reads the rows first..last as a header.
func tryHeader(c *corner, book *titleBook, fields, first, last int) *header {
	h := &header{first: first, last: last, columns: make([]int, fields),
		twice: map[int][]int{}, path: map[int][]string{}}
	ways := make([]int, fields)
	for _, t := range c.line(first, last) {
		h.path[t.col] = t.path
		h.take(book, ways, t)
	}
	for i, how := range ways {
		if how == byAlias {
			h.aliased = append(h.aliased, i)
		}
		h.score += how
	}
	h.score += foundScore * h.found
	return h
}

// take gives a column to the field that its title names.
func (h *header) take(book *titleBook, ways []int, t columnTitle) {
	field, how := book.match(t)
	col := t.col
	switch {
	case how == 0:
		h.extra = append(h.extra, extraColumn{col, joinPath(h.path[col])})
	case h.columns[field] == 0:
		h.columns[field], ways[field] = col, how
		h.found++
	case how > ways[field]: // a better name than the column taken before
		worse := h.columns[field]
		h.extra = append(h.extra, extraColumn{worse, joinPath(h.path[worse])})
		h.columns[field], ways[field] = col, how
	case how < ways[field]:
		h.extra = append(h.extra, extraColumn{col, joinPath(h.path[col])})
	default:
		h.twice[field] = append(h.twice[field], col)
	}
}
