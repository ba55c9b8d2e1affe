package api

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"taizhang/merge"
	"taizhang/templates"
)

// shownFindings is how many findings a page lists one by one.
const shownFindings = 300

// submissionView is the page of one submission.
type submissionView struct {
	merge.Submission
	Found findingList
	Each  []templates.Finding

	Withdrawn *merge.Withdrawal // nil while the city has not withdrawn it
}

// showSubmission is the page of one submission.
func (s *server) showSubmission(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := number(c)
	if err != nil {
		return err
	}
	in := &submissionIn{id}
	sub, err := s.getSubmission(ctx, in)
	if err != nil {
		return err
	}
	found, err := s.getFindings(ctx, in)
	if err != nil {
		return err
	}
	each := found.Findings[:min(shownFindings, len(found.Findings))]
	v := submissionView{Submission: sub, Found: found, Each: each}
	if sub.Verdict == templates.Withdrawn {
		w, err := s.Store.Withdrawal(ctx, sub.Number)
		if err != nil {
			return err
		}
		v.Withdrawn = &w
	}
	return s.show(c, http.StatusOK, "submission", sub.County+" "+sub.File, v)
}

// severityGroups are the groups of one severity.
type severityGroups struct {
	Severity templates.Severity
	Count    int
	Groups   []findingGroup
}

// BySeverity parts the groups by severity, worst first.
func (v submissionView) BySeverity() []severityGroups {
	var list []severityGroups
	for _, g := range v.Found.Groups {
		if n := len(list); n == 0 || list[n-1].Severity != g.Severity {
			list = append(list, severityGroups{Severity: g.Severity})
		}
		last := &list[len(list)-1]
		last.Count += g.Count
		last.Groups = append(last.Groups, g)
	}
	return list
}

// Marked says whether a copy with marks is to be had: also of a file that
// passed and has cells to explain.
func (v submissionView) Marked() bool {
	return marked(v.Submission) || slices.ContainsFunc(v.Found.Groups, func(g findingGroup) bool {
		return (g.Blocks || g.Severity == templates.Explain) && g.Cells != ""
	})
}

// formsView is the page of the blank forms.
type formsView struct {
	Forms    []formSheet
	Counties []string
}

// showForms is the page of the blank forms.
func (s *server) showForms(c echo.Context) error {
	v := formsView{Counties: s.countyNames()}
	for _, f := range s.Catalog.Forms {
		v.Forms = append(v.Forms, s.formSheet(f))
	}
	return s.show(c, http.StatusOK, "forms", s.words.say(language(c), "forms.title"), v)
}

// summaryView is the page of one summary.
type summaryView struct {
	*templates.Table
	Head    [][]headCell
	Periods []periodLink
	Asked   string
}

// headCell is one cell of a header of several levels.
type headCell struct {
	Text string
	Cols int
	Rows int
}

// showSummary is the page of one summary.
func (s *server) showSummary(c echo.Context) error {
	in := &summaryIn{Name: c.Param("name"), Period: c.QueryParam("period")}
	t, err := s.getSummary(c.Request().Context(), in)
	if err != nil {
		return err
	}
	v := summaryView{Table: t, Head: head(t.Columns), Asked: in.Period}
	for _, p := range s.recent(s.Catalog.Form(t.Form), shownPeriods) {
		v.Periods = append(v.Periods, periodLink{ID: p.ID, Shown: p.ID == t.Period})
	}
	return s.show(c, http.StatusOK, "summary", t.Title, v)
}

// head lays out title paths as header cells: equal neighbours share a cell, and
// a short path reaches down to the table.
func head(columns []templates.TableColumn) [][]headCell {
	depth := 0
	for _, c := range columns {
		depth = max(depth, len(c.Path))
	}
	rows := make([][]headCell, depth)
	for i, c := range columns {
		for level, text := range c.Path {
			last := level == len(c.Path)-1
			if i > 0 && !last && sameStart(columns[i-1].Path, c.Path, level) {
				rows[level][len(rows[level])-1].Cols++
				continue
			}
			cell := headCell{text, 1, 1}
			if last {
				cell.Rows = depth - level
			}
			rows[level] = append(rows[level], cell)
		}
	}
	return rows
}

// sameStart says whether two title paths share everything down to a level, and
// both go on below it.
func sameStart(a, b []string, level int) bool {
	if len(a) <= level+1 || len(b) <= level+1 {
		return false
	}
	for i := range level + 1 {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// marked says whether the verdict alone promises a copy with marks.
func marked(sub merge.Submission) bool {
	return sub.Verdict == templates.Partial || sub.Verdict == templates.Returned
}

// Marked says the same in a list.
func (p page) Marked(sub merge.Submission) bool { return marked(sub) }
