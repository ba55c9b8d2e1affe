package templates

import (
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// checkLimits holds a value against the field's own constraints.
func checkLimits(f *Field, o *typed) {
	v := o.value
	switch {
	case f.Minimum != nil && v.Number.LessThan(*f.Minimum),
		f.Maximum != nil && v.Number.GreaterThan(*f.Maximum):
		o.fail("C06", rangeWay(f), facts{"Min": limitText(f.Minimum), "Max": limitText(f.Maximum)})
	case f.Pattern != nil && !f.Pattern.MatchString(v.Text):
		o.fail("C07", "", facts{"Example": f.Example, "Pattern": f.Pattern.String()})
	case f.MaxLength > 0 && utf8.RuneCountInString(v.Text) > f.MaxLength:
		o.fail("C08", "", facts{"Length": utf8.RuneCountInString(v.Text), "Limit": f.MaxLength})
	}
}

// fail turns a value that was read into one that may not stand.
func (o *typed) fail(code, way string, f facts) {
	o.code, o.way, o.facts = code, way, f
}

// rangeWay picks the wording by which ends the range has.
func rangeWay(f *Field) string {
	switch {
	case f.Maximum == nil:
		return "min"
	case f.Minimum == nil:
		return "max"
	}
	return ""
}

func limitText(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}
