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
	return unopened(t, c.Data, func(h *house) error {
		if err := h.readSettings(); err != nil { // for the zone, in which a day of numbers begins
			return err
		}
		r, err := merge.Restore(ctx, c.File, h.path(databaseFile), h.aside("restore"), h.now().In(h.zone))
		switch {
		case errors.Is(err, merge.ErrBadBackup):
			return trouble(err, "换一个备份再恢复，见 backups 文件夹；现在的数据库没有动 (restore another backup, see backups/; the present database was not touched)")
		case err != nil:
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
	for _, line := range c.next(r) {
		_, e := fmt.Fprintln(out, line)
		err = errors.Join(err, e)
	}
	return err
}

// next are the sentences on what happens next.
func (c *restoreCmd) next(r merge.Restored) (lines []string) {
	if r.Cause != nil {
		lines = append(lines, fmt.Sprintf("原来的数据库里没有可接续的记录（%v）。备份以后收到的文件，还在县区文件夹里的，下次启动时重新收；\n"+
			"已被县区覆盖的旧版本只留在 archive，不再计入；备份以后撤销的文件，请再用 taizhang undo 撤销一次。\n"+
			"Files that came after the backup are taken again from the counties' folders at the next start; withdraw again what was withdrawn since.", r.Cause))
	}
	if r.Next != "" {
		lines = append(lines, fmt.Sprintf("备份以后编过哪些回执编号已无法知道，今天从 %s 起编，不会与已发出的重复。\n"+
			"The numbers given out since the backup are not known; those of today go on with %s.", r.Next, r.Next))
	}
	if r.Taken > 0 {
		lines = append(lines, fmt.Sprintf("备份以后收到的 %d 份文件都在 archive，下次启动时重新判读，用原来的回执编号再答复一次。\n"+
			"%d files that came after the backup are judged again at the next start, and answered once more under their numbers.", r.Taken, r.Taken))
	}
	if r.Withdrawn > 0 {
		lines = append(lines, fmt.Sprintf("备份以后撤销的 %d 份文件，下次启动时照原来的原因再撤销；要重新算数，请县区换个文件名再报。\n"+
			"%d files that were withdrawn since the backup are withdrawn again at the next start.", r.Withdrawn, r.Withdrawn))
	}
	return lines
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
	if err != nil {
		return unreadable(err)
	}
	return nil
}

// unopened does something with a data folder that no other program may use
// meanwhile, without opening its store.
func unopened(t *terminal, dir string, do func(*house) error) error {
	h := newHouse(filepath.Clean(dir), warnings(t))
	if err := h.there(); err != nil {
		return err
	}
	err := errors.Join(h.layOut(), h.take())
	if err == nil {
		err = do(h)
	}
	return stopFirst(errors.Join(err, h.close()))
}
