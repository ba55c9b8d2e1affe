package merge

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// firstVersion is a store that was written before there were notices.
func firstVersion(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "taizhang.db")
	schema, err := os.ReadFile("migrations/00001_store.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := lockByDescription(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID), string(schema),
		`CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)`,
		`INSERT INTO arrival VALUES (1, '东山县', 'a.xlsx', 'aa', 1, '2021-04-01T01:00:00.000Z', 'folder', 1)`,
		`INSERT INTO submission VALUES (7, '20210401-0001', 1, '东山县', 'a.xlsx', 'aa', 'folder', '2021-04-01T01:00:00.000Z',
			'2021-04-01T01:00:00.000Z', 'items', '台账', 1, NULL, '2021-04-04', 'Sheet1', 'accepted', 1, 1, 0, 1)`,
		`INSERT INTO outbox VALUES (3, 7, '东山县', 'mail', 'a@b.example', '<x@y>', 'failed', 2, '2021-04-01T02:00:00.000Z', 'no')`,
		`INSERT INTO answer VALUES ('东山县', 'bb', '回执.txt', '2021-04-01T01:00:00.000Z')`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%.40s: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLettersOfTheFirstVersion opens a store that was written before there were
// notices: its letters are answers.
func TestLettersOfTheFirstVersion(t *testing.T) {
	path := firstVersion(t)
	c := openCity(t, path, loadCatalog(t, "testdata/forms"))
	letters, err := c.Letters(context.Background(), "failed")
	if err != nil || len(letters) != 1 {
		t.Fatalf("letters: %v %v", letters, err)
	}
	l := letters[0]
	if l.ID != 3 || l.Submission != 7 || l.Kind != KindAnswer || l.Channel != ByMail || l.To[0] != "a@b.example" || l.Attempts != 2 || l.LastError != "no" {
		t.Errorf("letter: %+v", l)
	}
	if _, fresh, err := c.Arrive(context.Background(), Arrival{County: "东山县", Name: "b.xlsx", SHA256: "bb"}); err != nil || fresh {
		t.Errorf("our own bytes: %v %v", fresh, err)
	}
}
