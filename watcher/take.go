package watcher

import (
	"context"
	"errors"
	"os"
	"strings"
)

// checkTaken refuses a folder that could not be made, and a name that no file
// in it, or in the folder of answers there, could have. Bytes that are not UTF-8 may be in the name of a file.
func checkTaken(folder, name string) error {
	if err := CheckName(folder); err != nil {
		return err
	}
	name = strings.TrimPrefix(name, answers+"/")
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return &NameError{Name: name, Why: "不是文件名 (not the name of a file)"}
	}
	return nil
}

// takeCopy copies the file and makes sure that it did not change meanwhile.
func (w *Watcher) takeCopy(ctx context.Context, store *archive, path string) (*copied, error) {
	src, err := openNow(path)
	if err != nil {
		return nil, err
	}
	defer src.Close() // only read
	before, err := statOf(src)
	if err != nil {
		return nil, err
	}
	before.links = 1 // the operator may keep files as he likes
	if why := before.odd(w.MaxSize); why != "" {
		return nil, &os.PathError{Op: "take", Path: path, Err: errors.New(why)}
	}
	got, err := store.copy(ctx, src, w.MaxSize, make([]byte, min(before.print.size+1, 128<<10)))
	if err != nil {
		return nil, err
	}
	after, err := statOf(src)
	if err == nil && (after.print != before.print || got.size != before.print.size) {
		err = &os.PathError{Op: "take", Path: path, Err: errChanged}
	}
	if err != nil {
		got.discard()
		return nil, err
	}
	return got, nil
}
