package mail

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime"
	"net/mail"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"taizhang/merge"
	"taizhang/templates"
)

// maxAttached is how many bytes of attachments a letter carries; many servers
// refuse more.
const maxAttached = 10 << 20

//go:embed letter.html
var letterHTML string

// letterPage is the HTML part of a letter.
var letterPage = template.Must(template.New("letter").Parse(letterHTML))

// colours of the verdict line: edge and fill.
var colours = map[string][2]string{
	"good": {"#1a7f37", "#e6f4ea"},
	"look": {"#1a7f37", "#f3f7e0"},
	"part": {"#bf8700", "#fff8e1"},
	"bad":  {"#c62828", "#fdecea"},
	"wait": {"#1565c0", "#e8f0fe"},
}

// attachment is one file that goes with a letter. It has an ASCII name, which
// every mail program shows, and the name that a person knows it by.
type attachment struct {
	ascii string
	name  string
	kind  gomail.ContentType
	data  []byte
}

// The kinds of files that are attached.
const (
	kindText gomail.ContentType = "text/plain; charset=utf-8"
	kindBook gomail.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Subject is the subject of the letter about a submission. It names the form,
// the period and the receipt, and nothing from the file.
func Subject(r Report) string {
	form := title(r)
	if form == "" {
		form = "未识别的表"
	}
	if p := r.Submission.Period; p != "" {
		form += "（" + p + "期）"
	}
	return fmt.Sprintf("【台账】%s：%s回执%s", r.Submission.Verdict.Say("zh"), form, r.Submission.Number)
}

// compose writes the letter with attachments of at most so many bytes. Every
// attempt to deliver it carries the same Message-ID, so that a letter that
// arrived twice is shown once.
func compose(l merge.Letter, r Report, from string, files []attachment, most int, now time.Time) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingB64))
	if err := m.From(from); err != nil {
		return nil, fmt.Errorf("sender address %q in the settings: %w", from, err)
	}
	m.SetMessageIDWithValue(strings.Trim(l.MessageID, "<>"))
	m.SetDateWithValue(now)
	m.Subject(Subject(r))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	root := threadRoot(l, r)
	m.SetGenHeader(gomail.HeaderInReplyTo, root)
	m.SetGenHeader(gomail.HeaderReferences, root)
	files, dropped := fit(files, most)
	note := attachedPart(files, dropped)
	m.SetBodyString(gomail.TypeTextPlain, letterText(r, note))
	html, err := letterBody(r, note)
	if err != nil {
		return nil, err
	}
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	for _, f := range files {
		m.AttachReadSeeker(f.ascii, bytes.NewReader(f.data), gomail.WithFileContentType(f.kind), named(f))
	}
	return m, nil
}

// named writes both names of an attachment: the ASCII one for every mail
// program, and the Chinese one as RFC 2231 asks.
func named(f attachment) gomail.FileOption {
	return func(file *gomail.File) {
		kind, params, err := mime.ParseMediaType(string(f.kind))
		if err == nil {
			params["name"] = f.ascii
			file.Header.Set("Content-Type", mime.FormatMediaType(kind, params))
		}
		file.Header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q;\r\n filename*=UTF-8''%s",
			f.ascii, url.PathEscape(templates.Shown(f.name, 90))))
	}
}

// threadRoot is what all letters about one county and form refer to, so that a
// mail program shows them together.
func threadRoot(l merge.Letter, r Report) string {
	sum := sha256.Sum256([]byte(r.Submission.County + "\x00" + r.Submission.Form))
	_, domain, ok := strings.Cut(strings.Trim(l.MessageID, "<>"), "@")
	if !ok {
		domain = "taizhang.invalid"
	}
	return "<thread." + hex.EncodeToString(sum[:8]) + "@" + domain + ">"
}

// fit leaves out what would make the letter too large, the last files first.
func fit(files []attachment, most int) (kept, dropped []attachment) {
	total := 0
	for _, f := range files {
		if total+len(f.data) > most {
			dropped = append(dropped, f)
			continue
		}
		total += len(f.data)
		kept = append(kept, f)
	}
	return kept, dropped
}

// attachedPart says which file is which, and where those are that are too large.
func attachedPart(files, dropped []attachment) part {
	p := part{Title: "附件"}
	for _, f := range files {
		p.say(f.ascii, templates.Shown(f.name, 90))
	}
	for _, f := range dropped {
		p.say("没有随信附上", "“"+templates.Shown(f.name, 90)+"”太大，请到报送文件夹里的“"+answersFolder+"”文件夹取。")
	}
	p.Intro = "本邮件由系统自动发出，请不要回复；改好的表请放进报送文件夹。"
	return p
}

// withNote puts the letter's own part before the English summary.
func withNote(p page, note part) page {
	at := len(p.Parts)
	if at > 0 && p.Parts[at-1].Title == englishTitle {
		at--
	}
	parts := append([]part{}, p.Parts[:at]...)
	parts = append(parts, note)
	p.Parts = append(parts, p.Parts[at:]...)
	return p
}

func letterText(r Report, note part) string { return withNote(r.page(), note).text() }

// letterBody is the letter's HTML; it says the same as the text.
func letterBody(r Report, note part) (string, error) {
	p := withNote(r.page(), note)
	c := colours[p.Tone]
	var b bytes.Buffer
	err := letterPage.Execute(&b, struct {
		Title, Edge, Fill string
		Page              page
	}{Subject(r), c[0], c[1], p})
	if err != nil {
		return "", fmt.Errorf("write letter: %w", err)
	}
	return b.String(), nil
}

// usable keeps the addresses that a letter may go to: plain ASCII, no address
// of a bare machine, at most 254 characters.
func usable(addresses []string) []string {
	var out []string
	for _, a := range addresses {
		p, err := mail.ParseAddress(a)
		if err != nil || len(p.Address) > 254 || strings.ContainsAny(p.Address, "[]") || !ascii(p.Address) {
			continue
		}
		out = append(out, p.Address)
	}
	return out
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
