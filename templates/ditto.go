package templates

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// dittoWords stand for what is written above them. Once rows are sorted, or stand
// among those of other counties, nobody knows what that was.
var dittoWords = map[string]bool{"同上": true, "同前": true, "同左": true, "同上行": true, "同上一行": true, "同上件": true,
	"〃": true, "\"": true, "″": true, "”": true, "“": true, "''": true, "′′": true, "ditto": true}

// ditto says whether a clean text only points to another cell. Few texts begin so.
func ditto(text string) bool { return len(text) <= longestPlaceholder && dittoWord(text) }

func dittoWord(text string) bool {
	if text == "" || han(text) && text[:3] != "同" || isDigit(text[0]) {
		return false
	}
	return dittoWords[text] || dittoWords[strings.ToLower(norm.NFKC.String(text))]
}

// pointed tells of a text that only points to another cell. A row is not known by it,
// and it fills in nothing that is asked for; anywhere else it is kept as it is.
func (t *typist) pointed(f *Field, text string) typed {
	switch {
	case slices.Contains(t.names, f.Name):
		return wrong("R01", "ditto", nil)
	case f.Required:
		return wrong("C01", "ditto", nil)
	}
	return typed{value: Value{Text: text}, notes: []noted{{code: "C14", way: "ditto", severity: Warn}}}
}

// vagueKeys are what stands in place of a number that is not known yet.
var vagueKeys = map[string]bool{"待补": true, "待补充": true, "待定": true, "待填": true, "待核": true, "待核实": true, "待查": true,
	"待编": true, "待编号": true, "待分配": true, "不详": true, "未知": true, "不明": true, "暂缺": true, "缺": true, "暂无编号": true,
	"无编号": true, "没有编号": true, "未编号": true, "另附": true, "见附件": true, "详见附件": true, "?": true, "??": true, "???": true}

// keyTexts holds the rows whose printed key is none, or is several: a row is one item.
func (r *Reading) keyTexts() {
	for _, name := range r.Form.Key {
		f := r.Form.Field(name)
		if f.Type != "text" {
			continue
		}
		for i := range r.Rows {
			if row := &r.Rows[i]; !row.bad[f.Index] && !plainKey(row.Values[f.Index].Text) {
				r.keyText(row, f, row.Values[f.Index].Text)
			}
		}
	}
}

// plainKey says whether a key is nothing but ASCII letters and digits, as most are.
func plainKey(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) && !isLetter(text[i]) {
			return false
		}
	}
	return true
}

func (r *Reading) keyText(row *Row, f *Field, text string) {
	code, way := "", ""
	switch {
	case len(text) <= longestPlaceholder && vagueKeys[fold(text)]:
		code, way = "R01", "ditto"
	case severalNumbers(text):
		code, way = "C07", "several"
	default:
		return
	}
	r.add(r.cellFinding(code, way, nil, f, row.Cell(f.Index), row.typed[f.Index], row.Label, row.Num))
	row.hold()
	row.bad[f.Index] = true
}

// numberDigits is how many digits a part of a key has at least that is a number of its
// own.
const numberDigits = 4

// betweenNumbers says whether a character stands between two numbers. A stroke may be
// within one: 2019/0012.
func betweenNumbers(r rune) bool { return r != '/' && r != '／' && separator(r) }

// severalNumbers says whether a key is several, with something between them. A number
// that only goes on in a second line is one.
func severalNumbers(text string) bool {
	if !strings.ContainsFunc(text, betweenNumbers) {
		return false
	}
	parts := strings.FieldsFunc(text, betweenNumbers)
	whole := 0
	for _, part := range parts {
		digits := 0
		for i := range len(part) {
			if isDigit(part[i]) {
				digits++
			}
		}
		if digits < numberDigits {
			return false
		}
		whole = max(whole, len(part))
	}
	for _, part := range parts {
		if len(part)*2 < whole {
			return false
		}
	}
	return len(parts) > 1
}
