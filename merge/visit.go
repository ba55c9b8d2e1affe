package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
)

// ErrNotReady says that a store has to be made ready first, which Open does for one
// who has it for himself: it is new, of an older program, or other forms were used.
var ErrNotReady = errors.New("数据库还没有为本程序备好 (the database is not ready for this program)")

// Visit opens the store as it is, beside others that have it open. Nothing is made
// ready, so that nothing changes for them: ErrNotReady when something would have to
// be. With forms, that is also the case when forms, summaries or counties are not those
// of the catalogue; without, only what is said of files and letters may be asked for.
// Other errors are as of Open.
func (o Opening) Visit(ctx context.Context, forms bool) (*Store, error) {
	s, err := o.store()
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil, fmt.Errorf("%w: 还没有数据库 (there is none yet)", ErrNotReady)
	}
	if err := s.connect(); err != nil {
		return nil, err
	}
	if err := errors.Join(s.meet(ctx, forms), s.remember()); err != nil {
		return nil, errors.Join(openTrouble(err), s.Close())
	}
	return s, nil
}

// meet looks whether the database is ready.
func (s *Store) meet(ctx context.Context, forms bool) error {
	if err := s.readIdle(ctx); err != nil {
		return err
	}
	have, err := schemaOf(ctx, s.read)
	if err != nil {
		return err
	}
	known, err := newestSchema()
	switch {
	case err != nil:
		return err
	case have > known:
		return tooNew(have, known)
	case have < known:
		return fmt.Errorf("%w: 它是旧版程序的，结构版本 %d，本程序是 %d (it is of an older program, schema %d and not %d)", ErrNotReady, have, known, have, known)
	}
	return s.look(ctx, func(q *session) error { return q.meetForms(forms) })
}

// readIdle sees to it that the database can be read also when nobody else has it
// open: then one in WAL mode cannot be without the right to write.
func (s *Store) readIdle(ctx context.Context) error {
	var objects int64
	const any = "SELECT COUNT(*) FROM sqlite_master"
	if s.read.QueryRowContext(ctx, any).Scan(&objects) == nil {
		return nil
	}
	idle, err := s.readers("rw")
	if err != nil {
		return err
	}
	if err := idle.QueryRowContext(ctx, any).Scan(&objects); err != nil {
		return errors.Join(fmt.Errorf("read database: %w", err), idle.Close())
	}
	old := s.read
	s.read = idle
	return old.Close()
}

// meetForms gives the store the tables of its forms. Strictly, the database must know
// forms and summaries as they are.
func (q *session) meetForms(strictly bool) error {
	for _, form := range q.catalog.Forms {
		t, err := newFormTable(form)
		if err != nil {
			return err
		}
		q.tables[form.Name] = t
	}
	err := q.one(`SELECT id FROM form_set WHERE hashes = $1`, []any{q.hashes()}, &q.formSet)
	if err != nil && !errors.Is(err, ErrNotFound) || !strictly {
		return orNil(err, ErrNotFound)
	}
	known, errKnown := q.knownSummaries()
	if errKnown != nil {
		return errKnown
	}
	wanted := map[string]string{}
	for _, s := range q.catalog.Summaries {
		t, err := q.table(s.Form)
		if err != nil {
			return err
		}
		wanted[s.Name] = q.stateHash(s, t.form)
	}
	if err != nil || !maps.Equal(known, wanted) {
		return fmt.Errorf("%w: 表样、汇总表或县区名单改过 (forms, summaries or counties were changed)", ErrNotReady)
	}
	return nil
}

// orNil is the error unless it is the one that may be.
func orNil(err, may error) error {
	if errors.Is(err, may) {
		return nil
	}
	return err
}

// schemaOf is the number of a database's schema, 0 for one that was only begun. A
// file that is not ours is refused.
func schemaOf(ctx context.Context, db *sql.DB) (have int64, err error) {
	fresh, err := recognise(ctx, db)
	if err != nil || fresh {
		return 0, err
	}
	var begun int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'`).Scan(&begun); err != nil || begun == 0 {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`).Scan(&have); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return have, nil
}
