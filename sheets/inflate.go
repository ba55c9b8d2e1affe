package sheets

import (
	"encoding/binary"
	"errors"
)

// inflater unpacks deflated bytes (RFC 1951) from one piece of memory into
// another, which spares most of what a stream costs. It stops between two symbols
// when either piece is used up and goes on when it gets the next.
type inflater struct {
	in   []byte
	at   int    // next byte of in; beyond its end by as many zeros as were made up
	bits uint64 // the bits taken from in, the next one lowest; more than have are true
	have uint
	open bool // more input follows in

	out  []byte // what was unpacked last must stand before n, up to 32 KiB of it
	n    int
	stop int // pause when n is beyond

	state  inflateState
	last   bool // this block is the last
	stored int  // bytes that the stored block still has
	inflateTables
}

type inflateState uint8

const (
	inflateHeader inflateState = iota
	inflateStored
	inflateCoded
	inflateDone
)

// errInflate is damage in the packed bytes. Where, nobody can mend.
var errInflate = errors.New("deflated data are damaged")

// history is how far back a copy can reach.
const history = 32 << 10

// headerMost is more bytes than any block's header has.
const headerMost = 640

// begin makes ready for other data.
func (z *inflater) begin() {
	z.in, z.at, z.bits, z.have, z.open = nil, 0, 0, 0, false
	z.out, z.n, z.stop = nil, 0, 0
	z.state, z.last, z.stored = inflateHeader, false, 0
}

// whole unpacks all of in into out and returns how much that was. More than out
// can hold is damage, for its length was stated.
func (z *inflater) whole(out, in []byte) (int, error) {
	z.begin()
	z.in, z.out, z.stop = in, out, len(out)
	err := z.run()
	n := z.n
	z.in, z.out = nil, nil
	return n, err
}

