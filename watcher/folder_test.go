package watcher

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestAFolderMadeLaterIsWatched(t *testing.T) {
	for name, deaf := range map[string]bool{"events": false, "rescans": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if deaf {
				r.deafen()
			}
			r.start()
			r.mkdir("清溪县")
			time.Sleep(2 * settle)
			r.write("清溪县/a.xlsx", "A")
			r.expect("清溪县/a.xlsx=A")
			r.mkdir("清溪县", "回执")
			time.Sleep(2 * settle)
			r.write("清溪县/回执/b.xlsx", "B")
			r.expect("清溪县/a.xlsx=A", "清溪县/回执/b.xlsx=B")
		})
	}
}

func TestAFolderMovedInWithItsFilesIsRead(t *testing.T) {
	r := newRig(t)
	r.start()
	time.Sleep(2 * settle)
	outside := filepath.Join(filepath.Dir(r.Share), "outside")
	r.must(os.MkdirAll(filepath.Join(outside, "回执"), 0o755))
	r.must(os.WriteFile(filepath.Join(outside, "a.xlsx"), []byte("A"), 0o644))
	r.must(os.WriteFile(filepath.Join(outside, "回执", "b.xlsx"), []byte("B"), 0o644))
	when := time.Date(2019, 12, 4, 0, 0, 0, 0, time.UTC)
	r.must(os.Chtimes(filepath.Join(outside, "a.xlsx"), when, when))
	r.must(os.Rename(outside, r.path("清溪县")))
	r.expect("清溪县/a.xlsx=A", "清溪县/回执/b.xlsx=B")
}

func TestAFolderRenamedAwayAndMadeAgainIsHeard(t *testing.T) {
	r := newRig(t)
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
	for i, content := range []string{"B", "C", "D"} {
		r.must(os.Rename(r.path("丰和区"), filepath.Join(filepath.Dir(r.Share), "away"+content)))
		time.Sleep(time.Duration(i) * settle) // at once, soon, and when the loss was noticed
		r.mkdir("丰和区")
		time.Sleep(4 * settle)
		r.write("丰和区/b.xlsx", content) // heard by event alone: there is no rescan
		r.until(content, func() bool { return len(r.arrivals()) == i+2 })
	}
	r.check([]string{"丰和区/a.xlsx=A", "丰和区/b.xlsx=B", "丰和区/b.xlsx=C", "丰和区/b.xlsx=D"})
}

func TestAFolderUnderANewNameIsAnother(t *testing.T) {
	r := newRig(t)
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
	r.must(os.Rename(r.path("丰和区"), r.path("丰和新区")))
	r.expect("丰和区/a.xlsx=A", "丰和新区/a.xlsx=A")
	r.write("丰和新区/b.xlsx", "B")
	r.expect("丰和区/a.xlsx=A", "丰和新区/a.xlsx=A", "丰和新区/b.xlsx=B")
}

func TestAFolderRemovedAndMadeAgainIsHeard(t *testing.T) {
	r := newRig(t)
	r.start()
	for i := range 4 {
		r.write("丰和区/a.xlsx", "A")
		r.until("the arrival", func() bool { return len(r.arrivals()) == i+1 })
		r.must(os.RemoveAll(r.path("丰和区")))
		time.Sleep(4 * settle)
		r.mkdir("丰和区")
		time.Sleep(2 * settle)
	}
}

func TestAShareThatIsNotThereIsWaitedFor(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.must(os.RemoveAll(r.Share))
	r.start()
	time.Sleep(4 * settle)
	if n := strings.Count(r.log.String(), "the share cannot be listed"); n != 1 {
		t.Errorf("logged %d times that the share is not there:\n%s", n, r.log)
	}
	if _, err := os.Stat(r.Share); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the watcher made the share: %v", err)
	}
	r.mkdir("丰和区")
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
}

func TestAShareMayBeALink(t *testing.T) {
	r := newRig(t)
	real := r.Share
	r.Share += "-link"
	r.must(os.Symlink(real, r.Share))
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
}

func TestOnlyFilesOfTheTwoLevelsAreRead(t *testing.T) {
	r := newRig(t)
	r.mkdir("丰和区", "回执", "更深")
	r.mkdir("丰和区", "附件")
	r.mkdir(".hidden")
	r.mkdir("@eaDir")
	for _, name := range []string{
		"散.xlsx", "丰和区/附件/a.xlsx", "丰和区/回执/更深/b.xlsx", ".hidden/c.xlsx", "@eaDir/d.xlsx",
		"丰和区/~$e.xlsx", "丰和区/回执/收据.txt", "丰和区/回执/截图.unknown", "丰和区/无扩展名",
	} {
		r.write(name, "不读")
	}
	r.write("丰和区/f.xlsx", "读")
	r.write("丰和区/g.txt", "也读")
	r.write("丰和区/回执/f【请修改】.xlsx", "改好")
	r.deafen()
	r.start()
	r.until("three arrivals", func() bool { return len(r.arrivals()) >= 3 })
	for _, want := range []string{
		"/散.xlsx: " + OddOutside, "丰和区/附件: " + OddFolder, "丰和区/回执/更深: " + OddFolder,
	} {
		r.expectOdd(want)
	}
	got := map[string]bool{}
	for _, a := range r.arrivals() {
		got[a.Name] = true
	}
	if len(got) != 3 || !got["f.xlsx"] || !got["g.txt"] || !got["回执/f【请修改】.xlsx"] {
		t.Errorf("arrived %v", got)
	}
	if odd := r.oddities(); len(odd) != 3 {
		t.Errorf("odd: %q, want three", odd)
	}
}

func TestALookIsMeasured(t *testing.T) {
	r := newRig(t)
	r.deafen()
	var most atomic.Int64
	r.Scanned = func(folder string, files int, took time.Duration) {
		if folder != "丰和区" || took < 0 {
			t.Errorf("scanned %s, %d files in %v", folder, files, took)
		}
		most.Store(max(most.Load(), int64(files)))
	}
	r.write("丰和区/a.xlsx", "A")
	r.write("丰和区/b.xlsx", "B")
	r.start()
	r.until("a look with two files", func() bool { return most.Load() == 2 })
}

func TestRunEndsWhileACallbackIsBusy(t *testing.T) {
	r := newRig(t)
	called := make(chan struct{})
	r.Arrived = func(ctx context.Context, a Arrival) error {
		close(called)
		<-ctx.Done()
		return ctx.Err()
	}
	r.write("丰和区/a.xlsx", "A")
	r.start()
	<-called
	r.stop()
	if len(r.arrivals()) != 0 {
		t.Error("an arrival was recorded after the end")
	}
}
