package watcher

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/windows"
)

type place struct{ path string }

// openPlace takes the share itself, which the operator may have made a link.
func openPlace(path string) (*place, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, plain("open", err)
	}
	if !fi.IsDir() {
		return nil, errNoFolder
	}
	return &place{path: path}, nil
}

// child takes a directory in the place; a link or junction is not one.
func (p *place) child(name string) (*place, error) {
	st, err := p.stat(name)
	if err != nil {
		return nil, err
	}
	if !st.isDir() {
		return nil, errNoFolder
	}
	return &place{path: filepath.Join(p.path, name)}, nil
}

func (p *place) close() {}

func (p *place) ident() ident {
	h, err := openHandle(p.path, 0, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE)
	if err != nil {
		return ident{}
	}
	defer windows.CloseHandle(h)
	var info windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(h, &info) != nil {
		return ident{}
	}
	return ident{uint64(info.VolumeSerialNumber), uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow)}
}

// names are all entries, in the file system's order.
func (p *place) names() ([]string, error) {
	dir, err := os.Open(p.path)
	if err != nil {
		return nil, plain("open", err)
	}
	defer dir.Close() // only read
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, plain("list", err)
	}
	return names, nil
}

// stat asks the file itself: what the directory says about an open file may
// be old.
func (p *place) stat(name string) (stat, error) {
	fi, err := os.Lstat(filepath.Join(p.path, name))
	if err != nil {
		return stat{}, plain("stat", err)
	}
	return fromWindows(fi), nil
}

func statOf(f *os.File) (stat, error) {
	fi, err := f.Stat()
	if err != nil {
		return stat{}, plain("stat", err)
	}
	st := fromWindows(fi)
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return stat{}, plain("stat", err)
	}
	st.links = uint64(info.NumberOfLinks)
	return st, nil
}

func fromWindows(fi fs.FileInfo) stat {
	s := stat{links: 1, print: print{size: fi.Size(), mtime: fi.ModTime().UnixNano()}}
	if data, ok := fi.Sys().(*syscall.Win32FileAttributeData); ok {
		s.print.ctime = data.CreationTime.Nanoseconds()
	}
	switch {
	case fi.Mode().IsRegular():
		s.kind = regular
	case fi.IsDir():
		s.kind = directory
	case fi.Mode()&(fs.ModeSymlink|fs.ModeIrregular) != 0:
		s.kind = link
	default:
		s.kind = special
	}
	return s
}

// open opens a file for reading and lets nobody write to it meanwhile; while
// somebody has it open for writing it is busy. With tired set, the other's
// writing is put up with.
func (p *place) open(name string, tired bool) (*os.File, error) {
	share := uint32(windows.FILE_SHARE_READ | windows.FILE_SHARE_DELETE)
	if tired {
		share |= windows.FILE_SHARE_WRITE
	}
	h, err := openHandle(filepath.Join(p.path, name), windows.GENERIC_READ, share)
	if err != nil {
		return nil, plain("open", err)
	}
	return os.NewFile(uintptr(h), "a shared file"), nil
}

// openHandle opens what the path names itself, not what it may lead to.
func openHandle(path string, access, share uint32) (windows.Handle, error) {
	wide, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	const flags = windows.FILE_FLAG_OPEN_REPARSE_POINT | windows.FILE_FLAG_BACKUP_SEMANTICS
	return windows.CreateFile(wide, access, share, nil, windows.OPEN_EXISTING, flags, 0)
}

// plain names the error in our terms, without the path.
func plain(op string, err error) error {
	var code syscall.Errno
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errGone
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION), errors.Is(err, windows.ERROR_LOCK_VIOLATION):
		return errBusy
	case errors.Is(err, fs.ErrPermission):
		return errDenied
	case errors.As(err, &code):
		return fmt.Errorf("%s: %w", op, code)
	}
	return fmt.Errorf("%s: %w", op, err)
}

// grip is nothing here: opening the file was the grip.
type grip struct{}

func hold(*os.File) (grip, error) { return grip{}, nil }
func (grip) held(*os.File) bool   { return true }
