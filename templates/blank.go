package templates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/sheets"
)

// BlankOptions say for whom a form is drawn and what stands in it already.
type BlankOptions struct {
	County *County // nil: the county writes its name itself
	Period string  // due day of the period, "" for none
	Date   string  // 填报日期 as 2006-01-02, "" to be filled in
	// Rows to be carried on: by field name a string, int, int64, decimal.Decimal
	// or time.Time. Frozen and city-owned columns are then shaded.
	Rows []map[string]any
	// Locked protects the sheet, without a password: only what is to be filled in
	// can be written.
	Locked bool
	Shut   map[int]bool // by index in Rows: closed, nothing of it is to be filled in
	Spare  int          // empty rows below those carried on
}

// How many rows a blank form has, and how far down its drop-downs reach.
const (
	ledgerLines = 20
	reportLines = 3
	ledgerReach = 2000
)

// Blank lays out the workbook that a county fills in. Header, drop-downs, hints
// and formats all come from the fields, so that they cannot disagree with what
// the reader expects.
func Blank(f *Form, o BlankOptions) sheets.Drawing {
	p := newPaper(sheetTitle(f), fieldWidths(f))
	if p.FreezeCol = frozenColumns(f); p.Print.Across > 1 {
		p.Print.RepeatCols = p.FreezeCol
		p.fit()
	}
	p.title(f.Title)
	p.Locked = o.Locked
	p.band(blankUnit(f, o.County), blankNil(f), blankDate(f, o.Date))
	p.header(headerPaths(f))
	first := p.row + 1
	p.lines(f, o)
	last := p.row
	for _, text := range blankNotes(f.Notes) {
		p.note(text)
	}
	p.signatures()
	p.choices(f, o, first, last)
	if o.Locked {
		p.open(o.County != nil)
	}
	for _, field := range f.Fields {
		p.Grid.Columns = append(p.Grid.Columns, sheets.Style{Look: sheets.Plain, Format: fieldFormat(field), Open: o.Locked && !field.City})
	}
	return sheets.Drawing{Grids: []sheets.Grid{p.Grid}, Marks: blankMarks(f, o)}
}

func sheetTitle(f *Form) string {
	if f.Sheet != "" {
		return f.Sheet
	}
	return f.Title
}

// blankMarks name the form in the workbook itself, so that a filled copy is
// recognised whatever became of its header.
func blankMarks(f *Form, o BlankOptions) map[string]string {
	marks := map[string]string{MarkForm: f.Name, MarkVersion: strconv.Itoa(f.Version)}
	if o.Period != "" {
		marks[MarkPeriod] = o.Period
	}
	if o.County != nil {
		marks[MarkCounty] = o.County.Name
	}
	return marks
}

func blankUnit(f *Form, c *County) string {
	word := f.Band.Unit
	if word == "" {
		word = "填报单位"
	}
	if !strings.ContainsAny(word, "(（") {
		word += "(公章)"
	}
	if c == nil {
		return word + "："
	}
	return word + "：" + c.Name
}

// blankNil is the box to tick when there is nothing to report.
func blankNil(f *Form) string {
	if !f.Nil {
		return ""
	}
	return nilBox + nilHint
}

func blankDate(f *Form, day string) string {
	word := f.Band.Date
	if word == "" {
		word = "填报日期"
	}
	if t, err := time.Parse(dayLayout, day); err == nil {
		return fmt.Sprintf("%s：%d年%d月%d日", word, t.Year(), t.Month(), t.Day())
	}
	return word + "：      年    月    日"
}

// headerPaths are the titles as printed: the unit stands in brackets once, on
// the highest level that belongs to fields of that unit alone. A title that has
// the word in it already (批次 counts 批) is left as it is.
func headerPaths(f *Form) [][]string {
	paths := make([][]string, len(f.Fields))
	for i, field := range f.Fields {
		paths[i] = slices.Clone(field.Path)
		if field.Unit == "" || strings.Contains(field.Title(), field.Unit) {
			continue
		}
		at := 0
		for at < len(field.Path)-1 && !unitShared(f, field, at) {
			at++
		}
		paths[i][at] += "(" + field.Unit + ")"
	}
	return paths
}

// unitShared says whether all fields below a parent have the field's unit.
func unitShared(f *Form, field *Field, level int) bool {
	for _, other := range f.Fields {
		below := len(other.Path) > level && slices.Equal(other.Path[:level+1], field.Path[:level+1])
		if below && other.Unit != field.Unit {
			return false
		}
	}
	return true
}

