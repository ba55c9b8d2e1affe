//go:build !linux

package watcher

import "errors"

// wholeDisk is not to be had here: each file is brought to disk by itself.
type wholeDisk struct{}

func openWholeDisk(string) *wholeDisk { return nil }

func (*wholeDisk) sync() error { return errors.ErrUnsupported }

func (*wholeDisk) close() {}
