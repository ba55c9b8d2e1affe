package mail

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gomail "github.com/wneessen/go-mail"

	"taizhang/merge"
	"taizhang/templates"
)

// opened is a letter as a mail program reads it.
type opened struct {
	header mail.Header
	text   string
	html   string
	files  []openedFile
}

type openedFile struct {
	plainName string // filename=
	name      string // what a program that knows RFC 2231 shows
	data      []byte
}

// open parses a letter with the standard library.
func open(t *testing.T, raw []byte) opened {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	o := opened{header: m.Header}
	o.read(t, textproto.MIMEHeader(m.Header), m.Body)
	return o
}

func (o *opened) read(t *testing.T, h textproto.MIMEHeader, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		t.Fatalf("%v in %v", err, h)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			o.read(t, p.Header, p)
		}
	}
	data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, body))
	if err != nil {
		t.Fatal(err)
	}
	switch d := h.Get("Content-Disposition"); {
	case d != "":
		o.files = append(o.files, openFile(t, d, data))
	case kind == "text/plain":
		o.text = strings.ReplaceAll(string(data), "\r\n", "\n")
	case kind == "text/html":
		o.html = string(data)
	}
}

func openFile(t *testing.T, disposition string, data []byte) openedFile {
	t.Helper()
	plain := disposition
	if at := strings.Index(disposition, "filename*"); at >= 0 {
		plain = strings.TrimRight(disposition[:at], "; \r\n\t")
		disposition = "attachment; " + disposition[at:]
	}
	_, old, err := mime.ParseMediaType(plain)
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(disposition)
	if err != nil {
		t.Fatal(err)
	}
	return openedFile{plainName: old["filename"], name: params["filename"], data: data}
}

