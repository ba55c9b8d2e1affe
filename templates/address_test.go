package templates

import (
	"strings"
	"testing"
)

func TestMailAddress(t *testing.T) {
	long := strings.Repeat("x", 60) + "@" + strings.Repeat("abcdefgh.", 21) + "cn"
	good := map[string]string{
		"a@county.example":            "a@county.example",
		"张三 <zhang@county.example>":   "zhang@county.example",
		"o'neil+hb@mail-1.county.cn":  "o'neil+hb@mail-1.county.cn",
		"xx@xn--fiqs8s.example":       "xx@xn--fiqs8s.example",
		long:                          long, // 252 characters
		"<bare-brackets@example.com>": "bare-brackets@example.com",
	}
	for text, want := range good {
		if got, ok := MailAddress(text); !ok || got != want {
			t.Errorf("%q: %q %t", text, got, ok)
		}
	}
	for _, text := range []string{
		"", "张三", "张@county.example", "a@县.example", "root@[127.0.0.1]", "root@127.0.0.1", "a b@county.example",
		"a@b@county.example", ".a@county.example", "a..b@county.example", "a@localhost", "a@-x.example", "xx" + "xx" + long,
		"a@county.example\r\nBcc: other@example.com", "a@county.example, b@county.example", strings.Repeat("x", 65) + "@a.example",
	} {
		if got, ok := MailAddress(text); ok {
			t.Errorf("%q was taken as %q", text, got)
		}
	}
}

// TestConfidentialForms holds the shipped forms that name petitioners, their
// petitions or people with telephones against those of plain figures and dates.
func TestConfidentialForms(t *testing.T) {
	c, err := Load(City{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{
		"petition_ledger": true, "open_issue_check": true, "task_progress": true, "revisit_check": true,
		"case_summary": false, "closure_ledger": false, "accountability": false,
	}
	for name, confidential := range want {
		if f := c.Form(name); f == nil || f.Confidential != confidential {
			t.Errorf("%s: confidential %t", name, !confidential)
		}
	}
}
