package sheets

import "slices"

// spot is a cell in the making. While a sheet is read there are only spots, for
// the collector looks at every pointer of everything again and again, and a spot
// has none: the cells of a large sheet are made at its end.
// It is small as well, for memory that was not used before costs more than what
// is written to it: where its text begins, the one before it says.
type spot struct {
	n     uint32 // how many bytes are stored, or which of the shared strings it is
	col   uint16
	kind  Kind
	marks spotMarks
}

// spotMarks are the yes-no properties of a cell.
type spotMarks uint8

const (
	markFormula spotMarks = 1 << iota
	markPercent
	markShown // what is shown is another text, which follows the one that is stored
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
	shown []uint32 // how many bytes are shown, of each spot that says so
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
	h.texts, h.text, h.shown = h.texts[:0], h.text[:0], h.shown[:0]
	clear(h.spots[min(1, len(h.spots)):])
	h.rows, h.spots, h.count = h.rows[:0], h.spots[:min(1, len(h.spots))], 0
	for i := range h.spots {
		h.spots[i] = h.spots[i][:0]
	}
	if cap(h.rows) > mostKept/64 || cap(h.text) > mostKept || cap(h.shown) > mostKept/64 || len(h.spots) > 0 && cap(h.spots[0]) > mostKept/64 {
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
	texts := heldTexts{held: h}
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
		texts.enter(row)
		r.makeCells(cells, piece[:n], &texts)
		if row.mixed {
			slices.SortFunc(cells, func(a, b Cell) int { return a.Col - b.Col })
		}
		r.sheet.Rows[i] = Row{Num: int(row.num), Hidden: row.hidden, Cells: cells}
		slab, piece, left = slab[n:], piece[n:], left-n
	}
	h.clear()
}

// heldTexts gives out the texts of cells in the order in which they were added.
type heldTexts struct {
	*held
	now  string // the text that rows have now
	last int32  // which one that is
	at   int
	next int // of the lengths shown
}

// enter goes to the text of a row.
func (t *heldTexts) enter(row heldRow) {
	if t.now == "" || row.text != t.last {
		t.now, t.last, t.at = t.texts[row.text], row.text, 0
	}
}

// makeCells makes one row's cells.
func (r *sheetReader) makeCells(cells []Cell, spots []spot, t *heldTexts) {
	text, at := t.now, t.at
	for i := range spots {
		sp, c := &spots[i], &cells[i]
		c.Col, c.Kind = int(sp.col), sp.kind
		c.Formula, c.Percent = sp.marks&markFormula != 0, sp.marks&markPercent != 0
		if sp.kind == sharedText {
			shared := r.strings.at(int(sp.n))
			c.Kind, c.Raw, c.Text = Text, shared, shared
			continue
		}
		raw := text[at : at+int(sp.n)]
		at += len(raw)
		c.Raw, c.Text = raw, raw
		if sp.marks&markShown != 0 {
			n := int(t.shown[t.next])
			c.Text = text[at : at+n]
			at, t.next = at+n, t.next+1
		}
	}
	t.at = at
}
