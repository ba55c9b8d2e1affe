package watcher

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheSameBytesTwiceAreOneBlobAndTwoArrivals(t *testing.T) {
	r := newRig(t)
	r.mkdir("清溪县")
	r.write("丰和区/a.xlsx", "同")
	r.write("清溪县/a.xlsx", "同")
	r.start()
	r.until("two arrivals", func() bool { return len(r.arrivals()) == 2 })
	got := r.arrivals()
	if got[0].Blob != got[1].Blob || got[0].Folder == got[1].Folder {
		t.Errorf("arrived %v", got)
	}
}

func TestADamagedBlobIsReplaced(t *testing.T) {
	r := newRig(t)
	r.write("丰和区/a.xlsx", "内容")
	r.start()
	r.expect("丰和区/a.xlsx=内容")
	r.stop()
	blob := r.arrivals()[0].Blob
	r.must(os.Remove(blob))
	r.must(os.WriteFile(blob, []byte("短"), 0o400))
	r.came = nil
	r.start()
	r.expect("丰和区/a.xlsx=内容")
}

func TestRunSaysWhatIsMissing(t *testing.T) {
	told := func(context.Context, Arrival) error { return nil }
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for want, w := range map[string]*Watcher{
		"both be named":  {Arrived: told},
		"Arrived":        {Share: "s", Archive: "a"},
		"archive folder": {Share: t.TempDir(), Archive: filepath.Join(file, "archive"), Arrived: told},
	} {
		if err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Run answered %v, want something about %q", err, want)
		}
	}
}

func TestLeftoverCopiesAreRemovedAtStart(t *testing.T) {
	r := newRig(t)
	tmp := filepath.Join(r.Archive, "tmp")
	r.must(os.MkdirAll(tmp, 0o755))
	r.must(os.WriteFile(filepath.Join(tmp, "left"), []byte("half"), 0o600))
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
	if _, err := os.Stat(filepath.Join(tmp, "left")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover copy is still there: %v", err)
	}
}

func TestLeftoverCopiesAreRemovedAtTheDoor(t *testing.T) {
	r := newRig(t)
	left := filepath.Join(r.Archive, "tmp", "left")
	r.must(os.MkdirAll(filepath.Dir(left), 0o755))
	r.must(os.WriteFile(left, []byte("half"), 0o600))
	door, err := r.Door()
	r.must(err)
	defer door.Close()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover copy is still there: %v", err)
	}
}

func TestACopyInProgressElsewhereIsNotRemoved(t *testing.T) {
	r := newRig(t)
	a, err := r.openArchive()
	r.must(err)
	c, err := a.copy(t.Context(), strings.NewReader("x"), 10, nil)
	r.must(err)
	r.must(a.sweep())
	if _, err := os.Stat(c.path); err != nil {
		t.Errorf("the copy of another is gone: %v", err)
	}
	c.discard()
	if _, err := os.Stat(c.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the discarded copy is still there: %v", err)
	}
}

// What a door refuses leaves nothing behind, and the name of a file need not be text.
func TestDoor(t *testing.T) {
	r := newRig(t)
	r.MaxSize = 20
	door, err := r.Door()
	r.must(err)
	defer door.Close()
	from := filepath.Join(t.TempDir(), "x.xlsx")
	r.must(os.WriteFile(from, []byte("导入"), 0o644))
	gbk := string([]byte{0xB1, 0xED}) + ".xlsx"
	one, err := door.Copy(t.Context(), "丰和区", gbk, from)
	r.must(err)
	kept, err := door.KeepAll([]*Copied{one})
	r.must(err)
	if a := kept[0]; a.Folder != "丰和区" || a.Name != gbk || a.Size != 6 || r.blob(a) != "导入" {
		t.Errorf("kept %+v", kept[0])
	}
	r.must(os.WriteFile(from, []byte("这一个文件太大了，不能收"), 0o644))
	if _, err := door.Copy(t.Context(), "丰和区", "x.xlsx", from); err == nil || !strings.Contains(err.Error(), OddSize) {
		t.Errorf("a file too large: %v", err)
	}
	for _, bad := range [][2]string{{"..", "x.xlsx"}, {"a/b", "x.xlsx"}, {"", "x.xlsx"}, {"丰和区", "../x.xlsx"}, {"丰和区", ""}} {
		var refused *NameError
		if _, err := door.Copy(t.Context(), bad[0], bad[1], from); !errors.As(err, &refused) {
			t.Errorf("%q: %v, want a NameError", bad, err)
		}
	}
	r.emptyTmp()
}

// Many files, two with the same bytes, are all in the archive, whether they wait for
// the disk together or each by itself; and again, when they are there already.
func TestDoorKeepsManyTogether(t *testing.T) {
	r := newRig(t)
	door, err := r.Door()
	r.must(err)
	defer door.Close()
	alone := &Door{door.own, door.store, nil}
	for round, d := range []*Door{door, alone, door} {
		var copies []*Copied
		for n := range 2 * fewestTogether {
			from := filepath.Join(t.TempDir(), "x.xlsx")
			r.must(os.WriteFile(from, fmt.Appendf(nil, "%d %d", round%2, max(n, 1)), 0o644))
			one, err := d.Copy(t.Context(), "丰和区", fmt.Sprint(n, ".xlsx"), from)
			r.must(err)
			copies = append(copies, one)
		}
		kept, err := d.KeepAll(copies)
		r.must(err)
		for n, a := range kept {
			if a.Name != fmt.Sprint(n, ".xlsx") || r.blob(a) != fmt.Sprint(round%2, " ", max(n, 1)) {
				t.Errorf("round %d: %+v", round, a)
			}
		}
		r.emptyTmp()
	}
}

// emptyTmp wants that no copy was left.
func (r *rig) emptyTmp() {
	r.Helper()
	if left, _ := os.ReadDir(filepath.Join(r.Archive, "tmp")); len(left) > 0 {
		r.Errorf("%d copies were left in tmp", len(left))
	}
}

func TestAnArchiveThatFailsIsWaitedFor(t *testing.T) {
	r := newRig(t)
	r.deafen()
	tmp := filepath.Join(r.Archive, "tmp")
	r.write("丰和区/first.xlsx", "0")
	r.start()
	r.until("the first arrival", func() bool { return len(r.arrivals()) == 1 })
	r.must(os.Rename(tmp, tmp+"-away"))
	r.write("丰和区/a.xlsx", "A")
	r.write("丰和区/b.xlsx", "A")
	const trouble = "a file could not be brought in"
	r.until("the trouble in the log", func() bool { return strings.Contains(r.log.String(), trouble) })
	time.Sleep(8 * settle)
	if n := strings.Count(r.log.String(), trouble); n != 1 || strings.Contains(r.log.String(), ".xlsx") {
		t.Errorf("logged %d times:\n%s", n, r.log)
	}
	r.must(os.Rename(tmp+"-away", tmp))
	r.until("the other arrivals", func() bool { return len(r.arrivals()) == 3 })
}

func TestTroubleWithTheSourceIsNotTheArchives(t *testing.T) {
	r := newRig(t)
	a, err := r.openArchive()
	r.must(err)
	_, err = a.copy(t.Context(), &torn{left: 10}, 100, nil)
	if !errors.Is(err, ErrFault) || !strings.HasSuffix(err.Error(), "the line is cut") || strings.Contains(err.Error(), "archive") {
		t.Errorf("answered %v", err)
	}
	if left, _ := os.ReadDir(a.tmp()); len(left) != 0 {
		t.Errorf("%d copies were left in tmp", len(left))
	}
}
