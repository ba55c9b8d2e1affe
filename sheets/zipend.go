package sheets

import (
	"encoding/binary"
	"io"
)

// directory is where the list of entries stands.
type directory struct {
	count  uint64
	length int64
	offset int64 // in the file
	base   int64 // bytes before the zip proper, to be added to each offset
}

// findDirectory looks for the end record, which closes every zip.
func findDirectory(file io.ReaderAt, size int64) (directory, error) {
	r, end, err := findEnd(file, size)
	if err != nil {
		return directory{}, err
	}
	le := binary.LittleEndian
	if le.Uint16(r[4:]) != 0 && le.Uint16(r[4:]) != 0xffff {
		return directory{}, trouble("zip", "") // one of several volumes
	}
	d := directory{count: uint64(le.Uint16(r[10:])), length: int64(le.Uint32(r[12:])), offset: int64(le.Uint32(r[16:]))}
	if d.count == 0xffff || d.length == 0xffffffff || d.offset == 0xffffffff {
		if d, end, err = findDirectory64(file, end, d); err != nil {
			return d, err
		}
	}
	return d.place(file, end)
}

// findEnd returns the end record and where it stands. It closes the file but for
// a comment, which few zips have.
func findEnd(file io.ReaderAt, size int64) ([]byte, int64, error) {
	for _, length := range []int64{endSize, endSize + 1<<16 - 1} {
		tail := make([]byte, min(size, length))
		if err := readAt(file, tail, size-int64(len(tail))); err != nil {
			return nil, 0, err
		}
		if at := endRecord(tail); at >= 0 {
			return tail[at:], size - int64(len(tail)) + int64(at), nil
		}
	}
	return nil, 0, trouble("truncated", "")
}

// endRecord returns where the end record begins in the last bytes of the file,
// or -1. Its comment must fit the file.
func endRecord(tail []byte) int {
	for i := len(tail) - endSize; i >= 0; i-- {
		if binary.LittleEndian.Uint32(tail[i:]) == sigEnd &&
			i+endSize+int(binary.LittleEndian.Uint16(tail[i+20:])) <= len(tail) {
			return i
		}
	}
	return -1
}

// findDirectory64 reads the end record of a zip with large numbers. A zip that
// has none keeps the small numbers.
func findDirectory64(file io.ReaderAt, end int64, small directory) (directory, int64, error) {
	if end < locator64Size {
		return small, end, nil
	}
	var loc [locator64Size]byte
	if err := readAt(file, loc[:], end-locator64Size); err != nil {
		return small, end, err
	}
	le := binary.LittleEndian
	if le.Uint32(loc[:]) != sigLocator64 {
		return small, end, nil
	}
	at := int64(le.Uint64(loc[8:]))
	if at < 0 || at > end-locator64Size-end64Size {
		return small, end, trouble("zip", "")
	}
	var r [end64Size]byte
	if err := readAt(file, r[:], at); err != nil {
		return small, end, err
	}
	if le.Uint32(r[:]) != sigEnd64 {
		return small, end, trouble("zip", "")
	}
	big := directory{count: le.Uint64(r[32:]), length: int64(le.Uint64(r[40:])), offset: int64(le.Uint64(r[48:]))}
	return big, at, nil
}

// place turns the offset that the zip states into one in the file, for a zip
// may have something before it.
func (d directory) place(file io.ReaderAt, end int64) (directory, error) {
	if d.length < 0 || d.offset < 0 || d.length > end || d.offset > end-d.length {
		return d, trouble("zip", "")
	}
	d.base = end - d.length - d.offset
	if d.base > 0 && d.length >= 4 {
		var sig [4]byte
		if err := readAt(file, sig[:], d.offset); err != nil {
			return d, err
		}
		if binary.LittleEndian.Uint32(sig[:]) == sigCentral {
			d.base = 0
		}
	}
	d.offset += d.base
	return d, nil
}

// load reads the directory's bytes, which are few for so few entries.
func (d directory) load(file io.ReaderAt, lim *Limits) ([]byte, error) {
	if d.length > int64(lim.Entries)*4096 {
		return nil, trouble("zip", "")
	}
	raw := make([]byte, d.length)
	return raw, readAt(file, raw, d.offset)
}
