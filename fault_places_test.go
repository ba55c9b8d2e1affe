//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The program is stopped so long that the system throws events away. It rescans
// once a day here, so that it can only know from the loss itself.
func TestFaultLostEvents(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", "city: 甲市\nsettle: 150ms\nrescan: 24h\n")
	p := c.start().up()
	c.drop("甲县", "一.xlsx")
	c.whole(p)
	p.signal(syscall.SIGSTOP)
	for n := range 9000 { // three events each; the queue holds 16,384
		path := c.share("乙县", fmt.Sprintf("~$%d.xlsx", n))
		write(t, path, "x")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	c.drop("乙县", "后来.xlsx")
	c.drop("甲县", "后来.xlsx")
	p.signal(syscall.SIGCONT)
	c.whole(p)
	p.quit()
}

// The program is stopped for seconds at a time, as by a machine that sleeps.
func TestFaultStopped(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	p := c.start().up()
	for n := range 4 {
		c.drop("甲县", "一.xlsx")
		time.Sleep(time.Duration(50+n*90) * time.Millisecond)
		p.signal(syscall.SIGSTOP)
		c.drop("乙县", fmt.Sprintf("停%d.xlsx", n))
		time.Sleep(1500 * time.Millisecond)
		p.signal(syscall.SIGCONT)
		c.whole(p)
	}
	p.quit()
}

// A county's folder is renamed away and made anew; then the old one comes back.
func TestFaultFolderMoved(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	p := c.start().up()
	c.drop("甲县", "一.xlsx")
	c.whole(p)
	aside := filepath.Join(c.data, "aside")
	if err := os.Rename(c.share("甲县"), aside); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if err := os.Mkdir(c.share("甲县"), 0o755); err != nil {
		t.Fatal(err)
	}
	c.drop("甲县", "二.xlsx")
	eventually(t, "the file in the new folder", func() bool {
		got, err := c.query(`SELECT name FROM arrival WHERE name = '二.xlsx'`)
		return err == nil && len(got) == 1
	})
	eventually(t, "its receipt", func() bool {
		found, _ := filepath.Glob(c.share("甲县", "回执", "*.txt"))
		return len(found) == 1
	})
	if err := os.Rename(c.share("甲县", "二.xlsx"), filepath.Join(aside, "二.xlsx")); err != nil {
		t.Fatal(err)
	}
	receipts, _ := filepath.Glob(c.share("甲县", "回执", "*.txt"))
	for _, r := range receipts {
		if err := os.Rename(r, filepath.Join(aside, "回执", filepath.Base(r))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(c.share("甲县")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(aside, c.share("甲县")); err != nil {
		t.Fatal(err)
	}
	c.drop("甲县", "三.xlsx")
	c.whole(p) // and what came back is nothing new
	p.quit()
}

// The times of files come from the counties' computers and mean nothing.
func TestFaultFileTimes(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	p := c.start().up()
	for n, year := range []int{1970, 2099, 1901} {
		name := fmt.Sprintf("%d.xlsx", n)
		book, figure := c.report("甲县")
		temp := filepath.Join(c.data, "old.tmp")
		write(t, temp, string(book))
		when := time.Date(year, 1, 1, 0, 0, 1, 0, time.UTC)
		if err := os.Chtimes(temp, when, when); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(temp, c.share("甲县", name)); err != nil {
			t.Fatal(err)
		}
		c.expect("甲县", name, book, figure)
		c.whole(p)
		// The time alone changes: nothing new.
		if err := os.Chtimes(c.share("甲县", name), time.Now(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(1200 * time.Millisecond)
	c.whole(p)
	p.quit()
}

// A second program on the same data folder ends at once and says what to do.
func TestFaultSecondProgram(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	p := c.start().up()
	began := time.Now()
	second := c.start()
	if !second.endedWithin(5 * time.Second) {
		t.Fatal("two programs serve one data folder")
	}
	if took := time.Since(began); took > 3*time.Second || !strings.Contains(second.out.String(), "提示 hint:") {
		t.Errorf("after %v: %s", took, second.out)
	}
	c.drop("甲县", "一.xlsx")
	c.whole(p)
	p.quit()
}

// What lies in a folder without being a county's file is never opened, never
// taken and stops nobody; what only has an odd name is taken.
func TestFaultOddFiles(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	layOddFiles(t, c)
	p := c.start().up()
	c.drop("甲县", "一.xlsx")
	c.drop("甲县", "\xb1\xa8\xb1\xed.xlsx") // 报表 in GBK
	c.drop("甲县", strings.Repeat("长", 83)+"z.xlsx")
	c.drop("甲县", "a\u202exslx.xlsx")
	c.drop("甲县", "两\n行.xlsx")
	c.drop("乙县", "CON.xlsx")
	c.drop("乙县", "a:b .xlsx")
	c.whole(p)
	for _, odd := range []string{"管道", "链接", "硬链", "设备", "巨大", "插座"} {
		if got, err := c.query(`SELECT name FROM arrival WHERE name LIKE $1`, odd+"%"); err != nil || len(got) != 0 {
			t.Errorf("%s was taken: %v (%v)", odd, got, err)
		}
	}
	if n := strings.Count(p.out.String(), "file not taken"); n < 6 || n > 10 {
		t.Errorf("%d files were told as not taken, once each\n%s", n, p.out)
	}
	p.quit()
}

func layOddFiles(t *testing.T, c *city) {
	t.Helper()
	at := func(name string) string { return c.share("甲县", name) }
	outside := filepath.Join(c.data, "outside.xlsx")
	write(t, outside, "a file elsewhere")
	hard := filepath.Join(c.data, "hard.xlsx")
	write(t, hard, "another name leads here")
	huge, err := os.Create(at("巨大.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer huge.Close()
	for what, err := range map[string]error{
		"pipe":      syscall.Mkfifo(at("管道.xlsx"), 0o666),
		"link":      os.Symlink(outside, at("链接.xlsx")),
		"hard link": os.Link(hard, at("硬链.xlsx")),
		"folder":    os.Mkdir(at("文件夹.xlsx"), 0o755),
		"sparse":    huge.Truncate(1 << 40),
		"socket":    exec.Command("/usr/bin/python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", at("插座.xlsx")).Run(),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	if os.Getuid() == 0 { // only root may make a device
		if err := unix.Mknod(at("设备.xlsx"), unix.S_IFCHR|0o666, int(unix.Mkdev(1, 5))); err != nil {
			t.Fatal(err)
		}
	}
}

// The child that marks a county's workbook is killed each time: the county gets
// the list of findings alone, and nothing waits.
func TestFaultChildKilled(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	own := filepath.Join(t.TempDir(), "taizhang")
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Link(program, own); err != nil {
		t.Fatal(err)
	}
	p := c.startAs(own).up()
	if err := os.Remove(own); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, []byte("#!/bin/sh\nkill -9 $$\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, c.share("甲县", "错的.xlsx"), string(f3Grid(t, "甲县", "6")))
	eventually(t, "the receipt and the workbook", func() bool {
		texts, _ := filepath.Glob(c.share("甲县", "回执", "*.txt"))
		books, _ := filepath.Glob(c.share("甲县", "回执", "*.xlsx"))
		return len(texts) == 1 && len(books) == 1
	})
	p.quit()
}
