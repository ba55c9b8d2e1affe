package templates

import (
	"slices"
	"strings"

	"taizhang/sheets"

	"golang.org/x/text/unicode/norm"
)

// typeMonth reads a month: 2024-03, 2024年3月, 202403, or any day in it.
func typeMonth(t *typist, f *Field, c sheets.Cell) typed {
	if out, ok := monthFromText(c); ok {
		return out
	}
	day := typeDate(t, f, c)
	switch {
	case day.code == "" && len(day.value.Day) >= len("2006-01"):
		return monthOf(day)
	case slices.Contains([]string{"", "month", "year"}, day.way):
		return wrong("C04", "monthly", nil)
	}
	return day
}

// monthFromText reads what names a month and no day.
func monthFromText(c sheets.Cell) (out typed, ok bool) {
	if c.Kind != sheets.Text && (c.Kind != sheets.Number || !digitsOnly(c.Raw)) {
		return out, false
	}
	tight := strings.ReplaceAll(norm.NFKC.String(c.Text), " ", "")
	plainly := monthText.FindStringSubmatch(tight)
	m := plainly
	if m == nil {
		tight = arabicDate(tight)
		m = slices.Concat(monthText.FindStringSubmatch(tight), sixDigits.FindStringSubmatch(tight))
	}
	if len(m) == 0 {
		return out, false
	}
	day := dayValue(m[1], m[2], "1", "")
	if day.code != "" {
		return wrong("C04", "monthly", nil), true
	}
	out = typed{value: Value{Text: day.value.Day[:7]}}
	if plainly == nil {
		return out.readAs(c.Text, out.value.Text), true
	}
	return out, true
}

// monthOf is the month of a day; what is doubtful of the one is of the other.
func monthOf(day typed) typed {
	month := day.value.Day[:7]
	out := typed{value: Value{Text: month}}
	for _, n := range day.notes {
		if n.severity == Warn {
			return out.confirm(month)
		}
	}
	return out
}
