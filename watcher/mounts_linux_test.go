package watcher

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var mounts = flag.Bool("mounts", false, "also run the tests that mount file systems, in a mount namespace of their own; root only")

// namespaced runs the same test again in a mount namespace of its own, and
// answers true there. Only a user who may mount can run it.
func namespaced(t *testing.T) bool {
	if !*mounts {
		t.Skip("mounts nothing without -mounts")
	}
	if os.Getenv("MOUNT_NAMESPACE") != "" {
		return true
	}
	cmd := exec.Command("unshare", "--mount", "--propagation", "private",
		os.Args[0], "-mounts", "-test.run=^"+t.Name()+"$", "-test.timeout=2m", "-test.v")
	cmd.Env = append(os.Environ(), "MOUNT_NAMESPACE=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("in a namespace: %v\n%s", err, out)
	}
	return false
}

func (r *rig) mount(path string) {
	r.Helper()
	r.must(unix.Mount("tmpfs", path, "tmpfs", 0, "size=1m"))
	r.Cleanup(func() { _ = unix.Unmount(path, unix.MNT_DETACH) }) // if it still is
}

func (r *rig) unmount(path string) {
	r.Helper()
	r.must(unix.Unmount(path, unix.MNT_DETACH))
}

// A share is unmounted and mounted again, over an empty folder and over one
// that somebody copied the marker into.
func TestUnmountedShare(t *testing.T) {
	if !namespaced(t) {
		return
	}
	r := newRig(t)
	r.deafen()
	r.remembered()
	base := filepath.Dir(r.Share)
	r.must(os.RemoveAll(r.path("丰和区")))
	disk := filepath.Join(base, "disk")
	r.must(os.Mkdir(disk, 0o755))
	r.mount(disk)
	bind := func() { r.must(unix.Mount(disk, r.Share, "", unix.MS_BIND, "")) }
	r.Cleanup(func() { r.unmount(r.Share) })
	bind()
	r.mkdir("丰和区")
	r.write("丰和区/a.xlsx", "A")
	r.start()
	r.expect("丰和区/a.xlsx=A")
	marker, err := os.ReadFile(r.path(MarkerName))
	r.must(err)
	r.unmount(r.Share)
	r.mkdir("丰和区")
	r.write(MarkerName, string(marker))
	r.write("丰和区/a.xlsx", "掉在挂载点上")
	r.expectStates(": " + TroubleAway)
	if err := r.Memory.Here(r.Share, "丰和区"); !errors.Is(err, errAway) {
		t.Errorf("the bare mount point is taken for the share: %v", err)
	}
	bind()
	r.expectStates(": "+TroubleAway, ": "+TroubleAway+", over")
	r.check([]string{"丰和区/a.xlsx=A"})
	r.write("丰和区/a.xlsx", "B")
	r.expect("丰和区/a.xlsx=A", "丰和区/a.xlsx=B")
}

// Each county's folder may be a mount point of its own.
func TestUnmountedCounty(t *testing.T) {
	if !namespaced(t) {
		return
	}
	r := newRig(t)
	r.deafen()
	r.remembered()
	r.mkdir("清溪县")
	r.mount(r.path("丰和区"))
	r.write("丰和区/a.xlsx", "A")
	r.start()
	r.expect("丰和区/a.xlsx=A")
	r.unmount(r.path("丰和区"))
	r.write("丰和区/a.xlsx", "掉在挂载点上")
	r.expectStates("丰和区: " + TroubleAway)
	r.write("清溪县/b.xlsx", "B")
	r.expect("丰和区/a.xlsx=A", "清溪县/b.xlsx=B")
	if err := r.Memory.Here(r.Share, "丰和区"); !errors.Is(err, errAway) {
		t.Errorf("the bare mount point is taken for the folder: %v", err)
	}
	r.must(r.Memory.Here(r.Share, "清溪县"))
	r.mount(r.path("丰和区")) // another disk, but mounted again
	r.write("丰和区/c.xlsx", "C")
	r.expect("丰和区/a.xlsx=A", "清溪县/b.xlsx=B", "丰和区/c.xlsx=C")
	r.expectStates("丰和区: "+TroubleAway, "丰和区: "+TroubleAway+", over")
}

// Mounted over the folder that was marked while nothing was mounted yet.
func TestMountedAfterItWasMarked(t *testing.T) {
	if !namespaced(t) {
		return
	}
	r := newRig(t)
	r.deafen()
	r.remembered()
	r.start()
	r.until("the marker", func() bool { _, err := os.Stat(r.path(MarkerName)); return err == nil })
	r.mount(r.Share)
	r.mkdir("丰和区")
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
	r.unmount(r.Share)
	r.write("丰和区/a.xlsx", "掉在挂载点上")
	r.expectStates(": " + TroubleAway)
	r.check([]string{"丰和区/a.xlsx=A"})
}
