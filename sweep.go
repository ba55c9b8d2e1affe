package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/gofrs/flock"
)

// remains match what a program that was killed left half made, folder by folder.
// What anybody else puts there has other names.
var remains = []struct {
	folder string
	name   *regexp.Regexp
}{
	{"", regexp.MustCompile(`^(\.(room-)?\d+\.tmp|taizhang\.db\.(restore|rebuild)(-wal|-shm|-journal)?)$`)},
	{"archive", regexp.MustCompile(`^\.room-\d+\.tmp$`)},
	{"summaries", regexp.MustCompile(`^\..*\.tmp$`)},
	{"backups", regexp.MustCompile(`^\.(aside|taizhang-\d{8}(-\d{6}-schema-\d+(-\d+)?)?\.db)\.tmp(-wal|-shm|-journal)?$`)},
}

// sweep removes what a crash left half made. The data folder is ours alone when it
// is called.
func (h *house) sweep() error {
	var errs []error
	for _, r := range remains {
		entries, err := os.ReadDir(h.path(r.folder))
		errs = append(errs, err)
		for _, e := range entries {
			if e.Type().IsRegular() && r.name.MatchString(e.Name()) {
				errs = append(errs, os.Remove(h.path(r.folder, e.Name())))
			}
		}
	}
	if err := errors.Join(append(errs, h.sweepBenches())...); err != nil {
		return trouble(err, "检查数据文件夹和其中 archive、summaries、backups 的写权限 (check permissions of the data folder and the folders in it)")
	}
	return nil
}

// benchLock is the file of a bench that its program has locked.
const benchLock = "lock"

// newBench makes a folder in backups/ where a database is worked out on trial, also
// while another program serves. leave removes it; until then nobody else does.
func (h *house) newBench() (dir string, leave func() error, err error) {
	if dir, err = os.MkdirTemp(h.path("backups"), ".verify-*"); err != nil {
		return "", nil, err
	}
	lock := flock.New(filepath.Join(dir, benchLock))
	leave = func() error { return errors.Join(lock.Unlock(), os.RemoveAll(dir)) }
	ok, err := lock.TryLock()
	if err == nil && !ok {
		err = errBusy
	}
	if err != nil {
		return "", nil, errors.Join(err, leave())
	}
	return dir, leave, nil
}

// sweepBenches removes the benches whose program died.
func (h *house) sweepBenches() error {
	left, err := filepath.Glob(h.path("backups", ".verify-*"))
	errs := []error{err}
	for _, dir := range left {
		dead, err := abandoned(dir)
		if dead {
			err = errors.Join(err, os.RemoveAll(dir))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// abandoned says whether nobody works at a bench. One that is not locked yet may
// have been made just now.
func abandoned(dir string) (dead bool, err error) {
	path := filepath.Join(dir, benchLock)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil // left just now
		}
		return err == nil && time.Since(info.ModTime()).Abs() > time.Minute, err
	} else if err != nil {
		return false, err
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDWR)) // never makes the file
	dead, err = lock.TryLock()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return dead, errors.Join(err, lock.Unlock())
}
