package sheets

import "slices"

// spot is a cell in the making. While a sheet is read there are only spots, for
// the collector looks at every pointer of everything again and again, and a spot
// has none: the cells of a large sheet are made at its end.
type spot struct {
	from, mid, to int32 // in the text of its rows: raw is from:mid, shown mid:to or as raw
	col           uint16
	kind          Kind
	marks         spotMarks
}

// spotMarks are the yes-no properties of a cell.
type spotMarks uint8

const (
	markFormula spotMarks = 1 << iota
	markPercent
)

func marksOf(c Cell) (m spotMarks) {
	if c.Formula {
		m |= markFormula
	}
	if c.Percent {
		m |= markPercent
	}
	return m
}

// sharedText is the kind of a spot whose text is a shared string, from its number.
const sharedText = Error + 1

// heldRow is what a row is made of.
type heldRow struct {
	num    int32
	text   int32 // which of the texts
	spots  int32
	hidden bool
	mixed  bool // its spots are not ascending
}

// held are the rows of a sheet whose cells are yet to be made.
type held struct {
	rows  []heldRow
	spots [][]spot // in pieces, so that they need not be moved to grow
	count int
	texts []string // what cells say, of many rows together
	text  []byte   // and of the rows that are not among them yet
}

// manyTexts is how many bytes the texts of rows have together, at least, but for
// the last ones: as long as one of them is in use all are.
const manyTexts = 32 << 10

// How many spots the first piece has, and at most.
const firstSpots, mostSpots = 1024, 64 << 10

// add holds the row that was gathered.
func (h *held) add(l *rowCells, num int, hidden bool) {
	n := len(h.spots)
	if n == 0 || cap(h.spots[n-1])-len(h.spots[n-1]) < len(l.spots) {
		h.spots = append(h.spots, make([]spot, 0, max(len(l.spots), min(h.count, mostSpots), firstSpots)))
		n++
	}
	h.spots[n-1] = append(h.spots[n-1], l.spots...)
	h.count += len(l.spots)
	h.rows = append(doubled(h.rows), heldRow{num: int32(num), text: int32(len(h.texts)), spots: int32(len(l.spots)), hidden: hidden, mixed: l.mixed})
	if len(h.text) >= manyTexts {
		h.closeText()
	}
}

// closeText makes the text of the rows before, of which no more comes.
func (h *held) closeText() {
	h.texts = append(h.texts, string(h.text))
	h.text = h.text[:0]
}

// doubled makes room for one more by doubling, which moves less than append does.
func doubled[T any](s []T) []T {
	if len(s) == cap(s) {
		s = slices.Grow(s, max(len(s), 32))
	}
	return s
}

// clear empties it, keeping the first piece.
func (h *held) clear() {
	clear(h.texts)
	h.texts, h.text = h.texts[:0], h.text[:0]
	clear(h.spots[min(1, len(h.spots)):])
	h.rows, h.spots, h.count = h.rows[:0], h.spots[:min(1, len(h.spots))], 0
	for i := range h.spots {
		h.spots[i] = h.spots[i][:0]
	}
	if cap(h.rows) > mostKept/64 || cap(h.text) > mostKept || len(h.spots) > 0 && cap(h.spots[0]) > mostKept/64 {
		*h = held{}
	}
}

// slabCells is how many cells are made together, at most: as long as one of them
// is in use all are.
const slabCells = 8192

// fill makes the sheet's rows and their cells.
func (r *sheetReader) fill() {
	h, left := &r.held, r.held.count
	h.closeText()
	if len(h.rows) > 0 {
		r.sheet.Rows = make([]Row, len(h.rows))
	}
	var slab []Cell
	var piece []spot
	at := 0
	for i, row := range h.rows {
		n := int(row.spots)
		if len(piece) == 0 {
			piece, h.spots[at] = h.spots[at], h.spots[at][:0]
			if at++; at > 1 {
				h.spots[at-1] = nil
			}
		}
		if len(slab) < n {
			slab = make([]Cell, max(n, min(left, slabCells)))
		}
		cells := slab[:n:n]
		r.makeCells(cells, piece[:n], h.texts[row.text])
		if row.mixed {
			slices.SortFunc(cells, func(a, b Cell) int { return a.Col - b.Col })
		}
		r.sheet.Rows[i] = Row{Num: int(row.num), Hidden: row.hidden, Cells: cells}
		slab, piece, left = slab[n:], piece[n:], left-n
	}
	h.clear()
}

// makeCells makes one row's cells. Their texts are cut out of one string.
func (r *sheetReader) makeCells(cells []Cell, spots []spot, text string) {
	for i := range spots {
		sp, c := &spots[i], &cells[i]
		c.Col, c.Kind = int(sp.col), sp.kind
		c.Formula, c.Percent = sp.marks&markFormula != 0, sp.marks&markPercent != 0
		switch {
		case sp.kind == sharedText:
			c.Kind, c.Raw = Text, r.strings.at(int(sp.from))
			c.Text = c.Raw
		case sp.mid == sp.to:
			c.Raw = text[sp.from:sp.mid]
			c.Text = c.Raw
		default:
			c.Raw, c.Text = text[sp.from:sp.mid], text[sp.mid:sp.to]
		}
	}
}
