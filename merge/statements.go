package merge

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// Reading a statement costs SQLite more than most of ours cost to run, and the
// program says the same few hundred again and again. So each connection keeps
// what it has prepared.

// mostKept bounds the statements that a connection keeps.
const mostKept = 300

// openKeeping opens a pool whose connections keep their statements.
func openKeeping(address string) (*sql.DB, error) {
	plain, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeper{plain.Driver(), address}), plain.Close()
}

// keeper makes the connections.
type keeper struct {
	driver  driver.Driver
	address string
}

func (k keeper) Driver() driver.Driver { return k.driver }

func (k keeper) Connect(context.Context) (driver.Conn, error) {
	c, err := k.driver.Open(k.address)
	if err != nil {
		return nil, err
	}
	own, ok := c.(connection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the database driver's %T cannot keep statements", c), c.Close())
	}
	return &warm{own, map[string]*keptStatement{}}, nil
}

// connection is what the driver's connections can do.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// warm is a connection with the statements it has prepared. Like any
// connection it serves one caller at a time.
type warm struct {
	connection
	kept map[string]*keptStatement
}

// keptStatement is busy while rows of it are still being read.
type keptStatement struct {
	driver.Stmt
	busy bool
}

// worthKeeping are statements that come again; those that change the shape of
// the database do not.
func worthKeeping(query string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.TrimSpace(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "ROLLBACK", "RELEASE":
		return true
	}
	return false
}

// statement is the kept one of a query, prepared now if need be; nil for a query
// that is not kept, or that is being read at this moment.
func (k *warm) statement(ctx context.Context, query string) (*keptStatement, error) {
	if s := k.kept[query]; s != nil {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if !worthKeeping(query) {
		return nil, nil
	}
	if len(k.kept) >= mostKept {
		if err := k.forget(); err != nil {
			return nil, err
		}
	}
	made, err := k.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &keptStatement{Stmt: made}
	k.kept[query] = s
	return s, nil
}

// forget closes the statements that are not being read.
func (k *warm) forget() error {
	var errs []error
	for query, s := range k.kept {
		if !s.busy {
			errs = append(errs, s.Close())
			delete(k.kept, query)
		}
	}
	return errors.Join(errs...)
}

// ExecContext runs a statement that gives no rows.
func (k *warm) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return k.connection.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a statement that gives rows.
func (k *warm) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return k.connection.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{rows, s}, nil
}

// Close lets go of the statements and the connection.
func (k *warm) Close() error {
	for _, s := range k.kept {
		s.busy = false // nobody reads a connection that is closed
	}
	return errors.Join(k.forget(), k.connection.Close())
}

// keptRows give their statement back when they are closed.
type keptRows struct {
	driver.Rows
	of *keptStatement
}

// Close ends the reading.
func (r *keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
