package sheets

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// The signatures and fixed sizes of the records of a zip.
const (
	sigLocal      = 0x04034b50
	sigCentral    = 0x02014b50
	sigEnd        = 0x06054b50
	sigEnd64      = 0x06064b50
	sigLocator64  = 0x07064b50
	localSize     = 30
	centralSize   = 46
	endSize       = 22
	end64Size     = 56
	locator64Size = 20
)

// archive is the zip around a workbook: its directory, checked before any
// entry is unpacked. One entry is read at a time.
type archive struct {
	file    io.ReaderAt
	size    int64
	lim     *Limits
	entries []entry
	names   map[string]int // folded name to its entry

	*unpacker
}

// unpacker is what unpacking needs, for one entry at a time.
type unpacker struct {
	head    []byte // the local header of an entry
	packed  []byte // of a small entry
	whole   []byte // a small entry, unpacked
	inflate inflater
	stream  *inflateReader // for large entries
}

// slim lets go of the file, and of buffers that only a large one needs.
func (u *unpacker) slim() {
	if len(u.packed) > mostKept {
		u.packed = nil
	}
	if len(u.whole) > mostKept {
		u.whole = nil
	}
	if u.stream != nil {
		u.stream.forget()
	}
}

// entry is one file in the zip, as its directory describes it.
type entry struct {
	name     string // as written, with forward slashes
	method   uint16
	sum      uint32
	packed   int64
	unpacked int64
	offset   int64 // of the local header
	read     bool  // already read to its end
}

// openArchive reads the directory of a zip and holds it against the limits.
// A zip without a directory is one whose end is missing.
func openArchive(file io.ReaderAt, size int64, lim *Limits, u *unpacker) (*archive, error) {
	dir, err := findDirectory(file, size)
	if err != nil {
		return nil, err
	}
	if dir.count > uint64(lim.Entries) {
		return nil, beyond("entries", "", int64(dir.count), int64(lim.Entries))
	}
	raw, err := dir.load(file, lim)
	if err != nil {
		return nil, err
	}
	a := &archive{file: file, size: size, lim: lim, names: make(map[string]int, dir.count), unpacker: u}
	if err := a.readEntries(raw, dir); err != nil {
		return nil, err
	}
	return a, a.checkSizes()
}

// readEntries parses the directory.
func (a *archive) readEntries(raw []byte, dir directory) error {
	for range dir.count {
		e, rest, err := parseEntry(raw)
		if err != nil {
			return err
		}
		raw = rest
		e.offset += dir.base
		if strings.HasSuffix(e.name, "/") && e.unpacked == 0 {
			continue // a folder
		}
		key := foldName(e.name)
		if !fitName(key) {
			return trouble("entryname", e.name)
		}
		if _, twice := a.names[key]; twice {
			return trouble("dupentry", e.name)
		}
		a.names[key] = len(a.entries)
		a.entries = append(a.entries, e)
	}
	if len(raw) >= 4 && binary.LittleEndian.Uint32(raw) == sigCentral {
		return trouble("zip", "") // more entries than are counted
	}
	return nil
}

