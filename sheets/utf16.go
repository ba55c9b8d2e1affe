package sheets

import (
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Order tells UTF-16 by its byte order mark or by its first character,
// which is <. It returns nil for anything else.
func utf16Order(head []byte) binary.ByteOrder {
	if len(head) < 2 {
		return nil
	}
	switch [2]byte(head) {
	case [2]byte{0xff, 0xfe}, [2]byte{'<', 0}:
		return binary.LittleEndian
	case [2]byte{0xfe, 0xff}, [2]byte{0, '<'}:
		return binary.BigEndian
	}
	return nil
}

// utf16Reader turns UTF-16 into UTF-8.
type utf16Reader struct {
	src   io.Reader
	order binary.ByteOrder
	part  string
	raw   [2048]byte
	n     int // bytes waiting in raw
	out   []byte
	err   error
}

func (u *utf16Reader) Read(b []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		n, err := u.src.Read(u.raw[u.n:])
		u.n += n
		u.err = err
		u.convert()
	}
	n := copy(b, u.out)
	u.out = u.out[n:]
	return n, nil
}

// convert takes whole characters from raw. Half a character at the end waits,
// or is damage when nothing follows.
func (u *utf16Reader) convert() {
	u.out = u.out[:0]
	i := 0
	for i+2 <= u.n {
		r := rune(u.order.Uint16(u.raw[i:]))
		size := 2
		if utf16.IsSurrogate(r) {
			if i+4 > u.n {
				break
			}
			r = utf16.DecodeRune(r, rune(u.order.Uint16(u.raw[i+2:])))
			size = 4
			if r == utf8.RuneError {
				u.err = trouble("utf8", u.part)
				return
			}
		}
		u.out = utf8.AppendRune(u.out, r)
		i += size
	}
	u.n = copy(u.raw[:], u.raw[i:u.n])
	if u.err == io.EOF && u.n > 0 {
		u.err = trouble("utf8", u.part)
	}
}
