package merge

import (
	"errors"
	"io/fs"
	"os"
)

// errReplaced says that another file, or none, lies where the database was opened.
var errReplaced = errors.New("another file than the one that was opened")

// remember looks which file the database is.
func (s *Store) remember() (err error) {
	s.file, err = os.Stat(s.path)
	return err
}

// inItsPlace refuses to go on once the database was moved, removed, or another file
// was put in its place: what is written then nobody would find again.
func (s *Store) inItsPlace() error {
	if s.file == nil {
		return nil
	}
	info, err := os.Stat(s.path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err == nil && os.SameFile(info, s.file):
		return nil
	}
	return &Trouble{
		Cause:   errReplaced,
		Problem: "数据库文件在使用中被换掉、移走或删除了 (the database file was replaced, moved or removed while it is in use)",
		Hint: "不要直接替换 taizhang.db：把原来的文件放回去，或用 taizhang restore FILE 恢复备份，再启动；县区文件都还在 " +
			"(never replace taizhang.db by hand: put the file back, or restore a backup with taizhang restore FILE, and start again)",
	}
}
