package merge

import (
	"context"
	"errors"
	"testing"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

func TestLifeOfALedger(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	first := c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items",
		"X1|1||是|水|||属实|已办结|2021-03-30|2021年6月底前|12.5|2", "X2|2||否|大气、噪声||||正在办理"))
	if first.Number != "20210401-0001" || first.Period != "2021-04-04" || !first.InForce || first.Read != 2 || first.Accepted != 2 {
		t.Errorf("first submission: %+v", first)
	}

	// Same key, one row changed, one the same, one new: one version ends, two begin.
	second := c.must(templates.Accepted, "东山县", "b.xlsx", c.book("items",
		"X1|1||是|水|||属实|已办结|2021-03-30|2021年6月底前|12.5|2", "X2|2||否|大气、噪声||||已办结", "X3|2||否|水||||正在办理"))
	want := []string{"东山县 X1 已办结 12.5", "东山县 X2 已办结 ", "东山县 X3 正在办理 "}
	if diff := cmp.Diff(want, c.current("items", "case_no", "status", "fine")); diff != "" {
		t.Error(diff)
	}
	records, _, err := c.Records(ctx, "items", RecordFilter{Query: "X2"})
	if err != nil || len(records) != 1 {
		t.Fatalf("records with X2: %v %v", records, err)
	}
	history, err := c.History(ctx, "items", records[0].ID)
	if err != nil || len(history) != 2 {
		t.Fatalf("history: %v %v", history, err)
	}
	if h := history[0]; h.Submission != first.ID || h.Until != second.ID || h.Current || h.Row != 4 || h.Sheet != "Sheet1" ||
		h.Values["status"] != "正在办理" || h.Values["types"] != "大气、噪声" {
		t.Errorf("first version: %+v", h)
	}
	if h := history[1]; h.Submission != second.ID || !h.Current || h.Values["status"] != "已办结" {
		t.Errorf("second version: %+v", h)
	}

}

// A row that cannot be read is held, the others count; a returned file changes
// nothing.
func TestHeldRowsAndReturnedFiles(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	first := c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结", "X3|2||否|水||||正在办理"))
	partial := c.must(templates.Partial, "东山县", "c.xlsx", c.book("items", "X3|2||否|水||||差不多了", "X4|3||否|水||||正在办理"))
	if partial.Held != 1 || partial.Accepted != 1 || !partial.InForce {
		t.Errorf("partial: %+v", partial)
	}
	held, err := c.Held(ctx, "items", "东山县")
	if err != nil || len(held) != 1 || held[0].Row != 3 || held[0].Key == "" || held[0].Submission != partial.ID {
		t.Errorf("held: %+v %v", held, err)
	}
	returned := c.must(templates.Returned, "东山县", "d.xlsx", c.returned("items", "随便写写"))
	if returned.InForce || returned.Form != "items" {
		t.Errorf("returned: %+v", returned)
	}
	want := []string{"东山县 X1 已办结", "东山县 X3 正在办理", "东山县 X4 正在办理"}
	if diff := cmp.Diff(want, c.current("items", "case_no", "status")); diff != "" {
		t.Error(diff)
	}
	if held, err = c.Held(ctx, "items", ""); err != nil || len(held) != 1 {
		t.Errorf("held after a returned file: %v %v", held, err)
	}
	if got, err := c.Submission(ctx, partial.ID); err != nil || !got.InForce {
		t.Errorf("a returned file displaced an accepted one: %+v %v", got, err)
	}

	// A file without the held row takes its place among the held.
	c.must(templates.Noted, "东山县", "e.xlsx", c.book("items", "X3|2||否|水||||已办结"))
	if held, err = c.Held(ctx, "items", ""); err != nil || len(held) != 0 {
		t.Errorf("held after mending: %v %v", held, err)
	}
	if told := c.account(returned); told.Before == nil || told.Before.ID != partial.ID || len(told.Then) == 0 {
		t.Errorf("earlier: %+v %v", told.Before, told.Then)
	}
	if told := c.account(first); told.Before != nil {
		t.Errorf("earlier than the first: %+v", told.Before)
	}
}

