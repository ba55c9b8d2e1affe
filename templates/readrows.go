package templates

import (
	"maps"
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
		switch {
		case w.notes && kind == dataRow && w.table.isNoteLine(seen):
			kind = sectionRow
		case w.kind == headerRow && kind == dataRow && w.table.onlyLevels(seen):
			kind = headerRow // its second level
		case !w.notes && (kind == dataRow || kind == sectionRow) && w.table.isPageTop(seen):
			kind = pageTopRow
		case kind == dataRow && w.table.hollow(seen, t):
			kind = hollowRow
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
	case pageTopRow:
		r.notData(w.table, seen, "")
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
	return !w.notes && above && seen.num == w.last+1 && seen.held > 0
}

// noteLine is how the lines below a first note go on: 2、 and (二).
var noteLine = regexp.MustCompile(`^[(]?[0-9一二三四五六七八九十]+[)、.．]`)

// isNoteLine says whether a row below the notes is a line of text and no data.
func (t *tableReader) isNoteLine(r tableRow) bool {
	if r.held != 1 || r.others > 0 {
		return false
	}
	c := r.cells[t.across(r)[0]]
	return c.Kind == sheets.Text && !c.Formula
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

// keptCells are cells that stay good when the next row is seen.
func keptCells(cells []*sheets.Cell) []*sheets.Cell {
	out := slices.Clone(cells)
	for i, cell := range out {
		if cell != nil {
			kept := *cell
			out[i] = &kept
		}
	}
	return out
}

// totalRow keeps a 合计 or 小计 row for checking.
func (r *Reading) totalRow(t *tableReader, seen tableRow, last totalRow) totalRow {
	out := totalRow{num: seen.num, part: isPart(seen, r.Form), before: len(r.Rows), cells: keptCells(seen.cells)}
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
	return max(0, slices.IndexFunc(t.field, func(at int) bool { return at > 0 }))
}

// firstRows are the most rows that room is made for before any was read.
const firstRows = 1000

// dataRow types the cells of one row.
func (r *Reading) dataRow(t *typist, table *tableReader, seen tableRow) {
	r.fillDown(table, &seen)
	if r.Rows == nil {
		r.Rows = make([]Row, 0, min(len(table.head.sheet.Rows), firstRows))
	}
	r.Rows = append(r.Rows, table.newRow(r.Sheet, seen.num))
	at := &r.Rows[len(r.Rows)-1]
	told := t.typeCells(r.Form, at, seen.cells)
	r.defaults(at)
	at.Label = r.label(at)
	for i := range told {
		r.cellFindings(at, told[i].field, &told[i].typed)
	}
}

// typeCells types what stands in a row. What is to be told of it comes back, and is
// good until the next row.
func (t *typist) typeCells(f *Form, row *Row, cells []*sheets.Cell) []cellTold {
	t.told = t.told[:0]
	for i, cell := range cells {
		if cell == nil {
			continue
		}
		row.typed[i] = cell.Text
		field := f.Fields[i]
		if field.plain != nil && field.plain(t, field, cell, &row.Values[i]) {
			continue
		}
		out := t.cell(field, *cell)
		row.Values[i], row.bad[i] = out.value, out.code != ""
		if out.code != "" || len(out.notes) > 0 {
			t.told = append(t.told, cellTold{i, out})
		}
	}
	return t.told
}

// defaults fills what the form says a blank means.
func (r *Reading) defaults(row *Row) {
	for i, f := range r.Form.Fields {
		if f.Default == "" || row.bad[i] || !row.Values[i].Blank() {
			continue
		}
		row.Values[i] = Value{Text: f.Default}
		r.gatherOnce("C03 default "+f.Name, row.Cell(i), func() Finding {
			return r.cellFinding("C03", "default", facts{"Read": f.Default}, f, row.Cell(i), "", "", 0)
		})
	}
}

// fillDown takes a value merged over several rows for each of them, where the
// form allows it.
func (r *Reading) fillDown(t *tableReader, seen *tableRow) {
	merged := t.ghosts.touch(seen.num)
	for i, f := range r.Form.Fields {
		col := t.head.columns[i]
		if seen.cells[i] != nil || col == 0 || f.Serial || !merged {
			continue
		}
		m, ok := t.ghosts.at(seen.num, col)
		if ok && m.Col1 < col && m.Row1 > t.head.last {
			r.across(t, f, m, sheets.Address(col, seen.num))
		}
		if !ok || m.Row1 == seen.num || m.Row1 <= t.head.last || m.Col1 != col {
			continue
		}
		cell := t.cellAt(m.Row1, col)
		if cell == nil || empty(cell) {
			continue
		}
		if !f.FillDown {
			r.gather(r.cellFinding("C15", "kept", nil, f, sheets.Address(col, seen.num), cell.Text, "", seen.num))
			continue
		}
		seen.cells[i], seen.held = cell, seen.held+1
		r.gather(r.cellFinding("C15", "", nil, f, sheets.Address(col, seen.num), cell.Text, "", seen.num))
	}
}

// across tells that a cell merged over several columns counts for the first one.
func (r *Reading) across(t *tableReader, f *Field, m sheets.Range, cell string) {
	from := t.cellAt(m.Row1, m.Col1)
	if m.Col1 >= len(t.field) || t.field[m.Col1] == 0 || from == nil || empty(from) {
		return
	}
	first := r.Form.Fields[t.field[m.Col1]-1]
	r.gather(r.cellFinding("C15", "across", facts{"First": first.Title()}, f, cell, "", "", 0))
}

// cellAt is the cell of the sheet, nil where none stands.
func (t *tableReader) cellAt(row, col int) *sheets.Cell {
	rows := t.head.sheet.Rows
	i, ok := slices.BinarySearchFunc(rows, row, func(r sheets.Row, n int) int { return r.Num - n })
	if !ok {
		return nil
	}
	for cell := range rows[i].Cells.All() {
		if cell.Col == col {
			found := cell
			return &found
		}
	}
	return nil
}

// label is what a person calls the row.
func (r *Reading) label(row *Row) string {
	for _, names := range [][]string{{r.Form.Label}, r.Form.Key, r.Form.RowKey.Match} {
		for _, name := range names {
			if f := r.Form.Field(name); f != nil && row.Values[f.Index].Text != "" && f.Type != "unit" {
				return labelText(row.Values[f.Index].Text)
			}
		}
	}
	return ""
}

// labelText keeps a label short enough for a sentence.
func labelText(s string) string {
	if !plain(s) {
		s = strings.Join(strings.Fields(s), " ")
	}
	if len(s) <= 24 {
		return s
	}
	if r := []rune(s); len(r) > 24 {
		return string(r[:23]) + "…"
	}
	return s
}

// gatheredWays are the remarks of C03 that are told once for a column.
var gatheredWays = map[string]bool{"formula": true, "date": true, "money": true}

// cellFindings tells what typing a cell gave.
func (r *Reading) cellFindings(row *Row, i int, o *typed) {
	f := r.Form.Fields[i]
	for _, n := range o.notes {
		if n.code == "C13" || n.code == "C14" && n.severity == "" {
			r.gatherOnce(n.code+" "+f.Name, row.Cell(i), func() Finding {
				return r.cellFinding(n.code, n.way, n.facts, f, row.Cell(i), row.typed[i], "", row.Num)
			})
			continue
		}
		finding := r.cellFinding(n.code, n.way, n.facts, f, row.Cell(i), row.typed[i], row.Label, row.Num)
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
	finding := r.cellFinding(o.code, o.way, o.facts, f, row.Cell(i), row.typed[i], row.Label, row.Num)
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
	if r.facts == nil {
		r.facts = facts{}
	}
	if stored, ok := more["Value"].(string); ok {
		value = stored
	}
	title, value := f.Title(), show(value)
	clear(r.facts)
	r.facts["Cell"], r.facts["Title"], r.facts["Value"], r.facts["Key"] = cell, title, value, label
	r.facts["Unit"], r.facts["Example"], r.facts["List"] = f.Unit, f.Example, strings.Join(f.Enum, "、")
	maps.Copy(r.facts, more)
	out := tell(code, way, r.facts)
	out.Sheet, out.Cell, out.Row, out.Field, out.Title = r.Sheet, cell, row, f.Name, title
	out.Value, out.Key = value, label
	return out
}

// show shortens a long value for a message.
func show(s string) string {
	if len(s) <= 60 {
		return s
	}
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
