package watcher

import (
	"context"
	"errors"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// Door brings in many files together: each is copied, and then they are kept.
// Whoever opened it announces them.
type Door struct {
	own   *Watcher
	store *archive
	disk  *wholeDisk // nil where each file has to be brought to disk by itself
}

// Door opens the archive for many files, and removes the copies that a crash left
// behind there.
func (w *Watcher) Door() (*Door, error) {
	own, err := w.settled()
	if err != nil {
		return nil, err
	}
	store, err := own.openArchive()
	if err != nil {
		return nil, err
	}
	if err := store.sweep(); err != nil {
		return nil, err
	}
	return &Door{own, store, openWholeDisk(store.path)}, nil
}

// Close lets go of the archive.
func (d *Door) Close() { d.disk.close() }

// Copied is a file that was copied beside the archive. It must be kept.
type Copied struct {
	*copied
	folder, name string
}

// Copy copies one file now, as if it had come to rest in the folder under the name,
// whether or not it is whole. The path is the operator's and may be a link; the file
// is only read. Nothing of it is in the archive yet. It may be called while Run runs
// or without it.
func (d *Door) Copy(ctx context.Context, folder, name, path string) (*Copied, error) {
	if err := checkTaken(folder, name); err != nil {
		return nil, err
	}
	c, err := d.own.takeCopy(ctx, d.store, path)
	if err != nil {
		return nil, err
	}
	return &Copied{c, folder, name}, nil
}

// keep puts a copy into the archive.
func (d *Door) keep(c *Copied) (Arrival, error) {
	defer c.discard()
	blob, err := d.store.keep(c.copied)
	if err != nil {
		return Arrival{}, err
	}
	return c.arrival(blob), nil
}

func (c *Copied) arrival(blob string) Arrival {
	return Arrival{Folder: c.folder, Name: c.name, SHA256: c.hex(), Blob: blob, Size: c.size}
}

const (
	fewestTogether = 8  // files for which the whole file system is brought to disk
	mostBeside     = 16 // files that wait for the disk beside each other
)

// KeepAll puts copies into the archive. When it returns without an error, the bytes
// of all and their names survive a power cut. They wait for the disk together where
// that can be had.
func (d *Door) KeepAll(copies []*Copied) ([]Arrival, error) {
	if d.disk != nil && len(copies) >= fewestTogether {
		return d.keepTogether(copies)
	}
	all := make([]Arrival, len(copies))
	var group errgroup.Group
	group.SetLimit(mostBeside)
	for i, c := range copies {
		group.Go(func() (err error) {
			all[i], err = d.keep(c)
			return err
		})
	}
	return all, group.Wait()
}

// keepTogether brings the bytes of all copies to disk, then gives them their names,
// then brings these to disk.
func (d *Door) keepTogether(copies []*Copied) ([]Arrival, error) {
	defer func() {
		for _, c := range copies {
			c.discard()
		}
	}()
	var err error
	for _, c := range copies {
		err = errors.Join(err, seal(c.file))
	}
	if err == nil {
		err = d.disk.sync()
	}
	if err != nil {
		return nil, inArchive(err)
	}
	all := make([]Arrival, len(copies))
	for i, c := range copies {
		blob := d.store.blob(c.copied)
		if err := d.store.prepare(filepath.Dir(blob)); err != nil {
			return nil, inArchive(err)
		}
		if !c.lies(blob) {
			if err := c.copied.name(blob); err != nil {
				return nil, inArchive(err)
			}
		}
		all[i] = c.arrival(blob)
	}
	if err := d.disk.sync(); err != nil {
		return nil, inArchive(err)
	}
	return all, nil
}
