package templates

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An office writes more into a title than its words: it numbers the columns, says in
// brackets how to fill them in, or lists the choices there. None of that makes
// another column of it.

// titleNumber is a number before a title: 1. or (2) or 三、
var titleNumber = regexp.MustCompile(`^[(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[).、:]+`)

// numbered says whether a text begins as a numbered title may, folded or not. Most
// begin with no number, and most that do go on without a mark behind it.
func numbered(text string) bool {
	if text == "" || !isDigit(text[0]) && text[0] != '(' && text[0] != 0xe4 && text[0] != 0xe5 && text[0] != 0xef {
		return false // by the first byte of a number or a bracket
	}
	rest := strings.TrimLeft(text, "(（")
	for range 3 {
		r, size := utf8.DecodeRuneInString(rest)
		if size == 0 || !titleDigit(r) {
			break
		}
		rest = rest[size:]
	}
	if len(rest) == len(text) || rest == "" {
		return false
	}
	mark, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune(".、)．）:：", mark)
}

// titleDigit says whether a title may be numbered with the character.
func titleDigit(r rune) bool {
	switch r {
	case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十':
		return true
	}
	return r >= '0' && r <= '9' || r >= '０' && r <= '９'
}

// cutNumber takes the number off a folded title: 1.整改时限, (三)整改时限. What is
// then left begins with no digit: 1.5米 is not numbered.
func cutNumber(title string) string {
	if !numbered(title) {
		return title
	}
	rest := title[len(titleNumber.FindString(title)):]
	if rest == "" || isDigit(rest[0]) || rest[0] == ')' {
		return title
	}
	return rest
}

// cutAmong takes the word off that only says that columns are parts of another one:
// 其中:属实, 已办结(件)其中.
func cutAmong(title string) string {
	if !strings.Contains(title, "其中") {
		return title
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(title, "其中"), ":"), "其中")
	if bare = foldTitle(strings.TrimRight(bare, ",、:")); bare == "" {
		return title
	}
	return bare
}

// bareTitlePath is a column's title without what an office adds to it.
type bareTitlePath struct {
	keys    titleKeys
	choices []string // what stood in brackets behind it, part by part; nil for nothing
}

// newBarePath is nil where nothing was added.
func newBarePath(path []string, folded titleKeys) *bareTitlePath {
	if !hasMore(folded.tails[0]) {
		return nil
	}
	var out bareTitlePath
	bare := make([]string, len(path))
	added := false
	for i, level := range path {
		folded := foldTitle(level)
		bare[i] = cutAmong(cutNumber(folded))
		added = added || bare[i] != folded
	}
	last := len(bare) - 1
	if title, inside, ok := cutBracket(bare[last]); ok {
		bare[last], out.choices, added = title, choicesIn(inside), true
	}
	if !added {
		return nil
	}
	out.keys = newTitleKeys(bare)
	return &out
}

// hasMore says whether a folded path has a level that is numbered, a part, or ends in
// a bracket.
func hasMore(path string) bool {
	if strings.HasSuffix(path, ")") || strings.Contains(path, "其中") {
		return true
	}
	for more := true; more; {
		var level string
		level, path, more = strings.Cut(path, "\x00")
		if numbered(level) {
			return true
		}
	}
	return false
}

// cutBracket takes the bracket off the end of a folded title.
func cutBracket(title string) (bare, inside string, ok bool) {
	open := strings.IndexByte(title, '(')
	if open <= 0 || !strings.HasSuffix(title, ")") {
		return title, "", false
	}
	return title[:open], title[open+1 : len(title)-1], true
}

// choicesIn are the parts of a bracket, without the word that asks for one of them.
func choicesIn(inside string) []string {
	parts := strings.FieldsFunc(inside, func(r rune) bool { return separator(r) || strings.ContainsRune(`“”"'‘’|或`, r) })
	if len(parts) > 0 && slices.Contains([]string{"填", "填写", "选", "选填", "请填", "请选", "请选择", "选择"}, parts[0]) {
		parts = parts[1:]
	}
	return append([]string{}, parts...)
}

// names says whether the bracket behind the title only lists what the field may
// hold. One word may be another column's: 已办结(属实).
func (o *bareTitlePath) names(f *Field) bool {
	if o.choices == nil {
		return true
	}
	return len(o.choices) > 1 && !slices.ContainsFunc(o.choices, func(part string) bool {
		_, ok := f.choice(part)
		return !ok
	})
}

// hint says whether a bracket behind a title only tells how it is filled in: 必填,
// 例如2026年12月, 年/月/日.
func hint(inside string) bool {
	if titleHints[inside] || dayShape.MatchString(inside) {
		return true
	}
	return slices.ContainsFunc(hintStarts, func(word string) bool { return strings.HasPrefix(inside, word) })
}

// hintStarts are how a hint begins, and dayShape is how a day is to be written.
var (
	hintStarts = []string{"例:", "例如", "如:", "格式", "请", "须填", "填写", "注:", "下拉", "从下拉"}
	dayShape   = regexp.MustCompile(`^(?:年[-/.]?月(?:[-/.]?日)?|y{4}[-/.年]?m{1,2}(?:[-/.月]?d{1,2}日?)?)$`)
)

// bracketUnit is the unit that a bracket behind a title states, "" for none: 万元,
// 单位:万元, 人民币元.
func bracketUnit(inside string) string {
	if units[inside] {
		return inside
	}
	inside = strings.TrimPrefix(strings.TrimPrefix(inside, "计量"), "单位:")
	if inside = strings.TrimPrefix(inside, "人民币"); units[inside] {
		return inside
	}
	return ""
}

// likeTitle says whether a folded title that names no column may be meant for the
// field: by the same letters with other signs between, by what stands before a
// bracket, or by its end.
func likeTitle(f *Field, title string) bool {
	whole := letters(strings.Join(f.Path, ""))
	bare, _, _ := cutBracket(cutNumber(title))
	for _, path := range append([][]string{f.Path}, f.Aliases...) {
		word := foldTitle(path[len(path)-1])
		long := utf8.RuneCountInString(word) >= 4
		if len(path) == 1 && (bare == word || letters(title) == letters(word)) || long && strings.HasSuffix(bare, word) {
			return true
		}
	}
	return letters(title) == whole || letters(title) == letters(strings.Join(f.barePath(), ""))
}

// barePath is the field's title, its levels folded.
func (f *Field) barePath() []string {
	out := make([]string, len(f.Path))
	for i, level := range f.Path {
		out[i] = foldTitle(level)
	}
	return out
}

// letters is what remains of a text without signs and blanks.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(s))
}
