package templates

// rowRoom is room for the rows of a table, made for several at once.
type rowRoom struct {
	values []Value
	texts  []string
	bad    []bool
	made   int // rows of the sheet that room was made for, those above the table included
}

// roomRows are the most rows that room is made for at once.
const roomRows = 64

// newRow is a row of the form with nothing in it but where its cells stand.
func (t *tableReader) newRow(sheet string, num int) Row {
	n, m := len(t.form.Fields), &t.room
	if len(m.bad) < n {
		rows := max(1, min(roomRows, len(t.head.sheet.Rows)-m.made))
		m.made += rows
		m.values, m.texts, m.bad = make([]Value, n*rows), make([]string, n*rows), make([]bool, n*rows)
	}
	row := Row{Sheet: sheet, Num: num, columns: t.head.columns, Values: m.values[:n:n], typed: m.texts[:n:n], bad: m.bad[:n:n]}
	m.values, m.texts, m.bad = m.values[n:], m.texts[n:], m.bad[n:]
	return row
}
