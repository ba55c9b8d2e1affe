package templates

import (
	"regexp"
	"strconv"
	"strings"

	"taizhang/sheets"

	"github.com/shopspring/decimal"
)

// significant is how many digits a number in a workbook can be trusted for.
const significant = 15

var (
	numberText      = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?$`)
	numberUnit      = regexp.MustCompile(`^([+-]?[\d,]+(?:\.\d+)?)([^\d.,]{1,4})$`)
	brokenNumber    = regexp.MustCompile(`\d \d`)
	spacedThousands = regexp.MustCompile(`^[^\d]*\d{1,3}( \d{3})+(?:\.\d+)?[^\d]*$`)
	longInteger     = regexp.MustCompile(`^[+-]?\d{16,}$`)
)

// parseRaw reads the stored digits of a number and rounds them to what the
// number can be trusted for: 0.30000000000000004 is 0.3.
func parseRaw(raw string) (decimal.Decimal, bool) {
	if len(raw) > 40 {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(raw)
	if err != nil || d.Exponent() > 30 || d.Exponent() < -330 {
		return decimal.Decimal{}, false
	}
	if len(raw) <= significant {
		return d, true
	}
	if digits := d.NumDigits(); digits > significant {
		d = d.Round(-d.Exponent() - int32(digits-significant))
	}
	return d, true
}

// lostDigits says whether a number is so long that its last digits are gone.
func lostDigits(raw string) bool {
	if len(raw) <= significant && digitsOnly(raw) {
		return false
	}
	if longInteger.MatchString(raw) {
		return true
	}
	d, err := decimal.NewFromString(raw)
	if err != nil || len(raw) > 40 || d.Exponent() > 30 {
		return true
	}
	return d.Exponent() >= 0 && d.NumDigits()+int(d.Exponent()) > significant ||
		d.Exponent() < 0 && d.NumDigits()+int(d.Exponent()) > significant
}

// digitsOnly says whether a text is plain digits, at least one.
func digitsOnly(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// leadingZeros are digits as a format such as 0000 shows them.
var leadingZeros = regexp.MustCompile(`^0\d+$`)

// plainNumber is a number's digits as text, without exponent. Leading zeros and
// % that a person sees stay.
func plainNumber(c sheets.Cell) string {
	d, ok := parseRaw(c.Raw)
	switch {
	case !ok:
		return c.Text
	case c.Percent:
		return d.Shift(2).String() + "%"
	case strings.HasPrefix(c.Text, "0") && leadingZeros.MatchString(c.Text) && strings.TrimLeft(c.Text, "0") == d.String():
		return c.Text
	}
	return d.String()
}

// typeNumber reads a number. Where the title of the file's column states another
// money unit than the form, the number is read in that one and converted.
func typeNumber(t *typist, f *Field, c sheets.Cell) typed {
	unit := t.money[f.Index]
	if unit == "" {
		return typeFigure(f, c)
	}
	shift := scales[unit] - scales[f.Unit]
	own := *f
	own.Unit, own.Type, own.Scale = unit, "decimal", max(0, f.Scale+int(shift))
	out := typeFigure(&own, c)
	if out.code != "" {
		return out
	}
	in := numberValue(f, out.value.Number.Shift(shift))
	if len(out.notes) > 0 { // the cell itself says more than its column
		return in.confirm(in.value.Text)
	}
	in.notes = append(in.notes, noted{code: "C03", way: "money", severity: Warn, facts: facts{"From": unit, "Above": t.moneyAt}})
	return in
}

// typeFigure reads a number as the form's own column would have it.
func typeFigure(f *Field, c sheets.Cell) typed {
	switch c.Kind {
	case sheets.Date:
		return wrong("C02", "date", nil)
	case sheets.Bool:
		return wrong("C02", "", nil)
	case sheets.Number:
		d, ok := parseRaw(c.Raw)
		if !ok {
			return wrong("C02", "", nil)
		}
		switch {
		case c.Percent && f.Unit == "%":
			d = d.Shift(2)
		case c.Percent && (f.Unit != "" || f.Type == "int"):
			return wrong("C02", "unit", facts{"Unit": f.Unit, "Typed": "%"})
		case !c.Formula && maybeShare(f, d):
			return numberValue(f, d).confirm(d.String() + "%")
		}
		if c.Formula && f.Unit == "%" {
			return quotient(f, d)
		}
		return numberValue(f, d).displayed(f, c, d).stored(c, d)
	}
	return numberFromText(f, narrow(c.Text), c.Text)
}

// maybeShare says whether a number in a column of percent may be meant as a share of
// one: 0.8 may be 80%.
func maybeShare(f *Field, d decimal.Decimal) bool {
	return f.Unit == "%" && d.IsPositive() && d.LessThan(decimal.NewFromInt(1))
}

// quotient reads a rate that a formula worked out. Its digits may never end; it
// is rounded to those the column has, and that is told.
func quotient(f *Field, d decimal.Decimal) typed {
	kept := d.Round(int32(f.Scale))
	out := numberValue(f, kept)
	if out.code != "" || kept.Equal(d) {
		return out
	}
	return out.readAs(d.String(), kept.String())
}

// numberFromText reads a number that was typed as text.
func numberFromText(f *Field, text, shown string) typed {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "−", "-")
	if brokenNumber.MatchString(text) && !spacedThousands.MatchString(text) {
		return wrong("C02", "", nil) // 1 2 may be 12, or two numbers
	}
	text = strings.TrimLeft(strings.ReplaceAll(text, " ", ""), "'‘’`")
	text = strings.TrimRight(text, "。.;、")
	if numberText.MatchString(text) && strings.ContainsAny(text, "0123456789") {
		d, err := decimal.NewFromString(strings.ReplaceAll(text, ",", ""))
		if err != nil || len(text) > 40 {
			return wrong("C02", "", nil)
		}
		if maybeShare(f, d) {
			return numberValue(f, d).confirm(d.String() + "%")
		}
		return numberValue(f, d).readAs(shown, thousandsAs(text, shown, d))
	}
	if rest, ok := strings.CutPrefix(text, "百分之"); ok {
		if d, ok := chineseNumber(rest); ok {
			return percentInWords(f, d)
		}
	}
	amount, yuan := cutCurrency(text)
	if m := numberUnit.FindStringSubmatch(amount); m != nil && numberText.MatchString(m[1]) {
		return numberWithUnit(f, m[1], unitOf(m[2], yuan))
	}
	if yuan && numberText.MatchString(amount) {
		return numberWithUnit(f, amount, "元")
	}
	if d, ok := ordinalIn(f, amount); ok {
		return numberValue(f, d).confirm(d.String())
	}
	if d, unit, ok := numeralWithUnit(amount); ok {
		return numeralIn(f, d, unitOf(unit, yuan))
	}
	return wrong("C02", aboutWay(text), nil)
}

