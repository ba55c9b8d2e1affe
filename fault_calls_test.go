//go:build linux

package main

import (
	"errors"
	"flag"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

var allFaults = flag.Bool("faults", false, "TestFaultCalls: fail each system call at more places")

// call is a system call that fails.
type call struct {
	name  string
	error string
	when  string // strace's "when=": which call of each thread fails
}

// fewCalls run always; the place is early, so that the first arrivals meet it.
var fewCalls = []call{
	{"fsync", "EIO", "3"},
	{"fsync", "ENOSPC", "2+5"},
	{"pwrite64", "EIO", "40"},
	{"pwrite64", "ENOSPC", "25+40"},
	{"renameat,renameat2", "EIO", "1+3"},
	{"renameat,renameat2", "ENOSPC", "2"},
	{"openat", "EMFILE", "60+11"},
	{"openat", "EACCES", "50+17"},
	{"read,pread64", "EIO", "90+31"},
	{"unlinkat", "EIO", "1+2"},
	{"mkdirat", "ENOSPC", "1+2"},
}

// callsToFail are the few, or with -faults the same calls at more places.
func callsToFail() []call {
	if !*allFaults {
		return fewCalls
	}
	var all []call
	for _, f := range fewCalls {
		for _, when := range []string{"1", "2", "3", "5", "8", "13", "21", "34", "55", "89", "1+2", "2+3", "5+7", "20+13", "50+29"} {
			all = append(all, call{f.name, f.error, when})
		}
	}
	return all
}

// The disk and the system refuse single calls while counties report, until the
// program gives up or the fault is over. Started again on a sound system, it
// finds everything and does nothing twice.
func TestFaultCalls(t *testing.T) {
	for _, f := range callsToFail() {
		t.Run(strings.ReplaceAll(f.name, ",", "-")+" "+f.error+" "+f.when, func(t *testing.T) {
			t.Parallel()
			failCalls(t, f)
		})
	}
}

func failCalls(t *testing.T, f call) {
	c := newCity(t, "", faultSettings)
	c.start().up().quit() // the folders and the empty database exist
	p := c.start("strace", "--follow-forks", "--quiet=all", "--seccomp-bpf", "--output=/dev/null",
		"--trace="+f.name, "--inject="+f.name+":error="+f.error+":when="+f.when)
	for _, name := range []string{"一.xlsx", "二.xlsx", "三.xlsx"} {
		c.drop("甲县", name)
		c.drop("乙县", name)
		if p.endedWithin(900 * time.Millisecond) {
			break
		}
	}
	p.kill()
	if strings.Contains(p.out.String(), "panic:") {
		t.Errorf("the program panicked\n%s", p.out)
	}
	p = c.start().up()
	c.whole(p)
	c.drop("甲县", "一.xlsx")
	c.whole(p)
	p.quit()
}

var exitLine = regexp.MustCompile(`(?m)^taizhang: 错误`)

// endedWithin waits for the program to end by itself. If it does, it must say why
// and end as the table of exit codes says.
func (p *process) endedWithin(d time.Duration) bool {
	p.t.Helper()
	select {
	case err := <-p.ended:
		p.ended <- err
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitTrouble || !exitLine.MatchString(p.out.String()) {
			p.t.Errorf("the program ended with %v\n%s", err, p.out)
		}
		return true
	case <-time.After(d):
		return false
	}
}
