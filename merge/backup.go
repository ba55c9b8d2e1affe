package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Backup copies the store as it is at one moment into a file, which must not be
// there yet, while others read and write. It only counts when it returns without
// error: the copy is then whole, checked and on disk.
func (s *Store) Backup(ctx context.Context, file string) error { return Backup(ctx, s.path, file) }

// Backup is Store.Backup for a database that need not be opened, which takes no
// catalogue. The database must be ours.
func Backup(ctx context.Context, path, file string) (err error) {
	full, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(full); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("%s: %w", file, fs.ErrExist))
	}
	if _, err := os.Stat(filepath.Dir(full)); err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(full), "."+filepath.Base(full)+".tmp")
	if err := copyDatabase(ctx, path, temp); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return putInPlace(temp, full)
}

// copyDatabase makes a whole, checked and synced copy; what an earlier try left
// there is replaced.
func copyDatabase(ctx context.Context, from, to string) (err error) {
	if err := Remove(to); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, Remove(to))
		}
	}()
	if err := vacuumInto(ctx, from, to); err != nil {
		return err
	}
	if err := Inspect(ctx, to); err != nil {
		return err
	}
	return syncFile(to)
}

func vacuumInto(ctx context.Context, from, to string) (err error) {
	db, err := openFile(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := isOurs(ctx, db); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, to)
	return err
}

// openFile opens a database that is there for reading, without a catalogue.
func openFile(path string) (*sql.DB, error) {
	if err := lockByDescription(); err != nil {
		return nil, err
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(full); err != nil {
		return nil, err
	}
	// A database in use is read without touching it; one in WAL mode that nobody
	// uses cannot be, for its journal has to be made first.
	db, err := readable(full, "ro")
	if err != nil {
		return readable(full, "rw")
	}
	return db, nil
}

func readable(path, mode string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", address(path, mode))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	var objects int64
	if err := db.QueryRow("SELECT COUNT(*) FROM sqlite_master").Scan(&objects); err != nil {
		return nil, errors.Join(openTrouble(err), db.Close())
	}
	return db, nil
}

// Inspect looks whether a file is a whole database of ours that this program can
// open; what is wrong is a *Trouble.
func Inspect(ctx context.Context, path string) (err error) {
	db, err := openFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := isOurs(ctx, db); err != nil {
		return err
	}
	if err := checkFile(ctx, db, "PRAGMA integrity_check(1)"); err != nil {
		return err
	}
	var broken int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM pragma_foreign_key_check`).Scan(&broken); err != nil {
		return fmt.Errorf("check the database: %w", err)
	}
	if broken > 0 {
		return damaged(errors.New("foreign keys"))
	}
	return nil
}

// isOurs refuses a file that is no database of this program, or a newer one's.
func isOurs(ctx context.Context, db *sql.DB) error {
	have, err := schemaOf(ctx, db)
	switch {
	case err != nil && ConditionOf(err) == Broken:
		return damaged(err)
	case err != nil:
		return err
	case have == 0:
		return nothingInIt()
	}
	known, err := newestSchema()
	if err == nil && have > known {
		err = tooNew(have, known)
	}
	return err
}

// newestSchema is the number of the last migration of this program.
func newestSchema() (last int64, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	for _, name := range files {
		var n int64
		if _, err := fmt.Sscanf(strings.TrimPrefix(name, "migrations/"), "%d", &n); err != nil {
			return 0, fmt.Errorf("migration %s: %w", name, err)
		}
		last = max(last, n)
	}
	return last, err
}

// besides are the endings of the files that SQLite keeps beside a database.
var besides = []string{"", "-wal", "-shm", "-journal"}

// Remove removes a database with all that belongs to it, if it is there.
func Remove(path string) error {
	var errs []error
	for _, ending := range besides {
		if err := os.Remove(path + ending); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// putInPlace renames a synced file and brings the name to disk.
func putInPlace(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncFolder makes a rename last. Windows keeps no such promise to ask for.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
