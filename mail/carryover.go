package mail

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	"taizhang/sheets"
	"taizhang/templates"
)

// carriedOver is the county's rows on a clean form of the version in use, when
// its file was filled in on one that is not taken any more. It is nil when that
// is not the matter, or when the rows cannot be recognised.
func (o *Office) carriedOver(r Report) ([]byte, error) {
	old := func(f templates.Finding) bool { return f.Code == "S02" }
	if r.Form == nil || r.Submission.FormVersion >= r.Form.Version || !slices.ContainsFunc(r.Findings, old) {
		return nil, nil
	}
	data, err := os.ReadFile(o.original(r.Submission.SHA256))
	if err != nil {
		return nil, fmt.Errorf("read original: %w", err)
	}
	book, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	var problem *sheets.Problem
	if errors.As(err, &problem) {
		return nil, nil // it was judged by other limits then
	}
	if err != nil {
		return nil, fmt.Errorf("read original: %w", err)
	}
	county := o.countyOf(r.Submission.County)
	rows, ok := o.Catalog.CarryOver(book, r.Form, templates.Sender{County: county, Now: r.Submission.ArrivedAt})
	if !ok {
		return nil, nil
	}
	var b bytes.Buffer
	if err := sheets.Draw(&b, templates.Blank(r.Form, templates.BlankOptions{County: county, Rows: rows, Spare: spareRows})); err != nil {
		return nil, fmt.Errorf("draw clean form: %w", err)
	}
	return b.Bytes(), nil
}

// cleanSuffix is what the clean form with a county's rows has behind its name.
const cleanSuffix = "【新版表】"

// cleanSteps say what to do with it.
func (r Report) cleanSteps() []string {
	return []string{
		"用 Excel 或 WPS 打开“" + r.Copy + "”：这是新版表样，您填的内容已按栏名抄过来。",
		"逐栏核对，补上新增的栏；没有抄过来的栏，请对照原文件填写。",
		"保存后放进报送用的文件夹（在“" + AnswersFolder + "”文件夹里直接改、直接保存也可以）。系统会重新检查，并给新的回执。",
	}
}
