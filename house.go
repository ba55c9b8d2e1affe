package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"taizhang/mail"
	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
	"taizhang/watcher"

	"github.com/gofrs/flock"
)

// house is one data folder with everything that lives in it.
type house struct {
	dir      string
	settings settings
	zone     *time.Location
	catalog  *templates.Catalog
	store    *merge.Store
	office   *mail.Office
	roots    []*root // the shared folders; the first is share/
	log      *slog.Logger
	now      func() time.Time
	lock     *flock.Flock
	unclean  bool // whoever wrote to the folder last did not end in good order
	failing  bool // neither does this one
	fresh    bool // the folder was laid out just now
	notices  notices
	disk     heeding
}

// cityFolder is the city's own folder below share/; it is no county.
const cityFolder = merge.City

func (h *house) path(parts ...string) string {
	return filepath.Join(append([]string{h.dir}, parts...)...)
}

// layOut makes the folders and the first settings of a data folder. What is
// there already stays as it is.
func (h *house) layOut() error {
	for _, dir := range []string{"forms", "share", "summaries", "archive", "backups"} {
		if err := os.MkdirAll(h.path(filepath.FromSlash(dir)), 0o750); err != nil {
			return trouble(err, "检查数据文件夹的写权限，或用 --data 换一个 (check permissions or choose another --data)")
		}
	}
	for name, text := range map[string][]byte{
		"taizhang.yaml": settingsExample,
		"counties.yaml": templates.CountiesExample(),
	} {
		written, err := writeNew(h.path(name), text)
		if err != nil {
			return trouble(err, "检查数据文件夹的写权限 (check permissions of the data folder)")
		}
		h.fresh = h.fresh || written
	}
	return nil
}

// writeNew writes a file unless there is one.
func writeNew(path string, text []byte) (bool, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(text)
	return true, errors.Join(err, f.Close())
}

// use is what somebody wants of a data folder.
type use int

const (
	alone      use = iota // for himself: two programs that merge would tread on each other
	beside                // beside whoever serves, with forms and summaries as they are now
	besideAsIs            // the same, whatever forms are known: for files and letters
)

// open reads the data folder and opens its store.
func (h *house) open(ctx context.Context, how use) (err error) {
	if err := h.there(); err != nil {
		return err
	}
	if how == alone {
		if err := errors.Join(h.layOut(), h.take()); err != nil {
			return err
		}
		if err := h.sweep(); err != nil {
			return err
		}
	}
	if err := h.equip(); err != nil {
		return err
	}
	if how == alone {
		if err := h.countyFolders(); err != nil {
			return err
		}
		h.store, err = h.opening().Open(ctx)
	} else {
		h.store, err = h.visitStore(ctx, how)
	}
	if err != nil {
		return storeTrouble(err)
	}
	h.store.Zone, h.store.Heard = h.zone, h.heed
	if how == alone {
		if err := h.sameNames(ctx); err != nil {
			return err
		}
	}
	return h.openOffice()
}

// sameNames refuses a county that got another name while its folder stayed: each file
// in it would come in once more, and the city's totals count it twice. Where that has
// happened already, it is told.
func (h *house) sameNames(ctx context.Context) error {
	senders, err := h.store.Senders(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(senders)) {
		now := h.catalog.Counties.Renamed(name)
		switch {
		case now == nil || name == merge.City:
		case senders[now.Name] > 0:
			h.notices.set("renamed "+name, fmt.Sprintf("“%s”和“%s”是同一个文件夹的单位，各有收过的文件，汇总会算两次；用 taizhang undo 撤销其中一方的 (one folder has reported under two names and counts twice)", name, now.Name))
		default:
			return usage(fmt.Errorf("counties.yaml 里“%s”的文件夹，以前以“%s”的名义收过 %d 份文件；照这样启动会再收一遍，汇总算两次 (the folder of this county has reported under another name)", now.Name, name, senders[name]),
				fmt.Sprintf("这一项的 name 写“%s”，把“%s”写进它的 aliases (keep the old name, and put the new one into aliases)", name, now.Name))
		}
	}
	return nil
}

// equip reads the settings and everything that is data.
func (h *house) equip() (err error) {
	if err := h.readSettings(); err != nil {
		return err
	}
	if h.catalog, err = loadCatalog(templates.City{Forms: h.path("forms"), Counties: h.path("counties.yaml"),
		Holidays: h.path("holidays.yaml"), Colours: h.path("colours.yaml"), Zone: h.zone, Folder: folderMistake}); err != nil {
		return err
	}
	h.catalog.Counties.Strict = h.settings.StrictFolders
	for _, name := range h.settings.Chase.Forms {
		if h.catalog.Form(name) == nil {
			return usage(fmt.Errorf("taizhang.yaml 的 chase.forms 里写了“%s”，没有这种表 (no such form)", name),
				"taizhang form list 列出全部表样的名称 (lists the names of all forms)")
		}
	}
	return h.openRoots()
}

