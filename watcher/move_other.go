//go:build unix && !linux

package watcher

import "os"

// moveNew renames unless the new name is taken (fs.ErrExist).
func moveNew(root *os.Root, from, to string) error { return linkNew(root, from, to) }
