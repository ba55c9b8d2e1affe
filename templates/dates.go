package templates

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"taizhang/sheets"
)

// The years a date in a form may fall in; anything else is a slip.
const (
	firstYear = 1949
	lastYear  = 2100
)

var (
	dayText   = regexp.MustCompile(`^(\d{4}|\d{2})[-/.年、。](\d{1,2})[-/.月、。](\d{1,2})[日号]?(?:[T\s]?\d{1,2}(?::\d{1,2}){1,2}(?:\.\d+)?Z?|\s?\d{1,2}时(?:\d{1,2}分?)?)?$`)
	dayDigits = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	dayNoYear = regexp.MustCompile(`^(\d{1,2})月(\d{1,2})[日号]$`)
	sixDigits = regexp.MustCompile(`^(\d{4})(\d{2})$`)
	monthText = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})月?(?:份)?$`)
	inWords   = regexp.MustCompile(`([零〇○一二三四五六七八九十]{1,4})(年|月|日|号)`)
	dayRange  = regexp.MustCompile(`\d[日号月]?(?:至|到|~|—|－|--)|\d+月\d+[日号]?-|\d{4}[./]\d{1,2}[./]\d{1,2}-`)
)

func typeDate(t *typist, f *Field, c sheets.Cell) typed {
	switch c.Kind {
	case sheets.Date:
		return t.shownDay(f, c)
	case sheets.Bool:
		return wrong("C04", "", nil)
	case sheets.Number:
		if len(c.Raw) == 8 && digitsOnly(c.Raw) {
			return t.dateFromText(c.Raw, c.Text)
		}
		return t.fromSerial(c, true)
	}
	text, weekday := cutWeekday(narrow(c.Text))
	return t.dateFromText(text, c.Text).onWeekday(weekday)
}

// monthAlone is a date as a format without days shows it.
var monthAlone = regexp.MustCompile(`^(?:\d{4}[-/.年]\d{1,2}月?|[零〇○一二三四五六七八九]{2,4}年[一二三四五六七八九十]{1,2}月|[A-Z][a-z]{2,8}[- ]\d{2,4})$`)

// onlyMonth says whether a cell shows a month and no day.
func onlyMonth(text string) bool {
	return monthAlone.MatchString(strings.ReplaceAll(narrow(text), " ", ""))
}

// shownDay reads a date by what is stored, and looks at what its cell shows. Where
// that is a month alone, the first is what the program made of a month that was
// typed, and no day. A time of day that is shown is left out, and told.
func (t *typist) shownDay(f *Field, c sheets.Cell) typed {
	out := t.fromSerial(c, false)
	when, ok := sheets.DateOf(c, t.date1904)
	if out.code != "" || !ok {
		return out
	}
	month := f.Type == "date" && onlyMonth(c.Text)
	switch {
	case month && when.Day() == 1:
		return wrong("C04", "month", nil)
	case month, showsTime(c.Text) && when.Hour()+when.Minute()+when.Second() > 0:
		return out.readAs(c.Text, out.value.Day)
	}
	return out
}

// showsTime says whether a cell shows a time of day.
func showsTime(text string) bool { return strings.ContainsAny(text, ":时") }

// showsDay says whether a cell shows a whole day and nothing more, as most do: three
// numbers with signs between them.
func showsDay(text string) bool {
	if n := len(text); n >= 8 && n <= 10 && (text[4] == '-' || text[4] == '/') && isDigit(text[0]) && isDigit(text[n-1]) {
		return true // 2026-11-2
	}
	numbers, in := 0, false
	for i := range len(text) {
		digit := isDigit(text[i])
		if digit && !in {
			numbers++
		}
		if in = digit; text[i] == ':' {
			return false
		}
	}
	return numbers == 3
}

// fromSerial reads a date that is stored as a number of days. One that its
// format does not show as a date is read and must be confirmed.
func (t *typist) fromSerial(c sheets.Cell, confirm bool) typed {
	when, ok := sheets.DateOf(c, t.date1904)
	if !ok {
		return wrong("C04", "", nil)
	}
	if when.Year() < firstYear || when.Year() > lastYear {
		return strangeSerial(c, when)
	}
	day := when.Format(dayLayout)
	out := typed{value: Value{Text: day, Day: day}}
	if confirm {
		return out.confirm(day)
	}
	return out
}

// strangeSerial is a number of days that leads to a year which cannot be meant:
// 2019.06 in a cell with the format of a date shows a day of 1905.
func strangeSerial(c sheets.Cell, when time.Time) typed {
	if c.Kind != sheets.Date {
		return wrong("C04", "", nil)
	}
	return wrong("C04", "serial", facts{"Year": when.Year(), "Raw": c.Raw})
}

// dateFromText reads the shapes in which people write a day.
func (t *typist) dateFromText(text, shown string) typed {
	text = strings.TrimRight(strings.TrimLeft(arabicDate(text), "'‘’`"), "。.;、")
	tight := strings.ReplaceAll(text, " ", "")
	if year, month, day, ok := plainParts(tight); ok {
		return dayValue(year, month, day, shown)
	}
	if m := dayDigits.FindStringSubmatch(tight); m != nil {
		return dayValue(m[1], m[2], m[3], shown)
	}
	for _, s := range []string{text, tight} {
		if m := dayText.FindStringSubmatch(s); m != nil {
			return dayValue(m[1], m[2], m[3], shown)
		}
	}
	if m := dayNoYear.FindStringSubmatch(tight); m != nil {
		return t.nearestYear(m[1], m[2], shown)
	}
	if monthText.MatchString(tight) {
		return wrong("C04", "month", nil)
	}
	if dayRange.MatchString(tight) {
		return wrong("C04", "range", nil)
	}
	return wrong("C04", "", nil)
}

