package templates

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// counted is how many of the rows a column counts.
func counted(s *Summary, column string, rows [][]Value) int {
	n := 0
	for _, row := range rows {
		if s.Counts(row) && s.column(column).Counts(row) {
			n++
		}
	}
	return n
}

func TestSummaryFilters(t *testing.T) {
	c := mustLoad(t, nil)
	f := c.Form("petition_ledger")
	rows := [][]Value{
		petition(f, map[string]string{"status": "已办结", "veracity": "部分属实", "pollution_types": "水、油烟", "is_key": "是"}),
		petition(f, map[string]string{"status": "已办结", "veracity": "不属实", "pollution_types": "重金属", "is_duplicate": "是"}),
		petition(f, map[string]string{"status": "阶段性办结", "veracity": "属实", "pollution_types": "水"}),
		petition(f, map[string]string{"status": "正在办理", "pollution_types": "其他", "is_key": "否"}),
	}
	for column, want := range map[string]int{
		"petition_by_status.items": 4, "petition_by_status.closed": 2, "petition_by_status.staged": 1, "petition_by_status.open": 1,
		"petition_by_type.water": 2, "petition_by_type.air": 1, "petition_by_type.soil": 1, "petition_by_type.noise": 0, "petition_by_type.other": 1,
		"petition_by_veracity.duplicates": 1, "petition_overview.key_items": 1,
		"petition_case_summary.closed_true": 1, "petition_case_summary.closed_false": 1, "petition_case_summary.closed_total": 2,
	} {
		summary, name, _ := strings.Cut(column, ".")
		if got := counted(c.Summary(summary), name, rows); got != want {
			t.Errorf("%s counts %d rows, want %d", column, got, want)
		}
	}
}

func TestSummaryWhere(t *testing.T) {
	c := mustLoad(t, map[string]string{"mine.yaml": `
summary: mine
title: 重点件罚款
form: petition_ledger
where: is_key == '是'
columns:
  - {name: fines, title: 罚款(万元), sum: fine_wan, where: fine_wan >= 0.1, decimals: 2}
  - {name: half, title: 办结率, rate: [closed, items], decimals: 2}
  - {name: closed, title: 已办结, count: "status == '已办结'"}
  - {name: items, title: 件, count: true}
`})
	s, f := c.Summary("mine"), c.Form("petition_ledger")
	rows := [][]Value{
		petition(f, map[string]string{"is_key": "是", "fine_wan": "0.1"}),
		petition(f, map[string]string{"is_key": "是", "fine_wan": "0.0999"}),
		petition(f, map[string]string{"is_key": "否", "fine_wan": "5"}),
	}
	if got := counted(s, "fines", rows); got != 1 {
		t.Errorf("fines of %d rows, want 1", got)
	}
	if s.By != "" || s.Total || s.Columns[1].Decimals != 2 || fmt.Sprint(s.Columns[1].Rate) != "[closed items]" {
		t.Errorf("%+v %+v", s, s.Columns[1])
	}
}

// TestNotesFor asks that the customary note is printed only when the types add
// up to more than the items.
func TestNotesFor(t *testing.T) {
	s := mustLoad(t, nil).Summary("petition_by_type")
	figures := func(items, water, air int64) map[string]Value {
		out := map[string]Value{}
		for name, n := range map[string]int64{"items": items, "water": water, "air": air} {
			d := decimal.NewFromInt(n)
			out[name] = Value{Text: d.String(), Number: d}
		}
		return out
	}
	const always, customary = "大气含油烟、扬尘，土壤含重金属。", "部分举报件涉及多个污染类型，故各类型之和大于合计件数。"
	for _, test := range []struct {
		figures map[string]Value
		want    []string
	}{
		{figures(36, 21, 15), []string{always}},
		{figures(36, 21, 16), []string{always, customary}},
		{nil, []string{always}},
	} {
		notes, err := s.NotesFor(test.figures)
		if diff := cmp.Diff(test.want, notes); diff != "" || err != nil {
			t.Errorf("error %v, -want +got\n%s", err, diff)
		}
	}
}

// TestGroups reads a city's own grouping of the pollution types.
func TestGroups(t *testing.T) {
	text, err := os.ReadFile("testdata/petition_by_group.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := mustLoad(t, map[string]string{"petition_by_group.yaml": string(text)}).Summary("petition_by_group")
	want := []Group{
		{"生态类", []string{"生态"}},
		{"水气声", []string{"水", "大气", "噪声", "油烟", "扬尘"}},
		{"其他", []string{"土壤", "辐射", "海洋", "固废", "重金属", "其他"}},
	}
	if diff := cmp.Diff(want, s.Groups); diff != "" || s.By != "pollution_types" || s.ByTitle != "类型" {
		t.Errorf("by %s %s, -want +got\n%s", s.By, s.ByTitle, diff)
	}
}
