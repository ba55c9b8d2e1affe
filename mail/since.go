package mail

import (
	"strings"

	"taizhang/templates"
)

// Since says what became of the findings of the file before.
type Since struct {
	Fixed     int
	Remaining int
	New       int
	Partly    bool // the rows of one of the two files were not read: only the file and its header are compared
}

// SinceLast compares two files of one county, form and period by the
// fingerprint of their findings. What could not be checked this time counts
// neither as mended nor as remaining.
func SinceLast(now, before Report) Since {
	s := Since{Partly: now.Submission.Read == 0 || before.Submission.Read == 0}
	left := map[string]int{}
	unread := unreadColumns(now.Findings)
	for _, f := range before.Findings {
		if counted(f, s.Partly) && !unread[columnOf(f)] {
			left[fingerprint(f)]++
		}
	}
	for _, f := range now.Findings {
		if !counted(f, s.Partly) {
			continue
		}
		if id := fingerprint(f); left[id] > 0 {
			left[id]--
			s.Remaining++
		} else {
			s.New++
		}
	}
	for _, n := range left {
		s.Fixed += n
	}
	return s
}

// counted says whether a finding takes part in the comparison: what was only
// read otherwise than typed does not, nor what could not be checked.
func counted(f templates.Finding, fileOnly bool) bool {
	if f.Severity == templates.Handled || strings.HasPrefix(f.Code, "Z") {
		return false
	}
	return !fileOnly || strings.ContainsAny(f.Code[:min(1, len(f.Code))], "FSH")
}

// unreadColumns names the columns that this file lacks: their cells were not
// checked, so earlier findings there are not mended. The finding about the
// missing column itself is about the header and stays.
func unreadColumns(findings []templates.Finding) map[string]bool {
	unread := map[string]bool{}
	for _, f := range findings {
		if f.Code == "H02" {
			unread["cell\x00"+f.Field] = true
		}
	}
	return unread
}

// columnOf keys a finding about cells by its column.
func columnOf(f templates.Finding) string {
	if strings.HasPrefix(f.Code, "H") || f.Field == "" {
		return ""
	}
	return "cell\x00" + f.Field
}

// fingerprint is the identity of a finding inside one county and form: code,
// rule, the row's own name and the field. A column that the form does not know
// is told by its title.
func fingerprint(f templates.Finding) string {
	field := f.Field
	if field == "" {
		field = f.Title
	}
	return strings.Join([]string{f.Code, f.Rule, f.Key, field}, "\x00")
}
