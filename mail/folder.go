package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"syscall"

	"taizhang/merge"
	"taizhang/templates"
)

// AnswersFolder is where a county finds its answers, below its own folder.
const AnswersFolder = "回执"

// folder is a county's 回执. Everything goes through an os.Root, so that no
// link and no name leads out of it. A file of the county's is never overwritten.
type folder struct {
	root   *os.Root // 回执 itself
	county string
	known  func(ctx context.Context, county string, papers []merge.Paper) error // told before files get their names
	before func(ctx context.Context, county, name string) (bool, error)         // whether a file was written under a name earlier
}

// openFolder opens the answers' folder of a county and makes it where it is missing.
func (o *Office) openFolder(share, name, county string) (*folder, error) {
	shares, err := os.OpenRoot(share)
	if err != nil {
		return nil, fmt.Errorf("open the shared folders (is the share mounted?): %w", err)
	}
	defer shares.Close() // only led the way
	at := path.Join(name, AnswersFolder)
	root, err := shares.OpenRoot(at)
	if errors.Is(err, fs.ErrNotExist) {
		if err = shares.MkdirAll(at, 0o775); err == nil {
			root, err = shares.OpenRoot(at)
		}
	}
	if there, lost := shares.Lstat(at); err != nil && lost == nil && !there.IsDir() {
		return nil, errInTheWay
	}
	if err != nil {
		return nil, fmt.Errorf("make the county's answers folder: %w", err)
	}
	return &folder{root, county, o.Store.Remember, o.Store.Wrote}, nil
}

// errInTheWay says that something else lies where the answers' folder should be.
var errInTheWay = errors.New("a file or link lies where the answers' folder should be")

// folderAdvice says what to do about an answer that its folder does not take.
func folderAdvice(err error) string {
	switch {
	case errors.Is(err, ErrAway):
		return ""
	case errors.Is(err, errInTheWay):
		return "县区文件夹里“" + AnswersFolder + "”的位置有一个文件或链接：把它移走 (a file or link lies in the place of that folder; move it away)"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "没有写权限：让运行本程序的账号能写这个县区的文件夹和其中的“" + AnswersFolder + "” (no permission: let the program write there)"
	case errors.Is(err, syscall.ENOSPC):
		return "共享文件夹的磁盘满了：腾出空间 (its disk is full; make room)"
	}
	return "看看县区文件夹里的“" + AnswersFolder + "”能不能写 (see whether that folder can be written to)"
}

// partName matches what write calls a file that is not whole yet.
var partName = regexp.MustCompile(`^\.taizhang-[0-9a-f]{16}\.part$`)

// sweep removes what a program that died left half written. Nobody may be writing.
func (f *folder) sweep() error {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return fmt.Errorf("look into the county's answers folder: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if e.Type().IsRegular() && partName.MatchString(e.Name()) {
			errs = append(errs, ignoreMissing(f.root.Remove(e.Name())))
		}
	}
	return errors.Join(errs...)
}

func (f *folder) close() error { return f.root.Close() }

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
