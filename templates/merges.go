package templates

import "taizhang/sheets"

// mergeMap answers which cells a merge covers, for merges below a header. Merges
// of a sound workbook do not overlap, so a row has few; the bounds keep a
// hostile one from costing more than it should.
type mergeMap struct {
	all  []sheets.Range
	rows map[int][]int32 // by row, the merges that touch it
	tall []int32         // merges too tall to list row by row
}

const (
	tallMerge    = 100  // rows
	mergesPerRow = 1000 // as many as there are columns
)

func newMergeMap(merges []sheets.Range, below int) *mergeMap {
	m := &mergeMap{all: merges, rows: map[int][]int32{}}
	for i, r := range merges {
		switch {
		case r.Row2 <= below:
		case r.Row2-r.Row1 < tallMerge:
			m.list(int32(i), r)
		case len(m.tall) < mergesPerRow:
			m.tall = append(m.tall, int32(i))
		}
	}
	return m
}

func (m *mergeMap) list(i int32, r sheets.Range) {
	for row := r.Row1; row <= r.Row2; row++ {
		if len(m.rows[row]) < mergesPerRow {
			m.rows[row] = append(m.rows[row], i)
		}
	}
}

// touch says whether a merge holds any cell of the row.
func (m *mergeMap) touch(row int) bool { return len(m.tall) > 0 || len(m.rows[row]) > 0 }

// at is the merge that holds a cell.
func (m *mergeMap) at(row, col int) (sheets.Range, bool) {
	for _, list := range [][]int32{m.rows[row], m.tall} {
		for _, i := range list {
			r := m.all[i]
			if row >= r.Row1 && row <= r.Row2 && col >= r.Col1 && col <= r.Col2 {
				return r, true
			}
		}
	}
	return sheets.Range{}, false
}

// covers says whether a merge hides the cell: it is not the merge's first.
func (m *mergeMap) covers(row, col int) bool {
	r, ok := m.at(row, col)
	return ok && (row != r.Row1 || col != r.Col1)
}

// width is how many columns the cell spans.
func (m *mergeMap) width(row, col int) int {
	if r, ok := m.at(row, col); ok {
		return r.Col2 - r.Col1 + 1
	}
	return 1
}
