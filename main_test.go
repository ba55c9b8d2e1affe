package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/sheets"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the real program: the test binary is it, and
// so is the child process that it starts for annotated copies.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "annotate" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"taizhang": main})
}

// The stories of testdata/script: each is one file with its workbooks inside.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TESTDATA", absolute("testdata"))
			today := time.Now().In(time.FixedZone("CST", 8*3600))
			e.Setenv("TODAY", today.Format("2006-01-02"))
			e.Setenv("YESTERDAY", today.AddDate(0, 0, -1).Format("2006-01-02"))
			e.Setenv("TOMORROW", today.AddDate(0, 0, 1).Format("2006-01-02"))
			e.Setenv("LASTWEEK", today.AddDate(0, 0, -7).Format("2006-01-02"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mkxlsx":  scriptMkxlsx,
			"fill":    scriptFill,
			"cells":   scriptCells,
			"rewrite": scriptRewrite,
			"waitfor": scriptWaitFor,
		},
	})
}

func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return abs
}

// scriptMkxlsx makes a workbook with openpyxl from a text grid:
//
//	mkxlsx out.xlsx grid.txt
//
// A line is a row and | parts its cells. "sheet: name" begins a sheet,
// "hidden: name" a hidden one, "merge: A1:H1" merges. Numbers are numbers, 'n
// is text, d:2026-04-06 a date, =A1 a formula; $NAME is taken from the
// environment and \n is a line break.
func scriptMkxlsx(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: mkxlsx out.xlsx grid.txt")
	}
	text := os.Expand(ts.ReadFile(args[1]), func(name string) string { return ts.Getenv(name) })
	job := map[string]any{"out": ts.MkAbs(args[0]), "sheets": parseGrid(text)}
	ts.Check(openpyxl(job))
}

type gridSheet struct {
	Name   string      `json:"name"`
	State  string      `json:"state"`
	Rows   [][]*string `json:"rows"`
	Merges []string    `json:"merges"`
}

func parseGrid(text string) []*gridSheet {
	var out []*gridSheet
	at := func() *gridSheet {
		if len(out) == 0 {
			out = append(out, &gridSheet{Name: "Sheet1", State: "visible"})
		}
		return out[len(out)-1]
	}
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		key, rest, _ := strings.Cut(line, ": ")
		switch key {
		case "sheet":
			out = append(out, &gridSheet{Name: rest, State: "visible"})
		case "hidden":
			out = append(out, &gridSheet{Name: rest, State: "hidden"})
		case "merge":
			at().Merges = append(at().Merges, strings.Fields(rest)...)
		default:
			at().Rows = append(at().Rows, gridRow(line))
		}
	}
	return out
}

func gridRow(line string) (row []*string) {
	for _, cell := range strings.Split(line, "|") {
		cell = strings.ReplaceAll(strings.Trim(cell, " "), `\n`, "\n")
		row = append(row, &cell)
	}
	return row
}

// scriptFill fills a blank form with openpyxl, by column titles:
//
//	fill blank.xlsx out.xlsx rows.txt
//
// The first line of the rows names the columns; "set: A2=…" lines set a cell.
func scriptFill(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: fill blank.xlsx out.xlsx rows.txt")
	}
	text := os.Expand(ts.ReadFile(args[2]), func(name string) string { return ts.Getenv(name) })
	rows, set := parseFill(text)
	ts.Check(openpyxl(map[string]any{"from": ts.MkAbs(args[0]), "out": ts.MkAbs(args[1]), "fill": rows, "set": set}))
}

func parseFill(text string) (rows []map[string]string, set map[string]string) {
	set = map[string]string{}
	var titles []*string
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if rest, ok := strings.CutPrefix(line, "set: "); ok {
			cell, value, _ := strings.Cut(rest, "=")
			set[cell] = value
			continue
		}
		cells := gridRow(line)
		if titles == nil {
			titles = cells
			continue
		}
		row := map[string]string{}
		for i, c := range cells {
			if i < len(titles) && *c != "" {
				row[*titles[i]] = *c
			}
		}
		rows = append(rows, row)
	}
	return rows, set
}

// openpyxl runs the writer that county offices' own programs often are, once
// for all the jobs.
func openpyxl(jobs ...map[string]any) error {
	for _, job := range jobs {
		if err := os.MkdirAll(filepath.Dir(job["out"].(string)), 0o755); err != nil {
			return err
		}
	}
	in, err := json.Marshal(jobs)
	if err != nil {
		return err
	}
	cmd := exec.Command("/usr/bin/python3", absolute("testdata/py/mkxlsx.py"))
	cmd.Stdin = bytes.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("openpyxl (Debian package python3-openpyxl): %w\n%s", err, out)
	}
	return nil
}

// scriptRewrite opens workbooks in LibreOffice and saves them again, in one
// process: rewrite DIR in.xlsx ...
func scriptRewrite(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: rewrite DIR in.xlsx ...")
	}
	var files []string
	for _, f := range args[1:] {
		files = append(files, ts.MkAbs(f))
	}
	ts.Check(libreoffice("xlsx:Calc MS Excel 2007 XML", ts.MkAbs(args[0]), files...))
}

// libreoffice converts files with a profile of its own, so that tests may run
// side by side.
func libreoffice(format, dir string, files ...string) error {
	profile, err := os.MkdirTemp("", "profile")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	args := append([]string{"-env:UserInstallation=file://" + profile, "--headless", "--convert-to", format, "--outdir", dir}, files...)
	if out, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("LibreOffice (Debian package libreoffice-calc): %w\n%s", err, out)
	}
	return nil
}

// scriptCells prints a workbook's cells: cells file.xlsx [sheet]. A line is a
// row: its number, then the cells with content as A=text.
func scriptCells(ts *testscript.TestScript, _ bool, args []string) {
	matches, err := filepath.Glob(ts.MkAbs(args[0]))
	if err != nil || len(matches) != 1 {
		ts.Fatalf("cells: %d files match %s", len(matches), args[0])
	}
	data, err := os.ReadFile(matches[0])
	ts.Check(err)
	book, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	ts.Check(err)
	var out strings.Builder
	for _, s := range book.Sheets {
		if len(args) > 1 && s.Name != args[1] || s.Visibility == sheets.VeryHidden {
			continue
		}
		fmt.Fprintf(&out, "sheet: %s\n", s.Name)
		printCells(&out, s)
	}
	fmt.Fprint(ts.Stdout(), out.String())
}

func printCells(out *strings.Builder, s *sheets.Sheet) {
	for _, row := range s.Rows {
		out.WriteString(strconv.Itoa(row.Num))
		for c := range row.Cells.All() {
			fmt.Fprintf(out, " | %s=%s", sheets.ColumnName(c.Col), strings.ReplaceAll(c.Text, "\n", `\n`))
		}
		out.WriteString("\n")
	}
}

// scriptWaitFor waits until a file matches: waitfor PATTERN.
func scriptWaitFor(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if found, err := filepath.Glob(ts.MkAbs(args[0])); err == nil && len(found) > 0 {
			return
		}
	}
	ts.Fatalf("nothing matches %s after 30 s", args[0])
}
