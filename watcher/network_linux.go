package watcher

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// networked are the file systems whose files others can change behind our back.
var networked = map[uint32]bool{
	unix.NFS_SUPER_MAGIC: true, unix.SMB_SUPER_MAGIC: true, unix.SMB2_SUPER_MAGIC: true,
	unix.CIFS_SUPER_MAGIC: true, unix.FUSE_SUPER_MAGIC: true, unix.V9FS_MAGIC: true,
	unix.CEPH_SUPER_MAGIC: true, unix.AFS_SUPER_MAGIC: true, unix.AFS_FS_MAGIC: true,
	unix.CODA_SUPER_MAGIC: true, unix.NCP_SUPER_MAGIC: true, unix.OCFS2_SUPER_MAGIC: true,
	0x0BD00BD0 /* lustre */ : true, 0x01161970 /* gfs2 */ : true, 0x786f4256 /* vboxsf */ : true,
}

// network reports whether the place is on another machine, and for how long
// the system may answer from memory what it once heard from there.
func (p *place) network() (bool, time.Duration) {
	var fs unix.Statfs_t
	if retry(func() error { return unix.Fstatfs(p.fd(), &fs) }) != nil || !networked[uint32(fs.Type)] {
		return false, 0
	}
	return true, attributeCache(p.ident().dev)
}

// attributeCache is the time that the mount of a device names for keeping
// what is known of a file that has just changed; 0 when it names none.
func attributeCache(dev uint64) time.Duration {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return 0
	}
	defer f.Close() // only read
	id := fmt.Sprintf("%d:%d", unix.Major(dev), unix.Minor(dev))
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) > 6 && fields[2] == id {
			return cacheOption(fields[len(fields)-1])
		}
	}
	return 0
}

// cacheOption reads the time from the options of a mount, in seconds there.
func cacheOption(options string) time.Duration {
	longest := 0
	for _, each := range strings.Split(options, ",") {
		key, value, _ := strings.Cut(each, "=")
		n, err := strconv.Atoi(value)
		if err == nil && (key == "actimeo" || key == "acregmin") {
			longest = max(longest, n)
		}
	}
	return time.Duration(min(longest, 3600)) * time.Second
}

// forget drops what the system remembers of the file's bytes, so that the next
// read asks the other machine. Best effort: some file systems keep it.
func forget(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }
