package templates_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/shopspring/decimal"
	"go.yaml.in/yaml/v4"
)

// exampleRows reads rows written by field names, as values that Blank draws.
func exampleRows(t testing.TB, f *templates.Form, file string) []map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	if err := yaml.Load(text, &list); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var rows []map[string]any
	for _, cells := range list {
		row := map[string]any{}
		for name, text := range cells {
			field := f.Field(name)
			if field == nil {
				t.Fatalf("%s: no field %s", file, name)
			}
			row[name] = cellValue(t, field, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// cellValue is the value of a text as a clerk's program would keep it.
func cellValue(t testing.TB, f *templates.Field, text string) any {
	t.Helper()
	var v any = text
	var err error
	switch f.Type {
	case "int", "decimal":
		v, err = decimal.NewFromString(text)
	case "date":
		v, err = time.Parse("2006-01-02", text)
	}
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return v
}

// yunling is a catalogue of what is shipped, with one county.
func yunling(t testing.TB) (*templates.Catalog, *templates.County) {
	t.Helper()
	c, err := templates.Load(templates.City{})
	if err != nil {
		t.Fatal(err)
	}
	county := &templates.County{Name: "云岭县", Folder: "云岭县"}
	c.Counties = templates.NewCounties(county)
	return c, county
}

// dueDay is the due day of the period that a form is in on 22 November 2026.
func dueDay(t testing.TB, f *templates.Form) string {
	t.Helper()
	p, ok := f.Calendar.On(exampleDay)
	if !ok {
		t.Fatalf("%s has no period on %v", f.Name, exampleDay)
	}
	return p.ID
}

var exampleDay = time.Date(2026, 11, 22, 9, 0, 0, 0, templates.China)

// TestExamples fills each shipped form with its example, reads the workbook as
// a county's file and wants nothing told but notes.
func TestExamples(t *testing.T) {
	c, county := yunling(t)
	for _, f := range c.Forms {
		t.Run(f.Name, func(t *testing.T) {
			rows := exampleRows(t, f, filepath.Join("..", "testdata", "examples", f.Name+".yaml"))
			d := templates.Blank(f, templates.BlankOptions{County: county, Period: dueDay(t, f), Date: "2026-11-20", Rows: rows})
			r := c.Judge(redrawn(t, d), templates.Sender{County: county, File: f.Title + ".xlsx", Now: exampleDay})
			r.Compare(templates.Past{})
			if r.Form != f || r.Verdict != templates.Accepted || r.Read != len(rows) || r.Accepted != len(rows) {
				t.Errorf("form %v, verdict %s, %d of %d rows read, %d accepted", r.Form.Name, r.Verdict, r.Read, len(rows), r.Accepted)
			}
			for _, finding := range r.Findings {
				if finding.Severity != templates.Handled {
					t.Errorf("%s %s %s: %s", finding.Code, finding.Cell, finding.Severity, finding.Message)
				}
			}
			wantCells(t, r, rows)
		})
	}
}

// wantCells asks that every cell of the example came back as it was written.
func wantCells(t *testing.T, r *templates.Reading, rows []map[string]any) {
	t.Helper()
	for i, row := range rows {
		for name, want := range row {
			text := fmt.Sprint(want)
			if day, ok := want.(time.Time); ok {
				text = day.Format("2006-01-02")
			}
			if got := r.Rows[i].Values[r.Form.Field(name).Index].Text; got != text {
				t.Errorf("row %d %s: %q, want %q", i+1, name, got, text)
			}
		}
	}
}
