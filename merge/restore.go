package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Restored is what became of the database that a backup took the place of.
type Restored struct {
	Aside     string // where it lies now; "" when there was none
	Taken     int    // arrivals since the backup that were taken over from it, to be judged again
	Withdrawn int    // files withdrawn since the backup, to be withdrawn again
	Cause     error  // why nothing could be taken over; nil when it could
	Next      string // the day's next submission number when not even the numbers given out could be read; else ""
}

// ErrBadBackup says that it is the backup that cannot be used, and that the
// database was left alone.
var ErrBadBackup = errors.New("这个备份不能用 (this backup cannot be used)")

// Restore puts a checked copy of the backup in the place of the database at path,
// which is kept under the name aside. Nobody may have it open. Arrivals that came
// after the backup and withdrawals made after it are taken over from it where it
// can still be read; the originals lie in the archive. No number of a submission
// or a record that it gave out is given to another one. The day of now, in its own
// zone, is that of submission numbers.
func Restore(ctx context.Context, backup, path, aside string, now time.Time) (r Restored, err error) {
	if err := Inspect(ctx, backup); err != nil {
		return r, fmt.Errorf("%w: %w", ErrBadBackup, err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return r, err
	}
	temp := path + ".restore"
	if err := copyDatabase(ctx, backup, temp); err != nil {
		return r, fmt.Errorf("copy the backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, Remove(temp))
		}
	}()
	if err = takeOver(ctx, path, temp, now, &r); err != nil {
		return r, fmt.Errorf("go on from the database until now: %w", err)
	}
	if err = wantSummaries(ctx, temp); err != nil {
		return r, fmt.Errorf("want summaries anew: %w", err)
	}
	r.Aside, err = Replace(ctx, temp, path, aside)
	return r, err
}

// wantSummaries has every summary written anew, for the workbooks that lie there
// are of another database.
func wantSummaries(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", address(path, "rw"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "UPDATE summary_state SET want = want + 1")
	return errors.Join(err, db.Close())
}

// Replace puts a finished database, which nobody has open, in the place of the one
// at path, and answers where a copy of that one lies now; "" when there was none. A
// crash in between leaves the one or the other at path. Only where the old one is
// damaged or cannot be copied, and is set aside instead, it can leave none: the next
// start says so.
func Replace(ctx context.Context, fresh, path, aside string) (was string, err error) {
	if err := errors.Join(Inspect(ctx, fresh), dropEmptyJournal(fresh), syncFile(fresh)); err != nil {
		return "", err
	}
	ctx = context.WithoutCancel(ctx) // who wants to stop now gets one of the two whole all the same
	if keepCopy(ctx, path, aside) == nil {
		return aside, putInPlace(fresh, path)
	}
	if was, err = setAside(path, aside); err != nil {
		return was, err
	}
	return was, putInPlace(fresh, path)
}

// keepCopy copies a database byte for byte. What its journal has is brought into
// it before: beside another database a journal must not lie, and neither can be
// taken away without the other.
func keepCopy(ctx context.Context, path, aside string) error {
	if _, err := os.Lstat(aside); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fs.ErrExist)
	}
	if err := errors.Join(foldJournal(ctx, path), dropEmptyJournal(path)); err != nil {
		return err
	}
	for _, ending := range besides[1:] {
		if _, err := os.Lstat(path + ending); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, fs.ErrExist)
		}
	}
	temp := filepath.Join(filepath.Dir(aside), ".aside.tmp")
	if err := errors.Join(copyBytes(path, temp), syncFile(temp)); err != nil {
		return errors.Join(err, Remove(temp))
	}
	return putInPlace(temp, aside)
}

// foldJournal makes a database a single file.
func foldJournal(ctx context.Context, path string) error {
	if err := lockByDescription(); err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	db, err := readable(path, "rw")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, db.Close())
}

func copyBytes(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() // only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// setAside renames a database with all that belongs to it, and answers the new
// name; "" when there is none.
func setAside(path, aside string) (string, error) {
	if _, err := os.Lstat(aside); !errors.Is(err, fs.ErrNotExist) {
		return "", errors.Join(err, fmt.Errorf("%s: %w", aside, fs.ErrExist))
	}
	found := ""
	for _, ending := range besides {
		err := os.Rename(path+ending, aside+ending)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return found, fmt.Errorf("set the database aside: %w", err)
		}
		found = aside
	}
	return found, dropEmptyJournal(aside)
}

// dropEmptyJournal removes what belongs to a database and says nothing.
func dropEmptyJournal(path string) error {
	info, err := os.Stat(path + "-wal")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case info.Size() > 0:
		return nil
	default:
		if err := os.Remove(path + "-wal"); err != nil {
			return err
		}
	}
	if err := os.Remove(path + "-shm"); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
