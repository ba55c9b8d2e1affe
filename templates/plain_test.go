package templates

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"taizhang/sheets"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
	"pgregory.net/rapid"
)

// spellings are texts as cells have them, and characters that fold to others, join
// with the one before, or go.
func spellings() *rapid.Generator[string] {
	odd := rapid.SampledFrom([]string{"甲", "号", "Ａ", "a", "K", "9", "９", "①", "（", "）", "(必填)", "(件)", "件", "*", "※", "：", "。", "、", "，",
		" ", "\u3000", "\n", "\r\n", "\u200b", "\u0301", "\u0338", "\ufe0f", "é", "ｱﾞ", "㈱", "豈", "\x00", "\xff", "\xe4\xb8", "無", "无", "-", "/", ".", "年", "月", "日", "计", "合计", "数", "《", "～", "\u301f", "\u3020", "\uff5e", "\uff5f", "\uff00", "“", "\x7f", "\t"})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(odd, 0, 6).Draw(t, "text"), "") })
}

// What shows the stored digits shows the number.
func TestSameDigits(t *testing.T) {
	for _, tt := range []struct {
		text, raw string
		want      bool
	}{
		{"12", "12", true}, {"12.00", "12", true}, {"1,234", "1234", true}, {"1,006.50", "1006.5", true}, {"-3", "-3", true},
		{"120", "12", false}, {"1.2", "12", false}, {"6.13", "6.125", false}, {"3.5万", "35000", false}, {"12家", "12", false}, {"", "0", false},
		{"12..0", "12", false}, {"12.0,0", "12", false}, {"1", "12", false},
	} {
		if got := sameDigits(tt.text, tt.raw); got != tt.want {
			t.Errorf("%q for %q: %v", tt.text, tt.raw, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		stored := decimal.New(rapid.Int64Range(-9999999, 9999999).Draw(t, "digits"), rapid.Int32Range(-4, 2).Draw(t, "exponent"))
		text := rapid.StringMatching(`-?[0-9]{1,3}(,?[0-9]{3}){0,2}(\.[0-9]{0,4}0*)?`).Draw(t, "text")
		if sameDigits(text, stored.String()) && !shownAlike(text, stored) {
			t.Fatalf("%q has the digits of %s", text, stored)
		}
	})
}

// The short ways give what the long ones do, for every spelling.
func TestPlainTextsTakeTheShortWay(t *testing.T) {
	long := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unprintable(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFKC.String(s))
	}
	form := &Form{Fields: []*Field{{Path: []string{"甲号", "9月", "K年", "（件）", "a甲", "月", "/"}}, {Path: []string{"合计数"}}}}
	form.titles = newTitleBook(form)
	shareEnds([]*Form{form})
	book, ends := form.titles, &titleEnds{}
	rapid.Check(t, func(t *rapid.T) {
		s := spellings().Draw(t, "s")
		folded := long(s)
		if got := fold(s); got != folded {
			t.Fatalf("fold(%q) = %q, want %q", s, got, folded)
		}
		if got, ok := foldPlain(s); ok && got != long(norm.NFKC.String(clean(s))) {
			t.Fatalf("%q spelt out folds to %q, not to %q", s, long(norm.NFKC.String(clean(s))), got)
		}
		if book.ends.has(foldTitle(s)) && !book.ends.may(s) {
			t.Fatalf("%q is what a title ends with", s)
		}
		if got, want := clean(s), longClean(s); got != want || tidy(s) && s != want {
			t.Fatalf("clean(%q) = %q, want %q; tidy: %v", s, got, want, tidy(s))
		}
		if got, want := narrow(s), width.Fold.String(s); got != want {
			t.Fatalf("narrow(%q) = %q, want %q", s, got, want)
		}
		if _, size := utf8.DecodeRuneInString(s); startsPlain(s) && !strings.HasPrefix(folded, strings.ToLower(s[:size])) {
			t.Fatalf("%q starts plain, but folds to %q", s, folded)
		}
		if _, size := utf8.DecodeLastRuneInString(s); endsPlain(s) && !strings.HasSuffix(foldTitle(s), s[len(s)-size:]) {
			t.Fatalf("%q ends plain, but is the title %q", s, foldTitle(s))
		}
		if !ends.may(s) && (foldTitle(s) == "" || strings.HasSuffix(foldTitle(s), ")")) {
			t.Fatalf("%q may be no title's end, but folds to %q", s, foldTitle(s))
		}
		if got, want := book.isLevel(0, s), slices.Contains(book.levels[0], foldTitle(s)); got != want {
			t.Fatalf("isLevel(%q) = %v", s, got)
		}
		if total := strings.Trim(foldTitle(s), ":*"); !mayBeTotal(s) && (totalWords[total] || ownTotal.MatchString(total)) {
			t.Fatalf("%q is a word for a total", s)
		}
		if got, want := string(appendKey(nil, s)), foldKey(s); got != want {
			t.Fatalf("key of %q: %q, want %q", s, got, want)
		}
		if got, want := placeholder(s), len(s) <= longestPlaceholder && placeholders[norm.NFKC.String(s)]; got != want {
			t.Fatalf("placeholder(%q) = %v", s, got)
		}
		if got, want := startsNote(s), isNote(folded); got != want {
			t.Fatalf("startsNote(%q) = %v", s, got)
		}
	})
}

