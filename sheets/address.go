package sheets

import "strconv"

// Address names a cell the way a spreadsheet does: column 5, row 3 is E3.
func Address(col, row int) string {
	var room [28]byte
	return string(strconv.AppendInt(appendColumn(room[:0], col), int64(row), 10))
}

// ColumnName names a column: 1 is A, 28 is AB.
func ColumnName(col int) string {
	var room [8]byte
	return string(appendColumn(room[:0], col))
}

func appendColumn(dst []byte, col int) []byte {
	var b [8]byte
	i := len(b)
	for col > 0 && i > 0 {
		col--
		i--
		b[i] = byte('A' + col%26)
		col /= 26
	}
	return append(dst, b[i:]...)
}

// ParseAddress reads a cell's name, in capitals or not: E3 is column 5, row 3.
// Anything outside A1:XFD1048576 is no address.
func ParseAddress(s string) (col, row int, ok bool) {
	return parseRef([]byte(s))
}

const (
	maxRow = 1_048_576
	maxCol = 16_384
)

func parseRef[T []byte | string](s T) (col, row int, ok bool) {
	i := 0
	for ; i < len(s); i++ {
		c := s[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		if col = col*26 + int(c-'a') + 1; col > maxCol {
			return 0, 0, false
		}
	}
	letters := i
	for ; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			return 0, 0, false
		}
		if row = row*10 + int(c); row > maxRow {
			return 0, 0, false
		}
	}
	return col, row, letters > 0 && row > 0 && s[letters] != '0'
}

// parseArea reads A1:C3, or A1 alone, with its corners in any order.
func parseArea(s []byte) (Range, bool) {
	cut := len(s)
	for i, c := range s {
		if c == ':' {
			cut = i
			break
		}
	}
	c1, r1, ok := parseRef(s[:cut])
	if !ok || cut == len(s) {
		return Range{Row1: r1, Col1: c1, Row2: r1, Col2: c1}, ok
	}
	c2, r2, ok := parseRef(s[cut+1:])
	return Range{
		Row1: min(r1, r2), Col1: min(c1, c2),
		Row2: max(r1, r2), Col2: max(c1, c2),
	}, ok
}

// parseCount reads a whole number that is not negative and not large.
func parseCount(raw []byte) (int, bool) {
	n := 0
	for _, c := range raw {
		if c < '0' || c > '9' || n > 100_000_000 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(raw) > 0
}