// arabicDate writes 二〇一九年六月二十五日 with digits.
func arabicDate(text string) string {
	if !strings.ContainsAny(text, "零〇○一二三四五六七八九十") {
		return text
	}
	return inWords.ReplaceAllStringFunc(text, func(part string) string {
		m := inWords.FindStringSubmatch(part)
		if m[2] == "年" {
			return yearInWords.Replace(m[1]) + m[2]
		}
		if n, ok := chineseNumber(m[1]); ok {
			return n.String() + m[2]
		}
		return part
	})
}

// yearInWords says a year figure by figure.
var yearInWords = strings.NewReplacer("零", "0", "〇", "0", "○", "0", "一", "1", "二", "2", "三", "3", "四", "4",
	"五", "5", "六", "6", "七", "7", "八", "8", "九", "9")

// dayValue makes a day of its parts. A year of two digits is of this century
// and must be confirmed.
func dayValue(year, month, day, shown string) typed {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	short := len(year) == 2
	if short {
		y += 2000
	}
	text, ok := realDay(y, m, d)
	if !ok {
		return noSuchDay(y, m, d)
	}
	out := typed{value: Value{Text: text, Day: text}}
	if short {
		return out.confirm(text)
	}
	return out.readAs(plainDay(shown, y, m, d), text)
}

// noSuchDay says what is wrong with a day: its year, or that no calendar has it.
func noSuchDay(y, m, d int) typed {
	if y < firstYear || y > lastYear {
		return wrong("C04", "era", facts{"Year": y})
	}
	return wrong("C04", "impossible", facts{"Year": y, "Month": m, "Day": d})
}

// plainDay is the stored spelling when the typed one says the same at a glance.
func plainDay(shown string, y, m, d int) string {
	for _, marks := range [][3]string{{"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}} {
		if spelt(shown, y, m, d, marks, false) || spelt(shown, y, m, d, marks, true) {
			return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
		}
	}
	return shown
}

// spelt says whether a day is written with these marks, month and day in two digits
// or in as few as they have.
func spelt(shown string, y, m, d int, marks [3]string, two bool) bool {
	var room [32]byte
	out := append(strconv.AppendInt(room[:0], int64(y), 10), marks[0]...)
	out = append(appendDigits(out, m, two), marks[1]...)
	out = append(appendDigits(out, d, two), marks[2]...)
	return string(out) == shown
}

func appendDigits(out []byte, n int, two bool) []byte {
	if two && n < 10 {
		out = append(out, '0')
	}
	return strconv.AppendInt(out, int64(n), 10)
}

// plainParts cuts the commonest spellings of a day into year, month and day, as
// dayText would: 2019-6-17, 2019/06/17, 2019.6.17, 2019年6月17日.
func plainParts(s string) (year, month, day string, ok bool) {
	year, s = cutDigits(s)
	mark, s := cutMark(s, "-/.年")
	month, s = cutDigits(s)
	next, s := cutMark(s, "-/.月")
	day, s = cutDigits(s)
	ok = len(year) == 4 && mark && len(month) > 0 && len(month) <= 2 && next && len(day) > 0 && len(day) <= 2
	return year, month, day, ok && (s == "" || s == "日")
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

func cutMark(s, marks string) (ok bool, rest string) {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 || !strings.ContainsRune(marks, r) {
		return false, s
	}
	return true, s[size:]
}

// realDay checks that the calendar has the day.
func realDay(y, m, d int) (string, bool) {
	when := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < firstYear || y > lastYear || when.Month() != time.Month(m) || when.Day() != d {
		return "", false
	}
	return when.Format(dayLayout), true
}

// nearestYear reads 4月6日 as the day nearest to the file's own date, to be
// confirmed. A file that does not say its date leaves the year open.
func (t *typist) nearestYear(month, day, shown string) typed {
	base, err := time.Parse(dayLayout, t.day)
	if err != nil {
		return wrong("C04", "year", nil)
	}
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	best, gap := "", time.Duration(0)
	for y := base.Year() - 1; y <= base.Year()+1; y++ {
		text, ok := realDay(y, m, d)
		if !ok {
			continue
		}
		when, _ := time.Parse(dayLayout, text)
		if g := when.Sub(base).Abs(); best == "" || g < gap {
			best, gap = text, g
		}
	}
	if best == "" {
		return wrong("C04", "impossible", facts{"Year": "", "Month": m, "Day": d})
	}
	return typed{value: Value{Text: best, Day: best}}.confirm(best)
}
