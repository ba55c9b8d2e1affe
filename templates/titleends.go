package templates

import (
	"strings"
	"unicode/utf8"
)

// titleEnds are the characters that end what a titleBook takes for the end of a
// column's title. Most data end otherwise, and need not be folded to know it.
type titleEnds struct{ last map[rune]bool }

// shareEnds gives the forms that were loaded together their common titleEnds.
func shareEnds(forms []*Form) {
	all := &titleEnds{map[rune]bool{}}
	for unit := range units {
		all.add(unit)
	}
	for _, f := range forms {
		if f.titles == nil {
			continue
		}
		for word := range f.titles.words {
			all.add(word)
		}
		f.titles.ends = all
	}
}

func (e *titleEnds) add(word string) {
	last, _ := utf8.DecodeLastRuneInString(word)
	e.last[last] = true
}

// may says whether a text may be what a title ends with. Where its last character
// might be folded to another one, or be left out, it may.
func (e *titleEnds) may(text string) bool {
	if e == nil || !endsPlain(text) && !strings.HasSuffix(text, "。") {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	return e.last[last]
}

// titleEnds are those of the catalogue's forms, nil when they have none in common.
func (c *Catalog) titleEnds() *titleEnds {
	var common *titleEnds
	for i, f := range c.Forms {
		if f.titles == nil || i > 0 && f.titles.ends != common {
			return nil
		}
		common = f.titles.ends
	}
	return common
}
