//go:build unix

package watcher

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

type place struct{ dir *os.File }

// openPlace opens the share itself, which the operator may have made a link.
func openPlace(path string) (*place, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return newPlace(fd, err)
}

// child opens a directory in the place; a link is not one.
func (p *place) child(name string) (*place, error) {
	fd, err := unix.Openat(p.fd(), name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	return newPlace(fd, err)
}

func newPlace(fd int, err error) (*place, error) {
	if errors.Is(err, unix.ELOOP) {
		return nil, errNoFolder
	}
	if err != nil {
		return nil, plain("open", err)
	}
	return &place{dir: os.NewFile(uintptr(fd), "a shared folder")}, nil
}

func (p *place) fd() int { return int(p.dir.Fd()) }
func (p *place) close()  { _ = p.dir.Close() } // only read

// ident is zero when the system does not tell; then it never differs.
func (p *place) ident() ident {
	var st unix.Stat_t
	if unix.Fstat(p.fd(), &st) != nil {
		return ident{}
	}
	return ident{uint64(st.Dev), uint64(st.Ino)}
}

// names are all entries, in the file system's order.
func (p *place) names() ([]string, error) { return p.dir.Readdirnames(-1) }

func (p *place) stat(name string) (stat, error) {
	var st unix.Stat_t
	if err := retry(func() error { return unix.Fstatat(p.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return stat{}, plain("stat", err)
	}
	return fromUnix(&st), nil
}

func statOf(f *os.File) (stat, error) {
	var st unix.Stat_t
	if err := retry(func() error { return unix.Fstat(int(f.Fd()), &st) }); err != nil {
		return stat{}, plain("stat", err)
	}
	return fromUnix(&st), nil
}

func fromUnix(st *unix.Stat_t) stat {
	s := stat{links: uint64(st.Nlink), print: print{
		dev: uint64(st.Dev), ino: uint64(st.Ino), size: st.Size,
		mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano(),
	}}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		s.kind = regular
	case unix.S_IFDIR:
		s.kind = directory
	case unix.S_IFLNK:
		s.kind = link
	default:
		s.kind = special
	}
	return s
}

// open opens a file for reading. It follows no link and never waits for the
// other end of a pipe. Whether a writer has it open is for hold to find out.
func (p *place) open(name string, _ bool) (*os.File, error) {
	const flags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC | unix.O_NOCTTY
	fd := -1
	err := retry(func() (err error) { fd, err = unix.Openat(p.fd(), name, flags, 0); return err })
	if err != nil {
		return nil, plain("open", err)
	}
	return os.NewFile(uintptr(fd), "a shared file"), nil
}

// plain names the error in our terms.
func plain(op string, err error) error {
	switch {
	case errors.Is(err, unix.ENOENT):
		return errGone
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return errDenied
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.ETXTBSY):
		return errBusy
	case errors.Is(err, unix.ENOTDIR):
		return errNoFolder
	case errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENXIO), errors.Is(err, unix.EISDIR):
		return errChanged // it was a regular file a moment ago
	}
	return fmt.Errorf("%s: %w", op, err)
}

// retry repeats a call that a signal interrupted.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// mounted reports whether the place is a mount point: on another device than
// the directory above it.
func (p *place) mounted() bool {
	above, err := p.stat("..")
	return err == nil && above.print.dev != p.ident().dev
}
