package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/merge"
	"taizhang/templates"
)

// What may be wrong with an original.
var (
	errMissing = errors.New("archive 里的原件不见了 (the original is missing from the archive)")
	errAltered = errors.New("archive 里的原件被改动过 (the original in the archive was altered)")
	errNoFile  = errors.New("archive 里的原件读不出，或不是文件 (the original in the archive cannot be read, or is no file)")
)

// spoiled says whether an error is of an original that cannot be used until the
// right one is put back.
func spoiled(err error) bool {
	return errors.Is(err, errMissing) || errors.Is(err, errAltered) || errors.Is(err, errNoFile)
}

// archived looks at an original before it is opened: another thing than a file, such
// as a pipe, might never be read to its end.
func archived(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errMissing
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errNoFile, err)
	case !info.Mode().IsRegular():
		return nil, errNoFile
	}
	return info, nil
}

// original reads the bytes of an arrival back from the archive. Bytes that are not
// those that came are an error, never a file.
func (h *house) original(a merge.Arrival) ([]byte, error) {
	info, err := archived(h.blob(a.SHA256))
	switch {
	case err != nil:
		h.heed(err)
		return nil, err
	case info.Size() != a.Size: // which may be more than there is memory
		return nil, errAltered
	}
	data, err := os.ReadFile(h.blob(a.SHA256))
	if err != nil {
		h.heed(err)
		return nil, fmt.Errorf("%w: %w", errNoFile, err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != a.SHA256 {
		return nil, errAltered
	}
	return data, nil
}

// blob is where the original with a hash lies.
func (h *house) blob(sha string) string { return h.path("archive", sha[:min(2, len(sha))], sha) }

// reporter finds a county by the name it was recorded under.
func (h *house) reporter(name string) *templates.County {
	for _, c := range h.catalog.Counties.All() {
		if c.Name == name {
			return c
		}
	}
	return h.catalog.Counties.ByFolder(name)
}

// judgeAgain reads the original of an arrival with the forms of its day.
func (h *house) judgeAgain(_ context.Context, c *templates.Catalog, a merge.Arrival) (*templates.Reading, error) {
	data, err := h.original(a)
	if err != nil {
		return nil, err
	}
	r := h.readBy(c.Judge, data, templates.Sender{County: h.reporter(a.County), File: filepath.Base(a.Name), Now: a.At})
	for _, f := range r.Findings {
		if f.Code == "Z03" {
			return nil, errors.New("程序判读时出了故障，见上面的日志 (the program failed on the file; see the log above)")
		}
	}
	return r, nil
}
