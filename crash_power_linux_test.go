package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

var powerCuts = flag.Int("crash.powercut", 0, "how often the power fails on an xfs image (needs root and xfsprogs)")

// A power cut takes with it whatever was not brought to disk: the file system
// of a loop device is shut down without flushing its log while the program
// works, and mounted again. What was acknowledged outside (a letter that the
// mail server took, a receipt or a row that somebody saw) must be there after.
func TestCrashPower(t *testing.T) {
	if *powerCuts == 0 {
		t.Skip("by flag: -crash.powercut 50, as root")
	}
	program := crashBuild(t, crashPace)
	if wrong, cuts, seen := cutPower(t, program, *powerCuts, crashPatience); len(wrong) > 0 {
		t.Errorf("cut %d:\n  %s", cuts, strings.Join(wrong, "\n  "))
	} else {
		t.Logf("%d cuts, %d acknowledgements outside, none lost", cuts, seen)
	}
}

// powerMutants do not wait for the disk. No kill of the process shows that, for
// what was written stays with the system; a power cut does.
var powerMutants = []mutant{
	{name: "a copy is not synced before it gets its name", invariant: "I1", edits: []edit{
		{"mutant", "watcher", "if err := c.file.Sync(); err != nil {", "if err := error(nil); err != nil {"}}},
	{name: "a commit does not wait for the disk", invariant: "I", edits: []edit{
		{"mutant", "merge", "_pragma=synchronous(FULL)", "_pragma=synchronous(OFF)"}}},
}

func TestCrashPowerMutants(t *testing.T) {
	if *powerCuts == 0 {
		t.Skip("by flag: -crash.powercut 50, as root")
	}
	for _, m := range powerMutants {
		wrong, cuts, _ := cutPower(t, crashBuild(t, m.edits, crashPace), *powerCuts, mutantPatience)
		if !slices.ContainsFunc(wrong, func(text string) bool { return strings.HasPrefix(text, m.invariant) }) {
			t.Errorf("not noticed by %s within %d cuts: %s\n  %s", m.invariant, cuts, m.name, strings.Join(wrong, "\n  "))
			continue
		}
		t.Logf("noticed at cut %d: %s\n  %s", cuts, m.name, wrong[0])
	}
}

// cutPower cuts the power until something is wrong, and answers what, at which
// cut, and how many acknowledgements there were.
func cutPower(t *testing.T, program string, cuts int, patience time.Duration) (wrong []string, cut, seen int) {
	t.Helper()
	for cut < cuts {
		d := newDisk(t)
		w := newWorld(t, program, d.at, *crashSeed<<32+uint64(cut))
		w.patience = patience
		d.must(exec.Command("sync", "-f", d.at))
		for age := 0; age < crashAge && cut < cuts; age++ {
			cut++
			outside, wrong := w.blackout(d)
			seen += outside
			if len(wrong) > 0 {
				return wrong, cut, seen
			}
		}
		w.kill()
		d.unmount()
	}
	return nil, cut, seen
}

// blackout is one power cut while counties send files, and the morning after.
// It answers how many acknowledgements somebody outside had.
func (w *world) blackout(d *disk) (seen int, wrong []string) {
	w.start("")
	sent := make(chan struct{})
	go func() { defer close(sent); w.wave(1) }()
	time.Sleep(time.Duration(150+w.rng.IntN(900)) * time.Millisecond)
	receipts := w.receipts()
	before, err := readStore(w.data)
	w.dark.Store(true)
	d.shutdown()
	<-sent
	w.kill()
	d.reboot()
	w.dark.Store(false)
	if wrong := w.still(); len(wrong) > 0 {
		return 0, wrong
	}
	w.lookAgain()
	w.start("")
	defer w.kill()
	w.wave(1)
	if wrong := w.calm(); len(wrong) > 0 || err != nil { // the store may not have been there yet
		return 0, wrong
	}
	after, err := readStore(w.data)
	if err != nil {
		return 0, []string{"I1: " + err.Error()}
	}
	return len(receipts) + len(before.arrivals) + len(before.submissions) + len(w.post.got()), w.kept(before, after, receipts)
}

