package merge

import (
	"errors"

	"golang.org/x/sys/windows"
)

// noRoom says whether a write failed for want of room.
func noRoom(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}
