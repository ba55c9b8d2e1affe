package templates

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/sheets"
)

// rowKind says what a row below the header is.
type rowKind int

const (
	blankRow rowKind = iota
	dataRow
	totalRowKind
	noteRow
	sectionRow
	headerRow // the header once more: a second table below the first
)

// totalRow is a 合计 or 小计 row, kept for checking against the data above it.
type totalRow struct {
	num    int
	part   bool // 小计: counts from the last 小计 on
	before int  // data rows read above it
	after  int  // data rows read above the part it counts
	cells  map[int]sheets.Cell
}

var (
	notePattern    = regexp.MustCompile(`^(备注|注|说明|填表说明|填报说明|附注)[0-9]*[:、.]|^(填表人|填报人|审核人|制表人?|联系人|联系电话|单位负责人|负责人|主管领导|分管领导|填表日期|填报日期|数据截至)[:]`)
	sectionPattern = regexp.MustCompile(`^[(]?[一二三四五六七八九十]+[)、.]`)
	totalWords     = map[string]bool{"合计": true, "总计": true, "小计": true, "共计": true, "累计": true,
		"全市合计": true, "全州合计": true, "全县合计": true, "全区合计": true, "本页小计": true, "总合计": true}
)

// tableRow is one row below the header as the form's columns see it.
type tableRow struct {
	num    int
	hidden bool
	cells  map[int]sheets.Cell // by field index, cells that hold something
	first  string              // the row's first text, folded
	filled int                 // fields with content, serial numbers left out
	labels int                 // of these, labels such as 审核人:
	others int                 // cells with content outside the form's columns
	merged bool                // its first cell is merged over most of the table
}

// tableReader walks the rows below a header.
type tableReader struct {
	form   *Form
	head   *header
	field  map[int]int // column → field index
	titles *titleBook
	number []bool // by field index: its type is a number
	ghosts *mergeMap
}

func newTableReader(f *Form, h *header) *tableReader {
	t := &tableReader{form: f, head: h, field: map[int]int{}, titles: f.titleBook()}
	for _, field := range f.Fields {
		t.number = append(t.number, Types[field.Type].Number)
	}
	for i, col := range h.columns {
		if col > 0 {
			t.field[col] = i
		}
	}
	t.ghosts = newMergeMap(h.sheet.Merges, h.last)
	return t
}

// row sees one sheet row through the form's columns. Cells under a merge are
// ghosts: a person does not see them, so they are no data.
func (t *tableReader) row(row sheets.Row) tableRow {
	out := tableRow{num: row.Num, hidden: row.Hidden, cells: make(map[int]sheets.Cell, len(row.Cells))}
	for _, cell := range row.Cells {
		if t.ghosts.covers(row.Num, cell.Col) || empty(cell) {
			continue
		}
		if out.first == "" {
			out.first = fold(cell.Text)
			out.merged = t.ghosts.width(row.Num, cell.Col)*2 > len(t.field)
		}
		i, ok := t.field[cell.Col]
		if !ok {
			out.others++
			continue
		}
		out.cells[i] = cell
		if !t.form.Fields[i].Serial {
			out.filled++
		}
		if startsNote(cell.Text) {
			out.labels++
		}
	}
	return out
}

// empty says whether a person would call the cell empty.
func empty(c sheets.Cell) bool {
	if c.Kind == sheets.Text {
		return clean(c.Text) == ""
	}
	return c.Kind == sheets.Empty && !c.Formula
}

// kind says what the row is.
func (t *tableReader) kind(r tableRow) rowKind {
	switch {
	case len(r.cells) == 0 && r.others == 0, r.filled == 0 && !t.wordy(r):
		return blankRow
	case t.isTotal(r):
		return totalRowKind
	case isNote(r.first) && (r.filled <= 2 || r.labels*2 >= r.filled):
		return noteRow
	case t.isHeader(r):
		return headerRow
	case r.filled <= 1 && len(r.cells) <= 1 && (r.merged || sectionPattern.MatchString(r.first)):
		return sectionRow
	}
	return dataRow
}

