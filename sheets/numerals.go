package sheets

import "bytes"

// numerals are the figures that [DBNum1] to [DBNum3] show in place of 0 to 9.
type numerals struct {
	digits [10]string
	small  [3]string // ten, hundred, thousand
}

// chineseNumerals: everyday figures, those of cheques, and full-width ones.
var chineseNumerals = [3]numerals{
	{[10]string{"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, [3]string{"十", "百", "千"}},
	{[10]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}, [3]string{"拾", "佰", "仟"}},
	{[10]string{"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"}, [3]string{"十", "百", "千"}},
}

// appendDigit writes one digit as the section shows digits.
func (sec *formatSection) appendDigit(dst []byte, digit byte) []byte {
	if sec.dbnum == 0 {
		return append(dst, digit)
	}
	return append(dst, chineseNumerals[sec.dbnum-1].digits[digit-'0']...)
}

// appendNumber writes a whole number as General shows it under [DBNum1]: 1050 is
// 一千〇五十. Where placeholders stand, each digit is shown by itself instead.
func (sec *formatSection) appendNumber(dst []byte, n figure) []byte {
	plain := n.appendPlain(nil)
	if sec.dbnum == 0 || bytes.IndexByte(plain, 'E') >= 0 {
		return append(dst, plain...)
	}
	if plain[0] == '-' {
		dst, plain = append(dst, '-'), plain[1:]
	}
	whole, decimals, point := bytes.Cut(plain, []byte("."))
	dst = chineseNumerals[sec.dbnum-1].appendWhole(dst, whole)
	if point {
		dst = append(dst, '.')
		for _, d := range decimals {
			dst = sec.appendDigit(dst, d)
		}
	}
	return dst
}

// appendWhole writes a whole number with its units.
func (c *numerals) appendWhole(dst, digits []byte) []byte {
	if len(digits) == 1 && digits[0] == '0' {
		return append(dst, c.digits[0]...)
	}
	for _, u := range []struct {
		places int
		name   string
	}{{8, "亿"}, {4, "万"}} {
		if len(digits) > u.places {
			high, low := digits[:len(digits)-u.places], digits[len(digits)-u.places:]
			return c.appendRest(append(c.appendWhole(dst, high), u.name...), low)
		}
	}
	for i, d := range digits {
		place := len(digits) - 1 - i
		if d == '0' {
			return c.appendRest(dst, digits[i:])
		}
		dst = append(dst, c.digits[d-'0']...)
		if place > 0 {
			dst = append(dst, c.small[place-1]...)
		}
	}
	return dst
}

// appendRest writes what follows a unit: nothing where only zeros are left, and
// one zero for those that stand before the next digit.
func (c *numerals) appendRest(dst, digits []byte) []byte {
	rest := bytes.TrimLeft(digits, "0")
	switch len(rest) {
	case 0:
		return dst
	case len(digits):
		return c.appendWhole(dst, rest)
	}
	return c.appendWhole(append(dst, c.digits[0]...), rest)
}

// appendDateDigits writes a part of a date: the digits of a year one by one,
// months and days as they are said, 十二.
func (sec *formatSection) appendDateDigits(dst []byte, unit string, part []byte) []byte {
	c := &chineseNumerals[sec.dbnum-1]
	if len(part) == 2 && part[0] != '0' && unit[0] != 'y' && unit[0] != 'e' && sec.dbnum != 3 {
		if part[0] == '1' && sec.dbnum == 1 {
			dst = append(dst, c.small[0]...)
			part = bytes.TrimLeft(part[1:], "0")
		} else {
			return c.appendWhole(dst, part)
		}
	}
	for _, d := range part {
		if d >= '0' && d <= '9' {
			dst = sec.appendDigit(dst, d)
		} else {
			dst = append(dst, d)
		}
	}
	return dst
}
