package sheets

// show appends a number as a person sees it, and says whether the format makes
// it a date and whether it shows a percentage. raw are the number's digits.
func (f *numFormat) show(dst []byte, n figure, date1904 bool) (out []byte, kind Kind, percent bool) {
	sec, abs := f.pick(n)
	if sec == nil {
		return n.appendPlain(dst), Number, false
	}
	before, whole := len(dst), n
	kind = Number
	switch sec.kind {
	case showDate:
		if m, ok := momentOf(n); ok && m.days <= lastSerial1900 {
			kind = Date
			dst = sec.appendDate(dst, m, date1904)
		} // else ##### in Excel: no date
	case showFigure:
		if abs {
			n.neg = false
		}
		dst = sec.appendFigure(dst, n)
	case showFraction:
		if abs {
			n.neg = false
		}
		dst = sec.appendFraction(dst, n)
	case showWords, showGeneral:
		dst = sec.appendWords(dst, n)
	}
	if len(dst) == before {
		dst = whole.appendPlain(dst) // a format that hides the number, or is not understood
	}
	return dst, kind, sec.percent > 0 && kind == Number
}

// appendWords writes words, and the plain number where General stands.
func (sec *formatSection) appendWords(dst []byte, n figure) []byte {
	for _, it := range sec.items {
		if it.kind == itemGeneral {
			dst = sec.appendNumber(dst, n)
		} else {
			dst = append(dst, it.text...)
		}
	}
	return dst
}

// pick chooses the section for a number; abs says that the section itself
// stands for the minus sign.
func (f *numFormat) pick(n figure) (sec *formatSection, abs bool) {
	switch {
	case len(f.figures) == 0:
		return nil, false
	case f.conditions:
		return f.pickByCondition(n)
	case n.neg && len(f.figures) > 1:
		return f.figures[1], true
	case n.n == 0 && len(f.figures) > 2:
		return f.figures[2], false
	}
	return f.figures[0], false
}

func (f *numFormat) pickByCondition(n figure) (*formatSection, bool) {
	for _, s := range f.figures {
		if s.op == "" {
			return s, false
		}
		if s.meets(n) {
			below := s.op[0] == '<' && (s.limit.neg || s.limit.n == 0)
			return s, n.neg && below
		}
	}
	return nil, false
}

// meets holds a number against the section's condition.
func (sec *formatSection) meets(n figure) bool {
	c := n.compare(sec.limit)
	switch sec.op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<>":
		return c != 0
	}
	return c == 0
}

// compare orders two numbers.
func (f figure) compare(g figure) int {
	if f.neg != g.neg {
		if f.neg {
			return -1
		}
		return 1
	}
	c := f.compareSize(g)
	if f.neg {
		return -c
	}
	return c
}

func (f figure) compareSize(g figure) int {
	switch {
	case f.n == 0 || g.n == 0:
		return min(f.n, 1) - min(g.n, 1)
	case f.point != g.point:
		return f.point - g.point
	}
	for i := range max(f.n, g.n) {
		if a, b := f.digit(f.point-1-i), g.digit(g.point-1-i); a != b {
			return int(a) - int(b)
		}
	}
	return 0
}

// appendFigure writes a number into the placeholders of a section.
func (sec *formatSection) appendFigure(dst []byte, n figure) []byte {
	n.point += 2*sec.percent - 3*sec.scale
	p := figurePlan{sec: sec}
	p.count()
	if p.exp >= 0 {
		return p.appendScientific(dst, n)
	}
	neg := n.neg
	n.round(p.decimals)
	if n.n == 0 {
		n.point = 0
	}
	if neg {
		dst = append(dst, '-')
	}
	return p.appendItems(dst, &n)
}

// figurePlan counts the placeholders of a section.
type figurePlan struct {
	sec      *formatSection
	whole    int // before the point
	decimals int // after it
	exp      int // where the exponent stands, -1 for nowhere
	width    int // digits of the exponent
}

func (p *figurePlan) count() {
	p.exp = -1
	point := false
	for i, it := range p.sec.items {
		switch {
		case it.kind == itemPoint:
			point = true
		case it.kind == itemExp && p.exp < 0:
			p.exp = i
		case it.kind != itemDigit:
		case p.exp >= 0:
			p.width++
		case point:
			p.decimals++
		default:
			p.whole++
		}
	}
}

// appendItems writes literals as they are and digits where they belong. Digits
// beyond the placeholders stand before the first.
func (p *figurePlan) appendItems(dst []byte, n *figure) []byte {
	left, decimal := p.whole, 0
	point := false
	if p.whole == 0 && n.point > 0 && n.n > 0 {
		dst = n.appendWhole(dst, 0, p.sec)
	}
	for _, it := range p.sec.items {
		switch {
		case it.kind == itemPoint && !point:
			point = true
			dst = append(dst, '.')
		case it.kind == itemDigit && !point:
			if left == p.whole {
				dst = n.appendWhole(dst, left, p.sec)
			}
			left--
			if left < n.point && n.n > 0 || it.text == "0" {
				dst = p.sec.appendGrouped(dst, n.digit(left), left)
			}
		case it.kind == itemDigit:
			decimal++
			if it.text == "0" || n.n-n.point >= decimal {
				dst = p.sec.appendDigit(dst, n.digit(-decimal))
			}
		case it.kind == itemWords:
			dst = append(dst, it.text...)
		}
	}
	return dst
}

// appendWhole writes the digits at and above a decimal place.
func (f *figure) appendWhole(dst []byte, from int, sec *formatSection) []byte {
	if f.n == 0 {
		return dst
	}
	for place := f.point - 1; place >= from; place-- {
		dst = sec.appendGrouped(dst, f.digit(place), place)
	}
	return dst
}

func (sec *formatSection) appendGrouped(dst []byte, digit byte, place int) []byte {
	dst = sec.appendDigit(dst, digit)
	if sec.group && place > 0 && place%3 == 0 {
		dst = append(dst, ',')
	}
	return dst
}

// appendScientific writes 1.50E+03. With several digits before the point the
// exponent goes in steps of as many: ##0.0E+0 shows 12345 as 12.3E+3.
func (p *figurePlan) appendScientific(dst []byte, n figure) []byte {
	if p.whole == 0 || p.width == 0 {
		return dst
	}
	exp := p.step(&n)
	n.round(p.decimals)
	if n.point > p.whole { // rounded up to one more digit
		exp += p.step(&n)
	}
	if n.neg {
		dst = append(dst, '-')
	}
	sec := formatSection{items: p.sec.items[:p.exp]}
	mantissa := figurePlan{sec: &sec, whole: p.whole, decimals: p.decimals}
	dst = append(mantissa.appendItems(dst, &n), 'E')
	return appendExponent(dst, exp, p.sec.items[p.exp].text[1], p.width)
}

// step moves the point of a number to where its exponent wants it, and returns
// the exponent.
func (p *figurePlan) step(n *figure) int {
	if n.n == 0 {
		return 0
	}
	exp := n.point - 1
	exp -= ((exp % p.whole) + p.whole) % p.whole
	n.point -= exp
	return exp
}
