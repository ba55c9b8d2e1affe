package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/templates"

	"modernc.org/sqlite"
)

// ErrNotFound says that what was asked for is not in the store.
var ErrNotFound = errors.New("没有找到 (not found)")

// Trouble is a mistake that the operator can mend.
type Trouble struct {
	Problem string // what is wrong, Chinese then English
	Hint    string // what to do next
	Cause   error  // what led to it, nil for nothing else
}

func (t *Trouble) Error() string {
	if t.Cause != nil {
		return t.Problem + ": " + t.Cause.Error()
	}
	return t.Problem
}

// Unwrap is the cause.
func (t *Trouble) Unwrap() error { return t.Cause }

// Store is the consolidated store. One connection writes and a pool reads, so
// that readers never wait for the writer nor hold it up.
type Store struct {
	// Zone is where a day begins and ends for submission numbers and printed
	// times. Change it before the store is used.
	Zone *time.Location

	// Heard is told of each transaction how it ended: nil for one that was
	// written, else what stood in its way. It must not use the store. May be nil;
	// change it before the store is used.
	Heard func(error)

	write, read *sql.DB
	queue       *queue // for the writer
	catalog     *templates.Catalog
	now         func() time.Time
	tables      map[string]*formTable // by form name
	path        string                // of the database, absolute
	file        os.FileInfo           // which file lay there when the store was opened; nil when nobody looks
	formSet     int64                 // the forms of the catalogue, as a stored set
}

// Open is Opening.Open for a store of which nothing else is known.
func Open(ctx context.Context, path string, catalog *templates.Catalog, now func() time.Time) (*Store, error) {
	return Opening{Path: path, Catalog: catalog, Now: now}.Open(ctx)
}

// Close ends all connections.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// lockByDescription keeps SQLite's lock when the program itself opens and
// closes the database file elsewhere, which drops a POSIX lock. Only Linux has
// the better lock.
func lockByDescription() error {
	_, err := sqlite.OFDLocking(true)
	if err == nil || errors.Is(err, sqlite.ErrOFDLockingUnavailable) {
		return nil
	}
	return fmt.Errorf("choose file locks: %w", err)
}

// connect makes the two pools. Nothing is opened before the first statement.
func (s *Store) connect() (err error) {
	if s.write, err = openKeeping(address(s.path, "rwc",
		"_txlock=immediate", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)",
		"_pragma=temp_store(MEMORY)", writerCache, checkpointAt)); err != nil {
		return fmt.Errorf("open database for writing: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = s.readers("ro"); err != nil {
		return errors.Join(err, s.write.Close())
	}
	return nil
}

// readers makes the pool that reads, with connections of a mode.
func (s *Store) readers(mode string) (*sql.DB, error) {
	db, err := openKeeping(address(s.path, mode, "_query_only=1"))
	if err != nil {
		return nil, fmt.Errorf("open database for reading: %w", err)
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers) // one that is opened anew reads the whole schema first
	return db, nil
}

// writerCache holds the pages of a transaction of many files, so that none is
// written before the commit: 16 MB. Savepoints keep what they may have to undo in
// memory as well, for it is never needed after a crash.
const writerCache = "_pragma=cache_size(-16000)"

// checkpointAt lets the write-ahead log grow to 4,000 pages, 16 MB, before they are
// put in their places: a page that many transactions change is put there once.
const checkpointAt = "_pragma=wal_autocheckpoint(4000)"

// readers is how many reads go on at the same time.
const readers = 8

// address is the data source name for the file.
func address(path, mode string, options ...string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive letter
	}
	u := url.URL{Scheme: "file", Path: slashed}
	options = append([]string{"mode=" + mode, "_pragma=busy_timeout(5000)", "_dqs=0"}, options...)
	u.RawQuery = strings.Join(options, "&")
	return u.String()
}

// prepare makes the store fit the program and the catalogue.
func (s *Store) prepare(ctx context.Context, o Opening) error {
	if o.Check {
		if err := quickCheck(ctx, s.write); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx, o); err != nil {
		return err
	}
	return s.change(ctx, func(q *session) error {
		for _, form := range s.catalog.Forms {
			if err := q.adopt(form); err != nil {
				return err
			}
		}
		return errors.Join(q.bear(), q.keepFormSet(), q.settleSummaries())
	})
}
