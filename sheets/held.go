package sheets

import "slices"

// held are the rows of a sheet while it is read. They have no pointers, for the
// collector looks at every pointer of everything again and again: the rows of the
// sheet are made at its end.
type held struct {
	rows  []heldRow
	texts []string // the cells of many rows together
	text  []byte   // and of the rows that are not among them yet

	from int // where the row that is read begins in text
	n    int // how many cells it has
	col  int // and the column of the last one
}

// heldRow is what a row is made of.
type heldRow struct {
	num    int32
	text   int32 // which of the texts
	at     uint16
	n      uint16
	hidden bool
}

// manyTexts is more bytes than the cells of rows have together, but for a row that
// has more alone. A piece of memory has so many.
const manyTexts = 32 << 10

// place is the column and the head of a cell that is being read.
type place struct {
	col  int
	head byte
}

func placeOf(col int, formula bool) place {
	if formula {
		return place{col, headFormula}
	}
	return place{col, 0}
}

// as is the place of a cell of that kind.
func (p place) as(kind Kind) place {
	p.head = p.head&^headKind | byte(kind)
	return p
}

func (p place) formula() bool { return p.head&headFormula != 0 }

// put begins the next cell of the row.
func (h *held) put(p place) {
	if p.col == h.col+1 {
		h.text = append(h.text, p.head)
	} else {
		h.text = appendNumber(append(h.text, p.head|headColumn), p.col)
	}
	h.col = p.col
	h.n++
}

// say puts a cell with what is stored, and with what is shown if its head says so.
func (h *held) say(p place, raw, shown []byte) {
	h.put(p)
	h.text = append(appendNumber(h.text, len(raw)), raw...)
	if p.head&headShown != 0 {
		h.text = append(appendNumber(h.text, len(shown)), shown...)
	}
}

// heldCell is a cell that was put before.
type heldCell struct {
	place
	rest string // what follows its column
}

// cells are the cells of some data.
func (b *cellBlock) cells(out []heldCell, at, n int) []heldCell {
	var c Cell
	for col := 0; n > 0; n-- {
		head, own, rest := b.begin(at, col)
		at, col = b.cell(&c, at, col)
		out = append(out, heldCell{place{own, head &^ headColumn}, b.data[rest:at]})
	}
	return out
}

// take puts cells once more, in order. It returns a column that is there twice, 0
// for none.
func (h *held) take(cells []heldCell) (twice int) {
	slices.SortFunc(cells, func(a, b heldCell) int { return a.col - b.col })
	for _, c := range cells {
		if c.col == h.col {
			return c.col
		}
		h.put(c.place)
		h.text = append(h.text, c.rest...)
	}
	return 0
}

// sortRow brings the cells of the row into order, none of which is there twice.
func (h *held) sortRow(strings *stringTable) {
	b := cellBlock{data: string(h.text[h.from:]), strings: strings}
	cells := b.cells(nil, 0, h.n)
	h.text, h.n, h.col = h.text[:h.from], 0, 0
	h.take(cells)
}

// add ends the row.
func (h *held) add(num int, hidden bool) {
	if len(h.text) >= manyTexts && h.from > 0 {
		h.closeText(h.from)
	}
	h.rows = append(doubled(h.rows), heldRow{num: int32(num), text: int32(len(h.texts)), at: uint16(h.from), n: uint16(h.n), hidden: hidden})
	h.from, h.n, h.col = len(h.text), 0, 0
}

// closeText makes the text of the rows before, of which no more comes.
func (h *held) closeText(to int) {
	h.texts = append(h.texts, string(h.text[:to]))
	h.text = h.text[:copy(h.text, h.text[to:])]
	h.from = 0
}

// doubled makes room for one more by doubling, which moves less than append does.
func doubled[T any](s []T) []T {
	if len(s) == cap(s) {
		s = slices.Grow(s, max(len(s), 32))
	}
	return s
}

// clear empties it.
func (h *held) clear() {
	clear(h.texts)
	h.rows, h.texts, h.text = h.rows[:0], h.texts[:0], h.text[:0]
	h.from, h.n, h.col = 0, 0, 0
	if cap(h.rows) > mostKept/64 || cap(h.text) > mostKept {
		*h = held{}
	}
}

// fill makes the sheet's rows.
func (r *sheetReader) fill() {
	h := &r.held
	if len(h.rows) > 0 {
		h.closeText(len(h.text))
		blocks := make([]cellBlock, len(h.texts))
		for i, text := range h.texts {
			blocks[i] = cellBlock{data: text, strings: r.strings}
		}
		r.sheet.Rows = make([]Row, len(h.rows))
		for i, row := range h.rows {
			r.sheet.Rows[i] = Row{Num: int(row.num), Hidden: row.hidden, Cells: Cells{block: &blocks[row.text], at: row.at, n: row.n}}
		}
	}
	h.clear()
}
