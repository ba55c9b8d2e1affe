package sheets

import (
	"strings"
	"unicode/utf8"
)

// numFormat is a number format, taken apart into its sections: positive;
// negative; zero; text, or by conditions.
type numFormat struct {
	sections   []formatSection
	figures    []*formatSection // the sections that show numbers
	conditions bool             // the sections have conditions
}

// generalFormat shows a number with the digits it has.
var generalFormat = &numFormat{}

// formatSection is one section of a number format.
type formatSection struct {
	kind    sectionKind
	items   []formatItem
	percent int    // how many % signs
	scale   int    // how many trailing commas: each divides by a thousand
	group   bool   // thousands are parted
	local   string // the locale in [$-804], in lower case
	op      string // condition: "<", ">=", …; "" for none
	limit   figure
	meridie bool // hours count to twelve
	dbnum   int  // 1 to 3: figures are shown in Chinese
}

type sectionKind uint8

const (
	showGeneral sectionKind = iota // also for formats that are not understood
	showFigure
	showDate
	showText
	showWords // nothing but words, such as "-" for zero
	showFraction
)

// formatItem is a piece of a section: a literal, or a placeholder.
type formatItem struct {
	kind itemKind
	text string
}

type itemKind uint8

const (
	itemWords   itemKind = iota
	itemDigit            // 0, # or ?
	itemPoint            // the decimal point
	itemComma            // a thousands separator, or a scale
	itemExp              // E+ or E-
	itemSlash            // a fraction's bar, or a date's separator
	itemDate             // yyyy, m, d, h, mm, ss, aaaa, AM/PM …
	itemElapsed          // [h], [mm], [ss]
	itemText             // @
	itemGeneral
	itemUnsure // something that is not understood: show the plain number
)

// parseFormat takes a format code apart. It never fails: what it does not
// understand is shown as a plain number.
func parseFormat(code string) *numFormat {
	if code == "" || strings.EqualFold(code, "General") {
		return generalFormat
	}
	f := &numFormat{}
	for len(f.sections) < 4 {
		sec, rest, more := parseSection(code)
		f.sections = append(f.sections, sec)
		if !more {
			break
		}
		code = rest
	}
	for i := range f.sections[:min(len(f.sections), 3)] {
		if s := &f.sections[i]; s.kind != showText {
			f.figures = append(f.figures, s)
			f.conditions = f.conditions || s.op != ""
		}
	}
	return f
}

// parseSection reads up to the next semicolon.
func parseSection(code string) (sec formatSection, rest string, more bool) {
	for len(code) > 0 {
		if code[0] == ';' {
			sec.settle()
			return sec, code[1:], true
		}
		code = code[sec.lex(code):]
	}
	sec.settle()
	return sec, "", false
}

// lex takes the next piece of the code and returns its length.
func (sec *formatSection) lex(code string) int {
	_, size := utf8.DecodeRuneInString(code)
	switch c := code[0]; c {
	case '"':
		end := strings.IndexByte(code[1:], '"')
		if end < 0 {
			return sec.add(itemWords, code[1:], len(code))
		}
		return sec.add(itemWords, code[1:1+end], end+2)
	case '\\', '!', '_', '*':
		return sec.lexEscape(code)
	case '[':
		return sec.lexBracket(code)
	case '0', '#', '?':
		return sec.add(itemDigit, code[:1], 1)
	case '.':
		return sec.add(itemPoint, ".", 1)
	case ',':
		return sec.add(itemComma, ",", 1)
	case '%':
		sec.percent++
		return sec.add(itemWords, "%", 1)
	case '/':
		return sec.add(itemSlash, "/", 1)
	case '@':
		return sec.add(itemText, "@", 1)
	case 'E', 'e':
		if len(code) > 1 && (code[1] == '+' || code[1] == '-') {
			return sec.add(itemExp, code[:2], 2)
		}
	}
	if n := sec.lexWord(code); n > 0 {
		return n
	}
	return sec.add(itemWords, code[:size], size)
}

func (sec *formatSection) add(kind itemKind, text string, size int) int {
	sec.items = append(sec.items, formatItem{kind, text})
	return size
}

// lexEscape takes a character as it is (\x, and !x in Chinese formats), or as a
// blank of its width (_x) or a filler (*x), which are not shown here.
func (sec *formatSection) lexEscape(code string) int {
	_, size := utf8.DecodeRuneInString(code[1:])
	if code[0] == '\\' || code[0] == '!' {
		sec.add(itemWords, code[1:1+size], 0)
	}
	return 1 + size
}

