package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/windows"
)

// network reports whether the place is on another machine: a UNC path or a
// drive letter of one. How long the system answers from memory it does not tell;
// the redirector's own time is ten seconds.
func (p *place) network() (bool, time.Duration) {
	volume := filepath.VolumeName(p.path)
	far := strings.HasPrefix(volume, `\\`) && !strings.HasPrefix(volume, `\\?\`) && !strings.HasPrefix(volume, `\\.\`)
	far = far || strings.HasPrefix(volume, `\\?\UNC\`)
	if root, err := windows.UTF16PtrFromString(volume + `\`); err == nil {
		far = far || windows.GetDriveType(root) == windows.DRIVE_REMOTE
	}
	if !far {
		return false, 0
	}
	return true, 10 * time.Second
}

// mounted is not known here; then nothing is.
func (p *place) mounted() bool { return false }

// forget does nothing: the system has no such call.
func forget(*os.File) {}
