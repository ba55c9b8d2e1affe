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
	c, all := Codes[code], words().wordings
	own, of := all[wordingKey{code, ""}], all[wordingKey{code, variant}]
	zh, en := own.say(of, f)
	return Finding{
		Code: code, Type: c.Type, Severity: c.Severity, Message: zh[0], Fix: zh[1], Expected: zh[2],
		EN: English{Message: en[0], Fix: en[1], Expected: en[2]},
	}
}

// say words a finding: as its variant has it, else as its code does.
func (w *wording) say(variant *wording, f facts) (zh, en [len(wordingParts)]string) {
	for i := range wordingParts {
		if variant != nil {
			zh[i], en[i] = variant.zh[i].say(f), variant.en[i].say(f)
		}
		if zh[i] == "" && w != nil && w != variant {
			zh[i] = w.zh[i].say(f)
		}
		if en[i] == "" && w != nil && w != variant {
			en[i] = w.en[i].say(f)
		}
	}
	return zh, en
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
