//go:build unix

package bench

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"taizhang/sheets"
	"taizhang/templates"
)

// judged is how many forms one turn judges.
const judged = 500

// BenchmarkJudge compares recognising, typing and validating a small form with
// reading it, in turn in one run: forms of each writer as they should be, and
// forms of which every row has four mistakes. Processor time is measured, and the
// best turn of each counts.
func BenchmarkJudge(b *testing.B) {
	all := formBooks(b)
	all["mistakes"] = mistakenBooks(b)
	for _, writer := range []string{"excelize", "openpyxl", "libreoffice", "mistakes"} {
		b.Run("forms="+writer, func(b *testing.B) { judging(b, all[writer]) })
	}
}

// judging takes turns in reading forms and in judging what was read.
func judging(b *testing.B, files [][]byte) {
	judge := newJudge(b)
	var books []*sheets.Book
	for _, file := range files {
		books = append(books, readBook(b, file))
	}
	ways := map[string]func(n int){
		"read":  func(n int) { readBook(b, files[n%len(files)]) },
		"judge": func(n int) { judge(books[n%len(books)]) },
	}
	best := map[string]float64{}
	b.ReportAllocs()
	findings := 0
	for b.Loop() {
		for name, way := range ways {
			if cost := costOf(b, way); best[name] == 0 || cost < best[name] {
				best[name] = cost
			}
		}
		findings = len(judge(books[0]).Findings)
	}
	b.ReportMetric(best["read"], "read-µs")
	b.ReportMetric(best["judge"], "judge-µs")
	b.ReportMetric(best["judge"]/best["read"], "judge/read")
	b.ReportMetric(float64(findings), "findings")
}

// costOf is what one form costs in one way, in microseconds.
func costOf(b *testing.B, way func(n int)) float64 {
	began := processorTime(b, syscall.RUSAGE_SELF)
	for n := range judged {
		way(n)
	}
	return (processorTime(b, syscall.RUSAGE_SELF) - began) / judged
}

func readBook(tb testing.TB, file []byte) *sheets.Book {
	book, err := sheets.Read(bytes.NewReader(file), int64(len(file)), sheets.DefaultLimits())
	must(tb, err)
	return book
}

// newJudge judges workbooks of one county, without history.
func newJudge(tb testing.TB) func(*sheets.Book) *templates.Reading {
	catalog, err := templates.Load(templates.City{Forms: cityForms(tb)})
	must(tb, err)
	sender := templates.Sender{County: &templates.County{Code: "530502", Name: "隆阳区", Folder: "隆阳区"},
		File: "台账.xlsx", Now: time.Date(2019, 11, 4, 9, 0, 0, 0, time.UTC)}
	return func(book *sheets.Book) *templates.Reading {
		reading := catalog.Judge(book, sender)
		reading.Compare(templates.Past{})
		return reading
	}
}

// mistakenBooks are forms of which every row has four mistakes: no such choice, no
// such day, no complaint, and a number in words.
func mistakenBooks(tb testing.TB) (books [][]byte) {
	for seed := range variants {
		cells := formCells(seed)
		for _, row := range cells[headRows:] {
			row[2], row[3], row[6], row[11] = "来人", "2019年2月30日", nil, "约3万"
		}
		books = append(books, excelizeForm(tb, cells))
	}
	return books
}

// TestMistakesAreTold guards the benchmark: the mistakes are found, one by one.
func TestMistakesAreTold(t *testing.T) {
	reading := newJudge(t)(readBook(t, mistakenBooks(t)[1]))
	told := map[string]int{}
	for _, f := range reading.Findings {
		told[f.Code]++
	}
	for _, code := range []string{"C05", "C04", "C01", "C02"} {
		if told[code] != formRows {
			t.Errorf("%s was told %d times, want %d (%v)", code, told[code], formRows, told)
		}
	}
}
