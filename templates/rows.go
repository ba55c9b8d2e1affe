package templates

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
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
	headerRow  // the header once more: a second table below the first
	exampleRow // 示例: how to fill in the form
	numbersRow // 栏次: the columns counted, below the header
	hollowRow  // nothing but what was filled in beforehand, and strokes
	pageTopRow // title or 填报单位 once more, at the top of a printed page
)

// totalRow is a 合计 or 小计 row, kept for checking against the data above it.
type totalRow struct {
	num    int
	part   bool // 小计: counts from the last 小计 on
	before int  // data rows read above it
	after  int  // data rows read above the part it counts
	cells  []*sheets.Cell
}

var (
	notePattern    = regexp.MustCompile(`^(备注|注|说明|填表说明|填报说明|附注)[0-9]*[:、.]|^(填表人|填报人|审核人|制表人?|联系人|联系电话|单位负责人|负责人|主管领导|分管领导|主要领导|填表日期|填报日期|数据截至)(签字|签名|签章)?[:]`)
	sectionPattern = regexp.MustCompile(`^[(]?[一二三四五六七八九十]+[)、.]`)
	totalWords     = map[string]bool{"合计": true, "总计": true, "小计": true, "共计": true, "累计": true,
		"全市合计": true, "全州合计": true, "全县合计": true, "全区合计": true, "本页小计": true, "总合计": true, "合计数": true, "总数": true, "计": true, "total": true, "subtotal": true}
	countedTotal   = regexp.MustCompile(`^(合计|总计|小计|共计|共):?[0-9]+[^0-9]{0,3}$`) // 共2件
	ownTotal       = regexp.MustCompile(`^[^0-9]{1,8}(合计|小计|总计)$`)              // 城关镇小计
	examplePattern = regexp.MustCompile(`^[(【\[]?(填写|填报)?(示例|样例|范例|例如?)[)】\]]?($|[:：])`)
	sectionNumber  = regexp.MustCompile(`^[(]?[一二三四五六七八九十]+[)]?[、.]?$`)
	longSerial     = regexp.MustCompile(`^[^0-9]{4,}`) // words where a number is to stand
	columnLetters  = map[string]bool{"甲": true, "乙": true, "丙": true, "丁": true, "栏次": true, "序号": true}
)

// tableRow is one row below the header as the form's columns see it.
type tableRow struct {
	num    int
	hidden bool
	cells  []*sheets.Cell // by field index, nil where nothing stands
	held   int            // of these, those that hold something
	first  string         // the row's first text, folded
	filled int            // fields with content, serial numbers left out
	labels int            // of these, labels such as 审核人:
	others int            // cells with content outside the form's columns
	stray  []string       // of these, those below no title of the header
	words  bool           // a label such as 审核人: stands in it
	merged bool           // its first cell is merged over most of the table
}

// tableReader walks the rows below a header.
type tableReader struct {
	form   *Form
	head   *header
	field  []int // by column: 1 + the field's index, 0 for a column of no field
	titles *titleBook
	number []bool // by field index: its type is a number
	ghosts *mergeMap
	cells  []*sheets.Cell // of the row that is seen; the next one takes the room
	made   []sheets.Cell  // that row's cells, as the sheet has them
	room   rowRoom
}

func newTableReader(f *Form, h *header) *tableReader {
	t := &tableReader{form: f, head: h, titles: f.titleBook(), cells: make([]*sheets.Cell, len(f.Fields))}
	t.field = make([]int, slices.Max(h.columns)+1)
	t.number = make([]bool, len(f.Fields))
	for i, field := range f.Fields {
		t.number[i] = Types[field.Type].Number
		if col := h.columns[i]; col > 0 {
			t.field[col] = i + 1
		}
	}
	t.ghosts = newMergeMap(h.sheet.Merges, h.last)
	for rows := h.sheet.Rows; t.room.made < len(rows) && rows[t.room.made].Num <= h.last; {
		t.room.made++
	}
	return t
}

// row sees one sheet row through the form's columns. Cells under a merge are
// ghosts: a person does not see them, so they are no data. The cells are good
// until the next row is seen.
func (t *tableReader) row(row sheets.Row) tableRow {
	clear(t.cells)
	out := tableRow{num: row.Num, hidden: row.Hidden, cells: t.cells}
	merged := t.ghosts.touch(row.Num)
	t.made = row.Cells.Append(t.made[:0])
	for n := range t.made {
		cell := &t.made[n]
		if merged && t.ghosts.covers(row.Num, cell.Col) || empty(cell) {
			continue
		}
		if out.first == "" {
			out.first = fold(cell.Text)
			out.merged = t.ghosts.width(row.Num, cell.Col)*2 > t.head.found
		}
		t.put(&out, cell)
	}
	return out
}

