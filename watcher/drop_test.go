package watcher

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestDropNeverOverwrites(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "share", "丰和区")
	for i, want := range []string{"台账.xlsx", "台账 (2).xlsx", "台账 (3).xlsx"} {
		path, err := Drop(dir, "台账.xlsx", strings.NewReader(want))
		if err != nil || path != filepath.Join(dir, want) {
			t.Fatalf("drop %d: %s, %v", i, path, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for _, each := range entries {
		if data, err := os.ReadFile(filepath.Join(dir, each.Name())); string(data) != each.Name() {
			t.Errorf("%s has %q, %v", each.Name(), data, err)
		}
	}
}

func TestDropFromManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	paths := make([]string, 40)
	for i := range paths {
		wg.Go(func() {
			var err error
			if paths[i], err = Drop(dir, "a.xlsx", strings.NewReader(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, path := range paths {
		if data, err := os.ReadFile(path); string(data) != fmt.Sprint(i) {
			t.Errorf("%s has %q, want %d (%v)", path, data, i, err)
		}
	}
}

// torn is a reader that breaks off.
type torn struct{ left int }

func (r *torn) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, errors.New("the line is cut")
	}
	n := min(len(p), r.left)
	r.left -= n
	return n, nil
}

func TestDropLeavesNothingBehindOnFailure(t *testing.T) {
	dir := t.TempDir()
	if _, err := Drop(dir, "a.xlsx", &torn{left: 100}); err == nil || !strings.Contains(err.Error(), "the line is cut") {
		t.Errorf("answered %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestDropRefusesNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"", ".", "..", "../a.xlsx", "a/b.xlsx", `a\b.xlsx`, "C:a.xlsx", "a\x00.xlsx", "a\n.xlsx", "a\u202e.xlsx",
		"a*.xlsx", "a?.xlsx", "a|b.xlsx", "<a>.xlsx", "CON.xlsx", "con", "lpt1.xlsx", "COM¹.xlsx", "NUL .xlsx", "aux.tar.xlsx",
		"a.xlsx ", " a.xlsx", "a.xlsx.", "\xb7\xe1.xlsx", strings.Repeat("长", 84) + ".xlsx",
		"~$a.xlsx", ".a.xlsx", "a.tmp", "a.part", "无扩展名", "Thumbs.db",
	} {
		var refused *NameError
		if _, err := Drop(dir, name, strings.NewReader("x")); !errors.As(err, &refused) || refused.Why == "" {
			t.Errorf("%q: %v, want a NameError", name, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("written: %v", entries)
	}
	for _, name := range []string{"a.xlsx", "丰和区 10月 台账（修改）.xlsx", "CONTROL.xlsx", "COM10.xlsx", "..a.xlsx"[1:] + "x", "e\u0301.xlsx", "a.b.c.et"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestDropRefusesALongNameThatIsTaken(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("长", 83) + "x.xlsx" // 255 bytes
	if _, err := Drop(dir, name, strings.NewReader("1")); err != nil {
		t.Fatal(err)
	}
	var refused *NameError
	if _, err := Drop(dir, name, strings.NewReader("2")); !errors.As(err, &refused) {
		t.Errorf("answered %v, want a NameError", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d entries, want 1", len(entries))
	}
}

func TestDropDoesNotFollowALink(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	link := filepath.Join(dir, "回执")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	if path, err := Drop(link, "a.xlsx", strings.NewReader("x")); err == nil {
		t.Errorf("written to %s", path)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 0 {
		t.Errorf("written outside: %v", entries)
	}
}

func TestLinkNewNeverOverwrites(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, content := range map[string]string{"from": "new", "to": "old"} {
		if err := root.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := linkNew(root, "from", "to"); !errors.Is(err, os.ErrExist) {
		t.Errorf("onto a taken name: %v", err)
	}
	if err := linkNew(root, "from", "free"); err != nil {
		t.Errorf("onto a free name: %v", err)
	}
	for name, want := range map[string]string{"free": "new", "to": "old", "from": ""} {
		if got, _ := root.ReadFile(name); string(got) != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
}

func TestSkips(t *testing.T) {
	for name, want := range map[string]bool{
		"~$台账.xlsx": true, ".~lock.台账.xlsx#": true, ".台账.xlsx.Xy12ab": true, "~WPS1234.tmp": true, "~DF12.xlsx": true,
		"lu12ab.tmp": true, "a.TMP": true, "a.part": true, "a.xlsx.partial": true, "a.xlsx.crdownload": true,
		"a.xlsx.filepart": true, "a.xlsx~": true, "Desktop.ini": true, "Thumbs.db": true, "3F2A11B0": true, "a.": true,
		".syncthing.a.xlsx.tmp": true, "~syncthing~a.xlsx.tmp": true, ".DS_Store": true, "._a.xlsx": true, "a.xlsx.xltd": true,
		"台账.xlsx": false, "台账.XLS": false, "a.et": false, "a.pdf": false, "a.txt": false, "第3.5批": false, "a~1.xlsx": false,
		"a.xlsx - 快捷方式.lnk": false, "\xb7\xe1\xba\xcd.xls": false,
	} {
		if Skips(name) != want {
			t.Errorf("Skips(%q) is not %v", name, want)
		}
	}
}
