package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/mail"
	"taizhang/merge"
	"taizhang/templates"
	"taizhang/watcher"
)

type importCmd struct {
	Paths  []string `arg:"" name:"path" help:"文件或文件夹；子文件夹名即县区 (files or folders; a subfolder names the county)."`
	County string   `help:"这些文件都是这个县区的 (all files are this county's)."`
	Data   string   `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
	JSON   bool     `name:"json" help:"每个文件输出一个 JSON 对象 (one JSON object a file)."`
}

// parcel is one file to take in and the county whose it is. A guess is the name
// of the folder that was given, which need not be a county's.
type parcel struct {
	folder, path string
	name         string // as in watcher.Arrival
	guess        bool
	county       *templates.County // see known
}

// Run takes the files through the same door as the folder, at once.
func (c *importCmd) Run(ctx context.Context, t *terminal) error {
	parcels, err := c.collect()
	if err != nil {
		return err
	}
	return visit(ctx, t, c.Data, alone, func(h *house) error {
		d := newDesk(h)
		if err := d.known(parcels); err != nil {
			return err
		}
		found, err := c.takeAll(ctx, t, d, parcels)
		err = errors.Join(err, h.office.Deliver(ctx), h.publishWanted(ctx))
		if err == nil && found {
			return errFindings
		}
		return err
	})
}

// collect lists the files, each with its county.
func (c *importCmd) collect() (out []parcel, err error) {
	for _, root := range c.Paths {
		info, err := os.Stat(root)
		if err != nil {
			return nil, usage(err, "核对文件或文件夹的名称 (check the name)")
		}
		if !info.IsDir() {
			out = append(out, parcel{folder: c.County, path: root, name: filepath.Base(root)})
			continue
		}
		if out, err = c.walk(root, out); err != nil {
			return nil, err
		}
	}
	for _, p := range out {
		if p.folder == "" {
			return nil, whose(p)
		}
	}
	return out, nil
}

func whose(p parcel) error {
	return usage(fmt.Errorf("%s: 不知道是哪个县区的 (whose is it?)", p.path), whoseNext)
}

const whoseNext = "加上 --county，或把文件放进以县区命名的子文件夹 (add --county, or put it into a subfolder named after the county)"

func (c *importCmd) walk(root string, out []parcel) ([]parcel, error) {
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || watcher.Skips(e.Name()) || !e.Type().IsRegular() {
			return err
		}
		p, err := c.parcel(root, path)
		if err == nil && (p.name == e.Name() || !watcher.SkipsAnswer(e.Name())) {
			out = append(out, p)
		}
		return err
	})
	return out, err
}

// parcel is a file that was found below a folder. The folder it lies in names its county;
// in 回执 of a share, the folder above. A folder further down is only a guess.
func (c *importCmd) parcel(root, path string) (p parcel, err error) {
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return p, err
	}
	top, err := filepath.Abs(root)
	if err != nil {
		return p, err
	}
	p = parcel{folder: c.County, path: path, name: filepath.Base(path)}
	if filepath.Base(folder) == mail.AnswersFolder {
		folder, p.name = filepath.Dir(folder), mail.AnswersFolder+"/"+p.name
	}
	if p.folder == "" {
		p.folder, p.guess = filepath.Base(folder), filepath.Dir(folder) != top
	}
	return p, nil
}

// known finds out whose all the files are, before any is taken.
func (d *desk) known(parcels []parcel) error {
	var first error
	var paths []string
	for i, p := range parcels {
		county, err := d.parcelCounty(p)
		parcels[i].county = county
		if err != nil {
			if first == nil {
				first = err
			}
			paths = append(paths, p.path)
		}
	}
	if len(paths) > 1 {
		return usage(fmt.Errorf("有 %d 个文件不知道是哪个县区的，一个也没有收 (whose are they? none was taken)：%s",
			len(paths), templates.Shown(strings.Join(paths, "、"), 300)), whoseNext)
	}
	return first
}

// takeAll takes the files, those of a county in their order, with a bar on the
// error stream. What became of them is printed in the order of the files. After
// the first that fails, no other is begun.
func (c *importCmd) takeAll(ctx context.Context, t *terminal, d *desk, parcels []parcel) (found bool, err error) {
	if err := d.judgeWaiting(ctx); err != nil {
		return false, err
	}
	if _, err := d.store.Unclaim(ctx); err != nil { // who left letters under way has died: the folder is ours alone
		return false, err
	}
	door, err := d.watcher(d.roots[0]).Door()
	if err != nil {
		return false, err
	}
	defer door.Close()
	bar := t.bar(len(parcels), "收表 import")
	loads := c.bringAll(ctx, d, door, parcels)
	defer loads.stop()
	for load := range loads.ready {
		c.judge(ctx, d, load)
		for _, one := range load.said {
			if one != nil {
				err = errors.Join(err, c.print(t, *one))
				found = found || one.bad()
			}
		}
		bar.Add(len(load.said))
		if err = errors.Join(err, load.err); err != nil {
			return found, err
		}
	}
	return found, ctx.Err() // nothing more is brought in once it has ended
}

// load is as many files as are brought in at once, and what is to be said of each.
type load struct {
	parcels  []parcel
	said     []*imported     // nil for a file that failed, or was not begun
	arrivals []merge.Arrival // what is new
	at       []int           // which of the parcels they are
	err      error
}

// loads are brought in one ahead of the one that is judged.
type loads struct {
	ready chan *load
	end   context.CancelFunc
}

// stop waits until nothing is brought in any more.
func (l loads) stop() {
	l.end()
	for range l.ready {
	}
}

// bringAll brings the files in, load after load, until one fails or it is stopped.
func (c *importCmd) bringAll(ctx context.Context, d *desk, door *watcher.Door, parcels []parcel) loads {
	ctx, end := context.WithCancel(ctx)
	l := loads{make(chan *load), end}
	go func() {
		defer close(l.ready)
		for part := range slices.Chunk(parcels, merge.MostTogether) {
			one := &load{parcels: part, said: make([]*imported, len(part))}
			one.err = c.bring(ctx, d, door, one)
			select {
			case l.ready <- one:
			case <-ctx.Done():
				return
			}
			if one.err != nil {
				return
			}
		}
	}()
	return l
}

// bring archives the files of a load and records them, up to the first that fails.
func (c *importCmd) bring(ctx context.Context, d *desk, door *watcher.Door, l *load) (err error) {
	var copies []*watcher.Copied
	var files []merge.Arrival
	for _, p := range l.parcels {
		one, trouble := door.Copy(ctx, p.county.Folder, p.name, p.path)
		if trouble != nil {
			err = fmt.Errorf("%s: %w", p.path, trouble)
			break
		}
		copies, files = append(copies, one), append(files, merge.Arrival{County: p.county.Name})
	}
	kept, trouble := door.KeepAll(copies)
	if trouble != nil {
		return errors.Join(err, trouble)
	}
	for i, a := range kept {
		files[i] = d.arrival(a, files[i].County, "import")
	}
	return errors.Join(err, c.record(ctx, d, l, files))
}

// record writes down what was brought.
func (c *importCmd) record(ctx context.Context, d *desk, l *load, files []merge.Arrival) (err error) {
	for i, one := range d.recordAll(ctx, files) {
		p := l.parcels[i]
		switch {
		case one.Err != nil:
			err = errors.Join(err, fmt.Errorf("%s: %w", p.path, one.Err))
		case one.Fresh:
			l.arrivals, l.at = append(l.arrivals, one.Arrival), append(l.at, i)
		default:
			l.said[i] = &imported{File: p.path, County: files[i].County, Known: true}
		}
	}
	return err
}

// judge judges and merges what is new of a load.
func (c *importCmd) judge(ctx context.Context, d *desk, l *load) {
	d.judgeAll(ctx, l.arrivals, func(i int, sub merge.Submission, err error) {
		p := l.parcels[l.at[i]]
		if err != nil {
			l.err = errors.Join(l.err, fmt.Errorf("%s: %w", p.path, err))
			return
		}
		l.said[l.at[i]] = &imported{File: p.path, County: l.arrivals[i].County, Submission: &sub}
	})
}

// parcelCounty is whose a parcel is; the city's own lists come under its folder.
func (d *desk) parcelCounty(p parcel) (*templates.County, error) {
	county := d.catalog.Counties.ByName(p.folder)
	switch {
	case county != nil:
		return county, nil
	case p.folder == cityFolder:
		return &templates.County{Name: merge.City, Folder: cityFolder}, nil
	case p.guess:
		return nil, whose(p)
	}
	if county = d.catalog.Counties.ByFolder(p.folder); county == nil {
		return nil, usage(fmt.Errorf("%s: 没有“%s”这个县区 (no such county)", p.path, p.folder), "名单在 counties.yaml (see counties.yaml)")
	}
	return county, nil
}

// imported is what import says of one file.
type imported struct {
	File       string            `json:"file"`
	County     string            `json:"county"`
	Known      bool              `json:"known,omitempty"` // these bytes were taken before
	Submission *merge.Submission `json:"submission,omitempty"`
}

// bad says whether the county has something to mend.
func (i imported) bad() bool {
	return !i.Known && (i.Submission.Verdict == templates.Returned || i.Submission.Verdict == templates.Partial)
}

func (c *importCmd) print(t *terminal, i imported) (err error) {
	switch s := i.Submission; {
	case c.JSON:
		return json.NewEncoder(t.Out).Encode(i)
	case i.Known:
		_, err = fmt.Fprintf(t.Out, "%s  %s  已经收过，没有变化 (known already)\n", i.County, i.File)
	default:
		_, err = fmt.Fprintf(t.Out, "%s  %s  %s  %s  读 %d 收 %d 待改 %d\n", s.Number, i.County, i.File,
			s.Verdict.Say("zh"), s.Read, s.Accepted, s.Held)
	}
	return err
}
