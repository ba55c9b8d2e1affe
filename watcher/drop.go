package watcher

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// mostTwins is how many files of one name Drop tells apart by a number.
const mostTwins = 1000

// Drop writes what r has into the folder dir, under a name that is free, and
// answers the path. The file appears whole or not at all: it grows under a
// name that is passed over and is renamed when it is on disk. Nothing is ever
// overwritten; a taken name gets " (2)" before its extension, and so on. The
// folder is made if need be, but a link is not followed.
//
// A name that is not safe everywhere, or that the watcher would pass over, is
// refused with a *NameError before anything is read.
func Drop(dir, name string, r io.Reader) (string, error) {
	if err := checkDrop(name); err != nil {
		return "", err
	}
	root, err := openRoot(dir)
	if err != nil {
		return "", fmt.Errorf("drop: %w", err)
	}
	defer root.Close() // what matters is synced
	temp := "." + rand.Text() + ".part"
	if err := writeWhole(root, temp, r); err != nil {
		return "", fmt.Errorf("drop: %w", errors.Join(err, removed(root, temp)))
	}
	final, err := moveToFree(root, temp, name)
	if err != nil {
		return "", fmt.Errorf("drop: %w", errors.Join(err, removed(root, temp)))
	}
	if err := syncDir(dir); err != nil {
		return "", fmt.Errorf("drop: %w", err)
	}
	return filepath.Join(dir, final), nil
}

func checkDrop(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if Skips(name) {
		return &NameError{Name: name, Why: "像是临时文件或没有扩展名，请改名，例如 报表.xlsx (looks like a temporary file, or has no extension)"}
	}
	return nil
}

// openRoot opens the folder, which is made if it is missing, unless its last
// part is a link: a county could have laid one to somewhere else.
func openRoot(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o775); err != nil {
		return nil, err
	}
	seen, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	if !seen.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errNoFolder}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if opened, err := root.Stat("."); err != nil || !os.SameFile(seen, opened) {
		return nil, errors.Join(err, root.Close(), &fs.PathError{Op: "open", Path: dir, Err: errNoFolder})
	}
	return root, nil
}

// writeWhole writes a new file and brings its bytes to disk.
func writeWhole(root *os.Root, name string, r io.Reader) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o664)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// moveToFree gives the file the name, or the first numbered one that is free.
func moveToFree(root *os.Root, temp, name string) (string, error) {
	for n := 1; n <= mostTwins; n++ {
		final := numbered(name, n)
		if len(final) > longest {
			return "", &NameError{Name: final, Why: "名称过长，请缩短 (too long)"}
		}
		err := moveNew(root, temp, final)
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return final, err
		}
	}
	return "", &NameError{Name: name, Why: "同名文件过多，请改名 (too many files of this name)"}
}

func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	ext := filepath.Ext(name)
	return fmt.Sprintf("%s (%d)%s", name[:len(name)-len(ext)], n, ext)
}

// linkNew renames without ever overwriting, on systems that have no call for
// it: for a moment the file has both names.
func linkNew(root *os.Root, from, to string) error {
	if err := root.Link(from, to); err != nil {
		return err
	}
	return root.Remove(from)
}

// removed removes the unfinished file; that it is not there is fine.
func removed(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
