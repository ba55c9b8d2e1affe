package templates

import (
	"regexp"
	"slices"
	"strings"

	"taizhang/sheets"
)

// moneyLine is what stands above a table to say what its figures are counted in:
// 单位：元, 金额单位：万元, (单位：件、万元).
var moneyLine = regexp.MustCompile(`(?:^|[(])(?:金额|货币|计量)?单位:([^()]*)`)

// moneyAbove is the one money unit that a line above the header states, and where.
func (h *header) moneyAbove() (unit, cell string) {
	var room [8]sheets.Cell
	for _, row := range h.sheet.Rows {
		if row.Num >= h.first {
			break
		}
		cells := row.Cells.Append(room[:0])
		for i, c := range cells {
			if !strings.Contains(c.Text, "单位:") && !strings.Contains(c.Text, "单位：") {
				continue
			}
			m := moneyLine.FindStringSubmatch(fold(c.Text))
			if m == nil {
				continue
			}
			said := m[1]
			if said == "" && i+1 < len(cells) {
				said = fold(cells[i+1].Text)
			}
			if one := moneyIn(said); one != "" {
				return one, sheets.Address(c.Col, row.Num)
			}
		}
	}
	return "", ""
}

// moneyIn is the money unit among the units of a text, "" for none and for several.
func moneyIn(text string) string {
	found := ""
	for _, part := range strings.FieldsFunc(cutBand(text), separator) {
		part = strings.TrimPrefix(part, "人民币")
		if _, ok := scales[part]; !ok {
			continue
		}
		if found != "" && found != part {
			return ""
		}
		found = part
	}
	return found
}

// moneyUnits settles in which unit each column of money is: that of its title, else
// that of the line above the table, else the form's own. It tells where the file
// does not say so plainly; a figure in 元 taken for 万元 is wrong by ten thousand.
func (r *Reading) moneyUnits(h *header) {
	above, at := "", ""
	looked := false
	for i, f := range r.Form.Fields {
		if _, money := scales[f.Unit]; !money || h.columns[i] == 0 || !Types[f.Type].Number {
			continue
		}
		if !looked {
			above, at = h.moneyAbove()
			looked = true
		}
		own := titleUnit(unitLevel(h.path[h.columns[i]]))
		r.moneyUnit(h, i, own, above, at)
	}
}

// moneyUnit settles one column, whose title states its own unit or none.
func (r *Reading) moneyUnit(h *header, i int, own, above, at string) {
	f := r.Form.Fields[i]
	cell := sheets.Address(h.columns[i], h.last)
	switch {
	case own == "" && above == "" && titleUnit(f.Path) != "" && !slices.Contains(h.aliased, i):
		found := joinPath(h.path[h.columns[i]])
		out := r.headerFinding("H03", "unit", h, cell, f, facts{"Found": found, "Unit": f.Unit})
		out.Value = found
		r.add(out)
	case own == "" && above != "" && above != f.Unit:
		h.money[i], h.moneyAt = above, at
	case own != "" && above != "" && own != above:
		out := r.headerFinding("H03", "units", h, cell, f, facts{"Own": own, "Above": above, "At": at})
		out.Value, out.Cells = above, []string{cell, at}
		r.add(out)
	}
}
