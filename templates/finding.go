package templates

import (
	"slices"

	"taizhang/sheets"
)

// Severity is how bad a finding is.
type Severity string

// The severities, worst first.
const (
	Reject  Severity = "reject"  // 拒收: the file is returned
	Fix     Severity = "fix"     // 必改: the row is held
	Explain Severity = "explain" // 须说明: the row is merged and marked
	Warn    Severity = "warn"    // 提醒
	Handled Severity = "note"    // 已处理: read otherwise than typed
)

// Severities are all of them, worst first, which is the order in which they are
// told.
var Severities = []Severity{Reject, Fix, Explain, Warn, Handled}

// Rank orders severities: 0 is the worst.
func (s Severity) Rank() int {
	if i := slices.Index(Severities, s); i >= 0 {
		return i
	}
	return len(Severities)
}

// Blocks says whether a finding of this severity keeps rows, or the whole file,
// out of the store.
func (s Severity) Blocks() bool { return s == Reject || s == Fix }

// Verdict is what becomes of a file.
type Verdict string

// The verdicts of a file.
const (
	Pending  Verdict = "pending"  // 处理中
	Accepted Verdict = "accepted" // 通过
	Noted    Verdict = "noted"    // 通过有提醒
	Partial  Verdict = "partial"  // 部分入库
	Returned Verdict = "returned" // 退回

	Withdrawn Verdict = "withdrawn" // 已撤销: it counted, until the city withdrew it
)

// Finding is one thing a county is told about its file. It is data, never an
// error: all findings of a file are collected and told at once.
type Finding struct {
	Code     string   `json:"code"`
	Type     string   `json:"type,omitempty"` // Frictionless name, where one exists
	Rule     string   `json:"rule,omitempty"`
	Severity Severity `json:"severity"`
	Sheet    string   `json:"sheet,omitempty"`
	Cell     string   `json:"cell,omitempty"`  // first cell, as shown in the county's file
	Cells    []string `json:"cells,omitempty"` // all cells, where there are several
	Row      int      `json:"-"`               // row in the sheet, 0 when the file is meant
	Field    string   `json:"field,omitempty"`
	Title    string   `json:"title,omitempty"` // column title as printed
	Key      string   `json:"key,omitempty"`   // the row's own name, such as its 受理编号
	Value    string   `json:"value,omitempty"` // as displayed
	Expected string   `json:"expected,omitempty"`
	Message  string   `json:"message"`       // Chinese
	Fix      string   `json:"fix,omitempty"` // Chinese, one action
	EN       English  `json:"en"`
}

// AllCells are every cell that the finding names.
func (f Finding) AllCells() []string {
	if len(f.Cells) == 0 && f.Cell != "" {
		return []string{f.Cell}
	}
	return f.Cells
}

// AllRows are the rows that the finding concerns. One that comes back from the
// store knows them only by its cells.
func (f Finding) AllRows() []int {
	var rows []int
	if f.Row > 0 {
		rows = append(rows, f.Row)
	}
	for _, c := range f.AllCells() {
		if _, row, ok := sheets.ParseAddress(c); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// English is the second language of a finding.
type English struct {
	Expected string `json:"expected,omitempty"`
	Message  string `json:"message"`
	Fix      string `json:"fix,omitempty"`
}
