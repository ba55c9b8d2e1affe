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

func TestAreas(t *testing.T) {
	var far []string
	for row := 1; row <= 60; row += 2 {
		far = append(far, fmt.Sprintf("A%d", row))
	}
	for _, c := range []struct {
		cells []string
		want  string
	}{
		{nil, ""},
		{[]string{"C14", "C6", "C5", "C7", "C6"}, "C5:C7, C14"},
		{[]string{"B2", "C2"}, "B2, C2"},
		{[]string{"第 3 行", "AA10"}, "第 3 行, AA10"},
		{far, "A1, A3, A5, A7, A9, A11, A13, A15, A17, A19, A21, A23, A25, A27, A29, A31, A33, A35, A37, A39 … (30)"},
	} {
		if got := areas(c.cells); got != c.want {
			t.Errorf("%v: %s, want %s", c.cells, got, c.want)
		}
	}
}
