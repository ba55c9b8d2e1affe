package api

import (
	"taizhang/sheets"
	"taizhang/templates"
)

// findingGroup is several findings that say the same of one column, as it is
// sent.
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
}

// groups gathers findings of one kind about one column, worst first and
// otherwise in the order in which they were found.
func groups(found []templates.Finding) []findingGroup {
	list := []findingGroup{}
	for _, g := range templates.Groups(found) {
		list = append(list, findingGroup{
			Code: g.Code, Severity: g.Severity, Sheet: g.Sheet, Title: g.Title, Count: g.Count,
			Cells: sheets.AreasText(g.Cells, "%s … (%d)"), Values: g.Values,
			Message: g.Message, Expected: g.Expected, Fix: g.Fix, EN: g.EN, Blocks: g.Severity.Blocks(),
		})
	}
	return list
}
