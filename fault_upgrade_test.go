//go:build linux

package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
)

// A database of the first schema, as one begins when it is taken over from the
// first version of the program: with an arrival that waits, one that was judged,
// its letters and the answers in the folder.
func firstSchema(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("merge/migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	statements := []string{`PRAGMA application_id = 0x545A4442`}
	for n := 1; n <= 40; n++ { // enough for the copying to take several pages
		statements = append(statements,
			fmt.Sprintf(`INSERT INTO arrival VALUES (%[1]d, '甲县', '%[1]d.xlsx', '%064[1]x', 9, '2021-04-01T01:00:00.000Z', 'folder', 1)`, n),
			fmt.Sprintf(`INSERT INTO submission VALUES (%[1]d, '20210401-%04[1]d', %[1]d, '甲县', '%[1]d.xlsx', '%064[1]x', 'folder', '2021-04-01T01:00:00.000Z',
				'2021-04-01T01:00:00.000Z', '', '', 0, NULL, '', '', 'returned', 0, 0, 0, 0)`, n),
			fmt.Sprintf(`INSERT INTO outbox VALUES (%[1]d, %[1]d, '甲县', 'mail', 'a@b.example', '<%[1]d@y>', 'failed', 2, '2021-04-01T02:00:00.000Z', '%[2]s')`,
				n, strings.Repeat("no ", 100)),
			fmt.Sprintf(`INSERT INTO answer VALUES ('甲县', '%064x', '回执.txt', '2021-04-01T01:00:00.000Z')`, n),
			fmt.Sprintf(`INSERT INTO audit VALUES (%d, '2021-04-01T01:00:00.000Z', '甲县', 'merge', 'x', 'y')`, n))
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%.40s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// oldRows are all rows of the tables of the first schema, in the columns of the
// first schema.
func (c *city) oldRows() []string {
	c.t.Helper()
	var all []string
	for table, columns := range map[string]string{
		"arrival":    "id, county, name, sha256, size, at, channel, judged",
		"submission": "id, number, arrival, county, file, sha256, channel, arrived_at, judged_at, form, verdict, rows_read",
		"outbox":     "id, submission, county, channel, recipients, message_id, state, attempts, next_at, last_error",
		"answer":     "county, sha256, name, at",
		"audit":      "id, at, who, action, object, detail",
	} {
		rows, err := c.query(`SELECT concat_ws('|', '` + table + `', ` + columns + `) FROM ` + table)
		if err != nil {
			c.t.Fatal(err)
		}
		all = append(all, rows...)
	}
	slices.Sort(all)
	return all
}

// The program is killed at each few of its writes while it opens a database of the
// first schema and brings it up to date. Each time the database is whole and at
// one schema or another, its rows are all there, and the copy made before is whole.
// In the end it is at the newest schema with the same rows.
func TestFaultKilledInMigration(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", "city: 甲市\nbackup: {keep: 0}\n")
	path := filepath.Join(c.data, "taizhang.db")
	firstSchema(t, path)
	want := c.oldRows()
	first, err := os.ReadFile(path)
	if err != nil || len(want) != 200 {
		t.Fatal(len(want), err)
	}
	seen, copies := map[string]int{}, 0
	for at := 1; ; at += max(1, at/3) {
		for _, ending := range []string{"", "-wal", "-shm"} {
			os.Remove(path + ending) // some are not there
		}
		if err := os.WriteFile(path, first, 0o600); err != nil {
			t.Fatal(err)
		}
		p := c.start("strace", "-DD", "--follow-forks", "--quiet=all", "--output=/dev/null", "--trace=pwrite64", // --seccomp-bpf would lose the signal

			"--trace-path="+path, "--trace-path="+path+"-wal", fmt.Sprintf("--inject=pwrite64:signal=KILL:when=%d", at))
		killed := p.killedOrUp()
		p.kill()
		version := c.schema()
		seen[version]++
		if got := c.oldRows(); !slices.Equal(got, want) {
			t.Fatalf("killed at write %d, schema %s: %d rows, want %d", at, version, len(got), len(want))
		}
		copies += c.copiesAreWhole()
		if !killed || seen["5"] == 3 {
			break
		}
	}
	t.Logf("schema after each kill: %v; %d copies", seen, copies)
	if seen["1"] < 2 || seen["5"] < 2 || copies < 2 {
		t.Errorf("too few kills at some schema, or copies: %v %d", seen, copies)
	}
	c.start().up().quit()
	if got := c.oldRows(); c.schema() != "5" || !slices.Equal(got, want) {
		t.Errorf("in the end at schema %s with %d rows, want %d", c.schema(), len(got), len(want))
	}
}

// killedOrUp waits until the program was killed (true) or shows its page.
func (p *process) killedOrUp() bool {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		select {
		case err := <-p.ended:
			p.ended <- err
			if err == nil || err.Error() != "signal: killed" {
				p.t.Fatalf("the program ended with %v\n%s", err, p.out)
			}
			return true
		default:
		}
		if pageAddress.MatchString(p.out.String()) {
			return false
		}
	}
	p.t.Fatalf("neither killed nor up\n%s", p.out)
	return false
}

// copiesAreWhole looks at each copy that has its name.
func (c *city) copiesAreWhole() int {
	c.t.Helper()
	copies, err := filepath.Glob(filepath.Join(c.data, "backups", "*.db"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, path := range copies {
		db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
		if err != nil {
			c.t.Fatal(err)
		}
		var rows int
		var whole string
		if err := errors.Join(db.QueryRow(`SELECT COUNT(*) FROM outbox`).Scan(&rows), db.QueryRow(`PRAGMA integrity_check`).Scan(&whole),
			db.Close(), os.Remove(path)); err != nil || rows != 40 || whole != "ok" {
			c.t.Errorf("%s: %d rows, %s, %v", filepath.Base(path), rows, whole, err)
		}
	}
	return len(copies)
}

// schema is the number of the schema; the database must be whole.
func (c *city) schema() string {
	c.t.Helper()
	whole, err := c.query(`PRAGMA integrity_check`)
	if err != nil || whole[0] != "ok" {
		c.t.Fatal(whole, err)
	}
	version, err := c.query(`SELECT MAX(version_id) FROM goose_db_version`)
	if err != nil {
		c.t.Fatal(err)
	}
	return version[0]
}
