package templates

import (
	"strings"
	"time"

	"taizhang/sheets"

	"golang.org/x/text/unicode/norm"
)

// bandText is what the line between title and header says.
type bandText struct {
	unit    string
	hasUnit bool // the word 填报单位 stands there
	cell    string
	day     string // 填报日期 as 2006-01-02, "" when not filled in
	dayCell string
}

// readBand reads 填报单位 and 填报日期 above the header. The county is the folder
// the file came through; a form that names another one is returned.
func (r *Reading) readBand(c *Catalog, h *header, s Sender) {
	r.band, r.nilSaid = bandOf(r.Form, h), nilInBand(r.Form, h)
	if !r.band.hasUnit || s.County == nil {
		return
	}
	f := Finding{}
	switch {
	case r.band.unit == "":
		f = tell("F08", "blank", facts{"Word": r.Form.Band.Unit, "County": s.County.Name})
	case !c.Counties.names(s.County, r.band.unit):
		f = tell("F08", "", facts{"Unit": r.band.unit, "County": s.County.Name})
		f.Value = r.band.unit
	default:
		return
	}
	f.Sheet, f.Cell = h.sheet.Name, r.band.cell
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
			if text, ok := bandValue(unit, cells, i); ok && !b.hasUnit {
				b.hasUnit, b.cell, b.unit = true, sheets.Address(cell.Col, row.Num), text
			}
			if text, ok := bandValue(date, cells, i); ok && b.day == "" {
				b.dayCell = sheets.Address(cell.Col, row.Num)
				b.day = bandDay(text)
			}
		}
	}
	return b
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

// bandValue is the text behind a band word: in the same cell, else in the next.
func bandValue(word string, cells []sheets.Cell, i int) (string, bool) {
	if folded, ok := foldPlain(cells[i].Text); ok && !strings.Contains(folded, word) {
		return "", false // so that most cells need not be spelt out
	}
	text := norm.NFKC.String(clean(cells[i].Text))
	at := strings.Index(fold(text), word)
	if at < 0 || at > 3 {
		return "", false
	}
	rest := ""
	if colon := strings.IndexByte(text, ':'); colon >= 0 {
		rest = text[colon+1:]
	}
	rest = cutBand(strings.TrimSpace(rest))
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
func bandDay(text string) string {
	t := &typist{}
	out := t.dateFromText(norm.NFKC.String(text), text)
	return out.value.Day
}

// names says whether the text names the county and no other one: 甲县生态环境局 is
// 甲县, 新甲县整改办 is not.
func (cs *Counties) names(c *County, text string) bool {
	if cs.ByName(text) == c {
		return true
	}
	text = fold(text)
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