// account is what is told about a submission.
func (c *city) account(sub Submission) Account {
	c.t.Helper()
	all, err := c.Accounts(context.Background(), []int64{sub.ID})
	if err != nil {
		c.t.Fatal(err)
	}
	return all[0]
}

func TestSameBytesAndABA(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	a := c.book("items", "X1|1||||||||||10")
	b := c.book("items", "X1|1||||||||||20")
	c.must(templates.Accepted, "东山县", "f.xlsx", a)
	if got, fresh := c.arrive("东山县", "f.xlsx", a); fresh || got.ID != 1 {
		t.Errorf("the same bytes again: %+v %v", got, fresh)
	}

	again := c.must(templates.Noted, "东山县", "另存.xlsx", a)
	found, err := c.Findings(ctx, again.ID)
	if err != nil || len(found) != 1 || found[0].Code != "F09" || again.InForce || again.Accepted != 0 {
		t.Errorf("same bytes under another name: %+v %v %v", again, found, err)
	}

	c.must(templates.Accepted, "东山县", "f.xlsx", b)
	third := c.must(templates.Accepted, "东山县", "f.xlsx", a)
	if !third.InForce {
		t.Errorf("A again after B: %+v", third)
	}
	if diff := cmp.Diff([]string{"东山县 10"}, c.current("items", "fine")); diff != "" {
		t.Error(diff)
	}
	history, err := c.History(ctx, "items", 1)
	if err != nil || len(history) != 3 {
		t.Errorf("history: %v %v", history, err)
	}
	if _, fresh := c.arrive("西河县", "f.xlsx", a); !fresh {
		t.Error("the same bytes from another county are its own")
	}
}