func (h *house) readSettings() (err error) {
	if h.settings, err = readSettings(h.path("taizhang.yaml")); err != nil {
		return err
	}
	h.zone, err = h.settings.zone()
	return err // it was checked with the settings
}

// countyFolders makes a folder for the city and each county of the list, so that
// nobody has to spell its name; below a bare mount point it makes nothing.
func (h *house) countyFolders() error {
	if err := h.roots[0].here(""); err != nil {
		h.log.Warn("the share is not there; it is waited for", "err", err)
		return nil
	}
	folders := []string{cityFolder}
	for _, c := range h.catalog.Counties.All() {
		folders = append(folders, c.Folder)
	}
	for _, folder := range folders {
		err := os.MkdirAll(h.path("share", folder), 0o770)
		if there, lost := os.Lstat(h.path("share", folder)); err != nil && lost == nil && !there.IsDir() {
			h.log.Warn("something else lies where a county's folder should be; its files cannot come in", "county", folder)
			continue // it must not keep the other counties waiting; the watcher tells of it on the page
		}
		if err != nil {
			return trouble(err, "检查 share 文件夹的写权限 (check permissions of the share folder)")
		}
	}
	return nil
}

// folderMistake is why a county cannot have a folder of this name, "" when it can.
func folderMistake(name string) string {
	var wrong *watcher.NameError
	if name == cityFolder {
		return "这是市里自己的文件夹 (it is the city's own)"
	}
	if errors.As(watcher.CheckFolder(name), &wrong) {
		return wrong.Why
	}
	return ""
}

// loadCatalog reads forms, summaries and counties; mistakes are the operator's.
func loadCatalog(city templates.City) (*templates.Catalog, error) {
	c, err := templates.Load(city)
	var m templates.Mistakes
	if errors.As(err, &m) {
		if len(m.Unwrap()) > 0 {
			return nil, unreadable(m)
		}
		return nil, usage(fmt.Errorf("表样、县区名单或节假日有 %d 处要改 (%d mistakes):\n%w", len(m), len(m), &spokenMistakes{m}),
			"按行号改正；表样可用 taizhang form check 单独检查 (mend the lines named; taizhang form check checks forms alone)")
	}
	if err != nil {
		return nil, err
	}
	for _, one := range c.Counties.All() {
		if one.Name == merge.City {
			return nil, usage(fmt.Errorf("counties.yaml 里有单位叫“%s”，这是市里自己的名称 (the city's own name)", one.Name),
				"给这个单位写全称，例如 市直机关 (give that unit its full name)")
		}
	}
	return c, nil
}

// openOffice readies the room that answers.
func (h *house) openOffice() error {
	var smtp *mail.SMTP
	if h.lock != nil { // only looking needs no password
		var err error
		if smtp, err = h.settings.Mail.smtp(h.dir); err != nil {
			return err
		}
	}
	self, err := annotator()
	if err != nil {
		return err
	}
	h.office = &mail.Office{Store: h.store, Catalog: h.catalog, Place: h.answersPlace, Archive: h.path("archive"),
		Annotator: self, SMTP: smtp, City: h.settings.City, Zone: h.zone, Contact: h.settings.Contact, Now: h.now, Log: h.log}
	return nil
}

// annotator runs our own binary's hidden command within limits.
func annotator() (sheets.Annotator, error) {
	self, err := os.Executable()
	if err != nil {
		return sheets.Annotator{}, fmt.Errorf("find own program: %w", err)
	}
	return sheets.Annotator{Command: []string{self, "annotate"}, Timeout: time.Minute, MemoryMB: 3072}, nil
}

// visit opens a data folder for one command and closes it after.
func visit(ctx context.Context, t *terminal, dir string, how use, do func(*house) error) error {
	h := newHouse(dir, warnings(t))
	err := h.open(ctx, how)
	if err == nil {
		err = do(h)
	}
	return errors.Join(err, h.close())
}

func newHouse(dir string, log *slog.Logger) *house {
	return &house{dir: dir, log: log, now: time.Now, zone: templates.China}
}

// warnings is the log of a command: what is wrong and no more.
func warnings(t *terminal) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
