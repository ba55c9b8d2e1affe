//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mountTmpfs mounts a small file system of its own. Only root may, and not even
// root where the machine is a container without that right.
func mountTmpfs(t *testing.T, dir, size string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may mount a small file system") // the gate runs as root
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this machine allows no mounts")
	}
	if err != nil {
		t.Fatalf("mount: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// problems are the lines of trouble that the page shows.
func (p *process) problems() []string {
	p.t.Helper()
	var ready struct{ Problems []string }
	p.get("/readyz", &ready)
	return ready.Problems
}

// tells waits until a line of the page says this.
func (p *process) tells(text string) {
	p.t.Helper()
	p.until("the line "+text, func() bool {
		return slices.ContainsFunc(p.problems(), func(line string) bool { return strings.Contains(line, text) })
	})
}

// content waits until the page has no line of trouble.
func (p *process) content() {
	p.t.Helper()
	p.until("no line of trouble", func() bool { return len(p.problems()) == 0 })
}

// until waits as long as a city may take.
func (p *process) until(what string, holds func() bool) {
	p.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("waited %v for %s\n%s", patience, what, p.out)
		}
	}
}

// The disk fills up while counties report: the whole data folder's, or that of one
// part of it alone. The program goes on serving and says so; when there is room again
// it goes on by itself.
func TestFaultFullDisk(t *testing.T) {
	for _, disk := range []struct {
		name   string
		mounts []string // below the data folder; the first one fills up
	}{
		{"of everything", []string{"."}},
		{"of the database", []string{".", "archive", "share"}},
		{"of the archive", []string{"archive"}},
	} {
		t.Run(disk.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			for _, at := range disk.mounts {
				mountTmpfs(t, filepath.Join(dir, at), "24m")
			}
			fillAndFree(t, newCity(t, dir, faultSettings), filepath.Join(dir, disk.mounts[0], "ballast"))
		})
	}
}

func fillAndFree(t *testing.T, c *city, ballast string) {
	p := c.start().up()
	c.drop("甲县", "一.xlsx")
	c.whole(p)
	for n := range 2 {
		c.drop("甲县", fmt.Sprintf("满%d.xlsx", n))
		c.drop("乙县", fmt.Sprintf("满%d.xlsx", n))
		fillUp(t, ballast)
		p.tells("磁盘已满")
		p.get("/healthz", nil) // it still answers
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		c.whole(p)
		answered := time.Since(began)
		p.content()
		t.Logf("%v after there was room everything was made up for, after %v the page was content",
			answered.Round(100*time.Millisecond), time.Since(began).Round(100*time.Millisecond))
	}
	p.quit()
}

// fillUp writes until nothing more goes onto the disk.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size >= 1<<10; size /= 4 {
		block := bytes.Repeat([]byte{'x'}, size)
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
	}
	if !strings.Contains(err.Error(), "no space") {
		t.Fatal(err)
	}
}
