package sheets

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// countingFile counts the bytes that are taken from a file.
type countingFile struct {
	*bytes.Reader
	read int64
}

func (c *countingFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Reader.ReadAt(p, off)
	c.read += int64(n)
	return n, err
}

// deflated packs n bytes that repeat a pattern, without writing them out: one
// megabyte is packed once and its packing repeated.
func deflated(t *testing.T, pattern string, megabytes int) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	block := []byte(strings.Repeat(pattern, 1<<20/len(pattern)+1))[:1<<20]
	w.Write(block)
	w.Flush()
	first := buf.Len()
	w.Write(block)
	w.Flush()
	again := bytes.Clone(buf.Bytes()[first:])
	out := append([]byte{}, buf.Bytes()[:first]...)
	for range megabytes - 1 {
		out = append(out, again...)
	}
	return append(out, 1, 0, 0, 0xff, 0xff) // an empty stored block, the last
}

// bomb is a sound workbook with one more entry, whose packed bytes and stated
// size are given.
func bomb(t *testing.T, name string, packed []byte, stated int64) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: uint64(stated), CompressedSize64: uint64(len(packed))})
	if err == nil {
		_, err = w.Write(packed)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range newHandBook(sheetOf(plainRows)).parts {
		if p.name == name {
			continue
		}
		w, err := z.Create(p.name)
		if err == nil {
			_, err = io.WriteString(w, p.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const sheetPart = "xl/worksheets/sheet1.xml"

// Files made to exhaust a reader are refused after little of them was read.
func TestHostile(t *testing.T) {
	spread := func(n int, cell string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, cell, i+1)
		}
		return b.String()
	}
	noise := func(n int) string {
		rng := rand.New(rand.NewPCG(5, 6))
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + rng.IntN(26))
		}
		return string(b)
	}
	zeros := deflated(t, "\x00", 3000)
	for _, tt := range []struct {
		name string
		file []byte
		want string
		read int64 // at most so many bytes of the file
	}{
		{"a picture of 3 GB", bomb(t, "xl/media/image1.png", zeros, 3000<<20), "F06 part xl/media/image1.png", 8 << 10},
		{"a sheet with 600 MB of blanks", bomb(t, sheetPart, deflated(t, " ", 600), 600<<20), "F06 part " + sheetPart, 8 << 10},
		{"a picture of 3 GB that says 1 MB", bomb(t, "xl/media/image1.png", zeros, 1<<20), "F01 crc xl/media/image1.png", 64 << 10},
		{"90 MB of zeros", bomb(t, "xl/media/image1.png", deflated(t, "\x00", 90), 90<<20), "F06 ratio xl/media/image1.png", 64 << 10},
		{"90 MB of blanks in the sheet", bomb(t, sheetPart, deflated(t, " ", 90), 90<<20), "F06 ratio " + sheetPart, 64 << 10},
		{"90 MB of strings", newHandBook(sheetOf(plainRows)).with("xl/sharedStrings.xml", stringsOf(strings.Repeat("</si><si>", 8<<20))).pack(t), "F06 ratio xl/sharedStrings.xml", 128 << 10},
		{"nested 3,000,000 deep", newHandBook(sheetOf("<row><c><is>" + strings.Repeat("<r>", 3_000_000))).pack(t), "F06 depth 表!A1", 64 << 10},
		{"an attribute of 5 MB", newHandBook(sheetOf(`<row r="1" spans="` + noise(5<<20) + `"/>`)).pack(t), "F06 token " + sheetPart, 5 << 20},
		{"300,000 merges", newHandBook(strings.Replace(sheetOf(plainRows), "</worksheet>", "<mergeCells>"+spread(300_000, `<mergeCell ref="C%d:XFD1048576"/>`)+"</mergeCells></worksheet>", 1)).pack(t), "F06 merges " + sheetPart, 4 << 20},
		{"200,001 filled rows", newHandBook(sheetOf(spread(200_001, `<row r="%d"><c><v>1</v></c></row>`))).pack(t), "F06 rows 表!200001", 4 << 20},
		{"1,001 filled columns", newHandBook(sheetOf("<row>" + spread(1001, `<c><v>%d</v></c>`) + "</row>")).pack(t), "F06 columns 表!ALM1", 64 << 10},
		{"16,385 cells in a row", newHandBook(sheetOf("<row>" + strings.Repeat("<c/>", 16_385) + "</row>")).pack(t), "F01 ref 表!1", 64 << 10},
		{"a text of 4 MB", newHandBook(sheetOf(`<row><c t="inlineStr"><is><t>` + strings.Repeat("_x0041_", 600_000) + `</t></is></c></row>`)).pack(t), "F06 longtext 表!A1", 64 << 10},
		{"70,001 styles", newHandBook(sheetOf(plainRows)).with("xl/styles.xml", xmlDecl+`<styleSheet><cellXfs>`+spread(70_001, `<xf numFmtId="%d"/>`)+`</cellXfs></styleSheet>`).pack(t), "F06 styles xl/styles.xml", 1 << 20},
		{"70,001 formats", newHandBook(sheetOf(plainRows)).with("xl/styles.xml", xmlDecl+`<styleSheet><numFmts>`+spread(70_001, `<numFmt numFmtId="%d"/>`)+`</numFmts></styleSheet>`).pack(t), "F06 styles xl/styles.xml", 1 << 20},
		{"8,001 relations", newHandBook(sheetOf(plainRows)).with("_rels/.rels", relsHead+spread(8001, `<Relationship Id="r%d"/>`)+"</Relationships>").pack(t), "F06 entries _rels/.rels", 1 << 20},
		{"a number of 30,000 digits", newHandBook(sheetOf(`<row><c><v>` + noise(0) + strings.Repeat("9", 40_000) + `</v></c></row>`)).pack(t), "F06 longtext 表!A1", 64 << 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := &countingFile{Reader: bytes.NewReader(tt.file)}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(file, int64(len(tt.file)), DefaultLimits())
			runtime.ReadMemStats(&after)
			if got := problemOf(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if file.read > tt.read {
				t.Errorf("%d bytes of the file were read, expected at most %d", file.read, tt.read)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d bytes were used", used)
			}
		})
	}
}