func (o opened) subject(t *testing.T) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(o.header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func written(t *testing.T, m *gomail.Msg) opened {
	t.Helper()
	if err := m.To("a@county.example"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return open(t, b.Bytes())
}

func TestLetter(t *testing.T) {
	l := merge.Letter{MessageID: "<20191102-0007.01234567@city.example>"}
	files := []attachment{
		{"receipt-20191102-0007.txt", "20191102-0007 回执（部分入库）.txt", kindText, []byte("回执")},
		{"mend-20191102-0007.xlsx", "11月台账（张三）【请修改】.xlsx", kindBook, []byte("PK workbook")},
	}
	m, err := compose(l, partly(), "台账 <taizhang@city.example>", files, maxAttached, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o := written(t, m)
	if got, want := o.subject(t), "【台账】部分入库：群众信访举报件办理台账（2019-11-04期）回执20191102-0007"; got != want {
		t.Errorf("subject %s, want %s", got, want)
	}
	headers := map[string]string{
		"Message-Id": "<20191102-0007.01234567@city.example>", "Auto-Submitted": "auto-generated",
		"X-Auto-Response-Suppress": "All", "User-Agent": "",
	}
	for name, want := range headers {
		if got := o.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	inOrder(t, o.text, "【部分入库】已入库 37 行", "先改这两处", "附件", "本邮件由系统自动发出，请不要回复",
		"mend-20191102-0007.xlsx：11月台账（张三）【请修改】.xlsx", "English summary")
	inOrder(t, o.html, "【部分入库】已入库 37 行", "先改这两处", "不在可选范围内", "附件", "English summary")
	want := []openedFile{
		{"receipt-20191102-0007.txt", "20191102-0007 回执（部分入库）.txt", []byte("回执")},
		{"mend-20191102-0007.xlsx", "11月台账（张三）【请修改】.xlsx", []byte("PK workbook")},
	}
	if diff := cmp.Diff(want, o.files, cmp.AllowUnexported(openedFile{})); diff != "" {
		t.Error(diff)
	}
}

// The subject begins on the line of its name, and no line is longer than encoded
// words may be (RFC 2047: 76).
func TestLetterSubjectOnItsLine(t *testing.T) {
	for _, subject := range []string{"【台账】发信测试", "【台账】督办：《第一轮中央环境保护督察尚未办结问题整改进展情况自查表》（2026-11-14 期）", "【台账】𠮷野家、𡈽屋、" + strings.Repeat("县", 200)} {
		m, err := envelope{merge.Letter{MessageID: "<1@city.example>"}, "taizhang@city.example", subject, "", time.Now()}.fill(page{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		if _, err := m.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(raw.String(), "\r\nSubject: =?UTF-8?b?") {
			t.Errorf("%s begins on another line:\n%.400s", subject, raw.String())
		}
		for line := range strings.Lines(raw.String()) {
			if len(strings.TrimRight(line, "\r\n")) > 76 && strings.Contains(line, "=?") {
				t.Errorf("a line of %d bytes: %s", len(line)-2, line)
			}
		}
		if got := written(t, m).subject(t); got != subject {
			t.Errorf("reads %s, want %s", got, subject)
		}
	}
}

func TestLetterSubjectNamesNobody(t *testing.T) {
	r := partly()
	r.Submission.FormTitle, r.Submission.Form, r.Submission.Period = "", "", ""
	if got, want := Subject(r), "【台账】部分入库：未识别的表回执20191102-0007"; got != want {
		t.Errorf("subject %s, want %s", got, want)
	}
}

func TestLettersAboutOnePeriodHangTogether(t *testing.T) {
	root := func(id string, change func(*Report)) string {
		r := partly()
		change(&r)
		m, err := compose(merge.Letter{MessageID: id}, r, "taizhang@city.example", nil, maxAttached, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		o := written(t, m)
		if o.header.Get("References") != o.header.Get("In-Reply-To") || o.header.Get("Message-Id") != id {
			t.Errorf("headers: %v", o.header)
		}
		return o.header.Get("References")
	}
	first := root("<1@city.example>", func(*Report) {})
	if second := root("<2@city.example>", func(*Report) {}); second != first || !strings.HasSuffix(first, "@city.example>") {
		t.Errorf("two letters to one county refer to %s and %s", first, second)
	}
	for name, change := range map[string]func(*Report){
		"county": func(r *Report) { r.Submission.County = "泽库县" },
		"form":   func(r *Report) { r.Submission.Form = "task_progress" },
		"period": func(r *Report) { r.Submission.Period = "2019-11-14" },
	} {
		if other := root("<3@city.example>", change); other == first {
			t.Errorf("letters of another %s are in the same thread", name)
		}
	}
	n, err := composeNotice(merge.Letter{MessageID: "<chase.9@city.example>", County: "河南县", Form: "petition_ledger", Period: "2019-11-04"},
		notice{subject: "【台账】催办", text: "催办"}, "taizhang@city.example", maxAttached, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if got := written(t, n).header.Get("References"); got != first {
		t.Errorf("a reminder refers to %s, the answer to %s", got, first)
	}
}

// The text and the HTML of a letter say the same, word for word.
func TestTextAndHTMLSayTheSame(t *testing.T) {
	closed := partly()
	closed.Form = &templates.Form{Name: "petition_ledger", Confidential: true}
	n := notice{subject: "【台账】督办：《台账》（2019-11-04 期）", text: "【督办】请报送。\n河南县：还没有收到。\n报送方法：填好表。\n", file: "督办.txt",
		book: []byte("PK"), bookName: "督办函.xlsx", bookASCII: "official-letter.xlsx"}
	quiet := n
	quiet.confidential = true
	l := merge.Letter{MessageID: "<1@city.example>", County: "河南县"}
	for name, write := range map[string]func() (*gomail.Msg, error){
		"answer": func() (*gomail.Msg, error) {
			return compose(l, partly(), "taizhang@city.example", []attachment{{"a.txt", "回执.txt", kindText, []byte("x")}}, maxAttached, time.Now())
		},
		"confidential answer": func() (*gomail.Msg, error) {
			return compose(l, closed, "taizhang@city.example", nil, maxAttached, time.Now())
		},
		"notice": func() (*gomail.Msg, error) {
			return composeNotice(l, n, "taizhang@city.example", maxAttached, time.Now())
		},
		"confidential notice": func() (*gomail.Msg, error) {
			return composeNotice(l, quiet, "taizhang@city.example", maxAttached, time.Now())
		},
	} {
		m, err := write()
		if err != nil {
			t.Fatal(err)
		}
		o := written(t, m)
		if diff := cmp.Diff(textWords(o.text), htmlWords(o.html)); diff != "" {
			t.Errorf("%s: -text +html\n%s", name, diff)
		}
	}
}

// textWords are the words of a text without what only sets it out: the lines
// between parts and the numbers of lists, which HTML does by itself.
func textWords(text string) string {
	text = regexp.MustCompile(`(?m)^-+$|^ *[0-9]+\. `).ReplaceAllString(text, "")
	return strings.Join(strings.Fields(text), "")
}

// htmlWords are the words that HTML shows.
func htmlWords(text string) string {
	_, text, _ = strings.Cut(text, "<body")
	text = regexp.MustCompile(`(?s)^[^>]*>|<[^>]*>`).ReplaceAllString(text, " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), "")
}

// A letter about a confidential form says that the answer is ready, and nothing
// out of the file.
func TestConfidentialLetterSaysNothing(t *testing.T) {
	for _, form := range []*templates.Form{nil, {Name: "petition_ledger", Confidential: true}} {
		r := partly()
		r.Form = form
		files := []attachment{{"mend-1.xlsx", "11月台账（张三）【请修改】.xlsx", kindBook, []byte("PK workbook")}}
		m, err := compose(merge.Letter{MessageID: "<1@city.example>"}, r, "taizhang@city.example", files, maxAttached, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		o := written(t, m)
		if len(o.files) != 0 {
			t.Errorf("%d files attached", len(o.files))
		}
		inOrder(t, o.text, "【部分入库】回执已备好，请到报送文件夹里的“回执”文件夹查看。", "回执编号：20191102-0007", "English summary", "not sent by mail")
		for _, secret := range []string{"张三", "办完", "D2019", "F5", "C05", "11月台账", "办结状态", "0123456789ab"} {
			if strings.Contains(o.text+o.html+o.subject(t), secret) {
				t.Errorf("the letter contains %q", secret)
			}
		}
	}
}

func TestLetterLeavesOutWhatIsTooLarge(t *testing.T) {
	files := []attachment{
		{"receipt-1.txt", "1 回执（退回）.txt", kindText, []byte("回执")},
		{"mend-1.xlsx", "台账【请修改】.xlsx", kindBook, make([]byte, maxAttached)},
	}
	m, err := compose(merge.Letter{MessageID: "<1@x>"}, partly(), "taizhang@city.example", files, maxAttached, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o := written(t, m)
	if len(o.files) != 1 || o.files[0].plainName != "receipt-1.txt" {
		t.Errorf("attached: %d files", len(o.files))
	}
	inOrder(t, o.text, "没有随信附上：“台账【请修改】.xlsx”太大，请到报送文件夹里的“回执”文件夹取。")
}

func TestLetterEscapesWhatACountyTyped(t *testing.T) {
	r := partly()
	r.Submission.File = `<img src=x onerror=alert(1)>.xlsx`
	m, err := compose(merge.Letter{MessageID: "<1@x>"}, r, "taizhang@city.example", nil, maxAttached, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if o := written(t, m); strings.Contains(o.html, "<img") || !strings.Contains(o.html, "&lt;img") {
		t.Error("a file name became HTML")
	}
}
