package watcher

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// archive keeps each original once, under the SHA-256 of its bytes:
// <path>/ab/<sha256>. Copies grow in <path>/tmp and are renamed when they are
// on disk. A crash leaves nothing but a copy in tmp, which the next start
// removes.
type archive struct {
	path string

	mu   sync.Mutex
	made map[string]bool // the ab folders that are known to be on disk
}

// copied is a copy in the archive's tmp folder.
type copied struct {
	file *os.File
	path string
	sum  [sha256.Size]byte
	size int64
	kept bool
}

func (c *copied) hex() string { return hex.EncodeToString(c.sum[:]) }

// openArchive makes the folders that the archive needs.
func (w *Watcher) openArchive() (*archive, error) {
	a := &archive{path: w.Archive, made: map[string]bool{}}
	if err := os.MkdirAll(a.tmp(), 0o750); err != nil {
		return nil, fmt.Errorf("watcher: the archive folder cannot be used (is the disk there, may this user write to it?): %w", err)
	}
	return a, nil
}

func (a *archive) tmp() string { return filepath.Join(a.path, "tmp") }

// sweep removes the copies that a crash left behind. Those that another
// process is working on are locked and stay.
func (a *archive) sweep() error {
	entries, err := os.ReadDir(a.tmp())
	if err != nil {
		return fmt.Errorf("watcher: %w", err)
	}
	for _, each := range entries {
		path := filepath.Join(a.tmp(), each.Name())
		if !each.Type().IsRegular() || inUse(path) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("watcher: a leftover copy cannot be removed: %w", err)
		}
	}
	return nil
}

// copy copies what the reader has, but no more than max bytes and one, and
// hashes it on the way. The caller must discard the copy in the end.
func (a *archive) copy(ctx context.Context, src io.Reader, max int64, buf []byte) (*copied, error) {
	c, err := a.begin()
	if err != nil {
		return nil, inArchive(err)
	}
	if err := c.fill(ctx, src, max, buf); err != nil {
		c.discard()
		return nil, err
	}
	return c, nil
}

// begin makes an empty copy and locks it. In the moment between, another
// watcher of the same archive may sweep it away as a leftover; then another is made.
func (a *archive) begin() (*copied, error) {
	for range 100 {
		path := filepath.Join(a.tmp(), rand.Text())
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		c := &copied{file: file, path: path}
		if lock(file) == nil && c.there() {
			return c, nil
		}
		c.discard()
	}
	return nil, errors.New("a new copy cannot be locked")
}

// there reports whether the copy still has its name.
func (c *copied) there() bool {
	named, err := os.Lstat(c.path)
	if err != nil {
		return false
	}
	own, err := c.file.Stat()
	return err == nil && os.SameFile(named, own)
}

func (c *copied) fill(ctx context.Context, src io.Reader, max int64, buf []byte) error {
	hash := sha256.New()
	size, err := io.CopyBuffer(io.MultiWriter(c.file, hash), io.LimitReader(patient{ctx, src}, max+1), buf)
	if err != nil {
		return inArchive(err)
	}
	c.size = size
	hash.Sum(c.sum[:0])
	return nil
}

// patient is a reader that ends with its context.
type patient struct {
	ctx context.Context
	src io.Reader
}

func (p patient) Read(buf []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.src.Read(buf)
	if err != nil && err != io.EOF {
		err = &sourceError{err}
	}
	return n, err
}

// ErrFault says that the file itself could not be read: the share is in trouble, and
// nothing of ours.
var ErrFault = errors.New("the file cannot be read")

// sourceError is a trouble with the file that is copied, not with the copy.
type sourceError struct{ error }

// whole reports, with errPart, a copy that cannot be a finished document: it
// is empty, it begins with zeros (the room was reserved, the bytes are still
// to come), or complete says so.
func (a *archive) whole(c *copied, complete func(path string) error) error {
	head := make([]byte, min(c.size, 16))
	if _, err := c.file.ReadAt(head, 0); err != nil {
		return inArchive(err)
	}
	hollow := true
	for _, b := range head {
		hollow = hollow && b == 0
	}
	if hollow {
		return errPart
	}
	if err := complete(c.path); err != nil {
		return fmt.Errorf("%w: %w", errPart, err)
	}
	return nil
}

// keep puts the copy in its place and answers the path. When it returns, the
// bytes and their name survive a power cut.
func (a *archive) keep(c *copied) (string, error) {
	blob := a.blob(c)
	if err := a.prepare(filepath.Dir(blob)); err != nil {
		return "", inArchive(err)
	}
	if !c.lies(blob) {
		if err := c.place(blob); err != nil {
			return "", inArchive(err)
		}
	}
	// Also for a blob that was there: whoever put it there may have died, or
	// may not be so far yet.
	if err := syncDir(filepath.Dir(blob)); err != nil {
		return "", inArchive(err)
	}
	return blob, nil
}

// blob is where a copy belongs.
func (a *archive) blob(c *copied) string { return filepath.Join(a.path, c.hex()[:2], c.hex()) }

// lies reports whether the bytes are in their place already.
func (c *copied) lies(blob string) bool {
	fi, err := os.Lstat(blob)
	return err == nil && fi.Mode().IsRegular() && fi.Size() == c.size
}

// prepare makes the folder of a blob, and brings its name to disk.
func (a *archive) prepare(dir string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.made[dir] {
		return nil
	}
	if err := os.Mkdir(dir, 0o750); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	if err := syncDir(a.path); err != nil {
		return err
	}
	a.made[dir] = true
	return nil
}

// place brings the bytes to disk and the copy to its place, read-only.
func (c *copied) place(blob string) error {
	if err := seal(c.file); err != nil {
		return err
	}
	if err := c.file.Sync(); err != nil {
		return err
	}
	return c.name(blob)
}

// name gives a copy that is on disk its name.
func (c *copied) name(blob string) error {
	if err := beforeRename(c.file); err != nil {
		return err
	}
	if err := rename(c.path, blob); err != nil {
		return err
	}
	c.kept = true
	return nil
}

// discard closes the copy, and removes it unless it was kept.
func (c *copied) discard() {
	_ = c.file.Close() // synced before if it counts
	if !c.kept {
		_ = os.Remove(c.path) // the next start tries again
	}
}

// inArchive names an error without the path, which differs at each try.
func inArchive(err error) error {
	var source *sourceError
	if errors.As(err, &source) {
		return fmt.Errorf("%w: %w", ErrFault, plainWrite(source.error))
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("archive: %s: %w", path.Op, path.Err)
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return fmt.Errorf("archive: %s: %w", link.Op, link.Err)
	}
	return fmt.Errorf("archive: %w", err)
}
