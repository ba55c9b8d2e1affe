package merge

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"taizhang/templates"
)

// opened opens a store the careful way and closes it again.
func opened(t *testing.T, o Opening) error {
	t.Helper()
	o.Catalog = loadCatalog(t, "testdata/forms")
	s, err := o.Open(context.Background())
	if err != nil {
		return err
	}
	return s.Close()
}

// refused fails the test unless the error says what to do.
func refused(t *testing.T, what string, err error) {
	t.Helper()
	var trouble *Trouble
	if !errors.As(err, &trouble) || trouble.Hint == "" {
		t.Errorf("%s: %v", what, err)
	}
}

// A database that vanished, or was cut to nothing, is no new one while originals
// lie in the archive.
func TestNoEmptyStoreBesideAFilledArchive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "数据[1]")
	path, archive := filepath.Join(dir, "taizhang.db"), filepath.Join(dir, "archive")
	if err := os.MkdirAll(filepath.Join(archive, "tmp"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(archive, "tmp", "half"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := Opening{Path: path, Archive: archive}
	if err := opened(t, o); err != nil {
		t.Fatalf("an archive with nothing but a leftover: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(archive, "ab"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(archive, "ab", "abcd"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, o); err != nil {
		t.Fatalf("a store that has no arrivals, but is one: %v", err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	refused(t, "cut to nothing", opened(t, o))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	refused(t, "missing", opened(t, o))
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the refused database was made: %v", err)
	}
}

// Zeroed pages are seen when the file is looked through, and only then opened
// when nothing is found.
func TestLooksThroughADamagedFile(t *testing.T) {
	path := closedCity(t, loadCatalog(t, "testdata/forms"))
	if err := opened(t, Opening{Path: path, Check: true}); err != nil {
		t.Fatalf("a whole file: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(make([]byte, info.Size()/2), info.Size()/2)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	refused(t, "half zeros", opened(t, Opening{Path: path, Check: true}))
	if err := os.WriteFile(path, []byte("这不是数据库，只是一段长过一百个字节的文字，写在这里占住位置，让文件头不成其为文件头，再多写几个字就够长了。"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "no database", opened(t, Opening{Path: path}))
}

// Before a migration the data are copied as they are.
func TestBacksUpBeforeAMigration(t *testing.T) {
	path := firstVersion(t)
	backups := t.TempDir()
	o := Opening{Path: path, Backups: backups}
	if err := opened(t, o); err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(filepath.Join(backups, "taizhang-*-schema-1.db"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("copies: %v %v", kept, err)
	}
	db, err := openFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var state string
	if err := db.QueryRow(`SELECT state FROM outbox WHERE id = 3`).Scan(&state); err != nil || state != "failed" {
		t.Errorf("letter in the copy: %q %v", state, err)
	}
	var kinds int
	if err := db.QueryRow(`SELECT COUNT(*) FROM pragma_table_info('outbox') WHERE name = 'kind'`).Scan(&kinds); err != nil || kinds != 0 {
		t.Errorf("the copy was migrated: %d %v", kinds, err)
	}
	if err := opened(t, o); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadDir(backups); err != nil || len(again) != 1 {
		t.Errorf("copied again without a migration: %v %v", again, err)
	}
}

func TestDisksOfOtherMachines(t *testing.T) {
	if kind, err := remoteDisk(t.TempDir()); err != nil || kind != "" {
		t.Errorf("a folder of this machine: %q %v", kind, err)
	}
	if err := ownDisk(filepath.Join(t.TempDir(), "missing")); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
	if runtime.GOOS != "linux" {
		return
	}
	// procfs is no disk of another machine; the numbers are those of statfs(2).
	if kind, err := remoteDisk("/proc"); err != nil || kind != "" {
		t.Errorf("/proc: %q %v", kind, err)
	}
}

func TestBackupIsWholeAndNew(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	file := filepath.Join(t.TempDir(), "备份 100%?'.db")
	if err := c.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	if err := Inspect(ctx, file); err != nil {
		t.Error(err)
	}
	if err := c.Backup(ctx, file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that is there: %v", err)
	}
	copied := openCity(t, file, c.catalog)
	if got := copied.current("items", "case_no"); len(got) != 1 || got[0] != "东山县 X1" {
		t.Errorf("records of the copy: %v", got)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	other := filepath.Join(t.TempDir(), "other.db")
	run(t, other, `CREATE TABLE theirs (a TEXT)`)
	refused(t, "another program's", Inspect(ctx, other))
	refused(t, "a backup of another program's", Backup(ctx, other, filepath.Join(t.TempDir(), "x.db")))
}
