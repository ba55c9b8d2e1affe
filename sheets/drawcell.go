package sheets

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// maxText is the longest text a cell holds, in UTF-16 units.
const maxText = 32767

// cutMark ends a text that a cell could not hold, so that nobody takes it for
// the whole.
const cutMark = "…（此处超过32767字，未全部列出 / cut here）"

func (w *sheetWriter) rows() error {
	w.WriteString(`<sheetData>`)
	last := 0
	for _, r := range w.grid.Rows {
		if r.Num <= last {
			return fmt.Errorf("row %d comes after row %d", r.Num, last)
		}
		last = r.Num
		if err := w.row(r); err != nil {
			return err
		}
	}
	w.WriteString(`</sheetData>`)
	return nil
}

func (w *sheetWriter) row(r GridRow) error {
	fmt.Fprintf(w, `<row r="%d"`, r.Num)
	if r.Height > 0 {
		fmt.Fprintf(w, ` ht="%s" customHeight="1"`, digits(min(r.Height, 409)))
	} else if h := w.needed(r); h > w.grid.RowHeight {
		fmt.Fprintf(w, ` ht="%s"`, digits(h)) // not fixed: it goes on growing with its text
	}
	w.WriteString(`>`)
	last := 0
	for _, c := range r.Cells {
		if c.Col <= last {
			return fmt.Errorf("row %d: column %d comes after column %d", r.Num, c.Col, last)
		}
		last = c.Col
		if err := w.cell(r.Num, c); err != nil {
			return fmt.Errorf("cell %s: %w", Address(c.Col, r.Num), err)
		}
	}
	w.WriteString(`</row>`)
	return nil
}

func (w *sheetWriter) cell(row int, c GridCell) error {
	name := Address(c.Col, row)
	key := brushKey{Style: c.Style, link: c.Link != ""}
	text, number, format, err := drawn(c.Value)
	if err != nil {
		return err
	}
	if key.Format == "" {
		key.Format = format
	}
	key.quote = text != "" && strings.ContainsRune("=+-@", rune(text[0]))
	id, err := w.style(key)
	if err != nil {
		return err
	}
	if c.Link != "" {
		w.links = append(w.links, link{name, c.Link})
	}
	switch {
	case number != "":
		fmt.Fprintf(w, `<c r="%s" s="%d"><v>%s</v></c>`, name, id, number)
	case text != "":
		fmt.Fprintf(w, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`,
			name, id, escapeText(cut(text, maxText, cutMark)))
	default:
		fmt.Fprintf(w, `<c r="%s" s="%d"/>`, name, id)
	}
	return nil
}

// drawn says what a value is in a cell: a text, or the digits of a number and
// the format that such a value has unless its style names one.
func drawn(value any) (text, number, format string, err error) {
	switch v := value.(type) {
	case nil:
		return "", "", "", nil
	case string:
		return v, "", "", nil
	case int:
		return "", strconv.Itoa(v), "", nil
	case int64:
		return "", strconv.FormatInt(v, 10), "", nil
	case decimal.Decimal:
		text, number = exact(v)
		return text, number, "", nil
	case time.Time:
		text, number, format = serial(v)
		return text, number, format, nil
	}
	return "", "", "", fmt.Errorf("a value of type %T cannot be drawn", value)
}

// exact gives a decimal's own digits. One that is out of a workbook's range
// (about 1e308) is written as text, since a program would refuse the file.
func exact(d decimal.Decimal) (text, number string) {
	exp, size := int(d.Exponent()), d.NumDigits()
	if exp > 300 || size > 300 || exp+size > 300 || exp < -300 {
		return d.Coefficient().String() + "E" + strconv.Itoa(exp), ""
	}
	return "", d.String()
}

// serial counts the days since 1899-12-30 up to the date as its own time zone
// shows it. Days before March 1900 have no agreed number, and stay text.
func serial(t time.Time) (text, number, format string) {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	if day.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) || t.Year() > 9999 {
		return t.Format("2006-01-02"), "", ""
	}
	days := decimal.NewFromInt((day.Unix() + 2209161600) / 86400)
	seconds := t.Hour()*3600 + t.Minute()*60 + t.Second()
	if seconds == 0 {
		return "", days.String(), "yyyy-mm-dd"
	}
	part := decimal.NewFromInt(int64(seconds)).DivRound(decimal.NewFromInt(86400), 10)
	return "", days.Add(part).String(), "yyyy-mm-dd hh:mm"
}

// escapeText makes a text fit for an element. A character that XML cannot carry
// is spelled _x000B_ as the format does, and a text that looks so already has
// its underscore spelled, so that it reads back the same.
func escapeText(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '_' && looksEscaped(s[i:]):
			b.WriteString("_x005F_")
		case r == '\t' || r == '\n':
			b.WriteRune(r)
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			fmt.Fprintf(&b, "_x%04X_", r)
		default:
			b.WriteRune(r) // an invalid byte becomes U+FFFD
		}
	}
	return b.String()
}

func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

// escapeAttr makes a text fit for an attribute.
func escapeAttr(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"':
			b.WriteString("&quot;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\n' || r == '\t':
			fmt.Fprintf(&b, "&#%d;", r)
		case r < ' ' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
