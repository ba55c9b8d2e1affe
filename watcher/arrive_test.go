package watcher

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAFileArrivesAndStaysAsItIs(t *testing.T) {
	r := newRig(t)
	r.write("丰和区/台账.xlsx", "一")
	before, err := os.Stat(r.path("丰和区/台账.xlsx"))
	r.must(err)
	r.start()
	r.expect("丰和区/台账.xlsx=一")
	after, err := os.Stat(r.path("丰和区/台账.xlsx"))
	r.must(err)
	if !os.SameFile(before, after) || before.Mode() != after.Mode() || !before.ModTime().Equal(after.ModTime()) {
		t.Errorf("the county's file was %v, now is %v", before, after)
	}
	entries, err := os.ReadDir(r.path("丰和区"))
	r.must(err)
	if len(entries) != 1 {
		t.Errorf("the county's folder has %d entries, want 1", len(entries))
	}
	blob, err := os.Stat(r.arrivals()[0].Blob)
	r.must(err)
	if blob.Mode().Perm() != 0o400 {
		t.Errorf("the original has mode %v, want 0400", blob.Mode())
	}
}

func TestWaysToDrop(t *testing.T) {
	ways := map[string]func(r *rig, to string){
		"copy":   func(r *rig, to string) { r.must(os.WriteFile(to, []byte("内容"), 0o644)) },
		"rename": func(r *rig, to string) { moveIn(r, to, "内容") },
		"reserved, then filled": func(r *rig, to string) {
			f, err := os.Create(to)
			r.must(err)
			r.must(f.Truncate(6))
			r.must(f.Close())
			time.Sleep(3 * settle)
			r.must(os.WriteFile(to, []byte("内容"), 0o644))
		},
		"empty, then filled": func(r *rig, to string) {
			r.must(os.WriteFile(to, nil, 0o644))
			time.Sleep(3 * settle)
			r.must(os.WriteFile(to, []byte("内容"), 0o644))
		},
		"drop": func(r *rig, to string) {
			_, err := Drop(filepath.Dir(to), filepath.Base(to), strings.NewReader("内容"))
			r.must(err)
		},
	}
	for name, way := range ways {
		for _, deaf := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s deaf=%v", name, deaf), func(t *testing.T) {
				r := newRig(t)
				if deaf {
					r.deafen()
				}
				r.start()
				way(r, r.path("丰和区/a.xlsx"))
				r.expect("丰和区/a.xlsx=内容")
			})
		}
	}
}

// moveIn writes beside the share and renames into it: the only event is a creation.
func moveIn(r *rig, to, content string) {
	temp := filepath.Join(filepath.Dir(r.Share), "outside")
	r.must(os.WriteFile(temp, []byte(content), 0o644))
	r.must(os.Rename(temp, to))
}

func TestASlowWriterIsWaitedFor(t *testing.T) {
	r := newRig(t)
	r.Settle = 10 * settle // room for a busy machine
	r.start()
	want := ""
	for i := range 40 {
		f, err := os.OpenFile(r.path("丰和区/慢.xlsx"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		r.must(err)
		_, err = fmt.Fprintf(f, "第%d行", i)
		r.must(errors.Join(err, f.Close()))
		want += fmt.Sprintf("第%d行", i)
		time.Sleep(settle / 2)
	}
	r.expect("丰和区/慢.xlsx=" + want)
}

func TestEachVersionArrives(t *testing.T) {
	for name, deaf := range map[string]bool{"events": false, "rescans": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if deaf {
				r.deafen()
			}
			r.start()
			r.write("丰和区/a.xlsx", "A1")
			r.expect("丰和区/a.xlsx=A1")
			r.write("丰和区/a.xlsx", "B2") // in place, of the same length
			r.expect("丰和区/a.xlsx=A1", "丰和区/a.xlsx=B2")
			moveIn(r, r.path("丰和区/a.xlsx"), "A1")
			r.expect("丰和区/a.xlsx=A1", "丰和区/a.xlsx=B2", "丰和区/a.xlsx=A1")
		})
	}
}

func TestNoChangeOfBytesIsNoArrival(t *testing.T) {
	r := newRig(t)
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.expect("丰和区/a.xlsx=A")
	r.must(os.Chtimes(r.path("丰和区/a.xlsx"), time.Unix(0, 0), time.Unix(0, 0)))
	r.must(os.Chmod(r.path("丰和区/a.xlsx"), 0o600))
	moveIn(r, r.path("丰和区/a.xlsx"), "A")
	r.expect("丰和区/a.xlsx=A")
}

func TestAFileThatGoesAwayIsForgotten(t *testing.T) {
	r := newRig(t)
	r.Settle = 4 * settle
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.must(os.Remove(r.path("丰和区/a.xlsx")))
	r.nothing()
	if text := r.log.String(); text != "" {
		t.Errorf("logged: %s", text)
	}
}

func TestAfterARestartEverythingIsAnnouncedAgain(t *testing.T) {
	r := newRig(t)
	r.write("丰和区/a.xlsx", "A")
	for range 2 {
		r.start()
		r.until("the arrival", func() bool { return len(r.arrivals()) > 0 })
		r.stop()
		r.check([]string{"丰和区/a.xlsx=A"})
		r.came = nil
	}
}

