package templates

import (
	"regexp"
	"slices"
	"strings"

	"taizhang/sheets"
)

// readRows types every row of data below the header.
func (r *Reading) readRows(t *typist, h *header) {
	w := &walk{table: newTableReader(r.Form, h), serials: newSerialRun(r.Form)}
	for _, row := range h.sheet.Rows {
		if row.Num <= h.last {
			continue
		}
		seen := w.table.row(row)
		kind := w.table.kind(seen)
		if len(r.Rows) == 0 && (kind == blankRow || kind == dataRow || kind == sectionRow) && r.saysNil(seen) {
			continue
		}
		if w.notes && kind == dataRow && w.table.isNoteLine(seen) {
			kind = sectionRow
		}
		if kind == headerRow && !w.nextPage(seen) {
			r.secondHeader(h, seen)
			return
		}
		w.pass(seen, kind)
		r.takeRow(t, w, seen, kind)
	}
	r.Read = len(r.Rows)
	r.remarks(w)
	r.nothing(h)
}

// takeRow reads a row of data, and tells of others that they are none.
func (r *Reading) takeRow(t *typist, w *walk, seen tableRow, kind rowKind) {
	switch kind {
	case dataRow:
		r.dataRow(t, w.table, seen)
	case totalRowKind:
		w.total = r.totalRow(w.table, seen, w.total)
	case noteRow:
		w.notes = true
	case headerRow:
		r.notData(w.table, seen, "header")
	case exampleRow:
		r.notData(w.table, seen, "example")
	case numbersRow:
		r.notData(w.table, seen, "numbers")
	case sectionRow:
		if !w.notes || !noteLine.MatchString(seen.first) { // below the notes 2、 is one of them
			r.notData(w.table, seen, "")
		}
	}
}

// nextPage says whether a repeated header only begins a new printed page: it
// stands right below the rows that it goes on from.
func (w *walk) nextPage(seen tableRow) bool {
	above := w.kind == dataRow || w.kind == headerRow || w.kind == totalRowKind && w.total.part
	return !w.notes && above && seen.num == w.last+1 && len(seen.cells) > 0
}

// noteLine is how the lines below a first note go on: 2、 and (二).
var noteLine = regexp.MustCompile(`^[(]?[0-9一二三四五六七八九十]+[)、.．]`)

// isNoteLine says whether a row below the notes is a line of text and no data.
func (t *tableReader) isNoteLine(r tableRow) bool {
	if len(r.cells) != 1 || r.others > 0 {
		return false
	}
	for _, c := range r.cells {
		return c.Kind == sheets.Text && !c.Formula
	}
	return false
}

func (r *Reading) at(f Finding, sheet, cell string) Finding {
	f.Sheet, f.Cell = sheet, cell
	return f
}

// notData tells that a row inside the table was not read as data.
func (r *Reading) notData(t *tableReader, seen tableRow, way string) {
	text := show(t.words(seen))
	f := tell("R05", way, facts{"Row": seen.num, "Text": text})
	f.Sheet, f.Row, f.Value, f.Rule = r.Sheet, seen.num, text, way
	f.Cell = sheets.Address(t.firstColumn(), seen.num)
	if way == "example" {
		f.Severity = Warn
	}
	r.add(f)
}

// words is what a row shows, from left to right.
func (t *tableReader) words(r tableRow) string {
	var out []string
	for _, i := range t.across(r) {
		out = append(out, clean(r.cells[i].Text))
	}
	return strings.Join(out, " ")
}

func (r *Reading) secondHeader(h *header, seen tableRow) {
	f := tell("S08", "below", facts{"One": h.last, "Other": seen.num, "Sheet": h.sheet.Name})
	f.Sheet, f.Row, f.Cell = h.sheet.Name, seen.num, sheets.Address(1, seen.num)
	r.add(f)
}

// totalRow keeps a 合计 or 小计 row for checking.
func (r *Reading) totalRow(t *tableReader, seen tableRow, last totalRow) totalRow {
	out := totalRow{num: seen.num, part: isPart(seen, r.Form), before: len(r.Rows), cells: seen.cells}
	if out.part {
		out.after = last.before
	}
	r.totals = append(r.totals, out)
	f := tell("R05", "total", facts{"Row": seen.num, "Text": seen.first})
	f.Sheet, f.Row, f.Value = t.head.sheet.Name, seen.num, seen.first
	f.Cell = sheets.Address(t.firstColumn(), seen.num)
	r.add(f)
	return out
}

func (t *tableReader) firstColumn() int {
	first := 0
	for col := range t.field {
		if first == 0 || col < first {
			first = col
		}
	}
	return first
}

// dataRow types the cells of one row.
func (r *Reading) dataRow(t *typist, table *tableReader, seen tableRow) {
	n := len(r.Form.Fields)
	row := Row{Sheet: r.Sheet, Num: seen.num, Values: make([]Value, n), Cells: make([]string, n),
		typed: make([]string, n), bad: make([]bool, n)}
	r.fillDown(table, &seen)
	for i := range r.Form.Fields {
		if col := table.head.columns[i]; col > 0 {
			row.Cells[i] = sheets.Address(col, seen.num)
		}
	}
	r.Rows = append(r.Rows, row)
	at := &r.Rows[len(r.Rows)-1]
	outs := make([]typed, n)
	for i, cell := range seen.cells {
		at.typed[i] = cell.Text
		outs[i] = t.cell(r.Form.Fields[i], cell)
		at.Values[i] = outs[i].value
		at.bad[i] = outs[i].code != ""
	}
	r.defaults(at)
	at.Label = r.label(at)
	for i := range r.Form.Fields {
		if _, ok := seen.cells[i]; ok {
			r.cellFindings(at, i, outs[i])
		}
	}
}

