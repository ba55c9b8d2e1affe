package templates

import (
	"slices"
	"strings"
)

// mute is rules that could not be checked for some rows, because cells of these
// rows could not be read.
type mute struct {
	rows  []int
	rules []*Rule
}

type mutes []mute

// add notes the rows that a rule was not checked for. Rules that miss the same rows
// are told together.
func (m *mutes) add(rule *Rule, rows []int) {
	if len(rows) == 0 {
		return
	}
	at := slices.IndexFunc(*m, func(one mute) bool { return slices.Equal(one.rows, rows) })
	if at < 0 {
		*m = append(*m, mute{rows: rows})
		at = len(*m) - 1
	}
	(*m)[at].rules = append((*m)[at].rules, rule)
}

// unchecked tells which rows some rules could not be checked for. They never count
// as passed. The cells to blame are told already.
func (r *Reading) unchecked(all mutes) {
	for _, m := range all {
		var names, says, english []string
		for _, rule := range m.rules {
			names, says, english = append(names, rule.Name), append(says, rule.Message), append(english, rule.English)
		}
		out := tell(CodeUnchecked, "", facts{"Rows": runs(m.rows), "Count": len(m.rules),
			"Rules": strings.Join(says, "；"), "RulesEN": strings.Join(english, " ")})
		out.Rule, out.Sheet, out.Severity = strings.Join(names, " "), r.Sheet, Handled
		r.add(out)
	}
}

// failedRule tells of a rule that did not run to its end.
func (r *Reading) failedRule(rule *Rule, rows []int) {
	out := tell(CodeUnchecked, "failed", facts{"Name": rule.Name, "Rows": runs(rows)})
	out.Rule, out.Sheet = rule.Name, r.Sheet
	r.add(out)
}