func TestAfterARestartTheOlderVersionComesFirst(t *testing.T) {
	r := newRig(t)
	for i, name := range []string{"c.xlsx", "a.xlsx", "b.xlsx"} {
		r.write("丰和区/"+name, name)
		when := time.Date(2019, 11, 4, 8, i, 0, 0, time.UTC)
		r.must(os.Chtimes(r.path("丰和区", name), when, when))
	}
	r.start()
	r.expect("丰和区/c.xlsx=c.xlsx", "丰和区/a.xlsx=a.xlsx", "丰和区/b.xlsx=b.xlsx")
}

func TestAHalfCopiedWorkbookIsWaitedFor(t *testing.T) {
	r := newRig(t)
	r.Complete = wholeZip
	r.start()
	book := workbook(t, "格")
	r.write("丰和区/a.xlsx", book[:len(book)/2])
	time.Sleep(6 * settle)
	r.check(nil)
	r.write("丰和区/a.xlsx", book)
	r.expect("丰和区/a.xlsx=" + book)
}

func TestAWorkbookThatStaysHalfIsTakenInTheEnd(t *testing.T) {
	for name, content := range map[string]string{
		"cut": workbook(t, "格")[:200], "zeros": string(make([]byte, 300)), "empty": "",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.Complete, r.Patience = wholeZip, 12*settle
			r.start()
			began := time.Now()
			r.write("丰和区/a.xlsx", content)
			r.expect("丰和区/a.xlsx=" + content)
			if took := time.Since(began); took < r.Patience {
				t.Errorf("taken after %v, before patience was over", took)
			}
		})
	}
}

func TestManyFilesAtOnce(t *testing.T) {
	r := newRig(t)
	r.start()
	for i := range 300 {
		r.write(fmt.Sprintf("丰和区/%03d.xlsx", i), fmt.Sprint("第", i))
	}
	r.until("300 arrivals", func() bool { return len(r.arrivals()) >= 300 })
	time.Sleep(4 * settle)
	seen := map[string]bool{}
	for _, a := range r.arrivals() {
		var i int
		if _, err := fmt.Sscanf(a.Name, "%03d.xlsx", &i); err != nil || r.blob(a) != fmt.Sprint("第", i) {
			t.Errorf("%s arrived with other bytes", a.Name)
		}
		seen[a.Name] = true
	}
	if len(seen) != 300 || len(r.arrivals()) != 300 {
		t.Errorf("%d files arrived %d times, want 300 once each", len(seen), len(r.arrivals()))
	}
}

func TestARefusedArrivalIsToldAgainInOrder(t *testing.T) {
	r := newRig(t)
	r.deafen()
	broken, tries := true, 0
	r.refuse = func(a Arrival) error {
		if a.Name == "a.xlsx" && broken {
			tries++
			return errors.New("the store is busy")
		}
		return nil
	}
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.until("three tries", func() bool { r.mu.Lock(); defer r.mu.Unlock(); return tries >= 3 })
	r.write("丰和区/a.xlsx", "B") // must not overtake A, which is not recorded yet
	r.write("丰和区/b.xlsx", "另")
	r.expect("丰和区/b.xlsx=另")
	r.mu.Lock()
	broken = false
	r.mu.Unlock()
	r.expect("丰和区/b.xlsx=另", "丰和区/a.xlsx=A", "丰和区/a.xlsx=B")
	if n := strings.Count(r.log.String(), "the store is busy"); n != 1 {
		t.Errorf("the trouble was logged %d times, want once:\n%s", n, r.log)
	}
	if strings.Contains(r.log.String(), "a.xlsx") {
		t.Errorf("a file name was logged:\n%s", r.log)
	}
}

func TestAnArrivalIsRecordedThoughItsFileAndFolderAreGone(t *testing.T) {
	r := newRig(t)
	r.deafen()
	broken := true
	r.refuse = func(Arrival) error {
		if broken {
			return errors.New("the store is busy")
		}
		return nil
	}
	r.start()
	r.write("丰和区/a.xlsx", "A")
	r.until("a try", func() bool { return strings.Contains(r.log.String(), "the store is busy") })
	r.must(os.RemoveAll(r.path("丰和区")))
	time.Sleep(4 * settle)
	r.mu.Lock()
	broken = false
	r.mu.Unlock()
	r.expect("丰和区/a.xlsx=A")
}

func TestOneFolderDoesNotHoldUpAnother(t *testing.T) {
	r := newRig(t)
	r.mkdir("清溪县")
	release := make(chan struct{})
	r.Arrived = func(ctx context.Context, a Arrival) error {
		if a.Folder == "丰和区" {
			<-release
		}
		return r.arrived(ctx, a)
	}
	r.start()
	r.write("丰和区/a.xlsx", "A")
	time.Sleep(3 * settle)
	r.write("清溪县/b.xlsx", "B")
	r.expect("清溪县/b.xlsx=B")
	close(release)
	r.expect("清溪县/b.xlsx=B", "丰和区/a.xlsx=A")
}
