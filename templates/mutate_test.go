package templates_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"taizhang/sheets"
	"taizhang/templates"

	"github.com/shopspring/decimal"
)

// mutation is a change that a clerk makes to a filled form, in openpyxl's words,
// and what is to come of it: the verdict, then what is told, worst first.
type mutation struct {
	name, code, want string
}

// mutated runs the changes on the form's filled example and returns the files.
func mutated(t *testing.T, c *templates.Catalog, county *templates.County, form string, list []mutation) []string {
	t.Helper()
	dir, f := t.TempDir(), c.Form(form)
	d := templates.Blank(f, templates.BlankOptions{County: county, Period: dueDay(t, f), Date: "2026-11-20",
		Rows: exampleRows(t, f, filepath.Join("..", "testdata", "examples", form+".yaml"))})
	var base bytes.Buffer
	if err := sheets.Draw(&base, d); err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(dir, "base.xlsx")
	if err := os.WriteFile(from, base.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var jobs []map[string]string
	var files []string
	for _, m := range list {
		out := filepath.Join(dir, strings.ReplaceAll(m.name, "/", "-")+".xlsx")
		files = append(files, out)
		jobs = append(jobs, map[string]string{"from": from, "out": out, "code": m.code})
	}
	runMutations(t, jobs)
	return files
}

func runMutations(t *testing.T, jobs []map[string]string) {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-c", "import openpyxl").Run(); err != nil {
		t.Fatalf("openpyxl is missing: apt-get install python3-openpyxl (%v)", err)
	}
	in, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "../testdata/py/mutate.py")
	cmd.Stdin = bytes.NewReader(in)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
}

// mutate makes every change and holds what is told against what is right. No
// value may be lost in silence, whatever else is told.
func mutate(t *testing.T, form string, list []mutation) {
	t.Helper()
	c, county := yunling(t)
	judgeMutations(t, c, county, mutated(t, c, county, form, list), list)
}

// throughOffice does the same after LibreOffice has opened and saved each file.
func throughOffice(t *testing.T, form string, list []mutation) {
	t.Helper()
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Fatal("LibreOffice is missing: apt-get install libreoffice-calc")
	}
	c, county := yunling(t)
	files, dir := mutated(t, c, county, form, list), t.TempDir()
	args := append([]string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"),
		"--headless", "--convert-to", "xlsx", "--outdir", dir}, files...)
	if said, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for i := range files {
		files[i] = filepath.Join(dir, filepath.Base(files[i]))
	}
	judgeMutations(t, c, county, files, list)
}

