package sheets_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"taizhang/sheets"
)

// seenCell is a cell as LibreOffice sees it.
type seenCell struct {
	kind    string // float, percentage, currency, date, time, boolean, string, error
	value   string // what it computes with
	text    string // what it shows
	formula bool
}

// chineseProfile is a LibreOffice that has been set up in Chinese.
func chineseProfile(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "profile")
	if err := os.MkdirAll(filepath.Join(dir, "user"), 0o700); err != nil {
		t.Fatal(err)
	}
	const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-CN</value></prop></item></oor:items>`
	if err := os.WriteFile(filepath.Join(dir, "user", "registrymodifications.xcu"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// seenByOffice lets one LibreOffice open many workbooks and says what it sees in
// each, by sheet and cell. What it does not open is not in the map.
func seenByOffice(t *testing.T, paths []string) map[string]map[string]map[string]seenCell {
	t.Helper()
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Fatal("LibreOffice is missing: apt-get install libreoffice-calc")
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + chineseProfile(t), "--headless", "--convert-to", "fods", "--outdir", dir}
	if said, err := exec.Command("soffice", append(args, paths...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	books := map[string]map[string]map[string]seenCell{}
	for _, path := range paths {
		base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		f, err := os.Open(filepath.Join(dir, base+".fods"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		r := fodsReader{xml: xml.NewDecoder(f), sheets: map[string]map[string]seenCell{}}
		if err := r.read(); err != nil {
			t.Fatalf("%s: %v", base, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		books[path] = r.sheets
	}
	return books
}

// fodsReader reads the cells of a flat OpenDocument spreadsheet.
type fodsReader struct {
	xml      *xml.Decoder
	sheets   map[string]map[string]seenCell
	cells    map[string]seenCell
	row, col int
	rowTimes int
}

func (r *fodsReader) read() error {
	for {
		t, err := r.xml.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := r.open(t); err != nil {
				return err
			}
		case xml.EndElement:
			if t.Name.Local == "table-row" {
				r.row += r.rowTimes
			}
		}
	}
}

func (r *fodsReader) open(t xml.StartElement) error {
	switch t.Name.Local {
	case "annotation", "frame", "shapes", "tracked-changes", "automatic-styles", "styles", "master-styles", "font-face-decls", "scripts":
		return r.xml.Skip()
	case "table":
		r.cells, r.row = map[string]seenCell{}, 1
		r.sheets[attrOf(t, "name")] = r.cells
	case "table-row":
		r.col, r.rowTimes = 1, times(t, "number-rows-repeated")
	case "table-cell", "covered-table-cell":
		return r.cell(t)
	}
	return nil
}

// cell takes a cell, and the cells and rows that repeat it.
func (r *fodsReader) cell(t xml.StartElement) error {
	c := seenCell{kind: attrOf(t, "value-type"), formula: attrOf(t, "formula") != ""}
	for _, name := range []string{"value", "date-value", "time-value", "boolean-value", "string-value"} {
		if v := attrOf(t, name); v != "" {
			c.value = v
		}
	}
	for _, a := range t.Attr {
		if a.Name.Local == "value-type" && a.Value == "error" {
			c.kind = "error"
		}
	}
	text, err := r.text()
	c.text = text
	n := times(t, "number-columns-repeated")
	if t.Name.Local == "table-cell" && (c.kind != "" || c.formula) {
		for row := range r.rowTimes {
			for col := range n {
				r.cells[sheets.Address(r.col+col, r.row+row)] = c
			}
		}
	}
	r.col += n
	return err
}

// text is what the paragraphs of a cell say.
func (r *fodsReader) text() (string, error) {
	var b strings.Builder
	paragraphs, inside := 0, false
	for {
		t, err := r.xml.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "annotation", "frame":
				if err := r.xml.Skip(); err != nil {
					return "", err
				}
			case "p":
				inside = true
				if paragraphs++; paragraphs > 1 {
					b.WriteByte('\n')
				}
			case "s":
				b.WriteString(strings.Repeat(" ", times(t, "c")))
			case "tab":
				b.WriteByte('\t')
			case "line-break":
				b.WriteByte('\n')
			}
		case xml.CharData:
			if inside {
				b.Write(t)
			}
		case xml.EndElement:
			inside = inside && t.Name.Local != "p"
			if t.Name.Local == "table-cell" || t.Name.Local == "covered-table-cell" {
				return b.String(), nil
			}
		}
	}
}

func attrOf(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func times(t xml.StartElement, name string) int {
	n, err := strconv.Atoi(attrOf(t, name))
	if err != nil {
		return 1
	}
	return n
}
