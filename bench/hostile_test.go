//go:build linux

package bench

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"taizhang/sheets"
)

// childWord in the environment names a workbook: the test binary then reads that
// alone, and says what it cost.
const childWord = "TAIZHANG_BENCH_READ"

func TestMain(m *testing.M) {
	path := os.Getenv(childWord)
	if path == "" {
		os.Exit(m.Run())
	}
	c, err := readOnce(path)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// cost is what it takes to read one workbook in a process of its own.
type cost struct {
	Said  string  // the code and reason of a refusal, "" for none
	Cells int     // cells read
	CPU   float64 // processor time, in ms
	Peak  float64 // the most memory that the process ever had, in MiB
}

func readOnce(path string) (cost, error) {
	f, err := os.Open(path)
	if err != nil {
		return cost{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return cost{}, err
	}
	var c cost
	before := usedTime()
	book, err := sheets.Read(f, info.Size(), sheets.DefaultLimits())
	c.CPU = usedTime() - before
	var p *sheets.Problem
	switch {
	case errors.As(err, &p):
		c.Said = p.Code + " " + p.Reason
	case err != nil:
		return c, err
	default:
		for _, s := range book.Sheets {
			for _, row := range s.Rows {
				c.Cells += row.Cells.Len()
			}
		}
	}
	c.Peak, err = peakMemory()
	return c, err
}

// usedTime is what this process has used, in ms.
func usedTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// peakMemory is the most memory that this process ever had, in MiB.
func peakMemory() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0, errors.New("no VmHWM")
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	return kb / 1024, err
}

// hostile is a workbook made to exhaust a reader, or one as large as there may be.
type hostile struct {
	name, want string // what is said of it, "" for a workbook that is read
	cells      int
	make       func(*parts)
}

const (
	mainHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	mainTail = `</sheetData></worksheet>`
	sheet1   = "xl/worksheets/sheet1.xml"
	texts    = "xl/sharedStrings.xml"
	styles   = "xl/styles.xml"
)

// hostiles are those of other readers' undoing: out of memory, minutes of work,
// a panic, or rows that are lost.
func hostiles() []hostile {
	return []hostile{
		{"20,000 rows with a cell in column XFD", "", 40_000, func(p *parts) {
			p.sheet(func(w io.Writer) {
				each(w, 20_000, func(i int) string {
					return fmt.Sprintf(`<row r="%d"><c r="A%[1]d"><v>1</v></c><c r="XFD%[1]d"><v>1</v></c></row>`, i)
				})
			})
		}},
		{"nested 5,000,000 deep", "F06 depth", 0, func(p *parts) { p.sheet(repeat("<row><c><is>", "<r>", 5_000_000)) }},
		{"nested 3,000,000 deep and back", "F06 ratio", 0, func(p *parts) {
			p.sheet(func(w io.Writer) {
				repeat("", "<a>", 3_000_000)(w)
				repeat("", "</a>", 3_000_000)(w)
			})
		}},
		{"2,000,000 styles", "F06 ratio", 0, func(p *parts) {
			p.add(styles, repeat("<styleSheet><cellXfs>", `<xf numFmtId="0"/>`, 2_000_000, "</cellXfs></styleSheet>"))
		}},
		{"300,000 merges", "F06 merges", 0, func(p *parts) {
			p.add(sheet1, func(w io.Writer) {
				io.WriteString(w, mainHead+"</sheetData><mergeCells>")
				each(w, 300_000, func(i int) string { return fmt.Sprintf(`<mergeCell ref="A%d:XFD%d"/>`, i, 1_048_576-i) })
				io.WriteString(w, "</mergeCells></worksheet>")
			})
		}},
		{"20,000,000 cells", "F06 part", 0, func(p *parts) { p.sheet(repeat("", "<row><c><v>1</v></c></row>", 20_000_000)) }},
		{"20,000,000 shared strings", "F06 part", 0, func(p *parts) { p.add(texts, repeat("<sst>", "<si><t>x</t></si>", 20_000_000, "</sst>")) }},
		{"a text of 500 MB", "F06 part", 0, func(p *parts) { p.add(texts, repeat("<sst><si><t>", "xxxxxxxxxx", 50_000_000, "</t></si></sst>")) }},
		{"a text of 90 MB that packs badly", "F06 longtext", 0, func(p *parts) {
			p.add(texts, func(w io.Writer) {
				io.WriteString(w, "<sst><si><t>")
				noise(w, 90<<20)
			})
		}},
		{"1 GB of blanks", "F06 part", 0, func(p *parts) { p.sheet(repeat("", "          ", 100_000_000)) }},
		{"a picture of 1 GB", "F06 part", 0, func(p *parts) { p.add("xl/media/image1.png", repeat("", "\x00\x00\x00\x00\x00\x00\x00\x00", 1<<27)) }},
		{"entities within entities", "F01 doctype", 0, func(p *parts) {
			p.add(sheet1, func(w io.Writer) {
				io.WriteString(w, `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`+mainHead+mainTail)
			})
		}},
		{"a row number of 2,000,000,000", "F01 row", 0, func(p *parts) { p.sheet(repeat(`<row r="2000000000"><c><v>1</v></c></row>`, "", 0)) }},
		{"the last column before the third", "", 2, func(p *parts) {
			p.sheet(repeat(`<row r="1"><c r="XFD1"><v>1</v></c><c r="C1"><v>1</v></c></row>`, "", 0))
		}},
		{"a text of 131,072 escapes", "F06 longtext", 0, func(p *parts) { p.add(texts, repeat("<sst><si><t>", "_x0041_", 1<<17, "</t></si></sst>")) }},
		{"100,000 formulas in a chain", "", 100_000, func(p *parts) {
			p.sheet(func(w io.Writer) {
				each(w, 100_000, func(i int) string { return fmt.Sprintf(`<row><c><f>A%d+1</f></c></row>`, i+1) })
			})
		}},
		{"1,048,576 styled rows", "", 0, func(p *parts) {
			p.sheet(func(w io.Writer) {
				each(w, 1_048_576, func(i int) string { return fmt.Sprintf(`<row r="%d" s="1" customFormat="1" ht="14.25"/>`, i) })
			})
		}},
		{"2,001 entries", "F06 entries", 0, func(p *parts) {
			for i := range 2001 {
				p.add(fmt.Sprintf("a/%d", i), repeat("x", "", 0))
			}
		}},
		{"900 sheets that share one part of notes", "", 0, manySheets},
	}
}

// manySheets is a workbook whose sheets all name one large part of notes.
func manySheets(p *parts) {
	const n = 900
	var list, rels strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `<sheet name="s%d" sheetId="%[1]d" r:id="r%[1]d"/>`, i)
		fmt.Fprintf(&rels, `<Relationship Id="r%d" Type="t/worksheet" Target="s/%[1]d.xml"/>`, i)
		p.add(fmt.Sprintf("xl/s/%d.xml", i), repeat(mainHead+mainTail, "", 0))
		p.add(fmt.Sprintf("xl/s/_rels/%d.xml.rels", i), repeat(`<Relationships><Relationship Id="c" Type="t/comments" Target="/xl/c.xml"/></Relationships>`, "", 0))
	}
	p.add("xl/workbook.xml", repeat(`<workbook><sheets>`+list.String()+`</sheets></workbook>`, "", 0))
	p.add("xl/_rels/workbook.xml.rels", repeat(`<Relationships>`+rels.String()+`</Relationships>`, "", 0))
	p.add("xl/c.xml", func(w io.Writer) {
		io.WriteString(w, `<comments><commentList>`)
		each(w, 30_000, func(i int) string {
			return fmt.Sprintf(`<comment ref="A%d"><text><t>note %d</t></text></comment>`, i, i*7919)
		})
		io.WriteString(w, `</commentList></comments>`)
	})
}

