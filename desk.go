package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"taizhang/merge"
	"taizhang/watcher"
)

// desk is where a file is taken in: arrival, reading, judging, merging.
type desk struct {
	*house
	judged chan struct{} // something may wait to be judged
	merged func()        // told after each merge

	oddMu sync.Mutex
	odd   []oddFile // what was not taken, newest last
}

// oddFile is a file that was left where it is.
type oddFile struct{ folder, name, line string }

// maxOdd bounds the list of files that were not taken.
const maxOdd = 20

// notTaken remembers a file that was left where it is, for the admin's page; with no
// reason, that it is gone or was taken after all.
func (d *desk) notTaken(folder, name, why string) {
	d.oddMu.Lock()
	defer d.oddMu.Unlock()
	d.odd = slices.DeleteFunc(d.odd, func(o oddFile) bool { return o.folder == folder && o.name == name })
	if why == "" {
		return
	}
	d.log.Warn("file not taken", "county", folder, "why", why)
	line := fmt.Sprintf("%s %s/%s：%s", d.now().In(d.zone).Format("01-02 15:04"), printable(folder), printable(name), why)
	d.odd = append(d.odd, oddFile{folder, name, line})
	d.odd = d.odd[max(0, len(d.odd)-maxOdd):]
}

// problems is what the admin should see on the page.
func (d *desk) problems() (all []string) {
	for _, r := range d.roots {
		all = append(all, r.lines(d.now().In(d.zone))...)
	}
	d.oddMu.Lock()
	defer d.oddMu.Unlock()
	all = append(d.notices.all(), all...)
	if text := d.unbroughtText(); text != "" {
		all = append(all, text)
	}
	for _, o := range d.odd {
		all = append(all, o.line)
	}
	return all
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
	return &desk{house: h, judged: make(chan struct{}, 1), merged: func() {}}
}

// watcher is the eyes of the desk on one root.
func (d *desk) watcher(r *root) *watcher.Watcher {
	w := &watcher.Watcher{
		Share: r.Path, Archive: d.path("archive"), Memory: r.memory,
		Settle: cmp.Or(r.Settle, d.settings.Settle).value(), Rescan: d.settings.Rescan.value(),
		Network: r.Network, SettleNetwork: r.Settle.value(),
		MaxSize:  d.settings.MaxFileMB << 20,
		Complete: complete, Log: d.log, State: r.state, Failed: d.unbrought,
		Odd: func(folder, name, why string) { d.notTaken(r.label(folder), name, why) },
		Arrived: func(ctx context.Context, a watcher.Arrival) error {
			a.Name = r.arrivalName(d.nameIn(a.Folder, a.Name))
			return d.arrived(ctx, a)
		},
	}
	if r.only != nil {
		w.Only = r.only.Folder
	}
	return w
}

// arrived records that a version of a file is safe in the archive.
func (d *desk) arrived(ctx context.Context, a watcher.Arrival) error {
	_, _, err := d.record(ctx, a, "folder")
	return err
}

// record is T1; it is false for bytes that are known under this name.
func (d *desk) record(ctx context.Context, a watcher.Arrival, channel string) (merge.Arrival, bool, error) {
	sender := d.senderOf(a.Folder)
	if sender == "" {
		d.notTaken(a.Folder, a.Name, "文件夹不在 counties.yaml 里，没有收 (the folder is no county's)")
		return merge.Arrival{}, false, nil
	}
	one := d.recordAll(ctx, []merge.Arrival{d.arrival(a, sender, channel)})[0]
	return one.Arrival, one.Fresh, one.Err
}

// nameIn is the name of a file in a county's folder, by which versions are told apart.
// In a second folder that is the county's too, such as one spelled with a blank, the
// same name is another file.
func (d *desk) nameIn(folder, name string) string {
	if folder == cityFolder {
		return name
	}
	if c := d.catalog.Counties.ByFolder(folder); c != nil && c.Folder != folder {
		return folder + "/" + name
	}
	return name
}

// senderOf is who sends what comes through a folder, "" for nobody.
func (d *desk) senderOf(folder string) string {
	if folder == cityFolder {
		return merge.City
	}
	if county := d.catalog.Counties.ByFolder(folder); county != nil {
		return county.Name
	}
	return ""
}

// arrival is what is recorded of a file that came now.
func (d *desk) arrival(a watcher.Arrival, sender, channel string) merge.Arrival {
	return merge.Arrival{County: sender, Name: a.Name, SHA256: a.SHA256, Size: a.Size, At: d.now(), Channel: channel}
}

// recordAll is T1 for files that came together.
func (d *desk) recordAll(ctx context.Context, files []merge.Arrival) []merge.Arrived {
	done := d.store.ArriveAll(ctx, files)
	for _, one := range done {
		if a := one.Arrival; one.Fresh {
			d.log.Info("arrived", "arrival", a.ID, "sha256", a.SHA256[:12], "bytes", a.Size)
			wake(d.judged)
		}
	}
	return done
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
	var errs []error
	if err := d.withdrawAgain(ctx); err != nil {
		errs = append(errs, err)
	}
	d.judgeAll(ctx, waiting, func(i int, _ merge.Submission, err error) {
		if !d.held(waiting[i], err) && err != nil {
			errs = append(errs, fmt.Errorf("arrival %d: %w", waiting[i].ID, err))
		}
	})
	return errors.Join(errs...)
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
	if d.notices.set("withdrawals", text) && spoiled(err) {
		d.log.Error("a withdrawal from before a restore waits for an original", "err", err)
	}
	if spoiled(err) {
		return nil
	}
	return err
}

// held says whether an original is not what came. That is told, once, until the
// right one is back; nothing is ever judged from it.
func (d *desk) held(a merge.Arrival, err error) bool {
	about, text := fmt.Sprint("original ", a.ID), ""
	if spoiled(err) {
		text = fmt.Sprintf("%s 第 %d 次收件没有并入：%v；从 archive 的备份放回 %s，随后自动继续", a.County, a.ID, err, a.SHA256)
	}
	if d.notices.set(about, text) && text != "" {
		d.log.Error("an original cannot be used; its county's later files wait", "arrival", a.ID, "sha256", a.SHA256[:12], "err", err)
	}
	return text != ""
}
