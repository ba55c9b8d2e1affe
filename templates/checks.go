package templates

import (
	"maps"
	"slices"
	"strings"

	"taizhang/sheets"

	"github.com/shopspring/decimal"
)

// uniqueKeys holds every row of a key that the file has more than once.
func (r *Reading) uniqueKeys() {
	names := r.Form.identity()
	if len(names) == 0 {
		return
	}
	f := r.Form.Field(r.keyField(names))
	for _, rows := range r.groups(func(row *Row) string { return row.Key }) {
		r.twice(f, rows)
	}
}

// groups are the rows that have a text in common, "" left out, by their first row.
// Few rows have, so that nothing is gathered before a text comes again.
func (r *Reading) groups(text func(*Row) string) [][]int {
	first := make(map[string]int, len(r.Rows))
	same := map[int][]int{}
	for i := range r.Rows {
		t := text(&r.Rows[i])
		at, again := first[t]
		switch {
		case t == "":
		case !again:
			first[t] = i
		case same[at] == nil:
			same[at] = []int{at, i}
		default:
			same[at] = append(same[at], i)
		}
	}
	var out [][]int
	for _, at := range slices.Sorted(maps.Keys(same)) {
		out = append(out, same[at])
	}
	return out
}

// keyField is the identifying field that people know a row by: the label where
// it is part of the key, else the last.
func (r *Reading) keyField(names []string) string {
	if slices.Contains(names, r.Form.Label) {
		return r.Form.Label
	}
	return names[len(names)-1]
}

// uniqueFields does the same for fields that must differ from row to row.
func (r *Reading) uniqueFields() {
	for i, f := range r.Form.Fields {
		if !f.Unique {
			continue
		}
		value := func(row *Row) string {
			if row.bad[i] {
				return ""
			}
			return foldKey(row.Values[i].Text)
		}
		for _, rows := range r.groups(value) {
			r.twice(f, rows)
		}
	}
}

// twice is one finding for all places of a value that must stand only once.
func (r *Reading) twice(f *Field, rows []int) {
	var cells []string
	for _, n := range rows {
		cells = append(cells, r.Rows[n].Cell(f.Index))
		r.Rows[n].hold()
	}
	first := &r.Rows[rows[0]]
	out := r.cellFinding("R02", "", facts{"Cells": strings.Join(firstOf(cells, 20), "、"), "Count": len(cells)},
		f, cells[0], first.typed[f.Index], first.Label, first.Num)
	out.Cells = cells
	r.add(out)
}

func firstOf(list []string, n int) []string { return list[:min(n, len(list))] }

// hold keeps a row out of the store until it is mended.
func (row *Row) hold() { row.fixes++; row.Held = true }

// rules checks each row against the form's rules. A rule about a cell that
// could not be read is not checked, and that is told.
func (r *Reading) rules(past Past) {
	old := map[int64][]Value{}
	byKey := map[string][]Value{}
	for _, s := range past.Rows {
		if s.Record != 0 || r.Form.Kind == Report {
			old[s.Record], byKey[s.Key] = s.Values, s.Values
		}
	}
	var mutes mutes
	for _, rule := range r.Form.Rules {
		var muted []int
		var cause error
		for i := range r.Rows {
			row := &r.Rows[i]
			before := old[row.Record]
			if r.Form.Kind == Report {
				before = byKey[row.Key]
			}
			if rule.Scope == "history" && before == nil {
				continue
			}
			if r.muted(rule, row) {
				muted = append(muted, row.Num)
				continue
			}
			if err := r.rule(rule, row, before); err != nil {
				cause = err
				muted = append(muted, row.Num)
			}
		}
		if cause != nil {
			r.failedRule(rule, muted)
			continue
		}
		mutes.add(rule, muted)
	}
	r.unchecked(mutes)
}

func (r *Reading) muted(rule *Rule, row *Row) bool {
	return slices.ContainsFunc(rule.Fields, func(name string) bool {
		f := r.Form.Field(name)
		return f != nil && row.bad[f.Index]
	})
}

// rule checks one row against one rule.
func (r *Reading) rule(rule *Rule, row *Row, before []Value) error {
	applies, ok, err := rule.Holds(row.Values, before)
	if err != nil || !applies || ok {
		return err
	}
	f := r.Form.Field(rule.Fields[0]) // the one that its check names first
	cell := row.Cell(f.Index)
	if cell == "" {
		cell = firstCell(row)
	}
	out := r.cellFinding(rule.Code, "", facts{"Rule": rule.Message, "RuleEN": rule.English},
		f, cell, row.typed[f.Index], row.Label, row.Num)
	out.Rule = rule.Name
	if rule.Severity != "" {
		out.Severity = rule.Severity
	}
	if out.Severity == Fix {
		row.hold()
	}
	r.add(out)
	return nil
}

func firstCell(row *Row) string {
	for i := range row.Values {
		if c := row.Cell(i); c != "" {
			return c
		}
	}
	return ""
}

// checkTotals compares the 合计 and 小计 rows with the rows they count.
func (r *Reading) checkTotals() {
	for _, t := range r.totals {
		for i, f := range r.Form.Fields {
			cell := t.cells[i]
			if cell == nil || !f.Additive || !Types[f.Type].Number {
				continue
			}
			r.checkTotal(t, i, *cell)
		}
	}
}

// checkTotal compares one cell of a total row. The rows count, not the total.
func (r *Reading) checkTotal(t totalRow, i int, cell sheets.Cell) {
	rows := r.Rows[:t.before]
	switch {
	case t.part:
		rows = r.Rows[t.after:t.before]
	case t.before == 0:
		rows = r.Rows // a total above its rows
	}
	sum := decimal.Decimal{}
	for n := range rows {
		if rows[n].bad[i] {
			return
		}
		sum = sum.Add(rows[n].Values[i].Number)
	}
	f := r.Form.Fields[i]
	o := (&typist{money: r.money}).cell(f, cell)
	if o.code != "" || len(rows) == 0 || o.value.Blank() || o.value.Number.Equal(sum) {
		return
	}
	at := sheets.Address(columnOf(r, i), t.num)
	out := r.cellFinding("X02", "", facts{"Total": o.value.Number.String(), "Sum": sum.String(),
		"Difference": o.value.Number.Sub(sum).String()}, f, at, cell.Text, "", t.num)
	out.Expected, out.EN.Expected = sum.String(), sum.String()
	r.add(out)
}

// columnOf is the sheet column of a field, from any row that was read.
func columnOf(r *Reading, field int) int {
	if len(r.Rows) > 0 && r.Rows[0].columns[field] > 0 {
		return r.Rows[0].columns[field]
	}
	return 1
}
