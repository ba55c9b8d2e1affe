package templates

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"taizhang/sheets"

	"golang.org/x/text/unicode/norm"
)

// bandText is what the line between title and header says.
type bandText struct {
	unit    string
	hasUnit bool // the word 填报单位 stands there
	cell    string
	more    []bandUnit // the units of further such lines
	day     string     // 填报日期 as 2006-01-02, "" when not filled in
	dayCell string
	daySaid typed // what is wrong with 填报日期, where something is
	dayText string
}

// bandUnit is a unit that a line above the header names once more.
type bandUnit struct{ unit, cell string }

// readBand reads 填报单位 and 填报日期 above the header. The county is the folder
// the file came through; a form that names another one is returned.
func (r *Reading) readBand(c *Catalog, h *header, s Sender) {
	r.band, r.nilSaid = bandOf(r.Form, h), nilInBand(r.Form, h)
	r.dayRemark(h)
	if !r.band.hasUnit || s.County == nil {
		return
	}
	r.bandUnit(c, h, s.County, bandUnit{r.band.unit, r.band.cell})
	for _, other := range r.band.more {
		if other.unit != "" {
			r.bandUnit(c, h, s.County, other)
		}
	}
}

// bandUnit returns a file whose unit line names nobody, or not the sender alone.
func (r *Reading) bandUnit(c *Catalog, h *header, county *County, said bandUnit) {
	f := Finding{}
	switch {
	case said.unit == "":
		f = tell("F08", "blank", facts{"Word": r.Form.Band.Unit, "County": county.Name})
	case !c.Counties.names(county, said.unit):
		f = tell("F08", "", facts{"Unit": said.unit, "County": county.Name})
		f.Value = said.unit
	default:
		return
	}
	f.Sheet, f.Cell = h.sheet.Name, said.cell
	r.add(f)
}

// bandOf finds the band's words above the header and what stands behind them.
func bandOf(f *Form, h *header) bandText {
	var b bandText
	unit, date := bandWord(f.Band.Unit, "填报单位"), bandWord(f.Band.Date, "填报日期")
	var room [8]sheets.Cell
	for _, row := range h.sheet.Rows {
		if row.Num >= h.first {
			break
		}
		cells := row.Cells.Append(room[:0])
		for i, cell := range cells {
			if text, ok := bandValue(unit, unitWords, cells, i); ok {
				b.takeUnit(text, sheets.Address(cell.Col, row.Num))
			}
			if text, ok := bandValue(date, nil, cells, i); ok && b.day == "" {
				b.dayCell = sheets.Address(cell.Col, row.Num)
				b.day, b.daySaid, b.dayText = bandDay(text)
			}
		}
	}
	return b
}

// unitWords are what offices write in place of the form's own word for who reports.
var unitWords = []string{"填报单位", "填表单位", "报送单位", "上报单位", "报告单位", "编报单位", "填报地区", "填报县区"}

// takeUnit keeps the unit of a line that says who reports. The first line counts;
// one that was left open is filled by the next.
func (b *bandText) takeUnit(unit, cell string) {
	if b.hasUnit && b.unit != "" {
		b.more = append(b.more, bandUnit{unit, cell})
		return
	}
	b.hasUnit, b.cell, b.unit = true, cell, unit
}

// bandWord is the word to look for: the form's, without what is in brackets.
func bandWord(word, otherwise string) string {
	if word == "" {
		word = otherwise
	}
	word = fold(word)
	if i := strings.IndexByte(word, '('); i > 0 {
		word = word[:i]
	}
	return strings.TrimRight(word, ":")
}

// longestUnit is how many characters a unit has at most that stands behind its word
// without a colon.
const longestUnit = 15

