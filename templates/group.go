package templates

import (
	"cmp"
	"slices"
	"strings"
)

// FindingGroup is several findings that say the same of one column.
type FindingGroup struct {
	Code      string
	Rule      string
	Severity  Severity
	Sheet     string
	Field     string
	Title     string   // column title, "" when the whole file is meant
	Count     int      // cells concerned, or findings where there are no cells
	Cells     []string // every cell once, in the order of the findings
	Rows      []int    // the rows concerned, ascending
	Keys      []string // names of up to three rows, safe to show
	AllKeys   int      // how many rows with a name there are
	Values    []string // up to three different values as they are displayed, safe to show
	AllValues int      // how many different values there are
	Message   string   // for several cells without address, or an example; so are Fix and EN
	Expected  string
	Fix       string
	EN        English

	members []Finding
}

// examples is how many row names and values a group shows, and exampleLength how
// many characters of each.
const (
	examples      = 3
	exampleLength = 40
)

// Groups gathers the findings of a file, worst first and otherwise in the order
// in which they were found.
func Groups(findings []Finding) []FindingGroup {
	var groups []FindingGroup
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
	slices.SortStableFunc(groups, func(a, b FindingGroup) int {
		return cmp.Compare(a.Severity.Rank(), b.Severity.Rank())
	})
	return groups
}

// groupID is equal for findings that are told together. Findings about the
// whole file stay apart unless they say the same.
func groupID(f Finding) string {
	parts := []string{f.Code, f.Rule, string(f.Severity), f.Sheet, f.Field, f.Title}
	if f.Field == "" && len(f.AllCells()) == 0 {
		parts = append(parts, f.Message)
	}
	return strings.Join(parts, "\x00")
}

func newGroup(f Finding) FindingGroup {
	return FindingGroup{
		Code: f.Code, Rule: f.Rule, Severity: f.Severity, Sheet: f.Sheet, Field: f.Field,
		Title: f.Title, Expected: f.Expected, EN: f.EN,
	}
}

func (g *FindingGroup) add(f Finding) {
	cells := f.AllCells()
	if len(cells) == 0 {
		g.Count++
	}
	g.Cells = append(g.Cells, cells...)
	g.Rows = append(g.Rows, f.AllRows()...)
	g.Keys = addFew(g.Keys, Shown(f.Key, exampleLength))
	g.Values = addFew(g.Values, Shown(f.Value, exampleLength))
	g.members = append(g.members, f)
}

// settle counts each cell and row once, however many findings name it.
func (g *FindingGroup) settle() {
	seen := make(map[string]bool, len(g.Cells))
	g.Cells = slices.DeleteFunc(g.Cells, func(c string) bool {
		again := seen[c]
		seen[c] = true
		return again
	})
	g.Count += len(g.Cells)
	slices.Sort(g.Rows)
	g.Rows = slices.Compact(g.Rows)
	g.AllKeys = g.different(func(f Finding) string { return f.Key })
	g.AllValues = g.different(func(f Finding) string { return f.Value })
}

// different counts the different texts that are not blank.
func (g *FindingGroup) different(text func(Finding) string) int {
	seen := map[string]bool{}
	for _, f := range g.members {
		if s := text(f); s != "" {
			seen[s] = true
		}
	}
	return len(seen)
}

// addFew keeps the first few different texts.
func addFew(list []string, s string) []string {
	if s == "" || len(list) >= examples || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// CodeUnchecked is the code of a rule that could not run.
const CodeUnchecked = "Z01"

// Unchecked says whether the group tells of a rule that could not run, which is
// neither kept nor broken.
func (g FindingGroup) Unchecked() bool { return g.Code == CodeUnchecked }

// First gives at most n groups to mend first: what returns the whole file, then
// what holds most rows.
func First(groups []FindingGroup, n int) []FindingGroup {
	var block []FindingGroup
	for _, g := range groups {
		if g.Severity.Blocks() && !g.Unchecked() {
			block = append(block, g)
		}
	}
	slices.SortStableFunc(block, func(a, b FindingGroup) int {
		return cmp.Or(
			cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
			cmp.Compare(len(b.Rows), len(a.Rows)),
		)
	})
	return block[:min(n, len(block))]
}
