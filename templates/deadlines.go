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
	deadlineDay     = regexp.MustCompile(`(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})[日号]?`)
	deadlineMonth   = regexp.MustCompile(`(\d{4})年(\d{1,2})月`)
	deadlineHalf    = regexp.MustCompile(`(\d{4})年(上|下)半年`)
	deadlineQuarter = regexp.MustCompile(`(\d{4})年第?([一二三四1-4])季度`)
	deadlineYear    = regexp.MustCompile(`(\d{4})年(?:底|末|内|年底|年末|12月底)?`)
	noDeadline      = regexp.MustCompile(`立行立改|立即整改|即知即改|边督边改`)
	openDeadline    = regexp.MustCompile(`长期|持续|常态化|常抓不懈|不断`)
	quarters        = map[string]int{"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
)

// typeDeadline keeps a deadline as written, with the last day it names and
// whether it goes on beyond: "2024年底前，并长期坚持".
func typeDeadline(t *typist, f *Field, c sheets.Cell) typed {
	if c.Kind == sheets.Date || c.Kind == sheets.Number {
		return typeDate(t, f, c)
	}
	day, ok := deadlineOn(norm.NFKC.String(strings.Join(strings.Fields(c.Text), "")))
	v := Value{Text: c.Text, Day: day, Open: openDeadline.MatchString(c.Text)}
	out := typed{value: v}
	if !ok && !v.Open && !noDeadline.MatchString(c.Text) {
		out.notes = append(out.notes, noted{code: "C04", way: "deadline", severity: Warn})
	}
	return out
}

// deadlineOn is the latest day that a deadline's text names.
func deadlineOn(text string) (day string, ok bool) {
	take := func(y string, m, d int) {
		year, _ := strconv.Atoi(y)
		if s, real := realDay(year, m, d); real && s > day {
			day, ok = s, true
		}
	}
	for _, m := range deadlineDay.FindAllStringSubmatch(text, 20) {
		take(m[1], atoi(m[2]), atoi(m[3]))
	}
	rest := deadlineDay.ReplaceAllString(text, "")
	for _, m := range deadlineMonth.FindAllStringSubmatch(rest, 20) {
		take(m[1], atoi(m[2]), monthEnd(atoi(m[1]), atoi(m[2])))
	}
	for _, m := range deadlineHalf.FindAllStringSubmatch(rest, 20) {
		half := map[string]int{"上": 6, "下": 12}[m[2]]
		take(m[1], half, monthEnd(atoi(m[1]), half))
	}
	for _, m := range deadlineQuarter.FindAllStringSubmatch(rest, 20) {
		month := quarters[m[2]] * 3
		take(m[1], month, monthEnd(atoi(m[1]), month))
	}
	if ok {
		return day, true
	}
	for _, m := range deadlineYear.FindAllStringSubmatch(rest, 20) {
		take(m[1], 12, 31)
	}
	return day, ok
}

// monthEnd is the number of days of a month.
func monthEnd(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // the patterns let only digits through
	return n
}
