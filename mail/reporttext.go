package mail

import (
	"fmt"
	"strings"

	"golang.org/x/text/width"
)

// lineWidth is how wide a line may be, in half-width columns: a window of
// Notepad shows it whole without wrapping.
const lineWidth = 76

// ReportText writes the answer as plain text: Chinese first, then a short
// English summary. Lines end in \n.
func ReportText(r Report) string { return r.page().text() }

func (p page) text() string {
	var b strings.Builder
	wrap(&b, p.Head, "", "")
	for _, s := range p.Why {
		wrap(&b, s, "", "")
	}
	if len(p.Steps) > 0 {
		b.WriteString("\n怎么办\n")
		for i, s := range p.Steps {
			wrap(&b, s, fmt.Sprintf("  %d. ", i+1), "     ")
		}
	}
	for i, s := range p.Parts {
		b.WriteString("\n" + strings.Repeat("-", 60) + "\n")
		s.write(&b, i)
	}
	return b.String()
}

// numerals number the parts of a text, as official papers do.
var numerals = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// heading is the title of a part with its number; the English one has none.
func heading(at int, title string) string {
	if title == englishTitle {
		return title
	}
	return numerals[at] + "、" + title
}

func (p part) write(b *strings.Builder, at int) {
	b.WriteString(heading(at, p.Title) + "\n")
	if p.Intro != "" {
		wrap(b, p.Intro, "  ", "  ")
	}
	writeFacts(b, p.Facts, "  ")
	for i, it := range p.Items {
		if len(it.Facts) > 0 {
			b.WriteString("\n")
		}
		wrap(b, it.Head, fmt.Sprintf("  %d. ", i+1), "     ")
		writeFacts(b, it.Facts, "     ")
	}
}

// writeFacts sets the texts under each other behind their labels.
func writeFacts(b *strings.Builder, facts []fact, indent string) {
	for _, f := range facts {
		label := indent + "· "
		if f.Label != "" {
			label = indent + f.Label + "："
		}
		wrap(b, f.Text, label, strings.Repeat(" ", columns(label)))
	}
}

// wrap writes a text in lines that fit, the first behind first and the others
// behind rest. It never breaks inside a word, number or address, nor before a
// closing mark.
func wrap(b *strings.Builder, text, first, rest string) {
	line := first
	used := columns(first)
	empty := true
	for _, piece := range pieces(text) {
		if n := columns(strings.TrimRight(piece, " ")); !empty && used+n > lineWidth {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line, used = rest, columns(rest)
			piece = strings.TrimLeft(piece, " ")
		}
		line += piece
		used += columns(piece)
		empty = false
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// closing marks never begin a line, opening marks never end one.
const (
	closing = "，。；：！？、）】》”’…,.;:!?)]"
	opening = "（【《“‘(["
)

// pieces splits a text where a line may be broken.
func pieces(text string) []string {
	var out []string
	var cur strings.Builder
	var last rune
	for _, c := range text {
		if last != 0 && breakable(last, c) {
			out = append(out, cur.String())
			cur.Reset()
		}
		cur.WriteRune(c)
		last = c
	}
	if cur.Len() > 0 {
		out = append(out, cur.String())
	}
	return out
}

// breakable says whether a line may end between two characters.
func breakable(a, b rune) bool {
	switch {
	case strings.ContainsRune(closing, b) || b == ' ' || strings.ContainsRune(opening, a):
		return false
	case a == ' ':
		return true
	}
	return runeColumns(a) == 2 || runeColumns(b) == 2
}

// columns is the width of a text in half-width columns.
func columns(s string) int {
	n := 0
	for _, c := range s {
		n += runeColumns(c)
	}
	return n
}

// runeColumns takes characters of ambiguous width for wide, as Chinese fonts do.
func runeColumns(c rune) int {
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
		return 2
	}
	return 1
}

// windowsText makes a text that every Notepad shows right: UTF-8 with a byte
// order mark and CRLF line ends.
func windowsText(s string) []byte {
	return []byte("\ufeff" + strings.ReplaceAll(s, "\n", "\r\n"))
}
