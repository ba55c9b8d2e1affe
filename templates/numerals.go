package templates

import (
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Chinese numerals, everyday and formal.
var (
	numeralDigits = map[rune]int64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5,
		'六': 6, '七': 7, '八': 8, '九': 9, '壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9}
	numeralTens = map[rune]int64{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}
)

// chineseNumber reads 三万五千 or 贰拾. Anything else in the text fails it, and
// so does 二百五, which may mean 250 or 205.
func chineseNumber(text string) (decimal.Decimal, bool) {
	if text == "" || len([]rune(text)) > 16 {
		return decimal.Decimal{}, false
	}
	n := numeral{last: 1 << 40}
	for _, r := range text {
		if !n.next(r) {
			return decimal.Decimal{}, false
		}
	}
	if n.digit > 0 && n.last > 10 && n.last < 1<<40 && !n.zero {
		return decimal.Decimal{}, false
	}
	return decimal.NewFromInt(n.total + n.section + n.digit), true
}

// numeral is a Chinese number half read.
type numeral struct {
	total, section, digit int64
	last                  int64 // the unit read last; units only fall
	zero                  bool  // a 零 stands before the digit
}

// next takes one character; false when it cannot follow.
func (n *numeral) next(r rune) bool {
	if d, ok := numeralDigits[r]; ok {
		n.zero = n.zero || d == 0
		ok = n.digit == 0
		n.digit = d
		return ok
	}
	if ten, ok := numeralTens[r]; ok {
		return n.unit(ten)
	}
	if r != '万' || n.total > 0 || n.section+n.digit == 0 {
		return false
	}
	*n = numeral{total: (n.section + n.digit) * 10000, last: 10000}
	return true
}

// unit takes 十, 百 or 千; only 十 may stand without a digit, at the start.
func (n *numeral) unit(ten int64) bool {
	if n.digit == 0 && ten == 10 && n.section == 0 {
		n.digit = 1
	}
	if n.digit == 0 || ten >= n.last {
		return false
	}
	n.section += n.digit * ten
	n.digit, n.last, n.zero = 0, ten, false
	return true
}

// numeralWithUnit reads 三万二千元 and 两家: a number in characters, with the unit
// behind it where there is one.
func numeralWithUnit(text string) (d decimal.Decimal, unit string, ok bool) {
	for at := len(text); at > 0; {
		unit = text[at:]
		if unit == "" || units[bareUnit(unit)] {
			if d, ok = chineseNumber(text[:at]); ok {
				return d, unit, true
			}
		}
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return decimal.Decimal{}, "", false
}

// ordinalIn reads 第三批 and 三批 in a column that numbers what it counts: nobody adds
// up batches. 第3家 in a column of firms is no count.
func ordinalIn(f *Field, text string) (decimal.Decimal, bool) {
	if f.Additive || f.Unit == "" {
		return decimal.Decimal{}, false
	}
	text, ok := strings.CutSuffix(strings.TrimSuffix(text, "次"), f.Unit)
	text = strings.TrimPrefix(text, "第")
	if !ok {
		return decimal.Decimal{}, false
	}
	if digitsOnly(text) && len(text) <= 4 {
		return decimal.NewFromInt(int64(atoi(text))), true
	}
	return chineseNumber(text)
}

// numeralIn reads a number in characters. Without a unit 三万 in a column of 万元 is
// as open as 3万 is.
func numeralIn(f *Field, d decimal.Decimal, unit string) typed {
	if unit != "" {
		return amountIn(f, d, unit)
	}
	if scales[f.Unit] > 0 && d.GreaterThanOrEqual(decimal.NewFromInt(10000)) {
		return wrong("C02", "wan", facts{"Unit": f.Unit, "Typed": "万"})
	}
	return numberValue(f, d).confirm(d.String())
}

// currencies are what stands before an amount of 元.
var currencies = []string{"人民币", "RMB", "CNY", "¥", "￥"}

// cutCurrency takes the name or sign of the currency off an amount.
func cutCurrency(text string) (amount string, yuan bool) {
	for _, word := range currencies {
		if rest, ok := strings.CutPrefix(text, word); ok {
			rest, _ = cutCurrency(rest) // 人民币¥
			return rest, true
		}
	}
	return text, false
}

// unitOf is the unit that is meant: (家) is 家, 元整 is 元, and behind the sign of
// a currency 万 is 万元.
func unitOf(written string, yuan bool) string {
	unit := bareUnit(written)
	if yuan && (unit == "" || unit == "万" || unit == "亿") {
		return unit + "元"
	}
	return unit
}

func bareUnit(written string) string {
	if inner, ok := strings.CutPrefix(written, "("); ok && strings.HasSuffix(inner, ")") {
		written = strings.TrimSuffix(inner, ")")
	}
	for _, end := range []string{"元整", "元正"} {
		if amount, ok := strings.CutSuffix(written, end); ok {
			return amount + "元"
		}
	}
	return written
}
