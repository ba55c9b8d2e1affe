package templates_test

import (
	"testing"

	"taizhang/sheets"
	"taizhang/templates"
)

// A paper of ours is known by its mark; an annotated copy holds the county's rows
// and is none.
func TestOwnPaper(t *testing.T) {
	sheet := func(names ...string) (list []*sheets.Sheet) {
		for _, name := range names {
			list = append(list, &sheets.Sheet{Name: name})
		}
		return list
	}
	for _, tt := range []struct {
		name string
		book sheets.Book
		want bool
	}{
		{"a letter", sheets.Book{Sheets: sheet("督办函"), Marks: map[string]string{templates.MarkPaper: "official-letter"}}, true},
		{"a report of findings alone", sheets.Book{Sheets: sheet("错误清单", "全部明细"), Marks: map[string]string{templates.MarkAnnotated: "1"}}, true},
		{"an annotated copy", sheets.Book{Sheets: sheet("错误清单", "全部明细", "台账"), Marks: map[string]string{templates.MarkAnnotated: "1"}}, false},
		{"a form", sheets.Book{Sheets: sheet("台账"), Marks: map[string]string{templates.MarkForm: "petition_ledger"}}, false},
		{"a county's own sheet of that name", sheets.Book{Sheets: sheet("督办函")}, false},
	} {
		if got := templates.OwnPaper(&tt.book); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
