package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"taizhang/merge"
)

// paper is a file for a county's folder.
type paper struct {
	name string // wanted; in the end the one it has
	data []byte
	form bool // to be filled in: dropped elsewhere it is a submission
	once bool // what was written under the name earlier counts as this
	err  error
	done bool

	try, temp, hash string // the name that is tried, and what the bytes are called until then
}

// put writes a file under its name, or under a numbered one where another file
// has it. The same answer gives the same bytes, so that one delivered twice is there
// once. So is one that an earlier program wrote before it died and that is drawn anew
// from what has come since, where no other file has its name; by then the county may
// have filled it in.
func (f *folder) put(ctx context.Context, p *paper) error {
	f.putAll(ctx, []*paper{p})
	return p.err
}

// putAll is put for files that go into the folder together: they become known in one
// transaction, and the folder is synced once. How each ended is in it.
func (f *folder) putAll(ctx context.Context, papers []*paper) {
	for n := 1; n < 1000; n++ {
		if f.fillAll(ctx, papers, n) {
			return
		}
		f.nameAll(ctx, papers)
	}
	for _, p := range papers {
		if p.err == nil && !p.done {
			p.err = fmt.Errorf("no free name for %q in the county's answers folder (clear it up)", p.name)
		}
	}
}

// fillAll writes down, beside their places, the papers that have none yet and whose
// n-th name is free. It answers true when nothing is left to do.
func (f *folder) fillAll(ctx context.Context, papers []*paper, n int) (over bool) {
	over = true
	for _, p := range papers {
		p.temp = ""
		if p.done || p.err != nil {
			continue
		}
		p.try = numbered(p.name, n)
		there, err := f.holds(p.try, p.data)
		if there == other && p.once && err == nil {
			var ours bool
			if ours, err = f.before(ctx, f.county, p.try); ours {
				there = same
			}
		}
		switch {
		case err != nil:
			p.err = err
			continue
		case there == same:
			p.name, p.done = p.try, true
			p.err = f.sync() // whoever wrote it may have died before
			continue
		}
		over = false
		if there == nothing {
			p.err = f.fill(p)
		}
	}
	return over
}

// nameAll remembers what was written as ours and only then gives it its names, so
// that the watcher never takes an answer for a submission.
func (f *folder) nameAll(ctx context.Context, papers []*paper) {
	var written []*paper
	var ours []merge.Paper
	for _, p := range papers {
		if p.temp != "" && p.err == nil {
			written = append(written, p)
			ours = append(ours, merge.Paper{Name: p.try, SHA256: p.hash, Form: p.form})
		}
	}
	if len(written) == 0 {
		return
	}
	err := f.known(ctx, f.county, ours)
	if err == nil {
		err = f.place(written)
	}
	for _, p := range written {
		switch p.err = errors.Join(p.err, err); {
		case p.err == nil:
			p.name, p.done = p.try, true
			continue
		case errors.Is(p.err, fs.ErrExist):
			p.err = nil // somebody took the name in this moment
		}
		p.err = errors.Join(p.err, ignoreMissing(f.root.Remove(p.temp)))
	}
}

// place gives written files their names and makes these durable. What stands in the
// way of one is told in it.
func (f *folder) place(written []*paper) error {
	dir, err := f.root.Open(".")
	if err != nil {
		return fmt.Errorf("open the county's answers folder: %w", err)
	}
	defer dir.Close() // nothing is written through it
	for _, p := range written {
		p.err = f.rename(dir, p.temp, p.try)
	}
	return syncNames(dir)
}

// What stands under a name.
const (
	nothing = iota
	same
	other
)

// holds looks at what stands under a name, and never opens what is no plain file.
func (f *folder) holds(name string, data []byte) (int, error) {
	info, err := f.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nothing, nil
	}
	if err != nil {
		return nothing, fmt.Errorf("look into the county's answers folder: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return other, nil
	}
	file, err := f.root.Open(name)
	if err != nil {
		return other, nil // held open or not ours to read: leave it alone
	}
	defer file.Close()
	there, err := io.ReadAll(io.LimitReader(file, info.Size()+1))
	if err != nil {
		return nothing, fmt.Errorf("read the county's answers folder: %w", err)
	}
	if bytes.Equal(there, data) {
		return same, nil
	}
	return other, nil
}

// fill puts the bytes beside their place and makes them durable.
func (f *folder) fill(p *paper) error {
	sum := sha256.Sum256(p.data)
	p.hash = hex.EncodeToString(sum[:])
	temp := ".taizhang-" + p.hash[:16] + ".part"
	file, err := f.create(temp)
	if err != nil {
		return fmt.Errorf("write into the county's answers folder: %w", err)
	}
	_, err = file.Write(p.data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write into the county's answers folder: %w", errors.Join(err, ignoreMissing(f.root.Remove(temp))))
	}
	p.temp = temp
	return nil
}

// create makes the temporary file; one that an interrupted attempt left goes first.
func (f *folder) create(temp string) (*os.File, error) {
	const flags, mode = os.O_CREATE | os.O_EXCL | os.O_WRONLY, 0o664
	file, err := f.root.OpenFile(temp, flags, mode)
	if !errors.Is(err, fs.ErrExist) {
		return file, err
	}
	if err := ignoreMissing(f.root.Remove(temp)); err != nil {
		return nil, err
	}
	return f.root.OpenFile(temp, flags, mode)
}

// rename gives a written file its name without taking the name from another.
// Where the system cannot do both at once, a moment between the two remains.
func (f *folder) rename(dir *os.File, temp, name string) error {
	done, err := renameFree(dir, temp, name)
	if done || err != nil {
		return err
	}
	if _, err := f.root.Lstat(name); err == nil {
		return fs.ErrExist
	}
	if err := f.root.Rename(temp, name); err != nil {
		return fmt.Errorf("name a file in the county's answers folder: %w", err)
	}
	return nil
}

// sync makes the names in the folder durable.
func (f *folder) sync() error {
	dir, err := f.root.Open(".")
	if err != nil {
		return fmt.Errorf("open the county's answers folder: %w", err)
	}
	return errors.Join(syncNames(dir), dir.Close())
}

// syncNames makes names durable. Windows has no such call and needs none.
func syncNames(dir *os.File) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("sync the county's answers folder: %w", err)
	}
	return nil
}

// ignoreMissing lets a file be gone already.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
