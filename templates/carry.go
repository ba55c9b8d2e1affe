package templates

import (
	"strings"
	"time"

	"taizhang/sheets"
)

// Carried is a stored row as it is written into a pre-filled form: by field name
// what a cell holds. Running numbers are counted anew.
func (f *Form) Carried(values []Value) map[string]any {
	row := map[string]any{}
	for i, field := range f.Fields {
		if i < len(values) && !values[i].Blank() && !field.Serial {
			row[field.Name] = cellValue(field, values[i])
		}
	}
	return row
}

// cellValue is a value as a workbook holds it.
func cellValue(f *Field, v Value) any {
	switch {
	case Types[f.Type].Number:
		return v.Number
	case f.Type == "date":
		if day, err := time.Parse(dayLayout, v.Day); err == nil {
			return day
		}
	}
	return v.Text
}

// open leaves in a locked sheet what a county writes outside the table: the day,
// who filled it in, and its own name where that is not printed.
func (p *paper) open(named bool) {
	for i := range p.Rows {
		for j := range p.Rows[i].Cells {
			cell := &p.Rows[i].Cells[j]
			unit := i == 1 && j == 0 // the band begins with the sender's name
			if cell.Style.Look == sheets.Band && !(unit && named) {
				cell.Style.Open = true
			}
		}
	}
}

// CarryOver reads the rows of a workbook that was filled in on another version
// of the form by the titles of its columns, to be written onto a clean form. A
// cell that cannot be read goes over as it was typed, so that nothing is lost.
// It is false when the table cannot be found or holds no rows.
func (c *Catalog) CarryOver(b *sheets.Book, f *Form, s Sender) ([]map[string]any, bool) {
	loose := *f
	loose.Sheet = ""
	head, _ := corners{}.best(b, &loose)
	if head == nil || head.found < needed(f, 3) {
		return nil, false
	}
	(&Reading{Form: f}).moneyUnits(head)
	table, t := newTableReader(f, head), &typist{counties: c.Counties, sender: s.County, date1904: b.Date1904, money: head.money}
	var rows []map[string]any
	for _, row := range head.sheet.Rows {
		if row.Num <= head.last {
			continue
		}
		if seen := table.row(row); table.kind(seen) == dataRow {
			rows = append(rows, t.carry(f, seen))
		}
	}
	return rows, len(rows) > 0
}

// carry types the cells of one row.
func (t *typist) carry(f *Form, seen tableRow) map[string]any {
	row := map[string]any{}
	for i, cell := range seen.cells {
		field := f.Fields[i]
		if cell == nil || field.Serial {
			continue
		}
		out := t.cell(field, *cell)
		switch {
		case out.code == "" && !out.value.Blank():
			row[field.Name] = cellValue(field, out.value)
		case out.code != "" && strings.TrimSpace(cell.Text) != "":
			row[field.Name] = cell.Text
		}
	}
	return row
}
