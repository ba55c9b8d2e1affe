package merge

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// history is a store to which anything happens in any order.
type history struct {
	*city
	rt      *rapid.T
	forms   [2]*templates.Catalog // the second asks for a column that no file has
	backups []string
	files   int
	said    []string
}

// TestAnyHistory lets files come, be withdrawn and be judged again after forms
// changed and changed back, restores backups of any moment and works the database out
// again, in any order. A rebuild tells the same facts at any time, and in the end the
// store is what its originals say.
func TestAnyHistory(t *testing.T) {
	dir, runs := t.TempDir(), 0
	forms := [2]*templates.Catalog{mustShared(t), changedForms(t, "fields:\n",
		"fields:\n  - {name: remark, title: 备注, type: text, constraints: {required: true}}\n")}
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		h := &history{city: openCity(t, filepath.Join(dir, fmt.Sprint(runs, ".db")), forms[0]), rt: rt, forms: forms}
		h.t = rt
		defer func() { h.Close() }()
		for range rapid.IntRange(2, 9).Draw(rt, "steps") {
			h.clock = h.clock.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
			h.step()
		}
		if _, found := h.rebuilt(); len(found) > 0 {
			rt.Fatalf("after %v the store differs: %+v", h.said, found)
		}
	})
}

// step makes one thing happen.
func (h *history) step() {
	steps := map[string]func(){"file": h.file, "file 2": h.file, "undo": h.undo, "recheck": h.recheck, "forms": h.change,
		"backup": func() { h.backups = append(h.backups, h.backedUp()) }, "restore": h.restore, "rebuild": h.rebuild}
	names := []string{"file", "file 2", "undo", "recheck", "forms", "backup", "restore", "rebuild"}
	name := rapid.SampledFrom(names).Draw(h.rt, "step")
	h.said = append(h.said, name)
	steps[name]()
}

func (h *history) file() {
	h.files++
	form, rows := drawFile(h.rt)
	b := h.book(form, rows...)
	if h.catalog == h.forms[1] { // the county has the form from before
		b = (&city{catalog: h.forms[0]}).book(form, rows...)
	}
	county := rapid.SampledFrom(modelCounties[:2]).Draw(h.rt, "county")
	name := fmt.Sprintf("%d.xlsx", rapid.IntRange(max(1, h.files-1), h.files).Draw(h.rt, "name"))
	a, fresh := h.arrive(county, name, b)
	if !fresh {
		return
	}
	r, err := h.again(context.Background(), h.catalog, a)
	if err == nil {
		_, err = h.Merge(context.Background(), a, r, Answer{})
	}
	if err != nil {
		h.rt.Fatal(err)
	}
}

func (h *history) undo() {
	all, _, err := h.Submissions(context.Background(), SubmissionFilter{})
	if err != nil {
		h.rt.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(s Submission) bool { return !Takes(s.Verdict) && s.Verdict != templates.Withdrawn })
	if len(all) > 0 {
		h.undone(rapid.SampledFrom(all).Draw(h.rt, "withdrawn").Number)
	}
}

func (h *history) recheck() {
	ctx := context.Background()
	waiting, err := h.Unsettled(ctx, "")
	for _, u := range waiting {
		r, e := h.again(ctx, h.catalog, u.Arrival)
		if e == nil {
			_, _, e = h.Recheck(ctx, u, r, Answer{})
		}
		if err = e; err != nil {
			break
		}
	}
	if err != nil {
		h.rt.Fatal(err)
	}
}

// change goes over to the other forms.
func (h *history) change() {
	h.catalog = h.forms[(slices.Index(h.forms[:], h.catalog)+1)%2]
	h.Close()
	h.reopened()
}

func (h *history) restore() {
	if len(h.backups) == 0 {
		return
	}
	if r := h.restored(rapid.SampledFrom(h.backups).Draw(h.rt, "backup")); r.Cause != nil || r.Next != "" {
		h.rt.Fatalf("restored: %+v", r)
	}
	h.started()
}

func (h *history) rebuild() {
	facts, numbers := h.facts(), h.numbers()
	path, _ := h.rebuilt()
	h.Close()
	if _, err := Replace(context.Background(), path, h.path, path+".aside"); err != nil {
		h.rt.Fatal(err)
	}
	h.reopened()
	if diff := cmp.Diff(append(facts, numbers...), append(h.facts(), h.numbers()...)); diff != "" {
		h.rt.Fatalf("rebuilt: %s", diff)
	}
}