// largest are workbooks at the limits, to be read.
func largest() []hostile {
	return []hostile{
		{"2,000,000 numbers in 200,000 rows", "", 2_000_000, func(p *parts) {
			p.sheet(func(w io.Writer) {
				rowsOf(w, 200_000, 10, func(i int) string { return fmt.Sprintf("<v>%d</v>", i*7919%1_000_003) })
			})
		}},
		{"2,000,000 shared texts in 200,000 rows", "", 2_000_000, func(p *parts) {
			p.sheet(func(w io.Writer) {
				rowsOf(w, 200_000, 10, func(i int) string { return fmt.Sprintf(`<v>%d</v>`, i*7919%200_000) }, `t="s"`)
			})
			p.add(texts, func(w io.Writer) {
				io.WriteString(w, "<sst>")
				each(w, 200_000, func(i int) string { return fmt.Sprintf("<si><t>群众举报问题%d号</t></si>", i) })
				io.WriteString(w, "</sst>")
			})
		}},
		{"a sheet and texts of 99 MB each", "", 1_500_000, func(p *parts) {
			p.sheet(func(w io.Writer) {
				rowsOf(w, 150_000, 10, func(i int) string { return fmt.Sprintf(`<v>%d</v>`, i%7919) }, `s="00000000000000000000" t="s"`)
			})
			p.add(texts, func(w io.Writer) {
				io.WriteString(w, "<sst>")
				for range 7919 {
					io.WriteString(w, "<si><t>")
					noise(w, 12_900)
					io.WriteString(w, "</t></si>")
				}
				io.WriteString(w, "</sst>")
			})
		}},
		{"texts of 99 MB in the cells and 99 MB shared", "", 200_000, func(p *parts) {
			p.sheet(func(w io.Writer) {
				long := func(int) string { var b strings.Builder; noise(&b, 440); return "<is><t>" + b.String() + "</t></is>" }
				rowsOf(w, 200_000, 1, long, `t="inlineStr"`)
			})
			p.add(texts, func(w io.Writer) {
				io.WriteString(w, "<sst>")
				each(w, 7919, func(i int) string {
					var b strings.Builder
					noise(&b, 12_900)
					return "<si><t>" + b.String() + "</t></si>"
				})
				io.WriteString(w, "</sst>")
			})
		}},
	}
}

