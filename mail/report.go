// Package mail is the room of telling. It writes the answer to a county's file
// and delivers it from the outbox, into the county's folder and by e-mail. What
// is true of a file is decided elsewhere; here it is only said.
package mail

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// Report is all that the answer to one file is written from. Text, workbook and
// letter are written from the same report, so that they cannot disagree.
type Report struct {
	Submission merge.Submission // Number is "" for a dry run
	Findings   []templates.Finding
	Form       *templates.Form // nil when no form was recognised
	Earlier    *Earlier        // nil when nothing came before
	Copy       string          // file name of the workbook that goes with the answer, "" for none
	Marked     bool            // Copy is the county's own workbook with marks, not the bare list
	Contact    string          // whom to ask
	Zone       *time.Location  // for times of day; nil is China's
}

// Earlier is the file judged before from the same county, form and period.
type Earlier struct {
	Submission merge.Submission
	Findings   []templates.Finding
}

// Group is several findings that say the same of one column.
type Group struct {
	Code     string
	Rule     string
	Severity templates.Severity
	Sheet    string
	Field    string
	Title    string   // column title, "" when the whole file is meant
	Count    int      // cells concerned, or findings where there are no cells
	Cells    []string // every cell, in the order of the findings
	Rows     []int    // the rows concerned, ascending
	Keys     []string // names of up to three rows
	Values   []string // up to three different values as they are displayed
	Message  string   // for several cells without address, or an example
	Expected string
	Fix      string
	EN       templates.English

	members []templates.Finding
}

// limits of what a group shows by example.
const (
	shownKeys   = 3
	shownValues = 3
)

// severities in the order in which they are told.
var severities = []templates.Severity{
	templates.Reject, templates.Fix, templates.Explain, templates.Warn, templates.Handled,
}

// Groups gathers the findings of a file, worst first and otherwise in the order
// in which they were found.
func Groups(findings []templates.Finding) []Group {
	var groups []Group
	index := map[string]int{}
	for _, f := range findings {
		id := groupID(f)
		at, ok := index[id]
		if !ok {
			at = len(groups)
			index[id] = at
			groups = append(groups, newGroup(f))
		}
		groups[at].add(f)
	}
	for i := range groups {
		groups[i].settle()
		groups[i].word()
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Compare(rank(a.Severity), rank(b.Severity))
	})
	return groups
}

// groupID is equal for findings that are told together. Findings about the
// whole file stay apart unless they say the same.
func groupID(f templates.Finding) string {
	parts := []string{f.Code, f.Rule, string(f.Severity), f.Sheet, f.Field, f.Title}
	if f.Field == "" && len(cellsOf(f)) == 0 {
		parts = append(parts, f.Message)
	}
	return strings.Join(parts, "\x00")
}

func newGroup(f templates.Finding) Group {
	return Group{
		Code: f.Code, Rule: f.Rule, Severity: f.Severity, Sheet: f.Sheet, Field: f.Field,
		Title: f.Title, Expected: f.Expected, EN: f.EN,
	}
}

func (g *Group) add(f templates.Finding) {
	cells := cellsOf(f)
	if len(cells) == 0 {
		g.Count++
	}
	g.Cells = append(g.Cells, cells...)
	g.Rows = append(g.Rows, rowsOf(f)...)
	g.Keys = addFew(g.Keys, shown(f.Key, 40), shownKeys)
	g.Values = addFew(g.Values, shown(f.Value, 40), shownValues)
	g.members = append(g.members, f)
}

// settle counts each cell and row once, however many findings name it.
func (g *Group) settle() {
	seen := make(map[string]bool, len(g.Cells))
	g.Cells = slices.DeleteFunc(g.Cells, func(c string) bool {
		again := seen[c]
		seen[c] = true
		return again
	})
	g.Count += len(g.Cells)
	slices.Sort(g.Rows)
	g.Rows = slices.Compact(g.Rows)
}

// addFew keeps the first few different texts.
func addFew(list []string, s string, most int) []string {
	if s == "" || len(list) >= most || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// cellsOf gives every cell a finding names.
func cellsOf(f templates.Finding) []string {
	if len(f.Cells) > 0 {
		return f.Cells
	}
	if f.Cell != "" {
		return []string{f.Cell}
	}
	return nil
}

// rowsOf gives the rows a finding concerns. A finding that comes back from the
// store knows its rows only by its cells.
func rowsOf(f templates.Finding) []int {
	var rows []int
	if f.Row > 0 {
		rows = append(rows, f.Row)
	}
	for _, c := range cellsOf(f) {
		if _, row, ok := sheets.ParseAddress(c); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

func rank(s templates.Severity) int {
	if i := slices.Index(severities, s); i >= 0 {
		return i
	}
	return len(severities)
}

// blocks says whether a finding of this severity keeps rows out of the store.
func blocks(s templates.Severity) bool {
	return s == templates.Reject || s == templates.Fix
}

// unchecked says whether the group tells of a rule that could not run.
func (g Group) unchecked() bool { return g.Code == "Z01" }

// First gives at most n groups to mend first: what returns the whole file, then
// what holds most rows.
func First(groups []Group, n int) []Group {
	var block []Group
	for _, g := range groups {
		if blocks(g.Severity) && !g.unchecked() {
			block = append(block, g)
		}
	}
	slices.SortStableFunc(block, func(a, b Group) int {
		return cmp.Or(
			cmp.Compare(rank(a.Severity), rank(b.Severity)),
			cmp.Compare(len(b.Rows), len(a.Rows)),
		)
	})
	return block[:min(n, len(block))]
}

// zone is where the report's times of day are meant.
func (r Report) zone() *time.Location {
	if r.Zone != nil {
		return r.Zone
	}
	return time.FixedZone("CST", 8*60*60)
}

// due is the end of the day on which the report's period is due.
func (r Report) due() (time.Time, bool) {
	day, err := time.ParseInLocation(time.DateOnly, r.Submission.Period, r.zone())
	if err != nil {
		return time.Time{}, false // forms without calendar have no due day
	}
	return day.AddDate(0, 0, 1), true
}
