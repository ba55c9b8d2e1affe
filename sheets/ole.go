package sheets

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
)

// oleMagic begins an OLE file: Office 97-2003, WPS, and workbooks with a
// password, whatever their name.
var oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// The layout of an OLE file's header and directory.
const (
	oleHeader    = 512
	oleDirEntry  = 128
	oleHeadFATs  = 109
	oleEnd       = 0xfffffffa // and above: no sector
	oleDirLimit  = 256        // sectors of the directory that are looked at
	oleShiftFrom = 9
	oleShiftTo   = 12
)

// oleNames tells by its streams what an OLE file is, the surest first.
var oleNames = []struct{ stream, reason string }{
	{"EncryptedPackage", "encrypted"},
	{"Workbook", "xls"},
	{"Book", "xls"},
	{"WordDocument", "doc"},
	{"PowerPoint Document", "ppt"},
}

// oleReason names what an OLE file is. One that is cut off is truncated.
func oleReason(r io.ReaderAt, size int64) (string, error) {
	if size < oleHeader {
		return "truncated", nil
	}
	var head [oleHeader]byte
	if err := readAt(r, head[:], 0); err != nil {
		return "", err
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift < oleShiftFrom || shift > oleShiftTo {
		return "ole", nil
	}
	o := oleFile{r: r, size: size, head: head[:], shift: uint(shift)}
	names, err := o.streams()
	if err != nil {
		return "", err
	}
	for _, n := range oleNames {
		if names[n.stream] {
			return n.reason, nil
		}
	}
	return "ole", nil
}

// oleFile walks the directory of an OLE file, and nothing else of it.
type oleFile struct {
	r     io.ReaderAt
	size  int64
	head  []byte
	shift uint
}

// streams returns the names in the directory. The walk is bounded, so a chain
// that runs in a circle ends.
func (o *oleFile) streams() (map[string]bool, error) {
	names := map[string]bool{}
	sector := binary.LittleEndian.Uint32(o.head[48:])
	buf := make([]byte, 1<<o.shift)
	for range oleDirLimit {
		if !o.has(sector) {
			break
		}
		if err := readAt(o.r, buf, o.offset(sector)); err != nil {
			return nil, err
		}
		for e := buf; len(e) >= oleDirEntry; e = e[oleDirEntry:] {
			names[oleName(e)] = true
		}
		next, err := o.next(sector)
		if err != nil {
			return nil, err
		}
		sector = next
	}
	return names, nil
}

func (o *oleFile) offset(sector uint32) int64 { return (int64(sector) + 1) << o.shift }

// has reports whether the sector lies whole within the file.
func (o *oleFile) has(sector uint32) bool {
	return sector < oleEnd && o.offset(sector)+1<<o.shift <= o.size
}

// next looks up which sector follows. Only the part of the allocation table
// that the header lists is asked: the directory stands in the first megabytes.
func (o *oleFile) next(sector uint32) (uint32, error) {
	perSector := uint32(1) << (o.shift - 2)
	table := sector / perSector
	if table >= oleHeadFATs {
		return oleEnd, nil
	}
	fat := binary.LittleEndian.Uint32(o.head[76+4*table:])
	if !o.has(fat) {
		return oleEnd, nil
	}
	var next [4]byte
	err := readAt(o.r, next[:], o.offset(fat)+int64(sector%perSector)*4)
	return binary.LittleEndian.Uint32(next[:]), err
}

// oleName reads a directory entry's name.
func oleName(entry []byte) string {
	n := int(binary.LittleEndian.Uint16(entry[64:]))
	if n < 2 || n > 64 {
		return ""
	}
	units := make([]uint16, n/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(entry[2*i:])
	}
	return string(bytes.TrimRight([]byte(string(utf16.Decode(units))), "\x00"))
}
