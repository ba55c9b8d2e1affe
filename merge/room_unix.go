//go:build unix

package merge

import (
	"errors"
	"syscall"
)

// noRoom says whether a write failed for want of room.
func noRoom(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
