//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// stick is a file system of its own that is mounted at a place, and unmounted.
type stick struct {
	t        *testing.T
	from, at string
}

func newStick(t *testing.T, at string) *stick {
	t.Helper()
	d := &stick{t, filepath.Join(t.TempDir(), "disk"), at}
	mountTmpfs(t, d.from, "4m")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	d.mount()
	t.Cleanup(func() { syscall.Unmount(at, syscall.MNT_DETACH) })
	return d
}

func (d *stick) mount() {
	d.t.Helper()
	if err := syscall.Mount(d.from, d.at, "", syscall.MS_BIND, ""); err != nil {
		d.t.Fatalf("mount: %v", err)
	}
}

func (d *stick) unmount() {
	d.t.Helper()
	if err := syscall.Unmount(d.at, syscall.MNT_DETACH); err != nil {
		d.t.Fatalf("unmount: %v", err)
	}
}

// A county's folder, or a further root, is a mounted disk that goes away and comes
// back, while the program runs and while it starts. Nothing is read or written
// below the bare mount point, the page says so, the other county goes on, and what
// lies on the disk is nothing new when it is back.
func TestFaultUnmounted(t *testing.T) {
	for _, further := range []bool{false, true} {
		t.Run(fmt.Sprint("further root ", further), func(t *testing.T) {
			t.Parallel()
			c := newCity(t, "", faultSettings)
			at, prefix := c.share("甲县"), ""
			if further {
				at, prefix = filepath.Join(t.TempDir(), "nas"), "内网/"
				write(t, filepath.Join(c.data, "taizhang.yaml"),
					faultSettings+fmt.Sprintf("roots:\n  - {name: 内网, path: %q, county: 甲县}\n", at))
				c.answers = append(c.answers, filepath.Join(at, "回执"))
			}
			goAndComeBack(t, c, newStick(t, at), prefix)
		})
	}
}

func goAndComeBack(t *testing.T, c *city, d *stick, prefix string) {
	put := func(name string) {
		book, figure := c.report("甲县")
		c.place(book, filepath.Join(d.at, name))
		c.expect("甲县", prefix+name, book, figure)
	}
	p := c.start().up()
	put("一.xlsx")
	c.whole(p)
	for n, restart := range []bool{false, true} {
		if restart {
			p.quit()
		}
		d.unmount()
		write(t, filepath.Join(d.at, "掉在挂载点上.xlsx"), "not the share")
		if restart {
			p = c.start().up()
		}
		p.tells("未挂载或无法访问")
		c.drop("乙县", fmt.Sprintf("%d.xlsx", n))
		p.until("the other county's file", func() bool {
			got, err := c.query(`SELECT name FROM submission s JOIN arrival a ON a.id = s.arrival WHERE a.county = '乙县'`)
			return err == nil && len(got) == n+1
		})
		time.Sleep(time.Second) // longer than a rescan
		if left, err := os.ReadDir(d.at); err != nil || len(left) != 1 {
			t.Errorf("below the bare mount point: %v (%v)", left, err)
		}
		if err := os.Remove(filepath.Join(d.at, "掉在挂载点上.xlsx")); err != nil {
			t.Fatal(err)
		}
		d.mount()
		p.content()
		c.whole(p) // nothing new
		put(fmt.Sprintf("回来%d.xlsx", n))
		c.whole(p)
	}
	p.quit()
}
