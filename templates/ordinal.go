package templates

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"taizhang/sheets"
)

// Ordinal is how a form's title or band names its period: 2026年第三季度 is the
// third due day of 2026, 第3批 may be the third of the campaign.
type Ordinal struct {
	Pattern  string // with {n}, and with {year} where the year is printed beside it
	Campaign bool   // {n} counts from the first due day; else within a year
	find     *regexp.Regexp
}

// printedYear is a year that stands anywhere in the same text.
var printedYear = regexp.MustCompile(`(20\d\d)年`)

// newOrdinal compiles a pattern. It must hold {n} once.
func newOrdinal(pattern string, campaign bool) (*Ordinal, error) {
	if strings.Count(pattern, "{n}") != 1 || strings.Count(pattern, "{year}") > 1 {
		return nil, fmt.Errorf("“%s”里要有一个 {n}，最多一个 {year}", short(pattern))
	}
	text := strings.NewReplacer(`\{n\}`, `(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})`, `\{year\}`, `(?P<year>20\d\d)`).
		Replace(regexp.QuoteMeta(fold(pattern)))
	find, err := regexp.Compile(text)
	return &Ordinal{Pattern: pattern, Campaign: campaign, find: find}, err
}

// read finds the ordinal in a text, and the year it names, 0 for none.
func (o *Ordinal) read(text string) (n, year int, ok bool) {
	text = fold(text)
	m := o.find.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, false
	}
	word := m[o.find.SubexpIndex("n")]
	if n, ok = number(word); !ok {
		return 0, 0, false
	}
	if i := o.find.SubexpIndex("year"); i >= 0 {
		year = atoi(m[i])
	} else if y := printedYear.FindStringSubmatch(text); y != nil {
		year = atoi(y[1])
	}
	return n, year, true
}

// number reads an ordinal in digits or Chinese numerals.
func number(word string) (int, bool) {
	if n, err := strconv.Atoi(word); err == nil {
		return n, true
	}
	d, ok := chineseNumber(word)
	return int(d.IntPart()), ok
}

// Nth is the n-th period of a year, or with year 0 of the whole calendar.
func (c *Calendar) Nth(n, year int) (Period, bool) {
	for i, day := range c.rule.days {
		if year != 0 && day[:4] != strconv.Itoa(year) {
			continue
		}
		if n--; n == 0 {
			return c.period(i), true
		}
	}
	return Period{}, false
}

// printedPeriod is the period that title or band names above the header. What
// it says must be a period of the calendar.
func (r *Reading) printedPeriod(h *header, now time.Time) (id string, found bool) {
	cal := r.Form.Calendar
	if cal.Ordinal == nil {
		return "", false
	}
	for _, row := range h.sheet.Rows {
		if row.Num >= h.first {
			break
		}
		for cell := range row.Cells.All() {
			if n, year, ok := cal.Ordinal.read(cell.Text); ok {
				return r.ordinalPeriod(cell, row.Num, n, year, now), true
			}
		}
	}
	return "", false
}

// ordinalPeriod is the period of an ordinal; without a printed year it is of the
// year of 填报日期, else of the year of arrival.
func (r *Reading) ordinalPeriod(cell sheets.Cell, row, n, year int, now time.Time) string {
	cal := r.Form.Calendar
	switch {
	case cal.Ordinal.Campaign:
		year = 0
	case year == 0 && len(r.band.day) >= 4:
		year = atoi(r.band.day[:4])
	case year == 0:
		year = now.In(cal.Zone()).Year()
	}
	if p, ok := cal.Nth(n, year); ok {
		return p.ID
	}
	f := tell("S05", "ordinal", facts{"Text": show(clean(cell.Text))})
	f.Sheet, f.Cell, f.Value = r.Sheet, sheets.Address(cell.Col, row), show(clean(cell.Text))
	r.add(f)
	return ""
}
