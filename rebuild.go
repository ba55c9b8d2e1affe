package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"taizhang/merge"
)

type rebuildCmd struct {
	Data string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
	Anew bool   `help:"数据库和备份都没有了：从空库开始，重新收县区文件夹里的文件 (database and backups are lost: begin with an empty one)."`
}

// Run makes the database anew and keeps the one until now.
func (c *rebuildCmd) Run(ctx context.Context, t *terminal) error {
	return unopened(t, c.Data, func(h *house) error {
		unclean := h.unclean
		h.unclean = false // the file is read as far as it goes
		work := c.rebuild
		if c.Anew {
			work = c.begin
		}
		err := work(ctx, t, h)
		h.failing = err != nil && unclean
		return err
	})
}

// begin makes an empty database where there is none.
func (c *rebuildCmd) begin(ctx context.Context, t *terminal, h *house) error {
	if info, err := os.Stat(h.path(databaseFile)); err == nil && info.Size() > 0 {
		return usage(errors.New("数据库还在 (there is a database)"),
			"不加 --anew；要换成备份用 taizhang restore FILE (leave out --anew, or restore a backup)")
	}
	if err := h.equip(); err != nil {
		return err
	}
	o := h.opening()
	o.Archive = ""
	store, err := o.Open(ctx)
	if err != nil {
		return storeTrouble(err)
	}
	store.Zone = h.zone
	next, err := store.SkipNumbers(ctx)
	if err = errors.Join(err, store.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "已从空库开始。下次启动时，还在县区文件夹里的文件会重新收、重新编号（今天从 %s 起，不会与已发出的重复）、重新答复；\n"+
		"被覆盖或删去的旧版本、交办清单的各版和发过的信，数据库里没有了，原件仍在 archive。\n"+
		"Begun with an empty database. Files that lie in the counties' folders are taken again at the next start, with numbers from %s.\n", next, next)
	return err
}

// rebuild works the database out beside the present one and puts it in its place.
func (c *rebuildCmd) rebuild(ctx context.Context, t *terminal, h *house) error {
	if err := h.equip(); err != nil {
		return err
	}
	var err error
	if h.store, err = h.opening().Open(ctx); err != nil {
		return storeTrouble(err)
	}
	h.store.Zone = h.zone
	temp := h.path(databaseFile) + ".rebuild"
	found, err := h.workOut(ctx, t, temp)
	err = errors.Join(err, h.store.Close())
	h.store = nil
	if err != nil {
		return errors.Join(rebuildTrouble(err), merge.Remove(temp))
	}
	was, err := merge.Replace(ctx, temp, h.path(databaseFile), h.aside("rebuild"))
	if err != nil {
		return storeTrouble(err)
	}
	if err := tellDifferences(t.Out, found); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "数据库已重新算出，原来的留在 (rebuilt; the one until now is kept)：%s\n", was)
	return err
}

func rebuildTrouble(err error) error {
	if spoiled(err) {
		return trouble(err, "从备份里把这份原件放回 archive，或恢复数据库备份；taizhang verify 列出全部 (put the original back from a copy of archive/; taizhang verify lists all)")
	}
	return storeTrouble(err)
}

// workOut makes a database anew at a path and answers in what it differs.
func (h *house) workOut(ctx context.Context, t *terminal, path string) ([]merge.Difference, error) {
	if err := merge.Remove(path); err != nil {
		return nil, err
	}
	bar := t.bar(0, "重算 replay")
	defer bar.Close()
	return h.store.Rebuild(ctx, merge.Rebuilding{Path: path, Judge: h.judgeAgain, Step: func(done, all int) {
		bar.ChangeMax(all)
		bar.Set(done)
	}})
}

// kinds are the words for what differs.
var kinds = map[string]string{"file": "文件", "finding": "意见", "record": "记录", "held": "待改行", "figure": "汇总数"}

// tellDifferences names what differs, without contents.
func tellDifferences(out io.Writer, found []merge.Difference) error {
	for _, d := range found {
		if _, err := fmt.Fprintf(out, "不一致 differs  %s %s  %s  %s  %s  %d 处\n", kinds[d.Kind], d.Kind, d.Form, d.County, d.Item, d.Fields); err != nil {
			return err
		}
	}
	return nil
}
