package watcher

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// syncDir does nothing: rename asks for the same.
func syncDir(string) error { return nil }

// rename replaces the target and returns when that is on disk. A target that
// somebody made read-only would refuse to be replaced.
func rename(from, to string) error {
	const flags = windows.MOVEFILE_REPLACE_EXISTING | windows.MOVEFILE_WRITE_THROUGH
	err := moveFile(from, to, flags)
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) && os.Chmod(to, 0o600) == nil {
		return moveFile(from, to, flags)
	}
	return err
}

func moveFile(from, to string, flags uint32) error {
	src, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	dst, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(src, dst, flags)
}

// seal does nothing: a read-only file could not be replaced here.
func seal(*os.File) error { return nil }

// beforeRename closes the file: an open one cannot be renamed here.
func beforeRename(f *os.File) error { return f.Close() }

// lock does nothing: an open file cannot be removed here.
func lock(*os.File) error { return nil }

// inUse reports whether another process has the copy open.
func inUse(path string) bool {
	h, err := openHandle(path, windows.GENERIC_READ|windows.DELETE, 0)
	if err != nil {
		return errors.Is(err, windows.ERROR_SHARING_VIOLATION)
	}
	_ = windows.CloseHandle(h)
	return false
}

// moveNew renames unless the new name is taken (fs.ErrExist).
func moveNew(root *os.Root, from, to string) error {
	return moveFile(filepath.Join(root.Name(), from), filepath.Join(root.Name(), to), windows.MOVEFILE_WRITE_THROUGH)
}

// openNow opens a file for reading.
func openNow(path string) (*os.File, error) { return os.Open(path) }
