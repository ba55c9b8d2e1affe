package sheets_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"taizhang/sheets"
)

// python runs a script with Debian's Python, which has openpyxl; what it prints
// as JSON is put into out, if there is one.
func python(t *testing.T, out any, script string, args ...string) {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	if err := exec.Command(interpreter, "-c", "import openpyxl").Run(); err != nil {
		t.Fatalf("openpyxl is missing: apt-get install python3-openpyxl (%v)", err)
	}
	cmd := exec.Command(interpreter, append([]string{"-c", script}, args...)...)
	var said, broke bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &broke
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, broke.String())
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(said.Bytes(), out); err != nil {
		t.Fatalf("%v in %s", err, said.String())
	}
}

// convert lets LibreOffice write a file in another format and returns its path.
func convert(t *testing.T, path, format string) string {
	t.Helper()
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Fatal("LibreOffice is missing: apt-get install libreoffice-calc")
	}
	dir := t.TempDir()
	cmd := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--headless", "--convert-to", format, "--outdir", dir, path)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	base := filepath.Base(path)
	made := filepath.Join(dir, base[:len(base)-len(filepath.Ext(base))]+"."+format)
	if info, err := os.Stat(made); err != nil || info.Size() == 0 {
		t.Fatalf("LibreOffice did not write %s", made)
	}
	return made
}

// drawn draws a workbook into a file.
func drawn(t *testing.T, d sheets.Drawing) string {
	t.Helper()
	var b bytes.Buffer
	if err := sheets.Draw(&b, d); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "drawn.xlsx")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// book reads a workbook with our own reader.
func book(t *testing.T, path string) *sheets.Book {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bookOf(t, raw)
}

func bookOf(t *testing.T, raw []byte) *sheets.Book {
	t.Helper()
	b, err := sheets.Read(bytes.NewReader(raw), int64(len(raw)), sheets.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return b
}
