package templates

import "slices"

// facts fill the slots of a message.
type facts map[string]any

// maxFindings bounds what is told of one file; beyond it only the count is.
const maxFindings = 5000

// tell makes a finding from its catalogue entry. The variant names one of
// several wordings of a code, such as C04.range; what it does not word is
// taken from the code's own entry.
func tell(code, variant string, f facts) Finding {
	c := Codes[code]
	word := func(lang, part string) string {
		if variant != "" {
			if s := Say(lang, code+"."+variant+"."+part, f); s != "" {
				return s
			}
		}
		return Say(lang, code+"."+part, f)
	}
	return Finding{
		Code: code, Type: c.Type, Severity: c.Severity,
		Message: word("zh", "message"), Fix: word("zh", "fix"), Expected: word("zh", "expected"),
		EN: English{Message: word("en", "message"), Fix: word("en", "fix"), Expected: word("en", "expected")},
	}
}

// add keeps a finding, up to the limit.
func (r *Reading) add(f Finding) {
	r.told++
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	}
}

// cut says how many findings were left out, if any were.
func (r *Reading) cut() {
	if r.told > maxFindings {
		f := tell("Z02", "", facts{"Shown": maxFindings, "All": r.told})
		r.Findings = append(r.Findings, f)
	}
}

// gather keeps one finding for many cells of one column: what was read
// otherwise than typed would else bury what must be mended.
func (r *Reading) gather(f Finding) {
	id := f.Code + "\x00" + f.Field + "\x00" + f.Message
	if i, ok := r.gathered[id]; ok {
		r.Findings[i].Cells = append(r.Findings[i].Cells, f.Cell)
		return
	}
	if len(r.Findings) < maxFindings {
		if r.gathered == nil {
			r.gathered = map[string]int{}
		}
		r.gathered[id] = len(r.Findings)
	}
	f.Cells = []string{f.Cell}
	r.add(f)
}

// gatherOnce is gather for findings of which only the cell differs, so that their
// words are made only once.
func (r *Reading) gatherOnce(id, cell string, make func() Finding) {
	if i, ok := r.gathered[id]; ok {
		r.Findings[i].Cells = append(r.Findings[i].Cells, cell)
		return
	}
	if next := len(r.Findings); next < maxFindings {
		if r.gather(make()); len(r.Findings) > next {
			r.gathered[id] = next
		}
		return
	}
	r.gather(make())
}

// has says whether the reading carries a finding of this severity.
func (r *Reading) has(s Severity) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == s })
}
