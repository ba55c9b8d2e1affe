package merge

import (
	"fmt"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// pick takes the n-th value of a list in which each value stands so many times.
func pick(n int, times ...any) string {
	for i := 0; i < len(times); i += 2 {
		if n -= times[i].(int); n < 0 {
			return times[i+1].(string)
		}
	}
	return ""
}

// TestTengchongReport gives the figures that a county printed in 2021 for 26
// items in 18 batches: 20 closed, 6 open, 76.9%; founded 2 (1 repeated, 1 in
// fact), mostly 4 (1, 3), partly 7, unfounded 13 (6, 7); 5 key items, 21 others;
// ecology 11, water, air and noise 12, others 3.
func TestTengchongReport(t *testing.T) {
	c := newCity(t)
	var rows []string
	for i := range 26 {
		veracity := pick(i, 2, "属实", 4, "基本属实", 7, "部分属实", 13, "不属实")
		repeated := pick(i, 1, "是", 1, "否", 1, "是", 3, "否", 7, "否", 6, "是", 7, "否")
		types := pick((i*7)%26, 11, "生态", 5, "水", 4, "大气", 3, "水、噪声", 1, "土壤", 2, "其他")
		status := pick((i*5)%26, 20, "已办结", 6, "正在办理")
		key := pick((i*3)%26, 5, "是", 21, "否")
		rows = append(rows, fmt.Sprintf("X%02d|%d||%s|%s||%s|%s|%s", i, i%18+1, key, types, repeated, veracity, status))
	}
	c.must(templates.Accepted, "东山县", "台账.xlsx", c.book("items", rows...))

	lines, table := c.table("overview", "", zeroTime)
	want := []string{
		"东山县 | 18 | 26 | 5 | 21 | 20 | 0 | 6 | 76.9% | 1 | 0.00 | 0.00",
		"西河县 | — | — | — | — | — | — | — | — | — | — | —",
		"南平区 | — | — | — | — | — | — | — | — | — | — | —",
		"高新区 | — | — | — | — | — | — | — | — | — | — | —",
		"合计 | 18 | 26 | 5 | 21 | 20 | 0 | 6 | 76.9% | — | 0.00 | 0.00",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	notes := []string{"数据截至：2021-04-01 09:00", "报告期：2021-04-04", "办结率=已办结/交办", "合办件在各县区各计一件", "“—”表示没有报来数据",
		"未报县区：西河县、南平区、高新区", "退回待改：无", "待改未计入 0 行"}
	if diff := cmp.Diff(notes, table.Notes); diff != "" {
		t.Error(diff)
	}

	lines, _ = c.table("veracity", "", zeroTime)
	want = []string{"属实 | 2 | 1 | 1", "基本属实 | 4 | 1 | 3", "部分属实 | 7 | 0 | 7", "不属实 | 13 | 6 | 7", "合计 | 26 | 8 | 18"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	lines, _ = c.table("groups", "", zeroTime)
	if diff := cmp.Diff([]string{"生态类 | 11", "水气声类 | 12", "其他类 | 3", "合计 | 26"}, lines); diff != "" {
		t.Error(diff)
	}
}

// TestCountyBulletin gives the figures of a county bulletin of 2021: 36 items,
// by type 21, 1, 2, 3, 7, 2, by trade 14, 1, 3, 1, 2, 15; 35 closed, 1 closed
// for now.
func TestCountyBulletin(t *testing.T) {
	c := newCity(t)
	var rows []string
	for i := range 36 {
		types := pick(i, 21, "水", 1, "生态", 2, "土壤", 3, "噪声", 7, "大气", 2, "其他")
		industry := pick((i*5)%36, 14, "畜禽养殖", 1, "采矿", 3, "建筑", 1, "医院", 2, "住宿餐饮娱乐", 15, "其他")
		status := pick(i, 35, "已办结", 1, "阶段性办结")
		rows = append(rows, fmt.Sprintf("D%02d|||否|%s|%s|否|属实|%s", i, types, industry, status))
	}
	c.must(templates.Accepted, "西河县", "台账.xlsx", c.book("items", rows...))

	_, table := c.table("types", "", zeroTime)
	want := map[string]string{"水": "21", "生态": "1", "土壤": "2", "噪声": "3", "大气": "7", "其他": "2",
		"辐射": "0", "海洋": "0", "固废": "0", "合计": "36"}
	if diff := cmp.Diff(want, columnOf(table, "items")); diff != "" {
		t.Error(diff)
	}
	_, table = c.table("industry", "", zeroTime)
	want = map[string]string{"畜禽养殖": "14", "采矿": "1", "建筑": "3", "医院": "1", "住宿餐饮娱乐": "2", "其他": "15", "合计": "36"}
	if diff := cmp.Diff(want, columnOf(table, "items")); diff != "" {
		t.Error(diff)
	}
	_, table = c.table("overview", "", zeroTime)
	if closed, staged := columnOf(table, "closed")["西河县"], columnOf(table, "staged")["合计"]; closed != "35" || staged != "1" {
		t.Errorf("closed %s, staged %s", closed, staged)
	}
}

func TestItemsOfSeveralTypes(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1||||水、大气", "X2||||水", "X3"))
	c.must(templates.Accepted, "西河县", "a.xlsx", c.book("items", "X1||||水"))

	// Within a group an item counts once; the total counts items, not types.
	lines, _ := c.table("groups", "", zeroTime)
	if diff := cmp.Diff([]string{"生态类 | 0", "水气声类 | 3", "其他类 | 0", "（未填） | 1", "合计 | 4"}, lines); diff != "" {
		t.Error(diff)
	}
	_, table := c.table("types", "", zeroTime)
	got := columnOf(table, "items")
	if got["水"] != "3" || got["大气"] != "1" || got["（未填）"] != "1" || got["合计"] != "4" {
		t.Errorf("by type: %v", got)
	}
	note := "部分举报件涉及多个污染类型，故各类型之和大于合计件数。"
	if _, table = c.table("county_types", "", zeroTime); contains(table.Notes, note) {
		t.Error("3 + 1 types are not more than 4 items")
	}
	c.must(templates.Noted, "东山县", "b.xlsx", c.book("items", "X3||||水、大气")) // without X1 and X2: 漏报
	if _, table = c.table("county_types", "", zeroTime); !contains(table.Notes, note) {
		t.Errorf("4 + 2 types are more than 4 items: %v", table.Notes)
	}
}

// A county that has reported and has nothing to count is zero; one that has sent
// nothing that counts is a dash, for a zero would speak for it.
func TestZeroIsNotSilence(t *testing.T) {
	c := newCity(t)
	note := "“—”表示没有报来数据"
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("figures", "来电|0|0"))
	c.must(templates.Returned, "西河县", "a.xlsx", c.returned("figures", "空"))
	c.must(templates.Accepted, "东山县", "b.xlsx", c.book("items", "X1|1|||||||正在办理"))
	check := func(summary, period string, asOf time.Time, noted bool, want ...string) {
		t.Helper()
		lines, table := c.table(summary, period, asOf)
		if diff := cmp.Diff(want, lines[:4]); diff != "" {
			t.Errorf("%s %s: %s", summary, period, diff)
		}
		if contains(table.Notes, note) != noted {
			t.Errorf("%s %s: %v", summary, period, table.Notes)
		}
	}
	check("figures_total", "", zeroTime, true, "东山县 | 0 | 0 | —", "西河县 | — | — | —", "南平区 | — | — | —", "高新区 | — | — | —")
	check("key_items", "", zeroTime, true, "东山县 | 0 | 0", "西河县 | — | —", "南平区 | — | —", "高新区 | — | —")
	check("county_types", "", zeroTime, true, "东山县 | 1 | 0 | 0", "西河县 | — | — | —", "南平区 | — | — | —", "高新区 | — | — | —")

	// What a ledger says stays said in the next period; a report says it anew.
	first := c.clock
	c.at("2021-04-10")
	for _, county := range []string{"西河县", "南平区", "高新区"} {
		c.must(templates.Accepted, county, "b.xlsx", c.book("items", "X1||||水"))
		c.must(templates.Accepted, county, "c.xlsx", c.book("figures", "来电|1|1"))
	}
	check("county_types", "", zeroTime, false, "东山县 | 1 | 0 | 0", "西河县 | 1 | 1 | 0", "南平区 | 1 | 1 | 0", "高新区 | 1 | 1 | 0")
	check("key_items", "", zeroTime, false, "东山县 | 0 | 0", "西河县 | 0 | 0", "南平区 | 0 | 0", "高新区 | 0 | 0")
	check("figures_total", "", zeroTime, true, "东山县 | — | — | —", "西河县 | 1 | 1 | 100.0%", "南平区 | 1 | 1 | 100.0%", "高新区 | 1 | 1 | 100.0%")
	check("county_types", "2021-04-04", zeroTime, true, "东山县 | 1 | 0 | 0", "西河县 | — | — | —", "南平区 | — | — | —", "高新区 | — | — | —")
	check("county_types", "2021-04-14", first, true, "东山县 | 1 | 0 | 0", "西河县 | — | — | —", "南平区 | — | — | —", "高新区 | — | — | —")
	if _, table := c.table("types", "", day("2021-03-31")); contains(table.Notes, note) {
		t.Error("a table that is not by county has no line of a silent one")
	}
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

// TestPercent rounds half up, keeps zeros at the end, and says 100% only when
// nothing is missing.
func TestPercent(t *testing.T) {
	for _, test := range []struct {
		part, whole int64
		places      int32
		want        string
	}{
		{20, 26, 1, "76.9"}, {31, 47, 1, "66.0"}, {33, 50, 1, "66.0"},
		{1, 8, 1, "12.5"}, {1, 8, 0, "13"}, {1, 16, 1, "6.3"}, {1, 3, 2, "33.33"}, {2, 3, 2, "66.67"},
		{5, 1000, 0, "1"}, {49, 10000, 0, "0"},
		{1, 1, 1, "100.0"}, {1999, 2000, 1, "99.9"}, {1999, 2000, 2, "99.95"}, {199999, 200000, 0, "99"},
		{2001, 2000, 1, "100.1"}, {0, 7, 1, "0.0"},
	} {
		r := rate(decimal.NewFromInt(test.part), decimal.NewFromInt(test.whole))
		if got := percent(r, test.places).StringFixed(test.places); got != test.want {
			t.Errorf("%d of %d: %s, want %s", test.part, test.whole, got, test.want)
		}
	}
	if !rate(decimal.Zero, decimal.Zero).none {
		t.Error("a rate of nothing is no rate")
	}
}

func TestSumsAndRanks(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items",
		"X1|1||||||| 已办结|||0.1", "X2|2|||||||已办结|||0.2", "X3|3|||||||正在办理|||0.7"))
	c.must(templates.Accepted, "西河县", "a.xlsx", c.book("items", "X1|3||||||| 已办结", "X2|3|||||||已办结", "X3|4|||||||正在办理"))
	c.must(templates.Accepted, "南平区", "a.xlsx", c.book("items", "X1|9||||||| 已办结|||1000000.05"))
	c.must(templates.Accepted, "高新区", "a.xlsx", c.book("items", "X1|||||||| 正在办理"))
	_, table := c.table("overview", "", zeroTime)
	for name, want := range map[string]map[string]string{
		"rate":         {"东山县": "66.7%", "西河县": "66.7%", "南平区": "100.0%", "高新区": "0.0%", "合计": "62.5%"},
		"place":        {"东山县": "2", "西河县": "2", "南平区": "1", "高新区": "4", "合计": "—"},
		"batches":      {"东山县": "3", "西河县": "2", "南平区": "1", "高新区": "0", "合计": "5"},
		"fines":        {"东山县": "1.00", "西河县": "0.00", "南平区": "1000000.05", "高新区": "0.00", "合计": "1000001.05"},
		"closed_fines": {"东山县": "0.30", "西河县": "0.00", "南平区": "1000000.05", "高新区": "0.00", "合计": "1000000.35"},
	} {
		if diff := cmp.Diff(want, columnOf(table, name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	kinds := map[string]string{"batches": "count", "other_items": "count", "rate": "rate", "place": "rank", "fines": "sum"}
	for _, column := range table.Columns {
		if want := kinds[column.Name]; want != "" && column.Kind != want {
			t.Errorf("%s is a %s, want %s", column.Name, column.Kind, want)
		}
	}
}

func TestTableOfThePast(t *testing.T) {
	c := newCity(t)
	c.must(templates.Partial, "东山县", "1.xlsx", c.book("items", "X1||||||||正在办理", "X2||||||||也许"))
	afternoon := c.clock.Add(4 * time.Hour)
	c.at("2021-04-10")
	c.must(templates.Accepted, "东山县", "2.xlsx", c.book("items", "X1||||||||已办结", "X2||||||||已办结"))
	c.must(templates.Returned, "西河县", "2.xlsx", c.returned("items", "空"))
	c.at("2021-04-20")
	c.must(templates.Noted, "东山县", "3.xlsx", c.book("items", "X3||||||||已办结")) // 漏报

	check := func(when, period string, asOf time.Time, items, closed, missing, returned string, held int) {
		t.Helper()
		_, table := c.table("overview", period, asOf)
		got := []string{columnOf(table, "items")["合计"], columnOf(table, "closed")["合计"], names(table.Missing), names(table.Returned), fmt.Sprint(table.HeldRows)}
		if diff := cmp.Diff([]string{items, closed, missing, returned, fmt.Sprint(held)}, got); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	others := "西河县、南平区、高新区"
	check("now", "", zeroTime, "3", "3", others, "无", 0)
	check("before anything", "", day("2021-03-30"), "0", "0", "东山县、"+others, "无", 0)
	check("after the first file", "", afternoon, "1", "0", others, "无", 1)
	check("the first period", "2021-04-04", zeroTime, "1", "0", others, "无", 1)
	check("the second period", "2021-04-14", zeroTime, "2", "2", others, "西河县", 0)
	check("the second period, seen in the first", "2021-04-14", afternoon, "1", "0", "东山县、"+others, "无", 1)
	check("the third period", "2021-04-24", zeroTime, "3", "3", others, "无", 0)
}

func TestReportingPeriodTurns(t *testing.T) {
	c := newCity(t)
	period := func() string {
		_, table := c.table("overview", "", zeroTime)
		return table.Period
	}
	for _, step := range []struct {
		at   string
		send bool
		want string
	}{
		{"2021-04-03", false, "2021-04-04"}, // the first period is the only one
		{"2021-04-05", false, "2021-04-04"}, // just due, nobody has reported for the next
		{"2021-04-06", true, "2021-04-14"},  // now somebody has
		{"2021-04-15", false, "2021-04-14"}, // that one is due
		{"2021-04-25", false, "2021-04-24"}, // the next is due too, though nobody reported
		{"2021-06-01", false, "2021-05-04"}, // after the last one
	} {
		c.at(step.at)
		if step.send {
			c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1"))
		}
		if got := period(); got != step.want {
			t.Errorf("on %s: %s, want %s", step.at, got, step.want)
		}
	}
}