// bandValue is the text behind the form's word, or another one for the same: in the
// same cell, else in the next.
func bandValue(own string, others []string, cells []sheets.Cell, i int) (string, bool) {
	if folded, ok := foldPlain(cells[i].Text); ok && !strings.Contains(folded, own) && (others == nil || !mayBeUnit(folded)) {
		return "", false // so that most cells need not be spelt out
	}
	text := norm.NFKC.String(clean(cells[i].Text))
	word := bandStart(own, others, text)
	if word == "" {
		return "", false
	}
	rest := cutBand(behind(text, word))
	if !strings.Contains(text, ":") && utf8.RuneCountInString(rest) > longestUnit {
		return "", false // a sentence that begins with the word
	}
	if rest == "" && i+1 < len(cells) && !label(cells[i+1].Text) {
		rest = clean(cells[i+1].Text)
		if cells[i+1].Kind == sheets.Date {
			if when, ok := sheets.DateOf(cells[i+1], false); ok {
				rest = when.Format(dayLayout)
			}
		}
	}
	return rest, true
}

// bandStart is the word with which a text begins, "" for none.
func bandStart(own string, others []string, text string) string {
	folded := fold(text)
	begins := func(word string) bool { at := strings.Index(folded, word); return at >= 0 && at <= 3 }
	if begins(own) {
		return own
	}
	if i := slices.IndexFunc(others, begins); i >= 0 {
		return others[i]
	}
	return ""
}

// mayBeUnit says whether a folded text has what all unitWords have.
func mayBeUnit(folded string) bool {
	return strings.Contains(folded, "单位") || strings.Contains(folded, "填报")
}

// behind is what stands behind a label: behind its colon, or where it was written
// without one, behind the word and what is in brackets.
func behind(text, word string) string {
	if colon := strings.IndexByte(text, ':'); colon >= 0 {
		return strings.TrimSpace(text[colon+1:])
	}
	at := strings.Index(text, word)
	if at < 0 {
		return "" // blanks inside the word, and no colon
	}
	rest := strings.TrimSpace(text[at+len(word):])
	if strings.HasPrefix(rest, "(") {
		_, rest, _ = strings.Cut(rest, ")")
	}
	for _, seal := range []string{"公章", "盖章", "签章"} {
		rest = strings.TrimPrefix(rest, seal)
	}
	return strings.TrimSpace(rest)
}

// label says whether a cell of the band is no value but a label, or a box.
func label(text string) bool {
	text = norm.NFKC.String(text)
	if strings.Contains(text, ":") {
		return true
	}
	text = fold(text)
	return mayBeNil(text) && nilMark.MatchString(text)
}

// cutBand ends a value where the next label of the same cell begins.
func cutBand(text string) string {
	for _, label := range []string{"填报日期", "填报人", "填表人", "填报时间", "联系电话", "审核人", "填报单位", "□", "☑", "√", "零报告"} {
		if i := strings.Index(text, label); i >= 0 {
			text = text[:i]
		}
	}
	return strings.TrimSpace(text)
}

// bandDay reads 填报日期; blanks between 年 月 日 mean that it was left open.
func bandDay(text string) (day string, out typed, said string) {
	t := &typist{}
	out = t.dateFromText(norm.NFKC.String(text), text)
	return out.value.Day, out, text
}

// dayRemark asks about a 填报日期 that no calendar has. The file's period does not
// hang on it alone, so nothing is held.
func (r *Reading) dayRemark(h *header) {
	wrong := r.band.daySaid
	if wrong.code == "" || wrong.way != "impossible" && wrong.way != "era" {
		return
	}
	more := maps.Clone(wrong.facts)
	more["Cell"], more["Title"], more["Value"] = r.band.dayCell, bandWord(r.Form.Band.Date, "填报日期"), show(r.band.dayText)
	f := tell(wrong.code, wrong.way, more)
	f.Sheet, f.Cell, f.Value, f.Severity = h.sheet.Name, r.band.dayCell, r.band.dayText, Warn
	r.add(f)
}

