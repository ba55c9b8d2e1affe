package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"taizhang/api"
	"taizhang/sheets"
	"taizhang/templates"
)

// coalesce is how long a burst of merges is gathered into one summary run.
const coalesce = 2 * time.Second

// publishWanted regenerates every summary that is older than its data. One
// that cannot be written does not hold up the others; one that somebody has
// open is told of once, and stands on the page until it could be written.
func (h *house) publishWanted(ctx context.Context) error {
	names, err := h.store.Wanted(ctx)
	if err != nil {
		return fmt.Errorf("list summaries: %w", err)
	}
	var errs []error
	for _, name := range names {
		err := h.publish(ctx, name)
		var open *openElsewhere
		switch {
		case errors.As(err, &open):
			err = open.tell(h.notices.set("summary "+name, open.line()))
		case err != nil && ctx.Err() == nil:
			h.notices.set("summary "+name, fmt.Sprintf("汇总表“%s”没有写出来，一分钟后再试；请检查 summaries 文件夹和磁盘：%v (a summary cannot be written; look at that folder and its disk)", h.summaryTitle(name), err))
		default:
			h.notices.set("summary "+name, "")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("summary %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// summaryTitle is a summary's title, or its name when there is none such any more.
func (h *house) summaryTitle(name string) string {
	if s := h.catalog.Summary(name); s != nil {
		return s.Title
	}
	return name
}

// publish is T3: version and data in one read, the workbook written whole and
// renamed into place, then marked as had. A crash in between only repeats it.
func (h *house) publish(ctx context.Context, name string) error {
	table, version, err := h.store.Snapshot(ctx, name)
	if err != nil {
		return err
	}
	book, err := tableBook(table)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(h.path("summaries"), 0o750); err != nil { // somebody may have cleared it away
		return err
	}
	file := api.SummaryFile(table.Title)
	if err := writeWhole(h.path("summaries", file), book); err != nil {
		return inTheWay(file, err)
	}
	sum := sha256.Sum256(book)
	// What has been placed is marked, even while the program is being stopped.
	if err := h.store.Released(context.WithoutCancel(ctx), name, version, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	h.log.Info("summary written", "summary", name, "version", version)
	return nil
}

// tableBook draws a computed summary as a workbook.
func tableBook(t *templates.Table) ([]byte, error) {
	var b bytes.Buffer
	if err := sheets.Draw(&b, templates.DrawTable(t)); err != nil {
		return nil, fmt.Errorf("draw summary: %w", err)
	}
	return b.Bytes(), nil
}

// writeWhole writes a file so that nobody ever sees half of it: beside its
// place, synced, renamed, and the folder synced.
func writeWhole(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename last. Windows keeps no such promise to ask for.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
