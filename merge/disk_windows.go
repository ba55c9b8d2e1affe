package merge

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// remoteDisk names the network file system that a folder lies on; "" for a disk
// of this machine.
func remoteDisk(folder string) (string, error) {
	volume := filepath.VolumeName(folder)
	if len(volume) > 2 { // \\server\share; \\?\ and \\.\ are not used for data folders
		return volume, nil
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return "", err
	}
	if windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return volume, nil
	}
	return "", nil
}