// parseEntry reads one record of the directory and returns what follows it.
func parseEntry(raw []byte) (entry, []byte, error) {
	le := binary.LittleEndian
	if len(raw) < centralSize || le.Uint32(raw) != sigCentral {
		return entry{}, nil, trouble("zip", "")
	}
	n, x, c := int(le.Uint16(raw[28:])), int(le.Uint16(raw[30:])), int(le.Uint16(raw[32:]))
	if len(raw) < centralSize+n+x+c {
		return entry{}, nil, trouble("zip", "")
	}
	e := entry{
		name:     strings.ReplaceAll(string(raw[centralSize:centralSize+n]), `\`, "/"),
		method:   le.Uint16(raw[10:]),
		sum:      le.Uint32(raw[16:]),
		packed:   int64(le.Uint32(raw[20:])),
		unpacked: int64(le.Uint32(raw[24:])),
		offset:   int64(le.Uint32(raw[42:])),
	}
	if le.Uint16(raw[8:])&1 != 0 {
		return e, nil, trouble("encrypted", e.name)
	}
	if !e.enlarge(raw[centralSize+n : centralSize+n+x]) {
		return e, nil, trouble("zip", e.name)
	}
	return e, raw[centralSize+n+x+c:], nil
}

// enlarge takes sizes that need more than 32 bits from the extra fields.
func (e *entry) enlarge(extra []byte) bool {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		body := extra[4 : 4+n]
		extra = extra[4+n:]
		if id != 1 {
			continue
		}
		for _, field := range []*int64{&e.unpacked, &e.packed, &e.offset} {
			if *field != 0xffffffff {
				continue
			}
			if len(body) < 8 {
				return false
			}
			*field, body = int64(le.Uint64(body)), body[8:]
		}
	}
	return e.unpacked >= 0 && e.packed >= 0 && e.offset >= 0
}

// foldName is how part names are compared: no leading slash, no capitals.
func foldName(name string) string {
	return strings.ToLower(strings.TrimLeft(name, "/"))
}

func fitName(name string) bool {
	if name == "" || strings.ContainsRune(name, 0) {
		return false
	}
	for seg := range strings.SplitSeq(name, "/") {
		if seg == ".." {
			return false
		}
	}
	return true
}

// checkSizes holds the sizes that the directory states against the limits.
// What an entry holds beyond its stated size is refused when it is read, so
// nothing need be unpacked to refuse a bomb.
func (a *archive) checkSizes() error {
	var total int64
	for _, e := range a.entries {
		if e.unpacked > a.lim.PartBytes {
			return beyond("part", e.name, e.unpacked, a.lim.PartBytes)
		}
		if total += e.unpacked; total > a.lim.TotalBytes {
			return beyond("total", e.name, total, a.lim.TotalBytes)
		}
	}
	return nil
}

// find returns the entry of a part, or -1.
func (a *archive) find(part string) int {
	if i, ok := a.names[foldName(part)]; ok {
		return i
	}
	return -1
}

// open begins to read an entry; it replaces the one opened before.
func (a *archive) open(i int) (*partReader, error) {
	e := &a.entries[i]
	h, err := a.localHeader(e)
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	from := e.offset + localSize + int64(le.Uint16(h[26:])) + int64(le.Uint16(h[28:]))
	if from > a.size || e.packed > a.size-from {
		return nil, trouble("truncated", e.name)
	}
	p := &partReader{entry: e, lim: a.lim, from: from}
	switch {
	case e.method != 0 && e.method != 8:
		return nil, trouble("method", e.name)
	case e.method == 0 && e.packed != e.unpacked:
		return nil, trouble("crc", e.name)
	case !a.small(e):
		a.unpack(p)
	}
	return p, nil
}

// localHeader reads what stands before an entry. It says the name once more, which no
// checksum covers: a part whose name is damaged in the directory would be missed, and
// without its styles a date is a number.
func (a *archive) localHeader(e *entry) ([]byte, error) {
	n := localSize + len(e.name)
	if e.offset > a.size-int64(n) {
		return nil, trouble("truncated", e.name)
	}
	if n > len(a.head) {
		a.head = make([]byte, max(n, 256))
	}
	h := a.head[:n]
	if err := readAt(a.file, h, e.offset); err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	if le.Uint32(h) != sigLocal {
		return nil, trouble("crc", e.name)
	}
	if int(le.Uint16(h[26:])) != len(e.name) || !sameName(h[localSize:], e.name) {
		return nil, trouble("zip", e.name)
	}
	return h, nil
}

// sameName compares a name as it is written with that of an entry.
func sameName(written []byte, name string) bool {
	for i, c := range written {
		if c != name[i] && (c != '\\' || name[i] != '/') {
			return false
		}
	}
	return true
}

// unpack sets up how a large entry's bytes are unpacked.
func (a *archive) unpack(p *partReader) {
	p.file.r = io.NewSectionReader(a.file, p.from, p.entry.packed)
	p.src = &p.file
	if p.entry.method == 0 {
		return
	}
	if a.stream == nil {
		a.stream = new(inflateReader)
	}
	a.stream.reset(&p.file)
	p.src = a.stream
}

// wholeMost is the size, unpacked, up to which an entry is unpacked in one go.
const wholeMost = 1 << 20

// small reports that an entry is to be unpacked in one go. One that is beyond the
// limit of packing is not: it is refused half way.
func (a *archive) small(e *entry) bool {
	return e.unpacked <= min(wholeMost, a.lim.RatioFrom, int64(a.lim.TokenBytes)) && e.packed <= e.unpacked+wholeMost/16
}

// wholePart returns a small entry, its length and checksum compared. The bytes are
// good until the next one is read.
func (a *archive) wholePart(p *partReader) ([]byte, error) {
	e := p.entry
	if n := int(e.unpacked); n > len(a.whole) {
		a.whole = make([]byte, min(max(64<<10, n+n/4), wholeMost))
	}
	out := a.whole[:e.unpacked]
	if e.method == 0 {
		if err := readAt(a.file, out, p.from); err != nil {
			return nil, err
		}
	} else if err := a.inflateWhole(p, out); err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(out) != e.sum {
		return nil, trouble("crc", e.name)
	}
	e.read = true
	return out, nil
}

func (a *archive) inflateWhole(p *partReader, out []byte) error {
	n := int(p.entry.packed)
	if n > len(a.packed) {
		a.packed = make([]byte, max(16<<10, n))
	}
	if err := readAt(a.file, a.packed[:n], p.from); err != nil {
		return err
	}
	if got, err := a.inflate.whole(out, a.packed[:n]); err != nil || got != len(out) {
		return trouble("crc", p.entry.name)
	}
	return nil
}

// drainRest reads every entry that has not been read yet, so that its checksum
// counts.
func (a *archive) drainRest(scratch []byte) error {
	for i := range a.entries {
		if a.entries[i].read {
			continue
		}
		p, err := a.open(i)
		if err == nil {
			err = a.drain(p, scratch)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *archive) drain(p *partReader, scratch []byte) error {
	if !a.small(p.entry) {
		return p.drain(scratch)
	}
	_, err := a.wholePart(p)
	return err
}

// readAt fills b. A file that ends earlier than its size says was cut while it
// was read, which is damage; any other trouble is ours.
func readAt(file io.ReaderAt, b []byte, off int64) error {
	n, err := file.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return trouble("truncated", "")
	}
	return fmt.Errorf("read workbook: %w", err)
}

// looksLikeZip tells a zip by its first bytes.
func looksLikeZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) ||
		bytes.HasPrefix(head, []byte("PK\x05\x06")) ||
		bytes.HasPrefix(head, []byte("PK\x07\x08"))
}
