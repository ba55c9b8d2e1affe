package sheets

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

const plainRows = `<row r="1"><c r="A1"><v>1</v></c></row>`

// zipRecords packs entries and lets a test change the header of one first.
func zipRecords(t *testing.T, name, body string, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, p := range newHandBook(sheetOf(plainRows)).parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	h := &zip.FileHeader{Name: name, UncompressedSize64: uint64(len(body)), CompressedSize64: uint64(len(body)), CRC32: crc32.ChecksumIEEE([]byte(body))}
	change(h)
	w, err := z.CreateRaw(h)
	if err == nil {
		_, err = io.WriteString(w, body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestZipEntries(t *testing.T) {
	for _, tt := range []struct {
		name   string
		entry  string
		change func(*zip.FileHeader)
		want   string
	}{
		{"sound", "a.bin", func(h *zip.FileHeader) {}, "<nil>"},
		{"checksum", "a.bin", func(h *zip.FileHeader) { h.CRC32++ }, "F01 crc a.bin"},
		{"checksum zero", "a.bin", func(h *zip.FileHeader) { h.CRC32 = 0 }, "F01 crc a.bin"},
		{"longer than said", "a.bin", func(h *zip.FileHeader) { h.UncompressedSize64-- }, "F01 crc a.bin"},
		{"shorter than said", "a.bin", func(h *zip.FileHeader) { h.UncompressedSize64++ }, "F01 crc a.bin"},
		{"not deflated", "a.bin", func(h *zip.FileHeader) { h.Method = zip.Deflate }, "F01 crc a.bin"},
		{"another method", "a.bin", func(h *zip.FileHeader) { h.Method = 12 }, "F01 method a.bin"},
		{"a password", "a.bin", func(h *zip.FileHeader) { h.Flags |= 1 }, "F03 encrypted a.bin"},
		{"upwards", "xl/../../etc/passwd", func(h *zip.FileHeader) {}, "F01 entryname xl/../../etc/passwd"},
		{"upwards with backslashes", `..\a.bin`, func(h *zip.FileHeader) {}, "F01 entryname ../a.bin"},
		{"twice", "xl/workbook.xml", func(h *zip.FileHeader) {}, "F01 dupentry xl/workbook.xml"},
		{"twice in other letters", `XL\Workbook.xml`, func(h *zip.FileHeader) {}, "F01 dupentry XL/Workbook.xml"},
		{"no name", "", func(h *zip.FileHeader) {}, "F01 entryname"},
		{"says 8 GB", "a.bin", func(h *zip.FileHeader) { h.UncompressedSize64 = 8 << 30 }, "F06 part a.bin"},
		{"absurdly large", "a.bin", func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 40 }, "F01 truncated a.bin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			book, err := readBytes(zipRecords(t, tt.entry, "some text", tt.change))
			if got := problemOf(err); got != tt.want || (book == nil) == (err == nil) {
				t.Errorf("got %q with book %v, want %q", got, book != nil, tt.want)
			}
		})
	}
}

// A file cut off anywhere is refused, and known to be incomplete.
func TestCutZip(t *testing.T) {
	whole := newHandBook(sheetOf(plainRows)).pack(t)
	for n := range len(whole) {
		_, err := readBytes(whole[:n])
		want := "F01 truncated"
		if n == 0 {
			want = "F01 empty"
		}
		if n < 4 && n > 0 {
			continue // too short to be told from anything else
		}
		if got := problemOf(err); got != want {
			t.Fatalf("%d bytes of %d: got %q, want %q", n, len(whole), got, want)
		}
		if err := Complete(bytes.NewReader(whole[:n]), int64(n)); err == nil {
			t.Fatalf("%d bytes of %d are said to be complete", n, len(whole))
		}
	}
	if err := Complete(bytes.NewReader(whole), int64(len(whole))); err != nil {
		t.Fatal(err)
	}
}

// Any byte that changes is noticed, or does not matter: the cells are the same.
func TestFlippedBytes(t *testing.T) {
	whole := newHandBook(sheetOf(`<row r="1"><c r="A1" s="1"><v>1234</v></c><c r="B1" t="s"><v>0</v></c></row>`)).
		with("xl/sharedStrings.xml", stringsOf("<t>柳河村</t>")).with("xl/styles.xml", stylesOf("0", "14")).pack(t)
	want := strings.Join(cellLines(mustRead(t, whole).Sheets[0]), "\n")
	refused := 0
	for i := range whole {
		for _, bit := range []byte{1, 16, 128} {
			bad := bytes.Clone(whole)
			bad[i] ^= bit
			book, err := readBytes(bad)
			if err != nil {
				var p *Problem
				if !errors.As(err, &p) {
					t.Fatalf("byte %d: %v", i, err)
				}
				refused++
				continue
			}
			if len(book.Sheets) != 1 || strings.Join(cellLines(book.Sheets[0]), "\n") != want {
				t.Errorf("byte %d changed by %d: other cells, and no error", i, bit)
			}
		}
	}
	if refused < len(whole) {
		t.Errorf("only %d of %d changes were noticed", refused, 3*len(whole))
	}
}

// The ends of two versions of a file, as a copy that was overwritten half way
// leaves them, are never read as a third version.
func TestMixedCopies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	version := func(n string) []byte {
		var rows strings.Builder
		for range 40 {
			rows.WriteString(`<row><c><v>` + n + `</v></c><c><v>` + strings.Repeat(n, 3) + `</v></c></row>`)
		}
		return newHandBook(sheetOf(rows.String())).pack(t)
	}
	a, b := version("17"), version("28")
	for range 2000 {
		cut := rng.IntN(min(len(a), len(b)))
		mixed := append(bytes.Clone(b[:cut]), a[min(cut, len(a)):]...)
		book, err := readBytes(mixed)
		if err != nil {
			continue
		}
		if got := cellLines(book.Sheets[0])[0]; got != `A1 number "17"` && got != `A1 number "28"` {
			t.Fatalf("cut at %d: %s", cut, got)
		}
	}
}

