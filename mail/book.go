package mail

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"taizhang/sheets"
	"taizhang/templates"
)

// Book is the workbook that goes with an answer.
type Book struct {
	Name   string // after the county's own file
	Data   []byte
	Marked bool  // the county's sheets follow the list, with marks
	Alone  error // why a workbook that could be read goes out as the list alone
}

// DrawBook makes the workbook that goes with an answer: the county's own with
// the list before it and with marks, or the list alone where there is no
// workbook to mark. The original is a path.
func DrawBook(ctx context.Context, r Report, a sheets.Annotator, original string) (Book, error) {
	var alone error
	if readable(r) {
		r.Marked = true
		c, err := a.Copy(ctx, original, Marks(r.Findings), ReportDrawing(r))
		if err != nil {
			return Book{}, err
		}
		if c.Alone == nil {
			return Book{Name: copyName(r.Submission.File, true), Data: c.Workbook, Marked: true}, nil
		}
		alone = c.Alone
	}
	r.Marked = false
	var b bytes.Buffer
	if err := sheets.Draw(&b, ReportDrawing(r)); err != nil {
		return Book{}, fmt.Errorf("draw list of findings: %w", err)
	}
	return Book{Name: copyName(r.Submission.File, false), Data: b.Bytes(), Alone: alone}, nil
}

// unreadable are the codes of files that hold no workbook we could mark.
var unreadable = map[string]bool{"F01": true, "F03": true, "F04": true, "F06": true, "Z03": true}

// readable says whether the file is a workbook that can be marked.
func readable(r Report) bool {
	return !slices.ContainsFunc(r.Findings, func(f templates.Finding) bool { return unreadable[f.Code] })
}

// needsBook says whether a workbook goes with the answer: when something is to
// be mended or explained.
func needsBook(r Report) bool {
	v := r.Submission.Verdict
	if v == templates.Partial || v == templates.Returned {
		return true
	}
	return slices.ContainsFunc(r.Findings, func(f templates.Finding) bool {
		return (f.Severity.Blocks() || f.Severity == templates.Explain) && len(f.AllCells()) > 0
	})
}
