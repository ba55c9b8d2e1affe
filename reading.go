package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"strings"

	"taizhang/mail"
	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// reading reads the original of an arrival; nil for a paper of ours.
func (d *desk) reading(a merge.Arrival) (*templates.Reading, error) {
	data, err := d.original(a)
	if err != nil {
		return nil, err
	}
	county := d.reporter(a.County)
	return d.readBy(judgeUnlessOwn(a, d.catalog.Judge), data, templates.Sender{County: county, File: filepath.Base(a.Name), Now: a.At}), nil
}

// judgeUnlessOwn reads nothing out of a paper of ours that was saved again in the
// folder of answers, where our papers lie. Elsewhere one is told that it is no form.
func judgeUnlessOwn(a merge.Arrival, judge judging) judging {
	return func(b *sheets.Book, s templates.Sender) *templates.Reading {
		if path.Base(path.Dir(a.Name)) == mail.AnswersFolder && templates.OwnPaper(b) {
			return nil
		}
		return judge(b, s)
	}
}

// dismiss lays a paper of ours aside.
func (d *desk) dismiss(ctx context.Context, a merge.Arrival) error {
	d.log.Info("a paper of ours, saved again; not judged", "arrival", a.ID)
	return d.store.Dismiss(ctx, a)
}

// read turns the bytes of a file into a reading. Whatever a file does to us is
// our failure, told with a reference number, and never stops the desk.
func (h *house) read(data []byte, s templates.Sender) *templates.Reading {
	return h.readBy(h.catalog.Judge, data, s)
}

// judging makes a reading of a workbook.
type judging func(*sheets.Book, templates.Sender) *templates.Reading

// readBy reads a file by one way of judging it: as a form, or as a list.
func (h *house) readBy(judge judging, data []byte, s templates.Sender) (r *templates.Reading) {
	defer func() {
		if p := recover(); p != nil {
			r = h.broken(s, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	book, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	var problem *sheets.Problem
	switch {
	case errors.As(err, &problem):
		return h.catalog.Refuse(problem, s)
	case err != nil:
		return h.broken(s, err)
	}
	return judge(book, s)
}

// broken is the reading of a file that we failed on; the log has the failure
// under the number that the county is told.
func (h *house) broken(s templates.Sender, err error) *templates.Reading {
	b := make([]byte, 4)
	rand.Read(b) // never fails
	ref := strings.ToUpper(hex.EncodeToString(b))
	h.log.Error("failed on a file", "ref", ref, "err", err)
	return templates.Broken(s, ref)
}

// complete says whether a copy is whole, as far as its format can tell.
func complete(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return sheets.Complete(f, info.Size())
}
