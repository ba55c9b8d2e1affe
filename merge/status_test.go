package merge

import (
	"context"
	"testing"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

func states(t *testing.T, c *city, form, period string) map[string]string {
	t.Helper()
	all, err := c.Status(context.Background(), form, period)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, s := range all {
		out[s.County] = s.State
	}
	return out
}

func TestStatus(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("items", "X1"))
	c.at("2021-04-02")
	c.must(templates.Partial, "西河县", "1.xlsx", c.book("items", "X1", "X2|||||||也许"))
	c.must(templates.Returned, "南平区", "1.xlsx", c.returned("items", "空"))
	want := map[string]string{"东山县": StateAccepted, "西河县": StatePartial, "南平区": StateReturned, "高新区": StateNone}
	if diff := cmp.Diff(want, states(t, c, "items", "")); diff != "" {
		t.Error(diff)
	}

	// A returned file does not take away what was accepted; due time makes late.
	c.must(templates.Returned, "东山县", "2.xlsx", c.returned("items", "空"))
	c.at("2021-04-05")
	want["高新区"] = StateLate
	if diff := cmp.Diff(want, states(t, c, "items", "2021-04-04")); diff != "" {
		t.Error(diff)
	}
	all, err := c.Status(ctx, "items", "2021-04-04")
	if err != nil || !all[0].ArrivedAt.Equal(day("2021-04-01")) || all[0].LatestVerdict != templates.Returned || all[0].Submission != 1 {
		t.Errorf("东山县: %+v %v", all[0], err)
	}
	if all[1].Held != 1 || all[2].Submission == 0 || !all[2].ArrivedAt.IsZero() {
		t.Errorf("西河县 %+v, 南平区 %+v", all[1], all[2])
	}
	want = map[string]string{"东山县": StateNone, "西河县": StateNone, "南平区": StateNone, "高新区": StateNone}
	if diff := cmp.Diff(want, states(t, c, "items", "2021-04-14")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"东山县": StateLate, "西河县": StateLate, "南平区": StateLate, "高新区": StateLate},
		states(t, c, "figures", "2021-04-04")); diff != "" {
		t.Error(diff)
	}
}

// A county that the list does not name appears once it has sent something.
func TestUnlistedCountyAppears(t *testing.T) {
	catalog := loadCatalog(t, "testdata/forms")
	c := openCity(t, t.TempDir()+"/taizhang.db", catalog)
	c.must(templates.Accepted, "新来的县", "1.xlsx", c.book("items", "X1"))
	_, table := c.table("overview", "", zeroTime)
	last := table.Rows[len(table.Rows)-1]
	if len(table.Rows) != 5 || last[0].Text != "新来的县" || last[2].Text != "1" {
		t.Errorf("rows: %v", table.Rows)
	}
}

// ourSummaries are those of the test forms.
var ourSummaries = []string{"county_types", "figures_total", "groups", "industry", "key_items", "overview", "types", "veracity"}

// wanted lists which of them are wanted.
func wanted(t *testing.T, c *city) (ours []string) {
	t.Helper()
	names, err := c.Wanted(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if contains(ourSummaries, name) {
			ours = append(ours, name)
		}
	}
	return ours
}

// release computes a summary and says that its workbook is in place.
func release(t *testing.T, c *city, name string) *templates.Table {
	t.Helper()
	table, version, err := c.Snapshot(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Released(context.Background(), name, version, "sha of "+name); err != nil {
		t.Fatal(err)
	}
	return table
}

func TestSummariesAreWantedUntilReleased(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	if diff := cmp.Diff(ourSummaries, wanted(t, c)); diff != "" {
		t.Errorf("a new store: %s", diff)
	}
	for _, name := range ourSummaries {
		release(t, c, name)
	}
	if left := wanted(t, c); left != nil {
		t.Errorf("all released, but %v", left)
	}
	if version, sha, err := c.Release(ctx, "overview"); err != nil || version == 0 || sha != "sha of overview" {
		t.Errorf("release: %d %s %v", version, sha, err)
	}
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("figures", "来电|10|4"))
	if diff := cmp.Diff([]string{"figures_total"}, wanted(t, c)); diff != "" {
		t.Errorf("one form changed: %s", diff)
	}
	release(t, c, "figures_total")
	c.at("2021-04-15")
	if diff := cmp.Diff(ourSummaries, wanted(t, c)); diff != "" {
		t.Errorf("time alone turned the period: %s", diff)
	}
}

// What comes in between reading and releasing is wanted again.
func TestChangeBeforeTheRelease(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	wanted(t, c)
	release(t, c, "figures_total")
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("figures", "来电|10|4"))
	_, version, err := c.Snapshot(ctx, "figures_total")
	if err != nil {
		t.Fatal(err)
	}
	c.must(templates.Returned, "西河县", "1.xlsx", c.returned("figures", "空"))
	if err := c.Released(ctx, "figures_total", version, "old"); err != nil {
		t.Fatal(err)
	}
	if !contains(wanted(t, c), "figures_total") {
		t.Error("a file came after the figures were read, and is forgotten")
	}
	if diff := cmp.Diff([]string{"西河县"}, release(t, c, "figures_total").Returned); diff != "" {
		t.Error(diff)
	}
	if contains(wanted(t, c), "figures_total") {
		t.Error("wanted although it is in place")
	}
}

func TestTheSameTableUntilSomethingChanges(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("items", "X1"))
	_, before := c.table("overview", "", zeroTime)
	c.at("2021-04-03")
	_, after := c.table("overview", "", zeroTime)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}

// Every summary, the shipped ones too, can be computed when there is nothing.
func TestEverySummaryOfAnEmptyStore(t *testing.T) {
	c := newCity(t)
	for _, s := range c.catalog.Summaries {
		lines, table := c.table(s.Name, "", zeroTime)
		if len(table.Columns) != len(s.Columns)+1 || s.By == templates.ByCounty && len(table.Rows) != 4 || len(table.Missing) != 4 {
			t.Errorf("%s: %v, missing %v", s.Name, lines, table.Missing)
		}
	}
}
