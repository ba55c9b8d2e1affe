package templates

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"taizhang/sheets"

	"golang.org/x/text/unicode/norm"
)

var (
	deadlineDay     = regexp.MustCompile(`(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})(?:\D|$)`)
	deadlineMonth   = regexp.MustCompile(`(\d{4})年(\d{1,2})月`)
	deadlinePoint   = regexp.MustCompile(`(\d{4})[./-](\d{1,2})(?:[^\d年]|$)`)
	deadlineHalf    = regexp.MustCompile(`(\d{4})年(上|下)半年`)
	deadlineQuarter = regexp.MustCompile(`(\d{4})年(?:第|前)?([一二三四1-4])个?季度`)
	deadlineQ       = regexp.MustCompile(`(\d{4})年?第?[Qq]([1-4])`)
	deadlineTen     = regexp.MustCompile(`(\d{4})年(\d{1,2})月(上|中)旬`)
	deadlineMiddle  = regexp.MustCompile(`(\d{4})年(?:年?中|半年)`)
	deadlineVague   = regexp.MustCompile(`(\d{4})年(?:年?初|春|夏|秋|冬|元旦|清明|五一|端午|中秋|国庆|十一前|[汛雨旱]季?期?前)`)
	deadlineYear    = regexp.MustCompile(`(\d{4})年(?:底|末|内|年底|年末|12月底)?`)
	noDeadline      = regexp.MustCompile(`立行立改|立即整改|即知即改|即行即改|立查立改|边督边改`)
	openDeadline    = regexp.MustCompile(`长期|持续|常态化|常抓不懈|不断|每年|每季|每月|[年月日号]起`)
	tens            = map[string]int{"上": 10, "中": 20}
	halves          = map[string]int{"上": 1, "下": 2}
	quarters        = map[string]int{"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
)

// typeDeadline keeps a deadline as written, with the last day it names and
// whether it goes on beyond: "2024年底前，并长期坚持".
func typeDeadline(t *typist, f *Field, c sheets.Cell) typed {
	if c.Kind == sheets.Date && onlyMonth(c.Text) {
		return t.monthDeadline(c)
	}
	if c.Kind == sheets.Date || c.Kind == sheets.Number {
		if out := typeDate(t, f, c); c.Kind == sheets.Date || out.code == "" {
			return out
		}
	}
	text := arabicDate(norm.NFKC.String(strings.Join(strings.Fields(c.Text), "")))
	day, ok := lastDay(text)
	if c.Kind == sheets.Number && strings.HasSuffix(c.Raw, ".1") {
		day, ok = "", false // 2026.10 is shown as 2026.1
	}
	v := Value{Text: c.Text, Day: day, Open: openDeadline.MatchString(text) && !within.MatchString(text)}
	out := typed{value: v}
	if !ok && !v.Open && !noDeadline.MatchString(c.Text) {
		out.notes = append(out.notes, noted{code: "C04", way: "deadline", severity: Warn})
	}
	return out
}

// lastDay is the day on which what a text tells of must be done. Of a text that names
// the deadline of old beside the new one it is not told which is which.
func lastDay(text string) (day string, ok bool) {
	text = spanEnd(text)
	if day, ok = deadlineOn(beginning.ReplaceAllString(text, "")); !ok && !within.MatchString(text) {
		day, ok = deadlineOn(text) // 2017年起 and no other day
	}
	if ok && replaced.MatchString(text) && severalDays(text, day) {
		return "", false
	}
	return day, ok
}

// monthDeadline reads a day whose cell shows the month alone. 2026年12月 typed into a
// cell is stored as the month's first day, and means its last.
func (t *typist) monthDeadline(c sheets.Cell) typed {
	out := t.fromSerial(c, false)
	when, ok := sheets.DateOf(c, t.date1904)
	if out.code != "" || !ok || when.Day() != 1 {
		return out
	}
	last, _ := realDay(when.Year(), int(when.Month()), monthEnd(when.Year(), int(when.Month())))
	month := when.Format("2006年1月")
	return typed{value: Value{Text: month, Day: last}}.readAs(c.Text, month)
}

// deadlineOn is the latest day that a deadline's text names. A part of the text
// that was read as a day, month or quarter is not read as a year again.
func deadlineOn(text string) (day string, ok bool) {
	for _, shape := range deadlineShapes {
		for _, m := range shape.pattern.FindAllStringSubmatch(text, 20) {
			month, d := shape.day(m)
			year := atoi(m[1])
			if d == 0 {
				d = monthEnd(year, month)
			}
			if s, real := realDay(year, month, d); real && s > day {
				day, ok = s, true
			}
		}
		text = shape.pattern.ReplaceAllString(text, "")
	}
	return day, ok
}

// deadlineShapes are the wordings, narrowest first; day 0 is the month's last.
var deadlineShapes = []struct {
	pattern *regexp.Regexp
	day     func(m []string) (month, day int)
}{
	{deadlineDay, func(m []string) (int, int) { return atoi(m[2]), atoi(m[3]) }},
	{deadlineTen, func(m []string) (int, int) { return atoi(m[2]), tens[m[3]] }},
	{deadlineMonth, func(m []string) (int, int) { return atoi(m[2]), 0 }},
	{deadlinePoint, func(m []string) (int, int) { return atoi(m[2]), 0 }},
	{deadlineHalf, func(m []string) (int, int) { return halves[m[2]] * 6, 0 }},
	{deadlineQuarter, func(m []string) (int, int) { return quarters[m[2]] * 3, 0 }},
	{deadlineQ, func(m []string) (int, int) { return quarters[m[2]] * 3, 0 }},
	{deadlineMiddle, func([]string) (int, int) { return 6, 30 }},
	{deadlineVague, func([]string) (int, int) { return 0, 0 }}, // no day of the calendar, and not the year's last
	{deadlineYear, func([]string) (int, int) { return 12, 31 }},
}

// monthEnd is the number of days of a month.
func monthEnd(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // the patterns let only digits through
	return n
}
