package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"unicode"

	"taizhang/mail"
	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
	"taizhang/watcher"
)

// desk is where a file is taken in: arrival, reading, judging, merging.
type desk struct {
	*house
	judged chan struct{} // something may wait to be judged
	merged func()        // told after each merge
	rooms  *readingRoom

	oddMu sync.Mutex
	odd   []string // what was not taken, newest last
}

// maxOdd bounds the list of files that were not taken.
const maxOdd = 20

// notTaken remembers a file that was left where it is, for the admin's page.
func (d *desk) notTaken(folder, name, why string) {
	d.log.Warn("file not taken", "county", folder, "why", why)
	d.oddMu.Lock()
	defer d.oddMu.Unlock()
	d.odd = append(d.odd, fmt.Sprintf("%s %s/%s：%s", d.now().In(d.zone).Format("01-02 15:04"), printable(folder), printable(name), why))
	d.odd = d.odd[max(0, len(d.odd)-maxOdd):]
}

// problems is what the admin should see on the page.
func (d *desk) problems() (all []string) {
	for _, r := range d.roots {
		all = append(all, r.lines(d.now().In(d.zone))...)
	}
	d.oddMu.Lock()
	defer d.oddMu.Unlock()
	return slices.Concat(d.notices.all(), all, d.odd)
}

// printable is a file name that is safe to show: what is no text or steers the
// display becomes a replacement character.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, name)
}

func newDesk(h *house) *desk {
	return &desk{house: h, judged: make(chan struct{}, 1), merged: func() {}, rooms: newReadingRoom()}
}

