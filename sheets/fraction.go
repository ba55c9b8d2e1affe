package sheets

import "strconv"

// fractionPlan is where the parts of a fraction stand in a section: # ?/?.
type fractionPlan struct {
	whole    bool // a whole number stands before the fraction
	from, to int  // the items that the number is written in place of
	most     int64
	fixed    int64 // the denominator, where the format has one: # ?/8
}

// planFraction finds the parts of a fraction; false where they are written in a
// way that is not understood.
func (sec *formatSection) planFraction() (fractionPlan, bool) {
	p := fractionPlan{most: 1}
	bar, end := -1, -1
	for i, it := range sec.items {
		if it.kind == itemSlash && bar < 0 {
			bar = i
		}
	}
	p.from = bar
	for p.from > 0 && sec.items[p.from-1].kind == itemDigit {
		p.from--
	}
	top := p.from
	for p.from > 0 && (sec.items[p.from-1].kind == itemDigit || sec.items[p.from-1].text == " ") {
		p.from--
		p.whole = p.whole || sec.items[p.from].kind == itemDigit
	}
	places := 0
	for end = bar + 1; end < len(sec.items); end++ {
		it := sec.items[end]
		if it.kind != itemDigit && (len(it.text) != 1 || it.text[0] < '1' || it.text[0] > '9') {
			break
		}
		places++
		p.most *= 10
		if p.fixed *= 10; it.kind == itemWords {
			p.fixed += int64(it.text[0] - '0')
		}
	}
	p.to = end
	p.most--
	return p, bar > 0 && top < bar && places > 0 && places <= 3 && sec.onlyFraction(p)
}

// onlyFraction makes sure that nothing but words stands around the fraction.
func (sec *formatSection) onlyFraction(p fractionPlan) bool {
	for i, it := range sec.items {
		if (i < p.from || i >= p.to) && it.kind != itemWords {
			return false
		}
	}
	return true
}

// appendFraction writes 1.25 as 1 1/4, the nearest fraction there is room for.
// Blanks that only keep columns apart are left out.
func (sec *formatSection) appendFraction(dst []byte, n figure) []byte {
	p, _ := sec.planFraction()
	n.round(shownDigits)
	whole, part := n.split()
	if whole > 1e12 {
		return dst // General
	}
	top, bottom := nearestFraction(part, p.most)
	if p.fixed > 0 {
		bottom = p.fixed
		top = (part*2*bottom + fractionUnit) / (2 * fractionUnit)
	}
	if top == bottom {
		whole, top = whole+1, 0
	}
	for _, it := range sec.items[:p.from] {
		dst = append(dst, it.text...)
	}
	if n.neg && whole+top > 0 {
		dst = append(dst, '-')
	}
	if !p.whole {
		top, whole = top+whole*bottom, 0
	}
	if whole > 0 || p.whole && top == 0 {
		dst = strconv.AppendInt(dst, whole, 10)
	}
	if whole > 0 && top > 0 {
		dst = append(dst, ' ')
	}
	if top > 0 || !p.whole {
		dst = strconv.AppendInt(append(strconv.AppendInt(dst, top, 10), '/'), bottom, 10)
	}
	for _, it := range sec.items[p.to:] {
		dst = append(dst, it.text...)
	}
	return dst
}

// fractionUnit is what a part of one is counted in.
const fractionUnit = int64(1e15)

// split gives the whole number, at most a little over 1e12, and the rest in
// units of fractionUnit.
func (f *figure) split() (whole, part int64) {
	for place := f.point - 1; place >= 0 && whole <= 1e12; place-- {
		whole = whole*10 + int64(f.digit(place)-'0')
	}
	for place := -1; place >= -shownDigits; place-- {
		part = part*10 + int64(f.digit(place)-'0')
	}
	return whole, part
}

// nearestFraction finds the fraction nearest to part, in units of fractionUnit,
// whose denominator is at most so large, by its continued fraction.
func nearestFraction(part, most int64) (top, bottom int64) {
	var p0, q0, p1, q1 int64 = 0, 1, 1, 0
	n, d := part, fractionUnit
	for d > 0 {
		a := n / d
		if q0+a*q1 > most {
			break
		}
		p0, q0, p1, q1 = p1, q1, p0+a*p1, q0+a*q1
		n, d = d, n-a*d
	}
	if d == 0 {
		return p1, q1
	}
	k := (most - q0) / q1
	p2, q2 := p0+k*p1, q0+k*q1
	if off(p2, q2, part)*q1 < off(p1, q1, part)*q2 {
		return p2, q2
	}
	return p1, q1
}

// off is how far top/bottom is from part, times bottom.
func off(top, bottom, part int64) int64 {
	d := top*fractionUnit - part*bottom
	return max(d, -d)
}
