//go:build unix

package watcher

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestOddFilesAreToldAndNeverOpened(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.xlsx")
	if err := os.WriteFile(outside, []byte("不属于这里"), 0o644); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		make func(path string) error
		why  string
	}{
		"pipe":             {func(p string) error { return syscall.Mkfifo(p, 0o644) }, OddSpecial},
		"link":             {func(p string) error { return os.Symlink(outside, p) }, OddLink},
		"link to nothing":  {func(p string) error { return os.Symlink("nowhere", p) }, OddLink},
		"link to a folder": {func(p string) error { return os.Symlink(filepath.Dir(outside), p) }, OddLink},
		"link to itself":   {func(p string) error { return os.Symlink(filepath.Base(p), p) }, OddLink},
		"hard link":        {func(p string) error { return os.Link(outside, p) }, OddHardLink},
		"folder":           {func(p string) error { return os.Mkdir(p, 0o755) }, OddFolder},
		"too large":        {sparse, OddSize},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.deafen()
			r.MaxSize = 1 << 20
			if c.why == OddHardLink { // both names on one file system
				there := filepath.Join(filepath.Dir(r.Share), "there.xlsx")
				r.must(os.WriteFile(there, []byte("另有一名"), 0o644))
				c.make = func(p string) error { return os.Link(there, p) }
			}
			r.must(c.make(r.path("丰和区/怪.xlsx")))
			r.start()
			r.expectOdd("丰和区/怪.xlsx: " + c.why)
			r.check(nil)
			r.write("丰和区/好.xlsx", "好") // the folder goes on
			r.expect("丰和区/好.xlsx=好")
		})
	}
}

// sparse makes a file of a terabyte that takes no room.
func sparse(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(1<<40), f.Close())
}

func TestAnOddFileThatIsMendedArrives(t *testing.T) {
	r := newRig(t)
	r.deafen() // nothing happens in the folder when the other name goes away
	other := filepath.Join(filepath.Dir(r.Share), "other.xlsx")
	r.must(os.WriteFile(other, []byte("A"), 0o644))
	r.must(os.Link(other, r.path("丰和区/a.xlsx")))
	r.start()
	r.expectOdd("丰和区/a.xlsx: " + OddHardLink)
	r.must(os.Remove(other))
	r.expect("丰和区/a.xlsx=A")
}

func TestFoldersThatAreLinksAreNotFollowed(t *testing.T) {
	r := newRig(t)
	r.deafen()
	outside := t.TempDir()
	r.must(os.WriteFile(filepath.Join(outside, "a.xlsx"), []byte("A"), 0o644))
	r.must(os.Symlink(outside, r.path("清溪县")))
	r.must(os.Symlink(outside, r.path("丰和区/回执")))
	r.start()
	r.expectOdd("/清溪县: " + OddLink)
	r.expectOdd("丰和区/回执: " + OddLink)
	r.check(nil)
}

func TestNamesAreTakenByTheirBytes(t *testing.T) {
	gbk := string([]byte{0xB7, 0xE1, 0xBA, 0xCD}) // 丰和
	for what, name := range map[string]string{
		"GBK":           gbk + ".xlsx",
		"newline":       "一\n二.xlsx",
		"right to left": "报\u202excslx.xlsx",
		"decomposed":    "e\u0301.xlsx",
		"longest":       strings.Repeat("长", 83) + "x.xlsx",
		"blanks":        " a .xlsx",
		"device":        "CON.xlsx",
	} {
		t.Run(what, func(t *testing.T) {
			r := newRig(t)
			r.mkdir(gbk)
			r.start()
			r.write("丰和区/"+name, "A")
			r.expect("丰和区/" + name + "=A")
			r.write(gbk+"/"+name, "B")
			r.expect("丰和区/"+name+"=A", gbk+"/"+name+"=B")
		})
	}
}

// TestUnreadable needs a user whom permissions bind: root runs it again as nobody.
func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t)
		return
	}
	r := newRig(t)
	r.deafen()
	r.mkdir("清溪县")
	r.write("丰和区/锁.xlsx", "锁")
	r.write("清溪县/看不到.xlsx", "看不到")
	r.must(os.Chmod(r.path("丰和区/锁.xlsx"), 0))
	r.must(os.Chmod(r.path("清溪县"), 0))
	r.Cleanup(func() { r.must(os.Chmod(r.path("清溪县"), 0o755)) })
	r.start()
	r.expectOdd("丰和区/锁.xlsx: " + OddDenied)
	r.expectOdd("清溪县/: " + OddDenied)
	r.write("丰和区/好.xlsx", "好")
	r.expect("丰和区/好.xlsx=好")
	r.must(os.Chmod(r.path("丰和区/锁.xlsx"), 0o600))
	r.expect("丰和区/好.xlsx=好", "丰和区/锁.xlsx=锁")
	r.must(os.Chmod(r.path("清溪县"), 0o755))
	r.expect("丰和区/好.xlsx=好", "丰和区/锁.xlsx=锁", "清溪县/看不到.xlsx=看不到")
}

// asNobody runs the same test in a process of user 65534.
func asNobody(t *testing.T) {
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	bin := filepath.Join(dir, "watcher.test")
	err = errors.Join(os.Chmod(dir, 0o777), copyFile(os.Args[0], bin))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-test.run=^"+t.Name()+"$", "-test.timeout=60s")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir, "GOCOVERDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.WaitDelay = time.Minute
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS") {
		t.Fatalf("as nobody: %v\n%s", err, out)
	}
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// What is odd is told until it is gone or comes in, and then that it is over.
func TestOddIsOver(t *testing.T) {
	r := newRig(t)
	r.deafen()
	other := filepath.Join(filepath.Dir(r.Share), "other.xlsx")
	r.must(os.WriteFile(other, []byte("A"), 0o644))
	r.must(os.Link(other, r.path("丰和区/a.xlsx")))
	r.must(syscall.Mkfifo(r.path("丰和区/b.xlsx"), 0o644))
	r.must(os.WriteFile(r.path("散.xlsx"), []byte("A"), 0o644))
	r.start()
	r.expectOdd("丰和区/a.xlsx: " + OddHardLink)
	r.expectOdd("丰和区/b.xlsx: " + OddSpecial)
	r.expectOdd("/散.xlsx: " + OddOutside)
	r.must(errors.Join(os.Remove(other), os.Remove(r.path("丰和区/b.xlsx")), os.Remove(r.path("散.xlsx"))))
	r.expect("丰和区/a.xlsx=A")
	for _, name := range []string{"丰和区/a.xlsx", "丰和区/b.xlsx", "/散.xlsx"} {
		r.expectOdd(name + ": ")
	}
}
