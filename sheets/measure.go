package sheets

import (
	"math"
	"strings"
)

// TextWidth is how many characters wide a text is; a Chinese one counts twice.
func TextWidth(text string) int {
	n := 0
	for _, r := range text {
		if n++; r > 0x2E7F {
			n++
		}
	}
	return n
}

// Lines estimates how many lines a text takes in a column so many characters
// wide, with a little room to spare: fonts differ from machine to machine.
func Lines(text string, width float64) int {
	lines := 0
	for part := range strings.SplitSeq(text, "\n") {
		lines += max(1, int(math.Ceil(float64(TextWidth(part))/max(width-1, 1))))
	}
	return lines
}

// wraps are the looks whose text is broken over several lines.
var wraps = map[Look]bool{Body: true, Header: true, Total: true, Title: true, Note: true}

// needed is the height in points that a row's longest cell needs, 0 where one
// line is enough.
func (w *sheetWriter) needed(r GridRow) float64 {
	most := 1
	for _, c := range r.Cells {
		text, ok := c.Value.(string)
		if !ok || !wraps[c.Style.Look] || w.merged[[2]int{r.Num, c.Col}] {
			continue
		}
		width := 9.0
		if c.Col <= len(w.grid.Widths) {
			width = w.grid.Widths[c.Col-1]
		}
		most = max(most, Lines(text, width))
	}
	if most == 1 {
		return 0
	}
	return min(float64(most)*14.5+4, 409)
}
