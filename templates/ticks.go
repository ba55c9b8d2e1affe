package templates

import "strings"

// Signs of a box that is ticked, and of one that is not. A cross may say either.
const (
	tickedBox = "☑✔✓√■●"
	emptyBox  = "□☐○"
)

// ticked reads a list of boxes pasted from a paper form: ☑已办结 □阶段性办结 □正在办理.
// Every word must be a choice, and a box stand before each.
func (f *Field) ticked(text string) (list []string, ok bool) {
	if !strings.ContainsAny(text, emptyBox) {
		return nil, false
	}
	word, on, started := strings.Builder{}, false, false
	end := func() bool {
		v, known := f.choice(word.String())
		if known && on {
			list = append(list, v)
		}
		word.Reset()
		return known
	}
	for _, r := range text {
		box := strings.ContainsRune(tickedBox+emptyBox, r)
		switch {
		case !box:
			word.WriteRune(r)
			continue
		case started && !end(), !started && fold(word.String()) != "":
			return nil, false
		}
		started, on = true, strings.ContainsRune(tickedBox, r)
	}
	return list, end()
}
