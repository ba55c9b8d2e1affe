package watcher

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// remembered gives the rig a memory of its share, in a file beside it.
func (r *rig) remembered() {
	r.Helper()
	m, err := OpenMemory(filepath.Join(filepath.Dir(r.Share), "shares", "share.json"), false)
	r.must(err)
	r.Memory = m
}

func TestAShareIsMarkedOnceAndKnownAgain(t *testing.T) {
	r := newRig(t)
	var marker, memory string
	for range 2 {
		r.remembered()
		r.write("丰和区/a.xlsx", "A")
		r.start()
		r.expect("丰和区/a.xlsx=A")
		r.stop()
		r.came = nil
		mark, err := os.ReadFile(r.path(MarkerName))
		r.must(err)
		kept, err := os.ReadFile(filepath.Join(filepath.Dir(r.Share), "shares", "share.json"))
		r.must(err)
		if id, _, _ := strings.Cut(string(mark), "\n"); len(id) < 20 || !strings.Contains(string(kept), id) {
			t.Fatalf("the marker says %q, remembered is %q", mark, kept)
		}
		if marker != "" && (string(mark) != marker || string(kept) != memory) {
			t.Errorf("the marker was %q and is %q, remembered was %q and is %q", marker, mark, memory, kept)
		}
		marker, memory = string(mark), string(kept)
	}
	if !r.Memory.Knows("丰和区") || r.Memory.Knows("清溪县") {
		t.Error("the folders of the share are not remembered")
	}
	r.expectStates()
}

// The folder that stands where the share was mounted is empty, or holds what
// somebody dropped there by mistake: neither is the share.
func TestAnEmptyMountPointIsNotTheShare(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.remembered()
	r.write("丰和区/a.xlsx", "A")
	r.start()
	r.expect("丰和区/a.xlsx=A")
	away := filepath.Join(filepath.Dir(r.Share), "away")
	r.must(os.Rename(r.Share, away))
	r.mkdir("丰和区")
	r.write("丰和区/b.xlsx", "掉在挂载点上")
	r.expectStates(": " + TroubleAway)
	r.check([]string{"丰和区/a.xlsx=A"})
	if err := r.Memory.Here(r.Share, "丰和区"); !errors.Is(err, errAway) {
		t.Errorf("the mount point is taken for the share: %v", err)
	}
	if _, err := os.Lstat(r.path(MarkerName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the mount point was marked: %v", err)
	}
	r.must(os.RemoveAll(r.Share))
	r.must(os.Rename(away, r.Share))
	r.expectStates(": "+TroubleAway, ": "+TroubleAway+", over")
	r.check([]string{"丰和区/a.xlsx=A"}) // it came back: nothing is new
	r.write("丰和区/a.xlsx", "B")
	r.expect("丰和区/a.xlsx=A", "丰和区/a.xlsx=B")
	r.must(r.Memory.Here(r.Share, "丰和区"))
}

func TestAfterARestartAnEmptyMountPointIsStillNotTheShare(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.remembered()
	r.start()
	r.until("the marker", func() bool { _, err := os.Stat(r.path(MarkerName)); return err == nil })
	r.stop()
	r.must(os.RemoveAll(r.Share))
	r.mkdir("丰和区")
	r.write("丰和区/a.xlsx", "A")
	r.remembered()
	r.start()
	r.expectStates(": " + TroubleAway)
	r.nothing()
}

func TestAnotherShareAtItsPlaceIsNotTheShare(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.remembered()
	r.start()
	r.until("the marker", func() bool { _, err := os.Stat(r.path(MarkerName)); return err == nil })
	r.must(os.Rename(r.Share, r.Share+"-away"))
	r.mkdir("丰和区")
	r.write(MarkerName, "ANOTHERSHARE\n")
	r.write("丰和区/a.xlsx", "A")
	r.expectStates(": " + TroubleAway)
	r.nothing()
}

// In our own data folder the marker is a hidden file that somebody cleared away.
func TestALostMarkerInOurOwnFolderIsWrittenAgain(t *testing.T) {
	r := newRig(t)
	r.deafen()
	m, err := OpenMemory(filepath.Join(filepath.Dir(r.Share), "share.json"), true)
	r.must(err)
	r.Memory = m
	r.must(m.Here(r.Share, "丰和区"))
	before, err := os.ReadFile(r.path(MarkerName))
	r.must(err)
	r.must(os.Remove(r.path(MarkerName)))
	r.write("丰和区/a.xlsx", "A")
	r.start()
	r.expect("丰和区/a.xlsx=A")
	after, err := os.ReadFile(r.path(MarkerName))
	r.must(err)
	if string(before) != string(after) {
		t.Errorf("the marker was %q, is %q", before, after)
	}
}

func TestADamagedMemoryIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "share.json")
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenMemory(path, false); err == nil {
		t.Error("a damaged file was read as an empty one")
	}
}

