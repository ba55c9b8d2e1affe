package sheets

import (
	"maps"
	"slices"
)

// canvas finds the cells of a grid by their place.
type canvas struct {
	rows  map[int]GridRow
	cells map[int]map[int]GridCell
}

func newCanvas(rows []GridRow) *canvas {
	c := &canvas{rows: map[int]GridRow{}, cells: map[int]map[int]GridCell{}}
	for _, r := range rows {
		c.rows[r.Num] = r
		for _, cell := range r.Cells {
			c.set(r.Num, cell)
		}
	}
	return c
}

func (c *canvas) has(row, col int) bool {
	_, ok := c.cells[row][col]
	return ok
}

func (c *canvas) at(row, col int) GridCell { return c.cells[row][col] }

func (c *canvas) set(row int, cell GridCell) {
	if c.cells[row] == nil {
		c.cells[row] = map[int]GridCell{}
	}
	c.cells[row][cell.Col] = cell
}

// sorted gives the rows and their cells in ascending order.
func (c *canvas) sorted() []GridRow {
	nums := slices.Collect(maps.Keys(c.rows))
	for n := range c.cells {
		if _, ok := c.rows[n]; !ok {
			nums = append(nums, n)
		}
	}
	slices.Sort(nums)
	out := make([]GridRow, 0, len(nums))
	for _, n := range nums {
		row := GridRow{Num: n, Height: c.rows[n].Height}
		for _, col := range slices.Sorted(maps.Keys(c.cells[n])) {
			row.Cells = append(row.Cells, c.cells[n][col])
		}
		out = append(out, row)
	}
	return out
}
