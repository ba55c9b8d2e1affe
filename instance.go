package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"taizhang/merge"

	"github.com/gofrs/flock"
)

// The file that only one program at a time has locked, and the one that lies in
// the data folder while a program writes there.
const (
	lockFile    = "taizhang.lock"
	runningFile = "taizhang.running"
)

// take locks the data folder, and finds out whether the last who had it ended in
// good order.
func (h *house) take() error {
	h.lock = flock.New(h.path(lockFile))
	ok, err := h.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock data folder: %w", err)
	}
	if !ok {
		h.lock = nil
		return trouble(errors.New("另一个台账程序正在使用这个数据文件夹 (another taizhang uses this data folder)"),
			"把文件放进 share 里的县区文件夹即可，或先停下那个程序 (drop files into the share, or stop the other program)")
	}
	return h.markRunning()
}

func (h *house) markRunning() error {
	_, err := os.Stat(h.path(runningFile))
	switch {
	case err == nil:
		h.unclean = true
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for the mark of the last run: %w", err)
	}
	if err := writeWhole(h.path(runningFile), fmt.Appendln(nil, os.Getpid())); err != nil {
		return trouble(fmt.Errorf("mark the run: %w", err), "检查磁盘空间和数据文件夹的写权限 (check disk space and permissions of the data folder)")
	}
	return nil
}

// close lets go of everything, in the reverse order. The mark stays when the
// database could not be closed or is in trouble: the next start looks through it.
func (h *house) close() error {
	var errs []error
	if h.store != nil {
		errs = append(errs, h.store.Close())
	}
	if h.lock == nil {
		return errors.Join(errs...)
	}
	if (h.store != nil || !h.unclean) && !h.failing && errors.Join(errs...) == nil {
		errs = append(errs, os.Remove(h.path(runningFile)))
	}
	return errors.Join(append(errs, h.lock.Unlock())...)
}

// opening is how the store of this data folder is opened.
func (h *house) opening() merge.Opening {
	return merge.Opening{Path: h.path(databaseFile), Catalog: h.catalog, Now: h.now,
		Archive: h.path("archive"), Backups: h.path("backups"), Check: h.unclean}
}

const databaseFile = "taizhang.db"

// storeTrouble tells the operator what the store says is wrong, and what to do.
func storeTrouble(err error) error {
	var t *merge.Trouble
	if !errors.As(err, &t) {
		return trouble(err, "核对程序版本和数据文件夹；必要时从 backups 恢复 (check program version and data folder)")
	}
	return trouble(err, t.Hint)
}
