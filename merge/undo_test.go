package merge

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// undone withdraws a submission by its number.
func (c *city) undone(number string) (Withdrawal, bool) {
	c.t.Helper()
	w, fresh, err := c.Undo(context.Background(), Undoing{Number: number, Reason: "报错了", Judge: c.again,
		MailTo: func(string) []string { return []string{"a@dongshan.example"} }})
	if err != nil {
		c.t.Fatalf("undo %s: %v", number, err)
	}
	return w, fresh
}

// facts are what is told of a store, without numbers and times.
func (c *city) facts() (lines []string) {
	c.t.Helper()
	lines = append(c.current("items", "case_no", "batch", "types", "status", "fine"), c.current("figures", "kind", "assigned", "closed")...)
	slices.Sort(lines) // they come by the numbers of their records
	overview, table := c.table("overview", "", zeroTime)
	lines = append(append(lines, overview...), fmt.Sprint(table.HeldRows, table.Missing, table.Returned))
	for _, period := range []string{"2021-04-04", "2021-04-14", "2021-04-24"} {
		total, _ := c.table("figures_total", period, zeroTime)
		lines = append(lines, total...)
	}
	for _, form := range []string{"items", "figures"} {
		all, err := c.Status(context.Background(), form, "2021-04-04")
		if err != nil {
			c.t.Fatal(err)
		}
		for _, s := range all {
			lines = append(lines, fmt.Sprint(form, s.County, s.State, s.ArrivedAt.Unix(), s.Held))
		}
	}
	return lines
}

// TestUndoIsAsIfItNeverCame withdraws any file of a random sequence; a second
// store gets the sequence without it.
func TestUndoIsAsIfItNeverCame(t *testing.T) {
	dir, runs := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		c := openCity(t, filepath.Join(dir, fmt.Sprint(runs, "a.db")), mustShared(t))
		d := openCity(t, filepath.Join(dir, fmt.Sprint(runs, "b.db")), mustShared(t))
		defer c.Close()
		defer d.Close()
		c.t, d.t = rt, rt
		n := rapid.IntRange(1, 5).Draw(rt, "files")
		out := rapid.IntRange(0, n-1).Draw(rt, "withdrawn")
		later := rapid.IntRange(out, n-1).Draw(rt, "withdrawn after")
		number := ""
		for i := range n {
			at := c.clock.Add(time.Duration(rapid.IntRange(1, 72).Draw(rt, "hours")) * time.Hour)
			c.clock, d.clock = at, at
			county := rapid.SampledFrom(modelCounties[:2]).Draw(rt, "county")
			form, rows := drawFile(rt)
			sub := c.send(county, fmt.Sprintf("%d.xlsx", i), c.book(form, rows...))
			if i != out {
				d.send(county, fmt.Sprintf("%d.xlsx", i), d.book(form, rows...))
			} else if Takes(sub.Verdict) {
				number = sub.Number
			} else {
				rt.Skip("the file to withdraw was returned")
			}
			if i == later {
				c.undone(number)
			}
		}
		if diff := cmp.Diff(d.facts(), c.facts()); diff != "" {
			rt.Fatalf("not as if it had never come: %s", diff)
		}
		if rapid.IntRange(0, 3).Draw(rt, "worked out again at 0") == 0 {
			if _, found := c.rebuilt(); len(found) > 0 {
				rt.Fatalf("worked out again, the store differs: %+v", found)
			}
		}
	})
}

// drawFile is a ledger or a report; 也许 holds its row, -1 returns the file.
func drawFile(rt *rapid.T) (form string, rows []string) {
	if rapid.Bool().Draw(rt, "a report") {
		for _, kind := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"来电", "来信", "网络"}), 1, 3, rapid.ID).Draw(rt, "kinds") {
			rows = append(rows, fmt.Sprintf("%s|%d|%d", kind, rapid.SampledFrom([]int{-1, 1, 2, 3, 4, 5, 6}).Draw(rt, "assigned"), rapid.IntRange(0, 9).Draw(rt, "closed")))
		}
		return "figures", rows
	}
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"X1", "X2", "X3", "X4"}), 1, 4, rapid.ID).Draw(rt, "keys") {
		status := rapid.SampledFrom([]string{"已办结", "正在办理", "", "也许"}).Draw(rt, "status")
		fine := rapid.SampledFrom([]string{"", "0.10", "12.55"}).Draw(rt, "fine")
		rows = append(rows, strings.Join([]string{key, "1", "", "", "水", "", "", "", status, "", "", fine}, "|"))
	}
	return "items", rows
}