func TestOwnAnswersAreNoArrivals(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	answer := c.book("items", "X1")
	if err := c.Remember(ctx, "东山县", []Paper{{"回执.xlsx", sum(t, answer), false}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Remember(ctx, "东山县", []Paper{{"回执.xlsx", sum(t, answer), false}}); err != nil {
		t.Fatalf("written twice: %v", err)
	}
	if _, fresh := c.arrive("东山县", "回执/回执.xlsx", answer); fresh {
		t.Error("our own answer arrived")
	}
	if _, fresh := c.arrive("西河县", "x.xlsx", answer); !fresh {
		t.Error("another county's answer is a file of this county")
	}
}

// A form that we posted is no submission where we put it, in share/ or in a
// further root; dropped beside it, it is one.
func TestPostedFormsAreNoArrivalsWhereTheyLie(t *testing.T) {
	c := newCity(t)
	form := c.book("items", "X1")
	if err := c.Remember(context.Background(), "东山县", []Paper{{"预填.xlsx", sum(t, form), true}}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"回执/预填.xlsx": false, "政务内网/回执/预填.xlsx": false, "政务内网/预填.xlsx": true, "预填.xlsx": true,
	} {
		if _, fresh := c.arrive("东山县", name, form); fresh != want {
			t.Errorf("%s arrives: %v, want %v", name, fresh, want)
		}
	}
}

func TestReportReplacesItsPeriod(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("figures", "来电|10|4", "来信|5|5"))
	c.must(templates.Accepted, "东山县", "2.xlsx", c.book("figures", "来电|12|4"))
	if diff := cmp.Diff([]string{"东山县 来电 12"}, c.current("figures", "kind", "assigned")); diff != "" {
		t.Error(diff)
	}
	c.at("2021-04-10")
	c.must(templates.Accepted, "东山县", "3.xlsx", c.book("figures", "来电|20|9"))
	records, _, err := c.Records(ctx, "figures", RecordFilter{Period: "2021-04-04"})
	if err != nil || len(records) != 1 || records[0].Values["assigned"] != "12" {
		t.Errorf("the earlier period: %+v %v", records, err)
	}
	lines, _ := c.table("figures_total", "2021-04-14", zeroTime)
	want := []string{"东山县 | 20 | 9 | 45.0%", "西河县 | — | — | —", "南平区 | — | — | —", "高新区 | — | — | —", "合计 | 20 | 9 | 45.0%"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	lines, table := c.table("figures_total", "2021-04-04", zeroTime)
	if lines[0] != "东山县 | 12 | 4 | 33.3%" || table.Period != "2021-04-04" {
		t.Errorf("period before: %v %s", lines, table.Period)
	}
	// Seen from before the second period: the row that was taken back is gone.
	if lines, _ = c.table("figures_total", "2021-04-04", day("2021-04-05")); lines[0] != "东山县 | 12 | 4 | 33.3%" {
		t.Errorf("as of the day after: %v", lines)
	}
	// A file with a wrong figure is returned whole and leaves the period as it was.
	c.must(templates.Returned, "东山县", "4.xlsx", c.book("figures", "来电|x|9", "来信|3|3"))
	if diff := cmp.Diff([]string{"东山县 来电 12", "东山县 来电 20"}, c.current("figures", "kind", "assigned")); diff != "" {
		t.Error(diff)
	}
}

func TestMergeTwiceIsOnce(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	book := c.book("items", "X1")
	a, _ := c.arrive("东山县", "a.xlsx", book)
	waiting, err := c.Waiting(ctx)
	if err != nil || len(waiting) != 1 || waiting[0] != a {
		t.Fatalf("waiting: %+v %v", waiting, err)
	}
	first, err := c.Merge(ctx, a, c.judge("东山县", "a.xlsx", book), Answer{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Merge(ctx, a, c.judge("东山县", "a.xlsx", book), Answer{})
	if err != nil || second != first {
		t.Errorf("merged again: %+v, first %+v, %v", second, first, err)
	}
	letters, err := c.Letters(ctx, "")
	if err != nil || len(letters) != 1 {
		t.Errorf("letters: %v %v", letters, err)
	}
	if waiting, err = c.Waiting(ctx); err != nil || len(waiting) != 0 {
		t.Errorf("still waiting: %v %v", waiting, err)
	}
}

func TestUnrecognisedFile(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	book := c.returned("", "这不是表")
	delete(book.Marks, templates.MarkForm)
	sub := c.must(templates.Returned, "东山县", "杂.xlsx", book)
	if sub.Form != "" || sub.Number == "" {
		t.Errorf("submission: %+v", sub)
	}
	if told := c.account(sub); told.Before != nil {
		t.Errorf("earlier: %+v", told.Before)
	}
	found, err := c.Findings(ctx, sub.ID)
	if err != nil || len(found) == 0 || found[0].Message == "" || found[0].EN.Message == "" {
		t.Errorf("findings: %+v %v", found, err)
	}
}

func TestNotFound(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	_, err1 := c.Submission(ctx, 7)
	_, err2 := c.Findings(ctx, 7)
	_, _, err3 := c.Records(ctx, "nothing", RecordFilter{})
	_, err4 := c.History(ctx, "items", 7)
	_, err5 := c.Table(ctx, "nothing", "", zeroTime)
	_, err6 := c.Table(ctx, "overview", "2021-04-05", zeroTime)
	_, err7 := c.Status(ctx, "items", "2021-04-05")
	_, err8 := c.Accounts(ctx, []int64{7})
	_, _, err9 := c.Snapshot(ctx, "nothing")
	for i, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8, err9, c.Sent(ctx, 7)} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%d: %v", i+1, err)
		}
	}
}

func TestNumbersByDayInChina(t *testing.T) {
	c := newCity(t)
	one := c.send("东山县", "1.xlsx", c.book("items", "X1"))
	c.clock = c.clock.AddDate(0, 0, 1).Add(-9*60*60*1e9 - 1e6) // 23:59:59.999 in China
	two := c.send("东山县", "2.xlsx", c.book("items", "X2"))
	c.clock = c.clock.Add(1e6)
	three := c.send("东山县", "3.xlsx", c.book("items", "X3"))
	got := []string{one.Number, two.Number, three.Number}
	if diff := cmp.Diff([]string{"20210401-0001", "20210401-0002", "20210402-0001"}, got); diff != "" {
		t.Error(diff)
	}
}