// watcher is the eyes of the desk on one root.
func (d *desk) watcher(r *root) *watcher.Watcher {
	w := &watcher.Watcher{
		Share: r.Path, Archive: d.path("archive"), Memory: r.memory,
		Settle: cmp.Or(r.Settle, d.settings.Settle).value(), Rescan: d.settings.Rescan.value(),
		Network: r.Network, SettleNetwork: r.Settle.value(),
		MaxSize:  d.settings.MaxFileMB << 20,
		Complete: complete, Log: d.log, State: r.state, Failed: d.full,
		Odd: func(folder, name, why string) { d.notTaken(r.label(folder), name, why) },
		Arrived: func(ctx context.Context, a watcher.Arrival) error {
			a.Name = r.arrivalName(a.Name)
			return d.arrived(ctx, a)
		},
	}
	if r.only != nil {
		w.Only = r.only.Folder
	}
	return w
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

// arrived records that a version of a file is safe in the archive.
func (d *desk) arrived(ctx context.Context, a watcher.Arrival) error {
	_, _, err := d.record(ctx, a, "folder")
	return err
}

// record is T1; it is false for bytes that are known under this name.
func (d *desk) record(ctx context.Context, a watcher.Arrival, channel string) (merge.Arrival, bool, error) {
	sender := merge.City
	if a.Folder != cityFolder {
		county := d.catalog.Counties.ByFolder(a.Folder)
		if county == nil {
			d.log.Warn("folder of no known county", "folder", a.Folder)
			return merge.Arrival{}, false, nil
		}
		sender = county.Name
	}
	arrival, isNew, err := d.store.Arrive(ctx, merge.Arrival{County: sender, Name: a.Name,
		SHA256: a.SHA256, Size: a.Size, At: d.now(), Channel: channel})
	if err != nil {
		return merge.Arrival{}, false, fmt.Errorf("record arrival: %w", err)
	}
	if isNew {
		d.log.Info("arrived", "arrival", arrival.ID, "sha256", a.SHA256[:12], "bytes", a.Size)
		wake(d.judged)
	}
	return arrival, isNew, nil
}

// wake leaves a note for a loop unless one lies there already.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// judgeWaiting judges whatever waits, oldest first. A file that fails holds up
// only the later ones of its county. The city's lists wait for what came before
// them, and what came after waits for them.
func (d *desk) judgeWaiting(ctx context.Context) error {
	waiting, err := d.store.Waiting(ctx)
	if err != nil {
		return fmt.Errorf("list waiting files: %w", err)
	}
	stuck := &stuckCounties{}
	if err := d.withdrawAgain(ctx); err != nil {
		stuck.errs = append(stuck.errs, err)
	}
	for len(waiting) > 0 {
		n := slices.IndexFunc(waiting, func(a merge.Arrival) bool { return a.County == merge.City })
		switch n {
		case -1:
			n = len(waiting)
		case 0:
			n = 1
		}
		d.judgeBeside(ctx, waiting[:n], stuck)
		waiting = waiting[n:]
	}
	return errors.Join(stuck.errs...)
}

// withdrawAgain withdraws what the city had withdrawn before a restore. While an
// original that this needs cannot be used, it is told, and tried again.
func (d *desk) withdrawAgain(ctx context.Context) error {
	done, err := d.store.WithdrawAgain(ctx, merge.Undoing{Domain: d.settings.Mail.domain(), MailTo: d.addresses, Judge: d.judgeAgain})
	if done > 0 {
		d.log.Info("withdrawn again after a restore", "submissions", done)
		d.merged()
	}
	text := ""
	if err != nil {
		text = fmt.Sprintf("恢复备份前撤销过的文件还在计入，没有能再撤销：%v；处理好后自动继续 (a withdrawal from before the restore cannot be repeated yet)", err)
	}
	spoiled := errors.Is(err, errMissing) || errors.Is(err, errAltered)
	if d.notices.set("withdrawals", text) && spoiled {
		d.log.Error("a withdrawal from before a restore waits for an original", "err", err)
	}
	if spoiled {
		return nil
	}
	return err
}

// judgeBeside judges files of different counties beside each other.
func (d *desk) judgeBeside(ctx context.Context, waiting []merge.Arrival, stuck *stuckCounties) {
	lanes(waiting, func(a merge.Arrival) string { return a.County }, func(_ int, a merge.Arrival) bool {
		if stuck.has(a.County) {
			return false
		}
		_, err := d.judge(ctx, a)
		if d.spoiled(a, err) {
			stuck.add(a, nil)
		} else if err != nil {
			stuck.add(a, err)
		}
		return err == nil
	})
}

// stuckCounties are those with a file that fails: a county's files count in the
// order they came.
type stuckCounties struct {
	mu    sync.Mutex
	names map[string]bool
	errs  []error
}

func (s *stuckCounties) has(county string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names[county]
}

func (s *stuckCounties) add(a merge.Arrival, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[a.County] = true
	if err != nil {
		s.errs = append(s.errs, fmt.Errorf("arrival %d: %w", a.ID, err))
	}
}

// spoiled says whether an original is not what came. That is told, once, until the
// right one is back; nothing is ever judged from it.
func (d *desk) spoiled(a merge.Arrival, err error) bool {
	about, text := fmt.Sprint("original ", a.ID), ""
	if errors.Is(err, errMissing) || errors.Is(err, errAltered) {
		text = fmt.Sprintf("%s 第 %d 次收件没有并入：%v；从 archive 的备份放回 %s，随后自动继续", a.County, a.ID, err, a.SHA256)
	}
	if d.notices.set(about, text) && text != "" {
		d.log.Error("an original cannot be used; its county's later files wait", "arrival", a.ID, "sha256", a.SHA256[:12], "err", err)
	}
	return text != ""
}

// judge reads one file and merges what it says: from the cells to the answer
// in the outbox.
func (d *desk) judge(ctx context.Context, a merge.Arrival) (merge.Submission, error) {
	if a.County == merge.City {
		return d.handDown(ctx, a)
	}
	if err := d.rooms.room.Acquire(ctx, weight(a.Size)); err != nil {
		return merge.Submission{}, err
	}
	defer d.rooms.room.Release(weight(a.Size))
	reading, err := d.reading(a)
	if err != nil {
		return merge.Submission{}, err
	}
	if reading == nil {
		return merge.Submission{}, d.dismiss(ctx, a)
	}
	sub, err := d.store.Merge(ctx, a, reading, merge.Answer{MailTo: d.addresses(a.County), Domain: d.settings.Mail.domain()})
	if err != nil {
		return merge.Submission{}, fmt.Errorf("merge: %w", err)
	}
	d.log.Info("judged", "submission", sub.Number, "form", sub.Form, "verdict", sub.Verdict,
		"read", sub.Read, "accepted", sub.Accepted, "held", sub.Held)
	d.merged()
	return sub, nil
}

// reading reads the original of an arrival; nil for a paper of ours.
func (d *desk) reading(a merge.Arrival) (*templates.Reading, error) {
	county := d.reporter(a.County)
	data, err := d.original(a)
	if err != nil {
		return nil, err
	}
	d.rooms.one.Lock()
	defer d.rooms.one.Unlock()
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
