package templates_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"taizhang/templates"
)

// togetherFiles is how many files of each form are changed in several ways at once.
const togetherFiles = 60

// Changes seldom come alone. What several of them together make of a file is not
// listed anywhere; but whatever it is, no value is lost in silence.
func TestMutationsTogether(t *testing.T) {
	for form, changes := range map[string][]mutation{
		"petition_ledger":  slices.Concat(ledgerChanges, moreLedgerChanges),
		"open_issue_check": slices.Concat(selfCheckChanges, moreSelfCheckChanges),
		"case_summary":     slices.Concat(figuresChanges, moreFiguresChanges),
	} {
		t.Run(form, func(t *testing.T) { together(t, form, changes) })
	}
}

func together(t *testing.T, form string, changes []mutation) {
	chance := rand.New(rand.NewPCG(20261122, uint64(len(changes))))
	var list []mutation
	for n := range togetherFiles {
		list = append(list, several(chance, changes, n))
	}
	c, county := yunling(t)
	for i, file := range mutated(t, c, county, form, list) {
		b := bookAt(t, file)
		r := c.Judge(b, templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
		r.Compare(templates.Past{})
		for _, cell := range silent(b, r) {
			t.Errorf("%s: nothing was said of %s (%s)", list[i].want, cell, toldOf(r))
		}
	}
}

// several is two to four changes in a row. One that no longer fits what those
// before it have made is left out; a cell at the far end of the sheet would have
// those after it go through millions of cells.
func several(chance *rand.Rand, changes []mutation, n int) mutation {
	var names, code []string
	for range 2 + chance.IntN(3) {
		m := changes[chance.IntN(len(changes))]
		if strings.Contains(m.code, "XFD") {
			continue
		}
		names = append(names, m.name)
		code = append(code, "try:\n    pass\n    "+strings.ReplaceAll(m.code, "\n", "\n    ")+"\nexcept Exception: pass")
	}
	return mutation{fmt.Sprint(n), strings.Join(code, "\n"), strings.Join(names, " + ")}
}
