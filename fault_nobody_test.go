//go:build linux

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nobody is a user with no rights; root may read and write everything.
const nobody = 65534

// giveTo makes everything in the folder the user's.
func giveTo(t *testing.T, dir string, user int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, user, user)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The program runs as a user of its own, as services do, and may neither read one
// of the files nor write into one county's folder of answers nor into that of the
// summaries. Each is told or waited for, everything else goes on, and with the rights
// back they are made up for.
func TestFaultNoPermission(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "nobody") // t.TempDir is for its owner alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := newCity(t, filepath.Join(dir, "data"), faultSettings)
	program := filepath.Join(dir, "taizhang")
	built, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, data, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		c.user = &syscall.Credential{Uid: nobody, Gid: nobody}
		giveTo(t, dir, nobody)
	}
	p := c.startAs(program).up()
	c.drop("乙县", "一.xlsx")
	c.whole(p)
	c.dropLocked("甲县", "一.xlsx")
	p.tells("没有读取权限")
	c.mode(0o555, c.share("乙县", "回执"))
	c.summarised(p)
	c.mode(0o555, filepath.Join(c.data, "summaries"))
	c.drop("乙县", "二.xlsx")
	p.until("an answer that waits", func() bool {
		return c.counts(`SELECT COUNT(*) FROM outbox WHERE county = '乙县' AND state = 'pending' AND attempts > 0`) == 1
	})
	p.tells("没有更新")
	c.drop("甲县", "二.xlsx")
	p.until("three files in", func() bool { return c.counts(`SELECT COUNT(*) FROM submission`) == 3 })
	time.Sleep(coalesce + time.Second) // the summary is tried again, in vain
	if n := strings.Count(p.out.String(), "file not taken"); n != 1 {
		t.Errorf("told %d times\n%s", n, p.out)
	}
	c.mode(0o644, c.share("甲县", "一.xlsx"))
	c.mode(0o755, c.share("乙县", "回执"))
	c.mode(0o755, filepath.Join(c.data, "summaries"))
	c.whole(p)
	c.summarised(p)
	if lines := strings.Join(p.problems(), "\n"); strings.Contains(lines, "没有更新") {
		t.Errorf("still told: %s", lines)
	}
	if n := strings.Count(p.out.String(), "it could not be replaced"); n != 1 {
		t.Errorf("the summary was told of %d times\n%s", n, p.out)
	}
	p.quit()
}

// summarised waits until every summary is up to its data.
func (c *city) summarised(p *process) {
	p.until("the summaries", func() bool {
		return c.counts(`SELECT COUNT(*) FROM summary_state WHERE want > have`) == 0
	})
}

// dropLocked is drop of a file that nobody may read.
func (c *city) dropLocked(county, name string) {
	c.t.Helper()
	book, figure := c.report(county)
	aside := c.share(county, ".locked.tmp")
	c.place(book, aside)
	c.mode(0o000, aside)
	if err := os.Rename(aside, c.share(county, name)); err != nil {
		c.t.Fatal(err)
	}
	c.expect(county, name, book, figure)
}

// mode changes the rights of a file or folder.
func (c *city) mode(mode fs.FileMode, path string) {
	c.t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		c.t.Fatal(err)
	}
}
