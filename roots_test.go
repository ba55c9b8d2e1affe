package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/api"
)

// furtherRoots are a share with a folder for each county and one that is 乙县's
// alone, with the settings that name them.
func furtherRoots(t *testing.T) (shared, alone, settings string) {
	t.Helper()
	shared, alone = filepath.Join(t.TempDir(), "nas"), filepath.Join(t.TempDir(), "yi")
	for _, dir := range []string{filepath.Join(shared, "甲县"), alone} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return shared, alone, fmt.Sprintf("city: 甲市\nsettle: 100ms\nrescan: 300ms\nroots:\n"+
		"  - {name: 政务内网, path: %q}\n  - {name: 乙县局, path: %q, county: 乙县}\n", shared, alone)
}

// receipts are the answers in a folder.
func receipts(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "回执", "*通过*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// files are the submissions, oldest first: the county and the file.
func (d *daemon) files() (files []string) {
	var page struct {
		Items []struct{ County, File string }
	}
	d.get("/api/v1/submissions?limit=100", &page)
	for _, s := range page.Items {
		files = append(files, s.County+" "+s.File)
	}
	slices.Reverse(files)
	return files
}

// A county that drops into a further root finds its answer there, and the same
// name in two roots is two files, also after a restart.
func TestFurtherRoots(t *testing.T) {
	shared, alone, settings := furtherRoots(t)
	d := serveData(t, settings, twoCounties)
	write(t, filepath.Join(shared, "甲县", "汇总.xlsx"), string(f3Grid(t, "甲县", "5")))
	eventually(t, "the answer in the share", func() bool { return len(receipts(t, filepath.Join(shared, "甲县"))) == 1 })
	write(t, filepath.Join(alone, "汇总.xlsx"), string(f3Grid(t, "乙县", "5")))
	eventually(t, "the answer in the county's own share", func() bool { return len(receipts(t, alone)) == 1 })
	write(t, filepath.Join(d.data, "share", "甲县", "汇总.xlsx"), string(f3Grid(t, "甲县", "5"))+"x") // other bytes
	want := []string{"甲县 政务内网/汇总.xlsx", "乙县 乙县局/汇总.xlsx", "甲县 汇总.xlsx"}
	eventually(t, "three files", func() bool { return len(d.files()) >= 3 })
	if got := d.files(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if left := receipts(t, filepath.Join(d.data, "share", "乙县")); len(left) > 0 {
		t.Errorf("answers lie where 乙县 does not look: %v", left)
	}
	d = d.again()
	time.Sleep(2 * time.Second) // several rescans, in which everything is announced again
	if got := d.files(); !slices.Equal(got, want) {
		t.Errorf("after a restart %q, want %q", got, want)
	}
}

// A share that is not there is not an empty one: it is told of, nothing is
// written where it would be, its letters wait, and it comes back by itself.
func TestARootThatIsAway(t *testing.T) {
	shared, _, settings := furtherRoots(t)
	d := serveData(t, settings, twoCounties)
	var ready struct {
		Status   string
		Problems []string
	}
	marker := filepath.Join(shared, ".taizhang-share")
	eventually(t, "the marker", func() bool {
		_, err := os.Stat(marker)
		return err == nil && strings.Contains(readText(t, filepath.Join(d.data, "shares", "政务内网.json")), "甲县")
	})
	if err := os.Rename(shared, shared+"-away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(shared, 0o755); err != nil { // the bare mount point
		t.Fatal(err)
	}
	line := "共享文件夹“政务内网”未挂载或无法访问"
	eventually(t, line, func() bool {
		d.get("/readyz", &ready)
		return len(ready.Problems) == 1 && strings.HasPrefix(ready.Problems[0], line) && strings.Contains(ready.Problems[0], "（自 ")
	})
	if ready.Status != "ready" {
		t.Errorf("status %q: one share that is away must not stop the others", ready.Status)
	}
	// the upload goes through the data folder's own share, its answer belongs to the one that is away
	if code, body := d.upload("/api/v1/submissions", "甲县", "汇总.xlsx", f3Grid(t, "甲县", "5")); code >= 300 {
		t.Fatalf("upload: %d %s", code, body)
	}
	eventually(t, "the upload judged", func() bool { return len(d.files()) == 1 })
	time.Sleep(time.Second)
	if left, err := os.ReadDir(shared); err != nil || len(left) > 0 {
		t.Errorf("below the mount point there is %v (%v)", left, err)
	}
	if left := receipts(t, filepath.Join(d.data, "share", "甲县")); len(left) > 0 {
		t.Errorf("answered where 甲县 does not look: %v", left)
	}
	if err := os.Remove(shared); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(shared+"-away", shared); err != nil {
		t.Fatal(err)
	}
	eventually(t, "no more problems", func() bool {
		ready.Problems = nil
		d.get("/readyz", &ready)
		return len(ready.Problems) == 0
	})
	eventually(t, "the answer", func() bool { return len(receipts(t, filepath.Join(shared, "甲县"))) == 1 })
}

// again starts the program anew on the same data folder.
func (d *daemon) again() *daemon {
	d.t.Helper()
	d.stop()
	next := &daemon{t: d.t, data: d.data, out: &syncBuffer{}}
	next.start()
	return next
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

func TestRootMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		roots string
		want  []string
	}{
		"good":      {"[{name: 内网, path: /mnt/a}, {name: 乙, path: /mnt/b, county: 乙县, network: true, settle: 5s}]", nil},
		"no name":   {"[{path: /mnt/a}]", []string{"roots 第 1 项的 name"}},
		"a path":    {"[{name: a/b, path: /mnt/a}]", []string{"roots 第 1 项的 name"}},
		"answers":   {"[{name: 回执, path: /mnt/a}]", []string{"roots 第 1 项的 name"}},
		"twice":     {"[{name: a, path: /mnt/a}, {name: A, path: /mnt/b}]", []string{"“A”已用过"}},
		"relative":  {"[{name: a, path: mnt}]", []string{"完整路径"}},
		"inside":    {"[{name: a, path: /mnt/a}, {name: b, path: /mnt/a/b}]", []string{"第 2 项的 path 与另一个"}},
		"around":    {"[{name: a, path: /mnt/a/b}, {name: b, path: /mnt/a}]", []string{"第 2 项的 path 与另一个"}},
		"unlike":    {"[{name: a, path: /mnt/a}, {name: b, path: /mnt/ab}]", nil},
		"around us": {"[{name: a, path: /}]", []string{"第 1 项的 path 与另一个"}},
		"key":       {"[{name: a, path: /mnt/a, folder: x}]", []string{"folder"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "taizhang.yaml")
			write(t, path, "roots: "+c.roots+"\n")
			_, err := readSettings(path)
			if len(c.want) == 0 && err != nil {
				t.Fatalf("refused: %v", err)
			}
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v does not say %q", err, want)
				}
			}
		})
	}
}

