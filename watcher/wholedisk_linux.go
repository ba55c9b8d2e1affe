package watcher

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// wholeDisk brings all that was written to one file system to disk in one call.
// That costs less than a call for each of many files and for each of their folders,
// and Linux promises as much for it, syncfs(2), as for fsync of each.
type wholeDisk struct{ folder *os.File }

// wholeDisks are the file systems that it is used on: those of a machine's own disks.
var wholeDisks = map[int64]bool{unix.EXT4_SUPER_MAGIC: true, unix.XFS_SUPER_MAGIC: true, unix.BTRFS_SUPER_MAGIC: true}

// openWholeDisk is nil where syncfs must not be relied on: on other file systems, and
// on a kernel before 5.8, which did not tell that something could not be written.
func openWholeDisk(path string) *wholeDisk {
	folder, err := os.Open(path)
	if err != nil {
		return nil
	}
	var fs unix.Statfs_t
	if unix.Fstatfs(int(folder.Fd()), &fs) != nil || !wholeDisks[int64(fs.Type)] || !kernelTells() {
		_ = folder.Close() // only looked at
		return nil
	}
	return &wholeDisk{folder}
}

// kernelTells reports whether the kernel is 5.8 or later.
func kernelTells() bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	parts := strings.SplitN(unix.ByteSliceToString(name.Release[:]), ".", 3)
	if len(parts) < 2 {
		return false
	}
	major, err := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(strings.FieldsFunc(parts[1]+"-", func(c rune) bool { return c < '0' || c > '9' })[0])
	return err == nil && err2 == nil && (major > 5 || major == 5 && minor >= 8)
}

// sync returns when all that was written before it is on disk. What could not be
// written since the archive was opened, or since the last call, is an error.
func (d *wholeDisk) sync() error {
	if err := retry(func() error { return unix.Syncfs(int(d.folder.Fd())) }); err != nil {
		return os.NewSyscallError("syncfs", err)
	}
	return nil
}

func (d *wholeDisk) close() {
	if d != nil {
		_ = d.folder.Close() // nothing is written through it
	}
}
