package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// timeLayout is how a time is stored, always in UTC, so that texts sort as
// times do.
const timeLayout = "2006-01-02T15:04:05.000Z"

// session is one transaction: one look at the store at one moment.
type session struct {
	*Store
	ctx context.Context
	tx  *sql.Tx
	at  time.Time // now, fixed when the transaction began

	until   int64    // while files are judged once more: the submission whose day it is
	numbers *numbers // and the numbers that their records had

	restored bool // the file that is judged got the number that it had before a restore
}

// change runs work so that all of it is written, or nothing. It may share its
// transaction with other changes, and must not begin another.
func (s *Store) change(ctx context.Context, work func(*session) error) error {
	return s.changes(ctx, work)[0]
}

// changes is change for up to MostTogether works that go into one transaction, in
// their order: each is written or not, and tells how it ended.
func (s *Store) changes(ctx context.Context, works ...func(*session) error) []error {
	errs := s.together(ctx, works)
	if s.Heard != nil {
		for _, err := range errs {
			s.Heard(err)
		}
	}
	return errs
}

// look runs work on one snapshot of the store.
func (s *Store) look(ctx context.Context, work func(*session) error) error {
	err := s.run(ctx, s.read, &sql.TxOptions{ReadOnly: true}, work)
	if s.Heard != nil && err != nil {
		s.Heard(err)
	}
	return err
}

func (s *Store) run(ctx context.Context, db *sql.DB, o *sql.TxOptions, work func(*session) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() {
		if end := tx.Rollback(); end != nil && !errors.Is(end, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("roll back: %w", end))
		}
	}()
	if err := work(&session{Store: s, ctx: ctx, tx: tx, at: s.now().UTC().Truncate(time.Millisecond)}); err != nil {
		return err
	}
	if db == s.write {
		if err := s.inItsPlace(); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// exec runs a statement that gives no rows.
func (q *session) exec(query string, args ...any) (sql.Result, error) {
	if err := q.ctx.Err(); err != nil {
		return nil, err
	}
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

// add inserts one row and gives its id.
func (q *session) add(query string, args ...any) (int64, error) {
	res, err := q.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// one reads the single row of a query into the places; ErrNotFound without one.
func (q *session) one(query string, args []any, into ...any) error {
	if err := q.ctx.Err(); err != nil {
		return err
	}
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
	if err := q.ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := q.tx.QueryContext(q.ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() && q.ctx.Err() == nil {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", firstWords(query), err)
		}
		all = append(all, one)
	}
	return all, errors.Join(rows.Err(), q.ctx.Err())
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
