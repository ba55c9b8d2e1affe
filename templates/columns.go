package templates

import (
	"strings"

	"taizhang/sheets"

	"github.com/agnivade/levenshtein"
)

// columns tells what the header has and has not. It is false when the table
// cannot be read by it.
func (r *Reading) columns(h *header) bool {
	ok := r.missingColumns(h)
	for field, cols := range h.twice {
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
	r.extraColumns(h)
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
// not be filled may be left out: what is stored stays.
func (r *Reading) missingColumns(h *header) bool {
	ok := true
	have := headTitles(h)
	for i, f := range r.Form.Fields {
		if h.columns[i] > 0 || f.Serial {
			continue
		}
		near := nearTitle(f, h)
		more := facts{"Have": have, "Near": near}
		way := ""
		if near != "" {
			way = "near"
		}
		finding := r.headerFinding("H02", way, h, "", f, more)
		finding.Expected, finding.EN.Expected = f.Title(), f.Title()
		if !r.Form.mustHave(f) {
			finding.Severity = Warn
			finding.Fix, finding.EN.Fix = Say("zh", "H02.optional.fix", more), Say("en", "H02.optional.fix", more)
		} else {
			ok = false
		}
		r.add(finding)
	}
	return ok
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

// nearTitle is an unknown column whose title looks like the field's.
func nearTitle(f *Field, h *header) string {
	want := foldTitle(f.Path[len(f.Path)-1])
	for _, e := range h.extra {
		path := h.path[e.col]
		got := foldTitle(path[len(path)-1])
		if d := levenshtein.ComputeDistance(want, got); d > 0 && d*2 <= len([]rune(want)) || got == want {
			return clean(e.title)
		}
	}
	return ""
}

// extraColumns names the columns that were not read.
func (r *Reading) extraColumns(h *header) {
	for _, e := range h.extra {
		title := clean(e.title)
		f := tell("H05", "", facts{"Title": title, "Cell": sheets.Address(e.col, h.last)})
		f.Sheet, f.Cell, f.Row = h.sheet.Name, sheets.Address(e.col, h.last), h.last
		f.Title, f.Value = title, title
		r.add(f)
	}
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
