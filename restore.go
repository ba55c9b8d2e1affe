package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/merge"
)

type restoreCmd struct {
	File string `arg:"" help:"备份文件，例如 backups 里的 (the backup, such as one of backups/)."`
	Data string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run puts a backup in the place of the database, which is kept.
func (c *restoreCmd) Run(ctx context.Context, t *terminal) error {
	if _, err := os.Stat(c.File); err != nil {
		return usage(err, "核对备份文件的名称 (check the name of the backup)")
	}
	return alone(t, c.Data, func(h *house) error {
		r, err := merge.Restore(ctx, c.File, h.path(databaseFile), h.aside("restore"), h.now())
		if err != nil {
			return storeTrouble(err)
		}
		h.unclean = false // what lies there now was checked
		return c.tell(t.Out, h, r)
	})
}

// tell says what happened, and what happens next.
func (c *restoreCmd) tell(out io.Writer, h *house, r merge.Restored) error {
	_, err := fmt.Fprintf(out, "已恢复 (restored)：%s\n", c.File)
	if r.Aside != "" {
		_, e := fmt.Fprintf(out, "原来的数据库留在 (the database until now is kept)：%s\n", r.Aside)
		err = errors.Join(err, e)
	}
	switch {
	case r.Cause == nil && r.Taken > 0:
		_, e := fmt.Fprintf(out, "备份以后收到的 %d 份文件都在 archive，下次启动时按原来的次序重新判读，会再答复一次。\n"+
			"%d files that came after the backup are judged again at the next start, and answered once more.\n", r.Taken, r.Taken)
		err = errors.Join(err, e)
	case r.Cause != nil:
		_, e := fmt.Fprintf(out, "原来的数据库里没有可接续的记录（%v）。备份以后收到的文件，还在县区文件夹里的，下次启动时重新收；\n"+
			"已被县区覆盖的旧版本只留在 archive，不再计入。\n"+
			"Files that came after the backup are taken again from the counties' folders at the next start.\n", r.Cause)
		err = errors.Join(err, e)
	}
	return err
}

// aside is a free name in backups for a database that something takes the place of.
func (h *house) aside(before string) string {
	name := fmt.Sprintf("taizhang-%s-before-%s", h.now().In(h.zone).Format("20060102-150405"), before)
	path := h.path("backups", name+".db")
	for n := 2; ; n++ {
		if _, err := os.Lstat(path); err != nil {
			return path // whatever is wrong with it is told when it is used
		}
		path = h.path("backups", fmt.Sprintf("%s-%d.db", name, n))
	}
}

// there refuses a folder that is no data folder.
func (h *house) there() error {
	_, err := os.Stat(h.path("taizhang.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("“%s”不是数据文件夹 (not a data folder)", h.dir),
			"用 --data 指定，或先运行 taizhang serve (name it with --data, or run taizhang serve first)")
	}
	return err
}

// alone does something with a data folder that no other program may use
// meanwhile, without opening its store.
func alone(t *terminal, dir string, do func(*house) error) error {
	h := newHouse(filepath.Clean(dir), warnings(t))
	if err := h.there(); err != nil {
		return err
	}
	err := errors.Join(h.layOut(), h.take())
	if err == nil {
		err = do(h)
	}
	return errors.Join(err, h.close())
}