// put notes one cell of a row.
func (t *tableReader) put(out *tableRow, cell *sheets.Cell) {
	note := startsNote(cell.Text)
	if cell.Col >= len(t.field) || t.field[cell.Col] == 0 {
		out.others++
		out.words = out.words || note
		if t.head.path[cell.Col] == nil {
			out.stray = append(out.stray, sheets.Address(cell.Col, out.num))
		}
		return
	}
	i := t.field[cell.Col] - 1
	if out.cells[i] == nil {
		out.held++
	}
	out.cells[i] = cell
	if !t.form.Fields[i].Serial {
		out.filled++
	}
	if note {
		out.labels++
	}
}

// empty says whether a person would call the cell empty.
func empty(c *sheets.Cell) bool {
	if c.Kind == sheets.Text {
		return !startsPlain(c.Text) && clean(c.Text) == ""
	}
	return c.Kind == sheets.Empty && !c.Formula
}

// kind says what the row is.
func (t *tableReader) kind(r tableRow) rowKind {
	switch {
	case r.held == 0 && r.others == 0, r.filled == 0 && !t.wordy(r):
		return blankRow
	case t.isTotal(r):
		return totalRowKind
	case strings.Contains(r.first, "例") && examplePattern.MatchString(r.first):
		return exampleRow
	case t.countsColumns(r):
		return numbersRow
	case isNote(r.first) && (r.filled <= 2 || r.labels*2 >= r.filled):
		return noteRow
	case t.isHeader(r):
		return headerRow
	case r.filled <= 1 && r.held <= 1 && (r.merged || sectionPattern.MatchString(r.first)), r.filled == 0, t.isSection(r):
		return sectionRow
	}
	return dataRow
}

// filler says whether an office fills the field in beforehand, down all rows: the
// running number, the county, what a blank means, and what rows have in common.
func filler(f *Field) bool { return f.Serial || f.FillDown || f.Default != "" || f.Type == "unit" }

// hollow says whether nothing in the row tells of an item: it holds fillers that are
// plainly such, and strokes where nothing is to be written.
func (t *tableReader) hollow(r tableRow, as *typist) bool {
	for i, c := range r.cells {
		if c != nil && !filler(t.form.Fields[i]) && !struck(c) {
			return false
		}
	}
	for i, c := range r.cells {
		if c != nil && !struck(c) && !as.fills(t.form.Fields[i], c) {
			return false
		}
	}
	return r.others == 0
}

// struck says whether a cell only says that nothing is written in it.
func struck(c *sheets.Cell) bool { return c.Kind == sheets.Text && placeholder(clean(c.Text)) }

// fills says whether a cell holds what a filler may: a good value, and of a text only
// the sender's own name.
func (t *typist) fills(f *Field, c *sheets.Cell) bool {
	if f.Type == "text" {
		return t.sender != nil && (t.sender.is(c.Text) || t.counties.ByName(c.Text) == t.sender)
	}
	return t.cell(f, *c).code == ""
}

// isNote says whether a folded text begins as a note or a label does. Few texts
// begin with a character that could, and only those are held against the pattern.
func isNote(folded string) bool {
	return noteStart(folded) && notePattern.MatchString(folded)
}

// startsNote is isNote for a text that is not folded. A first character that
// folding leaves alone settles most texts.
func startsNote(text string) bool {
	if startsPlain(text) {
		return noteStart(text) && isNote(fold(text))
	}
	return isNote(fold(text))
}

// noteStart says whether a text begins with a character that notePattern matches.
func noteStart(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	switch first {
	case '备', '注', '说', '填', '附', '审', '制', '联', '单', '负', '主', '分', '数':
		return true
	}
	return false
}

// wordy says whether the only thing in the row is a text in a serial column,
// such as a note or the word 合计.
func (t *tableReader) wordy(r tableRow) bool {
	for i, c := range r.cells {
		if c != nil && t.form.Fields[i].Serial && c.Kind == sheets.Text {
			return totalWords[fold(c.Text)] || isNote(r.first) ||
				!sectionNumber.MatchString(r.first) && sectionPattern.MatchString(r.first) || r.merged || inPlaceOfNumber(fold(c.Text))
		}
	}
	return false
}

// inPlaceOfNumber says whether words stand where a number is to stand.
func inPlaceOfNumber(folded string) bool {
	words := 0
	for _, r := range folded {
		if unicode.Is(unicode.Han, r) && !strings.ContainsRune("第零〇一二三四五六七八九十百", r) {
			words++
		}
	}
	return words >= 2 || longSerial.MatchString(folded)
}

// isSection says whether the row is a heading such as 一 | 大气类: a Chinese
// number where rows are numbered, and one text.
func (t *tableReader) isSection(r tableRow) bool {
	if r.filled != 1 || r.held != 2 || r.others > 0 {
		return false
	}
	heading, text := false, false
	for i, c := range r.cells {
		if c == nil {
			continue
		}
		if t.form.Fields[i].Serial {
			heading = c.Kind == sheets.Text && sectionNumber.MatchString(fold(c.Text))
			continue
		}
		text = c.Kind == sheets.Text
	}
	return heading && text && !t.named(r, -1)
}

