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

// slowly is strace beside the program, which stays our child, making each sync to
// disk take so many microseconds.
func slowly(calls string, microseconds int, more ...string) []string {
	return append([]string{"strace", "-DD", "--follow-forks", "--quiet=all", "--seccomp-bpf", "--output=/dev/null",
		"--trace=" + calls, fmt.Sprintf("--inject=%s:delay_enter=%d", calls, microseconds)}, more...)
}

// A service manager ends the program with SIGTERM, in the middle of each part of
// its work, on a disk so slow that each part lasts. It ends well, and the next
// start finishes what was begun.
func TestFaultTerminated(t *testing.T) {
	for phase, begun := range map[string]func(*city) bool{
		"copying":     func(c *city) bool { return found(c.data, "archive/tmp/*") },
		"archived":    func(c *city) bool { return found(c.data, "archive/[0-9a-f][0-9a-f]/*") },
		"arrived":     func(c *city) bool { return c.counts(`SELECT COUNT(*) FROM arrival`) > 0 },
		"judged":      func(c *city) bool { return c.counts(`SELECT COUNT(*) FROM submission`) > 0 },
		"answering":   func(c *city) bool { return found(c.data, "share/*/回执/.taizhang-*.part") },
		"answered":    func(c *city) bool { return found(c.data, "share/*/回执/*.txt") },
		"summarising": func(c *city) bool { return found(c.data, "summaries/.*") },
	} {
		t.Run(phase, func(t *testing.T) {
			t.Parallel()
			c := newCity(t, "", faultSettings)
			c.start().up().quit()
			p := c.start(slowly("fsync", 250_000)...).up()
			c.drop("甲县", "一.xlsx")
			c.drop("乙县", "一.xlsx")
			p.until("the phase "+phase, func() bool { return begun(c) })
			p.terminate()
			p = c.start().up()
			c.whole(p)
			p.quit()
		})
	}
}

// The same while it starts for the first time, lays out its folder and makes its
// database, and while it starts again with files to take.
func TestFaultTerminatedAtStart(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	c.drop("甲县", "一.xlsx")
	mark := filepath.Join(c.data, "taizhang.running")
	for _, after := range []time.Duration{0, 100, 300, 500, 900, 1400, 2000} {
		os.Remove(mark) // it may be there
		p := c.start(slowly("fsync", 60_000)...)
		p.until("the program to hear signals", func() bool { return found(mark, "") })
		time.Sleep(after * time.Millisecond)
		p.terminate()
	}
	p := c.start().up()
	c.whole(p)
	p.quit()
}

// terminate ends the program as a service manager does; it must end well.
func (p *process) terminate() {
	p.t.Helper()
	began := time.Now()
	if err := syscall.Kill(p.cmd.Process.Pid, syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Errorf("the program ended with %v\n%s", err, p.out)
		}
	case <-time.After(20 * time.Second):
		p.t.Errorf("the program did not end\n%s", p.out)
		p.kill()
	}
	if took := time.Since(began); took > 10*time.Second {
		p.t.Errorf("it took %v to end", took)
	}
}

// found says whether any file is there.
func found(dir, pattern string) bool {
	all, _ := filepath.Glob(filepath.Join(dir, pattern))
	return len(all) > 0
}

// counts is a number from the database.
func (c *city) counts(text string) (n int) {
	got, err := c.query(text)
	if err == nil && len(got) == 1 {
		fmt.Sscan(got[0], &n)
	}
	return n
}

// One county's file is read so slowly as through a network that hangs: every
// read of it takes four seconds. The other county has its answer meanwhile.
func TestFaultHangingReads(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	c.start().up().quit()
	slow := c.share("甲县", "慢.xlsx")
	p := c.start(slowly("read,pread64", 4_000_000, "--trace-path="+slow)...).up()
	c.drop("甲县", "慢.xlsx")
	p.until("the file to be read", func() bool { return found(c.data, "archive/tmp/*") })
	began := time.Now()
	c.drop("乙县", "快.xlsx")
	p.until("the other county's answer", func() bool { return found(c.data, "share/乙县/回执/*.txt") })
	took := time.Since(began)
	if n := c.counts(`SELECT COUNT(*) FROM arrival WHERE county = '甲县'`); n != 0 {
		t.Errorf("the slow file was read already, %v", took)
	}
	c.whole(p)
	t.Logf("the other county was answered after %v", took.Round(10*time.Millisecond))
	p.terminate()
}