// names says whether the text names the county and no other one: 甲县生态环境局 is
// 甲县, 新甲县整改办 is not.
func (cs *Counties) names(c *County, text string) bool {
	if cs.ByName(text) == c {
		return true
	}
	text = fold(text)
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return separator(r) || r == '和' || r == '及' || r == '与' }) {
		if other := cs.ByName(part); other != nil && other != c {
			return false // 甲县、乙县
		}
	}
	for _, other := range append(cs.All(), c) {
		for _, name := range append([]string{other.Name}, other.Aliases...) {
			if n := fold(name); other != c && len(n) > longestName(c, text) && strings.Contains(text, n) {
				return false
			}
		}
	}
	return longestName(c, text) > 0
}

// longestName is the length of the longest of the county's names in the text.
func longestName(c *County, text string) int {
	longest := 0
	for _, name := range append([]string{c.Name}, c.Aliases...) {
		if n := fold(name); strings.Contains(text, n) {
			longest = max(longest, len(n))
		}
	}
	return longest
}

// settlePeriod decides which period the file is for: its mark, else what title
// or band say, else 填报日期, else the period open on arrival.
func (r *Reading) settlePeriod(b *sheets.Book, h *header, s Sender) {
	cal := r.Form.Calendar
	if cal == nil {
		return
	}
	marked := marksOf(b)[MarkPeriod]
	printed, found := r.printedPeriod(h, s.Now)
	switch {
	case found && printed == "":
		return // told already
	case marked == "":
		marked = printed
	case printed != "" && printed != marked:
		r.periodFinding("printed", facts{"Period": marked, "Printed": printed})
		return
	}
	dated := r.datedPeriod(cal)
	switch {
	case marked != "":
		r.markedPeriod(cal, marked, dated, s)
	case r.band.day != "" && dated == "":
		r.periodFinding("", facts{"Day": r.band.day})
	case dated != "":
		r.Period = dated
	default:
		if p, ok := cal.On(s.Now); ok {
			r.Period = p.ID
		} else {
			r.periodFinding("none", facts{})
		}
	}
	r.mustBeOpen(cal, s.Now)
}

// datedPeriod is the period whose window holds 填报日期.
func (r *Reading) datedPeriod(cal *Calendar) string {
	day, err := time.ParseInLocation(dayLayout, r.band.day, cal.Zone())
	if err != nil {
		return ""
	}
	if p, ok := cal.On(day); ok {
		return p.ID
	}
	return ""
}

// markedPeriod takes the period of the version mark. A date written after the
// due day but while late files are taken does not contradict it.
func (r *Reading) markedPeriod(cal *Calendar, marked, dated string, s Sender) {
	p, ok := cal.Period(marked)
	if !ok {
		r.periodFinding("unknown", facts{"Period": marked})
		return
	}
	if dated != "" && dated != marked && (dated < marked || !cal.Open(p, s.Now)) {
		r.periodFinding("differs", facts{"Period": marked, "Day": r.band.day, "Dated": dated})
		return
	}
	r.Period = marked
}

// mustBeOpen returns a file for a period that has not begun or is closed.
func (r *Reading) mustBeOpen(cal *Calendar, now time.Time) {
	if r.Period == "" {
		return
	}
	p, ok := cal.Period(r.Period)
	switch {
	case !ok || cal.Open(p, now):
	case cal.Locked(p, now):
		f := tell("P06", "locked", facts{"Period": r.Period, "Last": p.Due.Add(cal.Grace).In(cal.Zone()).Format("2006-01-02 15:04")})
		f.Severity = Reject
		r.addInBand(f)
	default:
		r.periodFinding("early", facts{"Period": r.Period, "Day": r.band.day})
	}
}

func (r *Reading) periodFinding(way string, f facts) {
	r.addInBand(tell("S05", way, f))
}

// addInBand keeps a finding about the period, where 填报日期 stands.
func (r *Reading) addInBand(f Finding) {
	f.Sheet, f.Cell, f.Value = r.Sheet, r.band.dayCell, r.band.day
	r.add(f)
}
