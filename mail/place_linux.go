package mail

import (
	"errors"
	"fmt"
	"path"

	"golang.org/x/sys/unix"
)

// renameFree names a file in one step that fails when the name is taken. False
// means that this file system cannot do it.
func (f *folder) renameFree(temp, name string) (bool, error) {
	dir, err := f.root.Open(f.path)
	if err != nil {
		return false, fmt.Errorf("open the county's answers folder: %w", err)
	}
	defer dir.Close()
	fd := int(dir.Fd())
	err = unix.Renameat2(fd, path.Base(temp), fd, path.Base(name), unix.RENAME_NOREPLACE)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOTSUP):
		return false, nil
	}
	return false, fmt.Errorf("name a file in the county's answers folder: %w", err)
}
