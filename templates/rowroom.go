package templates

import (
	"strconv"

	"taizhang/sheets"
)

// rowRoom is room for the rows of a table, made for several at once.
type rowRoom struct {
	values  []Value
	texts   []string
	bad     []bool
	letters []string // by field index: the column's letters
	address []byte
	made    int // rows that room was made for
}

// roomRows are the most rows that room is made for at once.
const roomRows = 64

// newRow is a row of the form with nothing in it but where its cells stand.
func (t *tableReader) newRow(sheet string, num int) Row {
	n, m := len(t.form.Fields), &t.room
	if len(m.bad) < n {
		rows := max(1, min(roomRows, len(t.head.sheet.Rows)-m.made))
		m.made += rows
		m.values, m.texts, m.bad = make([]Value, n*rows), make([]string, 2*n*rows), make([]bool, n*rows)
	}
	row := Row{Sheet: sheet, Num: num, Values: m.values[:n:n], Cells: m.texts[:n:n], typed: m.texts[n : 2*n : 2*n], bad: m.bad[:n:n]}
	m.values, m.texts, m.bad = m.values[n:], m.texts[2*n:], m.bad[n:]
	t.nameCells(row.Cells, num)
	return row
}

// nameCells gives the row's cells their names: one text, cut up.
func (t *tableReader) nameCells(cells []string, num int) {
	m := &t.room
	if m.letters == nil {
		m.letters = make([]string, len(cells))
		for i, col := range t.head.columns {
			m.letters[i] = sheets.ColumnName(col)
		}
	}
	var room [20]byte
	digits := strconv.AppendInt(room[:0], int64(num), 10)
	m.address = m.address[:0]
	for _, letters := range m.letters {
		if letters != "" {
			m.address = append(append(m.address, letters...), digits...)
		}
	}
	all := string(m.address)
	for i, letters := range m.letters {
		if letters != "" {
			cells[i], all = all[:len(letters)+len(digits)], all[len(letters)+len(digits):]
		}
	}
}
