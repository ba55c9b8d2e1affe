//go:build unix

// Package bench measures the rooms against what else could do their work.
package bench

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/sheets"
)

const (
	forms    = 200
	formRows = 40
	formCols = 12
)

// BenchmarkRead reads many small forms, as arrive on a due day, in four ways in
// turn within one run, and reports what each costs a form and how it compares.
// Processor time is measured, not the clock, and the best turn of each counts,
// for a machine seldom does one thing only.
func BenchmarkRead(b *testing.B) {
	books := smallForms(b)
	ways := []struct {
		name string
		read func([]byte) (int, error)
	}{
		{"unzip", unzipOnly},
		{"ours", ourReader()},
		{"excelize", excelizeCells},
	}
	best := make([]float64, len(ways))
	for i := range best {
		best[i] = math.Inf(1)
	}
	for b.Loop() {
		for i, w := range ways {
			runtime.GC()
			started := processorTime(b)
			readAll(b, books, w.read)
			best[i] = min(best[i], (processorTime(b)-started)/forms)
		}
	}
	for i, w := range ways {
		b.ReportMetric(best[i], w.name+"-µs/form")
	}
	b.ReportMetric(best[1]/best[0], "ours/unzip")
	b.ReportMetric(best[2]/best[1], "excelize/ours")
}

// processorTime is what this process has used so far, in microseconds.
func processorTime(tb testing.TB) float64 {
	var u syscall.Rusage
	must(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Sec+u.Stime.Sec)*1e6 + float64(u.Utime.Usec+u.Stime.Usec)
}

func readAll(b *testing.B, books [][]byte, read func([]byte) (int, error)) {
	for _, book := range books {
		if _, err := read(book); err != nil {
			b.Fatal(err)
		}
	}
}

// TestReadersAgree guards the benchmark: readers that find different cells
// cannot be compared.
func TestReadersAgree(t *testing.T) {
	book := smallForm(t, 7)
	ours, err := ourReader()(book)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := excelizeCells(book)
	if err != nil {
		t.Fatal(err)
	}
	const title, band, header = 1, 2, formCols
	if want := title + band + header + formRows*formCols; ours != want || theirs != want {
		t.Errorf("cells: ours %d, excelize %d, want %d", ours, theirs, want)
	}
}

// ourReader reads with one reader for all workbooks, as the program does.
func ourReader() func([]byte) (int, error) {
	rd := sheets.Reader{Limits: sheets.DefaultLimits()}
	return func(book []byte) (int, error) { return ourCells(&rd, book) }
}

func ourCells(rd *sheets.Reader, book []byte) (int, error) {
	b, err := rd.Read(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, row := range b.Sheets[0].Rows {
		n += len(row.Cells)
	}
	return n, nil
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

func smallForms(tb testing.TB) [][]byte {
	books := make([][]byte, forms)
	for i := range books {
		books[i] = smallForm(tb, i)
	}
	return books
}

// smallForm writes a styled ledger with a merged title, a band, a header and
// rows of text, counts, amounts, rates and dates.
func smallForm(tb testing.TB, seed int) []byte {
	f := excelize.NewFile()
	defer f.Close()
	styles := formStyles(tb, f)
	must(tb, f.MergeCell("Sheet1", "A1", "L1"))
	must(tb, f.SetCellStr("Sheet1", "A1", "群众信访举报件办理台账"))
	must(tb, f.SetCellStr("Sheet1", "A2", fmt.Sprintf("填报单位（公章）：第%d县", seed)))
	must(tb, f.SetCellStr("Sheet1", "I2", "填报日期：2019年11月4日"))
	for c := range formCols {
		setCell(tb, f, c, 3, fmt.Sprintf("第%d列（件）", c+1), styles[0])
	}
	for r := range formRows {
		for c := range formCols {
			setCell(tb, f, c, r+4, formValue(seed, r, c), styles[c%4])
		}
	}
	var out bytes.Buffer
	_, err := f.WriteTo(&out)
	must(tb, err)
	return out.Bytes()
}

func formStyles(tb testing.TB, f *excelize.File) (ids [4]int) {
	border := []excelize.Border{{Type: "left", Style: 1}, {Type: "right", Style: 1}, {Type: "top", Style: 1}, {Type: "bottom", Style: 1}}
	date, percent := `yyyy"年"m"月"d"日"`, "0.0%"
	for i, format := range []*string{nil, nil, &percent, &date} {
		id, err := f.NewStyle(&excelize.Style{Border: border, CustomNumFmt: format})
		must(tb, err)
		ids[i] = id
	}
	return ids
}

func formValue(seed, row, col int) any {
	switch col % 4 {
	case 0:
		return fmt.Sprintf("%d号%d街道反映的扬尘、噪声与污水问题", seed+row, col)
	case 1:
		return row*col + seed
	case 2:
		return float64(row*37+seed) / 1024
	}
	return time.Date(2019, 10, 1+row%30, 0, 0, 0, 0, time.UTC)
}

func setCell(tb testing.TB, f *excelize.File, col, row int, value any, style int) {
	name := sheets.Address(col+1, row)
	must(tb, f.SetCellValue("Sheet1", name, value))
	must(tb, f.SetCellStyle("Sheet1", name, name, style))
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
