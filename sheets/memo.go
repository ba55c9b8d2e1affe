package sheets

// memo remembers how figures were shown last, for the same dates and amounts come
// again and again within a workbook.
type memo struct {
	entries [256]memoEntry
	used    bool
}

type memoEntry struct {
	format  *numFormat
	raw     [15]byte
	rawLen  uint8
	shown   [31]byte
	length  uint8
	kind    Kind
	percent bool
}

// of is where a figure in a format has its place, be it there or not.
func (m *memo) of(format *numFormat, raw []byte) *memoEntry {
	h := uint32(2166136261)
	for _, c := range raw[:min(len(raw), len(memoEntry{}.raw))] {
		h = (h ^ uint32(c)) * 16777619
	}
	m.used = true
	return &m.entries[(h^h>>15+uint32(len(format.sections)))%uint32(len(m.entries))]
}

func (e *memoEntry) has(format *numFormat, raw []byte) bool {
	return e.format == format && string(e.raw[:e.rawLen]) == string(raw)
}

// keep remembers a figure, but for long ones.
func (e *memoEntry) keep(format *numFormat, raw, shown []byte, cell Cell) {
	if len(raw) > len(e.raw) || len(shown) > len(e.shown) {
		return
	}
	e.format, e.kind, e.percent = format, cell.Kind, cell.Percent
	e.rawLen, e.length = uint8(copy(e.raw[:], raw)), uint8(copy(e.shown[:], shown))
}

// clear forgets all: formats are those of one workbook.
func (m *memo) clear() {
	if m.used {
		*m = memo{}
	}
}