// isNote says whether a folded text begins as a note or a label does. Few texts
// begin with a character that could, and only those are held against the pattern.
func isNote(folded string) bool {
	first, _ := utf8.DecodeRuneInString(folded)
	return strings.ContainsRune(noteStarts, first) && notePattern.MatchString(folded)
}

// startsNote is isNote for a text that is not folded. A first character that
// folding leaves alone settles most texts.
func startsNote(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if (first >= 0x4e00 && first <= 0x9fff || first >= '0' && first <= '9') && !strings.ContainsRune(noteStarts, first) {
		return false
	}
	return isNote(fold(text))
}

// noteStarts are the first characters of what notePattern matches.
const noteStarts = "备注说填附审制联单负主分数"

// isTotalWord says whether a text is a word for a total. All of them have 计.
func isTotalWord(text string) bool {
	return strings.Contains(text, "计") && totalWords[strings.Trim(fold(text), ":*")]
}

// wordy says whether the only thing in the row is a text in a serial column,
// such as a note or the word 合计.
func (t *tableReader) wordy(r tableRow) bool {
	for i, c := range r.cells {
		if t.form.Fields[i].Serial && c.Kind == sheets.Text {
			return totalWords[fold(c.Text)] || isNote(r.first) ||
				sectionPattern.MatchString(r.first) || r.merged
		}
	}
	return false
}

func (t *tableReader) isTotal(r tableRow) bool {
	for i, c := range r.cells {
		f := t.form.Fields[i]
		if c.Kind == sheets.Text && (f.Serial || !t.number[i]) && isTotalWord(c.Text) {
			return true
		}
	}
	return false
}

// isHeader says whether the row repeats the form's own titles.
func (t *tableReader) isHeader(r tableRow) bool {
	same := 0
	for i, c := range r.cells {
		if c.Kind != sheets.Text {
			continue
		}
		if slices.Contains(t.titles.levels[i], foldTitle(c.Text)) {
			same++
		}
	}
	return same >= 3 && same*2 > len(r.cells)
}

// isPart says whether the row is a 小计 and not a 合计.
func isPart(r tableRow, f *Form) bool {
	for i, c := range r.cells {
		if !Types[f.Fields[i].Type].Number && strings.Contains(fold(c.Text), "小计") {
			return true
		}
	}
	return strings.Contains(r.first, "小计")
}

// mergeMap answers which cells a merge covers, for merges below a header. Merges
// of a sound workbook do not overlap, so a row has few; the bounds keep a
// hostile one from costing more than it should.
type mergeMap struct {
	all  []sheets.Range
	rows map[int][]int32 // by row, the merges that touch it
	tall []int32         // merges too tall to list row by row
}

const (
	tallMerge    = 100  // rows
	mergesPerRow = 1000 // as many as there are columns
)

func newMergeMap(merges []sheets.Range, below int) *mergeMap {
	m := &mergeMap{all: merges, rows: map[int][]int32{}}
	for i, r := range merges {
		switch {
		case r.Row2 <= below:
		case r.Row2-r.Row1 < tallMerge:
			m.list(int32(i), r)
		case len(m.tall) < mergesPerRow:
			m.tall = append(m.tall, int32(i))
		}
	}
	return m
}

func (m *mergeMap) list(i int32, r sheets.Range) {
	for row := r.Row1; row <= r.Row2; row++ {
		if len(m.rows[row]) < mergesPerRow {
			m.rows[row] = append(m.rows[row], i)
		}
	}
}

// at is the merge that holds a cell.
func (m *mergeMap) at(row, col int) (sheets.Range, bool) {
	for _, list := range [][]int32{m.rows[row], m.tall} {
		for _, i := range list {
			r := m.all[i]
			if row >= r.Row1 && row <= r.Row2 && col >= r.Col1 && col <= r.Col2 {
				return r, true
			}
		}
	}
	return sheets.Range{}, false
}

// covers says whether a merge hides the cell: it is not the merge's first.
func (m *mergeMap) covers(row, col int) bool {
	r, ok := m.at(row, col)
	return ok && (row != r.Row1 || col != r.Col1)
}

// width is how many columns the cell spans.
func (m *mergeMap) width(row, col int) int {
	if r, ok := m.at(row, col); ok {
		return r.Col2 - r.Col1 + 1
	}
	return 1
}
