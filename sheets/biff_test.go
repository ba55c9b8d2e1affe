package sheets

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whole numbers and floats in four bytes: 12, 12.34, 1.5, -7, and 0.015, which is
// 1.5 by a hundred.
const (
	rk12    = 12<<2 | 2
	rk1234  = 1234<<2 | 3
	rk15    = 0x3ff80000
	rk0015  = 0x3ff80000 | 1
	rkMinus = 0xffffffe4 | 2
)

func TestXLSCells(t *testing.T) {
	dates := [][]byte{
		record(recXF, 0, 0), record(recXF, 0, 14), record(recXF, 0, 10), record(recXF, 0, 176),
		record(recFormat, 176, wideText(`yyyy"年"m"月"d"日"`)),
		sharedTexts(wideText("柳河村"), narrowText("B2"), narrowText("")),
	}
	for _, tt := range []struct {
		name    string
		records [][]byte
		want    []string
	}{
		{"numbers in four bytes", [][]byte{record(recRK, 0, 0, 0, uint32(rk12)), record(recRK, 0, 1, 0, uint32(rk1234)), record(recRK, 0, 2, 0, uint32(rk15)), record(recRK, 0, 3, 0, uint32(rk0015)), record(recRK, 0, 4, 0, uint32(rkMinus))},
			[]string{`A1 number "12"`, `B1 number "12.34"`, `C1 number "1.5"`, `D1 number "0.015"`, `E1 number "-7"`}},
		{"side by side", [][]byte{record(recMulRK, 1, 2, 0, uint32(rk12), 2, uint32(rk15), 3)}, []string{`C2 number "12"`, `D2 number percent "1.5" shown "150.00%"`}},
		{"floats", [][]byte{record(recNumber, 0, 0, 0, 0.1), record(recNumber, 0, 1, 0, 1e300), record(recNumber, 0, 2, 0, 12345678901234567.0), record(recNumber, 0, 3, 0, math.NaN())},
			[]string{`A1 number "0.1"`, `B1 number "1E+300"`, `C1 number "12345678901234568" shown "12345678901234600"`, `D1 error "#NUM!"`}},
		{"dates", [][]byte{record(recNumber, 0, 0, 1, 45356.0), record(recRK, 0, 1, 3, uint32(45356<<2|2)), record(recNumber, 0, 2, 99, 45356.0)},
			[]string{`A1 date "45356" shown "2024/3/5"`, `B1 date "45356" shown "2024年3月5日"`, `C1 number "45356"`}},
		{"texts", [][]byte{record(recSharedTxt, 0, 0, 0, uint32(0)), record(recSharedTxt, 0, 1, 0, uint32(1)), record(recSharedTxt, 0, 2, 0, uint32(2)), record(recLabel, 0, 3, 0, wideText("长😀")), record(recLabel, 0, 4, 0, narrowText("caf\xe9")), record(recLabel, 0, 5, 0, narrowText(""))},
			[]string{`A1 text "柳河村"`, `B1 text "B2"`, `D1 text "长😀"`, `E1 text "café"`}},
		{"a text with runs", [][]byte{record(recRString, 0, 0, 0, 2, byte(textWide|textRich), 1, wide("甲乙"), 0, 1)}, []string{`A1 text "甲乙"`}},
		{"half a character", [][]byte{record(recLabel, 0, 0, 0, 3, byte(textWide), int('a'), 0xd83d, int('b'))}, []string{`A1 text "a_xD83D_b"`}},
		{"truth and errors", [][]byte{record(recBoolErr, 0, 0, 0, byte(1), byte(0)), record(recBoolErr, 0, 1, 0, byte(0), byte(0)), record(recBoolErr, 0, 2, 0, byte(0x2a), byte(1)), record(recBoolErr, 0, 3, 0, byte(7), byte(1)), record(recBoolErr, 0, 4, 0, byte(99), byte(1))},
			[]string{`A1 bool "1" shown "TRUE"`, `B1 bool "0" shown "FALSE"`, `C1 error "#N/A"`, `D1 error "#DIV/0!"`, `E1 error "#ERROR!"`}},
		{"formulas", [][]byte{formula(0, 0, packed(2.5)), formula(0, 1, result(0, 0)), record(recString, wideText("甲")), formula(0, 2, result(1, 1)), formula(0, 3, result(2, 0x17)), formula(0, 4, result(3, 0)), formula(0, 5, result(9, 0))},
			[]string{`A1 number formula "2.5"`, `B1 text formula "甲"`, `C1 bool formula "1" shown "TRUE"`, `D1 error formula "#REF!"`, `E1 text formula ""`, `F1 empty formula ""`}},
		{"a shared formula's text", [][]byte{formula(0, 0, result(0, 0)), record(0x04bc, 0, 0), record(recString, narrowText("x")), record(recString, narrowText("nobody's"))}, []string{`A1 text formula "x"`}},
		{"a formula whose text does not come", [][]byte{formula(0, 0, result(0, 0)), record(recRK, 0, 1, 0, uint32(rk12)), formula(1, 0, result(0, 0))}, []string{`A1 empty formula ""`, `B1 number "12"`, `A2 empty formula ""`}},
		{"cells in any order", [][]byte{record(recRK, 4, 1, 0, uint32(rk12)), record(recRK, 0, 3, 0, uint32(rk12)), record(recRK, 0, 0, 0, uint32(rk15)), record(recRK, 4, 0, 0, uint32(rk1234))},
			[]string{`A1 number "1.5"`, `D1 number "12"`, `A5 number "12.34"`, `B5 number "12"`}},
		{"blanks hold nothing", [][]byte{record(0x0201, 0, 0, 0), record(0x00be, 1, 0, 0, 0, 0, 2), record(recRK, 0, 0, 0, uint32(rk12))}, []string{`A1 number "12"`}},
		{"a chart inside has no cells", [][]byte{bofChart, record(recNumber, 0, 0, 0, 1.0), eof, record(recRK, 0, 1, 0, uint32(rk12))}, []string{`B1 number "12"`}},
		{"under a merged area", [][]byte{record(recRK, 0, 0, 0, uint32(rk12)), record(recRK, 0, 1, 0, uint32(rk12)), record(recRK, 1, 0, 0, uint32(rk12)), record(recMerges, 1, 0, 1, 0, 1)}, []string{`A1 number "12"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mustBeLines(t, oneSheet(tt.records...).with(dates...).pack(), tt.want...)
		})
	}
}

// What is not in the cells.
func TestXLSBook(t *testing.T) {
	h := &handXLS{sheets: []handSheet{
		{name: "台账", records: bytes.Join([][]byte{
			record(recRow, 1, 0, 1, 0, 0, 0, 0x20, 0), record(recColInfo, 2, 3, 0, 0, 1, 0), record(recColInfo, 4, 256, 0, 0, 1, 0), record(recColInfo, 0, 0, 0, 0, 0, 0),
			record(recRK, 0, 0, 0, uint32(rk12)), record(recRK, 1, 0, 0, uint32(rk12)),
			record(recMerges, 2, 5, 6, 0, 2, 8, 9, 1, 1),
		}, nil)},
		{name: "旧表", state: 1},
		{name: "密", state: 2},
		{name: "图", kind: 2, records: record(recNumber, 0, 0, 0, 1.0)},
	}}
	b := mustRead(t, h.with(record(recDateMode, 1), record(recLink, 4, 0x0401)).pack())
	if b.Format != "xls" || !b.Date1904 || b.Macros || b.External || len(b.Sheets) != 4 {
		t.Fatalf("%+v", *b)
	}
	first := b.Sheets[0]
	if diff := cmp.Diff([]Range{{6, 1, 7, 3}, {9, 2, 10, 2}}, first.Merges); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Span{{3, 257}}, first.HiddenCols); diff != "" {
		t.Error(diff)
	}
	if len(first.Rows) != 2 || first.Rows[0].Hidden || !first.Rows[1].Hidden {
		t.Errorf("%+v", first.Rows)
	}
	if first.Name != "台账" || b.Sheets[1].Visibility != Hidden || b.Sheets[2].Visibility != VeryHidden || len(b.Sheets[3].Rows) != 0 {
		t.Errorf("%+v", b.Sheets)
	}
}

func TestXLSMacrosAndLinks(t *testing.T) {
	stream := oneSheet().stream()
	for _, tt := range []struct {
		name             string
		file             []byte
		macros, external bool
	}{
		{"neither", packOLE(oleEntry{"Workbook", stream}), false, false},
		{"a VBA project", packOLE(oleEntry{"Workbook", stream}, oleEntry{"_VBA_PROJECT_CUR", nil}), true, false},
		{"the record of one", oneSheet().with(record(recProject)).pack(), true, false},
		{"a macro sheet", (&handXLS{sheets: []handSheet{{name: "宏", kind: sheetMacro}}}).pack(), true, false},
		{"another workbook", oneSheet().with(record(recLink, 1, 6, byte(0), "\x01a.xls")).pack(), false, true},
		{"an add-in", oneSheet().with(record(recLink, 1, 0x3a01)).pack(), false, false},
	} {
		if b := mustRead(t, tt.file); b.Macros != tt.macros || b.External != tt.external {
			t.Errorf("%s: macros %v, links %v", tt.name, b.Macros, b.External)
		}
	}
}

// Shared strings go on in further records wherever they are cut. Within a text
// the next record says anew how wide its characters are.
func TestXLSStringsCutAnywhere(t *testing.T) {
	type piece struct {
		raw  []byte
		text bool // may be cut with new flags
		size int  // of one character
	}
	pieces := []piece{
		{packed(3, byte(textWide)), false, 1}, {wide("柳河村"), true, 2},
		{packed(4, byte(0)), false, 1}, {[]byte("abcd"), true, 1},
		{packed(2, byte(textWide|textRich|textPhonetic), 2, uint32(5)), false, 1}, {wide("甲乙"), true, 2}, {[]byte("runsruns" + "phone"), false, 1},
		{packed(0, byte(0)), false, 1},
		{packed(1, byte(0)), false, 1}, {[]byte("z"), true, 1},
	}
	want := []string{`A1 text "柳河村"`, `B1 text "abcd"`, `C1 text "甲乙"`, `E1 text "z"`}
	var cells []byte
	for i := range 5 {
		cells = append(cells, record(recSharedTxt, 0, i, 0, uint32(i))...)
	}
	cut := 0
	for p, at := range pieces {
		for from := 0; from < len(at.raw); from += at.size {
			head, tail := packed(uint32(5), uint32(5)), []byte{}
			for i, other := range pieces {
				switch {
				case i < p:
					head = append(head, other.raw...)
				case i > p:
					tail = append(tail, other.raw...)
				}
			}
			head = append(head, at.raw[:from]...)
			rest := append([]byte{}, at.raw[from:]...)
			if at.text {
				rest = append([]byte{byte(at.size - 1)}, rest...)
			}
			sst := append(record(recStrings, head), record(recContinue, append(rest, tail...))...)
			t.Run(fmt.Sprintf("piece %d at %d", p, from), func(t *testing.T) {
				mustBeLines(t, oneSheet(cells).with(sst).pack(), want...)
			})
			cut++
		}
	}
	if cut < 40 {
		t.Errorf("only %d cuts", cut)
	}
	// The width changes in the middle: two wide characters, then narrow ones.
	sst := append(record(recStrings, uint32(1), uint32(1), 4, byte(textWide), wide("甲乙")), record(recContinue, byte(0), "cd")...)
	mustBeLines(t, oneSheet(record(recSharedTxt, 0, 0, 0, uint32(0))).with(sst).pack(), `A1 text "甲乙cd"`)
}

func TestXLSDamage(t *testing.T) {
	cell := record(recRK, 4, 1, 0, uint32(rk12))
	old := oneSheet(cell).stream()
	binary.LittleEndian.PutUint16(old[4:], 0x0500)
	lost := oneSheet(cell).stream()
	binary.LittleEndian.PutUint32(lost[len(bofGlobals)+4:], uint32(len(bofGlobals)))
	both := (&handXLS{sheets: []handSheet{{name: "表"}, {name: "Sheet"}}}).stream()
	copy(both[len(bofGlobals)+14+4:], both[len(bofGlobals)+4:][:4])
	ole := func(stream []byte) []byte { return packOLE(oleEntry{"Workbook", stream}) }
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"a cell twice", oneSheet(cell, cell).pack(), "F01 dupcell 表!B5"},
		{"a cell twice, with another row between", oneSheet(cell, record(recRK, 0, 0, 0, uint32(rk12)), cell).pack(), "F01 dupcell 表!B5"},
		{"a column that cannot be", oneSheet(record(recRK, 4, 16_384, 0, uint32(rk12))).pack(), "F01 ref 表!5"},
		{"a string that is not there", oneSheet(record(recSharedTxt, 4, 1, 0, uint32(0))).pack(), "F01 string 表!B5"},
		{"a cell cut off", oneSheet(cell, record(recNumber, 5, 1, 0)).pack(), "F01 record 表!B5"},
		{"numbers that are not as many as they say", oneSheet(record(recMulRK, 1, 2, 0, uint32(rk12), 7)).pack(), "F01 record Workbook"},
		{"a merged area beyond the sheet", oneSheet(record(recMerges, 1, 0, 1, 0, 16_384)).pack(), "F01 merge Workbook"},
		{"fewer merged areas than it says", oneSheet(record(recMerges, 2, 0, 1, 0, 1)).pack(), "F01 record Workbook"},
		{"a text that ends early", oneSheet(record(recLabel, 4, 1, 0, 9, byte(0), "abc")).pack(), "F01 record 表!B5"},
		{"half a character at the end of a record", oneSheet(append(record(recLabel, 4, 1, 0, 2, byte(textWide), "abc"), record(recContinue, byte(textWide), "x")...)).pack(), "F01 record 表!B5"},
		{"two sheets of one name", (&handXLS{sheets: []handSheet{{name: "a"}, {name: "A"}}}).pack(), "F01 dupsheet Workbook"},
		{"two sheets in one place", ole(both), "F01 dupsheet Workbook"},
		{"a sheet inside the workbook's records", ole(lost), "F01 record Workbook"},
		{"a password", oneSheet(cell).with(record(recFilePass, 1, 1, 1)).pack(), "F03 encrypted Workbook"},
		{"Excel 95", ole(old), "F04 xls Workbook"},
		{"Excel 4 in a container", ole(record(0x0409, 0, 0x10, 0)), "F04 xls Workbook"},
		{"no records", ole([]byte("something else")), "F01 truncated Workbook"},
		{"an encrypted workbook of today", packOLE(oleEntry{"EncryptionInfo", []byte{1}}, oleEntry{"EncryptedPackage", []byte{1}}), "F03 encrypted"},
		{"a letter", packOLE(oleEntry{"WordDocument", []byte{1}}, oleEntry{"Data", []byte{1}}), "F04 doc"},
		{"slides", packOLE(oleEntry{"PowerPoint Document", []byte{1}}), "F04 ppt"},
		{"another document", packOLE(oleEntry{"Contents", []byte{1}}), "F04 ole"},
		{"the stream ends within a record", ole(append(bofGlobals, bytes.Repeat(record(0x1234, make([]byte, 100)), 50)...)), "F01 truncated Workbook"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readBytes(tt.file)
			if got := problemOf(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// The stream may be named as Excel 95 named it, or in capitals.
func TestXLSNames(t *testing.T) {
	stream := oneSheet(record(recRK, 0, 0, 0, uint32(rk12))).stream()
	for _, name := range []string{"Book", "WORKBOOK"} {
		mustBeLines(t, packOLE(oleEntry{name, stream}), `A1 number "12"`)
	}
}

// Every limit holds exactly, as for other workbooks.
func TestXLSLimits(t *testing.T) {
	rk := func(row, col int) []byte { return record(recRK, row, col, 0, uint32(rk12)) }
	for _, tt := range []struct {
		reason string
		lim    func(*Limits, int)
		file   []byte
		has    int
	}{
		{"cells", func(l *Limits, n int) { l.Cells = n }, oneSheet(rk(0, 0), rk(0, 1), rk(1, 0)).pack(), 3},
		{"rows", func(l *Limits, n int) { l.FilledRows = n }, oneSheet(rk(0, 0), rk(3, 0), rk(0, 1)).pack(), 2},
		{"row", func(l *Limits, n int) { l.Rows = n }, oneSheet(rk(6, 0)).pack(), 7},
		{"columns", func(l *Limits, n int) { l.FilledColumns = n }, oneSheet(rk(0, 0), rk(1, 5)).pack(), 2},
		{"merges", func(l *Limits, n int) { l.Merges = n }, oneSheet(record(recMerges, 1, 0, 1, 0, 1), record(recMerges, 1, 2, 3, 0, 1)).pack(), 2},
		{"strings", func(l *Limits, n int) { l.Strings = n }, oneSheet().with(sharedTexts(narrowText("a"), narrowText("b"))).pack(), 2},
		{"styles", func(l *Limits, n int) { l.Styles = n }, oneSheet().with(record(recXF, 0, 0), record(recXF, 0, 0)).pack(), 2},
		{"longtext", func(l *Limits, n int) { l.TextUnits = n }, oneSheet(record(recLabel, 0, 0, 0, wideText("长😀"))).pack(), 3},
		{"part", func(l *Limits, n int) { l.PartBytes = int64(n) }, oneSheet().pack(), 4096},
		{"total", func(l *Limits, n int) { l.TotalBytes = int64(n) }, oneSheet().pack(), 512 * 11},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			lim := DefaultLimits()
			tt.lim(&lim, tt.has)
			if _, err := Read(bytes.NewReader(tt.file), int64(len(tt.file)), lim); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			tt.lim(&lim, tt.has-1)
			_, err := Read(bytes.NewReader(tt.file), int64(len(tt.file)), lim)
			p, ok := err.(*Problem)
			if !ok || p.Code != Reasons[tt.reason] || p.Reason != tt.reason || p.Found != int64(tt.has) || p.Limit != int64(tt.has-1) {
				t.Errorf("beyond the limit: %+v", err)
			}
		})
	}
}

// A header that claims what the file cannot hold sets no memory aside.
func TestXLSHostileHeaders(t *testing.T) {
	sound := oneSheet(record(recRK, 0, 0, 0, uint32(rk12))).pack()
	change := func(at int, value uint32) []byte {
		file := bytes.Clone(sound)
		binary.LittleEndian.PutUint32(file[at:], value)
		return file
	}
	long := oneSheet().with(record(recStrings, uint32(1_900_000), uint32(1_900_000), narrowText("a"))).pack()
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"sectors of the directory", change(40, math.MaxUint32), "F01 compound"},
		{"tables of small streams", change(64, 1<<30), "F01 compound"},
		{"tables of tables", change(72, 1<<24), "F01 compound"},
		{"a stream of 2 GB", change(512*2+128+120, 1<<31), "F06 part Workbook"},
		{"a stream of 99 MB", change(512*2+128+120, 99<<20), "F01 compound"},
		{"strings that are not there", long, "<nil>"},
		{"the directory in a circle", change(512+4, 1), "F01 compound"},
		{"the directory nowhere", change(48, 0xfffffffe), "F01 truncated"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := readBytes(tt.file)
			runtime.ReadMemStats(&after)
			if got := problemOf(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
				t.Errorf("%d bytes were used", used)
			}
		})
	}
}

// A disk that fails is our trouble, not the county's.
func TestXLSDiskFails(t *testing.T) {
	file := oneSheet(record(recLabel, 0, 0, 0, narrowText(strings.Repeat("x", 20_000)))).pack()
	failed := 0
	for good := range 6 {
		d := &failingDisk{Reader: bytes.NewReader(file), good: int64(good) * 4096}
		_, err := Read(d, int64(len(file)), DefaultLimits())
		if _, ok := err.(*Problem); err == nil || ok {
			t.Errorf("after %d bytes: %v", d.good, err)
		}
		failed++
	}
	if failed != 6 {
		t.Error("nothing failed")
	}
}

type failingDisk struct {
	*bytes.Reader
	good int64
}

func (d *failingDisk) ReadAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) > d.good {
		return 0, fmt.Errorf("input/output error")
	}
	return d.Reader.ReadAt(b, off)
}

func FuzzBIFF(f *testing.F) {
	seeds := [][]byte{
		oneSheet(record(recMulRK, 1, 2, 0, uint32(rk12), 2, uint32(rk15), 3), record(recLabel, 0, 3, 0, wideText("长😀")), formula(5, 1, result(0, 0)), record(recString, wideText("甲"))).stream(),
		oneSheet(record(recSharedTxt, 0, 0, 0, uint32(0)), record(recMerges, 1, 0, 1, 0, 1), record(recRow, 1, 0, 1, 0, 0, 0, 0x20, 0), record(recColInfo, 2, 3, 0, 0, 1, 0)).
			with(record(recXF, 0, 14), record(recFormat, 176, wideText(`yyyy"年"`)), record(recStrings, uint32(1), uint32(1), 4, byte(textWide), wide("甲乙")), record(recContinue, byte(0), "cd"), record(recDateMode, 1)).stream(),
		oneSheet(bofChart, record(recNumber, 0, 0, 0, 1.0), eof, record(recBoolErr, 0, 2, 0, byte(0x2a), byte(1)), record(recNumber, 0, 0, 0, 45356.5)).with(record(recLink, 4, 0x0401), record(recProject)).stream(),
	}
	for _, s := range seeds {
		f.Add(s, false)
		f.Add(packOLE(oleEntry{"Workbook", s}), true)
	}
	f.Add(packOLE(oleEntry{"Workbook", seeds[0]}, oleEntry{"\x05DocumentSummaryInformation", handProperties()}, oleEntry{"_VBA_PROJECT_CUR", nil}), true)
	f.Add(fileBytes(f, corpusDir+"/109_xls_renamed.xlsx"), true)
	f.Fuzz(func(t *testing.T, file []byte, container bool) {
		if !container {
			file = packOLE(oleEntry{"Workbook", file})
		}
		checkFile(t, file)
	})
}

// handProperties is a stream with custom properties.
func handProperties() []byte {
	section := packed(uint32(0), uint32(3), // size, count
		uint32(0), uint32(32), uint32(1), uint32(52), uint32(2), uint32(60),
		uint32(1), uint32(2), uint32(5), "form\x00", "\x00\x00\x00", // names
		uint32(2), uint32(65001), // encoding
		uint32(30), uint32(7), "台账\x00")
	return packed(0xfffe, 0, uint32(0), make([]byte, 16), uint32(1), propertyFormat, uint32(48), section)
}

func TestXLSProperties(t *testing.T) {
	stream := oleEntry{"Workbook", oneSheet().stream()}
	b := mustRead(t, packOLE(stream, oleEntry{"\x05DocumentSummaryInformation", handProperties()}))
	if b.Marks["form"] != "台账" {
		t.Errorf("%v", b.Marks)
	}
	for n := range handProperties() {
		cut := handProperties()[:n]
		if b := mustRead(t, packOLE(stream, oleEntry{"\x05DocumentSummaryInformation", cut})); b.Marks == nil {
			t.Error("no marks")
		}
	}
}
