package sheets

import "math/bits"

// inflateTables are the codes of the block being unpacked. The next bits of the
// input are an index to the symbol; where a code is longer than the index, the
// entry there points to a smaller table behind, which the rest of the code is an
// index to.
type inflateTables struct {
	lit      [litSize]uint32
	dist     [distSize]uint32
	litMask  uint32
	distMask uint32
	fixed    bool // lit and dist hold the fixed codes
	lens     [litSymbols + distSymbols + 138]uint8
	sorted   [litSymbols]uint16
}

// The bits of an index, and the sizes of a table with all that can stand behind
// it: powers of two, so that no index needs to be checked.
const (
	litBits, litSize   = 10, 2048
	distBits, distSize = 8, 512
	litSymbols         = 288
	distSymbols        = 32
	mostBits           = 15
)

// An entry has in its low six bits how many bits to drop. A literal has its byte
// from bit 16 on; a length or distance its base, and in bits 8 to 11 the length
// of its code, behind which the extra bits stand; a pointer its table, and in
// bits 8 to 11 how many bits index it.
const (
	symLiteral = 1 << 31
	symSpecial = 1 << 15 // none of the former:
	symEnd     = 1 << 14 // the block ends
	symSub     = 1 << 13 // a pointer; neither: no code
)

// litEntries and distEntries are the entries of all symbols, less their codes.
var (
	litEntries  = makeLitEntries()
	distEntries = makeDistEntries()
	preEntries  = makePreEntries()
)

func makeLitEntries() (t [litSymbols]uint32) {
	for i := range 256 {
		t[i] = symLiteral | uint32(i)<<16
	}
	t[256] = symSpecial | symEnd
	base := uint32(3)
	for i := uint32(0); i < 28; i++ {
		extra := uint32(0)
		if i >= 8 {
			extra = i/4 - 1
		}
		t[257+i] = base<<16 | extra
		base += 1 << extra
	}
	t[285] = 258 << 16
	t[286], t[287] = symSpecial, symSpecial
	return t
}

func makeDistEntries() (t [distSymbols]uint32) {
	base := uint32(1)
	for i := range uint32(30) {
		extra := uint32(0)
		if i >= 4 {
			extra = i/2 - 1
		}
		t[i] = base<<16 | extra
		base += 1 << extra
	}
	t[30], t[31] = symSpecial, symSpecial
	return t
}

func makePreEntries() (t [19]uint32) {
	for i := range t {
		t[i] = uint32(i) << 16
	}
	return t
}

// useFixed sets the tables to the codes that need no description.
func (t *inflateTables) useFixed() {
	if t.fixed {
		return
	}
	lens := t.lens[:litSymbols+distSymbols]
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		case i < litSymbols:
			lens[i] = 8
		default:
			lens[i] = 5
		}
	}
	t.litMask, _ = t.build(t.lit[:], lens[:litSymbols], litEntries[:], litBits)
	t.distMask, _ = t.build(t.dist[:], lens[litSymbols:], distEntries[:], distBits)
	t.fixed = true
}

// lengthOrder is the order in which the lengths of the lengths' codes stand.
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readTables reads the codes of a block.
func (z *inflater) readTables() bool {
	t := &z.inflateTables
	t.fixed = false
	lits, dists, n := int(z.take(5))+257, int(z.take(5))+1, int(z.take(4))+4
	if lits > 286 || dists > 30 {
		return false
	}
	var pre [19]uint8
	for _, i := range lengthOrder[:n] {
		pre[i] = uint8(z.take(3))
	}
	mask, ok := t.build(t.lit[:], pre[:], preEntries[:], 7)
	if !ok || !z.readLengths(t.lens[:lits+dists], mask) {
		return false
	}
	if t.litMask, ok = t.build(t.lit[:], t.lens[:lits], litEntries[:], litBits); !ok {
		return false
	}
	t.distMask, ok = t.build(t.dist[:], t.lens[lits:lits+dists], distEntries[:], distBits)
	return ok
}

// readLengths reads how long each symbol's code is.
func (z *inflater) readLengths(lens []uint8, mask uint32) bool {
	for i := 0; i < len(lens); {
		z.refill()
		e := z.lit[uint32(z.bits)&mask]
		if e&symSpecial != 0 || z.cut() {
			return false
		}
		z.bits >>= e & 63
		z.have -= uint(e & 63)
		sym, value := e>>16, uint8(0)
		var again int
		switch sym {
		case 16:
			if i == 0 {
				return false
			}
			value, again = lens[i-1], 3+int(z.take(2))
		case 17:
			again = 3 + int(z.take(3))
		case 18:
			again = 11 + int(z.take(7))
		default:
			lens[i] = uint8(sym)
			i++
			continue
		}
		if again > len(lens)-i {
			return false
		}
		for ; again > 0; again-- {
			lens[i] = value
			i++
		}
	}
	return true
}

