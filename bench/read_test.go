//go:build unix

// Package bench measures the rooms against what else could do their work.
package bench

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/sheets"
)

// forms is how many small forms one turn reads, as arrive on a due day.
const forms = 2000

// way is one way to go through a workbook. It returns how many cells it saw.
type way struct {
	name string
	read func([]byte) (int, error)
}

// BenchmarkRead reads small forms of each writer in four ways in turn within one
// run, and reports what each costs a form and how it compares. Processor time is
// measured, not the clock, and the best turn of each counts, for a machine
// seldom does one thing only. Judging is recognising, typing and validating on
// top of reading.
func BenchmarkRead(b *testing.B) {
	all := formBooks(b)
	all["all"] = append(append(append([][]byte{}, all["excelize"]...), all["openpyxl"]...), all["libreoffice"]...)
	for _, writer := range []string{"excelize", "openpyxl", "libreoffice", "all"} {
		b.Run("writer="+writer, func(b *testing.B) {
			compare(b, copies(all[writer], forms), judgeToo(b))
			python := openpyxlCost(b, all[writer], 3)
			b.ReportMetric(python, "openpyxl-µs")
		})
	}
}

// BenchmarkReadLarge is the same with one workbook of 100,000 rows and 15 columns.
func BenchmarkReadLarge(b *testing.B) {
	book := largeBook(b)
	compare(b, [][]byte{book}, nil)
	reportHeap(b, book)
	b.ReportMetric(openpyxlCost(b, [][]byte{book}, 1), "openpyxl-µs")
}

// copies repeats workbooks up to a number, each in memory of its own.
func copies(books [][]byte, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = bytes.Clone(books[i%len(books)])
	}
	return out
}

// compare takes turns and reports; the slower turns take one workbook in ten.
func compare(b *testing.B, books [][]byte, judge func([]byte) (int, error)) {
	ways := []way{{"unzip", unzipOnly}, {"ours", ourReader()}, {"excelize", excelizeCells}}
	if judge != nil {
		ways = append(ways, way{"judged", judge})
	}
	best := map[string]float64{}
	for b.Loop() {
		for _, w := range ways {
			part := books
			if w.name == "excelize" || w.name == "judged" {
				part = books[:(len(books)+9)/10]
			}
			cost := turn(b, part, w)
			if old, ok := best[w.name]; !ok || cost < old {
				best[w.name] = cost
			}
		}
	}
	for _, w := range ways {
		b.ReportMetric(best[w.name], w.name+"-µs")
	}
	b.ReportMetric(best["ours"]/best["unzip"], "ours/unzip")
	b.ReportMetric(best["excelize"]/best["ours"], "excelize/ours")
	if judge != nil {
		b.ReportMetric((best["judged"]-best["ours"])/best["ours"], "judging/ours")
	}
}

// turn goes through the workbooks in one way and returns the cost of one of them.
func turn(b *testing.B, books [][]byte, w way) float64 {
	runtime.GC()
	started := processorTime(b, syscall.RUSAGE_SELF)
	for _, book := range books {
		if _, err := w.read(book); err != nil {
			b.Fatal(err)
		}
	}
	return (processorTime(b, syscall.RUSAGE_SELF) - started) / float64(len(books))
}

// processorTime is what this process, or its children, used so far, in microseconds.
func processorTime(tb testing.TB, who int) float64 {
	var u syscall.Rusage
	must(tb, syscall.Getrusage(who, &u))
	return float64(u.Utime.Sec+u.Stime.Sec)*1e6 + float64(u.Utime.Usec+u.Stime.Usec)
}

// TestReadersAgree guards the benchmark: readers that find different cells
// cannot be compared, and a form that is not taken is not judged.
func TestReadersAgree(t *testing.T) {
	want := 1 + 2 + formCols + formRows*formCols // title, band, header, data
	for writer, books := range formBooks(t) {
		for _, w := range []way{{"ours", ourReader()}, {"excelize", excelizeCells}} {
			if n, err := w.read(books[1]); n != want || err != nil {
				t.Errorf("%s of %s: %d cells, want %d (%v)", w.name, writer, n, want, err)
			}
		}
		if n, err := judgeToo(t)(books[1]); n != formRows || err != nil {
			t.Errorf("judging %s: %d rows, want %d (%v)", writer, n, formRows, err)
		}
	}
}

// ourReader reads as the program does, and goes through all that cells store and
// show: cells are made when they are asked for.
func ourReader() func([]byte) (int, error) {
	return func(book []byte) (int, error) {
		b, err := sheets.Read(bytes.NewReader(book), int64(len(book)), sheets.DefaultLimits())
		if err != nil {
			return 0, err
		}
		n := 0
		var cells []sheets.Cell
		for _, row := range b.Sheets[0].Rows {
			cells = row.Cells.Append(cells[:0])
			for i := range cells {
				if cells[i].Raw != "" && cells[i].Text != "" {
					n++
				}
			}
		}
		return n, nil
	}
}

// judgeToo reads and judges, without history, and counts the rows taken.
func judgeToo(tb testing.TB) func([]byte) (int, error) {
	judge := newJudge(tb)
	return func(book []byte) (int, error) {
		b, err := sheets.Read(bytes.NewReader(book), int64(len(book)), sheets.DefaultLimits())
		if err != nil {
			return 0, err
		}
		return judge(b).Accepted, nil
	}
}

func excelizeCells(book []byte) (int, error) {
	f, err := excelize.OpenReader(bytes.NewReader(book), excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return 0, err
		}
		for _, c := range cells {
			if c != "" {
				n++
			}
		}
	}
	return n, rows.Error()
}

// unzipOnly unpacks every entry and checks its sum, with the standard library.
func unzipOnly(book []byte) (int, error) {
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return 0, err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return 0, err
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return 0, err
		}
		r.Close()
	}
	return len(z.File), nil
}

const openpyxlRead = `
import sys, glob, io, resource
from openpyxl import load_workbook
books = [open(f, 'rb').read() for f in glob.glob(sys.argv[1] + '/*.xlsx')]
def used():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime
best = None
for turn in range(int(sys.argv[2])):
    began = used()
    for b in books:
        n = 0
        sheet = load_workbook(io.BytesIO(b), read_only=True).worksheets[0]
        sheet.reset_dimensions() # some writers state a wrong one
        for row in sheet.iter_rows(values_only=True):
            n += len(row)
    cost = used() - began
    best = cost if best is None else min(best, cost)
print(best * 1e6 / len(books))
`

// openpyxlCost is what one workbook costs openpyxl's read-only mode, in
// microseconds of processor time; starting Python does not count.
func openpyxlCost(b *testing.B, books [][]byte, turns int) float64 {
	b.Helper()
	dir := b.TempDir()
	for i, book := range books {
		must(b, os.WriteFile(filepath.Join(dir, strconv.Itoa(i)+".xlsx"), book, 0o600))
	}
	var cost float64
	must(b, json.Unmarshal(run(b, nil, pythons, "-c", openpyxlRead, dir, strconv.Itoa(turns)), &cost))
	return math.Round(cost)
}
