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
	deadlineQuarter = regexp.MustCompile(`(\d{4})年第?([一二三四1-4])季度`)
	deadlineTen     = regexp.MustCompile(`(\d{4})年(\d{1,2})月(上|中)旬`)
	deadlineMiddle  = regexp.MustCompile(`(\d{4})年(?:年?中|半年)`)
	deadlineVague   = regexp.MustCompile(`(\d{4})年(?:年?初|春|夏|秋|冬|元旦|清明|五一|端午|中秋|国庆|十一前|[汛雨旱]季?期?前)`)
	deadlineYear    = regexp.MustCompile(`(\d{4})年(?:底|末|内|年底|年末|12月底)?`)
	noDeadline      = regexp.MustCompile(`立行立改|立即整改|即知即改|边督边改`)
	openDeadline    = regexp.MustCompile(`长期|持续|常态化|常抓不懈|不断|每年|每季|每月|[年月日号]起`)
	tens            = map[string]int{"上": 10, "中": 20}
	halves          = map[string]int{"上": 1, "下": 2}
	quarters        = map[string]int{"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
)

// typeDeadline keeps a deadline as written, with the last day it names and
// whether it goes on beyond: "2024年底前，并长期坚持".
func typeDeadline(t *typist, f *Field, c sheets.Cell) typed {
	if c.Kind == sheets.Date || c.Kind == sheets.Number {
		return typeDate(t, f, c)
	}
	day, ok := deadlineOn(arabicDate(norm.NFKC.String(strings.Join(strings.Fields(c.Text), ""))))
	v := Value{Text: c.Text, Day: day, Open: openDeadline.MatchString(c.Text)}
	out := typed{value: v}
	if !ok && !v.Open && !noDeadline.MatchString(c.Text) {
		out.notes = append(out.notes, noted{code: "C04", way: "deadline", severity: Warn})
	}
	return out
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
