package templates

import (
	"slices"

	"taizhang/sheets"
)

// MarkPaper is the mark of a workbook that this program wrote to be read and not
// to be filled in, such as an official letter; its value says which.
const MarkPaper = "taizhang.paper"

// OwnPaper says whether a workbook is one that this program wrote and that holds
// nothing of a county's, also after somebody opened and saved it: a marked paper,
// or a report of findings without the county's own sheets.
func OwnPaper(b *sheets.Book) bool {
	if b.Marks[MarkPaper] != "" {
		return true
	}
	return b.Marks[MarkAnnotated] != "" && !slices.ContainsFunc(b.Sheets, func(s *sheets.Sheet) bool { return !ours(b, s) })
}
