package templates

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/sheets"

	"github.com/shopspring/decimal"
)

// plainRead reads a cell that is filled in just as its field asks, of which nothing
// is to be told, as most are. False: the cell wants a closer look, and v is not to
// be used.
type plainRead func(t *typist, f *Field, c *sheets.Cell, v *Value) bool

// plainRead is how the field's plain cells are read, nil when there are none.
func (f *Field) plainRead() plainRead {
	if f.Pattern != nil || f.OwnPlace {
		return nil
	}
	switch f.Type {
	case "text":
		return textPlainly
	case "int", "decimal":
		return numberPlainly
	case "date":
		return dayPlainly
	case "enum":
		return choicePlainly
	case "multi":
		return choicesPlainly
	case "unit":
		return unitPlainly
	}
	return nil
}

func textPlainly(_ *typist, f *Field, c *sheets.Cell, v *Value) bool {
	if c.Kind != sheets.Text || c.Formula || !tidy(c.Text) || placeholder(c.Text) || ditto(c.Text) || f.MaxLength > 0 && len(c.Text) > f.MaxLength {
		return false
	}
	v.Text = c.Text
	return true
}

func dayPlainly(t *typist, _ *Field, c *sheets.Cell, v *Value) bool {
	if c.Kind != sheets.Date || !showsDay(c.Text) {
		return false
	}
	when, ok := sheets.DateOf(*c, t.date1904)
	if !ok || when.Year() < firstYear || when.Year() > lastYear {
		return false
	}
	v.Text = isoDay(when)
	v.Day = v.Text
	return true
}

// isoDay is a day of a year of four digits as 2006-01-02.
func isoDay(when time.Time) string {
	var room [10]byte
	y, m, d := when.Date()
	out := append(strconv.AppendInt(room[:0], int64(y), 10), '-')
	out = append(appendDigits(out, int(m), true), '-')
	return string(appendDigits(out, d, true))
}

func choicePlainly(_ *typist, f *Field, c *sheets.Cell, v *Value) bool {
	if c.Kind != sheets.Text || !slicesHas(f.tidyEnum, c.Text) {
		return false
	}
	v.Text = c.Text
	return true
}

// choicesPlainly reads choices that stand as they are written back: 水、大气.
func choicesPlainly(_ *typist, f *Field, c *sheets.Cell, v *Value) bool {
	if c.Kind != sheets.Text || c.Text == "" || f.MaxLength > 0 && len(c.Text) > f.MaxLength {
		return false
	}
	list := make([]string, 0, 8)
	for rest, more := c.Text, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, "、")
		if !slicesHas(f.tidyEnum, part) || slicesHas(list, part) {
			return false
		}
		list = append(list, part)
	}
	v.Text = c.Text
	return true
}

// tidyChoices are the choices that a cell may spell with no other words than the
// form's.
func (f *Field) tidyChoices() []string {
	return slices.DeleteFunc(slices.Clone(f.Enum), func(v string) bool {
		read, ok := f.choice(v)
		return !ok || read != v || !tidy(v) || f.Type == "multi" && strings.ContainsFunc(v, separator)
	})
}

func unitPlainly(t *typist, _ *Field, c *sheets.Cell, v *Value) bool {
	if t.sender == nil || c.Text != t.sender.Name || c.Kind != sheets.Text || !tidy(c.Text) || placeholder(c.Text) {
		return false
	}
	v.Text = c.Text
	return true
}

// numberPlainly reads a number of few digits that is shown as it is stored, or rounded
// to the places that its format shows.
func numberPlainly(t *typist, f *Field, c *sheets.Cell, v *Value) bool {
	if c.Kind != sheets.Number || c.Percent || f.Unit == "%" || t.money[f.Index] != "" {
		return false
	}
	stored, ok := plainFigure(c.Raw)
	if !ok || stored.trailing() || stored.places > f.Scale {
		return false
	}
	if c.Text != c.Raw {
		if shown, ok := plainFigure(c.Text); !ok || !stored.shownAs(shown) {
			return false
		}
	}
	number := decimal.New(stored.digits, -int32(stored.places))
	if !f.allows(number) {
		return false
	}
	v.Text, v.Number = c.Raw, number
	return true
}

// allows says whether a number is within the field's limits. That most least ones
// are 0, which no plain number is below, is worth knowing first.
func (f *Field) allows(n decimal.Decimal) bool {
	return (f.Minimum == nil || f.Minimum.Sign() <= 0 && n.Sign() >= 0 || !n.LessThan(*f.Minimum)) &&
		(f.Maximum == nil || !n.GreaterThan(*f.Maximum))
}

// figure is a plain number: so many digits, of which the last few are decimals.
type figure struct {
	digits int64
	places int
}

// longestFigure is how many characters a plain number has at most. What so few
// digits say fits a column, and is trusted to the last.
const longestFigure = 12

// plainFigure reads digits, and up to six decimals behind a point: 0, 12, 4.625.
// Signs and leading zeros are not plain.
func plainFigure(s string) (n figure, ok bool) {
	point := strings.IndexByte(s, '.')
	whole := point
	if point < 0 {
		whole = len(s)
	}
	if whole == 0 || point == len(s)-1 || len(s) > longestFigure || s[0] == '0' && whole > 1 {
		return figure{}, false
	}
	for i := range len(s) {
		if isDigit(s[i]) {
			n.digits = n.digits*10 + int64(s[i]-'0')
		} else if i != point {
			return figure{}, false
		}
	}
	if point > 0 {
		n.places = len(s) - point - 1
	}
	return n, n.places <= maxScale
}

// trailing says whether a zero ends the decimals.
func (n figure) trailing() bool { return n.places > 0 && n.digits%10 == 0 }

// shownAs says whether another figure shows this one, with zeros behind it or
// rounded.
func (n figure) shownAs(shown figure) bool {
	for ; n.places < shown.places; n.places++ {
		n.digits *= 10
	}
	unit := int64(1)
	for ; shown.places < n.places; shown.places++ {
		shown.digits *= 10
		unit *= 10
	}
	off := n.digits - shown.digits
	return 2*max(off, -off) <= unit
}
