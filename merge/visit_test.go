package merge

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"taizhang/templates"
)

// visited opens a store beside others and says how that went.
func visited(t *testing.T, path string, catalog *templates.Catalog, forms bool) error {
	t.Helper()
	s, err := Opening{Path: path, Catalog: catalog}.Visit(context.Background(), forms)
	if err != nil {
		return err
	}
	_, err = s.Status(context.Background(), "items", "")
	return errors.Join(err, s.Close())
}

// Who only visits a store changes nothing in it; what is not ready is told.
func TestVisit(t *testing.T) {
	catalog := mustShared(t)
	path := filepath.Join(t.TempDir(), "taizhang.db")
	if err := visited(t, path, catalog, false); !errors.Is(err, ErrNotReady) {
		t.Errorf("no database: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a visit made a database")
	}
	run(t, path, "PRAGMA journal_mode = WAL; PRAGMA user_version = 1")
	if err := visited(t, path, catalog, false); !errors.Is(err, ErrNotReady) {
		t.Errorf("an empty database: %v", err)
	}
	run(t, path, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	if err := visited(t, path, catalog, false); !errors.Is(err, ErrNotReady) {
		t.Errorf("a database that was only begun: %v", err)
	}
	first := firstVersion(t)
	was, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := visited(t, first, catalog, false); !errors.Is(err, ErrNotReady) {
		t.Errorf("an older database: %v", err)
	}
	if is, err := os.ReadFile(first); err != nil || string(is) != string(was) {
		t.Errorf("a visit changed an older database: %v", err)
	}
}

// Other forms than the store was opened with are in nobody's way who asks for files
// and letters alone.
func TestVisitWithOtherForms(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	other := changedForms(t, "fields:\n", "fields:\n  - {name: remark, title: 备注, type: text}\n")
	var was, is int64
	if err := c.write.QueryRow("PRAGMA data_version").Scan(&was); err != nil {
		t.Fatal(err)
	}
	for _, visit := range []struct {
		catalog *templates.Catalog
		forms   bool
		ready   bool
	}{{c.catalog, true, true}, {c.catalog, false, true}, {other, true, false}, {other, false, true}} {
		err := visited(t, c.path, visit.catalog, visit.forms)
		if visit.ready != (err == nil) || err != nil && !errors.Is(err, ErrNotReady) {
			t.Errorf("other forms %v, strictly %v: %v", visit.catalog == other, visit.forms, err)
		}
	}
	if err := c.write.QueryRow("PRAGMA data_version").Scan(&is); err != nil || is != was {
		t.Errorf("a visitor wrote: %d, %d, %v", was, is, err)
	}
}

// A database of a later program and one that is another program's are refused.
func TestVisitRefuses(t *testing.T) {
	c := newCity(t)
	if err := c.Backup(context.Background(), c.path+".later"); err != nil {
		t.Fatal(err)
	}
	run(t, c.path+".later", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	refused(t, "a later one", visited(t, c.path+".later", c.catalog, false))
	theirs := filepath.Join(t.TempDir(), "theirs.db")
	run(t, theirs, `CREATE TABLE theirs (a TEXT)`)
	refused(t, "another program's", visited(t, theirs, c.catalog, false))
}
