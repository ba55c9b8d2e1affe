package mail

import (
	"fmt"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// englishTitle heads the part that is not Chinese.
const englishTitle = "English summary"

// englishPart repeats what matters in English, shortly.
func (r Report) englishPart(groups []templates.FindingGroup) part {
	p := part{Title: englishTitle, Intro: r.englishHead()}
	for _, g := range groups {
		if g.Severity == templates.Handled || g.Unchecked() {
			continue
		}
		text := g.EN.Message
		if g.EN.Fix != "" {
			text += " " + g.EN.Fix
		}
		p.Facts = append(p.Facts, fact{Text: englishGroup(g) + ": " + text})
	}
	return p
}

// englishHead is the verdict and the figures of the receipt.
func (r Report) englishHead() string {
	s := r.Submission
	head := map[templates.Verdict]string{
		templates.Accepted: "Accepted: every row counts, nothing is left to do.",
		templates.Noted:    "Accepted with remarks: every row counts, please look at the remarks.",
		templates.Partial:  fmt.Sprintf("Partly accepted: %d of %d rows count, %d must be mended.", s.Accepted, s.Read, s.Held),
		templates.Returned: "Returned: nothing of this file counts. Please mend it and hand it in again.",
		templates.Pending:  "Received and being checked.",

		templates.Withdrawn: templates.Say("en", "withdrawn.verdict", nil),
	}[s.Verdict]
	if s.Read == 0 && merge.Takes(s.Verdict) {
		head = "Accepted: a report of nothing (零报告)."
	}
	if r.dry() {
		head = "Checked only, nothing was stored. Handed in like this, it would be: " + head
	}
	if s.Channel == merge.ByRecheck {
		head += " " + templates.Say("en", "recheck.why", nil)
	}
	if s.Number != "" {
		head += " Receipt " + s.Number + "."
	}
	if end, _, ok := r.due(); ok {
		head += " Due " + end.In(r.zone()).Format("2006-01-02") + "."
	}
	return head
}

// englishGroup names a group in one line: C05 must fix, F5:F9.
func englishGroup(g templates.FindingGroup) string {
	head := g.Code + " " + g.Severity.Say("en")
	if len(g.Cells) > 0 {
		head += ", " + sheets.AreasText(g.Cells, "%s and others, %d in all")
	}
	return head
}
