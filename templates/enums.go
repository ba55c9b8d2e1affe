package templates

import (
	"slices"
	"strings"

	"taizhang/sheets"

	"github.com/agnivade/levenshtein"
)

// choice finds the enum value that a text means.
func (f *Field) choice(text string) (string, bool) {
	choices := f.choices
	if choices == nil {
		choices = newChoices(f)
	}
	v, ok := choices[fold(text)]
	return v, ok
}

// newChoices are the enum's values by their own and other words, folded.
func newChoices(f *Field) map[string]string {
	out := make(map[string]string, len(f.Enum)+len(f.Synonyms))
	for word, v := range f.Synonyms {
		out[fold(word)] = v
	}
	for _, v := range slices.Backward(f.Enum) {
		out[fold(v)] = v
	}
	return out
}

// nearest is the choice that looks most like the text, "" when none does.
func (f *Field) nearest(text string) string {
	best, near := "", 0
	for _, v := range f.Enum {
		d := levenshtein.ComputeDistance(fold(text), fold(v))
		if d*2 <= len([]rune(fold(v))) && (best == "" || d < near) {
			best, near = v, d
		}
	}
	return best
}

// begun is the choice that stands before a remark, as in 已办结（5月）; "" where the
// remark names another one.
func (f *Field) begun(text string) string {
	at := strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune("(（[【,，。;；:：", r) })
	if at < 0 {
		return ""
	}
	v, ok := f.choice(text[:at])
	if !ok || slices.ContainsFunc(f.Enum, func(other string) bool { return strings.Contains(text[at:], other) }) {
		return ""
	}
	return v
}

func notInList(f *Field, text string) typed {
	out := wrong("C05", "", facts{"List": strings.Join(f.Enum, "、"), "Text": text})
	near := f.nearest(text)
	if near == "" {
		near = f.begun(text)
	}
	if near != "" {
		out.way, out.facts["Near"] = "near", near
	}
	return out
}

func typeEnum(_ *typist, f *Field, c sheets.Cell) typed {
	v, ok := f.choice(c.Text)
	if list, boxes := f.ticked(c.Text); !ok && boxes && len(list) == 1 {
		v, ok = list[0], true
	}
	if !ok {
		return notInList(f, c.Text)
	}
	return typed{value: Value{Text: v}}.readAs(c.Text, v)
}

// separators stand between several values of one cell.
func separator(r rune) bool {
	switch r {
	case '、', '，', ',', '；', ';', '/', '／', '\n':
		return true
	}
	return false
}

// typeMulti splits a cell at its separators. With an enum each part must be in
// the list; a part that is, separators and all, stays whole.
func typeMulti(t *typist, f *Field, c sheets.Cell) typed {
	if len(f.Enum) == 0 && c.Kind == sheets.Text && ditto(c.Text) {
		return t.pointed(f, c.Text)
	}
	if ticked, ok := f.ticked(c.Text); ok && len(ticked) > 0 {
		return typed{value: Value{Text: strings.Join(ticked, "、")}}.readAs(c.Text, strings.Join(ticked, "、"))
	}
	var list []string
	for _, part := range strings.FieldsFunc(c.Text, separator) {
		part = clean(part)
		if part == "" {
			continue
		}
		if len(f.Enum) > 0 {
			v, ok := f.choice(part)
			if !ok {
				return notInList(f, part)
			}
			part = v
		}
		if !slicesHas(list, part) {
			list = append(list, part)
		}
	}
	text := strings.Join(list, "、")
	out := typed{value: Value{Text: text}}
	if text == c.Text || sameParts(c.Text, list) {
		return out
	}
	return out.readAs(c.Text, text)
}

// sameParts says whether only the separators differ from what was typed.
func sameParts(text string, list []string) bool {
	rest := text
	for _, part := range list {
		i := strings.Index(rest, part)
		if i < 0 || strings.TrimFunc(rest[:i], func(r rune) bool { return separator(r) || r == ' ' }) != "" {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.TrimFunc(rest, func(r rune) bool { return separator(r) || r == ' ' }) == ""
}

// yes and no are the ways people answer.
var (
	yesWords = map[string]bool{"是": true, "有": true, "√": true, "✓": true, "✔": true, "☑": true, "y": true, "yes": true, "true": true, "1": true}
	noWords  = map[string]bool{"否": true, "不是": true, "×": true, "✗": true, "☐": true, "n": true, "no": true, "false": true, "0": true}
)

func typeBool(_ *typist, _ *Field, c sheets.Cell) typed {
	word := fold(c.Text)
	if c.Kind == sheets.Bool {
		word = c.Raw
	}
	switch {
	case yesWords[word]:
		return typed{value: Value{Text: "是"}}.readAs(c.Text, "是")
	case noWords[word]:
		return typed{value: Value{Text: "否"}}.readAs(c.Text, "否")
	}
	return wrong("C05", "", facts{"List": "是、否", "Text": c.Text})
}
