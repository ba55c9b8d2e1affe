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

// plainSpan is how many bytes of a text, from its start, are ASCII letters, digits
// and signs or common Chinese characters, which no rule of spelling touches but
// for capitals.
func plainSpan(s string) int {
	i := 0
	for i < len(s) {
		switch {
		case s[i] > ' ' && s[i] < 0x7f:
			i++
		case han(s[i:]):
			i += 3
		default:
			return i
		}
	}
	return i
}

// plain says whether a whole text is such.
func plain(s string) bool { return plainSpan(s) == len(s) }

// han says whether a text begins with a common Chinese character, U+4E00 to
// U+9FFF, told by its bytes.
func han(s string) bool {
	return len(s) >= 3 && (s[0] >= 0xe5 && s[0] <= 0xe9 || s[0] == 0xe4 && s[1] >= 0xb8) &&
		s[1]&0xc0 == 0x80 && s[2]&0xc0 == 0x80
}

// startsPlain says whether a text begins with a character that stays its first one
// however the text is folded, but for its case: a Chinese character, a digit, or a
// letter that nothing behind it can put an accent on.
func startsPlain(s string) bool {
	if han(s) {
		return true
	}
	return s != "" && (isDigit(s[0]) || isLetter(s[0]) && (len(s) == 1 || s[1] < 0x80 || han(s[1:])))
}

// endsPlain says whether a Chinese character or a digit ends a text, which stays
// its last one however the text is folded.
func endsPlain(s string) bool {
	n := len(s)
	return n > 0 && isDigit(s[n-1]) || n >= 3 && han(s[n-3:])
}

func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// foldPlain folds a text of ASCII, common Chinese characters and full-width
// forms, for which NFKC goes character by character. False: it has others. Most
// texts change nothing, and are returned as they are.
func foldPlain(s string) (string, bool) {
	keep, ok := keptSpan(s)
	if !ok || keep == len(s) {
		return s, ok
	}
	out := append(make([]byte, 0, len(s)), s[:keep]...)
	for _, r := range s[keep:] {
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

// keptSpan is how many bytes from the start folding leaves as they are, and whether
// the rest too has only characters that foldPlain knows.
func keptSpan(s string) (kept int, ok bool) {
	kept = -1
	for i := 0; i < len(s); {
		if han(s[i:]) {
			i += 3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r > ' ' && r < 0x7f && (r < 'A' || r > 'Z'), r == '、' || r == '。':
		case r <= 0x7f, r == 0x3000, r >= 0xff01 && r <= 0xff5e:
			if kept < 0 {
				kept = i
			}
		default:
			return 0, false
		}
		i += size
	}
	if kept < 0 {
		kept = len(s)
	}
	return kept, true
}

// unprintable says whether a person cannot see the character.
func unprintable(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || r == '\uFE0F'
}

// units are what may stand in brackets behind a column's title.
var units = map[string]bool{
	"件": true, "处": true, "家": true, "人": true, "人次": true, "个": true, "项": true,
	"起": true, "次": true, "户": true, "元": true, "千元": true, "万元": true, "百万元": true, "亿元": true, "%": true,
	"吨": true, "亩": true, "公里": true, "平方米": true, "天": true,
}

// narrow makes full-width letters, digits and signs plain ones, and nothing
// else: unlike NFKC it does not make 121 of 12①.
func narrow(s string) string {
	if plain(s) {
		return s
	}
	return width.Fold.String(s)
}

// titleHints are what may stand in brackets behind a title to tell how it is
// filled in.
var titleHints = map[string]bool{"必填": true, "选填": true, "可不填": true, "下拉": true,
	"下拉选择": true, "单选": true, "多选": true, "可多选": true}

// footnote says whether the character only points to a note: ①, ², ※, *.
func footnote(r rune) bool {
	return r >= '①' && r <= '⓿' || r >= '❶' && r <= '➓' || strings.ContainsRune("*＊※†‡¹²³⁰⁴⁵⁶⁷⁸⁹", r) || unicode.IsSpace(r)
}

// roundBrackets makes every bracket of a title a round one.
var roundBrackets = strings.NewReplacer("[", "(", "]", ")", "【", "(", "】", ")", "〔", "(", "〕", ")", "{", "(", "}", ")")

// bareTitle is a folded title without footnote marks, colons and hints.
func bareTitle(s string) string {
	if !startsPlain(s) {
		s = strings.TrimLeftFunc(s, footnote)
	}
	if !endsPlain(s) {
		s = strings.TrimRightFunc(s, footnote)
	}
	if s = fold(s); endsPlain(s) {
		return s
	}
	if s = strings.TrimRight(s, "*:"); strings.ContainsAny(s, "]】〕}") {
		s = roundBrackets.Replace(s)
	}
	for {
		open := strings.LastIndexByte(s, '(')
		if open <= 0 || !strings.HasSuffix(s, ")") || !hint(s[open+1:len(s)-1]) {
			return s
		}
		s = s[:open]
	}
}

// foldTitle makes two spellings of a column's title equal: fold, and without
// the unit in brackets, hints, footnote marks and a trailing colon.
func foldTitle(s string) string {
	if s = bareTitle(s); endsPlain(s) {
		return s
	}
	for {
		open := strings.LastIndexByte(s, '(')
		if open <= 0 || !strings.HasSuffix(s, ")") || bracketUnit(s[open+1:len(s)-1]) == "" {
			return s
		}
		s = s[:open]
	}
}

// clean is what a text cell keeps of what was typed: outer blanks, no-break
// blanks, control and invisible characters go; inner line breaks stay.
func clean(s string) string {
	if cleanAlready(s) {
		return strings.Trim(s, " \n")
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
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < 0x80:
			if c < ' ' && c != '\n' || c == 0x7f {
				return false
			}
			i++
		case i+3 <= len(s) && (han(s[i:i+3]) || chineseSign(s[i:i+3])):
			i += 3
		default:
			return false
		}
	}
	return true
}

// chineseSign says whether a text begins with a sign of Chinese writing or a full-width
// letter, told by its bytes: U+3001 to U+301F, U+FF01 to U+FF5E.
func chineseSign(s string) bool {
	if len(s) < 3 || s[0] != 0xe3 && s[0] != 0xef {
		return false
	}
	return s[0] == 0xe3 && s[1] == 0x80 && s[2] > 0x80 && s[2] <= 0x9f ||
		s[0] == 0xef && s[1] == 0xbc && s[2] > 0x80 && s[2] <= 0xbf ||
		s[0] == 0xef && s[1] == 0xbd && s[2] >= 0x80 && s[2] <= 0x9e
}

// tidy says whether clean leaves a text as it is, for texts of common characters.
func tidy(s string) bool {
	return s != "" && s[0] > ' ' && s[len(s)-1] > ' ' && cleanAlready(s)
}
