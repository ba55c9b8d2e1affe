package merge

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a database file as ours; it spells TZDB.
const applicationID = 0x545A4442

// migrate brings the schema up to date, one numbered file in one transaction
// after the other, once the data are copied into the backups. It refuses a file
// that is not ours and one that is newer.
func (s *Store) migrate(ctx context.Context, o Opening) error {
	fresh, err := recognise(ctx, s.write)
	if err != nil {
		return err
	}
	provider, err := s.provider()
	if err != nil {
		return err
	}
	if fresh {
		if err := o.mayBeEmpty(); err != nil {
			return err
		}
		if _, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return fmt.Errorf("mark database: %w", err)
		}
	}
	have, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	switch {
	case have > known:
		return tooNew(have, known)
	case have == known:
		return nil
	case have > 0 && o.Backups != "":
		if err := s.backupBefore(ctx, o.Backups, have); err != nil {
			return fmt.Errorf("before a migration: %w", err)
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// backupBefore copies the store under a name with its schema. A start that was
// killed in the same second may have taken the name.
func (s *Store) backupBefore(ctx context.Context, folder string, schema int64) (err error) {
	name := fmt.Sprintf("taizhang-%s-schema-%d", s.now().In(s.Zone).Format("20060102-150405"), schema)
	for n := 1; n < 100; n++ {
		ending := ".db"
		if n > 1 {
			ending = fmt.Sprintf("-%d.db", n)
		}
		if err = s.Backup(ctx, filepath.Join(folder, name+ending)); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return err
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// recognise says whether the file is new, or ours; anything else is refused.
func recognise(ctx context.Context, db *sql.DB) (fresh bool, err error) {
	var id, objects int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return false, fmt.Errorf("read database mark: %w", err)
	}
	if id == applicationID {
		return false, nil
	}
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master").Scan(&objects); err != nil {
		return false, fmt.Errorf("read database: %w", err)
	}
	if id != 0 || objects > 0 {
		return false, notOurs()
	}
	return true, nil
}

func notOurs() error {
	return &Trouble{
		Problem: "这个数据库文件不是本程序的 (the database file belongs to another program)",
		Hint:    "请检查数据目录的设置，或把该文件移到别处 (check the data folder in the settings, or move the file away)",
	}
}

func nothingInIt() error {
	return &Trouble{
		Problem: "这个数据库是空的 (this database is empty)",
		Hint: "里面没有可用的数据；taizhang restore FILE 恢复 backups 里最近的备份 " +
			"(there is nothing in it; restore the latest file of backups)",
	}
}

func tooNew(have, known int64) error {
	return &Trouble{
		Problem: fmt.Sprintf("数据库版本 %d 比本程序认识的 %d 新 (the database has schema %d, this program knows %d)", have, known, have, known),
		Hint:    "请使用写入该数据库的程序版本或更新的版本 (use the program version that wrote it, or a newer one)",
	}
}
