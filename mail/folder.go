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
	"path"
	"regexp"
	"runtime"
	"strings"

	"taizhang/templates"
)

// AnswersFolder is where a county finds its answers, below its own folder.
const AnswersFolder = "回执"

// folder is a county's 回执. Everything goes through an os.Root, so that no
// link and no name leads out of the shared folders. A file of the county's is
// never overwritten.
type folder struct {
	root   *os.Root
	path   string // below the root: county/回执
	county string
	wrote  func(ctx context.Context, county, name, sha string) error // told before a file gets its name

	// before says whether a file was written under a name earlier; nil: the same
	// name may come again with something else.
	before func(ctx context.Context, county, name string) (bool, error)
}

// openFolder opens the answers' folder of a county and makes it where it is missing.
func openFolder(share, name, county string) (*folder, error) {
	root, err := os.OpenRoot(share)
	if err != nil {
		return nil, fmt.Errorf("open the shared folders (is the share mounted?): %w", err)
	}
	f := &folder{root: root, path: path.Join(name, AnswersFolder), county: county}
	if err := root.MkdirAll(f.path, 0o775); err != nil {
		return nil, errors.Join(fmt.Errorf("make the county's answers folder: %w", err), root.Close())
	}
	return f, nil
}

// partName matches what write calls a file that is not whole yet.
var partName = regexp.MustCompile(`^\.taizhang-[0-9a-f]{16}\.part$`)

// sweep removes what a program that died left half written. Nobody may be writing.
func (f *folder) sweep() error {
	entries, err := fs.ReadDir(f.root.FS(), f.path)
	if err != nil {
		return fmt.Errorf("look into the county's answers folder: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if e.Type().IsRegular() && partName.MatchString(e.Name()) {
			errs = append(errs, ignoreMissing(f.root.Remove(path.Join(f.path, e.Name()))))
		}
	}
	return errors.Join(errs...)
}

func (f *folder) close() error { return f.root.Close() }

// put writes a file under the name, or under a numbered one where another file
// has it, and gives the name. The same answer gives the same bytes, so that one
// delivered twice is there once. So is one that an earlier program wrote before it
// died and that is drawn anew from what has come since, where no other file has its
// name; by then the county may have filled it in.
func (f *folder) put(ctx context.Context, name string, data []byte) (string, error) {
	for n := 1; n < 1000; n++ {
		try := numbered(name, n)
		there, err := f.holds(try, data)
		if err != nil {
			return "", err
		}
		if there == same {
			return try, nil
		}
		if there == other {
			if ours, err := f.wroteBefore(ctx, try); ours || err != nil {
				return try, err
			}
			continue
		}
		err = f.write(ctx, try, data)
		if errors.Is(err, fs.ErrExist) {
			continue // somebody took the name in this moment
		}
		return try, err
	}
	return "", fmt.Errorf("no free name for %q in the county's answers folder (clear it up)", name)
}

func (f *folder) wroteBefore(ctx context.Context, name string) (bool, error) {
	if f.before == nil {
		return false, nil
	}
	return f.before(ctx, f.county, name)
}

// What stands under a name.
const (
	nothing = iota
	same
	other
)

// holds looks at what stands under a name, and never opens what is no plain file.
func (f *folder) holds(name string, data []byte) (int, error) {
	at := path.Join(f.path, name)
	info, err := f.root.Lstat(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nothing, nil
	}
	if err != nil {
		return nothing, fmt.Errorf("look into the county's answers folder: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return other, nil
	}
	file, err := f.root.Open(at)
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

// write puts the bytes beside their place, makes them durable, remembers them
// as ours and only then gives them their name, so that the watcher never takes
// an answer for a submission.
func (f *folder) write(ctx context.Context, name string, data []byte) error {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	temp := path.Join(f.path, ".taizhang-"+hash[:16]+".part")
	if err := f.fill(temp, data); err != nil {
		return fmt.Errorf("write into the county's answers folder: %w", err)
	}
	err := f.wrote(ctx, f.county, name, hash)
	if err == nil {
		err = f.place(temp, path.Join(f.path, name))
	}
	if err != nil {
		return errors.Join(err, ignoreMissing(f.root.Remove(temp)))
	}
	return f.sync()
}

// fill writes the temporary file; one that an interrupted attempt left goes first.
func (f *folder) fill(temp string, data []byte) error {
	if err := ignoreMissing(f.root.Remove(temp)); err != nil {
		return err
	}
	file, err := f.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o664)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, ignoreMissing(f.root.Remove(temp)))
	}
	return nil
}

// place gives a written file its name without taking the name from another.
// Where the system cannot do both at once, a moment between the two remains.
func (f *folder) place(temp, name string) error {
	done, err := f.renameFree(temp, name)
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

// sync makes the name durable. Windows has no such call and needs none.
func (f *folder) sync() error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := f.root.Open(f.path)
	if err != nil {
		return fmt.Errorf("sync the county's answers folder: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// ignoreMissing lets a file be gone already.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// numbered is the name itself, then "name (2).xlsx" and so on.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	ext := path.Ext(name)
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
}

// The suffixes of the workbooks that go with an answer.
const (
	mendSuffix = "【请修改】"
	listSuffix = "【错误清单】"
)

// ownSuffix is what an earlier answer put behind a name.
var ownSuffix = regexp.MustCompile(`(【请修改】|【错误清单】|【新版表】)( ?\(\d+\))?$`)

// copyName names the workbook that goes with an answer after the county's own
// file, also when that is an earlier answer that was mended, and wherever it lay.
func copyName(original string, marked bool) string {
	original = path.Base(original)
	ext := path.Ext(original)
	stem := strings.TrimSuffix(original, ext)
	if !strings.EqualFold(ext, ".xlsm") || !marked {
		ext = ".xlsx" // a workbook with macros only opens under its own extension
	}
	suffix := listSuffix
	if marked {
		suffix = mendSuffix
	}
	return safeName(ownSuffix.ReplaceAllString(stem, "")) + suffix + ext
}

// cleanName names the clean form that goes with an answer.
func cleanName(original string) string {
	original = path.Base(original)
	stem := strings.TrimSuffix(original, path.Ext(original))
	return safeName(ownSuffix.ReplaceAllString(stem, "")) + cleanSuffix + ".xlsx"
}

// safeName keeps of a name what every system can store, and leaves room for a
// suffix: names may have 255 bytes.
func safeName(s string) string {
	s = strings.Map(func(c rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, c) {
			return '_'
		}
		return c
	}, templates.Shown(s, 200))
	for len(s) > 200 {
		runes := []rune(s)
		s = string(runes[:len(runes)-1])
	}
	s = strings.Trim(s, " .")
	if s == "" {
		return "报送文件"
	}
	return s
}
