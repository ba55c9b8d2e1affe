package sheets

import (
	"encoding/binary"
	"math"
	"strconv"
)

// cellHead is the length of what every cell record begins with: row, column and
// style, two bytes each.
const cellHead = 6

// enterCell goes to the cell of a record that has so many bytes more.
func (b *biffSheet) enterCell(size int) (style int, err error) {
	if err := b.rec.need(cellHead + size); err != nil {
		return 0, err
	}
	return b.rec.u16(4), b.enter(b.rec.u16(0), b.rec.u16(2))
}

// readSharedText reads a cell whose text stands in the table of shared strings.
func (b *biffSheet) readSharedText() error {
	if _, err := b.enterCell(4); err != nil {
		return err
	}
	n := int64(b.rec.u32(cellHead))
	if n >= int64(b.strings.count()) {
		return b.trouble("string")
	}
	return b.addString(place{col: b.col}, int(n))
}

// readLabel reads a cell with a text of its own.
func (b *biffSheet) readLabel() error {
	if _, err := b.enterCell(2); err != nil {
		return err
	}
	b.rec.at = cellHead
	if err := b.takeText(); err != nil || len(b.text) == 0 {
		return err
	}
	return b.add(place{col: b.col}.as(Text), b.text, nil)
}

// takeText takes a text with its length in two bytes.
func (b *biffSheet) takeText() error {
	units, err := b.rec.take(2)
	if err == nil {
		b.text, err = b.rec.appendText(b.text[:0], units, b.lim)
	}
	return err
}

func (b *biffSheet) readNumber() error {
	style, err := b.enterCell(8)
	if err != nil {
		return err
	}
	return b.addFloat(place{col: b.col}, b.float(cellHead), style)
}

// float is a number of the body.
func (b *biffSheet) float(at int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(b.rec.body[at:]))
}

// addFloat keeps a number with the fewest digits that give the same number
// again, which are those that were typed.
func (b *biffSheet) addFloat(cell place, f float64, style int) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return b.add(cell.as(Error), []byte("#NUM!"), nil)
	}
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-5 || size >= 1e21) {
		format = 'E'
	}
	b.text = strconv.AppendFloat(b.text[:0], f, format, -1, 64)
	return b.addNumber(cell, b.text, style)
}

func (b *biffSheet) readRK() error {
	style, err := b.enterCell(4)
	if err != nil {
		return err
	}
	return b.addFloat(place{col: b.col}, rkNumber(b.rec.u32(cellHead)), style)
}

// rkNumber unpacks a number of four bytes: a whole number, or the upper half of
// a float, either perhaps times a hundred.
func rkNumber(rk uint32) float64 {
	const hundredfold, whole = 1, 2
	f := math.Float64frombits(uint64(rk&^3) << 32)
	if rk&whole != 0 {
		f = float64(int32(rk) >> 2)
	}
	if rk&hundredfold != 0 {
		f /= 100
	}
	return f
}

// readMulRK reads such numbers in cells side by side.
func (b *biffSheet) readMulRK() error {
	const each, last = 6, 2
	r := b.rec
	if err := r.need(4 + each + last); err != nil {
		return err
	}
	row, first := r.u16(0), r.u16(2)
	n := (len(r.body) - 4 - last) / each
	if r.u16(len(r.body)-last) != first+n-1 || (len(r.body)-4-last)%each != 0 {
		return b.trouble("record")
	}
	for i := range n {
		if err := b.enter(row, first+i); err != nil {
			return err
		}
		at := 4 + each*i
		if err := b.addFloat(place{col: b.col}, rkNumber(r.u32(at+2)), r.u16(at)); err != nil {
			return err
		}
	}
	return nil
}

func (b *biffSheet) readBoolErr() error {
	if _, err := b.enterCell(2); err != nil {
		return err
	}
	value, isError := b.rec.body[cellHead], b.rec.body[cellHead+1] != 0
	return b.addBoolErr(place{col: b.col}, value, isError)
}

func (b *biffSheet) addBoolErr(cell place, value byte, isError bool) error {
	if isError {
		return b.add(cell.as(Error), []byte(errorWord(value)), nil)
	}
	if value != 0 {
		return b.addBool(cell, []byte("1"))
	}
	return b.addBool(cell, []byte("0"))
}

// errorWord names an error as a person sees it.
func errorWord(code byte) string {
	switch code {
	case 0x00:
		return "#NULL!"
	case 0x07:
		return "#DIV/0!"
	case 0x0f:
		return "#VALUE!"
	case 0x17:
		return "#REF!"
	case 0x1d:
		return "#NAME?"
	case 0x24:
		return "#NUM!"
	case 0x2a:
		return "#N/A"
	case 0x2b:
		return "#GETTING_DATA"
	}
	return "#ERROR!"
}

// The results of a formula that are no numbers.
const (
	resultText = iota
	resultBool
	resultError
	resultNoText
)

// readFormula reads a formula's saved result; what it computes is not asked. A
// text comes in a record of its own.
func (b *biffSheet) readFormula() error {
	style, err := b.enterCell(8)
	if err != nil {
		return err
	}
	cell := placeOf(b.col, true)
	result := b.rec.body[cellHead : cellHead+8]
	if b.impossible(result) {
		return b.add(cell, nil, nil)
	}
	if b.calculatedOnLoad() {
		cell = b.weigh(cell, biffStandIns[string(result)])
	}
	if result[6] != 0xff || result[7] != 0xff {
		return b.addFloat(cell, b.float(cellHead), style)
	}
	switch result[0] {
	case resultText:
		b.waiting, b.formula = true, cell
		return nil
	case resultBool, resultError:
		return b.addBoolErr(cell, result[2], result[0] == resultError)
	case resultNoText:
		return b.add(cell.as(Text), nil, nil)
	}
	return b.add(cell, nil, nil)
}

// readResult reads the text that the formula before it gave.
func (b *biffSheet) readResult() error {
	if !b.waiting {
		return nil
	}
	b.waiting = false
	if err := b.takeText(); err != nil {
		return err
	}
	return b.add(b.formula.as(Text), b.text, nil)
}
