//go:build linux

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// smbShare is a real Samba server, run by the test's own user on a port of its
// own, that serves the city's share.
type smbShare struct {
	c    *city
	conf string
	port int
}

const smbConf = `[global]
	interfaces = 127.0.0.1
	bind interfaces only = yes
	smb ports = %[1]d
	private dir = %[2]s/private
	lock directory = %[2]s/lock
	state directory = %[2]s/state
	cache directory = %[2]s/cache
	pid directory = %[2]s/pid
	ncalrpc dir = %[2]s/ncalrpc
	log file = %[2]s/log
	map to guest = Bad User
	guest account = %[3]s
	security = user
	load printers = no
	disable spoolss = yes
[share]
	path = %[4]s
	read only = no
	guest ok = yes
`

// serveSMB starts smbd on the share.
func (c *city) serveSMB() *smbShare {
	c.t.Helper()
	dir := c.t.TempDir()
	for _, sub := range []string{"private", "lock", "state", "cache", "pid", "ncalrpc"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			c.t.Fatal(err)
		}
	}
	me, err := user.Current()
	if err != nil {
		c.t.Fatal(err)
	}
	s := &smbShare{c, filepath.Join(dir, "smb.conf"), freePort(c.t)}
	write(c.t, s.conf, fmt.Sprintf(smbConf, s.port, dir, me.Username, c.share()))
	smbd := exec.Command("/usr/sbin/smbd", "--foreground", "--no-process-group", "--configfile="+s.conf)
	smbd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := smbd.Start(); err != nil {
		c.t.Fatalf("smbd (Debian package samba): %v", err)
	}
	c.t.Cleanup(func() {
		syscall.Kill(-smbd.Process.Pid, syscall.SIGTERM)
		smbd.Wait()
	})
	eventually(c.t, "the SMB server", func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return s
}

// freePort is a port that nobody listened on a moment ago.
func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// client is smbclient, the county's computer, with commands for it.
func (s *smbShare) client(commands string) *exec.Cmd {
	return exec.Command("smbclient", "--no-pass", "--configfile="+s.conf, "--port="+fmt.Sprint(s.port),
		"//127.0.0.1/share", "--command="+commands)
}

// do runs commands to their end.
func (s *smbShare) do(commands string) {
	s.c.t.Helper()
	if out, err := s.client(commands).CombinedOutput(); err != nil {
		s.c.t.Fatalf("smbclient %s: %v\n%s", commands, err, out)
	}
}

// put copies a new report to the share under a name.
func (s *smbShare) put(county, name string) {
	s.c.t.Helper()
	book, figure := s.c.report(county)
	local := filepath.Join(s.c.t.TempDir(), "local.xlsx")
	write(s.c.t, local, string(book))
	s.do(fmt.Sprintf(`cd %s; put %s "%s"`, county, local, name))
	s.c.expect(county, name, book, figure)
}

// slowly feeds a book to smbclient through a pipe, some bytes at a time, and
// stops feeding it after so many bytes. The writing end is closed by the caller.
func (s *smbShare) slowly(county, name string, book []byte, until int, pause time.Duration) (*exec.Cmd, *os.File) {
	s.c.t.Helper()
	pipe := filepath.Join(s.c.t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		s.c.t.Fatal(err)
	}
	cmd := s.client(fmt.Sprintf(`cd %s; put %s "%s"`, county, pipe, name))
	if err := cmd.Start(); err != nil {
		s.c.t.Fatal(err)
	}
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		s.c.t.Fatal(err)
	}
	const parts = 8
	for i := range parts {
		if _, err := w.Write(book[i*until/parts : (i+1)*until/parts]); err != nil {
			s.c.t.Fatal(err)
		}
		time.Sleep(pause)
	}
	return cmd, w
}

// A county works on a share of a real SMB server: it copies, copies slowly,
// overwrites, renames, and its computer dies in the middle of a copy.
func TestFaultSMB(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", faultSettings)
	s := c.serveSMB()
	p := c.start().up()

	s.put("甲县", "汇总.xlsx")
	c.whole(p)
	s.put("甲县", "汇总.xlsx") // overwritten in place
	c.whole(p)

	// Far slower than the settle time: nothing is taken before the end.
	book, figure := c.report("乙县")
	cmd, w := s.slowly("乙县", "慢慢地.xlsx", book, len(book), 250*time.Millisecond)
	if got, err := c.query(`SELECT COUNT(*) FROM arrival WHERE county = '乙县'`); err != nil || got[0] != "0" {
		t.Errorf("a file that was still being written arrived: %v (%v)", got, err)
	}
	w.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	c.expect("乙县", "慢慢地.xlsx", book, figure)
	c.whole(p)

	// The county's computer dies: half a file stays behind, and is not taken.
	book, _ = c.report("乙县")
	cmd, w = s.slowly("乙县", "断了.xlsx", book, len(book)*2/3, 20*time.Millisecond)
	cmd.Process.Kill()
	cmd.Wait()
	w.Close()
	time.Sleep(1500 * time.Millisecond)
	c.whole(p)
	s.put("乙县", "断了.xlsx") // it comes back and copies once more
	c.whole(p)

	// A name that is given at the end, as careful programs do.
	book, figure = c.report("甲县")
	local := filepath.Join(t.TempDir(), "l.xlsx")
	write(t, local, string(book))
	s.do(fmt.Sprintf(`cd 甲县; put %s 草稿.tmp; rename 草稿.tmp "第二期 定稿（终）.xlsx"`, local))
	c.expect("甲县", "第二期 定稿（终）.xlsx", book, figure)
	c.whole(p)
	p.quit()
}
