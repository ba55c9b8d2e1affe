package sheets

import (
	"encoding/binary"
	"iter"
	"slices"
)

// Cells are the cells of a row, ascending by Col. They are kept in few bytes, as
// they were read, and are made when they are asked for: a large sheet would need
// more memory for its cells than for all that they say. The zero value has none.
type Cells struct {
	block  *cellBlock
	at     uint16 // in the block's data: where the row begins
	n      uint16
	ghosts uint16 // 1 + which of the block's ghosts are this row's, 0 for none
}

// cellBlock are the cells of many rows: as long as a text of one of them is in use,
// all are. A cell is its head, its column where it is not the next one, the length
// of what is stored, that of what is shown where it is another text, and these
// texts. For a text of the table of shared strings its number stands in place of
// the length.
type cellBlock struct {
	data    string
	strings *stringTable
	ghosts  [][]uint16 // columns of cells that are left out, of each row that has any
}

// The head of a cell: its kind, and yes-no properties.
const (
	headKind    = 7
	headFormula = 1 << 3
	headPercent = 1 << 4
	headShown   = 1 << 5 // what is shown is another text than what is stored
	headColumn  = 1 << 6 // its column is stated
)

// sharedText is the kind in the head of a cell that says a shared string.
const sharedText = Error + 1

// CellsOf are the cells of a row that is made by hand, ascending by Col.
func CellsOf(cells ...Cell) Cells {
	if len(cells) == 0 {
		return Cells{}
	}
	var h held
	for _, c := range cells {
		at := placeOf(c.Col, c.Formula).as(c.Kind)
		if c.Percent {
			at.head |= headPercent
		}
		if c.Text != c.Raw {
			at.head |= headShown
		}
		h.say(at, []byte(c.Raw), []byte(c.Text))
	}
	return Cells{block: &cellBlock{data: string(h.text)}, n: uint16(len(cells))}
}

// Len is how many cells there are.
func (c Cells) Len() int { return int(c.n) }

// All makes the cells one by one.
func (c Cells) All() iter.Seq[Cell] {
	return func(yield func(Cell) bool) {
		var cell Cell
		for w := c.walk(); w.next(&cell); {
			if !yield(cell) {
				return
			}
		}
	}
}

// Append makes the cells and appends them.
func (c Cells) Append(dst []Cell) []Cell {
	from := len(dst)
	dst = slices.Grow(dst, c.Len())[:from+c.Len()]
	w := c.walk()
	for i := range dst[from:] {
		w.next(&dst[from+i])
	}
	return dst
}

// Equal says whether the cells are the same, however they are kept.
func (c Cells) Equal(other Cells) bool {
	if c.n != other.n {
		return false
	}
	var one, two Cell
	for a, b := c.walk(), other.walk(); a.next(&one) && b.next(&two); {
		if one != two {
			return false
		}
	}
	return true
}

// without leaves out cells by their columns. It is asked once for a row.
func (c Cells) without(hides func(col int) bool) Cells {
	var gone []uint16
	for cell := range c.All() {
		if hides(cell.Col) {
			gone = append(gone, uint16(cell.Col))
		}
	}
	if len(gone) > 0 {
		c.block.ghosts = append(c.block.ghosts, gone)
		c.ghosts, c.n = uint16(len(c.block.ghosts)), c.n-uint16(len(gone))
	}
	return c
}

// cellWalk goes from cell to cell of a row.
type cellWalk struct {
	data    string
	strings *stringTable
	ghosts  []uint16 // columns yet to be passed over
	at      int      // where the next cell begins
	left    int      // how many there are
	col     int      // of the cell it is at

	head byte // of that cell
	rest int  // where stands what follows its column
}

func (c Cells) walk() cellWalk {
	if c.n == 0 {
		return cellWalk{}
	}
	w := cellWalk{data: c.block.data, strings: c.block.strings, at: int(c.at), left: int(c.n)}
	if c.ghosts > 0 {
		w.ghosts = c.block.ghosts[c.ghosts-1]
	}
	return w
}

// next makes the next cell, and reports whether there is one.
func (w *cellWalk) next(c *Cell) bool {
	if w.left == 0 {
		return false
	}
	w.left--
	w.step(c)
	for len(w.ghosts) > 0 && int(w.ghosts[0]) == c.Col {
		w.ghosts = w.ghosts[1:]
		w.step(c)
	}
	return true
}

// step makes the next cell, be it a ghost or not.
func (w *cellWalk) step(c *Cell) {
	data, at, col := w.data, w.at+1, w.col+1
	head := data[at-1]
	if head&headColumn != 0 {
		col, at = number(data, at)
	}
	c.Col, c.Kind, c.Formula, c.Percent = col, Kind(head&headKind), head&headFormula != 0, head&headPercent != 0
	w.col, w.head, w.rest = col, head, at
	n, at := number(data, at)
	switch {
	case c.Kind == sharedText:
		c.Kind, c.Raw = Text, w.strings.at(n)
		c.Text = c.Raw
	case head&headShown != 0:
		var shown int
		shown, at = number(data, at)
		c.Raw, c.Text = data[at:at+n], data[at+n:at+n+shown]
		at += n + shown
	default:
		c.Raw = data[at : at+n]
		c.Text = c.Raw
		at += n
	}
	w.at = at
}

// number reads what binary.AppendUvarint wrote.
func number(data string, at int) (n, next int) {
	if b := data[at]; b < 0x80 {
		return int(b), at + 1
	}
	return longNumber(data, at)
}

func longNumber(data string, at int) (n, next int) {
	for shift := 0; ; shift += 7 {
		b := data[at]
		at++
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n, at
		}
	}
}

func appendNumber(dst []byte, n int) []byte {
	if n < 0x80 {
		return append(dst, byte(n))
	}
	return binary.AppendUvarint(dst, uint64(n))
}
