package sheets

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// limitMemory keeps this process from growing by more than so many megabytes:
// beyond, it ends instead of taking the machine's memory. Zero sets no limit.
func limitMemory(megabytes int) error {
	if megabytes <= 0 {
		return nil
	}
	room := uint64(megabytes) << 20
	debug.SetMemoryLimit(int64(room) * 3 / 4) // collect harder before the wall
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	pages, err := strconv.ParseUint(strings.Fields(string(raw) + " 0")[0], 10, 64)
	if err != nil {
		return err
	}
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &old); err != nil {
		return err
	}
	// The runtime has set aside address space already that it does not use.
	limit := min(pages*uint64(os.Getpagesize())+room, old.Max)
	return syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: limit, Max: old.Max})
}
