package templates

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word gives the group its texts. A message and its remedy name one cell; told
// of many they must not send a clerk to the first one only.
func (g *FindingGroup) word() {
	g.Message = g.said(func(f Finding) string { return f.Message }, "", "例如：%s")
	g.Fix = g.said(func(f Finding) string { return f.Fix }, "这些格子", "例如：%s其余各处照此办理。")
	g.EN = English{
		Expected: g.members[0].EN.Expected,
		Message:  g.said(func(f Finding) string { return f.EN.Message }, "each cell", "For example: %s"),
		Fix:      g.said(func(f Finding) string { return f.EN.Fix }, "these cells", "For example: %s Do the same in the others."),
	}
}

// said is a text of the members: that of the only one; what they share when
// another word stands for the cell; or else that of the first as an example.
func (g *FindingGroup) said(text func(Finding) string, word, example string) string {
	first := g.members[0]
	if len(g.members) == 1 || text(first) == "" {
		return text(first)
	}
	shared := without(text(first), first.Cell, word)
	for _, f := range g.members[1:] {
		if without(text(f), f.Cell, word) != shared {
			return fmt.Sprintf(example, text(first))
		}
	}
	if word != "" && strings.HasPrefix(shared, word) {
		start, size := utf8.DecodeRuneInString(word)
		return string(unicode.ToUpper(start)) + shared[size:]
	}
	return shared
}

// without takes a cell's address out of a text and sets another word for it.
// F5 is not part of F51, nor of AF5.
func without(text, cell, word string) string {
	at := strings.Index(text, cell)
	if cell == "" || at < 0 {
		return text
	}
	before, after := text[:at], text[at+len(cell):]
	if at > 0 && isWord(before[at-1]) || after != "" && isWord(after[0]) {
		return before + cell + without(after, cell, word)
	}
	after = without(after, cell, word)
	if word == "" {
		return joined(before, after)
	}
	return joined(joined(before, word), after)
}

// joined puts two pieces of a sentence together. Chinese needs no blank between
// them; where either is English, one that was there stays.
func joined(a, b string) string {
	one, two := strings.TrimSuffix(a, " "), strings.TrimPrefix(b, " ")
	blank := len(one) < len(a) || len(two) < len(b)
	if blank && one != "" && two != "" && (isWord(one[len(one)-1]) || isWord(two[0])) {
		return one + " " + two
	}
	return one + two
}

func isWord(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
