package merge

import (
	"errors"
	"fmt"

	"taizhang/templates"

	"github.com/shopspring/decimal"
)

// storage says how the values of a field type lie in columns. A blank is NULL
// in all of them.
type storage struct {
	columns []column
	encode  func(into []any, f *templates.Field, v templates.Value) ([]any, error) // appends to into
	decode  func(f *templates.Field, cells []any) (templates.Value, error)
}

// column is one column of a field: what its name ends with and its SQL type.
type column struct{ suffix, sql, title string }

// storages by field type; every other type is plain text.
var storages = map[string]storage{
	"int":      {[]column{{"", "INTEGER", ""}}, encodeNumber, decodeNumber},
	"decimal":  {[]column{{"", "INTEGER", ""}}, encodeNumber, decodeNumber},
	"date":     {[]column{{"", "TEXT", ""}}, encodeText, decodeDay},
	"deadline": {[]column{{"", "TEXT", ""}, {"_on", "TEXT", "（日期）"}, {"_open", "INTEGER", "（长期）"}}, encodeDeadline, decodeDeadline},
}

var plainText = storage{[]column{{"", "TEXT", ""}}, encodeText, decodeText}

func storageOf(f *templates.Field) storage {
	if s, ok := storages[f.Type]; ok {
		return s
	}
	return plainText
}

// scaleOf is how many decimals a column keeps.
func scaleOf(f *templates.Field) int {
	if f.Type == "decimal" {
		return f.Scale
	}
	return 0
}

func encodeText(into []any, _ *templates.Field, v templates.Value) ([]any, error) {
	if v.Blank() {
		return append(into, nil), nil
	}
	return append(into, v.Text), nil
}

// encodeNumber scales a decimal to a whole number. A value that would lose
// digits is refused, never rounded.
func encodeNumber(into []any, f *templates.Field, v templates.Value) ([]any, error) {
	if v.Blank() {
		return append(into, nil), nil
	}
	if whole, ok := scaledInt(v.Number, int32(scaleOf(f))); ok {
		return append(into, whole), nil
	}
	scaled := v.Number.Shift(int32(scaleOf(f)))
	if !scaled.IsInteger() || !scaled.BigInt().IsInt64() {
		return nil, fmt.Errorf("field %s: the number does not fit a column of %d decimals", f.Name, scaleOf(f))
	}
	return append(into, scaled.IntPart()), nil
}

// scaledInt is a number times a power of ten where both are small, as nearly all are;
// false leaves it to the exact arithmetic.
func scaledInt(d decimal.Decimal, scale int32) (int64, bool) {
	const digits = 18 // fit into an int64
	up := d.Exponent() + scale
	if up < 0 || up > digits || d.NumDigits()+int(up) > digits {
		return 0, false
	}
	n := d.CoefficientInt64()
	for range up {
		n *= 10
	}
	return n, true
}

func encodeDeadline(into []any, _ *templates.Field, v templates.Value) ([]any, error) {
	if v.Blank() {
		return append(into, nil, nil, nil), nil
	}
	var day any
	if v.Day != "" {
		day = v.Day
	}
	open := int64(0)
	if v.Open {
		open = 1
	}
	return append(into, v.Text, day, open), nil
}

// errCell says that a cell of the store does not hold what its column should.
var errCell = errors.New("stored cell has an unexpected type")

func decodeText(_ *templates.Field, cells []any) (v templates.Value, err error) {
	v.Text, err = cellText(cells[0])
	return v, err
}

func decodeDay(_ *templates.Field, cells []any) (v templates.Value, err error) {
	v.Text, err = cellText(cells[0])
	v.Day = v.Text
	return v, err
}

func decodeNumber(f *templates.Field, cells []any) (templates.Value, error) {
	if cells[0] == nil {
		return templates.Value{}, nil
	}
	n, ok := cells[0].(int64)
	if !ok {
		return templates.Value{}, errCell
	}
	d := decimal.New(n, -int32(scaleOf(f)))
	return templates.Value{Text: d.String(), Number: d}, nil
}

func decodeDeadline(_ *templates.Field, cells []any) (v templates.Value, err error) {
	if v.Text, err = cellText(cells[0]); err != nil {
		return v, err
	}
	v.Open = cells[2] == int64(1)
	v.Day, err = cellText(cells[1])
	return v, err
}

func cellText(cell any) (string, error) {
	switch c := cell.(type) {
	case nil:
		return "", nil
	case string:
		return c, nil
	}
	return "", errCell
}
