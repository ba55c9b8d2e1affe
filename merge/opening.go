package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"taizhang/templates"
)

// Opening says which store to open, and what to look at before.
type Opening struct {
	Path    string
	Catalog *templates.Catalog
	Now     func() time.Time // nil: the clock
	Archive string           // folder of the originals: while it has any, no empty store is opened; "" does not look
	Backups string           // folder that gets a copy before a migration; "" for none
	Check   bool             // look through the whole file first, as after a crash
}

// Open opens the store, makes or migrates it, and gives every form of the
// catalogue its table. The error is a *Trouble when the file lies on a network
// disk, is missing or empty beside a filled archive, is damaged, is another
// program's or newer than this program, or when a form changed the type of a
// stored field.
func (o Opening) Open(ctx context.Context) (*Store, error) {
	s, err := o.store()
	if err != nil {
		return nil, err
	}
	if err := s.connect(); err != nil {
		return nil, err
	}
	if err := errors.Join(s.prepare(ctx, o), s.remember()); err != nil {
		return nil, errors.Join(openTrouble(err), s.Close())
	}
	return s, nil
}

// store is a store that is not opened yet, at a place where it may be.
func (o Opening) store() (*Store, error) {
	if err := lockByDescription(); err != nil {
		return nil, err
	}
	full, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("database path: %w", err)
	}
	if err := errors.Join(ownDisk(filepath.Dir(full)), o.notLost(full)); err != nil {
		return nil, err
	}
	s := &Store{Zone: templates.China, catalog: o.Catalog, now: o.Now, tables: map[string]*formTable{}, path: full, queue: &queue{}}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// openTrouble tells what kept a database from being opened.
func openTrouble(err error) error {
	var told *Trouble
	switch {
	case errors.As(err, &told):
	case ConditionOf(err) == Broken:
		err = damaged(err)
	case locked(err):
		err = &Trouble{
			Cause:   err,
			Problem: "数据库文件打不开：没有读写权限、在只读的磁盘上，或者不是文件 (the database file cannot be opened: no permission, a read-only disk, or no file)",
			Hint: "检查 taizhang.db 和所在文件夹的读写权限；在只读磁盘上的，先把整个数据文件夹复制到可写的磁盘 " +
				"(check permissions of taizhang.db and its folder; copy a data folder from a read-only disk to another one first)",
		}
	}
	return fmt.Errorf("open database: %w", err)
}

// ownDisk refuses a folder on a network disk. One that is not there is told by
// SQLite.
func ownDisk(folder string) error {
	kind, err := remoteDisk(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask for the kind of disk: %w", err)
	}
	if kind == "" {
		return nil
	}
	return &Trouble{
		Problem: fmt.Sprintf("数据文件夹在网络盘（%s）上，数据库在那里会损坏 (the data folder lies on a network disk, %s, where a database gets damaged)", kind, kind),
		Hint:    "把数据文件夹放到本机硬盘，县区的共享文件夹可以在网络盘上 (keep the data folder on a disk of this machine; the counties' shares may be on the network)",
	}
}

// notLost refuses a database that is missing or empty while the archive has
// originals: an empty one would say that nobody ever reported.
func (o Opening) notLost(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Size() > 0:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for the database: %w", err)
	}
	return o.mayBeEmpty()
}

func (o Opening) mayBeEmpty() error {
	filled, err := archiveFilled(o.Archive)
	if err != nil || !filled {
		return err
	}
	return &Trouble{
		Problem: "数据库不见了或是空的，而 archive 里有收过的文件 (the database is missing or empty, but the archive is not)",
		Hint: "从 backups 恢复：taizhang restore FILE；没有备份时 taizhang rebuild --anew 从头收 " +
			"(restore the latest file of backups; without any, taizhang rebuild --anew begins again)",
	}
}

// archiveFilled says whether the archive holds any original.
func archiveFilled(archive string) (bool, error) {
	if archive == "" {
		return false, nil
	}
	folders, err := os.ReadDir(archive)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look into the archive: %w", err)
	}
	for _, folder := range folders {
		if len(folder.Name()) != 2 || !folder.IsDir() {
			continue
		}
		blobs, err := os.ReadDir(filepath.Join(archive, folder.Name()))
		if err != nil || len(blobs) > 0 {
			return len(blobs) > 0, err
		}
	}
	return false, nil
}

// quickCheck looks through the whole file for damage.
func quickCheck(ctx context.Context, db *sql.DB) error {
	return checkFile(ctx, db, "PRAGMA quick_check(1)")
}

// checkFile runs one of SQLite's own checks; what it finds is a *Trouble.
func checkFile(ctx context.Context, db *sql.DB, check string) error {
	var found string
	err := db.QueryRowContext(ctx, check).Scan(&found)
	switch {
	case err == nil && found == "ok", errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil && ConditionOf(err) != Broken:
		return fmt.Errorf("check the database: %w", err)
	}
	return damaged(err)
}

// damaged is a database that is not whole, or cannot be read.
func damaged(cause error) error {
	return &Trouble{
		Cause:   cause,
		Problem: "数据库文件已损坏，或磁盘读写出错 (the database file is damaged, or its disk fails)",
		Hint: "taizhang verify 看损坏在哪里；从 backups 恢复：taizhang restore FILE " +
			"(taizhang verify tells what is damaged; restore the latest file of backups)",
	}
}
