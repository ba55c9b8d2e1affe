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
// all are. A cell is its head, its column where it is not the next one, what is
// stored behind its length, and what is shown behind its length where it is another
// text. For a text of the table of shared strings there is only its number.
type cellBlock struct {
	data    string
	strings *stringTable
	ghosts  [][]uint16 // columns of cells that are left out, of each row that has any
	hollow  bool       // stand-ins for results are no results
}

// The head of a cell: its kind, and yes-no properties.
const (
	headKind    = 7
	headFormula = 1 << 3
	headPercent = 1 << 4
	headShown   = 1 << 5 // what is shown is another text than what is stored
	headColumn  = 1 << 6 // its column is stated
	headStandIn = 1 << 7 // what is stored may stand in for the result of a formula
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
	if c.n == 0 {
		return dst
	}
	from := len(dst)
	dst = slices.Grow(dst, c.Len())[:from+c.Len()]
	if c.ghosts > 0 {
		w := c.walk()
		for i := range dst[from:] {
			w.next(&dst[from+i])
		}
		return dst
	}
	at, col := int(c.at), 0
	for i := range dst[from:] {
		at, col = c.block.cell(&dst[from+i], at, col)
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
	block  *cellBlock
	ghosts []uint16 // columns yet to be passed over
	at     int      // where the next cell begins
	col    int      // of the cell before it
	left   int      // how many there are
}

func (c Cells) walk() cellWalk {
	w := cellWalk{block: c.block, at: int(c.at), left: int(c.n)}
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
	w.at, w.col = w.block.cell(c, w.at, w.col)
	for len(w.ghosts) > 0 && int(w.ghosts[0]) == w.col {
		w.ghosts = w.ghosts[1:]
		w.at, w.col = w.block.cell(c, w.at, w.col)
	}
	return true
}

// cell makes the cell that begins there, behind one in a column. It returns where it
// ends and its own column.
func (b *cellBlock) cell(c *Cell, at, col int) (end, own int) {
	head, col, at := b.begin(at, col)
	c.Col, c.Kind = col, Kind(head&headKind)
	c.Formula, c.Percent = head&headFormula != 0, head&headPercent != 0
	data := b.data
	n, at := number(data, at)
	if c.Kind == sharedText {
		text := b.strings.at(n)
		c.Kind, c.Raw, c.Text = Text, text, text
		return at, col
	}
	raw := data[at : at+n]
	at += n
	shown := raw
	if head&headShown != 0 {
		n, at = number(data, at)
		shown = data[at : at+n]
		at += n
	}
	c.Raw, c.Text = raw, shown
	if head&headStandIn != 0 && b.hollow {
		*c = Cell{Col: col, Kind: Empty, Formula: true}
	}
	return at, col
}

// begin reads how the cell begins that stands there, behind one in a column. It
// returns where the rest of it stands.
func (b *cellBlock) begin(at, col int) (head byte, own, rest int) {
	head = b.data[at]
	if head&headColumn == 0 {
		return head, col + 1, at + 1
	}
	own, rest = longNumber(b.data, at+1)
	return head, own, rest
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
