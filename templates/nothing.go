package templates

import (
	"regexp"
	"strings"

	"taizhang/sheets"
)

// A form that allows it has a box in its band to say that there is nothing to
// report: □零报告. It may be ticked, or the words may be written into the first
// row of the table instead.
const (
	nilBox  = "□ 零报告"
	nilHint = "(没有要报的，改成☑)"
)

var (
	// nilMark is the box with its word, as it stands in a folded cell: what is
	// before the word, the word, a hint in brackets, and what is behind it.
	nilMark = regexp.MustCompile(`([√✓✔☑☒■●]|[\[(][x√✓✔][\])]|[□☐○◯◻]|[\[(][\])])?(零报告|零上报|零填报)(?:\([^()]*\))?(:)?([√✓✔☑☒■●是]|[\[(][x√✓✔][\])]|[□☐○◯◻否]|[\[(][\])])?`)
	nilTick = regexp.MustCompile(`[√✓✔☑☒■●是x]`)
	nilWord = regexp.MustCompile(`^(实行)?零(报告|上报|填报)[。.]?$|^本(期|次|月|季|旬|周|批)(无|没有)(新增)?(内容|数据|信访件|问题|件)?[。.]?$`)
)

// nilFound is where a county says that there is nothing to report.
type nilFound struct {
	cell string // "" when it does not say so
	text string
}

// nilInBand looks for a ticked box, or for the word alone, above the header.
func nilInBand(f *Form, h *header) nilFound {
	var room [8]sheets.Cell
	for _, row := range h.sheet.Rows {
		if row.Num >= h.first {
			break
		}
		cells := row.Cells.Append(room[:0])
		for i, cell := range cells {
			if nilTicked(f, cells, i) {
				return nilFound{sheets.Address(cell.Col, row.Num), clean(cell.Text)}
			}
		}
	}
	return nilFound{}
}

// nilTicked says whether a cell of the band is a ticked box, or nothing but the
// word. In a longer text, such as a title, the word means nothing.
func nilTicked(f *Form, cells []sheets.Cell, i int) bool {
	text := fold(cells[i].Text)
	if !mayBeNil(text) {
		return false
	}
	m := nilMark.FindStringSubmatchIndex(text)
	if m == nil {
		return nilWord.MatchString(text)
	}
	part := func(n int) string {
		if m[2*n] < 0 {
			return ""
		}
		return text[m[2*n]:m[2*n+1]]
	}
	alone := m[0] == 0 && m[1] == len(text)
	if !alone && !inBand(f, text) {
		return false
	}
	box := part(1) + part(4)
	if box == "" && part(3) != "" && i+1 < len(cells) { // 零报告: and the tick in the next cell
		box = fold(cells[i+1].Text)
		return len(box) <= len("[√]") && nilTick.MatchString(box)
	}
	if box == "" {
		return alone && part(3) == ""
	}
	return nilTick.MatchString(box)
}

// mayBeNil says whether a folded text may match nilMark or nilWord: it has 零, or
// begins with 本.
func mayBeNil(folded string) bool {
	return strings.Contains(folded, "零") || strings.HasPrefix(folded, "本")
}

// inBand says whether the text is a cell of the band, with its words.
func inBand(f *Form, text string) bool {
	return strings.Contains(text, bandWord(f.Band.Unit, "填报单位")) || strings.Contains(text, bandWord(f.Band.Date, "填报日期"))
}

// nilRow says whether a row of the table says that there is nothing to report:
// beside the word it may hold the unit's name, a running number and strokes.
func (r *Reading) nilRow(seen tableRow) nilFound {
	found := nilFound{}
	for i, c := range seen.cells {
		if c == nil {
			continue
		}
		text := fold(c.Text)
		switch {
		case mayBeNil(text) && nilWord.MatchString(text):
			if at := sheets.Address(c.Col, seen.num); found.cell == "" || at < found.cell {
				found = nilFound{at, clean(c.Text)}
			}
		case r.Form.Fields[i].Serial, placeholders[text], r.County != nil && longestName(r.County, text) > 0:
		default:
			return nilFound{}
		}
	}
	return found
}

// saysNil notes that a row says that there is nothing to report.
func (r *Reading) saysNil(seen tableRow) bool {
	found := r.nilRow(seen)
	if found.cell == "" {
		return false
	}
	if r.nilSaid.cell == "" {
		r.nilSaid = found
	}
	return true
}

// nothing settles a table without rows, and one that says it has none.
func (r *Reading) nothing(h *header) {
	said := r.nilSaid.cell != ""
	switch {
	case said && r.Read > 0:
		r.addNil(tell("P07", "", facts{"Cell": r.nilSaid.cell, "Rows": r.Read}))
	case said && !r.Form.Nil:
		r.addNil(tell("F07", "nil", facts{"Title": r.Form.Title}))
	case said:
		r.Nil = true
	case r.Read == 0:
		way := ""
		if r.Form.Nil {
			way = "or-nil"
		}
		r.add(r.at(tell("F07", way, facts{"Title": r.Form.Title}), h.sheet.Name, ""))
	}
}

func (r *Reading) addNil(f Finding) {
	f.Sheet, f.Cell, f.Value = r.Sheet, r.nilSaid.cell, r.nilSaid.text
	r.add(f)
}
