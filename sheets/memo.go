package sheets

// memo remembers how figures were shown last, for the same dates and amounts come
// again and again within a workbook.
type memo struct {
	sets [128][2]memoEntry
	used bool
}

type memoEntry struct {
	format *numFormat
	raw    [15]byte
	rawLen uint8
	shown  [31]byte
	length uint8
	head   byte // its kind, and whether it is a percentage
}

// of is where a figure in a format has its place, and whether it is there. It takes
// the place of the older of two.
func (m *memo) of(format *numFormat, raw []byte) (e *memoEntry, known bool) {
	h := uint32(2166136261)
	for _, c := range raw[:min(len(raw), len(memoEntry{}.raw))] {
		h = (h ^ uint32(c)) * 16777619
	}
	m.used = true
	set := &m.sets[(h^h>>15+uint32(len(format.sections)))%uint32(len(m.sets))]
	for i := range set {
		if set[i].has(format, raw) {
			return &set[i], true
		}
	}
	set[1] = set[0]
	set[0].format = nil
	return &set[0], false
}

func (e *memoEntry) has(format *numFormat, raw []byte) bool {
	return e.format == format && string(e.raw[:e.rawLen]) == string(raw)
}

// keep remembers a figure, but for long ones.
func (e *memoEntry) keep(format *numFormat, raw, shown []byte, head byte) {
	if len(raw) > len(e.raw) || len(shown) > len(e.shown) {
		return
	}
	e.format, e.head = format, head
	e.rawLen, e.length = uint8(copy(e.raw[:], raw)), uint8(copy(e.shown[:], shown))
}

// clear forgets all: formats are those of one workbook.
func (m *memo) clear() {
	if m.used {
		*m = memo{}
	}
}