func judgeMutations(t *testing.T, c *templates.Catalog, county *templates.County, files []string, list []mutation) {
	t.Helper()
	for i, file := range files {
		t.Run(list[i].name, func(t *testing.T) {
			b := bookAt(t, file)
			r := c.Judge(b, templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
			r.Compare(templates.Past{})
			got := strings.ReplaceAll(toldOf(r), "; Z01 note", "") // which rules a bad cell mutes is told elsewhere
			if got != list[i].want {
				t.Errorf("told %q\n     want %q", got, list[i].want)
			}
			for _, cell := range silent(b, r) {
				t.Errorf("nothing was said of %s", cell)
			}
		})
	}
}

func bookAt(t *testing.T, file string) *sheets.Book {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := sheets.Read(bytes.NewReader(text), int64(len(text)), sheets.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// belowTable is what stands below a form's rows and is no data.
var belowTable = regexp.MustCompile(`^(说明|备注|注)[:：]|^[0-9]、|^(填表人|审核人|联系电话|分管领导签字|主要领导签字)：|^（?以上`)

// silent is the cells below the header whose content was neither read as it was
// typed nor told of. A file that is returned takes nothing, so it loses nothing.
func silent(b *sheets.Book, r *templates.Reading) []string {
	if r.Form == nil || len(r.Rows) == 0 || r.Verdict == templates.Returned && slices.ContainsFunc(r.Findings, rejects) {
		return nil
	}
	values := map[string]templates.Value{}
	for _, row := range r.Rows {
		for i := range row.Values {
			values[row.Cell(i)] = row.Values[i]
		}
	}
	var out []string
	for _, s := range b.Sheets {
		if s.Name != r.Sheet {
			continue
		}
		for _, row := range s.Rows {
			for cell := range row.Cells.All() {
				at := sheets.Address(cell.Col, row.Num)
				if row.Num < r.Rows[0].Num || under(s, row.Num, cell.Col) || strings.TrimSpace(cell.Text) == "" && !cell.Formula ||
					belowTable.MatchString(cell.Text) || same(cell, values[at]) || named(r, at, cell.Col, row.Num) {
					continue
				}
				out = append(out, at+" "+cell.Text)
			}
		}
	}
	return out
}

func rejects(f templates.Finding) bool { return f.Severity == templates.Reject }

// under says whether a merged cell hides this one.
func under(s *sheets.Sheet, row, col int) bool {
	return slices.ContainsFunc(s.Merges, func(m sheets.Range) bool {
		return row >= m.Row1 && row <= m.Row2 && col >= m.Col1 && col <= m.Col2 && (row != m.Row1 || col != m.Col1)
	})
}

// same says whether the value is what the cell shows: the text, the number, the
// day, or the parts of a list whatever stands between them.
func same(c sheets.Cell, v templates.Value) bool {
	text := strings.TrimSpace(c.Text)
	if v.Text == text && text != "" {
		return true
	}
	a, err := decimal.NewFromString(strings.TrimSpace(c.Raw))
	b, err2 := decimal.NewFromString(v.Text)
	if err == nil && err2 == nil && c.Kind != sheets.Date {
		return a.Equal(b)
	}
	if day, ok := sheets.DateOf(c, false); ok && c.Kind == sheets.Date {
		return day.Format("2006-01-02") == v.Text
	}
	parts := func(s string) string {
		return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,；;/-.年月日 ", r) }), " ")
	}
	return v.Text != "" && (parts(text) == parts(v.Text) || len(v.Day) == 10 && parts(padded.ReplaceAllString(text, "${1}0$2")) == parts(v.Text))
}

// padded finds the months and days of one digit.
var padded = regexp.MustCompile(`(^|\D)(\d)\b`)

// named says whether a finding names the cell, its whole row, or its column as
// one that was not read.
func named(r *templates.Reading, at string, col, row int) bool {
	return slices.ContainsFunc(r.Findings, func(f templates.Finding) bool {
		for _, cell := range f.AllCells() {
			c, n, _ := sheets.ParseAddress(cell)
			if cell == at || f.Code == "R05" && n == row || f.Code == "H05" && c == col && f.Row > 0 {
				return true
			}
		}
		return f.Code == "R05" && f.Row == row || f.Code == "H02" && f.Severity == templates.Warn && strings.Contains(f.Message, "是否就是它")
	})
}

// TestSilentHears proves that a value which nobody speaks of would be found.
func TestSilentHears(t *testing.T) {
	c, county := yunling(t)
	files := mutated(t, c, county, "case_summary", []mutation{{name: "a note beside", code: `ws["P5"]="较上期增加3件"`}})
	b := bookAt(t, files[0])
	r := c.Judge(b, templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
	r.Compare(templates.Past{})
	r.Findings = nil
	r.Rows[0].Values[1] = templates.Value{}
	if got := silent(b, r); !slices.Equal(got, []string{"B5 26", "P5 较上期增加3件"}) {
		t.Errorf("%q", got)
	}
}

// TestMoreStrayCellsThanCanBeNamed names a thousand and counts them all.
func TestMoreStrayCellsThanCanBeNamed(t *testing.T) {
	c, county := yunling(t)
	files := mutated(t, c, county, "petition_ledger", []mutation{{name: "many", code: `
for r in range(5,7):
    for c in range(40,1000): ws.cell(r,c).value="x"`}})
	r := c.Judge(bookAt(t, files[0]), templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
	at := slices.IndexFunc(r.Findings, func(f templates.Finding) bool { return f.Code == "H05" })
	if at < 0 || len(r.Findings[at].Cells) != 1000 || !strings.Contains(r.Findings[at].Message, "AN5、AO5、AP5、AQ5、AR5等 1920 处") {
		t.Errorf("%+v", r.Findings)
	}
}
