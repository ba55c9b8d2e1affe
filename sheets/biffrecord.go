package sheets

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// The records of a BIFF8 stream that matter here ([MS-XLS] 2.3).
const (
	recFormula   = 0x0006
	recEOF       = 0x000a
	recDateMode  = 0x0022
	recFilePass  = 0x002f
	recContinue  = 0x003c
	recColInfo   = 0x007d
	recSheet     = 0x0085
	recMulRK     = 0x00bd
	recProject   = 0x00d3
	recRString   = 0x00d6
	recXF        = 0x00e0
	recMerges    = 0x00e5
	recStrings   = 0x00fc
	recSharedTxt = 0x00fd
	recLink      = 0x01ae
	recNumber    = 0x0203
	recLabel     = 0x0204
	recBoolErr   = 0x0205
	recString    = 0x0207
	recRow       = 0x0208
	recRK        = 0x027e
	recFormat    = 0x041e
	recBOF       = 0x0809
)

// records walks through a stream of records: two bytes that say which, two that
// say how long, and the body. What is too long for one goes on in CONTINUE
// records.
type records struct {
	src  *bufio.Reader
	part string
	pos  int64 // where in the stream the next record begins

	id    uint16
	body  []byte
	at    int // how much of the body was taken
	buf   []byte
	units []uint16
}

func (r *records) trouble(reason string) error { return trouble(reason, r.part) }

// next goes to the next record.
func (r *records) next() error {
	var head [4]byte
	if err := r.fill(head[:]); err != nil {
		return err
	}
	n := int(binary.LittleEndian.Uint16(head[2:]))
	if n > len(r.buf) {
		r.buf = make([]byte, max(n, 8224))
	}
	r.id, r.body, r.at = binary.LittleEndian.Uint16(head[:]), r.buf[:n], 0
	return r.fill(r.body)
}

// fill reads so many bytes of the stream.
func (r *records) fill(b []byte) error {
	n, err := io.ReadFull(r.src, b)
	r.pos += int64(n)
	return r.ended(err)
}

// ended says that a stream that ends within a record is cut off.
func (r *records) ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.trouble("truncated")
	}
	return err
}

// skipTo goes on to a place in the stream.
func (r *records) skipTo(pos int64) error {
	if pos < r.pos {
		return r.trouble("record")
	}
	n, err := io.CopyN(io.Discard, r.src, pos-r.pos)
	r.pos += n
	return r.ended(err)
}

// more goes on in the next record if that continues this one.
func (r *records) more() (bool, error) {
	head, err := r.src.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	if len(head) < 4 || binary.LittleEndian.Uint16(head) != recContinue {
		return false, nil
	}
	return true, r.next()
}

// left makes sure that there is a byte to take. False is the end of the data.
func (r *records) left() (bool, error) {
	for r.at == len(r.body) {
		if more, err := r.more(); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// need makes sure that the body has so many bytes more, in one piece.
func (r *records) need(n int) error {
	if len(r.body)-r.at < n {
		return r.trouble("record")
	}
	return nil
}

// Numbers of the body, at a place that need has made sure of.
func (r *records) u16(at int) int    { return int(binary.LittleEndian.Uint16(r.body[at:])) }
func (r *records) u32(at int) uint32 { return binary.LittleEndian.Uint32(r.body[at:]) }

// take takes a number of so many bytes, which may go on in the next record.
func (r *records) take(size int) (int, error) {
	n := 0
	for i := range size {
		ok, err := r.left()
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, r.trouble("record")
		}
		n |= int(r.body[r.at]) << (8 * i)
		r.at++
	}
	return n, nil
}

// skip passes over bytes, which may go on in the next records.
func (r *records) skip(n int) error {
	for n > 0 {
		ok, err := r.left()
		if err != nil {
			return err
		}
		if !ok {
			return r.trouble("record")
		}
		k := min(n, len(r.body)-r.at)
		r.at, n = r.at+k, n-k
	}
	return nil
}

// The flags of a text.
const (
	textWide     = 1 // two bytes a character, else one
	textPhonetic = 4
	textRich     = 8
)

// appendText takes a text of so many UTF-16 units. The fonts of its runs and how
// it is pronounced follow it and are no part of it.
func (r *records) appendText(dst []byte, units int, lim *Limits) ([]byte, error) {
	if ok, err := r.left(); err != nil || !ok && units == 0 {
		return dst, err // some programs leave the flags of no text out
	}
	flags, err := r.take(1)
	if err != nil {
		return dst, err
	}
	behind := 0
	if flags&textRich != 0 {
		runs, err := r.take(2)
		if err != nil {
			return dst, err
		}
		behind = 4 * runs
	}
	if flags&textPhonetic != 0 {
		n, err := r.take(4)
		if err != nil {
			return dst, err
		}
		behind += n
	}
	if units > lim.TextUnits {
		return dst, beyond("longtext", r.part, int64(units), int64(lim.TextUnits))
	}
	if err := r.takeUnits(units, flags&textWide != 0); err != nil {
		return dst, err
	}
	return appendUTF16(dst, r.units), r.skip(behind)
}

// takeUnits takes the characters of a text. Where it goes on in the next record,
// that says anew how wide they are.
func (r *records) takeUnits(n int, wide bool) error {
	r.units = r.units[:0]
	for n > 0 {
		if r.at == len(r.body) {
			ok, err := r.left()
			if err != nil {
				return err
			}
			if !ok {
				return r.trouble("record")
			}
			wide = r.body[r.at]&textWide != 0
			r.at++
		}
		k := len(r.body) - r.at
		if wide {
			k /= 2
		}
		if k = min(k, n); k == 0 && r.at < len(r.body) {
			return r.trouble("record") // half a character
		}
		for range k {
			if wide {
				r.units = append(r.units, binary.LittleEndian.Uint16(r.body[r.at:]))
				r.at += 2
			} else {
				r.units = append(r.units, uint16(r.body[r.at]))
				r.at++
			}
		}
		n -= k
	}
	return nil
}

// appendUTF16 appends text. Half a character alone is written as workbooks of
// today write it, _xD83D_, so that nothing is lost.
func appendUTF16(dst []byte, units []uint16) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(units); i++ {
		u := rune(units[i])
		if !utf16.IsSurrogate(u) {
			dst = utf8.AppendRune(dst, u)
			continue
		}
		if i+1 < len(units) {
			if pair := utf16.DecodeRune(u, rune(units[i+1])); pair != utf8.RuneError {
				dst = utf8.AppendRune(dst, pair)
				i++
				continue
			}
		}
		dst = append(dst, '_', 'x', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15], '_')
	}
	return dst
}
