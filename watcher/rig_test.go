package watcher

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	settle = 50 * time.Millisecond
	never  = time.Hour
	soon   = 30 * time.Second // by then anything that should happen has happened, on the slowest machine
)

// rig is a watcher on real folders, with a record of what it told.
type rig struct {
	*testing.T
	Watcher
	log *syncBuffer

	mu     sync.Mutex
	came   []Arrival
	odd    []string // folder/name: why
	states []string // folder: trouble, or folder: trouble, over
	refuse func(a Arrival) error
	stop   func()
}

// newRig makes the folders and lets the test run beside others. By default there is no rescan: events alone must wake the watcher.
func newRig(t *testing.T) *rig {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	r := &rig{T: t, log: &syncBuffer{}}
	r.Watcher = Watcher{
		Share: filepath.Join(dir, "share"), Archive: filepath.Join(dir, "archive"),
		Settle: settle, Rescan: never,
		Arrived: r.arrived, Odd: r.told, State: r.changed,
		Log: slog.New(slog.NewTextHandler(r.log, nil)),
	}
	r.mkdir("丰和区")
	return r
}

// deafen takes the file events away: only rescans are left.
func (r *rig) deafen() { r.deaf, r.Rescan = true, 30*time.Millisecond }

func (r *rig) arrived(_ context.Context, a Arrival) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse != nil {
		if err := r.refuse(a); err != nil {
			return err
		}
	}
	r.came = append(r.came, a)
	return nil
}

func (r *rig) told(folder, name, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.odd = append(r.odd, folder+"/"+name+": "+why)
}

func (r *rig) changed(folder, trouble string, since time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := folder + ": " + trouble
	if since.IsZero() {
		text += ", over"
	} else if ago := time.Since(since); ago < 0 || ago > soon {
		r.Errorf("the trouble is said to have begun %v ago", ago)
	}
	r.states = append(r.states, text)
}

// expectStates waits for exactly these, and sees that nothing more is told.
func (r *rig) expectStates(want ...string) {
	r.Helper()
	got := func() []string {
		r.mu.Lock()
		defer r.mu.Unlock()
		return append([]string(nil), r.states...)
	}
	r.until(fmt.Sprintf("%q", want), func() bool { return len(got()) >= len(want) })
	time.Sleep(4 * settle)
	if !slices.Equal(got(), want) {
		r.Fatalf("told %q\nwant %q\nlog:\n%s", got(), want, r.log)
	}
}

// start runs the watcher; end stops it and sees that it ended well.
func (r *rig) start() {
	r.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Watcher.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				r.Errorf("Run ended with %v", err)
			}
		case <-time.After(soon):
			r.Error("Run did not end")
		}
		if left, _ := os.ReadDir(filepath.Join(r.Archive, "tmp")); len(left) > 0 {
			r.Errorf("%d copies were left in tmp", len(left))
		}
	})
	r.Cleanup(r.stop)
}

func (r *rig) path(parts ...string) string {
	return filepath.Join(append([]string{r.Share}, parts...)...)
}

func (r *rig) mkdir(parts ...string) {
	r.Helper()
	r.must(os.MkdirAll(r.path(parts...), 0o755))
}

func (r *rig) write(name, content string) {
	r.Helper()
	r.must(os.WriteFile(r.path(name), []byte(content), 0o644))
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) arrivals() []Arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Arrival(nil), r.came...)
}

func (r *rig) oddities() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.odd...)
}

// until waits for the condition.
func (r *rig) until(what string, ok func() bool) {
	r.Helper()
	for end := time.Now().Add(soon); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			r.Fatalf("never happened: %s\narrivals: %v\nodd: %q\nlog:\n%s", what, r.arrivals(), r.oddities(), r.log)
		}
	}
}

// expect waits until these contents have arrived, "folder/name=content" each
// and in this order, then sees that nothing more comes.
func (r *rig) expect(want ...string) {
	r.Helper()
	r.until(fmt.Sprintf("%d arrivals", len(want)), func() bool { return len(r.arrivals()) >= len(want) })
	time.Sleep(4 * settle)
	r.check(want)
}

func (r *rig) check(want []string) {
	r.Helper()
	var got []string
	for _, a := range r.arrivals() {
		got = append(got, a.Folder+"/"+a.Name+"="+r.blob(a))
	}
	if strings.Join(got, "\x01") != strings.Join(want, "\x01") {
		r.Fatalf("arrived %q\nwant    %q\nlog:\n%s", got, want, r.log)
	}
}

// blob reads an arrival's copy and sees that it is where and what it claims.
func (r *rig) blob(a Arrival) string {
	r.Helper()
	data, err := os.ReadFile(a.Blob)
	r.must(err)
	sum := sha256.Sum256(data)
	if a.SHA256 != hex.EncodeToString(sum[:]) || a.Size != int64(len(data)) {
		r.Fatalf("the copy of %q has %d bytes and sum %x, announced were %d and %s", a.Name, len(data), sum, a.Size, a.SHA256)
	}
	if want := filepath.Join(r.Archive, a.SHA256[:2], a.SHA256); a.Blob != want {
		r.Fatalf("the copy is at %s, want %s", a.Blob, want)
	}
	return string(data)
}

// nothing sees that nothing arrives.
func (r *rig) nothing() {
	r.Helper()
	time.Sleep(8 * settle)
	r.check(nil)
}

// expectOdd waits for this remark, and sees that it is made once.
func (r *rig) expectOdd(want string) {
	r.Helper()
	count := func() (n int) {
		for _, each := range r.oddities() {
			if each == want {
				n++
			}
		}
		return n
	}
	r.until(want, func() bool { return count() > 0 })
	time.Sleep(4 * settle)
	if n := count(); n != 1 {
		r.Fatalf("told %d times: %s", n, want)
	}
}

// workbook is a zip archive with one entry, big enough to be cut anywhere.
func workbook(t *testing.T, content string) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "xl/workbook.xml", Method: zip.Store})
	if err == nil {
		_, err = io.WriteString(w, strings.Repeat(content, 1000))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// wholeZip reads every entry to its end, so that its checksum counts.
func wholeZip(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			return err
		}
	}
	return nil
}

// syncBuffer is a buffer that many may write to.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
