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
	Aside string // where it lies now; "" when there was none
	Taken int    // arrivals since the backup that were taken over from it, to be judged again
	Cause error  // why none could be taken over; nil when they could
}

// Restore puts a checked copy of the backup in the place of the database at path,
// which is kept under the name aside. Nobody may have it open. Arrivals that came
// after the backup are taken over from it where it can still be read; their
// originals lie in the archive.
func Restore(ctx context.Context, backup, path, aside string, now time.Time) (r Restored, err error) {
	if err := Inspect(ctx, backup); err != nil {
		return r, err
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
	r.Taken, r.Cause = takeOver(ctx, path, temp, now)
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

// errOtherStory says that two databases do not have the same arrivals.
var errOtherStory = errors.New("现在的数据库和备份不是同一个来历 (the present database and the backup have different histories)")

// takeOver writes the arrivals that one database has and the other, older one
// does not have yet, as ones that wait to be judged.
func takeOver(ctx context.Context, from, to string, now time.Time) (taken int, err error) {
	present, err := openFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, present.Close()) }()
	old, err := sql.Open("sqlite", address(to, "rw", "_pragma=foreign_keys(1)", "_txlock=immediate"))
	if err != nil {
		return 0, err
	}
	old.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, old.Close()) }()
	s := &Store{write: old, read: present, now: func() time.Time { return now }, queue: &queue{}}
	err = s.change(ctx, func(q *session) error {
		later, err := s.laterArrivals(q)
		if err != nil {
			return err
		}
		for _, a := range later {
			if err := q.do(`INSERT INTO arrival (id, county, name, sha256, size, at, channel) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				a.ID, a.County, a.Name, a.SHA256, a.Size, stamp(a.At), a.Channel); err != nil {
				return err
			}
		}
		taken = len(later)
		return q.note(City, "restore", "database", fmt.Sprint(taken, " arrivals taken over"))
	})
	if err != nil {
		return 0, err
	}
	return taken, nil
}

// laterArrivals are those of the present database, which s reads, that come after
// the last one of the older database, which q writes.
func (s *Store) laterArrivals(q *session) (later []Arrival, err error) {
	last, err := list(q, scanArrival, `SELECT `+arrivalColumns+` FROM arrival ORDER BY id DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	last = append(last, Arrival{})
	err = s.look(q.ctx, func(p *session) error {
		if last[0].ID > 0 {
			same, err := list(p, scanArrival, `SELECT `+arrivalColumns+` FROM arrival WHERE id = $1`, last[0].ID)
			if err != nil {
				return err
			}
			if len(same) == 0 || same[0] != last[0] {
				return errOtherStory
			}
		}
		later, err = list(p, scanArrival, `SELECT `+arrivalColumns+` FROM arrival WHERE id > $1 ORDER BY id`, last[0].ID)
		return err
	})
	return later, err
}