// frozenColumns keeps what names a row in view, where the table is wide.
func frozenColumns(f *Form) int {
	if len(f.Fields) <= 12 {
		return 0
	}
	label := f.Label
	if label == "" && len(f.Key) > 0 {
		label = f.Key[0]
	}
	for i, field := range f.Fields {
		if field.Name == label && i < 5 {
			return i + 1
		}
	}
	return 0
}

// lines lays out the rows: those given, or empty ones.
func (p *paper) lines(f *Form, o BlankOptions) {
	n := len(o.Rows) + o.Spare
	if n == 0 {
		n = reportLines
		if f.Kind == Ledger {
			n = ledgerLines
		}
	}
	for i := range n {
		p.next(0)
		var given map[string]any
		if i < len(o.Rows) {
			given = o.Rows[i]
		}
		for j, field := range f.Fields {
			value := given[field.Name]
			if value == nil && field.Serial && given != nil {
				value = i + 1
			}
			style := fieldStyle(field, given != nil && (value != nil || !o.Locked))
			if o.Shut[i] {
				style.Tint = sheets.Grey
			}
			style.Open = o.Locked && style.Tint != sheets.Grey
			p.put(j+1, value, style)
		}
		if len(f.Fields) == 1 {
			p.put(2, nil, sheets.Style{Look: sheets.Body})
		}
	}
}

func fieldStyle(f *Field, carried bool) sheets.Style {
	s := sheets.Style{Look: sheets.Body, Format: fieldFormat(f), Align: "center"}
	if (f.Type == "text" || f.Type == "multi") && defaultWidth(f) > 14 {
		s.Align = "left"
	}
	if f.City || f.Frozen && carried {
		s.Tint = sheets.Grey
	}
	return s
}

// fieldFormat is the number format of a field. Text stays text: a long number
// keeps its digits, and "2018-6" does not become a day.
func fieldFormat(f *Field) string {
	switch f.Type {
	case "int":
		return "0"
	case "decimal":
		if f.Scale > 0 {
			return "0." + strings.Repeat("0", f.Scale)
		}
		return "0"
	case "date":
		return "yyyy-mm-dd"
	}
	return "@"
}

func fieldWidths(f *Form) []float64 {
	widths := make([]float64, len(f.Fields))
	for i, path := range headerPaths(f) {
		widths[i] = defaultWidth(f.Fields[i])
		// A short title with its unit stays on one line, so that (万元) is not torn.
		title := path[len(path)-1]
		if w := sheets.TextWidth(title); w <= 16 && strings.Contains(title, "(") {
			widths[i] = max(widths[i], float64(w)+1)
		}
	}
	return widths
}

func defaultWidth(f *Field) float64 {
	switch {
	case f.Width > 0:
		return f.Width
	case f.Serial:
		return 6
	case f.Type == "int" || f.Type == "bool":
		return 8
	case f.Type == "decimal" || f.Type == "month" || f.Type == "unit":
		return 11
	case f.Type == "date":
		return 12
	case f.Type == "enum":
		widest := 8
		for _, v := range f.Enum {
			widest = max(widest, sheets.TextWidth(v)+2)
		}
		return float64(min(widest, 20))
	case f.Type == "text" && f.MaxLength > 0 && f.MaxLength <= 30:
		return 14
	case f.Type == "text":
		return 22
	}
	return 15
}

// blankNotes are the notes below the table, numbered when there are several. A
// form may word the label (备注：, 注：) itself.
func blankNotes(notes []string) []string {
	if len(notes) == 0 || notePattern.MatchString(fold(notes[0])) {
		return notes
	}
	if len(notes) == 1 {
		return []string{"注：" + notes[0]}
	}
	out := make([]string, len(notes))
	for i, text := range notes {
		out[i] = fmt.Sprintf("注：%d、%s", i+1, text)
	}
	return out
}

// signatures lays out the last line of a form.
func (p *paper) signatures() {
	p.next(26)
	style := sheets.Style{Look: sheets.Band}
	words := []string{"填表人：", "审核人：", "联系电话："}
	if p.lead < len(words) {
		p.span(1, p.lead, strings.Join(words, "            "), style)
		return
	}
	one := min(p.middle(1, 3), p.lead-2)
	two := min(max(p.middle(2, 3), one+1), p.lead-1)
	p.span(1, one, words[0], style)
	p.span(one+1, two, words[1], style)
	p.span(two+1, p.lead, words[2], style)
}