// isTotal says whether the row adds up others: a total word where a row is
// numbered or named. A remark 累计 beside all that names a row makes none.
func (t *tableReader) isTotal(r tableRow) bool {
	for i, c := range r.cells {
		f := t.form.Fields[i]
		if c == nil || c.Kind != sheets.Text || t.number[i] && !f.Serial || !mayBeTotal(c.Text) {
			continue
		}
		text := strings.Trim(foldTitle(c.Text), ":*")
		if (totalWords[text] || countedTotal.MatchString(text)) && !t.named(r, i) || fold(c.Text) == r.first && ownTotal.MatchString(text) && !t.named(r, i) {
			return true
		}
	}
	return false
}

// longestTotal is how many bytes a total has at most that says of how many, or is said
// in English: 共计：100件, subtotal.
const longestTotal = 24

// beginsTotal says whether a text begins as such a total does.
func beginsTotal(text string) bool {
	switch {
	case text == "":
		return false
	case text[0] < 0x80:
		return text[0]|0x20 == 't' || text[0]|0x20 == 's'
	}
	return len(text) >= 3 && (text[:3] == "合" || text[:3] == "总" || text[:3] == "小" || text[:3] == "共")
}

// mayBeTotal says whether a text may be a word for a total: most have 计, and end with
// it or with 数. A last character that folding leaves alone settles most texts.
func mayBeTotal(text string) bool {
	if len(text) <= longestTotal && beginsTotal(text) {
		return true
	}
	if endsPlain(text) || strings.HasSuffix(text, "。") {
		return strings.HasSuffix(text, "计") || strings.HasSuffix(text, "数")
	}
	return strings.Contains(text, "计")
}

// named says whether the row has all that identifies one, without a cell.
func (t *tableReader) named(r tableRow, without int) bool {
	names := t.form.identity()
	for _, name := range names {
		i := t.form.Field(name).Index
		if r.cells[i] == nil && t.form.Fields[i].Default == "" || i == without {
			return false
		}
	}
	return len(names) > 0
}

// countsColumns says whether the row only numbers the columns: 甲 乙 1 2 3.
func (t *tableReader) countsColumns(r tableRow) bool {
	if r.held < 4 || r.others > 0 || r.num > t.head.last+2 {
		return false
	}
	last, numbers := 0, 0
	for _, i := range t.across(r) {
		text := strings.Trim(fold(r.cells[i].Text), "()")
		text = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(text, "栏"), "列"), "第")
		if text == strings.ToLower(strings.TrimRight(sheets.Address(r.cells[i].Col, 1), "1")) {
			numbers++ // A B C, as the program itself counts them
			continue
		}
		if n := atoi(text); n > 0 && (numbers == 0 && n <= 4 || n == last+1) {
			last, numbers = n, numbers+1
			continue
		}
		if numbers > 0 || !columnLetters[text] {
			return false
		}
	}
	return numbers >= 3
}

// across is the row's fields from left to right.
func (t *tableReader) across(r tableRow) []int {
	var out []int
	for _, at := range t.field {
		if at > 0 && r.cells[at-1] != nil {
			out = append(out, at-1)
		}
	}
	return out
}

// isHeader says whether the row repeats the form's own titles. It need not look on
// when too few cells are left to make it one.
func (t *tableReader) isHeader(r tableRow) bool {
	same, left := 0, r.held
	for i, c := range r.cells {
		if c == nil {
			continue
		}
		left--
		if c.Kind == sheets.Text && t.titles.isLevel(i, c.Text) {
			same++
		}
		if same+left < 3 || (same+left)*2 <= r.held {
			return false
		}
	}
	return same >= 3
}

// onlyLevels says whether all that the row holds are levels of the columns' titles, as
// in the second row of a header of two.
func (t *tableReader) onlyLevels(r tableRow) bool {
	for i, c := range r.cells {
		if c != nil && (c.Kind != sheets.Text || !t.titles.isLevel(i, c.Text)) {
			return false
		}
	}
	return r.held > 0 && r.others == 0
}

// isPageTop says whether the row holds nothing but what stands above the header: the
// form's title, or the line of 填报单位 and 填报日期.
func (t *tableReader) isPageTop(r tableRow) bool {
	if r.held == 0 || r.held > 4 || r.others > 0 {
		return false
	}
	for _, c := range r.cells {
		if c == nil {
			continue
		}
		text := fold(c.Text)
		if c.Kind != sheets.Text || !strings.Contains(text, t.titles.title) && !(bandLabel.MatchString(text) && label(text)) {
			return false
		}
	}
	return true
}

// isPart says whether the row is a 小计 and not a 合计.
func isPart(r tableRow, f *Form) bool {
	for i, c := range r.cells {
		if c != nil && !Types[f.Fields[i].Type].Number && strings.Contains(fold(c.Text), "小计") {
			return true
		}
	}
	return strings.Contains(r.first, "小计")
}