// A zip with something before it, and one with a comment, are read.
func TestZipPlaces(t *testing.T) {
	whole := newHandBook(sheetOf(plainRows)).pack(t)
	mustRead(t, append([]byte("\x01\x02\x03\x04prefix"), whole...))
	commented := append(bytes.Clone(whole), "a comment"...)
	binary.LittleEndian.PutUint16(commented[len(whole)-2:], uint16(len("a comment")))
	mustRead(t, commented)
}

// A zip whose directory lies about how many entries it has is no way around the
// limit, and hides no parts.
func TestEntryCount(t *testing.T) {
	b := newHandBook(sheetOf(plainRows))
	for range 2000 {
		b.parts = append(b.parts, zipPart{"a/" + strings.Repeat("b", len(b.parts)%200) + Address(len(b.parts), 1), "x"})
	}
	file := b.pack(t)
	_, err := readBytes(file)
	if got := problemOf(err); got != "F06 entries" {
		t.Errorf("got %q", got)
	}
	end := len(file) - endSize
	for _, said := range []uint16{5, 1999} { // the first five are a whole workbook
		binary.LittleEndian.PutUint16(file[end+10:], said)
		_, err = readBytes(file)
		if got := problemOf(err); got != "F01 zip" {
			t.Errorf("with %d entries said: %q", said, got)
		}
	}
}

// brokenDisk fails where it is told to.
type brokenDisk struct {
	*bytes.Reader
	from int64
}

var errDisk = errors.New("input/output error")

func (b brokenDisk) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.from && off < b.from+512 {
		return 0, errDisk
	}
	return b.Reader.ReadAt(p, off)
}

// A disk that fails is our trouble, and never the sender's.
func TestBrokenDisk(t *testing.T) {
	var rows strings.Builder
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		rows.WriteString("<row><c><v>" + Address(rng.IntN(9)+1, rng.IntN(1e6)+1)[1:] + "</v></c></row>")
	}
	file := newHandBook(sheetOf(rows.String())).pack(t)
	for from := int64(0); from < int64(len(file)); from += 512 {
		_, err := Read(brokenDisk{bytes.NewReader(file), from}, int64(len(file)), DefaultLimits())
		if !errors.Is(err, errDisk) {
			t.Fatalf("disk broken at %d of %d: %v", from, len(file), err)
		}
		if err := Complete(brokenDisk{bytes.NewReader(file), from}, int64(len(file))); !errors.Is(err, errDisk) {
			t.Fatalf("Complete with the disk broken at %d of %d: %v", from, len(file), err)
		}
	}
}