// rowsOf writes rows of cells with references.
func rowsOf(w io.Writer, rows, cols int, value func(int) string, attrs ...string) {
	for r := 1; r <= rows; r++ {
		fmt.Fprintf(w, `<row r="%d">`, r)
		for c := 1; c <= cols; c++ {
			fmt.Fprintf(w, `<c r="%s" %s>%s</c>`, sheets.Address(c, r), strings.Join(attrs, " "), value(r*cols+c))
		}
		io.WriteString(w, "</row>")
	}
}

// parts are the parts of a workbook in the making.
type parts struct {
	zip  *zip.Writer
	has  map[string]bool
	fail error
}

func (p *parts) add(name string, write func(io.Writer)) {
	w, err := p.zip.Create(name)
	if err != nil {
		p.fail = err
		return
	}
	p.has[name] = true
	write(w)
}

// sheet adds the first sheet around its rows.
func (p *parts) sheet(rows func(io.Writer)) {
	p.add(sheet1, func(w io.Writer) {
		io.WriteString(w, mainHead)
		rows(w)
		io.WriteString(w, mainTail)
	})
}

// usual are the parts that every workbook needs.
var usual = map[string]string{
	"_rels/.rels":     `<Relationships><Relationship Id="a" Type="t/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	"xl/workbook.xml": `<workbook><sheets><sheet name="表" sheetId="1" r:id="a"/></sheets></workbook>`,
	"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="t/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="b" Type="t/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="c" Type="t/styles" Target="styles.xml"/></Relationships>`,
	sheet1: mainHead + mainTail,
}

// writeHostile makes the workbook on the disk.
func writeHostile(tb testing.TB, h hostile) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "book.xlsx")
	f, err := os.Create(path)
	must(tb, err)
	p := &parts{zip: zip.NewWriter(f), has: map[string]bool{}}
	h.make(p)
	for name, body := range usual {
		if !p.has[name] {
			p.add(name, repeat(body, "", 0))
		}
	}
	must(tb, p.fail)
	must(tb, p.zip.Close())
	must(tb, f.Close())
	return path
}

// repeat writes a head, a piece many times, and a tail.
func repeat(head, piece string, n int, tail ...string) func(io.Writer) {
	return func(w io.Writer) {
		io.WriteString(w, head)
		block := strings.Repeat(piece, min(n, 10_000))
		for left := n; left > 0; left -= 10_000 {
			io.WriteString(w, block[:min(left, 10_000)*len(piece)])
		}
		io.WriteString(w, strings.Join(tail, ""))
	}
}

func each(w io.Writer, n int, piece func(int) string) {
	for i := range n {
		io.WriteString(w, piece(i+1))
	}
}

// noise writes letters that pack badly, the same ones each time.
func noise(w io.Writer, n int) {
	rng := rand.New(rand.NewPCG(uint64(n), 6))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + rng.IntN(26))
	}
	io.Copy(w, bytes.NewReader(b))
}

// readInChild reads a workbook in a process of its own.
func readInChild(tb testing.TB, path string) cost {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childWord+"="+path)
	out, err := cmd.Output()
	must(tb, err)
	var c cost
	must(tb, json.Unmarshal(out, &c))
	return c
}

// TestHostileMemory: what is made to exhaust a reader takes at most 64 MiB above
// a small workbook, and the largest that is taken 256 MiB. Time is not a matter
// of passing; BenchmarkHostile shows it.
func TestHostileMemory(t *testing.T) {
	base := readInChild(t, writeHostile(t, hostile{make: func(*parts) {}}))
	hold := func(list []hostile, most float64) {
		for _, h := range list {
			t.Run(h.name, func(t *testing.T) {
				c := readInChild(t, writeHostile(t, h))
				if c.Said != h.want || c.Cells != h.cells {
					t.Errorf("said %q with %d cells, want %q with %d", c.Said, c.Cells, h.want, h.cells)
				}
				if c.Peak-base.Peak > most {
					t.Errorf("%.0f MiB above a small workbook, at most %.0f", c.Peak-base.Peak, most)
				}
				t.Logf("%.1f ms %.1f MiB", c.CPU, c.Peak-base.Peak)
			})
		}
	}
	hold(hostiles(), 64)
	hold(largest(), 256)
}

// BenchmarkHostile reads each of them in a process of its own and reports
// processor time and memory above that of a small workbook.
func BenchmarkHostile(b *testing.B) {
	base := readInChild(b, writeHostile(b, hostile{make: func(*parts) {}}))
	for _, h := range append(hostiles(), largest()...) {
		b.Run(strings.ReplaceAll(h.name, " ", "_"), func(b *testing.B) {
			path := writeHostile(b, h)
			best := cost{CPU: 1e9}
			b.ResetTimer()
			for b.Loop() {
				if c := readInChild(b, path); c.CPU < best.CPU {
					best = c
				}
			}
			b.ReportMetric(best.CPU, "cpu-ms")
			b.ReportMetric(best.Peak-base.Peak, "MiB-above")
		})
	}
}
