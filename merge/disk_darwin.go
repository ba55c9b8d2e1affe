package merge

import "golang.org/x/sys/unix"

// remoteDisk names the network file system that a folder lies on; "" for a disk
// of this machine.
func remoteDisk(folder string) (string, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return "", err
	}
	if s.Flags&unix.MNT_LOCAL != 0 {
		return "", nil
	}
	return unix.ByteSliceToString(s.Fstypename[:]), nil
}
