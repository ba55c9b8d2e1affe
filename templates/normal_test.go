package templates

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// The short way of folding a text must give what the long one gives.
func TestFoldPlain(t *testing.T) {
	long := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unprintable(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFKC.String(s))
	}
	letters := rapid.SampledFrom([]rune("aZ9 \t\n\x01\x7f~!、。，（）％Ａｚ　县鿿一\u0301\u200b…é①㎡﹪～｟"))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.StringOf(letters), rapid.String()).Draw(t, "text")
		if short, ok := foldPlain(s); ok && short != long(s) {
			t.Fatalf("%q: %q, want %q", s, short, long(s))
		}
	})
	for s, want := range map[string]string{"（ＡＢ　c）": "(abc)", "罚款金额（万元）": "罚款金额(万元)", "a\u0301": "á"} {
		if got := fold(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// A text that is taken as clean must be one that cleaning does not change.
func TestCleanAlready(t *testing.T) {
	for _, r := range []rune{'\t', '\r', 0, 0x7f, 0xa0, 0x3000, 0x200b, 0xfeff, 0xfe0f, 0xad} {
		if s := "甲" + string(r) + "乙"; cleanAlready(s) || clean(s) == s {
			t.Errorf("%q is not clean", s)
		}
	}
	if s := "甲，乙（3）\nAb、。"; !cleanAlready(s) || clean(" "+s+" ") != s {
		t.Errorf("%q is clean", s)
	}
}
