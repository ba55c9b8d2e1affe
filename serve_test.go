package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/api"

	"github.com/emersion/go-smtp"
)

// binary is the real program, built once for the tests that run it.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "taizhang")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "taizhang")
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// daemon is a running taizhang serve.
type daemon struct {
	t    *testing.T
	data string
	url  string
	cmd  *exec.Cmd
	out  *syncBuffer
	stop func() // ends it, once
}

// syncBuffer is written by the process and read by the test.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serveData starts the real program on a data folder with these settings.
func serveData(t *testing.T, settings, counties string, more ...string) *daemon {
	t.Helper()
	d := &daemon{t: t, data: t.TempDir(), out: &syncBuffer{}}
	for name, text := range map[string]string{"taizhang.yaml": settings, "counties.yaml": counties} {
		if text != "" {
			write(t, filepath.Join(d.data, name), text)
		}
	}
	d.start(more...)
	return d
}

// start starts the program and waits for its page.
func (d *daemon) start(more ...string) {
	t := d.t
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd = exec.Command(path, append([]string{"serve", "--data", d.data, "--addr", "127.0.0.1:0"}, more...)...)
	d.cmd.Stdout, d.cmd.Stderr = d.out, d.out
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.stop = sync.OnceFunc(d.end)
	t.Cleanup(d.stop)
	page := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	eventually(t, "the page's address", func() bool {
		d.url = page.FindString(d.out.String())
		return d.url != ""
	})
}

// end ends the program as a service manager does; it must end by itself.
func (d *daemon) end() {
	d.cmd.Process.Signal(os.Interrupt)
	done := make(chan error, 1)
	go func() { done <- d.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			d.t.Errorf("the program ended with %v\n%s", err, d.out)
		}
	case <-time.After(20 * time.Second):
		d.cmd.Process.Kill()
		d.t.Errorf("the program did not end\n%s", d.out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited 40 s for %s", what)
}

// get reads a JSON answer.
func (d *daemon) get(path string, into any) *http.Response {
	d.t.Helper()
	r, err := http.Get(d.url + path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			d.t.Fatalf("%s: %v\n%s", path, err, body)
		}
	}
	return r
}

// upload posts a workbook as the page does.
func (d *daemon) upload(path, county, name string, data []byte) (int, string) {
	d.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		d.t.Fatal(err)
	}
	_, err = part.Write(data)
	if err := errors.Join(err, w.WriteField("county", county), w.Close()); err != nil {
		d.t.Fatal(err)
	}
	r, err := http.Post(d.url+path, w.FormDataContentType(), &b)
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

// post is a real SMTP server that keeps what it is given.
type post struct {
	mu      sync.Mutex
	letters []letter
}

type letter struct {
	to   []string
	data []byte
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &smtpVisit{post: p}, nil }

// smtpVisit is one SMTP session.
type smtpVisit struct {
	*post
	to []string
}

func (v *smtpVisit) Mail(string, *smtp.MailOptions) error { return nil }
func (v *smtpVisit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = append(v.to, to)
	return nil
}
func (v *smtpVisit) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err // the client hung up in the middle: it was not taken
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.letters = append(v.letters, letter{v.to, data})
	return nil
}
func (v *smtpVisit) Reset()        { v.to = nil }
func (v *smtpVisit) Logout() error { return nil }

func (p *post) got() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.letters...)
}

// servePost starts the SMTP server and returns its port.
func servePost(t *testing.T) (*post, int) {
	t.Helper()
	p := &post{}
	return p, serveSMTP(t, p)
}

