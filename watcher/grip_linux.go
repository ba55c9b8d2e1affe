package watcher

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// grip is a read lease on an open file. The system refuses it while anybody
// has the file open for writing, and makes a new writer wait until we close
// it, 45 seconds at most. It ends with the file.
type grip struct{ taken bool }

// hold asks for the lease. errBusy: somebody is writing. A refusal for any
// other reason (a foreign owner, a file system without leases) proves nothing.
func hold(f *os.File) (grip, error) {
	_, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)
	if errors.Is(err, unix.EAGAIN) {
		return grip{}, errBusy
	}
	return grip{taken: err == nil}, nil
}

// held reports whether nobody asked to write since.
func (g grip) held(f *os.File) bool {
	if !g.taken {
		return true
	}
	kind, err := unix.FcntlInt(f.Fd(), unix.F_GETLEASE, 0)
	return err == nil && kind == unix.F_RDLCK
}
