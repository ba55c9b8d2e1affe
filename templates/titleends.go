package templates

import (
	"strings"
	"unicode/utf8"
)

// titleEnds are what a titleBook takes for the end of a column's title, of all forms
// that were loaded together. Few data end so, and most need not be folded to know it.
type titleEnds struct {
	words map[string]bool
	first runeSet // their first characters, and those of units
	last  runeSet // their last ones
}

// runeSet is a set of characters that share its bits, so that one may seem to be in
// it that is not.
type runeSet [64]uint64

func (s *runeSet) add(r rune)      { s[r>>6&63] |= 1 << (r & 63) }
func (s *runeSet) may(r rune) bool { return s[r>>6&63]&(1<<(r&63)) != 0 }

// shareEnds gives the forms that were loaded together their common titleEnds.
func shareEnds(forms []*Form) {
	all := &titleEnds{words: map[string]bool{}}
	for unit := range units {
		all.end(unit)
	}
	for _, f := range forms {
		if f.titles == nil {
			continue
		}
		for word := range f.titles.words {
			all.words[word] = true
			all.end(word)
		}
		f.titles.ends = all
	}
}

func (e *titleEnds) end(word string) {
	last, _ := utf8.DecodeLastRuneInString(word)
	e.last.add(last)
	first, _ := utf8.DecodeRuneInString(word)
	e.first.add(first)
}

// may says whether a text may be what a title ends with. Where its last character
// might be folded to another one, or be left out, it may. A Chinese character that
// it begins with stays its first one, unless it is a number before a title.
func (e *titleEnds) may(text string) bool {
	if e == nil || !endsPlain(text) && !strings.HasSuffix(text, "。") {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	if first, _ := utf8.DecodeRuneInString(text); han(text) && !e.first.may(first) && !numbered(text) && !strings.HasPrefix(text, "其中") {
		return false
	}
	return e.last.may(last)
}

// has says whether a folded text is what some title ends with.
func (e *titleEnds) has(title string) bool { return e == nil || e.words[title] || belongsAbove(title) }

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
