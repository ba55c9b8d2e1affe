//go:build unix && !linux

package watcher

import (
	"os"
	"time"
)

// network is not known here: the settings say it.
func (p *place) network() (bool, time.Duration) { return false, 0 }

// forget does nothing here.
func forget(*os.File) {}