// run unpacks until the data end, out is full or in is used up.
func (z *inflater) run() error {
	for z.state != inflateDone && z.n <= z.stop && !z.starved() {
		var err error
		switch z.state {
		case inflateHeader:
			err = z.header()
		case inflateStored:
			err = z.copyStored()
		case inflateCoded:
			err = z.symbols()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// starved reports that more input is to be brought first.
func (z *inflater) starved() bool {
	if !z.open {
		return false
	}
	left := len(z.in) - z.at
	return left < 8 || z.state == inflateHeader && left < headerMost
}

// take returns the next bits, at most 16.
func (z *inflater) take(n uint) uint {
	for z.have < n {
		if z.at < len(z.in) {
			z.bits |= uint64(z.in[z.at]) << z.have
		}
		z.at++
		z.have += 8
	}
	v := uint(z.bits) & (1<<n - 1)
	z.bits >>= n
	z.have -= n
	return v
}

// cut reports that bits were used that the input does not have.
func (z *inflater) cut() bool { return z.at-int(z.have>>3) > len(z.in) }

// giveBack returns full bytes that were taken ahead to the input.
func (z *inflater) giveBack() {
	z.at -= int(z.have >> 3)
	z.have &= 7
	z.bits &= 1<<z.have - 1
}

// header reads a block's header.
func (z *inflater) header() error {
	z.last = z.take(1) == 1
	switch z.take(2) {
	case 0:
		return z.beginStored()
	case 1:
		z.state = inflateCoded
		z.useFixed()
	case 2:
		z.state = inflateCoded
		if !z.readTables() {
			return errInflate
		}
	default:
		return errInflate
	}
	if z.cut() {
		return errInflate
	}
	return nil
}

// beginStored goes to the next full byte and reads the length.
func (z *inflater) beginStored() error {
	z.giveBack()
	z.bits, z.have = 0, 0
	if len(z.in)-z.at < 4 {
		return errInflate
	}
	le := binary.LittleEndian
	n := le.Uint16(z.in[z.at:])
	if le.Uint16(z.in[z.at+2:]) != ^n {
		return errInflate
	}
	z.at += 4
	z.stored, z.state = int(n), inflateStored
	return nil
}

// copyStored copies what both sides have room for.
func (z *inflater) copyStored() error {
	n := copy(z.out[z.n:], z.in[z.at:min(len(z.in), z.at+z.stored)])
	z.n, z.at, z.stored = z.n+n, z.at+n, z.stored-n
	if z.stored == 0 {
		z.endBlock()
		return nil
	}
	if z.at == len(z.in) && !z.open || z.n == len(z.out) && z.stop == len(z.out) {
		return errInflate
	}
	return nil
}

func (z *inflater) endBlock() {
	if z.state = inflateHeader; z.last {
		z.state = inflateDone
	}
}

// symbols unpacks a block of literals and copies. Sixty-four bits are held at a
// time: a symbol needs at most 48, its copy and all. It is one loop with
// everything at hand, for this is where the time of reading goes.
func (z *inflater) symbols() error {
	in, out, bits, have, at, n := z.in, z.out, z.bits, z.have, z.at, z.n
	lits, dists, litMask, distMask := &z.lit, &z.dist, uint64(z.litMask), uint64(z.distMask)
	for n <= z.stop {
		if at+8 <= len(in) {
			bits |= binary.LittleEndian.Uint64(in[at:]) << (have & 63)
			at += int(63-have) >> 3
			have |= 56
		} else if z.open {
			break
		} else if at > len(in)+8 {
			return errInflate
		} else {
			bits, have, at = lastBits(in, bits, have, at)
		}
		e := lits[bits&litMask%litSize]
		for e >= symLiteral && have >= 48 {
			if n >= len(out) {
				return errInflate
			}
			out[n] = byte(e >> 16)
			n++
			bits, have = bits>>(e&63), have-uint(e&63)
			e = lits[bits&litMask%litSize]
		}
		if have < 48 {
			continue
		}
		if e&symSpecial != 0 {
			if e&symSub != 0 {
				bits, have = bits>>(e&63), have-uint(e&63)
				e = lits[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))%litSize]
			}
			if e >= symLiteral && n < len(out) {
				out[n] = byte(e >> 16)
				n++
				bits, have = bits>>(e&63), have-uint(e&63)
				continue
			}
			if e&symSpecial != 0 || e >= symLiteral {
				z.bits, z.have, z.at, z.n = bits>>(e&63), have-uint(e&63), at, n
				return z.leave(e)
			}
		}
		length := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits, have = bits>>(e&63), have-uint(e&63)
		if e = dists[bits&distMask%distSize]; e&symSub != 0 && e&symSpecial != 0 {
			bits, have = bits>>(e&63), have-uint(e&63)
			e = dists[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))%distSize]
		}
		d := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits, have = bits>>(e&63), have-uint(e&63)
		if e&symSpecial != 0 || d > n || length > len(out)-n {
			return errInflate
		}
		if d < 16 || length > 32 || n+32 > len(out) {
			n = copyBack(out, n, d, length)
			continue
		}
		// Sixteen bytes at a time, a few too many: what comes next goes over them.
		*(*[16]byte)(out[n:]) = *(*[16]byte)(out[n-d:])
		if length > 16 {
			*(*[16]byte)(out[n+16:]) = *(*[16]byte)(out[n-d+16:])
		}
		n += length
	}
	z.bits, z.have, z.at, z.n = bits, have, at, n
	return nil
}

// leave ends a block at a symbol that is neither a literal nor a copy.
func (z *inflater) leave(e uint32) error {
	if e&symEnd == 0 || z.cut() {
		return errInflate
	}
	z.endBlock()
	return nil
}

// lastBits takes bits near the end of the input; behind it are zeros.
func lastBits(in []byte, bits uint64, have uint, at int) (uint64, uint, int) {
	for ; have < 56; have += 8 {
		if at < len(in) {
			bits |= uint64(in[at]) << (have & 63)
		}
		at++
	}
	return bits, have, at
}

// copyBack appends to the n bytes of out so many of those that stand d bytes
// before, which may overlap, and returns how many there are then.
func copyBack(out []byte, n, d, length int) int {
	end, from := n+length, n-d
	if d >= 8 && length <= 32 && n+32 <= len(out) {
		to, src := out[n:n+32], out[from:]
		binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(src))
		binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(src[8:]))
		if length > 16 {
			binary.LittleEndian.PutUint64(to[16:], binary.LittleEndian.Uint64(src[16:]))
			binary.LittleEndian.PutUint64(to[24:], binary.LittleEndian.Uint64(src[24:]))
		}
		return end
	}
	for n < end {
		n += copy(out[n:end], out[from:n])
	}
	return n
}
