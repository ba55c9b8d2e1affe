package sheets

import (
	"strings"
	"unicode/utf16"
)

// SheetName makes a text into one that a workbook takes as the name of a sheet:
// at most 31 characters, none of : \ / ? * [ ], no quote at either end.
func SheetName(text string) string {
	drop := func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`:\/?*[]`, r) {
			return -1
		}
		return r
	}
	name := strings.Trim(cut(strings.Map(drop, text), 31, ""), "' ")
	if name == "" {
		return "Sheet"
	}
	return name
}

// quoteSheet spells a sheet's name as it stands in a reference.
func quoteSheet(name string) string {
	return "'" + strings.ReplaceAll(name, "'", "''") + "'"
}

// quoteLink spells "Sheet!A1" with the sheet's name quoted.
func quoteLink(link string) string {
	i := strings.LastIndex(link, "!")
	if i < 0 || strings.HasPrefix(link, "'") {
		return link
	}
	return quoteSheet(link[:i]) + link[i:]
}

// cut shortens a text to a number of UTF-16 units, which is how spreadsheet
// programs count characters; a text that is cut ends with the given mark.
func cut(text string, limit int, mark string) string {
	if units(text) <= limit {
		return text
	}
	room := limit - units(mark)
	for i, r := range text {
		if room -= utf16.RuneLen(r); room < 0 {
			return text[:i] + mark
		}
	}
	return text
}

// units counts a text as spreadsheet programs do.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}