// serveSMTP starts an SMTP server and returns its port.
func serveSMTP(t *testing.T, backend smtp.Backend) int {
	t.Helper()
	s := smtp.NewServer(backend)
	s.Domain, s.AllowInsecureAuth = "localhost", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

const twoCounties = `counties:
  - {name: 甲县, email: jia@example.gov.cn}
  - {name: 乙县}
`

// f3Grid is a summary form as a county fills it in; total is what the clerk
// wrote for 合计, which should be 5.
func f3Grid(t *testing.T, county, total string) []byte {
	t.Helper()
	today := time.Now().In(time.FixedZone("CST", 8*3600)).Format("2006-01-02")
	grid := f3Text(county, total, today)
	out := filepath.Join(t.TempDir(), "f3.xlsx")
	if err := openpyxl(map[string]any{"out": out, "sheets": parseGrid(grid)}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func f3Text(county, total, today string) string {
	return "填报单位：" + county + "|填报日期：" + today + "\n" +
		"市/州|交办数量(件)|已办结(件)|||阶段办结(件)|责令整改(家)|立案处罚(家)|罚款金额(万元)|立案侦查(件)|拘留(人)||约谈(人)|问责(人)\n" +
		"||属实|不属实|合计||||||行政|刑事||\n" +
		county + "|12|3|2|" + total + "|1|2|1|3.2|0|0|0|1|0\n" +
		"merge: C2:E2 K2:L2\n"
}

// An upload goes through the same door as the folder; it becomes a figure, a
// state, a workbook, a receipt in the folder and a letter to the county.
func TestUploadBecomesFigureAndAnswer(t *testing.T) {
	mailbox, port := servePost(t)
	d := serveData(t, fmt.Sprintf("city: 甲市\nsettle: 100ms\nrescan: 500ms\nmail: {host: 127.0.0.1, port: %d, tls: none, from: 台账 <tz@example.gov.cn>}\n", port), twoCounties)

	if code, body := d.upload("/api/v1/submissions", "甲县", "汇总.xlsx", f3Grid(t, "甲县", "6")); code >= 300 {
		t.Fatalf("upload: %d %s", code, body)
	}
	eventually(t, "the letter", func() bool { return len(mailbox.got()) == 1 })
	first := mailbox.got()[0]
	m, err := netmail.ReadMessage(bytes.NewReader(first.data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || !strings.Contains(subject, "退回") || !strings.Contains(subject, "群众举报问题办理情况汇总表") {
		t.Errorf("subject %q (%v)", subject, err)
	}
	if len(first.to) != 1 || first.to[0] != "jia@example.gov.cn" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("to %v, Auto-Submitted %q", first.to, m.Header.Get("Auto-Submitted"))
	}
	if !bytes.Contains(first.data, []byte(".xlsx")) {
		t.Error("the letter carries no annotated copy")
	}

	if code, body := d.upload("/api/v1/submissions", "甲县", "汇总（改）.xlsx", f3Grid(t, "甲县", "5")); code >= 300 {
		t.Fatalf("upload: %d %s", code, body)
	}
	eventually(t, "the second letter", func() bool { return len(mailbox.got()) == 2 })
	var table struct {
		Missing []string
		Total   []struct{ Text string }
	}
	eventually(t, "the figures", func() bool {
		d.get("/api/v1/summaries/case_summary_total", &table)
		return len(table.Total) > 5 && table.Total[1].Text == "12"
	})
	if table.Total[4].Text != "5" || strings.Join(table.Missing, "") != "乙县" {
		t.Errorf("total %v missing %v", table.Total, table.Missing)
	}
	book := filepath.Join(d.data, "summaries", "群众举报问题办理情况汇总表（各县区上报）.xlsx")
	eventually(t, "the workbook", func() bool {
		r := d.get("/api/v1/summaries/case_summary_total.xlsx", nil)
		data, err := os.ReadFile(book)
		return err == nil && r.StatusCode == 200 && r.ContentLength == int64(len(data)) && r.Header.Get("ETag") != ""
	})
	answers, err := filepath.Glob(filepath.Join(d.data, "share", "甲县", "回执", "*"))
	if err != nil || len(answers) != 3 { // returned + marked copy, accepted
		t.Errorf("answers %v", answers)
	}
}

// A dry run says what would be found and leaves nothing behind.
func TestCheckLeavesNothing(t *testing.T) {
	d := serveData(t, "city: 甲市\nsettle: 100ms\n", twoCounties)
	code, body := d.upload("/api/v1/check", "甲县", "汇总.xlsx", f3Grid(t, "甲县", "6"))
	if code != 200 || !strings.Contains(body, `"R04"`) || !strings.Contains(body, `"verdict":"returned"`) {
		t.Errorf("%d %s", code, body)
	}
	var list struct{ Total int }
	d.get("/api/v1/submissions", &list)
	if files, err := os.ReadDir(filepath.Join(d.data, "share", "甲县")); err != nil || len(files) != 0 || list.Total != 0 {
		t.Errorf("files %v, submissions %d (%v)", files, list.Total, err)
	}
}

// Without a mail server the answers go into the folders, and that is all.
func TestNoMailServerIsNormal(t *testing.T) {
	d := serveData(t, "city: 甲市\nsettle: 100ms\nrescan: 500ms\n", twoCounties)
	write(t, filepath.Join(d.data, "share", "甲县", "汇总.xlsx"), string(f3Grid(t, "甲县", "5")))
	eventually(t, "the receipt", func() bool {
		found, err := filepath.Glob(filepath.Join(d.data, "share", "甲县", "回执", "*通过*.txt"))
		return err == nil && len(found) == 1
	})
	if s := d.out.String(); strings.Contains(s, "level=ERROR") || strings.Contains(s, "level=WARN") {
		t.Errorf("complaints:\n%s", s)
	}
}

// The demo shows, within a minute, who has reported, what was returned and the
// summary workbooks.
func TestDemo(t *testing.T) {
	d := serveData(t, "", "", "--demo")
	var page struct {
		Total int
		Items []struct{ County, Verdict string }
	}
	eventually(t, "the demo's reports", func() bool {
		d.get("/api/v1/submissions?limit=100", &page)
		return page.Total >= 19
	})
	verdicts := map[string]int{}
	for _, s := range page.Items {
		verdicts[s.Verdict]++
	}
	for _, want := range []string{"accepted", "partial", "returned", "noted"} {
		if verdicts[want] == 0 {
			t.Errorf("no file was %s: %v", want, verdicts)
		}
	}
	var summaries []struct{ Title string }
	d.get("/api/v1/summaries", &summaries)
	if len(summaries) < 8 {
		t.Fatalf("%d summaries", len(summaries))
	}
	for _, s := range summaries {
		eventually(t, s.Title, func() bool {
			_, err := os.Stat(filepath.Join(d.data, "summaries", api.SummaryFile(s.Title)))
			return err == nil
		})
	}
}
