package sheets

import (
	"encoding/binary"
	"unicode/utf8"
)

// soundLength is how much of b is text that XML may hold, and the reason why it
// is not all; a character that is cut off may go on where there is more.
func soundLength(b []byte, more bool) (n int, reason string) {
	for i := 0; ; {
		i += asciiLength(b[i:])
		i += wideLength(b[i:])
		switch {
		case i == len(b):
			return i, ""
		case control(b[i]):
			return i, "control"
		case b[i] < utf8.RuneSelf:
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			if more && !utf8.FullRune(b[i:]) {
				return i, ""
			}
			return i, "utf8"
		}
		i += size
	}
}

// asciiLength is how many bytes at the beginning of b are plain ASCII, in steps of
// sixteen: (x - 0x20…) & ^x has the top bit of a byte set if any byte is below 0x20,
// and x itself if one is beyond ASCII.
func asciiLength(b []byte) int {
	const low, top = 0x2020202020202020, 0x8080808080808080
	i, le := 0, binary.LittleEndian
	for ; len(b)-i >= 32; i += 32 {
		p := (*[32]byte)(b[i:])
		x, y, z, w := le.Uint64(p[:]), le.Uint64(p[8:]), le.Uint64(p[16:]), le.Uint64(p[24:])
		if (x|(x-low)&^x|y|(y-low)&^y|z|(z-low)&^z|w|(w-low)&^w)&top != 0 {
			break
		}
	}
	for ; len(b)-i >= 8; i += 8 {
		x := le.Uint64(b[i:])
		if (x|(x-low)&^x)&top != 0 {
			break
		}
	}
	return i
}

// wideLength is how many bytes at the beginning of b are characters of three bytes,
// as Chinese ones are, but for those whose second byte has rules of its own.
func wideLength(b []byte) int {
	i := 0
	for i+12 <= len(b) && wideFour(b[i:]) {
		i += 12
	}
	for ; i+3 <= len(b); i += 3 {
		c := b[i]
		if c <= 0xe0 || c > 0xef || c == 0xed || b[i+1]&0xc0 != 0x80 || b[i+2]&0xc0 != 0x80 {
			break
		}
	}
	return i
}

// wideFour reports that b begins with four characters of three bytes whose first
// byte is from 0xe1 to 0xeb, as that of all Chinese ones is: what is one less is
// still 0xe_, and so is what is four more.
func wideFour(b []byte) bool {
	const (
		ones1, mask1, want1 = 0x0001000001000001, 0xc0f0c0c0f0c0c0f0, 0x80e08080e08080e0
		ones2, mask2, want2 = 0x00000100, 0xc0c0f0c0, 0x8080e080
	)
	x, y := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])
	return (x+4*ones1)&mask1 == want1 && (x-ones1)&mask1 == want1 &&
		(y+4*ones2)&mask2 == want2 && (y-ones2)&mask2 == want2
}

// control reports a character that XML does not allow.
func control(c byte) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }
