package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/watcher"
)

// A full disk is told once on the page and in the log, and taken back when a file
// can be written again.
func TestFullDiskIsToldAndTakenBack(t *testing.T) {
	var log bytes.Buffer
	now := time.Now()
	h := newHouse(t.TempDir(), slog.New(slog.NewTextHandler(&log, nil)))
	h.now = func() time.Time { return now }
	d := newDesk(h)
	full := &os.PathError{Op: "write", Err: syscall.ENOSPC}
	h.heed(full)
	h.unbrought(full)
	h.unbrought(errors.Join(watcher.ErrFault, syscall.EIO)) // a share's
	if p := d.problems(); len(p) != 1 || !strings.Contains(p[0], "磁盘已满") || strings.Count(log.String(), "disk full") != 1 {
		t.Errorf("told: %v\n%s", p, &log)
	}
	h.heed(nil) // a transaction went through, but the archive cannot be written
	if p := d.problems(); len(p) != 1 {
		t.Errorf("taken back without room: %v", p)
	}
	if err := os.Mkdir(h.path("archive"), 0o755); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	h.heed(nil)
	if p := d.problems(); len(p) != 0 || !strings.Contains(log.String(), "room on the disk again") {
		t.Errorf("with room: %v\n%s", p, &log)
	}
	left, err := os.ReadDir(h.path("archive"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A broken disk ends the program with a reason and a hint; what may be a share's
// trouble does not.
func TestBrokenDiskStops(t *testing.T) {
	h := newHouse(t.TempDir(), slog.New(slog.DiscardHandler))
	var reason error
	h.disk.stop = func(err error) { reason = err }
	h.unbrought(&os.PathError{Op: "read", Err: syscall.EIO})
	if reason != nil {
		t.Errorf("a share that cannot be read: %v", reason)
	}
	h.heed(&os.PathError{Op: "read", Err: syscall.EIO})
	var told *hint
	if !errors.As(reason, &told) || told.code != exitTrouble || told.next == "" {
		t.Errorf("reason: %v", reason)
	}
}
