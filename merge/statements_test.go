package merge

import (
	"fmt"
	"path/filepath"
	"testing"
)

// A connection keeps its statements, and gives right answers all the same when
// one is asked again while it is still being read, when there are more than it
// keeps, and when a table gets another shape.
func TestStatementsAreKept(t *testing.T) {
	if err := lockByDescription(); err != nil {
		t.Fatal(err)
	}
	db, err := openKeeping(address(filepath.Join(t.TempDir(), "x.db"), "rwc"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	must := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	must(`CREATE TABLE n (v INTEGER)`)
	for i := range 3 {
		must(`INSERT INTO n VALUES ($1)`, i)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	const all = `SELECT v FROM n ORDER BY v`
	outer, err := tx.Query(all)
	if err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for outer.Next() {
		var a, b int
		if err := outer.Scan(&a); err != nil {
			t.Fatal(err)
		}
		inner, err := tx.Query(all)
		if err != nil {
			t.Fatal(err)
		}
		for inner.Next() {
			if err := inner.Scan(&b); err != nil {
				t.Fatal(err)
			}
			pairs = append(pairs, fmt.Sprint(a, b))
		}
		inner.Close()
	}
	outer.Close()
	if got := fmt.Sprint(pairs); got != "[0 0 0 1 0 2 1 0 1 1 1 2 2 0 2 1 2 2]" {
		t.Errorf("read inside itself: %s", got)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	for i := range 2 * mostKept {
		var n int
		if err := db.QueryRow(fmt.Sprintf(`SELECT COUNT(*) + %d FROM n`, i)).Scan(&n); err != nil || n != 3+i {
			t.Fatalf("statement %d: %d %v", i, n, err)
		}
	}
	must(`ALTER TABLE n ADD COLUMN w TEXT NOT NULL DEFAULT 'x'`)
	var v int
	var w string
	if err := db.QueryRow(`SELECT * FROM n ORDER BY v DESC`).Scan(&v, &w); err != nil || v != 2 || w != "x" {
		t.Errorf("after another column: %d %q %v", v, w, err)
	}
}
