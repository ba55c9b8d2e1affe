package templates

import (
	"maps"
	"regexp"
	"strings"

	"taizhang/sheets"

	"github.com/shopspring/decimal"
)

// displayed says so where a number's format shows another number than is stored,
// such as 3.5万 for 35000: what is stored counts, but a person saw the other. In a
// column of money it is to be confirmed, for there it may be wrong by ten thousand.
func (o typed) displayed(f *Field, c sheets.Cell, stored decimal.Decimal) typed {
	if o.code != "" || c.Percent || sameDigits(c.Text, c.Raw) || shownAlike(c.Text, stored) {
		return o
	}
	if _, money := scales[f.Unit]; money {
		return o.confirm(stored.String())
	}
	return o.readAs(c.Text, stored.String())
}

// stored tells what is wrong with a number by the digits that are stored, where the
// format shows others: 1.5 may look like 2 in its cell.
func (o typed) stored(c sheets.Cell, stored decimal.Decimal) typed {
	if o.code == "" || sameDigits(c.Text, c.Raw) || shownFully(c.Text, stored) {
		return o
	}
	about := facts{"Value": stored.String(), "Shown": c.Text}
	maps.Copy(about, o.facts)
	if o.way == "whole" {
		o.way = "hidden"
	}
	o.facts = about
	return o
}

// shownFully says whether a text shows every digit of a number.
func shownFully(text string, stored decimal.Decimal) bool {
	shown, err := decimal.NewFromString(strings.ReplaceAll(text, ",", ""))
	return err == nil && shown.Equal(stored)
}

// sameDigits says whether a text shows the stored digits as they are, but for
// separators and for zeros behind them, as most formats do.
func sameDigits(text, raw string) bool {
	i, point := 0, false
	for _, r := range text {
		switch {
		case i < len(raw) && r == rune(raw[i]):
			i, point = i+1, point || r == '.'
		case r == ',' && !point:
		case i == len(raw) && r == '.' && !point:
			point = true
		case i == len(raw) && r == '0' && point:
		default:
			return false
		}
	}
	return i == len(raw)
}

// shownNumber is a number within what a format shows.
var shownNumber = regexp.MustCompile(`[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+`)

// shownAlike says whether a text shows the number, rounded to the places that are
// shown. A text with no number in it, or with several, shows none to compare.
func shownAlike(text string, stored decimal.Decimal) bool {
	if strings.Contains(text, "E") {
		return true
	}
	found := shownNumber.FindAllString(text, 2)
	if len(found) != 1 {
		return true
	}
	shown, err := decimal.NewFromString(strings.TrimSuffix(strings.ReplaceAll(found[0], ",", ""), "."))
	if err != nil {
		return true
	}
	half := decimal.New(5, shown.Exponent()-1)
	return shown.Sub(stored.Abs()).Abs().LessThanOrEqual(half)
}
