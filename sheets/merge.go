package sheets

import "slices"

// readMerges reads the merged areas.
func (r *sheetReader) readMerges() error {
	r.row, r.col = 0, 0
	for {
		more, err := r.s.child(2)
		if err != nil || !more {
			return err
		}
		if string(r.s.name) == "mergeCell" {
			if len(r.sheet.Merges) == r.lim.Merges {
				return r.beyond("merges", r.lim.Merges+1, r.lim.Merges)
			}
			ref, _ := r.s.attr("ref")
			area, ok := parseArea(ref)
			if !ok {
				return r.trouble("merge")
			}
			r.sheet.Merges = append(r.sheet.Merges, area)
		}
		if err := r.s.skip(); err != nil {
			return err
		}
	}
}

// dropGhosts takes out values that lie under a merged area: only its first cell
// is seen, in Excel as on paper. Merges are swept from top to bottom over the
// filled columns, of which there are few, so that the work stays linear however
// many merges there are. The first cell of any merge always stays.
func (r *sheetReader) dropGhosts() {
	if len(r.sheet.Merges) == 0 || len(r.sheet.Rows) == 0 {
		return
	}
	merges := slices.Clone(r.sheet.Merges)
	slices.SortStableFunc(merges, func(a, b Range) int { return a.Row1 - b.Row1 })
	cover := newCover(r.filled)
	for i := range r.sheet.Rows {
		row := &r.sheet.Rows[i]
		for len(merges) > 0 && merges[0].Row1 <= row.Num {
			cover.add(merges[0])
			merges = merges[1:]
		}
		if row.Num > cover.bottom {
			continue
		}
		row.Cells = row.Cells.without(func(col int) bool { return cover.hides(col, row.Num) })
	}
	r.sheet.Rows = slices.DeleteFunc(r.sheet.Rows, func(row Row) bool { return row.Cells.Len() == 0 })
}

// cover knows, for each filled column, down to which row it is covered.
type cover struct {
	cols   []int
	bottom int // the last row that anything covers
	until  []int
	anchor []int // the row of the last merge that begins in this column
}

func newCover(filled bitset) *cover {
	c := &cover{}
	for w, word := range filled.words[:filled.top] {
		for bit := range 64 {
			if word&(1<<bit) != 0 {
				c.cols = append(c.cols, w*64+bit)
			}
		}
	}
	c.until, c.anchor = make([]int, len(c.cols)), make([]int, len(c.cols))
	return c
}

func (c *cover) add(m Range) {
	c.bottom = max(c.bottom, m.Row2)
	i, first := slices.BinarySearch(c.cols, m.Col1)
	if first {
		c.anchor[i] = m.Row1
	}
	for ; i < len(c.cols) && c.cols[i] <= m.Col2; i++ {
		c.until[i] = max(c.until[i], m.Row2)
	}
}

func (c *cover) hides(col, row int) bool {
	i, ok := slices.BinarySearch(c.cols, col)
	return ok && row <= c.until[i] && row != c.anchor[i]
}
