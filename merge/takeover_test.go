package merge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/sheets"
	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// backedUp copies the store.
func (c *city) backedUp() (file string) {
	c.t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(c.path), "backup")
	if err != nil {
		c.t.Fatal(err)
	}
	file = filepath.Join(dir, "backup.db")
	if err := c.Backup(context.Background(), file); err != nil {
		c.t.Fatalf("back up: %v", err)
	}
	return file
}

// restored puts a backup in the place of the store, which is closed.
func (c *city) restored(file string) Restored {
	c.t.Helper()
	if err := c.Close(); err != nil {
		c.t.Fatal(err)
	}
	r, err := Restore(context.Background(), file, c.path, file+".aside"+fmt.Sprint(c.clock.UnixNano()), c.clock)
	if err != nil {
		c.t.Fatalf("restore: %v", err)
	}
	c.clock = c.clock.Add(time.Second)
	return r
}

// reopened opens the store anew.
func (c *city) reopened() {
	c.t.Helper()
	store, err := Open(context.Background(), c.path, c.catalog, func() time.Time { return c.clock })
	if err != nil {
		c.t.Fatalf("open: %v", err)
	}
	c.Store = store
}

// started does what the program does at a start: it withdraws what was withdrawn
// before a restore, and judges what waits.
func (c *city) started() {
	c.t.Helper()
	ctx := context.Background()
	c.reopened()
	if _, err := c.WithdrawAgain(ctx, Undoing{Judge: c.again}); err != nil {
		c.t.Fatal(err)
	}
	waiting, err := c.Waiting(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, a := range waiting {
		r, err := c.again(ctx, c.catalog, a)
		if err == nil {
			_, err = c.Merge(ctx, a, r, Answer{})
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

// numbers are those of all files, by arrival, with what became of each.
func (c *city) numbers() (all []string) {
	c.t.Helper()
	rows, err := c.read.Query(`SELECT arrival || ' ' || number || ' ' || verdict FROM submission ORDER BY arrival`)
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// TestRestoreGoesOn restores a backup of any moment of a random sequence of files
// and withdrawals, some of them twice before a start. After it the store tells
// what it told before: facts, numbers, verdicts; and it can be worked out again.
func TestRestoreGoesOn(t *testing.T) {
	dir, runs := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		c := openCity(t, filepath.Join(dir, fmt.Sprint(runs, ".db")), mustShared(t))
		c.t = rt
		steps := rapid.IntRange(2, 7).Draw(rt, "steps")
		moment := rapid.IntRange(0, steps-1).Draw(rt, "backup after")
		var counted, backups []string
		type sent struct {
			county string
			book   *sheets.Book
		}
		came := map[string]sent{} // by number
		var withdrawn []string
		for i := range steps {
			c.clock = c.clock.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
			if len(counted) > 0 && rapid.IntRange(0, 2).Draw(rt, "withdraw at 0") == 0 {
				n := rapid.IntRange(0, len(counted)-1).Draw(rt, "which")
				if sub, err := c.byNumber(counted[n]); err != nil || !Takes(sub.Verdict) {
					rt.Skip("another withdrawal made it one that does not count")
				}
				c.undone(counted[n])
				withdrawn = append(withdrawn, counted[n])
				counted = slices.Delete(counted, n, n+1)
			} else {
				county := rapid.SampledFrom(modelCounties[:2]).Draw(rt, "county")
				form, rows := drawFile(rt)
				b := c.book(form, rows...)
				if len(withdrawn) > 0 && rapid.Bool().Draw(rt, "a withdrawn one again") {
					last := came[withdrawn[len(withdrawn)-1]]
					county, b = last.county, last.book
				}
				a, fresh := c.arrive(county, fmt.Sprintf("%d.xlsx", i), b)
				if !fresh {
					rt.Fatal("nothing new")
				}
				if i == moment && rapid.Bool().Draw(rt, "not judged yet") {
					backups = append(backups, c.backedUp())
				}
				r, _ := c.again(context.Background(), c.catalog, a)
				sub, err := c.Merge(context.Background(), a, r, Answer{})
				if err != nil {
					rt.Fatal(err)
				}
				came[sub.Number] = sent{county, b}
				if Takes(sub.Verdict) {
					counted = append(counted, sub.Number)
				}
			}
			if i == moment {
				backups = append(backups, c.backedUp())
			}
		}
		facts, numbers := c.facts(), c.numbers()
		for range rapid.IntRange(1, 2).Draw(rt, "restores before a start") {
			if r := c.restored(rapid.SampledFrom(backups).Draw(rt, "backup")); r.Cause != nil || r.Next != "" {
				rt.Fatalf("restored: %+v", r)
			}
		}
		c.started()
		defer c.Close()
		if diff := cmp.Diff(numbers, c.numbers()); diff != "" {
			rt.Fatalf("other numbers or verdicts: %s", diff)
		}
		if diff := cmp.Diff(facts, c.facts()); diff != "" {
			rt.Fatalf("other facts: %s", diff)
		}
		if rapid.IntRange(0, 3).Draw(rt, "worked out again at 0") == 0 {
			if _, found := c.rebuilt(); len(found) > 0 {
				rt.Fatalf("worked out again, the store differs: %+v", found)
			}
		}
	})
}

func (c *city) byNumber(number string) (sub Submission, err error) {
	err = c.look(context.Background(), func(q *session) error {
		sub, err = q.submission(`WHERE number = $1`, number)
		return err
	})
	return sub, err
}

// A file that came and was withdrawn after the backup is withdrawn from the start,
// its county is told why, and what it hands in again counts. New files and new
// records have new numbers, also those of a county whose file is judged again.
func TestRestoreKeepsWithdrawals(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	first := c.must(templates.Accepted, "东山县", "a.xlsx", c.book("figures", "来电|5|2"))
	backup := c.backedUp()
	c.clock = c.clock.Add(time.Minute)
	wrong := c.must(templates.Accepted, "东山县", "b.xlsx", c.book("figures", "来电|50|20", "来信|1|1"))
	last := c.must(templates.Accepted, "西河县", "c.xlsx", c.book("items", "Y1|1|||||||已办结"))
	c.clock = c.clock.Add(time.Minute)
	w, _ := c.undone(wrong.Number)
	c.undone(first.Number)
	c.must(templates.Accepted, "东山县", "d.xlsx", c.book("figures", "来电|5|2"))
	records, _, err := c.Records(ctx, "items", RecordFilter{})
	if err != nil {
		t.Fatal(err)
	}
	r := c.restored(backup)
	if r.Taken != 3 || r.Withdrawn != 2 || r.Cause != nil || r.Next != "" {
		t.Errorf("restored: %+v", r)
	}
	c.started()
	defer c.Close()
	if diff := cmp.Diff([]string{"东山县 来电 5 2"}, c.current("figures", "kind", "assigned", "closed")); diff != "" {
		t.Error(diff)
	}
	again, err := c.Withdrawal(ctx, wrong.Number)
	if err != nil || !again.At.Equal(w.At) || again.Reason != "报错了" || again.Was != templates.Accepted || again.Submission.SHA256 != wrong.SHA256 {
		t.Errorf("withdrawn again: %+v %v", again, err)
	}
	told := 0
	letters, err := c.Letters(ctx, "pending")
	for _, l := range letters {
		if old := fmt.Sprintf("<%s.%.8s@", last.Number, last.SHA256); strings.HasPrefix(l.MessageID, old) {
			t.Errorf("the second answer looks like the first one: %s", l.MessageID)
		}
		if l.Kind == KindWithdrawn && l.Ref == wrong.Number {
			told++
		}
	}
	if err != nil || told != 1 {
		t.Errorf("%d letters of the withdrawal, %v", told, err)
	}
	next := c.must(templates.Accepted, "南平区", "e.xlsx", c.book("items", "Z1|1|||||||已办结"))
	if next.Number != "20210401-0005" || last.Number != "20210401-0003" {
		t.Errorf("the next number is %s", next.Number)
	}
	now, _, err := c.Records(ctx, "items", RecordFilter{})
	if err != nil || len(now) != 2 || slices.ContainsFunc(now, func(r Record) bool { return r.ID <= records[0].ID }) {
		t.Errorf("records: %+v %v, before %+v", now, err, records)
	}
	if _, found := c.rebuilt(); len(found) > 0 {
		t.Errorf("differs: %+v", found)
	}
}

// Where the present database is lost, damaged or of other arrivals, no number of
// the day is given out again all the same.
func TestRestoreGivesNoNumberTwice(t *testing.T) {
	for name, story := range map[string]struct {
		harm          func(t *testing.T, c *city)
		next          string
		record, other int64
	}{
		"lost": {func(t *testing.T, c *city) {
			if err := Remove(c.path); err != nil {
				t.Fatal(err)
			}
		}, "20210401-905001", 1_000_001, 1_000_001},
		"damaged": {func(t *testing.T, c *city) {
			if err := os.WriteFile(c.path, []byte(strings.Repeat("台账", 5000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "20210401-905001", 1_000_001, 1_000_001},
		"of other arrivals": {func(t *testing.T, c *city) {
			c.reopened()
			if _, err := c.write.Exec(`UPDATE arrival SET name = 'x' || name`); err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}, "20210401-0004", 4, 2},
		"without its submissions": {func(t *testing.T, c *city) {
			c.reopened()
			if _, err := c.write.Exec(`ALTER TABLE submission RENAME TO gone`); err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}, "20210401-0004", 4, 2},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t)
			c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
			backup := c.backedUp()
			c.must(templates.Accepted, "西河县", "b.xlsx", c.book("items", "Y1|1|||||||已办结", "Y2|1|||||||已办结"))
			c.must(templates.Accepted, "西河县", "r.xlsx", c.book("figures", "来电|5|2"))
			c.clock = c.clock.Add(5 * time.Minute)
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			story.harm(t, c)
			r := c.restored(backup)
			if r.Cause == nil || r.Taken != 0 || (name == "lost") != errors.Is(r.Cause, fs.ErrNotExist) {
				t.Errorf("restored: %+v", r)
			}
			if r.Next != "" && r.Next != story.next {
				t.Errorf("told %s, want %s", r.Next, story.next)
			}
			c.started()
			defer c.Close()
			sub := c.must(templates.Accepted, "南平区", "c.xlsx", c.book("items", "Z1|1|||||||已办结"))
			if sub.Number != story.next {
				t.Errorf("the next number is %s, want %s", sub.Number, story.next)
			}
			found, _, err := c.Records(t.Context(), "items", RecordFilter{County: "南平区"})
			if err != nil || len(found) != 1 || found[0].ID != story.record {
				t.Errorf("records: %+v %v", found, err)
			}
			c.must(templates.Accepted, "南平区", "r.xlsx", c.book("figures", "来电|5|2"))
			found, _, err = c.Records(t.Context(), "figures", RecordFilter{})
			if err != nil || len(found) != 1 || found[0].ID != story.other {
				t.Errorf("records of a form without any in the backup: %+v %v", found, err)
			}
			if _, found := c.rebuilt(); len(found) > 0 {
				t.Errorf("differs: %+v", found)
			}
		})
	}
}

// A withdrawal that cannot be repeated for want of an original holds up no other
// one, and is repeated when the original is back; one of a file that does not count
// needs none.
func TestWithdrawAgainWaitsForOriginals(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	kept := c.book("figures", "来电|5|2")
	c.must(templates.Accepted, "东山县", "a.xlsx", kept)
	first := c.must(templates.Accepted, "东山县", "b.xlsx", c.book("figures", "来电|50|20"))
	second := c.must(templates.Accepted, "西河县", "c.xlsx", c.book("items", "Y1|1|||||||已办结"))
	back := c.must(templates.Returned, "西河县", "x.xlsx", c.returned("items", "x"))
	for _, sub := range []Submission{first, second, back} {
		if _, err := c.write.Exec(`INSERT INTO withdrawal (arrival, at, reason) SELECT arrival, arrived_at, '错了' FROM submission WHERE id = $1`, sub.ID); err != nil {
			t.Fatal(err)
		}
	}
	delete(c.books, sum(t, kept))
	if done, err := c.WithdrawAgain(ctx, Undoing{Judge: c.again}); done != 2 || err == nil || !strings.Contains(err.Error(), first.Number) {
		t.Errorf("without an original: %d %v", done, err)
	}
	if lines := c.current("items", "case_no"); len(lines) != 0 {
		t.Errorf("records: %v", lines)
	}
	c.books[sum(t, kept)] = kept
	if done, err := c.WithdrawAgain(ctx, Undoing{Judge: c.again}); done != 1 || err != nil {
		t.Errorf("with it: %d %v", done, err)
	}
	if done, err := c.WithdrawAgain(ctx, Undoing{Judge: c.again}); done != 0 || err != nil {
		t.Errorf("once more: %d %v", done, err)
	}
	for _, sub := range []Submission{first, second, back} {
		if w, err := c.Withdrawal(ctx, sub.Number); err != nil || w.Was != sub.Verdict || w.Submission.Verdict != templates.Withdrawn {
			t.Errorf("%s: %+v %v", sub.Number, w, err)
		}
	}
	if diff := cmp.Diff([]string{"东山县 来电 5 2"}, c.current("figures", "kind", "assigned", "closed")); diff != "" {
		t.Error(diff)
	}
	if _, found := c.rebuilt(); len(found) > 0 {
		t.Errorf("differs: %+v", found)
	}
}

// A backup of the first schema, and a present database of it.
func TestRestoreOfTheFirstSchema(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "b.xlsx", c.book("items", "X1|1|||||||已办结"))
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	old := firstVersion(t)
	if r, err := Restore(t.Context(), old, c.path, c.path+".aside", c.clock); err != nil || !errors.Is(r.Cause, errOtherStory) {
		t.Fatalf("restored: %+v %v", r, err)
	}
	now := firstVersion(t)
	r, err := Restore(t.Context(), old, now, now+".aside", c.clock)
	if err != nil || r.Cause != nil || r.Taken != 0 {
		t.Fatalf("restored: %+v %v", r, err)
	}
}