func TestARootOfAnUnknownCountyIsRefused(t *testing.T) {
	h := newHouse(t.TempDir(), nil)
	if err := h.layOut(); err != nil {
		t.Fatal(err)
	}
	write(t, h.path("taizhang.yaml"), "roots: [{name: a, path: /mnt/a, county: 没有县}]\n")
	err := h.open(t.Context(), beside)
	if err == nil || !strings.Contains(err.Error(), "没有县") {
		t.Errorf("opened with %v", err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
}

// An upload must not land below the place where the share would be mounted.
func TestUploadWhileTheShareIsAway(t *testing.T) {
	h := newHouse(t.TempDir(), slog.New(slog.DiscardHandler))
	if err := h.layOut(); err != nil {
		t.Fatal(err)
	}
	write(t, h.path("counties.yaml"), twoCounties)
	if err := h.open(t.Context(), alone); err != nil {
		t.Fatal(err)
	}
	defer h.close()
	if _, err := h.drop(t.Context(), "甲县", "a.xlsx", strings.NewReader("A")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(h.path("share"), h.path("share-away")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.drop(t.Context(), "甲县", "b.xlsx", strings.NewReader("B")); !errors.Is(err, api.ErrAway) {
		t.Errorf("taken with %v", err)
	}
	if _, err := os.Lstat(h.path("share")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the share was made anew: %v", err)
	}
}
