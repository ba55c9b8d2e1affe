package watcher

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestAFileThatIsOpenForWritingIsWaitedFor(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.start()
	f, err := os.Create(r.path("丰和区/a.xlsx"))
	r.must(err)
	_, err = f.WriteString("上半")
	r.must(err)
	r.nothing() // at rest by its looks, for far longer than settling takes
	_, err = f.WriteString("下半")
	r.must(errors.Join(err, f.Close()))
	r.expect("丰和区/a.xlsx=上半下半")
}

func TestAFileThatStaysOpenIsTakenInTheEnd(t *testing.T) {
	r := newRig(t)
	r.deafen()
	r.Patience = 12 * settle
	r.start()
	began := time.Now()
	f, err := os.Create(r.path("丰和区/a.xlsx"))
	r.must(err)
	defer f.Close()
	_, err = f.WriteString("开着")
	r.must(err)
	r.expect("丰和区/a.xlsx=开着")
	if took := time.Since(began); took < r.Patience {
		t.Errorf("taken after %v, before patience was over", took)
	}
}

func TestAGripTellsOfAWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := os.WriteFile(path, []byte("A"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	g, err := hold(f)
	if err != nil || !g.taken || !g.held(f) {
		t.Fatalf("no grip on a file at rest: %v %v", g, err)
	}
	writer := exec.Command("sh", "-c", `printf B >> "$1"`, "sh", path)
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(soon); g.held(f); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the grip is still held though somebody wants to write")
		}
	}
	if got, _ := os.ReadFile(path); string(got) != "A" {
		t.Errorf("the writer did not wait: %q", got)
	}
	if err := errors.Join(f.Close(), writer.Wait()); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "AB" {
		t.Errorf("the writer wrote %q, want AB", got)
	}
}

// A file that changes while it is copied must not be kept, whatever changes it.
func TestAChangeDuringTheCopyIsSeen(t *testing.T) {
	changes := map[string]func(r *rig, path string){
		"appended": func(r *rig, path string) {
			r.must(exec.Command("sh", "-c", `printf more >> "$1" &`, "sh", path).Run())
			time.Sleep(20 * time.Millisecond)
		},
		"replaced": func(r *rig, path string) { moveIn(r, path, "另一") },
		"removed":  func(r *rig, path string) { r.must(os.Remove(path)) },
		"linked":   func(r *rig, path string) { r.must(os.Link(path, path+".2")) },
		"touched":  func(r *rig, path string) { r.must(os.Chtimes(path, time.Unix(9, 0), time.Unix(9, 0))) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.write("丰和区/a.xlsx", "原来")
			top, err := openPlace(r.path("丰和区"))
			r.must(err)
			defer top.close()
			st, err := top.stat("a.xlsx")
			r.must(err)
			src, err := top.open("a.xlsx", false)
			r.must(err)
			defer src.Close()
			g, err := hold(src)
			r.must(err)
			got := &copied{size: st.print.size}
			own, err := r.settled()
			r.must(err)
			h := newHall(own, nil)
			h.reach.Store(&reach{})
			f := newFolder(h, "丰和区")
			s := sighting{name: "a.xlsx", base: "a.xlsx", in: top, stat: st}
			r.must(f.unchanged(src, s, got, g))
			change(r, r.path("丰和区/a.xlsx"))
			if err := f.unchanged(src, s, got, g); err == nil {
				t.Error("the change was not seen")
			}
		})
	}
}
