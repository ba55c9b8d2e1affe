// Package watcher notices files that have come to rest in the shared folders
// and brings them in, byte for byte.
//
// The counties' files are only ever read: nothing in the share is moved,
// changed or deleted. The scan is the truth; file events merely wake it. A
// file that has not changed for a while and that nobody is writing is copied
// into the archive under the SHA-256 of its bytes, and then announced.
//
// An arrival is a change of bytes under a folder and a name. What the file
// system says about a file only tells whether to hash it again, and that is
// remembered in memory only: after a restart everything is hashed and
// announced once more, and the one who is told knows whether it is new.
package watcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"
)

// Watcher brings in the files of a share. Its layout is
// Share/<folder>/<file> and Share/<folder>/回执/<file>; nothing deeper is
// read. Set the fields before the first call and leave them alone after.
type Watcher struct {
	Share   string // the folder with one folder for each county
	Only    string // not empty: the share has no folders for counties but is itself the folder of this name
	Archive string // where the originals are kept; tmp/ below it is ours alone

	// Memory knows the share again, so that an empty mount point is never taken
	// for it. Nil: whatever is at its path is the share.
	Memory *Memory

	Settle   time.Duration // how long a file must not change before it is read; default 2 s
	Rescan   time.Duration // how often to look without being woken; default 15 s
	Patience time.Duration // how long an unfinished or open file may rest before it is taken all the same; default 10 min
	MaxSize  int64         // bytes; a larger file is told to Odd and never copied; default 100 MiB
	Silence  time.Duration // how long a call to the share may take before State is told; default 30 s
	Restless time.Duration // how long a file may go on changing before Odd is told; default 1 h

	// A share on another machine is looked at less often and trusted less: its
	// files are read twice. Nil: the file system tells whether it is one.
	Network       *bool
	SettleNetwork time.Duration // in place of Settle there; default 5 s, or twice the time that attributes are cached if that is longer
	RescanNetwork time.Duration // in place of Rescan there; default 60 s, and never less than 20 times what the last look took

	// Complete says whether a copy is whole. On an error the file is left to
	// its writer until it changes or Patience is over. Nil: every copy is.
	Complete func(path string) error

	// Arrived is told of each arrival once its copy is safe on disk; nil means
	// that it is recorded. After an error it is told again at the next scan.
	// It must be cheap and take a repeated arrival calmly: after a restart
	// every file arrives again. Arrivals under one name come in order and one
	// at a time; different folders call at the same time. Required.
	Arrived func(ctx context.Context, a Arrival) error

	// Odd is told, once for each state of a file, why it will not be brought
	// in: one of the Odd texts. The name is as in Arrival; the folder is empty
	// for what lies directly in the share. Once that file is gone or brought in,
	// it is told with an empty why. Different folders call at the same time. May
	// be nil.
	Odd func(folder, name, why string)

	// State is told when the share does not do what a share should: once when a
	// trouble begins, with the time, and once when it is over, with the zero
	// time. The trouble is one of the Trouble texts; the folder is empty for the
	// share as a whole. It must be quick. May be nil.
	State func(folder, trouble string, since time.Time)

	// Failed is told each time a file could not be brought in, and why: the share,
	// the archive or its disk is in trouble. May be nil.
	Failed func(err error)

	// Scanned is told of each look into a folder: how many entries there were
	// and how long listing them took, copying not included. May be nil.
	Scanned func(folder string, files int, took time.Duration)

	// Log gets what stands in the way of the work, without file names. May be nil.
	Log *slog.Logger

	deaf bool                      // tests: no file events, as on a network share
	call func(folder string) error // tests: called before each call to the share; a reading ends with its error
}

// Arrival is one version of one file, kept in the archive.
type Arrival struct {
	Folder string // the folder below the share, its bytes unchanged
	Name   string // the file in it, its bytes unchanged; "回执/x.xlsx" for one in the folder of answers
	SHA256 string // of the bytes, 64 lower-case hexadecimal digits
	Blob   string // path of the copy: Archive/ab/<sha256>
	Size   int64  // bytes
}

// What Odd is told, Chinese first.
const (
	OddLink     = "是链接，不是文件本身，未读取 (a link, not the file itself)"
	OddHardLink = "同一文件另有一个名称（硬链接），未读取 (another name leads to the same file)"
	OddSpecial  = "不是普通文件，未读取 (not a regular file)"
	OddFolder   = "子文件夹中的文件不会被读取，请放到上一级 (files in a folder inside the folder are not read)"
	OddOutside  = "没有放在任何报送单位的文件夹里，未读取 (not in the folder of any county)"
	OddInstead  = "占着这个单位文件夹的位置，请移走 (it lies where a county's folder should be; move it away)"
	OddSize     = "文件过大，未读取 (too large)"
	OddDenied   = "没有读取权限 (no permission to read)"
	OddFault    = "读取时出错，会再试 (an error while reading; it is tried again)"
	OddRestless = "一小时以来一直在变化，还没有读取 (it has kept changing for too long to be read)"
	OddHeld     = "一直被其他程序占用，无法读取 (another program keeps it locked)"
)

// answers is the folder inside a county's folder where it finds our answers,
// and where clerks may mend an annotated copy on the spot.
const answers = "回执"

// Run watches until the context ends and then answers nil. Any other answer
// means that it could not begin, or that a folder which does not respond kept
// it from ending.
func (w *Watcher) Run(ctx context.Context) error {
	own, err := w.settled()
	if err != nil {
		return err
	}
	store, err := own.openArchive()
	if err != nil {
		return err
	}
	if err := store.sweep(); err != nil {
		return err
	}
	return newHall(own, store).run(ctx)
}

// settled is a copy of the watcher with its defaults filled in.
func (w *Watcher) settled() (*Watcher, error) {
	own := *w
	if own.Share == "" || own.Archive == "" {
		return nil, errors.New("watcher: the share and the archive folder must both be named")
	}
	if own.Arrived == nil {
		return nil, errors.New("watcher: Arrived is not set")
	}
	for _, path := range []*string{&own.Share, &own.Archive} {
		abs, err := filepath.Abs(*path)
		if err != nil {
			return nil, fmt.Errorf("watcher: %w", err)
		}
		*path = abs
	}
	orDefault(&own.Settle, 2*time.Second)
	orDefault(&own.Rescan, 15*time.Second)
	orDefault(&own.Patience, 10*time.Minute)
	orDefault(&own.MaxSize, 100<<20)
	orDefault(&own.Silence, 30*time.Second)
	orDefault(&own.Restless, time.Hour)
	orDefault(&own.RescanNetwork, time.Minute)
	own.fillCallbacks()
	return &own, nil
}

func orDefault[T ~int64](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

func (w *Watcher) fillCallbacks() {
	if w.Complete == nil {
		w.Complete = func(string) error { return nil }
	}
	if w.Odd == nil {
		w.Odd = func(string, string, string) {}
	}
	if w.State == nil {
		w.State = func(string, string, time.Time) {}
	}
	if w.call == nil {
		w.call = func(string) error { return nil }
	}
	if w.Failed == nil {
		w.Failed = func(error) {}
	}
	if w.Scanned == nil {
		w.Scanned = func(string, int, time.Duration) {}
	}
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
}
