package sheets

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sheetPatch changes the styles of some cells of a worksheet part, and nothing
// else of what the sheet says.
type sheetPatch struct {
	doc     []byte
	styles  *stylePart
	tints   map[int]map[int]Tint // by row and column: cells to fill
	prefix  string               // of the sheet's own elements
	columns []span               // styles of columns
	changes []splice
}

type span struct{ first, last, style int }

// patchSheet takes our earlier fills off a sheet, lays new ones over it, and
// makes sure that the sheet is not selected together with others.
func patchSheet(doc []byte, styles *stylePart, tints map[int]map[int]Tint) ([]byte, error) {
	top, err := root(doc)
	if err != nil {
		return nil, err
	}
	p := &sheetPatch{doc: doc, styles: styles, tints: maps.Clone(tints), prefix: top.prefix()}
	for at := top.to; ; {
		t, ok := nextTag(doc, at)
		if !ok && top.local() == "worksheet" {
			return nil, errors.New("sheet ends early")
		}
		if !ok { // a chart sheet has no cells
			return spliced(doc, p.changes)
		}
		at = t.to
		switch {
		case t.local() == "sheetView" && !t.closing:
			p.unselect(t)
		case t.local() == "col" && !t.closing:
			p.columns = append(p.columns, span{t.number("min", 0), t.number("max", 0), t.number("style", 0)})
		case t.local() == "sheetData" && !t.closing:
			if err := p.data(t); err != nil {
				return nil, err
			}
			return spliced(doc, p.changes)
		}
	}
}

// unselect: sheets selected together are edited together, so only the first
// sheet of the copy may be selected.
func (p *sheetPatch) unselect(t tag) {
	if _, ok := t.attr("tabSelected"); ok {
		p.changes = append(p.changes, splice{t.from, t.to, t.without("tabSelected").String()})
	}
}

func (p *sheetPatch) data(open tag) error {
	if open.empty {
		text := p.missingRows(maxRow + 1)
		if text != "" {
			open.empty = false
			p.changes = append(p.changes, splice{open.from, open.to, open.String() + text + "</" + open.name + ">"})
		}
		return nil
	}
	for at, num := open.to, 0; ; {
		t, ok := nextTag(p.doc, at)
		if !ok {
			return errors.New("rows end early")
		}
		if t.closing {
			p.insert(t.from, p.missingRows(maxRow+1))
			return nil
		}
		if t.local() != "row" {
			return fmt.Errorf("%s among rows", t.name)
		}
		num = t.number("r", num+1)
		p.insert(t.from, p.missingRows(num))
		var err error
		if at, err = p.row(t, num); err != nil {
			return err
		}
	}
}

func (p *sheetPatch) insert(at int, text string) {
	if text != "" {
		p.changes = append(p.changes, splice{at, at, text})
	}
}

// row patches the cells of a row and returns where the row ends.
func (p *sheetPatch) row(open tag, num int) (int, error) {
	want := maps.Clone(p.tints[num])
	delete(p.tints, num)
	rowStyle := -1
	if _, ok := open.attr("s"); ok {
		rowStyle = open.number("s", -1)
	}
	if open.empty {
		if len(want) > 0 {
			open.empty = false
			text := p.missingCells(want, num, maxCol+1, rowStyle)
			p.changes = append(p.changes, splice{open.from, open.to, open.String() + text + "</" + open.name + ">"})
		}
		return open.to, nil
	}
	for at, col := open.to, 0; ; {
		t, ok := nextTag(p.doc, at)
		if !ok {
			return 0, errors.New("cells end early")
		}
		at = t.to
		switch {
		case t.closing && t.local() == "row":
			p.insert(t.from, p.missingCells(want, num, maxCol+1, rowStyle))
			return t.to, nil
		case t.local() == "c" && !t.closing:
			col = p.column(t, col+1)
			p.insert(t.from, p.missingCells(want, num, col, rowStyle))
			p.cell(t, want[col])
			delete(want, col)
		}
	}
}

func (p *sheetPatch) column(t tag, other int) int {
	ref, ok := t.attr("r")
	if !ok {
		return other
	}
	col, _, ok := ParseAddress(ref)
	if !ok {
		return other
	}
	return col
}

func (p *sheetPatch) cell(t tag, tint Tint) {
	old := t.number("s", 0)
	style := p.styles.untinted(old)
	if tint != NoTint {
		style = p.styles.tinted(style, tint)
	}
	if style != old {
		p.changes = append(p.changes, splice{t.from, t.to, t.with("s", fmt.Sprint(style)).String()})
	}
}

// missingRows writes the rows before a number that the sheet does not have yet.
func (p *sheetPatch) missingRows(before int) string {
	var out strings.Builder
	for _, num := range slices.Sorted(maps.Keys(p.tints)) {
		if num >= before {
			break
		}
		cells := p.missingCells(p.tints[num], num, maxCol+1, -1)
		fmt.Fprintf(&out, `<%srow r="%d">%s</%srow>`, p.prefix, num, cells, p.prefix)
		delete(p.tints, num)
	}
	return out.String()
}

// missingCells writes the cells before a column that the row does not have yet:
// empty ones, in the style that the row or the column gives them.
func (p *sheetPatch) missingCells(want map[int]Tint, row, before, rowStyle int) string {
	var out strings.Builder
	for _, col := range slices.Sorted(maps.Keys(want)) {
		if col >= before {
			break
		}
		style := rowStyle
		if style < 0 {
			style = p.columnStyle(col)
		}
		style = p.styles.tinted(p.styles.untinted(style), want[col])
		fmt.Fprintf(&out, `<%sc r="%s" s="%d"/>`, p.prefix, Address(col, row), style)
		delete(want, col)
	}
	return out.String()
}

func (p *sheetPatch) columnStyle(col int) int {
	for _, c := range p.columns {
		if c.first <= col && col <= c.last {
			return c.style
		}
	}
	return 0
}
