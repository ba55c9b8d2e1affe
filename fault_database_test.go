//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// command runs the program once and gives what it printed and its exit code.
func (c *city) command(args ...string) (printed string, code int) {
	c.t.Helper()
	path, err := binary()
	if err != nil {
		c.t.Fatal(err)
	}
	out, err := exec.Command(path, append(args, "--data", c.data)...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return string(out), 0
}

// must runs a command that has to end well.
func (c *city) must(args ...string) string {
	c.t.Helper()
	printed, code := c.command(args...)
	if code != 0 {
		c.t.Fatalf("taizhang %s: exit %d\n%s", strings.Join(args, " "), code, printed)
	}
	return printed
}

// stopsWithHint waits until the program ends with exit code 3 and says what to do.
func (p *process) stopsWithHint(hint string) {
	p.t.Helper()
	if !p.endedWithin(patience) { // looks at the exit code
		p.t.Fatalf("the program goes on\n%s", p.out)
	}
	if text := p.out.String(); !strings.Contains(text, "提示 hint:") || !strings.Contains(text, hint) || strings.Contains(text, "panic:") {
		p.t.Errorf("no hint of %q\n%s", hint, text)
	}
}

// change rewrites the bytes of a file.
func change(t *testing.T, path string, edit func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil { // it may be read-only
		t.Fatal(err)
	}
	if err := os.WriteFile(path, edit(data), info.Mode().Perm()); err != nil {
		t.Fatal(err)
	}
}

// flipRoot flips a bit in the page where a table begins.
func (c *city) flipRoot(table string) func([]byte) []byte {
	c.t.Helper()
	at := 100 // of the schema: behind the header
	if table != "sqlite_schema" {
		root, err := c.query(`SELECT (rootpage - 1) * 4096 FROM sqlite_schema WHERE name = $1`, table)
		if err != nil || len(root) != 1 {
			c.t.Fatal(root, err)
		}
		fmt.Sscan(root[0], &at)
	}
	return func(data []byte) []byte {
		data[at] ^= 0x40 // the kind of page; SQLite's pages have no checksums
		return data
	}
}

// The database's file comes to harm while the program is stopped, and it was
// closed in good order, so that no start looks through it. The program refuses it,
// or stops as soon as it meets the damage; a backup brings every fact back, and
// files that came after it are judged again.
func TestFaultDatabaseDamaged(t *testing.T) {
	for name, edit := range map[string]func(c *city) func([]byte) []byte{
		"a bit of the arrivals":  func(c *city) func([]byte) []byte { return c.flipRoot("arrival") },
		"a bit of the schema":    func(c *city) func([]byte) []byte { return c.flipRoot("sqlite_schema") },
		"a bit of the outbox":    func(c *city) func([]byte) []byte { return c.flipRoot("outbox") },
		"a bit of the summaries": func(c *city) func([]byte) []byte { return c.flipRoot("summary_state") },
		"header of zeros": func(*city) func([]byte) []byte {
			return func(b []byte) []byte { return append(make([]byte, 100), b[100:]...) }
		},
		"cut in half":  func(*city) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)/2] } },
		"nothing left": func(*city) func([]byte) []byte { return func([]byte) []byte { return nil } },
		"another file": func(*city) func([]byte) []byte {
			return func(b []byte) []byte { return bytes.Repeat([]byte("台账"), len(b)/6) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCity(t, "", faultSettings)
			backup, known := c.backedUpCity()
			change(t, filepath.Join(c.data, "taizhang.db"), edit(c))
			c.start().stopsWithHint("taizhang restore FILE")
			c.must("restore", backup)
			c.clearReceipts(known) // nobody may know any more what the others were for
			p := c.start().up()
			c.whole(p)
			c.drop("甲县", "后来.xlsx")
			c.whole(p)
			p.quit()
		})
	}
}

// backedUpCity lets counties report before a backup and after it, ends the program
// and gives the backup, and the numbers that it has.
func (c *city) backedUpCity() (backup string, known []string) {
	c.t.Helper()
	p := c.start().up()
	c.drop("甲县", "一.xlsx")
	c.whole(p)
	c.drop("乙县", "一.xlsx")
	c.whole(p)
	backup = filepath.Join(c.t.TempDir(), "backup.db")
	c.must("backup", backup)
	known, err := c.query(`SELECT number FROM submission`)
	if err != nil {
		c.t.Fatal(err)
	}
	c.drop("乙县", "一.xlsx") // another version
	c.whole(p)
	c.drop("甲县", "二.xlsx")
	c.whole(p)
	p.quit()
	return backup, known
}

// clearReceipts removes the receipts of other submissions than these.
func (c *city) clearReceipts(keep []string) {
	c.t.Helper()
	all, _ := filepath.Glob(c.share("*", "回执", "*.txt"))
	for _, path := range all {
		number, _, _ := strings.Cut(filepath.Base(path), " ")
		if !strings.Contains(strings.Join(keep, " "), number) {
			if err := os.Remove(path); err != nil {
				c.t.Fatal(err)
			}
		}
	}
}

// The journal beside the database is lost after a kill. The database is older then
// but whole, and what it does not know lies in the shares.
func TestFaultJournalLost(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	p := c.start().up()
	c.drop("甲县", "一.xlsx")
	c.whole(p)
	p.quit() // now it is in the database itself
	before, err := c.query(`SELECT number FROM submission`)
	if err != nil {
		t.Fatal(err)
	}
	p = c.start().up()
	c.drop("甲县", "一.xlsx")
	c.drop("乙县", "一.xlsx")
	c.whole(p)
	p.kill()
	for _, ending := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(c.data, "taizhang.db"+ending)); err != nil {
			t.Fatal(err)
		}
	}
	c.clearReceipts(before)
	p = c.start().up()
	c.whole(p)
	p.quit()
}

// The database's own disk fails while counties report: the program ends with exit
// code 3 and says what to do. On a sound disk everything is made up for.
func TestFaultDatabaseDiskFails(t *testing.T) {
	for _, f := range []call{{"pwrite64", "EIO", "12+"}, {"fsync", "EIO", "4+"}} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c := newCity(t, "", faultSettings)
			c.start().up().quit()
			db := filepath.Join(c.data, "taizhang.db")
			p := c.start("strace", "--follow-forks", "--quiet=all", "--output=/dev/null", "--trace="+f.name,
				"--trace-path="+db, "--trace-path="+db+"-wal", "--inject="+f.name+":error="+f.error+":when="+f.when)
			began := time.Now()
			for n := range 6 {
				c.drop("甲县", fmt.Sprintf("%d.xlsx", n))
			}
			p.stopsWithHint("taizhang restore FILE")
			t.Logf("ended after %v", time.Since(began).Round(time.Millisecond))
			p = c.start().up()
			c.whole(p)
			p.quit()
		})
	}
}
