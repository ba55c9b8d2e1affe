package sheets

// formulaGives is what the result of a formula can be, as far as its last operation
// tells.
type formulaGives uint8

const (
	givesAnything formulaGives = iota
	givesNumber
	givesText
)

// The operations of a formula ([MS-XLS] 2.5.198) that matter by themselves.
const (
	opAdd        = 0x03
	opPower      = 0x07
	opJoin       = 0x08
	opMinus      = 0x13
	opPercent    = 0x14
	opBracket    = 0x15
	opText       = 0x17
	opAttribute  = 0x19
	opFunction   = 0x21
	opFunctionOf = 0x22 // so many arguments
)

// opSizes is how many bytes follow an operation. Those that work on what came before
// have none.
var opSizes = map[byte]int{
	0x01: 4, 0x02: 4, 0x16: 0, 0x1c: 1, 0x1d: 1, 0x1e: 2, 0x1f: 8, 0x20: 7, opFunction: 2, opFunctionOf: 3,
	0x23: 4, 0x24: 4, 0x25: 8, 0x26: 6, 0x27: 6, 0x28: 6, 0x29: 2, 0x2a: 4, 0x2b: 8, 0x2c: 4, 0x2d: 8,
	0x39: 6, 0x3a: 6, 0x3b: 10, 0x3c: 6, 0x3d: 10,
}

// functionGives are functions that people use in forms, by their numbers: SUM, COUNT
// and the like give numbers, TEXT, LEFT and the like texts.
var functionGives = map[int]formulaGives{
	0: givesNumber, 4: givesNumber, 5: givesNumber, 6: givesNumber, 7: givesNumber, 24: givesNumber, 25: givesNumber, 27: givesNumber, 32: givesNumber,
	169: givesNumber, 183: givesNumber, 212: givesNumber, 213: givesNumber, 228: givesNumber, 345: givesNumber, 346: givesNumber, 347: givesNumber,
	31: givesText, 48: givesText, 115: givesText, 116: givesText, 118: givesText, 120: givesText, 336: givesText,
}

// gives walks through the operations of a formula to the last one, whose result is
// that of all.
func gives(ops []byte) formulaGives {
	last := givesAnything
	for len(ops) > 0 {
		n, of := operation(ops)
		if n == 0 || n > len(ops) {
			return givesAnything
		}
		if ops[0] != opBracket && !blankAttribute(ops) {
			last = of
		}
		ops = ops[n:]
	}
	return last
}

// blankAttribute is an operation that says something about the formula and does
// nothing.
func blankAttribute(ops []byte) bool {
	const sum = 0x10
	return ops[0] == opAttribute && len(ops) > 1 && ops[1]&sum == 0
}

// operation returns the length of the first operation, 0 for one that is not known,
// and what it gives.
func operation(ops []byte) (int, formulaGives) {
	op := ops[0]
	if op >= 0x40 {
		op = op&0x1f | 0x20 // the same, for another use of its result
	}
	switch {
	case op == opText:
		return textOperation(ops), givesText
	case op == opAttribute:
		return attributeOperation(ops), givesNumber
	case op == opFunction && len(ops) > 2:
		return 1 + opSizes[op], functionGives[int(ops[1])|int(ops[2])<<8]
	case op == opFunctionOf && len(ops) > 3:
		return 1 + opSizes[op], functionGives[int(ops[2])|int(ops[3])<<8]
	case op == opJoin:
		return 1, givesText
	case op >= opAdd && op <= opPower, op == opMinus, op == opPercent:
		return 1, givesNumber
	case op > opPower && op <= opBracket:
		return 1, givesAnything
	}
	if n, ok := opSizes[op]; ok {
		return 1 + n, givesAnything
	}
	return 0, givesAnything
}

// textOperation is the length of a text in a formula.
func textOperation(ops []byte) int {
	if len(ops) < 3 {
		return 0
	}
	units := int(ops[1])
	if ops[2]&textWide != 0 {
		units *= 2
	}
	return 3 + units
}

// attributeOperation is the length of an attribute, which may have a table of places.
func attributeOperation(ops []byte) int {
	const choose = 0x04
	if len(ops) < 4 {
		return 0
	}
	if ops[1]&choose == 0 {
		return 4
	}
	return 4 + 2*(int(ops[2])|int(ops[3])<<8+1)
}

// impossible reports that the formula of the record cannot have the result that is
// saved, so that nobody has calculated it: xlwt saves no text for a sum, LibreOffice
// 0 for the text of a formula that it took over from an .xlsx.
func (b *biffSheet) impossible(result []byte) bool {
	const length, from = cellHead + 14, cellHead + 16
	if b.rec.need(from) != nil {
		return false
	}
	ops := b.rec.body[from:]
	of := gives(ops[:min(b.rec.u16(length), len(ops))])
	if result[6] != 0xff || result[7] != 0xff {
		return of == givesText
	}
	return of == givesNumber && result[0] == resultNoText
}