func TestAShareThatIsOneCountysFolder(t *testing.T) {
	for name, deaf := range map[string]bool{"events": false, "rescans": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if deaf {
				r.deafen()
			}
			r.Share, r.Only = r.path("丰和区"), "丰和区"
			r.remembered()
			r.mkdir("回执")
			r.mkdir("附件")
			r.start()
			r.write("a.xlsx", "A")
			r.expect("丰和区/a.xlsx=A")
			r.write("回执/a.xlsx", "改好")
			r.expect("丰和区/a.xlsx=A", "丰和区/回执/a.xlsx=改好")
			r.expectOdd("丰和区/附件: " + OddFolder)
		})
	}
}

// hang makes every call in a folder of the share hang until release is called.
func (r *rig) hang(folder string) (hung *atomic.Bool, release func()) {
	hung = &atomic.Bool{}
	gate := make(chan struct{})
	r.call = func(in string) error {
		if in == folder && hung.Load() {
			<-gate
		}
		return nil
	}
	release = func() { hung.Store(false); close(gate) }
	return hung, release
}

func TestAFolderThatHangsHoldsUpNobodyElse(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.mkdir("清溪县")
	r.Silence = 2 * time.Second // on a busy machine every call is slow now and then
	hung, release := r.hang("丰和区")
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
	hung.Store(true)
	r.write("丰和区/b.xlsx", "B")
	r.write("清溪县/c.xlsx", "C")
	r.expect("丰和区/a.xlsx=A", "清溪县/c.xlsx=C")
	r.expectStates("丰和区: " + TroubleSilent)
	if n := strings.Count(r.log.String(), "does not answer"); n != 1 {
		t.Errorf("logged %d times, want once:\n%s", n, r.log)
	}
	release()
	r.expect("丰和区/a.xlsx=A", "清溪县/c.xlsx=C", "丰和区/b.xlsx=B")
	r.expectStates("丰和区: "+TroubleSilent, "丰和区: "+TroubleSilent+", over")
}

func TestAShareThatHangsIsToldOf(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.Silence = 2 * time.Second // on a busy machine every call is slow now and then
	hung, release := r.hang("")
	hung.Store(true) // from the first call on
	r.write("丰和区/a.xlsx", "A")
	r.start()
	r.expectStates(": " + TroubleSilent)
	r.check(nil)
	release()
	r.expect("丰和区/a.xlsx=A")
	r.expectStates(": "+TroubleSilent, ": "+TroubleSilent+", over")
}

// A disk that gives the beginning of a file and then an error.
func TestAFileThatCannotBeReadToItsEndIsTriedAgain(t *testing.T) {
	r := newRig(t)
	r.deafen()
	content := strings.Repeat("内容", 100_000) // several readings long
	var broken atomic.Bool
	broken.Store(true)
	r.call = func(string) error {
		if left, _ := os.ReadDir(filepath.Join(r.Archive, "tmp")); broken.Load() && len(left) > 0 {
			if st, err := left[0].Info(); err == nil && st.Size() > 0 {
				return syscall.EIO
			}
		}
		return nil
	}
	r.write("丰和区/a.xlsx", content)
	r.start()
	r.expectOdd("丰和区/a.xlsx: " + OddFault)
	r.check(nil)
	if blobs, _ := filepath.Glob(filepath.Join(r.Archive, "??", "*")); len(blobs) > 0 {
		t.Errorf("a part of the file was kept: %v", blobs)
	}
	if n := strings.Count(r.log.String(), syscall.EIO.Error()); n != 1 {
		t.Errorf("logged %d times, want once:\n%s", n, r.log)
	}
	broken.Store(false)
	r.expect("丰和区/a.xlsx=" + content)
}

