package templates

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/sheets"
)

// walk is what is noticed on the way down a table, to be told once at its end.
type walk struct {
	table   *tableReader
	total   totalRow
	last    int     // the last row that held anything
	kind    rowKind // what it was
	notes   bool    // a note or signature row was passed
	hidden  []int   // hidden rows that were read
	blank   []int   // blank rows with data below them
	hollow  []int   // rows of nothing but fillers and strokes
	below   []int   // rows of data below the notes
	stray   []string
	strays  int // of these, those not kept included
	looked  int // rows of gaps that were looked at
	serials serialRun
}

// pass notes a row that holds something, and says what was odd about its place.
func (w *walk) pass(seen tableRow, kind rowKind) {
	if kind == dataRow {
		w.gap(seen.num)
		if seen.hidden {
			w.hidden = append(w.hidden, seen.num)
		}
		if w.notes {
			w.below = append(w.below, seen.num)
		}
		w.serials.see(seen, w.kind != dataRow)
	}
	if !seen.words && kind != noteRow && kind != headerRow {
		w.strays += len(seen.stray)
		w.stray = append(w.stray, seen.stray[:min(len(seen.stray), maxStray-len(w.stray))]...)
	}
	if kind == hollowRow {
		w.hollow = append(w.hollow, seen.num)
	}
	if kind == hollowRow || kind == pageTopRow && (w.kind == dataRow || w.kind == totalRowKind) {
		w.last = seen.num // what follows goes on from the rows above
		return
	}
	if kind != blankRow {
		w.last, w.kind = seen.num, kind
	}
}

// What is noticed is bounded: blank rows of all gaps together, and cells outside.
const (
	maxGap   = 2000
	maxStray = 1000
)

// gap notes the blank rows between the data above and a row of data. A row that
// merged cells from above reach into is not blank.
func (w *walk) gap(num int) {
	if w.kind != dataRow || w.last == 0 {
		return
	}
	for row := w.last + 1; row < num && w.looked < maxGap; row++ {
		w.looked++
		if !w.table.reached(row) {
			w.blank = append(w.blank, row)
		}
	}
}

// reached says whether a merged cell of the table covers part of the row.
func (t *tableReader) reached(row int) bool {
	for col, at := range t.field {
		if at > 0 && t.ghosts.covers(row, col) {
			return true
		}
	}
	return false
}

// serialRun follows the running numbers of a table.
type serialRun struct {
	field  int // index of the serial field, -1 when the form has none
	last   int
	row    int
	broken []string // cells that do not go on from the one above
}

func newSerialRun(f *Form) serialRun {
	return serialRun{field: slices.IndexFunc(f.Fields, func(f *Field) bool { return f.Serial })}
}

// see takes a row's number. Counting may begin anew below a heading, and a
// number may be left out where its row is.
func (s *serialRun) see(r tableRow, anew bool) {
	if s.field < 0 || r.cells[s.field] == nil {
		return
	}
	cell := r.cells[s.field]
	n := wholeNumber(*cell)
	goesOn := s.row == 0 || anew || n == s.last+1 || n-s.last == r.num-s.row
	if n <= 0 || !goesOn {
		s.broken = append(s.broken, sheets.Address(cell.Col, r.num))
	}
	if n > 0 {
		s.last, s.row = n, r.num
	}
}

// wholeNumber is a plain running number, 0 for anything else.
func wholeNumber(c sheets.Cell) int {
	if len(c.Raw) < 10 && digitsOnly(c.Raw) && c.Kind != sheets.Date {
		return atoi(c.Raw)
	}
	text := strings.TrimSpace(narrow(c.Raw))
	if d, ok := parseRaw(text); ok && d.IsInteger() && d.IsPositive() && d.LessThan(largest) && c.Kind != sheets.Date {
		return int(d.IntPart())
	}
	return 0
}

// remarks tells what was noticed on the way down.
func (r *Reading) remarks(w *walk) {
	r.hiddenRemarks(w.table, w.hidden)
	r.rowsRemark("blank", "", w.table, w.blank)
	r.rowsRemark("hollow", "", w.table, w.hollow)
	r.rowsRemark("below", Warn, w.table, w.below)
	if len(w.serials.broken) > 0 {
		f := r.Form.Fields[w.serials.field]
		out := r.cellFinding("C03", "serial", facts{"Cells": shortList(w.serials.broken, len(w.serials.broken))}, f, w.serials.broken[0], "", "", 0)
		out.Cells, out.Rule = w.serials.broken, "serial"
		r.add(out)
	}
	if len(w.stray) > 0 {
		out := tell("H05", "outside", facts{"Cells": shortList(w.stray, w.strays)})
		out.Sheet, out.Cell, out.Cells, out.Rule = r.Sheet, w.stray[0], w.stray, "outside"
		r.add(out)
	}
}

// rowsRemark is one R05 for rows of one sort.
func (r *Reading) rowsRemark(way string, s Severity, t *tableReader, rows []int) {
	if len(rows) == 0 {
		return
	}
	f := tell("R05", way, facts{"Rows": runs(rows), "Count": len(rows)})
	f.Sheet, f.Row, f.Cell, f.Rule = r.Sheet, rows[0], sheets.Address(t.firstColumn(), rows[0]), way
	for _, row := range rows {
		f.Cells = append(f.Cells, sheets.Address(t.firstColumn(), row))
	}
	if s != "" {
		f.Severity = s
	}
	r.add(f)
}

// runs writes ascending row numbers short: 7、9-12. Beyond ten runs it stops.
func runs(rows []int) string {
	var out []string
	for i := 0; i < len(rows); {
		j := i
		for j+1 < len(rows) && rows[j+1] == rows[j]+1 {
			j++
		}
		if len(out) == 10 {
			return strings.Join(out, "、") + "…"
		}
		if j > i {
			out = append(out, fmt.Sprintf("%d-%d", rows[i], rows[j]))
		} else {
			out = append(out, fmt.Sprint(rows[i]))
		}
		i = j + 1
	}
	return strings.Join(out, "、")
}

// hiddenRemarks tells that hidden rows and columns were read as usual.
func (r *Reading) hiddenRemarks(t *tableReader, rows []int) {
	var letters, cells []string
	for _, row := range rows {
		cells = append(cells, sheets.Address(t.firstColumn(), row))
	}
	for _, col := range slices.Sorted(slices.Values(t.head.columns)) {
		if col > 0 && slices.ContainsFunc(t.head.sheet.HiddenCols, func(s sheets.Span) bool { return col >= s.First && col <= s.Last }) {
			letters = append(letters, strings.TrimRight(sheets.Address(col, 1), "1"))
			cells = append(cells, sheets.Address(col, t.head.last))
		}
	}
	if len(cells) == 0 {
		return
	}
	f := tell("S07", "", facts{"Rows": runs(rows), "Columns": strings.Join(letters, "、")})
	f.Sheet, f.Cell, f.Cells = r.Sheet, cells[0], cells
	r.add(f)
}