// refill takes bits until there are enough for a length's code and its extra bits.
func (z *inflater) refill() {
	for z.have < 16 {
		if z.at < len(z.in) {
			z.bits |= uint64(z.in[z.at]) << z.have
		}
		z.at++
		z.have += 8
	}
}

// build makes the table of a code from the lengths of its symbols' codes and
// returns the mask of its index. A code must be complete, but for none at all and
// one symbol of one bit.
func (t *inflateTables) build(table []uint32, lens []uint8, entries []uint32, most uint) (mask uint32, ok bool) {
	var count [mostBits + 1]uint16
	for _, l := range lens {
		count[l]++
	}
	count[0] = 0
	left, longest, used := 1, uint(0), 0
	var next [mostBits + 2]uint16 // where the symbols of a length begin
	for l := 1; l <= mostBits; l++ {
		left = left<<1 - int(count[l])
		if left < 0 {
			return 0, false
		}
		next[l+1] = next[l] + count[l]
		if count[l] > 0 {
			longest, used = uint(l), used+int(count[l])
		}
	}
	for sym, l := range lens {
		if l > 0 {
			t.sorted[next[l]] = uint16(sym)
			next[l]++
		}
	}
	if left > 0 {
		if used > 1 || longest > 1 {
			return 0, false
		}
		table[0], table[1] = symSpecial, symSpecial
		if used == 1 {
			table[0] = entries[t.sorted[0]] + 1<<8 + 1
		}
		return 1, true
	}
	b := tableBuilder{table: table, entries: entries, sorted: t.sorted[:used], count: &count, bits: min(most, longest)}
	b.fill()
	return 1<<b.bits - 1, true
}

// tableBuilder fills the table of a complete code.
type tableBuilder struct {
	table   []uint32
	entries []uint32
	sorted  []uint16
	count   *[mostBits + 1]uint16
	bits    uint
	code    uint // the next code, its first bit lowest
}

// entry is that of the next symbol, whose code has so many bits at this place.
func (b *tableBuilder) entry(length uint) uint32 {
	e := b.entries[b.sorted[0]]
	b.sorted = b.sorted[1:]
	return e + uint32(length)<<8 + uint32(length)
}

// advance goes to the next code of a length.
func (b *tableBuilder) advance(length uint) {
	if rest := b.code ^ (1<<length - 1); rest != 0 {
		top := uint(1) << (bits.Len(rest) - 1)
		b.code = b.code&(top-1) | top
	}
}

// fill sets the entries of codes that the index covers. The table grows with the
// length of the codes: each time, what there is so far stands twice.
func (b *tableBuilder) fill() {
	for length := uint(1); length <= b.bits; length++ {
		half := uint(1) << (length - 1)
		copy(b.table[half:2*half], b.table[:half])
		for range b.count[length] {
			b.table[b.code] = b.entry(length)
			b.advance(length)
		}
	}
	b.fillBehind()
}

// fillBehind sets the tables behind, for the codes that are longer.
func (b *tableBuilder) fillBehind() {
	end, prefix := uint(1)<<b.bits, ^uint(0)
	var from, sub uint
	for length := b.bits + 1; len(b.sorted) > 0; length++ {
		for left := uint(b.count[length]); left > 0; left-- {
			if p := b.code & (1<<b.bits - 1); p != prefix {
				prefix, from = p, end
				sub = b.subBits(length, left)
				end += 1 << sub
				b.table[p] = uint32(from)<<16 | symSpecial | symSub | uint32(sub)<<8 | uint32(b.bits)
			}
			e := b.entry(length - b.bits)
			for i := from + b.code>>b.bits; i < end; i += 1 << (length - b.bits) {
				b.table[i] = e
			}
			b.advance(length)
		}
	}
}

// subBits is how many bits index a table behind that begins with codes of a
// length, of which so many are left: enough for all codes with the same beginning.
func (b *tableBuilder) subBits(length, left uint) uint {
	sub := length - b.bits
	for space := left; space < 1<<sub; {
		sub++
		space = space<<1 + uint(b.count[b.bits+sub])
	}
	return sub
}
