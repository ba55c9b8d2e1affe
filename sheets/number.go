package sheets

import "strconv"

// figure is a number in decimal digits, rounded to the 15 that a spreadsheet
// shows: 0.d₁d₂d₃… × 10^point, d₁ not zero. Zero has no digits.
type figure struct {
	neg   bool
	n     int
	d     [16]byte // '0' to '9'
	point int
}

const shownDigits = 15

// scanFigure reads a number as it stands in a cell's XML. More than 15 digits
// are rounded half up, as a spreadsheet does. False is no number.
func scanFigure(raw []byte) (figure, bool) {
	var f figure
	i := 0
	if i < len(raw) && (raw[i] == '-' || raw[i] == '+') {
		f.neg = raw[i] == '-'
		i++
	}
	seen, dot, up := false, false, false
	count := 0 // significant digits so far
	for ; i < len(raw); i++ {
		c := raw[i]
		if c == '.' && !dot {
			dot = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		seen = true
		if count == 0 && c == '0' {
			if dot {
				f.point--
			}
			continue
		}
		if count < shownDigits {
			f.d[count] = c
		} else if count == shownDigits {
			up = c >= '5'
		}
		count++
		if !dot {
			f.point++
		}
	}
	exp, ok := scanExponent(raw[i:])
	if !seen || !ok {
		return f, false
	}
	f.n = min(count, shownDigits)
	f.point += exp
	if up {
		f.increment()
	}
	f.trim()
	return f, f.n == 0 || f.point > -400 && f.point < 400
}

// scanExponent reads E+17, or nothing.
func scanExponent(raw []byte) (int, bool) {
	if len(raw) == 0 {
		return 0, true
	}
	if raw[0]|0x20 != 'e' || len(raw) < 2 || len(raw) > 6 {
		return 0, false
	}
	raw = raw[1:]
	if c := raw[len(raw)-1]; c < '0' || c > '9' {
		return 0, false
	}
	n, err := strconv.Atoi(string(raw))
	return n, err == nil
}

// increment adds one to the last digit.
func (f *figure) increment() {
	for i := f.n - 1; i >= 0; i-- {
		if f.d[i] < '9' {
			f.d[i]++
			return
		}
		f.d[i] = '0'
	}
	f.d[0] = '1'
	f.n = max(f.n, 1)
	f.point++
}

// trim drops zeros at the end.
func (f *figure) trim() {
	for f.n > 0 && f.d[f.n-1] == '0' {
		f.n--
	}
	if f.n == 0 {
		f.neg, f.point = false, 0
	}
}

// round keeps a number of decimals, half up.
func (f *figure) round(decimals int) {
	keep := f.point + decimals
	if keep >= f.n {
		return
	}
	if keep < 0 {
		f.n = 0
		f.trim()
		return
	}
	up := f.d[keep] >= '5'
	f.n = keep
	if up {
		f.increment()
	}
	f.trim()
}

// digit returns the digit at a decimal place: 0 the ones, 1 the tens, -1 the
// tenths.
func (f *figure) digit(place int) byte {
	i := f.point - 1 - place
	if i < 0 || i >= f.n {
		return '0'
	}
	return f.d[i]
}

// appendPlain writes the number the way the General format does where there is
// room: all of its digits, with an exponent only when it is very large or small.
func (f *figure) appendPlain(dst []byte) []byte {
	if f.neg {
		dst = append(dst, '-')
	}
	if f.n > 0 && (f.point > 21 || f.point < -8) {
		return f.appendScientific(dst)
	}
	for place := max(f.point-1, 0); place >= 0; place-- {
		dst = append(dst, f.digit(place))
	}
	if f.n > f.point && f.n > 0 {
		dst = append(dst, '.')
		for place := -1; place >= f.point-f.n; place-- {
			dst = append(dst, f.digit(place))
		}
	}
	return dst
}

// appendScientific writes 1.5E+22.
func (f *figure) appendScientific(dst []byte) []byte {
	dst = append(dst, f.d[0])
	if f.n > 1 {
		dst = append(append(dst, '.'), f.d[1:f.n]...)
	}
	return appendExponent(append(dst, 'E'), f.point-1, '+', 2)
}

// appendExponent writes an exponent with at least so many digits.
func appendExponent(dst []byte, exp int, plus byte, width int) []byte {
	if exp < 0 {
		dst, exp = append(dst, '-'), -exp
	} else if plus == '+' {
		dst = append(dst, '+')
	}
	for s := width - len(strconv.Itoa(exp)); s > 0; s-- {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(exp), 10)
}

// asShown reports that a number's own digits are what General shows, which
// spares most cells the trouble of being formatted.
func asShown(raw []byte) bool {
	if len(raw) > 0 && raw[0] == '-' {
		if raw = raw[1:]; len(raw) > 0 && raw[0] == '0' {
			return false // -0 is shown as 0
		}
	}
	if len(raw) == 0 || len(raw) > shownDigits || raw[0] == '.' {
		return false
	}
	if raw[0] == '0' && len(raw) > 1 && raw[1] != '.' {
		return false
	}
	dot := -1
	for i, c := range raw {
		if c == '.' && dot < 0 {
			dot = i
		} else if c < '0' || c > '9' {
			return false
		}
	}
	if dot < 0 {
		return true
	}
	return raw[len(raw)-1] != '0' && raw[len(raw)-1] != '.' && dot < 9
}
