package mail

import (
	"fmt"
	"strings"

	"taizhang/sheets"
	"taizhang/templates"
)

// keys names the rows concerned, and says when there are more.
func keys(g templates.FindingGroup) string {
	s := strings.Join(g.Keys, "、")
	if n := g.AllKeys; n > len(g.Keys) {
		s += fmt.Sprintf(" 等 %d 行", n)
	}
	return s
}

// values shows values as typed, each in quotation marks, and says when there
// are more.
func values(g templates.FindingGroup) string {
	var b strings.Builder
	for _, v := range g.Values {
		b.WriteString("“" + v + "”")
	}
	if n := g.AllValues; n > len(g.Values) {
		fmt.Fprintf(&b, "等 %d 种", n)
	}
	return b.String()
}

// says reports whether the message has told the values already.
func says(g templates.FindingGroup) bool {
	return len(g.Values) == 1 && strings.Contains(g.Message, g.Values[0])
}

// cellsText lists cells as at most twenty areas and says how many there are.
func cellsText(cells []string) string { return sheets.AreasText(cells, "%s 等 %d 处") }