// thousandsAs is what the text was read as, or the text itself when only a
// person's eye could tell the difference.
func thousandsAs(text, shown string, d decimal.Decimal) string {
	if text == shown && !strings.Contains(text, ",") {
		return shown
	}
	return d.String()
}

// aboutWay tells apart the ways a text fails to be a number.
func aboutWay(text string) string {
	for _, word := range []string{"约", "近", "余", "多", "左右", "以上", "以下", "不足", "至少", "不少于", "不低于", "超过", "若干", "几", "数十", "十来", "≥", "≤", ">", "<"} {
		if strings.Contains(text, word) {
			return "about"
		}
	}
	return ""
}

// scales are the powers of ten between money units.
var scales = map[string]int32{"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}

// numberWithUnit reads "12处" where the column counts 处, and converts between
// units only where both are written out.
func numberWithUnit(f *Field, digits, unit string) typed {
	d, err := decimal.NewFromString(strings.ReplaceAll(digits, ",", ""))
	if err != nil {
		return wrong("C02", "", nil)
	}
	return amountIn(f, d, unit)
}

// amountIn reads a number with the unit that was written behind it.
func amountIn(f *Field, d decimal.Decimal, unit string) typed {
	from, money := scales[unit]
	to, column := scales[f.Unit]
	switch {
	case unit == "%":
		return percentText(f, d)
	case unit == f.Unit, unit == "个" && units[f.Unit] && !column:
		return numberValue(f, d).confirm(d.String())
	case money && column:
		d = d.Shift(from - to)
		return numberValue(f, d).confirm(d.String())
	case (unit == "万" || unit == "亿") && column:
		return wrong("C02", "wan", facts{"Unit": f.Unit, "Typed": unit})
	}
	if aboutWay(unit) != "" {
		return wrong("C02", "about", nil)
	}
	return wrong("C02", "unit", facts{"Unit": f.Unit, "Typed": unit})
}

// percentText reads 83.3%: in a column counted in % as 83.3, else as 0.833.
func percentText(f *Field, d decimal.Decimal) typed {
	if f.Unit == "%" {
		return numberValue(f, d)
	}
	if f.Type == "int" || f.Unit != "" {
		return wrong("C02", "unit", facts{"Unit": f.Unit, "Typed": "%"})
	}
	return numberValue(f, d.Shift(-2)).confirm(d.Shift(-2).String())
}

// percentInWords reads 百分之八十, which is always to be confirmed.
func percentInWords(f *Field, d decimal.Decimal) typed {
	out := percentText(f, d)
	if out.code == "" && len(out.notes) == 0 {
		return out.confirm(d.String() + "%")
	}
	return out
}

// numberValue checks that the number fits the column without losing a digit.
func numberValue(f *Field, d decimal.Decimal) typed {
	d, text := trimZeros(d)
	if f.Type == "int" && !d.IsInteger() {
		return wrong("C02", "whole", nil)
	}
	if f.Type == "decimal" && int(-d.Exponent()) > f.Scale {
		return wrong("C06", "scale", facts{"Scale": f.Scale})
	}
	if len(text) > 12 && d.Abs().GreaterThan(largest) {
		return wrong("C06", "huge", nil)
	}
	return typed{value: Value{Text: text, Number: d}}
}

// largest is well inside what a scaled 64-bit integer holds.
var largest = decimal.New(1, 12)

// trimZeros takes trailing zeros off the fraction, as the number's text has it.
func trimZeros(d decimal.Decimal) (decimal.Decimal, string) {
	if d.Exponent() == 0 && d.NumDigits() <= significant {
		return d, strconv.FormatInt(d.CoefficientInt64(), 10)
	}
	text := d.String()
	_, fraction, _ := strings.Cut(text, ".")
	if int(-d.Exponent()) == len(fraction) {
		return d, text
	}
	out, err := decimal.NewFromString(text)
	if err != nil {
		return d, text
	}
	return out, text
}
