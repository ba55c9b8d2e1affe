package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
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
}

func (t *Trouble) Error() string { return t.Problem + "\n" + t.Hint }

// timeLayout is how a time is stored, always in UTC, so that texts sort as
// times do.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Store is the consolidated store. One connection writes and a pool reads, so
// that readers never wait for the writer nor hold it up.
type Store struct {
	// Zone is where a day begins and ends for submission numbers and printed
	// times. Change it before the store is used.
	Zone *time.Location

	write, read *sql.DB
	catalog     *templates.Catalog
	now         func() time.Time
	tables      map[string]*formTable // by form name
}

// Open opens the store at path, makes or migrates it, and gives every form of
// the catalogue its table. A nil now means the clock. The error is a *Trouble
// when the file is another program's, is newer than this program, or when a form
// changed the type of a stored field.
func Open(ctx context.Context, path string, catalog *templates.Catalog, now func() time.Time) (*Store, error) {
	if now == nil {
		now = time.Now
	}
	if err := lockByDescription(); err != nil {
		return nil, err
	}
	s := &Store{Zone: templates.China, catalog: catalog, now: now, tables: map[string]*formTable{}}
	if err := s.connect(path); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.Close())
	}
	return s, nil
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
func (s *Store) connect(path string) (err error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("database path: %w", err)
	}
	if s.write, err = sql.Open("sqlite", address(full, "rwc",
		"_txlock=immediate", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)")); err != nil {
		return fmt.Errorf("open database for writing: %w", err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", address(full, "ro", "_query_only=1")); err != nil {
		return errors.Join(fmt.Errorf("open database for reading: %w", err), s.write.Close())
	}
	s.read.SetMaxOpenConns(readers)
	return nil
}

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
func (s *Store) prepare(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.change(ctx, func(q *session) error {
		for _, form := range s.catalog.Forms {
			if err := q.adopt(form); err != nil {
				return err
			}
		}
		return q.settleSummaries()
	})
}

// session is one transaction: one look at the store at one moment.
type session struct {
	*Store
	ctx context.Context
	tx  *sql.Tx
	at  time.Time // now, fixed when the transaction began
}

// change runs work in a transaction that writes all or nothing.
func (s *Store) change(ctx context.Context, work func(*session) error) error {
	return s.run(ctx, s.write, nil, work)
}

// look runs work on one snapshot of the store.
func (s *Store) look(ctx context.Context, work func(*session) error) error {
	return s.run(ctx, s.read, &sql.TxOptions{ReadOnly: true}, work)
}

func (s *Store) run(ctx context.Context, db *sql.DB, o *sql.TxOptions, work func(*session) error) (err error) {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() {
		if end := tx.Rollback(); end != nil && !errors.Is(end, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("roll back: %w", end))
		}
	}()
	if err := work(&session{s, ctx, tx, s.now().UTC().Truncate(time.Millisecond)}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// exec runs a statement that gives no rows.
func (q *session) exec(query string, args ...any) (sql.Result, error) {
	res, err := q.tx.ExecContext(q.ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return res, nil
}

// do runs a statement whose result does not matter.
func (q *session) do(query string, args ...any) error {
	_, err := q.exec(query, args...)
	return err
}

// one reads the single row of a query into the places; ErrNotFound without one.
func (q *session) one(query string, args []any, into ...any) error {
	err := q.tx.QueryRowContext(q.ctx, query, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return nil
}

// list reads all rows of a query.
func list[T any](q *session, scan func(func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.tx.QueryContext(q.ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", firstWords(query), err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// firstWords names a statement in an error without its values.
func firstWords(query string) string {
	words := strings.Fields(query)
	return strings.Join(words[:min(4, len(words))], " ")
}

// stamp is the stored text of a time.
func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }

// when scans a stored time.
type when struct{ into *time.Time }

func (w when) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("a time is stored as %T", src)
	}
	t, err := time.Parse(timeLayout, text)
	if err != nil {
		return fmt.Errorf("stored time: %w", err)
	}
	*w.into = t
	return nil
}

// note writes an entry of the audit.
func (q *session) note(who, action, object, detail string) error {
	return q.do(`INSERT INTO audit (at, who, action, object, detail) VALUES ($1, $2, $3, $4, $5)`,
		stamp(q.at), who, action, object, detail)
}

// take gives out the next n numbers of a counter and returns the first.
func (q *session) take(counter string, n int) (int64, error) {
	var last int64
	err := q.one(`INSERT INTO counter (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value`,
		[]any{counter, n}, &last)
	return last - int64(n) + 1, err
}
