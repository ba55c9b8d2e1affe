package templates

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/sheets"

	"github.com/agnivade/levenshtein"
)

// columns tells what the header has and has not. It is false when the table
// cannot be read by it.
func (r *Reading) columns(h *header) bool {
	near, ok := r.missingColumns(h)
	for field := range r.Form.Fields {
		cols := h.twice[field]
		if len(cols) == 0 {
			continue
		}
		f := r.Form.Fields[field]
		where := []string{sheets.Address(h.columns[field], h.last)}
		for _, col := range cols {
			where = append(where, sheets.Address(col, h.last))
		}
		r.add(r.headerFinding("H04", "", h, where[0], f, facts{"Cells": strings.Join(where, "、")}))
		ok = false
	}
	for _, i := range h.aliased {
		f := r.Form.Fields[i]
		found := joinPath(h.path[h.columns[i]])
		finding := r.headerFinding("H03", "", h, sheets.Address(h.columns[i], h.last), f, facts{"Found": found})
		finding.Value = found
		r.add(finding)
	}
	r.extraColumns(h, near)
	r.columnOrder(h)
	return ok
}

func (r *Reading) headerFinding(code, way string, h *header, cell string, f *Field, more facts) Finding {
	if more == nil {
		more = facts{}
	}
	more["Title"], more["Cell"], more["Row"] = f.Title(), cell, h.last
	out := tell(code, way, more)
	out.Sheet, out.Cell, out.Row, out.Field, out.Title = h.sheet.Name, cell, h.last, f.Name, f.Title()
	return out
}

// missingColumns returns a file without a required column. A column that need
// not be filled may be left out: what is stored stays. Columns that look like a
// missing one are named with it, and told only once.
func (r *Reading) missingColumns(h *header) (near map[int]bool, ok bool) {
	near, ok = map[int]bool{}, true
	var left []*Field
	for i, f := range r.Form.Fields {
		if h.columns[i] > 0 || f.Serial {
			continue
		}
		must, like := r.Form.mustHave(f), nearTitle(f, h)
		if !must && like == nil {
			left = append(left, f)
			continue
		}
		ok = ok && !must
		way, more := "", facts{"Have": headTitles(h), "Near": ""}
		if like != nil {
			way, more["Near"], near[like.col] = "near", clean(like.title), true
		}
		finding := r.headerFinding("H02", way, h, "", f, more)
		finding.Expected, finding.EN.Expected = f.Title(), f.Title()
		if !must {
			finding.Severity = Warn
		}
		r.add(finding)
	}
	r.leftColumns(h, left)
	return near, ok
}

// leftColumns tells in one finding which columns were left out that may be.
func (r *Reading) leftColumns(h *header, left []*Field) {
	if len(left) == 0 {
		return
	}
	var titles []string
	for _, f := range left {
		titles = append(titles, f.Title())
	}
	more := facts{"Have": headTitles(h), "Titles": strings.Join(titles, "、"), "Count": len(left)}
	way := "several"
	if len(left) == 1 {
		way = "optional"
	}
	finding := r.headerFinding("H02", way, h, "", left[0], more)
	finding.Severity, finding.Expected, finding.EN.Expected = Warn, strings.Join(titles, "、"), strings.Join(titles, "、")
	if len(left) > 1 {
		finding.Field, finding.Title = "", ""
	}
	r.add(finding)
}

// mustHave says whether the form cannot be read without the column.
func (f *Form) mustHave(field *Field) bool {
	if field.Default != "" {
		return false
	}
	return field.Required || slicesHas(f.Key, field.Name) || slicesHas(f.RowKey.Match, field.Name)
}

func headTitles(h *header) string {
	var out []string
	for col := 1; col <= 1000 && len(out) < len(h.path); col++ {
		if path, ok := h.path[col]; ok {
			out = append(out, clean(joinPath(path)))
		}
	}
	return strings.Join(out, "、")
}

// nearTitle is an unknown column whose title looks like the field's: one with a level
// that is the field's own word, else one that says the same in other signs, else one
// of nearly the same letters.
func nearTitle(f *Field, h *header) *extraColumn {
	want := foldTitle(f.Path[len(f.Path)-1])
	for _, looks := range []func(path []string) bool{
		func(path []string) bool {
			return slices.ContainsFunc(path, func(level string) bool { return foldTitle(level) == want })
		},
		func(path []string) bool { return likeTitle(f, foldTitle(path[len(path)-1])) },
		func(path []string) bool {
			d := levenshtein.ComputeDistance(want, foldTitle(path[len(path)-1]))
			return d > 0 && d*2 <= utf8.RuneCountInString(want)
		},
	} {
		for i, e := range h.extra {
			if looks(h.path[e.col]) {
				return &h.extra[i]
			}
		}
	}
	return nil
}

// extraColumns names the columns that were not read. Those of a table that
// stands beside the form are told as one.
func (r *Reading) extraColumns(h *header, near map[int]bool) {
	apart := h.apart()
	var beside []string
	for _, e := range h.extra {
		title, cell := clean(e.title), sheets.Address(e.col, h.last)
		switch {
		case near[e.col]:
			continue
		case apart[e.col]:
			beside = append(beside, cell)
			continue
		}
		f := tell("H05", "", facts{"Title": title, "Cell": cell})
		f.Sheet, f.Cell, f.Row = h.sheet.Name, cell, h.last
		f.Title, f.Value = title, title
		r.add(f)
	}
	if len(beside) > 0 {
		f := tell("H05", "beside", facts{"Cells": shortList(beside, len(beside))})
		f.Sheet, f.Cell, f.Cells, f.Row, f.Rule = h.sheet.Name, beside[0], beside, h.last, "beside"
		r.add(f)
	}
}

// apart is the columns of runs of two or more that no column of the form is
// part of: another table, with a blank column between.
func (h *header) apart() map[int]bool {
	out, ours := map[int]bool{}, map[int]bool{}
	for _, col := range h.columns {
		ours[col] = col > 0
	}
	var run []int
	own, before := false, 0
	end := func() {
		if !own && len(run) > 1 {
			for _, col := range run {
				out[col] = true
			}
		}
	}
	for _, col := range slices.Sorted(maps.Keys(h.path)) {
		if col != before+1 {
			end()
			run, own = nil, false
		}
		run, own, before = append(run, col), own || ours[col], col
	}
	end()
	return out
}

// shortList names the first few of so many.
func shortList(list []string, all int) string {
	const few = 5
	if all <= few {
		return strings.Join(list, "、")
	}
	return fmt.Sprintf("%s等 %d 处", strings.Join(list[:few], "、"), all)
}

// columnOrder notes that the columns stand in another order than printed.
func (r *Reading) columnOrder(h *header) {
	last := 0
	for _, col := range h.columns {
		if col == 0 {
			continue
		}
		if col < last {
			f := tell("H06", "", nil)
			f.Sheet, f.Row = h.sheet.Name, h.last
			r.add(f)
			return
		}
		last = col
	}
}
