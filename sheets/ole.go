package sheets

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/richardlehane/mscfb"
)

// oleMagic begins an OLE compound file: Office 97-2003, WPS, and workbooks with
// a password, whatever their name.
var oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// oleFormats tells by its streams what a compound file is, the surest first. A
// workbook that is embedded in a letter stands deeper and does not count. One
// that was saved for both Excel 5 and 97 has both streams; the newer counts.
var oleFormats = []struct{ stream, reason string }{
	{"EncryptedPackage", "encrypted"},
	{"WordDocument", "doc"},
	{"PowerPoint Document", "ppt"},
	{"Workbook", ""},
	{"Book", ""},
}

// compound is an open compound file.
type compound struct {
	src  *oleSource
	root map[string]*mscfb.File // what stands at the top, by name in lower case
}

// openCompound reads the directory of a compound file. Its header is checked
// first, as the counts in it are believed when memory is set aside.
func openCompound(r io.ReaderAt, size int64, lim *Limits) (*compound, error) {
	if size > lim.TotalBytes {
		return nil, beyond("total", "", size, lim.TotalBytes)
	}
	if err := checkOLEHeader(r, size); err != nil {
		return nil, err
	}
	c := &compound{src: &oleSource{r: io.NewSectionReader(r, 0, size), budget: oleDirectoryBytes}, root: map[string]*mscfb.File{}}
	doc, err := mscfb.New(c.src)
	if err != nil {
		return nil, c.src.explain()
	}
	if n := len(doc.File); n > lim.Entries {
		return nil, beyond("entries", "", int64(n), int64(lim.Entries))
	}
	c.src.budget = math.MaxInt64
	for _, f := range doc.File[1:] {
		if len(f.Path) == 0 {
			c.root[strings.ToLower(f.Name)] = f
		}
	}
	return c, nil
}

// The header of a compound file, and what reading the directory may cost: more
// than four times what the limit of entries allows.
const (
	oleHeader         = 512
	oleShift          = 9  // sectors of 512 bytes,
	oleLargeShift     = 12 // or of 4096
	oleMiniSector     = 64
	oleSpare          = 16 // tables may be so many sectors larger than needed
	oleDirectoryBytes = 2 << 20
)

func checkOLEHeader(r io.ReaderAt, size int64) error {
	if size < oleHeader {
		return trouble("truncated", "")
	}
	var head [oleHeader]byte
	if err := readAt(r, head[:], 0); err != nil {
		return err
	}
	le := binary.LittleEndian
	shift := le.Uint16(head[30:])
	if shift != oleShift && shift != oleLargeShift {
		return trouble("ole", "")
	}
	sectors := size>>shift + oleSpare
	perTable := int64(1) << (shift - 2)
	if first := int64(le.Uint32(head[48:])); first >= sectors {
		return trouble("truncated", "")
	}
	for _, count := range []struct {
		at   int
		most int64
	}{
		{40, sectors}, // of the directory
		{64, size/(perTable*oleMiniSector) + oleSpare}, // of the table of small streams
		{72, sectors/perTable/perTable + oleSpare},     // of the table of tables
	} {
		if int64(le.Uint32(head[count.at:])) > count.most {
			return trouble("compound", "")
		}
	}
	return nil
}

// refusal says why a compound file is no workbook; nil when it is one.
func (c *compound) refusal() error {
	for _, f := range oleFormats {
		if c.root[strings.ToLower(f.stream)] == nil {
			continue
		}
		if f.reason == "" {
			return nil
		}
		return trouble(f.reason, "")
	}
	return trouble("ole", "")
}

// has reports whether something of this name stands at the top.
func (c *compound) has(name string) bool { return c.root[strings.ToLower(name)] != nil }

// open opens a stream of the top; nil when there is none.
func (c *compound) open(name string, lim *Limits) (*bufio.Reader, error) {
	f := c.root[strings.ToLower(name)]
	if f == nil {
		return nil, nil
	}
	if f.Size > lim.PartBytes {
		return nil, beyond("part", name, f.Size, lim.PartBytes)
	}
	return bufio.NewReaderSize(&oleStream{file: f, src: c.src}, windowSize), nil
}

// oleStream gives the bytes of a stream, and errors of ours.
type oleStream struct {
	file *mscfb.File
	src  *oleSource
}

func (s *oleStream) Read(b []byte) (int, error) {
	n, err := s.file.Read(b[:min(len(b), windowSize)])
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, s.src.explain()
	}
	return n, err
}

// oleSource is the file below a compound file. It knows why a read failed, which
// is lost on the way up.
type oleSource struct {
	r      io.ReaderAt
	budget int64 // bytes that may yet be read
	short  bool  // something beyond the end of the file was asked for
	over   bool  // the budget is used up
	err    error // the disk failed
}

func (s *oleSource) ReadAt(b []byte, off int64) (int, error) {
	if s.budget -= int64(len(b)); s.budget < 0 {
		s.over = true
		return 0, io.ErrShortBuffer
	}
	n, err := s.r.ReadAt(b, off)
	if n == len(b) {
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		s.short = true
		return n, io.ErrUnexpectedEOF
	}
	s.err = err
	return n, err
}

// explain says why a compound file could not be read: the disk failed, the file
// is cut off, or it contradicts itself.
func (s *oleSource) explain() error {
	switch {
	case s.err != nil:
		return fmt.Errorf("read workbook: %w", s.err)
	case s.short && !s.over:
		return trouble("truncated", "")
	}
	return trouble("compound", "")
}
