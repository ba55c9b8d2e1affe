package merge

import "golang.org/x/sys/unix"

// remoteDisks are the file systems, by the number statfs gives them, whose locks
// and shared memory do not hold between machines, which SQLite's journal needs.
var remoteDisks = map[uint32]string{
	0x6969: "NFS", 0x517B: "SMB", 0xFF534D42: "CIFS", 0xFE534D42: "SMB2", 0x65735546: "FUSE",
	0x01021997: "9P", 0x5346414F: "AFS", 0x6B414653: "kAFS", 0x00C36400: "Ceph",
}

// remoteDisk names the network file system that a folder lies on; "" for a disk
// of this machine.
func remoteDisk(folder string) (string, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return "", err
	}
	return remoteDisks[uint32(s.Type)], nil
}
