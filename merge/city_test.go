package merge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/sheets"
	"taizhang/templates"
)

// city is a store with a catalogue and a clock, for one test.
type city struct {
	t       teller
	path    string
	catalog *templates.Catalog
	clock   time.Time
	*Store
	books map[string]*sheets.Book // what arrived, by hash
}

// teller ends a test: testing's and rapid's both do.
type teller interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// loadCatalog reads the test forms.
func loadCatalog(t testing.TB, forms string) *templates.Catalog {
	t.Helper()
	catalog, err := templates.Load(templates.City{Forms: forms, Counties: "testdata/counties.yaml"})
	if err != nil {
		t.Fatalf("load forms: %v", err)
	}
	return catalog
}

// sharedCatalog is loaded once for tests that do not change it.
var sharedCatalog = sync.OnceValues(func() (*templates.Catalog, error) {
	return templates.Load(templates.City{Forms: "testdata/forms", Counties: "testdata/counties.yaml"})
})

// newCity opens an empty store on the morning of 1 April 2021.
func newCity(t testing.TB) *city {
	t.Helper()
	catalog, err := sharedCatalog()
	if err != nil {
		t.Fatalf("load forms: %v", err)
	}
	return openCity(t, filepath.Join(t.TempDir(), "taizhang.db"), catalog)
}

