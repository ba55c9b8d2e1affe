package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"taizhang/api"
	"taizhang/merge"
)

type verifyCmd struct {
	Data string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run holds everything that is kept against everything else, and changes nothing.
func (c *verifyCmd) Run(ctx context.Context, t *terminal) error {
	return visit(ctx, t, c.Data, beside, func(h *house) error {
		if err := merge.Inspect(ctx, h.path(databaseFile)); err != nil {
			return storeTrouble(err)
		}
		v := &verifying{house: h, t: t}
		err := v.originals(ctx)
		if err == nil {
			err = errors.Join(v.facts(ctx), v.workbooks(ctx))
		}
		if err == nil && v.found > 0 {
			return errFindings
		}
		if err == nil {
			_, err = fmt.Fprintf(t.Out, "全部一致：%d 份原件、数据库、汇总表 (all is well)\n", v.checked)
		}
		return err
	})
}

// verifying counts what is not as it should be.
type verifying struct {
	*house
	t              *terminal
	found, checked int
	gone           int // originals that cannot be read
}

func (v *verifying) tell(format string, args ...any) error {
	v.found++
	_, err := fmt.Fprintf(v.t.Out, format+"\n", args...)
	return err
}

// originals hashes every file of the archive that anything came from.
func (v *verifying) originals(ctx context.Context) error {
	all, err := v.store.Originals(ctx)
	if err != nil {
		return err
	}
	bar := v.t.bar(len(all), "原件 archive")
	defer bar.Close()
	for _, o := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if what := v.wrong(o.SHA256); what != "" {
			v.gone++
			if err := v.tell("%s  %s  %s  %s", what, o.Number, o.County, o.SHA256); err != nil {
				return err
			}
		}
		v.checked++
		bar.Add(1)
	}
	return nil
}

// wrong says what is wrong with an original, "" for nothing.
func (v *verifying) wrong(sha string) string {
	_, err := archived(v.blob(sha))
	if err == nil {
		var sum string
		if sum, err = hashFile(v.blob(sha)); err == nil && sum != sha {
			err = errAltered
		}
	}
	switch {
	case errors.Is(err, errMissing):
		return "原件不见了 missing "
	case errors.Is(err, errAltered):
		return "原件被改动 altered "
	case err != nil:
		return fmt.Sprintf("原件读不出 unreadable (%v)", err)
	}
	return ""
}

// facts compares the database with one that is worked out from the originals.
func (v *verifying) facts(ctx context.Context) error {
	if v.gone > 0 {
		_, err := fmt.Fprintf(v.t.Out, "有 %d 份原件不能用，没有重算记录和汇总数 (facts not compared: %d originals cannot be used)\n", v.gone, v.gone)
		return err
	}
	if err := v.sweepBenches(); err != nil {
		return benchTrouble(err)
	}
	dir, leave, err := v.newBench()
	if err != nil {
		return benchTrouble(err)
	}
	found, err := v.workOut(ctx, v.t, filepath.Join(dir, databaseFile))
	if err = errors.Join(err, leave()); err != nil {
		return rebuildTrouble(err)
	}
	v.found += len(found)
	return tellDifferences(v.t.Out, found)
}

func benchTrouble(err error) error {
	return trouble(err, "检查磁盘空间和 backups 的写权限 (check disk space and permissions of backups/)")
}

// workbooks holds the summaries' files against what was released.
func (v *verifying) workbooks(ctx context.Context) error {
	wanted, err := v.store.Stale(ctx)
	if err != nil {
		return err
	}
	for _, s := range v.catalog.Summaries {
		version, sha, err := v.store.Release(ctx, s.Name)
		if err != nil {
			return err
		}
		if version == 0 || slices.Contains(wanted, s.Name) {
			continue // never written, or about to be rewritten
		}
		sum, err := hashFile(v.path("summaries", api.SummaryFile(s.Title)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return trouble(err, "检查 summaries 文件夹的读权限 (check permissions of the summaries folder)")
		}
		if _, now, err := v.store.Release(ctx, s.Name); err != nil || sum == now || now != sha {
			if err != nil {
				return err
			}
			continue // as it should be, or rewritten in between
		}
		if err := v.tell("汇总表与发布时不同 workbook differs  %s", s.Name); err != nil {
			return err
		}
	}
	return nil
}

// hashFile is the SHA-256 of a file, however long it is.
func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() // only read
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
