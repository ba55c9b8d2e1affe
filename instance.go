package main

import (
	"context"
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

// errBusy says that another program has the data folder.
var errBusy = errors.New("另一个台账程序正在使用这个数据文件夹 (another taizhang uses this data folder)")

// stopped does work that wants the data folder for itself, and says what to do
// when the program that serves has it.
func stopped(ctx context.Context, t *terminal, dir string, do func(*house) error) error {
	return stopFirst(visit(ctx, t, dir, alone, do))
}

// stopFirst says what to do when another program has the data folder.
func stopFirst(err error) error {
	if errors.Is(err, errBusy) {
		return trouble(errBusy, "先停下 taizhang serve，做完这一步再启动；停着的时候县区照常放文件，启动后会收 "+
			"(stop taizhang serve, do this, and start it again; files dropped meanwhile are taken then)")
	}
	return err
}

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
		return trouble(errBusy,
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

// visitStore opens the store beside whoever serves, and changes nothing for him. One
// that is not ready for this program is made ready first, as by a start, if nobody
// has the folder.
func (h *house) visitStore(ctx context.Context, how use) (*merge.Store, error) {
	store, err := h.opening().Visit(ctx, how == beside)
	if !errors.Is(err, merge.ErrNotReady) {
		return store, err
	}
	switch taken := errors.Join(h.layOut(), h.take()); {
	case errors.Is(taken, errBusy):
		return nil, trouble(err, "停下正在使用这个数据文件夹的程序，启动一次本版本的 taizhang serve（升级前自动备份到 backups），再做这一步 "+
			"(stop the program that uses this data folder, start taizhang serve of this version, which copies the database into backups/ before it changes it, and do this again)")
	case taken != nil:
		return nil, taken
	}
	if store, err = h.opening().Open(ctx); err != nil {
		return nil, err
	}
	h.unclean = false // the file was looked through
	return store, h.letGo()
}

// letGo gives the data folder back to others.
func (h *house) letGo() error {
	err := errors.Join(os.Remove(h.path(runningFile)), h.lock.Unlock())
	h.lock = nil
	return err
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
	var told *hint
	switch {
	case errors.As(err, &told):
		return err
	case errors.As(err, &t):
		return trouble(err, t.Hint)
	case errors.Is(err, context.Canceled):
		return trouble(fmt.Errorf("中途停下，没有做完 (stopped before the end): %w", err), "再运行一次即可，没有弄坏什么 (run it again; nothing was harmed)")
	case merge.ConditionOf(err) == merge.Full:
		return trouble(err, "磁盘已满：腾出空间再试，数据都还在 (the disk is full: make room and try again; nothing is lost)")
	}
	return trouble(err, "核对程序版本和数据文件夹；必要时从 backups 恢复 (check program version and data folder)")
}
