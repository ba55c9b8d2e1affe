package templates

import (
	"strings"
	"unicode/utf8"

	"taizhang/sheets"

	"golang.org/x/text/unicode/norm"
)

// typed is what typing a cell gives: a value, or why there is none, and what
// was read otherwise than typed.
type typed struct {
	value Value
	code  string // "" when the value is good; else the code of what is wrong
	way   string // variant of the message of code
	facts facts
	notes []noted
}

// noted is a remark on a value that was read.
type noted struct {
	code, way string
	severity  Severity // "" for the code's default
	facts     facts
}

// typist types the cells of one file.
type typist struct {
	counties *Counties
	sender   *County
	date1904 bool
	day      string         // the file's own 填报日期, "" when it has none
	money    map[int]string // by field index: the money unit of the file's column, where the form has another
	moneyAt  string         // where that unit stands when it is above the table
	names    []string       // the fields by which the form knows a row
	told     []cellTold     // of the row that is typed
}

// cellTold is what is to be told of the cell of a field.
type cellTold struct {
	field int
	typed
}

// typeFunc types a cell that holds something other than an error.
type typeFunc func(t *typist, f *Field, c sheets.Cell) typed

// typerOf is how a cell of the field's type is typed.
func typerOf(kind string) typeFunc {
	switch kind {
	case "int", "decimal":
		return typeNumber
	case "date":
		return typeDate
	case "month":
		return typeMonth
	case "enum":
		return typeEnum
	case "multi":
		return typeMulti
	case "bool":
		return typeBool
	case "deadline":
		return typeDeadline
	case "unit":
		return typeUnit
	}
	return typeText
}

// placeholders are what people write where there is nothing to write.
var placeholders = map[string]bool{
	"无": true, "/": true, "-": true, "—": true, "——": true, "－": true, "／": true,
	"--": true, "―": true, "–": true, "\\": true, "、": true, "---": true, "———": true, "...": true, "……": true, "暂无": true, "没有": true,
}

// longestPlaceholder is how many bytes a placeholder has at most, however its
// three characters are spelt.
const longestPlaceholder = 12

// placeholder says whether a clean text stands for nothing. Those that begin with a
// Chinese character are few, and none begins with a letter or a digit.
func placeholder(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if len(text) > longestPlaceholder || startsPlain(text) && first != '无' && first != '暂' && first != '没' {
		return false
	}
	return placeholders[norm.NFKC.String(text)]
}

// cell types one cell for a field and checks the field's own limits.
func (t *typist) cell(f *Field, c sheets.Cell) typed {
	if f.Serial {
		return t.serial(f, c)
	}
	switch c.Kind {
	case sheets.Error:
		return typed{code: "C09", facts: facts{"Error": c.Raw}}
	case sheets.Empty:
		return typed{code: "C11"}
	}
	out := t.read(f, c)
	if out.code == "" && !out.value.Blank() {
		checkLimits(f, &out)
	}
	if out.code != "" {
		out.notes = nil // one mistake, one finding
	}
	return out
}

// serial reads a running number. Every hand numbers rows in its own way, 4. or
// （五）, and it is no data: what is no number is left out and holds no row.
func (t *typist) serial(f *Field, c sheets.Cell) typed {
	if c.Kind != sheets.Number && c.Kind != sheets.Text {
		return typed{}
	}
	out := t.read(f, c)
	if out.code != "" {
		return typed{}
	}
	return typed{value: out.value}
}

// read cleans a text, takes a placeholder as blank and types the rest.
func (t *typist) read(f *Field, c sheets.Cell) typed {
	var notes []noted
	if c.Kind == sheets.Text {
		text := clean(c.Text)
		if placeholder(text) && !slicesHas(f.Enum, text) {
			return typed{notes: []noted{{code: "C14"}}}
		}
		if text != c.Text && (f.Type != "text" || changed(c.Text, text)) {
			notes = append(notes, noted{code: "C13"})
		}
		c.Text, c.Raw = text, text
	}
	out := typerOf(f.Type)(t, f, c)
	if len(notes) > 0 {
		out.notes = append(notes, out.notes...)
	}
	return out
}

// changed says whether cleaning did more than trim plain blanks.
func changed(before, after string) bool {
	return strings.TrimSpace(strings.ReplaceAll(before, "\r\n", "\n")) != after
}

func slicesHas(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func wrong(code, way string, f facts) typed { return typed{code: code, way: way, facts: f} }

func typeText(t *typist, f *Field, c sheets.Cell) typed {
	if f.OwnPlace && c.Kind == sheets.Text && t.sender != nil && t.counties != nil {
		if other := t.counties.ByName(c.Text); other != nil && !t.sender.is(other.Name) {
			return wrong("C05", "unit", facts{"County": t.sender.Name})
		}
	}
	if c.Kind == sheets.Text && ditto(c.Text) {
		return t.pointed(f, c.Text)
	}
	out := typed{value: Value{Text: c.Text}}
	switch c.Kind {
	case sheets.Number:
		if lostDigits(c.Raw) {
			return wrong("C12", "", nil)
		}
		out.value.Text = plainNumber(c)
	case sheets.Date:
		out.notes = []noted{{code: "C03", way: "date"}}
	}
	if c.Formula {
		out.notes = []noted{{code: "C03", way: "formula"}}
	}
	return out
}

// typeUnit reads the name of the sender. Another county's row is never taken
// through this folder.
func typeUnit(t *typist, f *Field, c sheets.Cell) typed {
	text := clean(c.Text)
	if t.sender == nil || t.sender.is(text) {
		return typed{value: Value{Text: senderName(t.sender, text)}}.readAs(text, senderName(t.sender, text))
	}
	if other := t.counties.ByName(text); other == t.sender && other != nil {
		out := typed{value: Value{Text: t.sender.Name}}
		return out.readAs(text, t.sender.Name)
	}
	return wrong("C05", "unit", facts{"County": t.sender.Name})
}

func senderName(c *County, text string) string {
	if c == nil {
		return text
	}
	return c.Name
}

// is says whether the text is the county's own name.
func (c *County) is(text string) bool { return fold(c.Name) == fold(text) }

// readAs notes that a cell was read otherwise than typed.
func (o typed) readAs(typedText, value string) typed {
	if typedText != value {
		o.notes = append(o.notes, noted{code: "C03", facts: facts{"Read": value}})
	}
	return o
}

// confirm notes it and asks the county to look.
func (o typed) confirm(value string) typed {
	o.notes = append(o.notes, noted{code: "C03", way: "confirm", severity: Warn, facts: facts{"Read": value}})
	return o
}
