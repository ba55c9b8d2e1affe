package sheets

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// shownAreas is how many areas of cells are listed before the count stands in.
const shownAreas = 20

// Areas writes cells as few areas: C5:C9, C14. Cells below each other become
// one area, and equal areas beside each other too. What is no address is left
// as it is written.
func Areas(cells []string) []string {
	var boxes []Range
	var odd []string
	for _, c := range cells {
		col, row, ok := ParseAddress(c)
		if !ok {
			odd = append(odd, c)
			continue
		}
		boxes = append(boxes, Range{Row1: row, Col1: col, Row2: row, Col2: col})
	}
	var out []string
	for _, b := range joinAcross(joinDown(boxes)) {
		out = append(out, areaText(b))
	}
	return append(out, odd...)
}

// AreasText lists at most twenty areas of cells; for more, cut is the wording with
// the first twenty and how many cells there are in all: "%s and others, %d in all".
func AreasText(cells []string, cut string) string {
	areas := Areas(cells)
	if len(areas) <= shownAreas {
		return strings.Join(areas, ", ")
	}
	return fmt.Sprintf(cut, strings.Join(areas[:shownAreas], ", "), len(cells))
}

// joinDown makes one area of cells that stand below each other.
func joinDown(boxes []Range) []Range {
	slices.SortFunc(boxes, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Col1, b.Col1), cmp.Compare(a.Row1, b.Row1))
	})
	var out []Range
	for _, b := range boxes {
		if n := len(out); n > 0 && out[n-1].Col1 == b.Col1 && b.Row1 <= out[n-1].Row2+1 {
			out[n-1].Row2 = max(out[n-1].Row2, b.Row2)
			continue
		}
		out = append(out, b)
	}
	return out
}

// joinAcross makes one area of areas of the same rows in neighbouring columns,
// and orders the areas as one reads: by row, then by column.
func joinAcross(boxes []Range) []Range {
	slices.SortFunc(boxes, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Row1, b.Row1), cmp.Compare(a.Row2, b.Row2),
			cmp.Compare(a.Col1, b.Col1))
	})
	var out []Range
	for _, b := range boxes {
		if n := len(out); n > 0 && out[n-1].Row1 == b.Row1 && out[n-1].Row2 == b.Row2 &&
			out[n-1].Col2+1 == b.Col1 {
			out[n-1].Col2 = b.Col2
			continue
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Row1, b.Row1), cmp.Compare(a.Col1, b.Col1))
	})
	return out
}

func areaText(b Range) string {
	first := Address(b.Col1, b.Row1)
	if b.Row1 == b.Row2 && b.Col1 == b.Col2 {
		return first
	}
	return first + ":" + Address(b.Col2, b.Row2)
}
