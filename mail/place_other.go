//go:build !linux

package mail

// renameFree is not to be had here: the caller looks first and then renames.
func (f *folder) renameFree(temp, name string) (bool, error) { return false, nil }
