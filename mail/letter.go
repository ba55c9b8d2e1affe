package mail

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

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
var letterPage = template.Must(template.New("letter").Funcs(template.FuncMap{"heading": heading}).Parse(letterHTML))

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

// compose writes the letter about a submission with attachments of at most so
// many bytes. A confidential one says only that the answer lies in the folder.
func compose(l merge.Letter, r Report, from string, files []attachment, most int, now time.Time) (*gomail.Msg, error) {
	root := threadRoot(l.MessageID, r.Submission.County, r.Submission.Form, r.Submission.Period)
	if r.confidential() {
		return envelope{l, from, Subject(r), root, now}.fill(r.hint(), nil)
	}
	files, dropped := fit(files, most)
	return envelope{l, from, Subject(r), root, now}.fill(withNote(r.page(), attachedPart(files, dropped)), files)
}

// envelope is what every letter has around its content.
type envelope struct {
	letter        merge.Letter
	from, subject string
	root          string // what all letters about one report refer to, "" for none
	now           time.Time
}

// fill writes the letter: the same page as text and as HTML, and the files. Every
// attempt to deliver it carries the same Message-ID, so that a letter that arrived
// twice is shown once.
func (e envelope) fill(p page, files []attachment) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingB64))
	if err := m.From(e.from); err != nil {
		return nil, fmt.Errorf("sender address %q in the settings: %w", e.from, err)
	}
	m.SetMessageIDWithValue(strings.Trim(e.letter.MessageID, "<>"))
	m.SetDateWithValue(e.now)
	m.SetGenHeader(gomail.HeaderSubject, encodedSubject(e.subject))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if e.root != "" {
		m.SetGenHeader(gomail.HeaderInReplyTo, e.root)
		m.SetGenHeader(gomail.HeaderReferences, e.root)
	}
	m.SetBodyString(gomail.TypeTextPlain, p.text())
	html, err := p.html(e.subject)
	if err != nil {
		return nil, err
	}
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	for _, f := range files {
		m.AttachReadSeeker(f.ascii, bytes.NewReader(f.data), gomail.WithFileContentType(f.kind), named(f))
	}
	return m, nil
}

// encodedSubject is the subject as encoded words of which the first is short enough
// to stand on the line of the header's name: some programs show a subject that
// begins on the next line with a space before it, or not at all.
func encodedSubject(subject string) string {
	const first = 36 // bytes; base64 and what is around it make them 60
	at := min(first, len(subject))
	for at < len(subject) && !utf8.RuneStart(subject[at]) {
		at--
	}
	words := mime.BEncoding.Encode("UTF-8", subject[:at])
	if at < len(subject) {
		words += " " + mime.BEncoding.Encode("UTF-8", subject[at:])
	}
	return words
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
			f.ascii, escaped(templates.Shown(f.name, 90))))
	}
}

// escaped writes a name as RFC 2231 does: letters, digits and little else stand
// for themselves.
func escaped(name string) string {
	return strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// threadRoot is what all letters about one county, form and period refer to, so
// that a mail program shows them together. No letter has it as its own name.
func threadRoot(messageID, county, form, period string) string {
	sum := sha256.Sum256([]byte(county + "\x00" + form + "\x00" + period))
	_, domain, ok := strings.Cut(strings.Trim(messageID, "<>"), "@")
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
		p.say("没有随信附上", "“"+templates.Shown(f.name, 90)+"”太大，请到报送文件夹里的“"+AnswersFolder+"”文件夹取。")
	}
	p.Intro = noReply
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

// html writes the page as HTML; it says the same as the text.
func (p page) html(title string) (string, error) {
	c := colours[p.Tone]
	var b bytes.Buffer
	err := letterPage.Execute(&b, struct {
		Title, Edge, Fill string
		Page              page
	}{title, c[0], c[1], p})
	if err != nil {
		return "", fmt.Errorf("write letter: %w", err)
	}
	return b.String(), nil
}

// usable keeps the addresses that a letter may go to.
func usable(addresses []string) []string {
	var out []string
	for _, a := range addresses {
		if address, ok := templates.MailAddress(a); ok {
			out = append(out, address)
		}
	}
	return out
}