// defaults fills what the form says a blank means.
func (r *Reading) defaults(row *Row) {
	for i, f := range r.Form.Fields {
		if f.Default == "" || row.bad[i] || !row.Values[i].Blank() {
			continue
		}
		row.Values[i] = Value{Text: f.Default}
		r.gatherOnce("C03 default "+f.Name, row.Cells[i], func() Finding {
			return r.cellFinding("C03", "default", facts{"Read": f.Default}, f, row.Cells[i], "", "", 0)
		})
	}
}

// fillDown takes a value merged over several rows for each of them, where the
// form allows it.
func (r *Reading) fillDown(t *tableReader, seen *tableRow) {
	for i, f := range r.Form.Fields {
		col := t.head.columns[i]
		if _, has := seen.cells[i]; has || col == 0 || f.Serial {
			continue
		}
		m, ok := t.ghosts.at(seen.num, col)
		if ok && m.Col1 < col && m.Row1 > t.head.last {
			r.across(t, f, m, sheets.Address(col, seen.num))
		}
		if !ok || m.Row1 == seen.num || m.Row1 <= t.head.last || m.Col1 != col {
			continue
		}
		cell, ok := t.cellAt(m.Row1, col)
		if !ok || empty(cell) {
			continue
		}
		if !f.FillDown {
			r.gather(r.cellFinding("C15", "kept", nil, f, sheets.Address(col, seen.num), cell.Text, "", seen.num))
			continue
		}
		seen.cells[i] = cell
		r.gather(r.cellFinding("C15", "", nil, f, sheets.Address(col, seen.num), cell.Text, "", seen.num))
	}
}

// across tells that a cell merged over several columns counts for the first one.
func (r *Reading) across(t *tableReader, f *Field, m sheets.Range, cell string) {
	first, ok := t.field[m.Col1]
	if from, has := t.cellAt(m.Row1, m.Col1); !ok || !has || empty(from) {
		return
	}
	r.gather(r.cellFinding("C15", "across", facts{"First": r.Form.Fields[first].Title()}, f, cell, "", "", 0))
}

func (t *tableReader) cellAt(row, col int) (sheets.Cell, bool) {
	rows := t.head.sheet.Rows
	i, ok := slices.BinarySearchFunc(rows, row, func(r sheets.Row, n int) int { return r.Num - n })
	if !ok {
		return sheets.Cell{}, false
	}
	for _, c := range rows[i].Cells {
		if c.Col == col {
			return c, true
		}
	}
	return sheets.Cell{}, false
}

// label is what a person calls the row.
func (r *Reading) label(row *Row) string {
	names := []string{r.Form.Label}
	names = append(append(names, r.Form.Key...), r.Form.RowKey.Match...)
	for _, name := range names {
		if f := r.Form.Field(name); f != nil && row.Values[f.Index].Text != "" && f.Type != "unit" {
			return labelText(row.Values[f.Index].Text)
		}
	}
	return ""
}

// labelText keeps a label short enough for a sentence.
func labelText(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 24 {
		return string(r[:23]) + "…"
	}
	return s
}

// gatheredWays are the remarks of C03 that are told once for a column.
var gatheredWays = map[string]bool{"formula": true, "date": true, "money": true}

// cellFindings tells what typing a cell gave.
func (r *Reading) cellFindings(row *Row, i int, o typed) {
	f := r.Form.Fields[i]
	for _, n := range o.notes {
		if n.code == "C13" || n.code == "C14" {
			r.gatherOnce(n.code+" "+f.Name, row.Cells[i], func() Finding {
				return r.cellFinding(n.code, n.way, n.facts, f, row.Cells[i], row.typed[i], "", row.Num)
			})
			continue
		}
		finding := r.cellFinding(n.code, n.way, n.facts, f, row.Cells[i], row.typed[i], row.Label, row.Num)
		if n.severity != "" {
			finding.Severity = n.severity
		}
		if n.code == "C03" && gatheredWays[n.way] {
			finding.Key, finding.Rule = "", n.way
			r.gather(finding)
			continue
		}
		r.add(finding)
	}
	if o.code == "" {
		return
	}
	finding := r.cellFinding(o.code, o.way, o.facts, f, row.Cells[i], row.typed[i], row.Label, row.Num)
	if (o.code == "C09" || o.code == "C11") && !r.Form.mustHave(f) {
		finding.Severity, row.bad[i] = Warn, false
	}
	if finding.Severity == Fix {
		row.hold()
	}
	r.add(finding)
}

// cellFinding is a finding about one cell.
func (r *Reading) cellFinding(code, way string, more facts, f *Field, cell, value, label string, row int) Finding {
	all := facts{"Cell": cell, "Title": f.Title(), "Value": show(value), "Unit": f.Unit,
		"Example": f.Example, "List": strings.Join(f.Enum, "、"), "Key": label}
	for k, v := range more {
		all[k] = v
	}
	out := tell(code, way, all)
	out.Sheet, out.Cell, out.Row, out.Field, out.Title = r.Sheet, cell, row, f.Name, f.Title()
	out.Value, out.Key = show(value), label
	return out
}

// show shortens a long value for a message.
func show(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
