package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"taizhang/sheets"
	"taizhang/templates"
)

// findingGroup is several findings that say the same of one column.
type findingGroup struct {
	Code     string             `json:"code"`
	Severity templates.Severity `json:"severity"`
	Sheet    string             `json:"sheet,omitempty"`
	Title    string             `json:"title,omitempty"`
	Count    int                `json:"count"`
	Cells    string             `json:"cells,omitempty" doc:"C5:C9, C14; at most twenty areas"`
	Values   []string           `json:"values,omitempty" doc:"Up to three different values as displayed"`
	Message  string             `json:"message"`
	Expected string             `json:"expected,omitempty"`
	Fix      string             `json:"fix,omitempty"`
	EN       templates.English  `json:"en"`
	Blocks   bool               `json:"blocks" doc:"Keeps rows, or the whole file, out"`
	cells    []string
}

const (
	shownValues = 3
	shownAreas  = 20
)

// severities in the order in which they are told.
var severities = []templates.Severity{
	templates.Reject, templates.Fix, templates.Explain, templates.Warn, templates.Handled,
}

// groups gathers findings of one kind about one column, worst first and
// otherwise in the order in which they were found.
func groups(found []templates.Finding) []findingGroup {
	list := []findingGroup{}
	place := map[string]int{}
	for _, f := range found {
		id := groupID(f)
		at, ok := place[id]
		if !ok {
			at = len(list)
			place[id] = at
			list = append(list, newGroup(f))
		}
		list[at].add(f)
	}
	for i := range list {
		list[i].Cells = areas(list[i].cells)
	}
	slices.SortStableFunc(list, func(a, b findingGroup) int {
		return cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity))
	})
	return list
}

// groupID is equal for findings that are told together; what is said of the
// whole file stays apart unless it is the same.
func groupID(f templates.Finding) string {
	parts := []string{f.Code, f.Rule, string(f.Severity), f.Sheet, f.Field, f.Title}
	if f.Cell == "" && len(f.Cells) == 0 {
		parts = append(parts, f.Message)
	}
	return strings.Join(parts, "\x00")
}

func newGroup(f templates.Finding) findingGroup {
	return findingGroup{
		Code: f.Code, Severity: f.Severity, Sheet: f.Sheet, Title: f.Title,
		Message: f.Message, Expected: f.Expected, Fix: f.Fix, EN: f.EN,
		Blocks: f.Severity == templates.Reject || f.Severity == templates.Fix,
	}
}

// add counts one more finding of the group.
func (g *findingGroup) add(f templates.Finding) {
	cells := f.Cells
	if len(cells) == 0 && f.Cell != "" {
		cells = []string{f.Cell}
	}
	g.cells = append(g.cells, cells...)
	g.Count += max(1, len(cells))
	if f.Value != "" && len(g.Values) < shownValues && !slices.Contains(g.Values, f.Value) {
		g.Values = append(g.Values, f.Value)
	}
}

// areas writes cells below each other as one area, and at most twenty areas.
func areas(cells []string) string {
	type spot struct{ col, row int }
	var spots []spot
	var list []string
	for _, c := range cells {
		if col, row, ok := sheets.ParseAddress(c); ok {
			spots = append(spots, spot{col, row})
		} else {
			list = append(list, c)
		}
	}
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.col, b.col), cmp.Compare(a.row, b.row))
	})
	spots = slices.Compact(spots)
	for i := 0; i < len(spots); {
		j := i
		for j+1 < len(spots) && spots[j+1].col == spots[i].col && spots[j+1].row == spots[j].row+1 {
			j++
		}
		area := sheets.Address(spots[i].col, spots[i].row)
		if j > i {
			area += ":" + sheets.Address(spots[j].col, spots[j].row)
		}
		list, i = append(list, area), j+1
	}
	if len(list) > shownAreas {
		return fmt.Sprintf("%s … (%d)", strings.Join(list[:shownAreas], ", "), len(spots))
	}
	return strings.Join(list, ", ")
}
