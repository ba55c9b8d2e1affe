package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// fold makes two spellings of one word equal: NFKC, lower case, and without
// blanks, line breaks and invisible characters.
func fold(s string) string {
	if out, ok := foldPlain(s); ok {
		return out
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unprintable(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

// foldPlain folds a text of ASCII, common Chinese characters and full-width
// forms, for which NFKC goes character by character. False: it has others. Most
// texts change nothing, and are returned as they are.
func foldPlain(s string) (string, bool) {
	same := true
	for _, r := range s {
		switch {
		case r > ' ' && r < 0x7f:
			same = same && (r < 'A' || r > 'Z')
		case r >= 0x4e00 && r <= 0x9fff, r == '、' || r == '。':
		case r <= 0x7f, r == 0x3000, r >= 0xff01 && r <= 0xff5e:
			same = false
		default:
			return "", false
		}
	}
	if same {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xff01 - '!'
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		if r > ' ' && r != 0x7f && r != 0x3000 {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out), true
}

// unprintable says whether a person cannot see the character.
func unprintable(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || r == '\uFE0F'
}

// units are what may stand in brackets behind a column's title.
var units = map[string]bool{
	"件": true, "处": true, "家": true, "人": true, "人次": true, "个": true, "项": true,
	"起": true, "次": true, "户": true, "元": true, "万元": true, "亿元": true, "%": true,
	"吨": true, "亩": true, "公里": true, "平方米": true, "天": true,
}

// narrow makes full-width letters, digits and signs plain ones, and nothing
// else: unlike NFKC it does not make 121 of 12①.
func narrow(s string) string { return width.Fold.String(s) }

// titleHints are what may stand in brackets behind a title to tell how it is
// filled in.
var titleHints = map[string]bool{"必填": true, "选填": true, "可不填": true, "下拉": true,
	"下拉选择": true, "单选": true, "多选": true, "可多选": true}

// footnote says whether the character only points to a note: ①, ², ※, *.
func footnote(r rune) bool {
	return r >= '①' && r <= '⓿' || r >= '❶' && r <= '➓' || strings.ContainsRune("*＊※†‡¹²³⁰⁴⁵⁶⁷⁸⁹", r) || unicode.IsSpace(r)
}

// bareTitle is a folded title without footnote marks, colons and hints.
func bareTitle(s string) string {
	s = strings.TrimRight(fold(strings.TrimRightFunc(strings.TrimLeftFunc(s, footnote), footnote)), "*:")
	for {
		open := strings.LastIndexByte(s, '(')
		if open <= 0 || !strings.HasSuffix(s, ")") || !titleHints[s[open+1:len(s)-1]] {
			return s
		}
		s = s[:open]
	}
}

// foldTitle makes two spellings of a column's title equal: fold, and without
// the unit in brackets, hints, footnote marks and a trailing colon.
func foldTitle(s string) string {
	s = bareTitle(s)
	for {
		open := strings.LastIndexByte(s, '(')
		if open <= 0 || !strings.HasSuffix(s, ")") || !units[s[open+1:len(s)-1]] {
			return s
		}
		s = s[:open]
	}
}

// clean is what a text cell keeps of what was typed: outer blanks, no-break
// blanks, control and invisible characters go; inner line breaks stay.
func clean(s string) string {
	if cleanAlready(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u00a0' || r == '\u3000' || r == '\r':
			return ' '
		case unprintable(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// cleanAlready says whether a text has only characters that stay as they are,
// which most texts do.
func cleanAlready(s string) bool {
	for _, r := range s {
		switch {
		case r >= ' ' && r < 0x7f, r == '\n', r >= 0x4e00 && r <= 0x9fff, r == '、', r == '。', r >= 0xff01 && r <= 0xff5e:
		default:
			return false
		}
	}
	return true
}
