package mail

import (
	"fmt"
	"strings"

	"taizhang/templates"
)

// word gives the group its texts. A message and its remedy name one cell; told
// of many they must not send a clerk to the first one only.
func (g *Group) word() {
	first := g.members[0]
	g.Message, g.Fix = first.Message, first.Fix
	if len(g.members) == 1 {
		return
	}
	if text, ok := g.common(func(f templates.Finding) string { return without(f.Message, f.Cell, "") }); ok {
		g.Message = text
	} else {
		g.Message = "例如：" + first.Message
	}
	if text, ok := g.common(func(f templates.Finding) string { return without(f.Fix, f.Cell, "这些格子") }); ok {
		g.Fix = text
	} else if first.Fix != "" {
		g.Fix = "例如：" + first.Fix + "其余各处照此办理。"
	}
}

// common is a text that all members share.
func (g *Group) common(text func(templates.Finding) string) (string, bool) {
	one := text(g.members[0])
	for _, f := range g.members[1:] {
		if text(f) != one {
			return "", false
		}
	}
	return one, true
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
	return strings.TrimSuffix(before, " ") + word + without(strings.TrimPrefix(after, " "), cell, word)
}

func isWord(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

// keys names the rows concerned, and says when there are more.
func (g Group) keys() string {
	s := strings.Join(g.Keys, "、")
	if n := g.different(func(f templates.Finding) string { return f.Key }); n > len(g.Keys) {
		s += fmt.Sprintf(" 等 %d 行", n)
	}
	return s
}

// values shows values as typed, each in quotation marks, and says when there
// are more.
func (g Group) values() string {
	var b strings.Builder
	for _, v := range g.Values {
		b.WriteString("“" + v + "”")
	}
	if n := g.different(func(f templates.Finding) string { return f.Value }); n > len(g.Values) {
		fmt.Fprintf(&b, "等 %d 种", n)
	}
	return b.String()
}

// says reports whether the message has told the values already.
func (g Group) says() bool { return len(g.Values) == 1 && strings.Contains(g.Message, g.Values[0]) }

// different counts the different texts that are not blank.
func (g Group) different(text func(templates.Finding) string) int {
	seen := map[string]bool{}
	for _, f := range g.members {
		if s := text(f); s != "" {
			seen[s] = true
		}
	}
	return len(seen)
}
