//go:build !linux

package sheets

import "runtime/debug"

// limitMemory asks the runtime to keep within so many megabytes. Here it is a
// wish, not a wall: the caller's time limit is what ends a process that grows.
func limitMemory(megabytes int) error {
	if megabytes > 0 {
		debug.SetMemoryLimit(int64(megabytes) << 20)
	}
	return nil
}