// longClean is clean, character by character.
func longClean(s string) string {
	var out strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case r == '\t' || r == '\r' || r == '\u00a0' || r == '\u3000':
			out.WriteRune(' ')
		case r == '\n' || !unprintable(r):
			out.WriteRune(r)
		}
	}
	return strings.TrimSpace(out.String())
}

// Few texts need be held against the patterns of a zero report, and all that match
// them are.
func TestZeroReportsBeginAsTheyMay(t *testing.T) {
	parts := rapid.SampledFrom([]string{"零报告", "零", "本期", "本月", "无", "没有", "内容", "实行", "√", "□", "[x]", ":", "(没有要报的,改成☑)", "。", "件"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(parts, 1, 4).Draw(t, "text"), "")
		if !mayBeNil(s) && (nilMark.MatchString(s) || nilWord.MatchString(s)) {
			t.Fatalf("%q says that there is nothing to report", s)
		}
	})
}

// A row is a header by its own titles, however soon that is known.
func TestHeadersByMostOfTheirCells(t *testing.T) {
	f := &Form{}
	for _, title := range []string{"甲", "乙", "丙", "丁", "戊", "己"} {
		f.Fields = append(f.Fields, &Field{Path: []string{title}})
	}
	rapid.Check(t, func(t *rapid.T) {
		table := &tableReader{form: f, titles: newTitleBook(f)}
		row := tableRow{cells: make([]*sheets.Cell, len(f.Fields))}
		same := 0
		for i, field := range f.Fields {
			switch rapid.IntRange(0, 3).Draw(t, "cell") {
			case 0:
				continue
			case 1:
				row.cells[i] = &sheets.Cell{Kind: sheets.Text, Text: "一"}
			default:
				row.cells[i] = &sheets.Cell{Kind: sheets.Text, Text: field.Path[0]}
				same++
			}
			row.held++
		}
		if got, want := table.isHeader(row), same >= 3 && same*2 > row.held; got != want {
			t.Fatalf("%d titles in %d cells: %v", same, row.held, got)
		}
	})
}

// A day cut up by hand is the day that the pattern finds.
func TestPlainPartsAreThoseOfThePattern(t *testing.T) {
	parts := rapid.SampledFrom([]string{"2019", "19", "6", "06", "17", "177", "-", "/", ".", "年", "月", "日", "号", "、", " ", "T", ":", "时", "0"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(parts, 1, 7).Draw(t, "text"), "")
		year, month, day, ok := plainParts(s)
		if m := dayText.FindStringSubmatch(s); ok && (m == nil || m[1] != year || m[2] != month || m[3] != day) {
			t.Fatalf("%q was cut into %s, %s, %s; the pattern has %q", s, year, month, day, m)
		}
	})
	if _, _, _, ok := plainParts("2019年6月17日"); !ok {
		t.Error("2019年6月17日 is as plain as can be")
	}
}
