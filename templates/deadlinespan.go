package templates

import (
	"regexp"
	"strings"
)

// A span of time ends on its last day, whose year, and month, stand only before its
// first: 2026年12月20日-12月31日, 2026年6-9月.
const spanSign = `(?:-{1,2}|[—–]{1,2}|~|至|到)`

var (
	spanOfDays   = regexp.MustCompile(`(\d{4}年\d{1,2}月)\d{1,2}[日号]?` + spanSign + `(\d{1,2}[日号])`)
	spanOfMonths = regexp.MustCompile(`(\d{4})年(\d{1,2})月?(?:\d{1,2}[日号]|底|末|初|[上中下]旬)?` + spanSign + `(\d{1,2})月`)
	spanOfPoints = regexp.MustCompile(`(\d{4})[./](\d{1,2})[./]\d{1,2}` + spanSign + `(\d{1,2})[./](\d{1,2})(\D|$)`)
	spanOfShort  = regexp.MustCompile(`(\d{4})[./](\d{1,2})` + spanSign + `(\d{1,2})([^\d./年月-]|$)`)
)

// spanEnd writes each span as its last day or month. One that ends in an earlier month
// than it begins goes into a year that is not written; nothing is made of it.
func spanEnd(text string) string {
	text = spanOfDays.ReplaceAllString(text, "$1$2")
	text = endOfSpan(spanOfPoints, text, func(m []string) string { return m[1] + "." + m[3] + "." + m[4] + m[5] })
	text = endOfSpan(spanOfShort, text, func(m []string) string { return m[1] + "." + m[3] + m[4] })
	return endOfSpan(spanOfMonths, text, func(m []string) string { return m[1] + "年" + m[3] + "月" })
}

// endOfSpan writes what a pattern finds by its end. The second group is the month in
// which the span begins, the third the one in which it ends.
func endOfSpan(pattern *regexp.Regexp, text string, end func(m []string) string) string {
	return pattern.ReplaceAllStringFunc(text, func(span string) string {
		m := pattern.FindStringSubmatch(span)
		if atoi(m[3]) < atoi(m[2]) {
			return ""
		}
		return end(m)
	})
}

var (
	// beginning is a day from which something goes on: no deadline.
	beginning = regexp.MustCompile(`\d{4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:底|末|初)?(?:起|开始)`)
	// within is a span that is counted from some day: nobody can work it out from the text.
	within = regexp.MustCompile(`[0-9一二三四五六七八九十两半]个?(?:月|天|日|年|工作日|季度)(?:之?内|以内)`)
	// replaced is a text that names an earlier deadline beside the one in force.
	replaced = regexp.MustCompile(`原定?|提前|调整|变更|改为`)
)

// severalDays says whether a text names more than one day: what is left without the
// first wording of the latest one names another.
func severalDays(text, day string) bool {
	other := ""
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，,；;。()（）、", r) }) {
		if d, ok := deadlineOn(part); ok && d != day {
			other = d
		}
	}
	return other != ""
}
