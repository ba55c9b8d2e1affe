package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// crashSettle is the settle time of the crash tests.
const crashSettle = 40 * time.Millisecond

// crashPatience is how long nothing may come nearer to being right after a
// restart. It is no limit on the whole, which a busy machine would break.
const crashPatience = 30 * time.Second

// world is one data folder with its counties, its mail server, and a program
// that is killed again and again.
type world struct {
	t       *testing.T
	program string
	data    string
	root    string // a further root, of one county alone
	rng     *rand.Rand
	books   map[[2]string][]*workbook // by county and form
	bySHA   map[string]*workbook
	places  []*place
	post    *post
	kills   int

	patience time.Duration // how long there may be no progress
	dark     atomic.Bool   // there is no power, and nothing can be written

	cmd   *exec.Cmd
	ended chan struct{}
	log   *syncBuffer
}

// newWorld lays out a data folder below dir.
func newWorld(t *testing.T, program, dir string, seed uint64) *world {
	t.Helper()
	pool, err := crashPool()
	if err != nil {
		t.Fatal(err)
	}
	mailbox, port := servePost(t)
	w := &world{t: t, program: program, data: filepath.Join(dir, "data"), root: filepath.Join(dir, "root"), rng: newRand(seed), post: mailbox,
		books: map[[2]string][]*workbook{}, bySHA: map[string]*workbook{}, log: &syncBuffer{},
		patience: crashPatience}
	for _, book := range pool {
		at := [2]string{book.county, book.form}
		w.books[at] = append(w.books[at], book)
		w.bySHA[book.sha] = book
	}
	w.places = crashPlaces(t, w.data, w.root)
	write(t, filepath.Join(w.data, "taizhang.yaml"), fmt.Sprintf("city: 甲市\nsettle: %s\nrescan: 100ms\nprefillDays: 0\n"+
		"chase: {remind: off, chase: off, report: off, overdue: off}\n"+
		"mail: {host: 127.0.0.1, port: %d, tls: none, perMinute: 1000, from: 台账 <tz@example.gov.cn>}\n"+
		"roots: [{name: %s, path: %q, county: 乙县}]\n", crashSettle, port, rootName, w.root))
	write(t, filepath.Join(w.data, "counties.yaml"), "counties:\n  - {name: 甲县, email: jia@example.gov.cn}\n  - {name: 乙县, email: yi@example.gov.cn}\n")
	slices.SortFunc(w.places, func(a, b *place) int { return strings.Compare(a.county+a.name, b.county+b.name) })
	t.Cleanup(w.kill)
	return w
}

// start runs the program; crash is name:hit of the point where it kills itself,
// or "".
func (w *world) start(crash string) {
	w.t.Helper()
	w.cmd = exec.Command(w.program, "serve", "--data", w.data, "--addr", "127.0.0.1:0")
	w.cmd.Env = append(os.Environ(), "TAIZHANG_CRASH="+crash)
	w.log = &syncBuffer{}
	w.cmd.Stdout, w.cmd.Stderr = w.log, w.log
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	cmd, ended := w.cmd, make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // killed programs end with an error
	w.ended = ended
}

// down reports, after waiting no longer than d, that the program has ended.
func (w *world) down(d time.Duration) bool {
	select {
	case <-w.ended:
		return true
	case <-time.After(d):
		return false
	}
}

// kill ends the program as a power switch would end the process.
func (w *world) kill() {
	if w.cmd == nil {
		return
	}
	_ = w.cmd.Process.Kill() // it may have ended by itself
	<-w.ended
	w.cmd = nil
	w.kills++
}

// crashAt lets the counties send files until the program dies at a point, looks
// at what is left, and then at what the next start makes of it.
func (w *world) crashAt(crash string) []string {
	w.start(crash)
	died := false
	for end := time.Now().Add(4 * crashPatience); !died && time.Now().Before(end); {
		w.wave(0.7)
		died = w.down(150 * time.Millisecond)
	}
	if !died {
		return []string{"harness: the program never came to " + crash + "; is the point still on the path?"}
	}
	return w.recover()
}

// crashAfter kills the program at some moment.
func (w *world) crashAfter(d time.Duration) []string {
	w.start("")
	sent := make(chan struct{})
	go func() { defer close(sent); w.wave(0.8) }()
	if w.down(d) {
		<-sent
		return []string{"harness: the program ended by itself:\n" + w.log.String()}
	}
	w.kill()
	<-sent
	return w.recover()
}

// recover looks at a folder whose program has just died, lets the counties go
// on meanwhile, starts the program again and waits until everything is as it
// must be. It answers what is not.
func (w *world) recover() []string {
	w.kill()
	if wrong := w.still(); len(wrong) > 0 {
		return wrong
	}
	if w.rng.IntN(2) == 0 {
		w.wave(0.2)
	}
	if w.rng.IntN(4) == 0 { // it dies again while it recovers
		w.start("")
		w.down(time.Duration(20+w.rng.IntN(300)) * time.Millisecond)
		w.kill()
		if wrong := w.still(); len(wrong) > 0 {
			return wrong
		}
	}
	w.start("")
	defer w.kill()
	return w.calm()
}

// calm waits until every invariant holds, and answers those that do not when
// patience is over: nothing about them has changed for so long.
func (w *world) calm() []string {
	for _, p := range w.places {
		p.rest()
	}
	before, end := "", time.Now()
	for {
		wrong := w.check()
		if now := strings.Join(wrong, "\n"); now != before {
			before, end = now, time.Now().Add(w.patience)
		}
		if len(wrong) == 0 || time.Now().After(end) {
			return wrong
		}
		if w.down(40 * time.Millisecond) {
			return append(wrong, "harness: the program ended by itself:\n"+w.log.String())
		}
	}
}

// fail reports broken invariants with what is needed to look into them.
func (w *world) fail(what string, wrong []string) {
	w.t.Helper()
	text := w.log.String()
	w.t.Errorf("%s (seed %d):\n  %s\nlog:\n%s", what, *crashSeed, strings.Join(wrong, "\n  "), text[max(0, len(text)-4000):])
}
