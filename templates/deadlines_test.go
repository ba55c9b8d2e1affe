package templates

import (
	"testing"

	"taizhang/sheets"
)

// A deadline that is a span ends on its last day; what began earlier, or was the
// deadline before, is none.
func TestDeadlinesThatAreSpans(t *testing.T) {
	for text, want := range map[string]struct {
		day  string
		open bool
		note bool
	}{
		"2026年12月20日-12月31日":  {"2026-12-31", false, false},
		"2026年11月20—30日":      {"2026-11-30", false, false},
		"2026年6-9月":           {"2026-09-30", false, false},
		"2026年6月至9月底":         {"2026-09-30", false, false},
		"2026年6月1日至9月15日":     {"2026-09-15", false, false},
		"2026年3月底到8月20日前":     {"2026-08-20", false, false},
		"2026.6-9":            {"2026-09-30", false, false},
		"2026.6.1-6.30":       {"2026-06-30", false, false},
		"2026/6/1～7/15":       {"2026-07-15", false, false},
		"2026年12月—2027年6月":    {"2027-06-30", false, false},
		"2026年12月至2027年1月15日": {"2027-01-15", false, false},
		"2026年11月-3月":         {"", false, true}, // March of which year?
		"2026年前三季度":           {"2026-09-30", false, false},
		"2026年第三个季度":          {"2026-09-30", false, false},
		"2026年Q3":             {"2026-09-30", false, false},
		"2026Q1":              {"2026-03-31", false, false},
		"2026年底前，2027年起长期坚持":  {"2026-12-31", true, false},
		"自2026年1月起开展，2026年12月底前完成": {"2026-12-31", true, false},
		"2027年起":         {"2027-12-31", true, false},
		"2026年10月起三个月内":  {"", false, true},
		"2026年6月1日起30日内": {"", false, true},
		"原定2027年6月底前，提前至2026年6月底前":    {"", false, true},
		"2026年6月底前；原时限2025年12月底前":     {"", false, true},
		"延期至2027年6月":                  {"2027-06-30", false, false},
		"2026年6月底前完成50%，2026年12月底前完成": {"2026-12-31", false, false},
		"即行即改": {"", false, false},
	} {
		got := (&typist{}).cell(&Field{Type: "deadline"}, sheets.Cell{Kind: sheets.Text, Raw: text, Text: text})
		if got.value.Text != text || got.value.Day != want.day || got.value.Open != want.open || (len(got.notes) > 0) != want.note {
			t.Errorf("%s: %+v notes %v, want %+v", text, got.value, got.notes, want)
		}
	}
}

// 46357 is the first of December 2026, which is what a program stores for 2026年12月.
func TestDeadlinesThatExcelMade(t *testing.T) {
	for _, x := range []struct {
		kind                  sheets.Kind
		raw, shown, day, text string
	}{
		{sheets.Date, "46357", "2026年12月", "2026-12-31", "2026年12月"},
		{sheets.Date, "46357", "Dec-26", "2026-12-31", "2026年12月"},
		{sheets.Date, "46357", "2026/12/1", "2026-12-01", "2026-12-01"},
		{sheets.Date, "46360", "2026年12月", "2026-12-04", "2026-12-04"},
		{sheets.Number, "2026.12", "2026.12", "2026-12-31", "2026.12"},
		{sheets.Number, "2026.9", "2026.9", "2026-09-30", "2026.9"},
		{sheets.Number, "2026.1", "2026.1", "", "2026.1"},
		{sheets.Number, "46357", "46357", "2026-12-01", "2026-12-01"},
	} {
		got := (&typist{}).cell(&Field{Type: "deadline"}, sheets.Cell{Kind: x.kind, Raw: x.raw, Text: x.shown})
		if got.code != "" || got.value.Day != x.day || got.value.Text != x.text {
			t.Errorf("%s shown as %s: %+v, want %s (%s)", x.raw, x.shown, got, x.text, x.day)
		}
	}
}
