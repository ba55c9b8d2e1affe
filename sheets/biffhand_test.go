package sheets

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"unicode/utf16"
)

// Records made by hand: a number is two bytes, a byte one, a uint32 four, a
// float eight, bytes and texts are as they are.
func record(id int, parts ...any) []byte {
	body := packed(parts...)
	return append(packed(id, len(body)), body...)
}

func packed(parts ...any) []byte {
	var b []byte
	le := binary.LittleEndian
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = le.AppendUint16(b, uint16(p))
		case byte:
			b = append(b, p)
		case uint32:
			b = le.AppendUint32(b, p)
		case float64:
			b = le.AppendUint64(b, math.Float64bits(p))
		case []byte:
			b = append(b, p...)
		case string:
			b = append(b, p...)
		default:
			panic("no such part")
		}
	}
	return b
}

// wide is a text with two bytes a character, without its length and flags.
func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// wideText is a text with its length and flags.
func wideText(s string) []byte {
	w := wide(s)
	return packed(len(w)/2, byte(textWide), w)
}

// narrowText is a text of one byte a character.
func narrowText(s string) []byte { return packed(len(s), byte(0), s) }

var (
	bofGlobals = record(recBOF, biff8, 0x0005, 0, 0, uint32(0), uint32(0))
	bofSheet   = record(recBOF, biff8, 0x0010, 0, 0, uint32(0), uint32(0))
	bofChart   = record(recBOF, biff8, 0x0020, 0, 0, uint32(0), uint32(0))
	eof        = record(recEOF)
)

// handXLS is a workbook made by hand: records that count for all of it, and
// sheets.
type handXLS struct {
	globals []byte
	sheets  []handSheet
}

type handSheet struct {
	name    string
	state   byte
	kind    byte
	records []byte
}

// oneSheet has one sheet called 表 with these records.
func oneSheet(records ...[]byte) *handXLS {
	return &handXLS{sheets: []handSheet{{name: "表", records: bytes.Join(records, nil)}}}
}

func (h *handXLS) with(records ...[]byte) *handXLS {
	h.globals = append(h.globals, bytes.Join(records, nil)...)
	return h
}

// stream is the stream of records.
func (h *handXLS) stream() []byte {
	size := len(bofGlobals) + len(h.globals) + len(eof)
	for _, s := range h.sheets {
		size += 4 + 8 + len(wide(s.name))
	}
	out := append([]byte{}, bofGlobals...)
	var bodies []byte
	for _, s := range h.sheets {
		w := wide(s.name)
		out = append(out, record(recSheet, uint32(size+len(bodies)), s.state, s.kind, byte(len(w)/2), byte(textWide), w)...)
		bodies = append(bodies, bofSheet...)
		bodies = append(bodies, s.records...)
		bodies = append(bodies, eof...)
	}
	out = append(append(out, h.globals...), eof...)
	return append(out, bodies...)
}

func (h *handXLS) pack() []byte { return packOLE(oleEntry{"Workbook", h.stream()}) }

// oleEntry is a stream of a compound file, or a storage when it has no bytes.
type oleEntry struct {
	name string
	body []byte
}

const (
	oleSector  = 512
	oleNothing = 0xffffffff
	oleLast    = 0xfffffffe

	oleHeadTables = 109 // tables that the header itself names
)

// packOLE makes a compound file: header, table of sectors, directory, streams.
// Streams are filled up to the size from which on they have sectors of their own.
func packOLE(entries ...oleEntry) []byte {
	dirSectors := (len(entries) + 4) / 4
	used := dirSectors
	for _, e := range entries {
		used += sectorsOf(e.body)
	}
	fats := 1
	for fats*oleSector/4 < used+fats {
		fats++
	}
	table := make([]uint32, fats*oleSector/4)
	for i := range table {
		table[i] = oleNothing
	}
	for i := range fats {
		table[i] = 0xfffffffd
	}
	next := fats
	chain := func(n int) (start int) {
		start, next = next, next+n
		for i := start; i < next; i++ {
			table[i] = uint32(i + 1)
		}
		table[next-1] = oleLast
		return start
	}
	chain(dirSectors)
	dir := dirEntry("Root Entry", 5, oleNothing, 1, oleLast, 0)
	var data []byte
	for i, e := range entries {
		right := uint32(i + 2)
		if i+1 == len(entries) {
			right = oleNothing
		}
		n := sectorsOf(e.body)
		if n == 0 {
			dir = append(dir, dirEntry(e.name, 1, right, oleNothing, 0, 0)...)
			continue
		}
		dir = append(dir, dirEntry(e.name, 2, right, oleNothing, uint32(chain(n)), n*oleSector)...)
		data = append(append(data, e.body...), make([]byte, n*oleSector-len(e.body))...)
	}
	dir = append(dir, make([]byte, dirSectors*oleSector-len(dir))...)
	out := oleHead(fats)
	for _, n := range table {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	return append(append(out, dir...), data...)
}

// oleHead is the header: the tables come first, the directory after them.
func oleHead(fats int) []byte {
	head := make([]byte, oleSector)
	copy(head, oleMagic)
	le := binary.LittleEndian
	le.PutUint16(head[24:], 0x3e)
	le.PutUint16(head[26:], 3)
	le.PutUint16(head[28:], 0xfffe)
	le.PutUint16(head[30:], 9)
	le.PutUint16(head[32:], 6)
	le.PutUint32(head[44:], uint32(fats))
	le.PutUint32(head[48:], uint32(fats))
	le.PutUint32(head[56:], 4096)
	le.PutUint32(head[60:], oleLast)
	le.PutUint32(head[68:], oleLast)
	for i := range oleHeadTables {
		at := uint32(oleNothing)
		if i < fats {
			at = uint32(i)
		}
		le.PutUint32(head[76+4*i:], at)
	}
	return head
}

func sectorsOf(body []byte) int {
	if len(body) == 0 {
		return 0
	}
	return (max(len(body), 4096) + 511) / 512
}

func dirEntry(name string, kind byte, right, child, start uint32, size int) []byte {
	b := make([]byte, 128)
	w := wide(name)
	copy(b, w)
	le := binary.LittleEndian
	le.PutUint16(b[64:], uint16(len(w)+2))
	b[66], b[67] = kind, 1
	le.PutUint32(b[68:], 0xffffffff)
	le.PutUint32(b[72:], right)
	le.PutUint32(b[76:], child)
	le.PutUint32(b[116:], start)
	le.PutUint32(b[120:], uint32(size))
	return b
}

// sharedTexts is the table of shared strings.
func sharedTexts(texts ...[]byte) []byte {
	return record(recStrings, uint32(len(texts)), uint32(len(texts)), bytes.Join(texts, nil))
}

// formula is a formula with its saved result.
func formula(row, col int, result []byte) []byte {
	return record(recFormula, row, col, 0, result, 0, uint32(0), 0)
}

// result is the saved result of a formula that is no number.
func result(kind, value byte) []byte {
	return []byte{kind, 0, value, 0, 0, 0, 0xff, 0xff}
}

// mustBeLines compares the cells of the first sheet.
func mustBeLines(t *testing.T, file []byte, want ...string) {
	t.Helper()
	got := cellLines(mustRead(t, file).Sheets[0])
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %s, want %s", got[i], want[i])
		}
	}
}
