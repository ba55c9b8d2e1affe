//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// What killed programs left half made is swept by the next one that has the data
// folder for itself; what others put there stays, and so does the work of a verify
// that is under way beside it.
func TestRemainsAreSwept(t *testing.T) {
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	write(t, filepath.Join(data, "taizhang.yaml"), "city: 甲市\nbackup: {keep: 0}\n")
	write(t, filepath.Join(data, "counties.yaml"), twoCounties)
	left := []string{".123456.tmp", ".room-77.tmp", "taizhang.db.restore", "taizhang.db.restore-wal", "taizhang.db.rebuild",
		"archive/.room-5.tmp", "summaries/.9.tmp", "backups/.aside.tmp", "backups/.taizhang-20261122.db.tmp", "backups/.taizhang-20261122.db.tmp-journal",
		"backups/.taizhang-20261122-023000-schema-3.db.tmp", "backups/.taizhang-20261122-023000-schema-3-2.db.tmp",
		"backups/.verify-1/lock", "backups/.verify-1/taizhang.db", "backups/.verify-old/taizhang.db"}
	stay := []string{".own.tmp", "taizhang.db.restored", "summaries/own.tmp", "backups/own.tmp", "backups/.周五.db.tmp",
		"backups/taizhang-20261122.db", "backups/.verify-2/lock", "backups/.verify-2/taizhang.db", "backups/.verify-new/x"}
	for _, name := range slices.Concat(left, stay) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(data, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(data, name), "x")
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(data, "backups", ".verify-old"), long, long); err != nil {
		t.Fatal(err)
	}
	holder := exec.Command("flock", "--no-fork", filepath.Join(data, "backups", ".verify-2", "lock"), "sleep", "600")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	die := func() { holder.Process.Kill(); holder.Wait() }
	t.Cleanup(die)
	eventually(t, "the lock", func() bool {
		return exec.Command("flock", "--nonblock", filepath.Join(data, "backups", ".verify-2", "lock"), "true").Run() != nil
	})
	there := func(names []string, want bool) {
		t.Helper()
		for _, name := range names {
			if _, err := os.Stat(filepath.Join(data, name)); (err == nil) != want {
				t.Errorf("%s is there: %v", name, err == nil)
			}
		}
	}
	run := func(command string) {
		t.Helper()
		if err := runCommand(program, "", command, "--data", data); err != nil {
			t.Fatal(err)
		}
	}
	run("recheck") // it has the folder for itself
	there(left, false)
	there(stay, true)
	run("verify") // and may run beside another
	there(stay, true)
	die()
	run("verify")
	there([]string{"backups/.verify-2"}, false)
	there([]string{"backups/.verify-new/x"}, true)
	if benches, err := filepath.Glob(filepath.Join(data, "backups", ".verify-*")); err != nil || len(benches) != 1 {
		t.Errorf("left: %v %v", benches, err)
	}
}
