package sheets

import (
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// The stream that has the custom properties of a document ([MS-OLEPS]), what may
// be read of it, and the format of the section they stand in.
const (
	propertyStream = "DocumentSummaryInformation"
	propertyBytes  = 1 << 20
	propertyFormat = "\x05\xd5\xcd\xd5\x9c\x2e\x1b\x10\x93\x97\x08\x00\x2b\x2c\xf9\xae"
)

// readMarks reads the custom document properties. One that is not understood is
// left out: they only matter where they are ours.
func (c *compound) readMarks(lim *Limits) (map[string]string, error) {
	marks := map[string]string{}
	stream, err := c.open(propertyStream, lim)
	if err != nil || stream == nil {
		return marks, err
	}
	raw, err := io.ReadAll(io.LimitReader(stream, propertyBytes))
	var fault *Problem
	if err != nil && !errors.As(err, &fault) {
		return nil, err
	}
	if s, ok := customSection(raw); ok {
		s.read(marks)
	}
	return marks, nil
}

// properties is a section of a stream of properties. Places count from its
// beginning.
type properties struct {
	raw  []byte
	page int // how texts are encoded
}

// customSection finds the section of custom properties.
func customSection(raw []byte) (*properties, bool) {
	p := &properties{raw: raw}
	for i := range min(p.u32(24), 8) {
		at := 28 + 20*i
		if string(p.bytes(at, 16)) != propertyFormat {
			continue
		}
		from := p.u32(at + 16)
		if from <= 0 || from >= len(raw) {
			return nil, false
		}
		return &properties{raw: raw[from:]}, true
	}
	return nil, false
}

// bytes returns n bytes, or nil where there are not so many.
func (p *properties) bytes(at, n int) []byte {
	if at < 0 || n < 0 || at > len(p.raw) || n > len(p.raw)-at {
		return nil
	}
	return p.raw[at : at+n]
}

// u32 returns a number, or 0 where there is none.
func (p *properties) u32(at int) int {
	b := p.bytes(at, 4)
	if b == nil {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b))
}

// The properties that are about the others, and the encodings of texts.
const (
	propertyNames = 0
	propertyPage  = 1
	pageUTF16     = 1200
	pageUTF8      = 65001
)

// read reads the properties that have a name.
func (p *properties) read(marks map[string]string) {
	places := map[int]int{}
	for i := range min(p.u32(4), maxMarks) {
		places[p.u32(8+8*i)] = p.u32(8 + 8*i + 4)
	}
	if at := places[propertyPage]; at > 0 {
		p.page = p.u32(at+4) & 0xffff
	}
	at := places[propertyNames]
	count := min(p.u32(at), maxMarks)
	at += 4
	for range count {
		id, n := p.u32(at), p.u32(at+4)
		if p.page == pageUTF16 {
			n = (2*n + 3) &^ 3
		}
		name, ok := p.text(p.bytes(at+8, n))
		if !ok || n == 0 {
			return
		}
		if text, ok := p.value(places[id]); ok {
			marks[name] = text
		}
		at += 8 + n
	}
}

// value reads a property as text.
func (p *properties) value(at int) (string, bool) {
	const whole, boolean, narrow, wide = 3, 11, 30, 31
	if at <= 0 || p.bytes(at, 8) == nil {
		return "", false
	}
	n := p.u32(at + 4)
	switch p.u32(at) & 0xffff {
	case whole:
		return strconv.Itoa(int(int32(n))), true
	case boolean:
		return strconv.FormatBool(n&0xffff != 0), true
	case narrow:
		return p.text(p.bytes(at+8, n))
	case wide:
		return (&properties{page: pageUTF16}).text(p.bytes(at+8, 2*n))
	}
	return "", false
}

// text decodes a text up to its end mark. False is one in an encoding that is not
// known, or that is no text.
func (p *properties) text(raw []byte) (string, bool) {
	if p.page == pageUTF16 {
		var units []uint16
		for ; len(raw) >= 2; raw = raw[2:] {
			u := binary.LittleEndian.Uint16(raw)
			if u == 0 {
				break
			}
			units = append(units, u)
		}
		return string(appendUTF16(nil, units)), units != nil
	}
	for i, c := range raw {
		if c == 0 {
			raw = raw[:i]
			break
		}
	}
	if p.page != pageUTF8 && !utf8.Valid(raw) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
		if err != nil {
			return "", false
		}
		raw = decoded
	}
	return string(raw), utf8.Valid(raw)
}