func openCity(t testing.TB, path string, catalog *templates.Catalog) *city {
	t.Helper()
	c := &city{t: t, path: path, catalog: catalog, clock: day("2021-04-01")}
	store, err := Open(context.Background(), path, catalog, func() time.Time { return c.clock })
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	c.Store = store
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

// day is nine in the morning in China.
func day(date string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15", date+" 09", templates.China)
	if err != nil {
		panic(err)
	}
	return at
}

// at sets the clock to the morning of a day.
func (c *city) at(date string) { c.clock = day(date) }

// book is a workbook of a form as a county fills it: header, then rows whose
// cells are separated by |.
func (c *city) book(form string, rows ...string) *sheets.Book {
	f := c.catalog.Form(form)
	sheet := &sheets.Sheet{Name: "Sheet1"}
	var head [2][]sheets.Cell
	for i, field := range f.Fields {
		for level, title := range field.Path {
			head[level] = append(head[level], sheets.Cell{Col: i + 1, Kind: sheets.Text, Raw: title, Text: title})
		}
		if len(field.Path) == 1 {
			sheet.Merges = append(sheet.Merges, sheets.Range{Row1: 1, Col1: i + 1, Row2: 2, Col2: i + 1})
		}
	}
	for n, cells := range head {
		sheet.Rows = append(sheet.Rows, sheets.Row{Num: n + 1, Cells: sheets.CellsOf(cells...)})
	}
	for n, line := range rows {
		var cells []sheets.Cell
		for i, cell := range strings.Split(line, "|") {
			if cell = strings.TrimSpace(cell); cell != "" {
				cells = append(cells, sheets.Cell{Col: i + 1, Kind: sheets.Text, Raw: cell, Text: cell})
			}
		}
		sheet.Rows = append(sheet.Rows, sheets.Row{Num: n + 3, Cells: sheets.CellsOf(cells...)})
	}
	return &sheets.Book{Format: "xlsx", Sheets: []*sheets.Sheet{sheet}, Marks: map[string]string{templates.MarkForm: form}}
}

// returned is a workbook of a form that is sent back: its header is missing.
func (c *city) returned(form string, words string) *sheets.Book {
	return &sheets.Book{Format: "xlsx", Marks: map[string]string{templates.MarkForm: form}, Sheets: []*sheets.Sheet{{
		Name: "Sheet1", Rows: []sheets.Row{{Num: 1, Cells: sheets.CellsOf(sheets.Cell{Col: 1, Kind: sheets.Text, Raw: words, Text: words})}}}}}
}

// sum stands for the bytes of a workbook that has none.
func sum(t teller, b *sheets.Book) string {
	t.Helper()
	sha := sha256.New()
	fmt.Fprintf(sha, "%q", b.Marks)
	for _, s := range b.Sheets {
		fmt.Fprintf(sha, "%q %v", s.Name, s.Merges)
		for _, row := range s.Rows {
			fmt.Fprintf(sha, "%d %v", row.Num, row.Cells.Append(nil))
		}
	}
	return hex.EncodeToString(sha.Sum(nil))
}

// arrive takes a workbook in; false when it is nothing new.
func (c *city) arrive(county, name string, b *sheets.Book) (Arrival, bool) {
	c.t.Helper()
	if c.books == nil {
		c.books = map[string]*sheets.Book{}
	}
	c.books[sum(c.t, b)] = b
	a, fresh, err := c.Arrive(context.Background(), Arrival{County: county, Name: name, SHA256: sum(c.t, b), Size: 1, Channel: "folder"})
	if err != nil {
		c.t.Fatalf("arrive: %v", err)
	}
	return a, fresh
}

// Arrive is ArriveAll for one file.
func (c *city) Arrive(ctx context.Context, a Arrival) (Arrival, bool, error) {
	one := c.ArriveAll(ctx, []Arrival{a})[0]
	return one.Arrival, one.Fresh, one.Err
}

// Merge is MergeAll for one file.
func (c *city) Merge(ctx context.Context, a Arrival, r *templates.Reading, o Answer) (Submission, error) {
	one := c.MergeAll(ctx, []Judged{{a, r, o}})[0]
	return one.Submission, one.Err
}

// judge reads a workbook as the county's.
func (c *city) judge(county, name string, b *sheets.Book) *templates.Reading {
	return c.catalog.Judge(b, templates.Sender{County: c.catalog.Counties.ByFolder(county), File: name, Now: c.clock})
}

// send takes a workbook in, judges and merges it.
func (c *city) send(county, name string, b *sheets.Book) Submission {
	c.t.Helper()
	a, fresh := c.arrive(county, name, b)
	if !fresh {
		c.t.Fatalf("%s from %s is nothing new", name, county)
	}
	sub, err := c.Merge(context.Background(), a, c.judge(county, name, b), Answer{})
	if err != nil {
		c.t.Fatalf("merge: %v", err)
	}
	return sub
}

// must sends a workbook and checks the verdict.
func (c *city) must(want templates.Verdict, county, name string, b *sheets.Book) Submission {
	c.t.Helper()
	sub := c.send(county, name, b)
	if sub.Verdict != want {
		found, _ := c.Findings(context.Background(), sub.ID)
		c.t.Fatalf("%s: verdict %s, want %s; %v", name, sub.Verdict, want, found)
	}
	return sub
}

// table is the printed rows of a summary: "东山县 | 3 | 1".
func (c *city) table(summary, period string, asOf time.Time) (lines []string, table *templates.Table) {
	c.t.Helper()
	table, err := c.Table(context.Background(), summary, period, asOf)
	if err != nil {
		c.t.Fatalf("table %s: %v", summary, err)
	}
	for _, row := range table.Rows {
		lines = append(lines, printed(row))
	}
	if table.Total != nil {
		lines = append(lines, printed(table.Total))
	}
	return lines, table
}

func printed(row []templates.TableCell) string {
	var cells []string
	for _, cell := range row {
		cells = append(cells, cell.Text)
	}
	return strings.Join(cells, " | ")
}

// columnOf is one column of a summary by the first cell of each line.
func columnOf(table *templates.Table, name string) map[string]string {
	at := 0
	for i, c := range table.Columns {
		if c.Name == name {
			at = i
		}
	}
	out := map[string]string{}
	for _, row := range append(table.Rows, table.Total) {
		if len(row) > 0 {
			out[row[0].Text] = row[at].Text
		}
	}
	return out
}

// current is the current rows of a form as "county key field=value …".
func (c *city) current(form string, fields ...string) (lines []string) {
	c.t.Helper()
	records, total, err := c.Records(context.Background(), form, RecordFilter{})
	if err != nil || total != len(records) {
		c.t.Fatalf("records: %d of %d, %v", len(records), total, err)
	}
	for _, r := range records {
		line := r.County
		for _, f := range fields {
			line += " " + r.Values[f]
		}
		lines = append(lines, line)
	}
	return lines
}
