package main

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"syscall"
)

// openElsewhere is a workbook that cannot be replaced: on Windows because somebody
// has it open in a spreadsheet, elsewhere because the folder may not be written.
type openElsewhere struct {
	file string // its name
	err  error
}

func (o *openElsewhere) Error() string {
	return fmt.Sprintf("“%s”没有更新：%v (it could not be replaced)", o.file, o.err)
}

func (o *openElsewhere) Unwrap() error { return o.err }

// inTheWay sorts out the errors that an operator can end by closing a workbook.
func inTheWay(file string, err error) error {
	const sharingViolation = syscall.Errno(32) // what Windows calls it; elsewhere another error
	if errors.Is(err, fs.ErrPermission) || runtime.GOOS == "windows" && errors.Is(err, sharingViolation) {
		return &openElsewhere{file, err}
	}
	return err
}

// tell is the error with what to do, or nil where that was said already.
func (o *openElsewhere) tell(first bool) error {
	if !first {
		return nil
	}
	return trouble(o, "关上正开着它的 Excel 或 WPS；没有开着就检查 summaries 文件夹的写权限。下次汇总时会更新 "+
		"(close the workbook, or check that summaries may be written; the next run replaces it)")
}

// line says the same on the page.
func (o *openElsewhere) line() string {
	return fmt.Sprintf("汇总表“%s”没有更新：它多半正开在 Excel 或 WPS 里，关上后一分钟内自动更新；没有开着就检查 summaries "+
		"文件夹的写权限。网页上看到的、下载的都是最新的 (close this workbook and it is updated within a minute)", o.file)
}