// The figure of before comes back, records keep their numbers, and the county is
// told once.
func TestUndoBringsBackTheFileBefore(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结", "X2|1|||||||正在办理"))
	first := c.must(templates.Accepted, "东山县", "r1.xlsx", c.book("figures", "来电|5|2"))
	c.clock = c.clock.Add(time.Hour)
	wrong := c.must(templates.Accepted, "东山县", "r2.xlsx", c.book("figures", "来电|50|20", "来信|1|1"))
	c.must(templates.Accepted, "东山县", "b.xlsx", c.book("items", "X1|1|||||||已办结", "X2|1|||||||已办结", "X3|1|||||||已办结"))
	before, _, err := c.Records(ctx, "items", RecordFilter{})
	if err != nil {
		t.Fatal(err)
	}
	c.clock = c.clock.Add(time.Hour)
	w, fresh := c.undone(wrong.Number)
	if !fresh || w.Instead == nil || w.Instead.Number != first.Number || w.Was != templates.Accepted || w.Submission.Verdict != templates.Withdrawn {
		t.Errorf("withdrawal: %v %+v", fresh, w)
	}
	if diff := cmp.Diff([]string{"东山县 来电 5 2"}, c.current("figures", "kind", "assigned", "closed")); diff != "" {
		t.Error(diff)
	}
	after, _, err := c.Records(ctx, "items", RecordFilter{})
	if diff := cmp.Diff(before, after); err != nil || diff != "" {
		t.Errorf("the other form changed: %v %s", err, diff)
	}
	c.clock = c.clock.Add(time.Hour)
	if again, fresh := c.undone(wrong.Number); fresh || !again.At.Equal(w.At) {
		t.Errorf("a second time: %v %v, first %v", fresh, again.At, w.At)
	}
	told := 0
	letters, err := c.Letters(ctx, "pending")
	for _, l := range letters {
		if l.Kind == KindWithdrawn && l.Ref == wrong.Number && l.County == "东山县" {
			told++
		}
	}
	if err != nil || told != 2 { // into the folder and by mail
		t.Errorf("%d letters of the withdrawal, %v", told, err)
	}
	if _, _, err := c.Undo(ctx, Undoing{Number: "20210401-0999"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown number: %v", err)
	}
	back := c.must(templates.Returned, "东山县", "x.xlsx", c.returned("items", "x"))
	if _, _, err := c.Undo(ctx, Undoing{Number: back.Number}); !errors.Is(err, ErrNeverCounted) {
		t.Errorf("a returned file: %v", err)
	}
}

// A record that only a withdrawn file and a later one have keeps its number, and a
// file judged a duplicate of the withdrawn one counts by itself.
func TestUndoJudgesLaterFilesAnew(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "西河县", "w.xlsx", c.book("items", "Y1|1|||||||已办结"))
	wrong := c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	same := c.must(templates.Noted, "东山县", "b.xlsx", c.book("items", "X1|1|||||||已办结"))
	c.must(templates.Accepted, "西河县", "v.xlsx", c.book("items", "Y1|1|||||||已办结", "Y2|1|||||||已办结"))
	w, _ := c.undone(wrong.Number)
	want := []Rejudged{{same.ID, same.Number, templates.Noted, templates.Accepted}}
	if diff := cmp.Diff(want, w.Rejudged); diff != "" {
		t.Error(diff)
	}
	found, _, err := c.Records(context.Background(), "items", RecordFilter{County: "东山县"})
	if err != nil || len(found) != 1 || found[0].ID != 2 || found[0].Submission != same.ID {
		t.Errorf("records: %+v %v", found, err)
	}
	if _, found := c.rebuilt(); len(found) > 0 {
		t.Errorf("differs: %+v", found)
	}
}

// A file on which the program failed, and one whose form was mended, count when
// they are judged again; the same verdict leaves no trace.
func TestRecheck(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	good := c.book("items", "X1|1|||||||已办结")
	a, _ := c.arrive("东山县", "a.xlsx", good)
	broken, err := c.Merge(ctx, a, templates.Broken(templates.Sender{County: c.catalog.Counties.ByFolder("东山县"), Now: c.clock}, "AB"), Answer{})
	if err != nil || broken.Verdict != templates.Pending {
		t.Fatalf("broken: %+v %v", broken, err)
	}
	c.must(templates.Returned, "西河县", "x.xlsx", c.returned("items", "x"))
	c.must(templates.Returned, "西河县", "y.xlsx", c.book("figures", "来电|-1|2"))
	c.must(templates.Accepted, "西河县", "z.xlsx", c.book("figures", "来电|3|2"))
	c.must(templates.Returned, "西河县", "y2.xlsx", c.returned("figures", "y2"))
	c.must(templates.Accepted, "西河县", "y2.xlsx", c.book("figures", "来信|4|2"))
	came := c.clock
	c.at("2021-04-20")
	waiting, err := c.Unsettled(ctx, "")
	if err != nil || len(waiting) != 3 {
		t.Fatalf("unsettled: %+v %v", waiting, err)
	}
	var outcomes []string
	for _, u := range waiting {
		clock := c.clock
		c.clock = came
		r := c.judge(u.Arrival.County, u.Arrival.Name, c.books[u.Arrival.SHA256])
		c.clock = clock
		is, outcome, err := c.Recheck(ctx, u, r, Answer{})
		if err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, fmt.Sprint(u.Submission.File, " ", outcome, " ", is.Verdict, " ", is.Period))
	}
	want := []string{"a.xlsx changed accepted 2021-04-04", "x.xlsx same returned ", "y.xlsx displaced returned 2021-04-04"}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Error(diff)
	}
	subs, total, err := c.Submissions(ctx, SubmissionFilter{County: "东山县"})
	if err != nil || total != 2 || subs[1].Number != broken.Number || subs[1].Verdict != templates.Pending || subs[0].Channel != ByRecheck {
		t.Errorf("submissions: %+v %v", subs, err)
	}
	if _, fresh := c.arrive("东山县", "a.xlsx", good); fresh {
		t.Error("the file of the share is taken for a new one")
	}
	if _, found := c.rebuilt(); len(found) > 0 {
		t.Errorf("differs: %+v", found)
	}
	if left, err := c.Unsettled(ctx, "东山县"); err != nil || len(left) != 0 {
		t.Errorf("left: %+v %v", left, err)
	}
}
