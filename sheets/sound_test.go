package sheets

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// Bytes are taken up to the first that is no text, wherever it stands, whatever
// stands around it.
func TestSoundLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	pieces := []string{"a", "<row r=\"1\">", "\t\n\r", "柳河村", "é", "😀", "\ud7ff\ue000\uffff", "\x7f", strings.Repeat("x", 16)}
	for _, tt := range []struct{ bad, reason string }{
		{"", ""}, {"\x00", "control"}, {"\x1f", "control"}, {"\x0b", "control"}, {"\xff", "utf8"}, {"\x80", "utf8"},
		{"\xc0\x80", "utf8"}, {"\xe0\x80\x80", "utf8"}, {"\xed\xa0\x80", "utf8"}, {"\xf4\x90\x80\x80", "utf8"}, {"\xe4\xb8a", "utf8"}, {"\xe4\x01", "utf8"},
	} {
		for range 300 {
			var before, after strings.Builder
			for range rng.IntN(12) {
				before.WriteString(pieces[rng.IntN(len(pieces))])
				after.WriteString(pieces[rng.IntN(len(pieces))])
			}
			want := before.Len()
			if tt.bad == "" {
				want += after.Len()
			}
			text := before.String() + tt.bad + after.String()
			for _, more := range []bool{false, true} {
				if n, reason := soundLength([]byte(text), more); n != want || reason != tt.reason {
					t.Fatalf("%q: %d %q, want %d %q", text, n, reason, want, tt.reason)
				}
			}
		}
	}
}

// A character that is cut off waits for its rest while there may be one.
func TestSoundLengthCut(t *testing.T) {
	for _, r := range "é柳😀" {
		whole := "表" + string(r)
		for n := len("表") + 1; n < len("表")+utf8.RuneLen(r); n++ {
			if got, reason := soundLength([]byte(whole[:n]), true); got != 3 || reason != "" {
				t.Errorf("%q with more to come: %d %q", whole[:n], got, reason)
			}
			if got, reason := soundLength([]byte(whole[:n]), false); got != 3 || reason != "utf8" {
				t.Errorf("%q at the end: %d %q", whole[:n], got, reason)
			}
		}
	}
}
