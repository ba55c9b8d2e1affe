package mail

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// renameFree names a file in one step that fails when the name is taken. False
// means that this file system cannot do it.
func renameFree(dir *os.File, temp, name string) (bool, error) {
	fd := int(dir.Fd())
	err := unix.Renameat2(fd, temp, fd, name, unix.RENAME_NOREPLACE)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.ENOTSUP):
		return false, nil
	}
	return false, fmt.Errorf("name a file in the county's answers folder: %w", err)
}