// A share on another machine gives no events, and its files rest longer.
func TestAShareOnAnotherMachine(t *testing.T) {
	r := newRig(t)
	yes := true
	r.Network, r.SettleNetwork, r.RescanNetwork = &yes, 6*settle, settle
	r.Rescan = settle
	r.start()
	began := time.Now()
	r.write("丰和区/a.xlsx", "A")
	r.write("丰和区/b.csv", "B")
	r.expect("丰和区/a.xlsx=A", "丰和区/b.csv=B")
	if took := time.Since(began); took < 12*r.SettleNetwork {
		t.Errorf("a file without checksums was taken after %v, want %v at least", took, 12*r.SettleNetwork)
	}
	r.write("丰和区/a.xlsx", "C")
	r.expect("丰和区/a.xlsx=A", "丰和区/b.csv=B", "丰和区/a.xlsx=C")
}

// The first reading of a file on another machine may mix old and new bytes
// while nothing that the system says of the file moves.
func TestOnAnotherMachineAFileIsReadTwice(t *testing.T) {
	r := newRig(t)
	r.write("丰和区/a.xlsx", "一二")
	own, err := r.settled()
	r.must(err)
	store, err := own.openArchive()
	r.must(err)
	h := newHall(own, store)
	h.reach.Store(&reach{network: true})
	f := newFolder(h, "丰和区")
	f.buf = make([]byte, 1024)
	top, err := openPlace(r.path("丰和区"))
	r.must(err)
	defer top.close()
	st, err := top.stat("a.xlsx")
	r.must(err)
	st.print = f.seen(st.print)
	s := sighting{name: "a.xlsx", base: "a.xlsx", in: top, stat: st}
	calls := map[bool]int{}
	own.call = func(string) error { calls[h.far()]++; return nil }
	h.reach.Store(&reach{})
	near, err := f.fetch(t.Context(), s, false)
	if !errors.Is(err, errChanged) { // what was seen leaves out the number of the file, which counts here
		t.Errorf("answered %v", err)
		near.discard()
	}
	s.stat, err = top.stat("a.xlsx")
	r.must(err)
	calls[false] = 0
	near, err = f.fetch(t.Context(), s, false)
	r.must(err)
	near.discard()
	h.reach.Store(&reach{network: true})
	s.stat.print = f.seen(s.stat.print)
	got, err := f.fetch(t.Context(), s, false)
	r.must(err)
	got.discard()
	if calls[true] < calls[false]+3 { // to open, to read and to find the end
		t.Errorf("%d calls here, %d on another machine", calls[false], calls[true])
	}
	got.sum[0]++ // as if the first reading had been another
	if err := f.readAgain(t.Context(), s, got, false); !errors.Is(err, errChanged) {
		t.Errorf("the second reading differs, and the answer is %v", err)
	}
}

func TestAFileThatNeverRestsIsToldOnce(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.Settle, r.Restless = 20*settle, 10*settle
	r.start()
	began := time.Now()
	r.until("the remark", func() bool {
		r.write("丰和区/a.xlsx", time.Now().String())
		return len(r.oddities()) > 0
	})
	if took := time.Since(began); took < r.Restless {
		t.Errorf("told after %v", took)
	}
	r.expectOdd("丰和区/a.xlsx: " + OddRestless)
}

func TestARefusedArrivalIsNotToldWithoutPause(t *testing.T) {
	r := newRig(t)
	r.Rescan = time.Millisecond
	r.deaf = true
	tries := 0
	r.refuse = func(Arrival) error { tries++; return errors.New("the disk is full") }
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.until("a try", func() bool { r.mu.Lock(); defer r.mu.Unlock(); return tries > 0 })
	time.Sleep(40 * settle)
	r.mu.Lock()
	defer r.mu.Unlock()
	if tries < 2 || tries > 7 { // after 0, 1, 3, 7, 15, 31 times the settle time
		t.Errorf("told %d times in 40 settle times", tries)
	}
}
