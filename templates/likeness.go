package templates

import (
	"slices"

	"taizhang/sheets"
)

// candidate is a form that a workbook may be.
type candidate struct {
	form  *Form
	place int // in the list of forms
	most  int // its likeness at most
}

// likest is the form that the workbook is most like, of several the first one, nil
// when it is like none. Those that could be most like it are looked at first, so
// that most others need not be.
func (c corners) likest(b *sheets.Book, forms []*Form) *Form {
	best, share := candidate{place: len(forms)}, 0
	for _, next := range c.candidates(b, forms) {
		if next.most < share || next.most == share && next.place > best.place {
			continue
		}
		h, _ := c.best(b, next.form)
		if h == nil {
			continue
		}
		if s := c.likeness(b, next.form, h); s > share || s == share && s > 0 && next.place < best.place {
			best, share = next, s
		}
	}
	return best.form
}

// candidates are the forms of which a header may be found, likeliest first.
func (c corners) candidates(b *sheets.Book, forms []*Form) []candidate {
	var out []candidate
	for i, f := range forms {
		reach := 0
		for _, s := range b.Sheets {
			if looked(b, s, f) {
				reach = max(reach, c.of(s).reach(f))
			}
		}
		if reach > 0 && reach >= min(3, len(f.Fields)) { // likeness asks for as many
			out = append(out, candidate{f, i, reach*1000/len(f.Fields) + titleBonus})
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return b.most - a.most })
	return out
}

// titleBonus is what a form's printed title adds to its likeness.
const titleBonus = 500

// likeness is how surely the header is the form's, 0 for not at all: the share
// of the form's titles found, in thousandths, with its printed title as a bonus.
func (c corners) likeness(b *sheets.Book, f *Form, h *header) int {
	share := h.found * 1000 / len(f.Fields)
	titled := c.titleShown(b, f)
	whole := h.found >= 4 && 2*h.found >= len(h.path) && f.complete(h)
	if share >= 500 && h.found >= min(3, len(f.Fields)) || titled && h.found >= needed(f, 3) || whole {
		if titled {
			share += titleBonus
		}
		return share
	}
	return 0
}

// complete says whether the header has every column that the form must have.
func (f *Form) complete(h *header) bool {
	for i, field := range f.Fields {
		if h.columns[i] == 0 && f.mustHave(field) {
			return false
		}
	}
	return true
}
