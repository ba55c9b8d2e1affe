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
	"sync"
	"time"

	"taizhang/merge"
	"taizhang/templates"
	"taizhang/watcher"

	"github.com/schollz/progressbar/v3"
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
	guess        bool
}

// Run takes the files through the same door as the folder, at once.
func (c *importCmd) Run(ctx context.Context, t *terminal) error {
	parcels, err := c.collect()
	if err != nil {
		return err
	}
	return visit(ctx, t, c.Data, true, func(h *house) error {
		found, err := c.takeAll(ctx, t, newDesk(h), parcels)
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
			out = append(out, parcel{folder: c.County, path: root})
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
	return usage(fmt.Errorf("%s: 不知道是哪个县区的 (whose is it?)", p.path),
		"加上 --county，或把文件放进以县区命名的子文件夹 (add --county, or put it into a subfolder named after the county)")
}

func (c *importCmd) walk(root string, out []parcel) ([]parcel, error) {
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || watcher.Skips(e.Name()) || !e.Type().IsRegular() {
			return err
		}
		p := parcel{folder: c.County, path: path}
		if p.folder == "" {
			parent, err := filepath.Abs(filepath.Dir(path))
			if err != nil {
				return err
			}
			p.folder, p.guess = filepath.Base(parent), filepath.Dir(path) == filepath.Clean(root)
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

// takeAll takes the files, those of a county in their order, with a bar on the
// error stream. What became of them is printed in the order of the files.
func (c *importCmd) takeAll(ctx context.Context, t *terminal, d *desk, parcels []parcel) (found bool, err error) {
	if err := d.judgeWaiting(ctx); err != nil {
		return false, err
	}
	bar := progressbar.NewOptions(len(parcels), progressbar.OptionSetWriter(t.Err),
		progressbar.OptionSetDescription("收表 import"), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond))
	// The city's own lists wait for what stands before them, and the rest for them.
	for len(parcels) > 0 && err == nil {
		n := slices.IndexFunc(parcels, func(p parcel) bool { return p.folder == cityFolder })
		switch n {
		case -1:
			n = len(parcels)
		case 0:
			n = 1
		}
		var bad bool
		bad, err = c.takeBeside(ctx, t, d, parcels[:n], bar)
		found, parcels = found || bad, parcels[n:]
	}
	return found, err
}

// takeBeside takes files of different counties beside each other. After the first
// that fails, no other is begun.
func (c *importCmd) takeBeside(ctx context.Context, t *terminal, d *desk, parcels []parcel, bar *progressbar.ProgressBar) (found bool, err error) {
	var mu sync.Mutex
	said, next := make([]*imported, len(parcels)), 0
	lanes(parcels, func(p parcel) string { return p.folder }, func(i int, p parcel) bool {
		mu.Lock()
		failed := err != nil
		mu.Unlock()
		if failed {
			return false
		}
		one, trouble := c.take(ctx, d, p)
		mu.Lock()
		defer mu.Unlock()
		if trouble != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", p.path, trouble))
			return false
		}
		said[i] = &one
		found = found || one.bad()
		for ; next < len(said) && said[next] != nil; next++ {
			err = errors.Join(err, c.print(t, *said[next]))
		}
		bar.Add(1) // a bar that cannot be drawn is no failure
		return true
	})
	for _, one := range said[next:] { // behind one that failed
		if one != nil {
			err = errors.Join(err, c.print(t, *one))
		}
	}
	return found, err
}

// take brings in one file, judges it and answers what became of it.
func (c *importCmd) take(ctx context.Context, d *desk, p parcel) (imported, error) {
	county, err := d.parcelCounty(p)
	if err != nil {
		return imported{}, err
	}
	var arrival merge.Arrival
	isNew := false
	door := d.watcher(d.roots[0])
	door.Arrived = func(ctx context.Context, a watcher.Arrival) (err error) {
		arrival, isNew, err = d.record(ctx, a, "import")
		return err
	}
	if _, err := door.Take(ctx, county.Folder, filepath.Base(p.path), p.path); err != nil {
		return imported{}, err
	}
	if !isNew {
		return imported{File: p.path, County: county.Name, Known: true}, nil
	}
	sub, err := d.judge(ctx, arrival)
	return imported{File: p.path, County: county.Name, Submission: &sub}, err
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
		return nil, usage(fmt.Errorf("没有“%s”这个县区 (no such county)", p.folder), "名单在 counties.yaml (see counties.yaml)")
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
