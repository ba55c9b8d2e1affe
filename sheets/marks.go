package sheets

import (
	"slices"
	"strings"
)

// Mark is something to show in a cell of a county's workbook: a light fill, and
// a text beside the cell. Several marks on one cell become one note, and the
// cell has the worst tint of them.
type Mark struct {
	Sheet string
	Cell  string // B7
	Tint  Tint
	Note  string // "" for a fill alone
}

// tintRank orders tints by how much they want to be seen.
var tintRank = map[Tint]int{NoTint: 0, Grey: 1, Green: 2, Blue: 3, Yellow: 4, Red: 5}

// sheetMarks are the marks of one sheet, by cell.
type sheetMarks struct {
	tints map[int]map[int]Tint
	texts map[[2]int][]string // by row and column
}

func newSheetMarks() *sheetMarks {
	return &sheetMarks{tints: map[int]map[int]Tint{}, texts: map[[2]int][]string{}}
}

// add takes a mark. One whose cell is no address is left out: it stands in the
// report all the same.
func (s *sheetMarks) add(m Mark) {
	col, row, ok := ParseAddress(m.Cell)
	if !ok {
		return
	}
	if m.Tint != NoTint {
		if s.tints[row] == nil {
			s.tints[row] = map[int]Tint{}
		}
		if tintRank[m.Tint] > tintRank[s.tints[row][col]] {
			s.tints[row][col] = m.Tint
		}
	}
	at := [2]int{row, col}
	if m.Note != "" && !slices.Contains(s.texts[at], m.Note) {
		s.texts[at] = append(s.texts[at], m.Note)
	}
}

// notes gives one note a cell, from the top down, at most maxNotes.
func (s *sheetMarks) notes() []note {
	cells := make([][2]int, 0, len(s.texts))
	for at := range s.texts {
		cells = append(cells, at)
	}
	slices.SortFunc(cells, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	var list []note
	for _, at := range cells[:min(len(cells), maxNotes)] {
		list = append(list, note{Address(at[1], at[0]), strings.Join(s.texts[at], "\n")})
	}
	return list
}

// unnoted counts, by sheet, the cells whose note is left out.
func unnoted(marks []Mark) map[string]int {
	bySheet := map[string]*sheetMarks{}
	for _, m := range marks {
		if bySheet[m.Sheet] == nil {
			bySheet[m.Sheet] = newSheetMarks()
		}
		bySheet[m.Sheet].add(m)
	}
	left := map[string]int{}
	for name, s := range bySheet {
		if n := len(s.texts) - maxNotes; n > 0 {
			left[name] = n
		}
	}
	return left
}
