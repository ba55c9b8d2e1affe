package api

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/templates"
)

func TestGroups(t *testing.T) {
	found := []templates.Finding{
		{Code: "C13", Severity: templates.Handled, Field: "place", Title: "地点", Cells: []string{"B2", "B3"}},
		{Code: "C05", Severity: templates.Fix, Field: "done", Title: "是否办结", Cell: "C9", Value: "好了"},
		{Code: "C05", Severity: templates.Fix, Field: "done", Title: "是否办结", Cell: "C5", Value: "办好了"},
		{Code: "C05", Severity: templates.Fix, Field: "done", Title: "是否办结", Cell: "C6", Value: "好了"},
		{Code: "H02", Severity: templates.Reject, Message: "缺少“地点”"},
		{Code: "H02", Severity: templates.Reject, Message: "缺少“编号”"},
	}
	var got []string
	for _, g := range groups(found) {
		got = append(got, fmt.Sprint(g.Code, " ", g.Count, " ", g.Cells, " ", g.Values, " ", g.Blocks))
	}
	want := []string{"H02 1  [] true", "H02 1  [] true", "C05 3 C5:C6, C9 [好了 办好了] true", "C13 2 B2:B3 [] false"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
