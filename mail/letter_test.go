package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gomail "github.com/wneessen/go-mail"

	"taizhang/merge"
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

func TestLetterSubjectNamesNobody(t *testing.T) {
	r := partly()
	r.Submission.FormTitle, r.Submission.Form, r.Submission.Period = "", "", ""
	if got, want := Subject(r), "【台账】部分入库：未识别的表回执20191102-0007"; got != want {
		t.Errorf("subject %s, want %s", got, want)
	}
}

func TestLettersAboutOneFormHangTogether(t *testing.T) {
	root := func(id, county string) string {
		r := partly()
		r.Submission.County = county
		m, err := compose(merge.Letter{MessageID: id}, r, "taizhang@city.example", nil, maxAttached, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		o := written(t, m)
		if o.header.Get("References") != o.header.Get("In-Reply-To") {
			t.Error("References and In-Reply-To differ")
		}
		return o.header.Get("References")
	}
	first := root("<1@city.example>", "河南县")
	if second := root("<2@city.example>", "河南县"); second != first || !strings.HasSuffix(first, "@city.example>") {
		t.Errorf("two letters to one county refer to %s and %s", first, second)
	}
	if other := root("<3@city.example>", "泽库县"); other == first {
		t.Error("two counties share a thread")
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
