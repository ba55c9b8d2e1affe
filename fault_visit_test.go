//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/flock"
)

// lookers are the commands that only look, or that work beside whoever serves.
var lookers = [][]string{{"status"}, {"summary"}, {"verify"}, {"mail", "list"}, {"mail", "retry"},
	{"form", "blank", "petition_ledger", "--county", "甲县", "--carry", "-o", os.DevNull}}

// An older program serves, on a database of its own schema. A command of this one
// leaves that alone and says what to do; once nobody serves it brings the database up
// to date as a start does, after a copy.
func TestFaultLookingAtAnOlderDatabase(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", "city: 甲市\nbackup: {keep: 0}\n")
	firstSchema(t, filepath.Join(c.data, "taizhang.db"))
	want := c.oldRows()
	serving := flock.New(filepath.Join(c.data, lockFile)) // as the program that serves has it
	if ok, err := serving.TryLock(); err != nil || !ok {
		t.Fatal(ok, err)
	}
	for _, args := range lookers {
		printed, code := c.command(args...)
		if code != exitTrouble || !strings.Contains(printed, "提示 hint:") || !strings.Contains(printed, "taizhang serve") || !strings.Contains(printed, "schema 1 ") {
			t.Errorf("%v: exit %d\n%s", args, code, printed)
		}
	}
	if got := c.oldRows(); c.schema() != "1" || !slices.Equal(got, want) || c.copiesAreWhole() != 0 {
		t.Errorf("schema %s with %d rows after commands that only look", c.schema(), len(got))
	}
	if err := serving.Unlock(); err != nil {
		t.Fatal(err)
	}
	c.must("status")
	if got := c.oldRows(); c.schema() != "5" || !slices.Equal(got, want) || c.copiesAreWhole() != 1 {
		t.Errorf("schema %s with %d rows when nobody serves", c.schema(), len(got))
	}
	if _, err := os.Stat(filepath.Join(c.data, runningFile)); err == nil {
		t.Error("the command is said to run still")
	}
	c.start().up().quit()
}

// While the program serves somebody changes the list of counties. What is said of
// files and letters is still told; what rests on forms and summaries waits for the
// program to be started again, and nothing is changed under it.
func TestFaultLookingWithOtherForms(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	p := c.start().up()
	c.drop("甲县", "a.xlsx")
	c.whole(p)
	state := func() string {
		rows, err := c.query(`SELECT group_concat(text) FROM (SELECT concat_ws(' ', summary, hash, want) AS text FROM summary_state
			UNION ALL SELECT hashes FROM form_set UNION ALL SELECT concat_ws(' ', summary, county, measure, value) FROM figure
			UNION ALL SELECT text FROM form_version UNION ALL SELECT sql FROM sqlite_schema)`)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(rows, "")
	}
	was := state()
	for _, args := range lookers {
		if printed, code := c.command(args...); code != exitFine {
			t.Errorf("%v beside the program that serves: exit %d\n%s", args, code, printed)
		}
	}
	write(t, filepath.Join(c.data, "counties.yaml"), twoCounties+"  - {name: 丙县}\n")
	for _, args := range lookers {
		want := exitTrouble
		if args[0] == "status" || args[0] == "mail" {
			want = exitFine
		}
		if printed, code := c.command(args...); code != want || want == exitTrouble && !strings.Contains(printed, "taizhang serve") {
			t.Errorf("%v: exit %d, want %d\n%s", args, code, want, printed)
		}
	}
	if got := state(); got != was {
		t.Errorf("the store was changed under the program:\n%s\n%s", was, got)
	}
	p.quit()
	for _, args := range lookers {
		if printed, code := c.command(args...); code != exitFine {
			t.Errorf("%v when nobody serves: exit %d\n%s", args, code, printed)
		}
	}
}

// Somebody puts a copy of the database in its place, or moves it away, while the
// program serves. The program stops before it writes where nobody would find it, and
// what came meanwhile is taken once the file is back.
func TestFaultDatabaseReplaced(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string]func(path string) error{
		"replaced": func(path string) error { return os.Rename(path+".copy", path) },
		"moved":    func(string) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCity(t, "", faultSettings)
			p := c.start().up()
			c.drop("甲县", "一.xlsx")
			c.whole(p)
			path := filepath.Join(c.data, "taizhang.db")
			c.must("backup", path+".copy")
			if err := errors.Join(os.Rename(path, path+".mine"), replace(path)); err != nil {
				t.Fatal(err)
			}
			c.drop("乙县", "二.xlsx")
			p.stopsWithHint("taizhang restore FILE")
			if err := os.Rename(path+".mine", path); err != nil {
				t.Fatal(err)
			}
			p = c.start().up()
			c.whole(p)
			p.quit()
		})
	}
}

// A data folder on a read-only disk, and one whose database is a folder: commands say
// that the file cannot be opened and what to look at.
func TestFaultDatabaseShut(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	if err := os.Mkdir(filepath.Join(c.data, "taizhang.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"status"}, {"verify"}, {"rebuild"}, {"backup", filepath.Join(t.TempDir(), "b.db")}} {
		if printed, code := c.command(args...); code != exitTrouble || !strings.Contains(printed, "数据库文件打不开") || !strings.Contains(printed, "check permissions") {
			t.Errorf("%v: exit %d\n%s", args, code, printed)
		}
	}
}
