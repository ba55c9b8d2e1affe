package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

type backupCmd struct {
	File string `arg:"" help:"备份写到这个文件，不能已经存在 (write the copy here; it must not be there yet)."`
	Data string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run copies the database while others use it.
func (c *backupCmd) Run(ctx context.Context, t *terminal) error {
	h := newHouse(c.Data, nil)
	if err := h.there(); err != nil {
		return err
	}
	if err := merge.Backup(ctx, h.path(databaseFile), c.File); err != nil {
		return backupTrouble(err)
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "%s  %d KB\n原件在 archive，请另行复制 (the originals are in archive/, to be copied besides)：%s\n",
		c.File, (info.Size()+1023)/1024, h.path("archive"))
	return err
}

func backupTrouble(err error) error {
	var t *merge.Trouble
	switch {
	case errors.Is(err, fs.ErrExist):
		return usage(err, "换一个文件名，备份从不覆盖 (choose another name; a backup never overwrites)")
	case errors.Is(err, fs.ErrNotExist):
		return usage(err, "核对路径：数据文件夹里要有 taizhang.db，备份的文件夹也要在 (check the path and the data folder)")
	case errors.As(err, &t):
		return storeTrouble(err)
	}
	return trouble(err, "检查磁盘空间和写权限 (check disk space and permissions)")
}

// backupSettings say when the daily copy is made, and how many are kept.
type backupSettings struct {
	At   string `yaml:"at"`
	Keep int    `yaml:"keep"` // 0: none is made
}

func defaultBackup() backupSettings { return backupSettings{At: "02:30", Keep: 30} }

// check answers what is wrong, in words.
func (b backupSettings) check() (wrong []string) {
	if _, err := templates.ParseClock(b.At); err != nil {
		wrong = append(wrong, fmt.Sprintf("backup.at：%v", err))
	}
	if b.Keep < 0 || b.Keep > 3660 {
		wrong = append(wrong, fmt.Sprintf("backup.keep 应在 0 到 3660 之间，现在是 %d", b.Keep))
	}
	return wrong
}

// backups makes the daily copies.
type backups struct {
	*house
	wait time.Time // no try before; after a failure
}

// backupRetry is how long after a failed copy the next one is tried.
const backupRetry = time.Hour

var dailyName = regexp.MustCompile(`^taizhang-\d{8}\.db$`)

// daily makes today's copy once its time has come, also when the program was
// stopped then, and removes the oldest beyond those to keep.
func (b *backups) daily(ctx context.Context) error {
	now := b.now().In(b.zone)
	clock, err := templates.ParseClock(b.settings.Backup.At)
	if err != nil || b.settings.Backup.Keep == 0 || now.Before(b.wait) && b.wait.Sub(now) <= backupRetry { // more: the clock was wrong
		return err
	}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, b.zone)
	if now.Before(midnight.Add(clock)) {
		return nil
	}
	file := b.path("backups", now.Format("taizhang-20060102.db"))
	if _, err := os.Stat(file); err == nil {
		return b.spare(now)
	}
	if err := b.store.Backup(ctx, file); err != nil {
		b.wait = now.Add(backupRetry)
		b.notices.set("backup", fmt.Sprintf("%s 的自动备份没有做成，一小时后再试；详见日志 (the daily backup failed)", now.Format("01-02 15:04")))
		return fmt.Errorf("daily backup: %w", err)
	}
	b.log.Info("backed up", "file", filepath.Base(file))
	return b.spare(now)
}

// spare removes what is beyond the copies to keep, once today's is there.
func (b *backups) spare(now time.Time) error {
	if err := b.thin(); err != nil {
		b.wait = now.Add(backupRetry)
		b.notices.set("backup", fmt.Sprintf("今天的备份已做好，但 backups 里旧的自动备份删不掉，一小时后再试：%v (old daily copies cannot be removed)", err))
		return fmt.Errorf("remove old backups: %w", err)
	}
	b.notices.set("backup", "")
	return nil
}

// thin removes the oldest daily copies. Those made before a migration or a
// restore stay.
func (b *backups) thin() error {
	entries, err := os.ReadDir(b.path("backups"))
	if err != nil {
		return err
	}
	var days []string // sorted by name, which is the day
	for _, e := range entries {
		if dailyName.MatchString(e.Name()) {
			days = append(days, e.Name())
		}
	}
	slices.Sort(days)
	for len(days) > b.settings.Backup.Keep {
		if err := os.Remove(b.path("backups", days[0])); err != nil {
			return err
		}
		days = days[1:]
	}
	return nil
}