// kept compares what was seen before the power failed with what is there now.
func (w *world) kept(before, after *stored, receipts map[string]string) (wrong []string) {
	for i, a := range before.arrivals {
		if b := after.arrivals[i]; a.id != b.id || a.sha != b.sha {
			wrong = append(wrong, fmt.Sprintf("I1: arrival %d was seen before the power failed, and is another now", a.id))
		}
	}
	for i, a := range before.submissions {
		if b := after.submissions[i]; a.number != b.number || a.sha != b.sha || a.verdict != b.verdict {
			wrong = append(wrong, fmt.Sprintf("I2: submission %s was seen before the power failed, and is %s now", a.number, b.number))
		}
	}
	now := w.receipts()
	for path, sha := range receipts {
		if now[path] != sha {
			wrong = append(wrong, "I5: a receipt that was seen before the power failed is gone or another: "+filepath.Base(path))
		}
	}
	return wrong
}

// receipts are the receipts in the folders now, by path, with their hashes.
func (w *world) receipts() map[string]string {
	found := map[string]string{}
	for _, path := range w.answers("*.txt") {
		found[path] = w.hash(path)
	}
	return found
}

// lookAgain remembers what the generator's own files are after a power cut,
// which may be older contents than it wrote last.
func (w *world) lookAgain() {
	for _, p := range w.places {
		if book := w.bySHA[w.hash(w.path(p))]; book != nil {
			p.put(book)
		}
	}
}

// disk is an xfs file system in a file.
type disk struct {
	t         *testing.T
	image, at string
	mounted   bool
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	dir := t.TempDir()
	d := &disk{t: t, image: filepath.Join(dir, "image"), at: filepath.Join(dir, "disk")}
	f, err := os.Create(d.image)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(400 << 20); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(d.at, 0o700); err != nil {
		t.Fatal(err)
	}
	d.must(exec.Command("mkfs.xfs", "-q", d.image))
	t.Cleanup(d.unmount)
	d.mount()
	return d
}

func (d *disk) must(cmd *exec.Cmd) {
	d.t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}

// mount mounts the image. nouuid, because it may be a copy of one that is
// still in use.
func (d *disk) mount() {
	d.t.Helper()
	d.must(exec.Command("mount", "-o", "loop,nouuid", d.image, d.at))
	d.mounted = true
}

// reboot mounts what the disk holds after the power failed. It is a copy of the
// image: while anybody else still holds the file system that was shut down (a
// mount namespace of another program is enough), mounting the image again would
// give that one.
func (d *disk) reboot() {
	d.t.Helper()
	d.unmount()
	left := d.image
	d.image += "'"
	d.must(exec.Command("cp", "--sparse=always", left, d.image))
	if err := os.Remove(left); err != nil {
		d.t.Fatal(err)
	}
	d.mount()
}

// unmount waits for children of a killed program to let go.
func (d *disk) unmount() {
	if !d.mounted {
		return
	}
	var out []byte
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if out, err = exec.Command("umount", d.at).CombinedOutput(); err == nil {
			d.mounted = false
			return
		}
	}
	d.t.Fatalf("umount: %v\n%s", err, out)
}

// shutdown is the power cut: XFS_IOC_GOINGDOWN without flushing the log.
func (d *disk) shutdown() {
	d.t.Helper()
	const goingDown, noLogFlush = 0x8004587d, 2
	dir, err := os.Open(d.at)
	if err != nil {
		d.t.Fatal(err)
	}
	defer dir.Close() // only a place
	flags := uint32(noLogFlush)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, dir.Fd(), goingDown, uintptr(unsafe.Pointer(&flags))); errno != 0 {
		d.t.Fatalf("shut the file system down: %v", errno)
	}
}
