//go:build unix

package watcher

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncDir brings the names in a directory to disk.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func rename(from, to string) error { return os.Rename(from, to) }

// seal makes an open file read-only for everybody.
func seal(f *os.File) error { return f.Chmod(0o400) }

// beforeRename does nothing: an open file can be renamed, and keeps its lock.
func beforeRename(*os.File) error { return nil }

// lock marks a copy as being worked on until it is closed.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// inUse reports whether another process has the copy locked.
func inUse(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close() // only read
	return errors.Is(lock(f), unix.EWOULDBLOCK)
}

// openNow opens a file for reading, without waiting for the other end of a pipe.
func openNow(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
}