// Large but honest: read, and at no more cost than its cells.
func TestLarge(t *testing.T) {
	rows := func(n int, row string) []byte {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(row, "#", fmt.Sprint(i+1)))
		}
		return newHandBook(sheetOf(b.String())).pack(t)
	}
	for _, tt := range []struct {
		name  string
		file  []byte
		cells int
		line  string
	}{
		{"cells in column XFD of 200,000 rows", rows(200_000, `<row r="#"><c r="A#"><v>1</v></c><c r="XFD#"><v>1</v></c></row>`), 400_000, `A1 number "1"`},
		{"100,000 formulas without results", rows(100_000, `<row r="#"><c r="A#"><f>A#+1</f></c></row>`), 100_000, `A1 empty formula ""`},
		{"100,000 rows from bottom to top", reversedRows(t, 100_000), 100_000, `A1 number "1"`},
		{"1,048,576 styled rows", rows(1_048_576, `<row r="#" s="1"/>`), 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mustRead(t, tt.file).Sheets[0]
			lines := cellLines(s)
			if len(lines) != tt.cells || tt.cells > 0 && lines[0] != tt.line {
				t.Errorf("%d cells, want %d", len(lines), tt.cells)
			}
		})
	}
}

func reversedRows(t *testing.T, n int) []byte {
	var b strings.Builder
	for i := n; i > 0; i-- {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d</v></c></row>`, i, i, i)
	}
	return newHandBook(sheetOf(b.String())).pack(t)
}

// Merges over everything, and many of them, stay linear: each row has its own.
func TestManyMerges(t *testing.T) {
	var rows, merges strings.Builder
	for i := 1; i <= 2000; i++ {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d"><v>1</v></c><c r="B%d"><v>2</v></c><c r="ZZ%d"><v>3</v></c></row>`, i, i, i, i)
	}
	for i := range 100_000 {
		fmt.Fprintf(&merges, `<mergeCell ref="B%d:XFD%d"/>`, i%2000+1, i%2000+1)
	}
	file := newHandBook(strings.Replace(sheetOf(rows.String()), "</worksheet>", "<mergeCells>"+merges.String()+"</mergeCells></worksheet>", 1)).pack(t)
	s := mustRead(t, file).Sheets[0]
	if n := len(cellLines(s)); n != 4000 || len(s.Merges) != 100_000 {
		t.Errorf("%d cells, %d merges", n, len(s.Merges))
	}
}

// Every limit holds exactly: what reaches it is taken, one more is refused with
// the figure found.
func TestLimits(t *testing.T) {
	small := func(change func(*Limits)) Limits {
		l := DefaultLimits()
		change(&l)
		return l
	}
	for _, tt := range []struct {
		reason string
		lim    func(int) Limits
		file   []byte
		has    int
	}{
		{"cells", func(n int) Limits { return small(func(l *Limits) { l.Cells = n }) }, newHandBook(sheetOf("<row><c><v>1</v></c><c/><c><v>1</v></c></row><row><c><v>1</v></c></row>")).pack(t), 3},
		{"rows", func(n int) Limits { return small(func(l *Limits) { l.FilledRows = n }) }, newHandBook(sheetOf("<row><c><v>1</v></c></row><row/><row><c><v>1</v></c></row>")).pack(t), 2},
		{"columns", func(n int) Limits { return small(func(l *Limits) { l.FilledColumns = n }) }, newHandBook(sheetOf("<row><c><v>1</v></c><c/></row><row><c/><c/><c><v>1</v></c></row>")).pack(t), 2},
		{"merges", func(n int) Limits { return small(func(l *Limits) { l.Merges = n }) }, newHandBook(strings.Replace(sheetOf(""), "</worksheet>", `<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells></worksheet>`, 1)).pack(t), 2},
		{"strings", func(n int) Limits { return small(func(l *Limits) { l.Strings = n }) }, newHandBook(sheetOf("")).with("xl/sharedStrings.xml", stringsOf("", "", "")).pack(t), 3},
		{"styles", func(n int) Limits { return small(func(l *Limits) { l.Styles = n }) }, newHandBook(sheetOf("")).with("xl/styles.xml", stylesOf("1", "2", "3", "4")).pack(t), 4},
		{"entries", func(n int) Limits { return small(func(l *Limits) { l.Entries = n }) }, newHandBook(sheetOf("")).pack(t), 5},
		{"longtext", func(n int) Limits { return small(func(l *Limits) { l.TextUnits = n }) }, newHandBook(sheetOf(`<row><c t="inlineStr"><is><t>长😀</t></is></c></row>`)).pack(t), 3},
		{"depth", func(n int) Limits { return small(func(l *Limits) { l.Depth = n }) }, newHandBook(sheetOf(`<row><c t="inlineStr"><is><t>1</t></is></c></row>`)).pack(t), 6},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			if _, err := Read(bytes.NewReader(tt.file), int64(len(tt.file)), tt.lim(tt.has)); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			_, err := Read(bytes.NewReader(tt.file), int64(len(tt.file)), tt.lim(tt.has-1))
			p, ok := err.(*Problem)
			if !ok || p.Code != "F06" || p.Reason != tt.reason || p.Found != int64(tt.has) || p.Limit != int64(tt.has-1) {
				t.Errorf("beyond the limit: %+v", err)
			}
		})
	}
}