// lexBracket takes [Red], [$¥-804], [>=100], [h], [DBNum1].
func (sec *formatSection) lexBracket(code string) int {
	end := strings.IndexByte(code, ']')
	if end < 0 {
		return sec.add(itemUnsure, "", len(code))
	}
	body, low := code[1:end], strings.ToLower(code[1:end])
	switch {
	case strings.HasPrefix(body, "$"):
		sign, locale, _ := strings.Cut(body[1:], "-")
		sec.local, _, _ = strings.Cut(strings.ToLower(locale), ",")
		if sign != "" {
			sec.add(itemWords, sign, 0)
		}
	case body != "" && strings.ContainsRune("<>=", rune(body[0])):
		sec.condition(body)
	case low == "dbnum1", low == "dbnum2", low == "dbnum3":
		sec.dbnum = int(low[5] - '0')
	case low != "" && strings.Trim(low, low[:1]) == "" && strings.ContainsRune("hms", rune(low[0])):
		sec.add(itemElapsed, low, 0)
	}
	return end + 1
}

// condition reads >=100.
func (sec *formatSection) condition(body string) {
	number := strings.TrimLeft(body, "<>=")
	limit, ok := scanFigure([]byte(number))
	if !ok {
		sec.add(itemUnsure, "", 0)
		return
	}
	sec.op, sec.limit = body[:len(body)-len(number)], limit
}

// lexWord takes the letters that have a meaning: dates and General.
func (sec *formatSection) lexWord(code string) int {
	for _, w := range []string{"General", "G/通用格式"} {
		if len(code) >= len(w) && strings.EqualFold(code[:len(w)], w) {
			return sec.add(itemGeneral, w, len(w))
		}
	}
	for _, w := range []string{"AM/PM", "A/P", "上午/下午"} {
		if len(code) >= len(w) && strings.EqualFold(code[:len(w)], w) {
			sec.meridie = true
			return sec.add(itemDate, strings.ToUpper(w), len(w))
		}
	}
	c := code[0] | 0x20
	if c == 'g' || c == 'b' {
		return sec.add(itemUnsure, "", 1) // eras and other calendars
	}
	if !strings.ContainsRune("ymdhsea", rune(c)) {
		return 0
	}
	n := 1
	for n < len(code) && code[n]|0x20 == c {
		n++
	}
	return sec.add(itemDate, strings.ToLower(code[:n]), n)
}

// settle decides what the section shows.
func (sec *formatSection) settle() {
	var has [itemUnsure + 1]bool
	for _, it := range sec.items {
		has[it.kind] = true
	}
	switch {
	case has[itemDate] || has[itemElapsed]:
		sec.kind = showDate
		sec.settleDate()
	case has[itemSlash] && has[itemDigit] && !has[itemUnsure]:
		sec.kind = showFraction
		if _, ok := sec.planFraction(); !ok {
			sec.kind, sec.items = showGeneral, nil
		}
	case has[itemUnsure]:
		sec.kind, sec.items = showGeneral, nil
	case has[itemGeneral]:
		sec.kind = showGeneral
	case has[itemDigit]:
		sec.kind = showFigure
		sec.settleCommas()
	case has[itemText]:
		sec.kind = showText
	case sec.dbnum > 0 && len(sec.items) == 0:
		sec.kind = showGeneral
		sec.add(itemGeneral, "", 0)
	default:
		sec.kind = showWords
	}
}

// settleCommas tells separators of thousands from scales: a comma scales when
// no digit of the whole number follows.
func (sec *formatSection) settleCommas() {
	last := -1
	for i, it := range sec.items {
		if it.kind == itemPoint || it.kind == itemExp {
			break
		}
		if it.kind == itemDigit {
			last = i
		}
	}
	for i, it := range sec.items {
		if it.kind != itemComma {
			continue
		}
		if i < last {
			sec.group = true
		} else {
			sec.scale++
		}
	}
}

// settleDate tells minutes from months: m is minutes after hours and before
// seconds.
func (sec *formatSection) settleDate() {
	before := byte(0)
	for i := range sec.items {
		it := &sec.items[i]
		if it.kind != itemDate && it.kind != itemElapsed {
			continue
		}
		if it.kind == itemDate && it.text[0] == 'm' && len(it.text) <= 2 && (before == 'h' || sec.secondsFollow(i+1)) {
			it.text = "n" + it.text[1:]
		}
		if it.text[0] < utf8.RuneSelf && it.text[0] != 'A' {
			before = it.text[0]
		}
	}
}

func (sec *formatSection) secondsFollow(i int) bool {
	for ; i < len(sec.items); i++ {
		if k := sec.items[i].kind; k == itemDate || k == itemElapsed {
			return sec.items[i].text[0] == 's'
		}
	}
	return false
}
