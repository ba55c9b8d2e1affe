//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// An original in the archive was altered, removed, or something else was put in its
// place, before it was judged: nothing is made of it, the page and verify name it, the
// county's later files wait for it and other counties' do not. Put back, they count.
func TestFaultOriginals(t *testing.T) {
	for name, harm := range map[string]struct {
		line, verify string
		do           func(t *testing.T, blob string)
	}{
		"altered": {"原件被改动过", "原件被改动", func(t *testing.T, blob string) {
			change(t, blob, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		}},
		"a folder": {"原件读不出", "原件读不出", func(t *testing.T, blob string) {
			if err := errors.Join(os.Remove(blob), os.Mkdir(blob, 0o700)); err != nil {
				t.Fatal(err)
			}
		}},
		"a pipe": {"原件读不出", "原件读不出", func(t *testing.T, blob string) {
			if err := errors.Join(os.Remove(blob), syscall.Mkfifo(blob, 0o600)); err != nil {
				t.Fatal(err)
			}
		}},
		"missing": {"原件不见了", "原件不见了", func(t *testing.T, blob string) {
			if err := os.Remove(blob); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCity(t, "", faultSettings)
			backup, _ := c.backedUpCity()
			c.must("restore", backup) // 乙县's second 一.xlsx and 甲县's 二.xlsx wait to be judged again
			second := c.sent["乙县/一.xlsx"][1]
			blob := filepath.Join(c.data, "archive", second[:2], second)
			kept, err := os.ReadFile(blob)
			if err != nil {
				t.Fatal(err)
			}
			c.drop("乙县", "一.xlsx") // so that the share does not have it any more
			harm.do(t, blob)
			p := c.start().up()
			p.tells(harm.line)
			judged := func(county string) int {
				got, err := c.query(`SELECT id FROM submission WHERE county = $1`, county)
				if err != nil {
					t.Fatal(err)
				}
				return len(got)
			}
			p.until("the other county's file", func() bool { return judged("甲县") == 2 })
			p.until("the county's next version", func() bool {
				got, err := c.query(`SELECT id FROM arrival WHERE county = '乙县'`)
				return err == nil && len(got) == 3
			})
			if printed, code := c.command("verify"); code != exitFindings || !strings.Contains(printed, harm.verify) || !strings.Contains(printed, second) {
				t.Errorf("verify: exit %d\n%s", code, printed)
			}
			if n := judged("乙县"); n != 1 {
				t.Errorf("%d files of the county were judged, though the second one is not to be had", n)
			}
			write(t, blob+".new", string(kept))
			if err := errors.Join(os.RemoveAll(blob), os.Rename(blob+".new", blob)); err != nil {
				t.Fatal(err)
			}
			c.drop("甲县", "三.xlsx")
			c.whole(p)
			p.content()
			c.must("verify")
			p.quit()
		})
	}
}
