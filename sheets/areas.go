package mail

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"taizhang/sheets"
)

// shownAreas is how many areas of cells are listed before the count stands in.
const shownAreas = 20

// Areas writes cells as few areas: C5:C9, C14. Cells below each other become
// one area, and equal areas beside each other too. What is no address is left
// as it is written.
func Areas(cells []string) []string {
	var boxes []sheets.Range
	var odd []string
	for _, c := range cells {
		col, row, ok := sheets.ParseAddress(c)
		if !ok {
			odd = append(odd, c)
			continue
		}
		boxes = append(boxes, sheets.Range{Row1: row, Col1: col, Row2: row, Col2: col})
	}
	var out []string
	for _, b := range joinAcross(joinDown(boxes)) {
		out = append(out, areaText(b))
	}
	return append(out, odd...)
}

// CellsText lists at most twenty areas and says how many cells there are in all.
func CellsText(cells []string) string { return cellsText(cells, "%s 等 %d 处") }

// cellsText lists at most twenty areas; cut words a list that was cut.
func cellsText(cells []string, cut string) string {
	areas := Areas(cells)
	if len(areas) <= shownAreas {
		return strings.Join(areas, ", ")
	}
	return fmt.Sprintf(cut, strings.Join(areas[:shownAreas], ", "), len(cells))
}

// joinDown makes one area of cells that stand below each other.
func joinDown(boxes []sheets.Range) []sheets.Range {
	slices.SortFunc(boxes, func(a, b sheets.Range) int {
		return cmp.Or(cmp.Compare(a.Col1, b.Col1), cmp.Compare(a.Row1, b.Row1))
	})
	var out []sheets.Range
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
func joinAcross(boxes []sheets.Range) []sheets.Range {
	slices.SortFunc(boxes, func(a, b sheets.Range) int {
		return cmp.Or(cmp.Compare(a.Row1, b.Row1), cmp.Compare(a.Row2, b.Row2),
			cmp.Compare(a.Col1, b.Col1))
	})
	var out []sheets.Range
	for _, b := range boxes {
		if n := len(out); n > 0 && out[n-1].Row1 == b.Row1 && out[n-1].Row2 == b.Row2 &&
			out[n-1].Col2+1 == b.Col1 {
			out[n-1].Col2 = b.Col2
			continue
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b sheets.Range) int {
		return cmp.Or(cmp.Compare(a.Row1, b.Row1), cmp.Compare(a.Col1, b.Col1))
	})
	return out
}

func areaText(b sheets.Range) string {
	first := sheets.Address(b.Col1, b.Row1)
	if b.Row1 == b.Row2 && b.Col1 == b.Col2 {
		return first
	}
	return first + ":" + sheets.Address(b.Col2, b.Row2)
}
