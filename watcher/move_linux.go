package watcher

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// moveNew renames unless the new name is taken (fs.ErrExist).
func moveNew(root *os.Root, from, to string) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close() // only used as a place
	fd := int(dir.Fd())
	err = unix.Renameat2(fd, from, fd, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP) {
		return linkNew(root, from, to)
	}
	return err
}
