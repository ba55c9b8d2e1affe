package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// habits are the ways in which files come into a share. Each writes whole
// content in the end; what it does before must never be taken for a file.
var habits = []func(path string, data []byte) error{
	writeRenamed, writeRenamed, writeOver, writeOver, writeSlowly, writeHollow, writeFromTomorrow,
}

// writeRenamed writes beside the place and renames, as office programs do.
func writeRenamed(path string, data []byte) error {
	temp := filepath.Join(filepath.Dir(path), "~WPS"+filepath.Base(path)+".tmp")
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// writeOver empties the file and writes it anew in place.
func writeOver(path string, data []byte) error { return os.WriteFile(path, data, 0o600) }

// slowPause is longer than the settle time of the tests, so that a file which
// is written slowly looks at rest in between.
const slowPause = 4 * crashSettle

// writeSlowly writes a third at a time and closes the file in between, as an
// upload does that breaks off and goes on.
func writeSlowly(path string, data []byte) error {
	third := len(data) / 3
	for i, part := range [][]byte{data[:third], data[third : 2*third], data[2*third:]} {
		flag := os.O_WRONLY | os.O_CREATE | os.O_APPEND
		if i == 0 {
			flag = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		}
		if err := writePart(path, flag, 0, part); err != nil {
			return err
		}
		time.Sleep(slowPause)
	}
	return nil
}

// writeHollow has the final size at once, writes the end first and leaves a
// hole in the middle for a while, as some copying programs do.
func writeHollow(path string, data []byte) error {
	first, last := len(data)/3, 2*len(data)/3
	if err := writePart(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, int64(last), data[last:]); err != nil {
		return err
	}
	if err := writePart(path, os.O_WRONLY, 0, data[:first]); err != nil {
		return err
	}
	time.Sleep(slowPause)
	return writePart(path, os.O_WRONLY, int64(first), data[first:last])
}

// writeFromTomorrow comes from a machine whose clock is a day ahead.
func writeFromTomorrow(path string, data []byte) error {
	if err := writeRenamed(path, data); err != nil {
		return err
	}
	tomorrow := time.Now().AddDate(0, 0, 1)
	return os.Chtimes(path, tomorrow, tomorrow)
}

func writePart(path string, flag int, at int64, part []byte) error {
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if flag&os.O_APPEND != 0 {
		_, err = f.Write(part)
		return err
	}
	_, err = f.WriteAt(part, at)
	return err
}

// errand is one thing that a county does.
type errand struct {
	to    *place
	book  *workbook
	write func(string, []byte) error
}

// wave sends something to most places, at the same time. Some get the content
// that they had before the last one, some what they have already, and some a
// new content right after another.
func (w *world) wave(share float64) {
	var all sync.WaitGroup
	for _, p := range w.places {
		if w.rng.Float64() > share {
			continue
		}
		errands := []errand{w.errand(p)}
		if w.rng.IntN(6) == 0 {
			errands = append(errands, w.errand(p))
		}
		all.Go(func() {
			for _, e := range errands {
				w.do(e)
			}
		})
	}
	all.Wait()
}

func (w *world) errand(p *place) errand {
	book := w.books[[2]string{p.county, p.form}][w.rng.IntN(poolEach)]
	switch w.rng.IntN(6) {
	case 0, 1:
		if earlier := p.back(2); earlier != nil {
			book = earlier // A, then B, then A again
		}
	case 2:
		if same := p.last(); same != nil {
			book = same
		}
	}
	return errand{p, book, habits[w.rng.IntN(len(habits))]}
}

// do writes a file into the share.
func (w *world) do(e errand) {
	e.to.put(e.book)
	if err := e.write(w.path(e.to), e.book.data); err != nil && !w.dark.Load() {
		w.t.Errorf("the generator cannot write: %v", err)
	}
}

func (w *world) path(p *place) string {
	return p.path
}

// rootName is the further root that is 乙县's alone; its answers lie there.
const rootName = "乙县局"

// crashPlaces are the files that two counties and the city keep sending. One
// county has a further root besides its folder in the share, and there a file
// of the same name.
func crashPlaces(t *testing.T, data, root string) (places []*place) {
	t.Helper()
	for _, county := range crashCounties {
		folder := filepath.Join(data, "share", county)
		for name, form := range map[string]string{"信访件台账.xlsx": petitionForm, "台账副本.xlsx": petitionForm,
			"自查表.xlsx": openForm, "汇总.xlsx": figuresForm, "回执/汇总（改好）.xlsx": figuresForm} {
			places = append(places, &place{county: county, name: name, form: form, path: filepath.Join(folder, filepath.FromSlash(name))})
		}
	}
	places = append(places,
		&place{county: crashCounties[1], name: rootName + "/信访件台账.xlsx", form: petitionForm, path: filepath.Join(root, "信访件台账.xlsx")},
		&place{county: crashCounties[1], name: rootName + "/回执/汇总（改好）.xlsx", form: figuresForm, path: filepath.Join(root, "回执", "汇总（改好）.xlsx")},
		&place{county: cityFolder, name: "清单.xlsx", form: taskForm, path: filepath.Join(data, "share", cityFolder, "清单.xlsx")})
	for _, p := range places {
		if err := os.MkdirAll(filepath.Dir(p.path), 0o770); err != nil {
			t.Fatal(err)
		}
	}
	return places
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// sent is how many files the counties have sent.
func (w *world) sent() (n int) {
	for _, p := range w.places {
		n += len(p.versions)
	}
	return n
}
