package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"taizhang/merge"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/jedib0t/go-pretty/v6/text"
)

// command carries out one command line as the program does.
func command(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// strictPost is a mail server that asks for a password and takes letters only
// from the account's own address.
type strictPost struct {
	*post
	gone atomic.Value // the address that it does not know
}

type strictVisit struct {
	smtp.Session
	at *strictPost
}

func (p *strictPost) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s, err := p.post.NewSession(c)
	return strictVisit{s, p}, err
}

func (v strictVisit) Rcpt(to string, o *smtp.RcptOptions) error {
	if to == v.at.gone.Load() {
		return &smtp.SMTPError{Code: 550, Message: "no such user " + to}
	}
	return v.Session.Rcpt(to, o)
}

func (v strictVisit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v strictVisit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if password == "right" {
			return nil
		}
		return &smtp.SMTPError{Code: 535, Message: "Error: authentication failed"}
	}), nil
}

func (v strictVisit) Mail(from string, o *smtp.MailOptions) error {
	if from != "tz@example.gov.cn" {
		return &smtp.SMTPError{Code: 553, Message: "Mail from must equal authorized user"}
	}
	return v.Session.Mail(from, o)
}

// serveStrict starts the server that asks for a password.
func serveStrict(t *testing.T) (*strictPost, int) {
	t.Helper()
	p := &strictPost{post: &post{}}
	return p, serveSMTP(t, p)
}

func TestMailTestTellsEachStage(t *testing.T) {
	mailbox, port := serveStrict(t)
	t.Setenv("TAIZHANG_TEST_PASSWORD", "right")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "pass"), "right\n")
	tests := []struct {
		name, mail string
		code       int
		out, errs  []string
	}{
		{name: "password from a file", mail: `user: tz, passwordFile: pass, from: 台账 <tz@example.gov.cn>`,
			out: []string{"好 ok   连接 connect 127.0.0.1:", "应答 greeting", "登录 sign-in PLAIN", "发信地址 sender tz@example.gov.cn", "收信人 recipient", "信件 letter", "请到 me@example.gov.cn 查收"}},
		{name: "password from the environment", mail: `user: tz, passwordEnv: TAIZHANG_TEST_PASSWORD, from: tz@example.gov.cn`,
			out: []string{"登录 sign-in PLAIN", "查收"}},
		{name: "wrong password", mail: `user: tz, password: login-Password-1, from: tz@example.gov.cn`, code: exitTrouble,
			out: []string{"应答 greeting", "停 stop 登录 sign-in"}, errs: []string{"535", "授权码"}},
		{name: "another sender", mail: `user: tz, password: right, from: other@example.gov.cn`, code: exitTrouble,
			out: []string{"登录 sign-in", "停 stop 发信地址 sender"}, errs: []string{"553", "mail.from 必须是登录账号自己的地址"}},
		{name: "no STARTTLS", mail: `tls: starttls, from: tz@example.gov.cn`, code: exitTrouble,
			out: []string{"应答 greeting", "停 stop 加密 STARTTLS"}, errs: []string{"no STARTTLS", "465"}},
		{name: "variable not set", mail: `user: tz, passwordEnv: TAIZHANG_TEST_NO_SUCH, from: tz@example.gov.cn`, code: exitUsage,
			errs: []string{"没有环境变量 TAIZHANG_TEST_NO_SUCH"}},
		{name: "no server", mail: `host: "", from: tz@example.gov.cn`, code: exitUsage, errs: []string{"没有设置发信服务器"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			more := ""
			if !strings.Contains(tt.mail, "tls:") {
				more += "tls: none, "
			}
			if !strings.Contains(tt.mail, "host:") {
				more += "host: 127.0.0.1, "
			}
			write(t, filepath.Join(dir, "taizhang.yaml"), fmt.Sprintf("city: 甲市\nmail: {port: %d, %s%s}\n", port, more, tt.mail))
			before := len(mailbox.got())
			code, out, errs := command("mail", "test", "me@example.gov.cn", "--data", dir)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			inTurn(t, out, tt.out...)
			inTurn(t, errs, tt.errs...)
			if came := len(mailbox.got()) - before; came != map[bool]int{true: 1, false: 0}[tt.code == 0] {
				t.Errorf("%d letters came", came)
			}
			if strings.Contains(out+errs, "login-Password-1") || strings.Contains(out+errs, "bG9naW4tUGFzc3dvcmQtM") {
				t.Error("the password was shown")
			}
		})
	}
	if code, _, errs := command("mail", "test", "张三", "--data", dir); code == 0 || errs == "" {
		t.Errorf("no address: %d %s", code, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "taizhang.db")); err == nil {
		t.Error("a test letter made a store")
	}
}

func inTurn(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		at := strings.Index(rest, p)
		if at < 0 {
			t.Errorf("%q is missing in\n%s", p, text)
			return
		}
		rest = rest[at+len(p):]
	}
}

// letterCity is a data folder with a letter given up, one put off and one sent.
func letterCity(t *testing.T) (dir string, ids []int64) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "taizhang.yaml"), "city: 甲市\n")
	write(t, filepath.Join(dir, "counties.yaml"), "counties:\n  - {name: 积石山保安族东乡族撒拉族自治县}\n  - {name: 甲县}\n")
	h := newHouse(dir, slog.New(slog.DiscardHandler))
	if err := h.open(t.Context(), alone); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	ctx := t.Context()
	notices := []merge.Notice{
		{Kind: merge.KindRemind, County: "积石山保安族东乡族撒拉族自治县", Form: "case_summary", Period: "2026-11-24", To: []string{"a@example.gov.cn"}},
		{Kind: merge.KindChase, County: "甲县", Form: "case_summary", Period: "2026-11-24", To: []string{"b@example.gov.cn"}},
		{Kind: merge.KindMissing, Form: "case_summary", Period: "2026-11-24", To: []string{"c@example.gov.cn"}},
	}
	if n, err := h.store.Tell(ctx, "example.gov.cn", notices); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	for i := range 3 {
		f, _, err := h.store.Claim(ctx, merge.ByFolder)
		if err != nil || h.store.Sent(ctx, f.ID) != nil {
			t.Fatal(err)
		}
		l, ok, err := h.store.Claim(ctx, merge.ByMail)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		ids = append(ids, l.ID)
		switch i {
		case 0:
			err = h.store.Fail(ctx, l.ID, "mail, recipient: 550 no such user\n打电话核对地址 (ask the county)")
		case 1:
			err = h.store.Retry(ctx, l.ID, "mail, content: 451 busy\n程序会再试 (tried again)", time.Now().Add(time.Hour))
		case 2:
			err = h.store.Sent(ctx, l.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, ids
}

func TestMailList(t *testing.T) {
	dir, ids := letterCity(t)
	code, out, errs := command("mail", "list", "--data", dir)
	if code != 0 {
		t.Fatal(code, errs)
	}
	inTurn(t, out, "KEY", "状态", fmt.Sprintf(" %d |", ids[0]), "没送到", "积石山保安族东乡族撒拉族自治县", "催办", "邮件", "550 no such user",
		fmt.Sprintf(" %d |", ids[1]), "等待", "甲县", "督办", "451 busy", "· 打电话核对地址", "· 程序会再试")
	var widths []int
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "|") || strings.HasPrefix(line, "+") {
			widths = append(widths, text.StringWidth(line))
		}
	}
	for _, w := range widths {
		if w != widths[0] || w < 40 {
			t.Errorf("lines are as wide as %v\n%s", widths, out)
			break
		}
	}
	code, out, _ = command("mail", "list", "--json", "--all", "--data", dir)
	var letters []merge.Letter
	if err := json.Unmarshal([]byte(out), &letters); err != nil || code != 0 || len(letters) != 6 {
		t.Fatalf("%d letters, exit code %d, %v", len(letters), code, err)
	}
	for _, l := range letters {
		if l.ID == ids[0] && (l.State != "failed" || l.County != "积石山保安族东乡族撒拉族自治县" || l.Kind != "remind" || l.Attempts != 1 || l.LastError == "") {
			t.Errorf("letter: %+v", l)
		}
	}
}

func TestMailRetry(t *testing.T) {
	dir, ids := letterCity(t)
	states := func() (out []string) {
		_, text, _ := command("mail", "list", "--json", "--all", "--data", dir)
		var letters []merge.Letter
		if err := json.Unmarshal([]byte(text), &letters); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			for _, l := range letters {
				if l.ID == id {
					out = append(out, fmt.Sprintf("%s %d %t", l.State, l.Attempts, !l.NextAt.After(time.Now())))
				}
			}
		}
		return out
	}
	if got := strings.Join(states(), ", "); got != "failed 1 true, pending 1 false, sent 1 true" {
		t.Fatal(got)
	}
	if code, out, errs := command("mail", "retry", "--data", dir); code != 0 || !strings.HasPrefix(out, "1 封信重新排上了") {
		t.Errorf("all: %d %s %s", code, out, errs)
	}
	if code, out, errs := command("mail", "retry", fmt.Sprint(ids[1]), "--data", dir); code != 0 || !strings.HasPrefix(out, "1 封信") {
		t.Errorf("one: %d %s %s", code, out, errs)
	}
	if got := strings.Join(states(), ", "); got != "pending 0 true, pending 0 true, sent 1 true" {
		t.Error(got)
	}
	for _, key := range []string{fmt.Sprint(ids[2]), "999", "abc", "0"} {
		if code, _, errs := command("mail", "retry", key, "--data", dir); code != exitUsage || !strings.Contains(errs, "提示 hint") {
			t.Errorf("retry %s: %d %s", key, code, errs)
		}
	}
}

// Wrong addresses and settings are told at start, each with file and line.
func TestMailSettingsAreToldWithTheirLine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "taizhang.yaml")
	write(t, path, `city: 甲市
cityMail:
  - a@example.gov.cn
  - root@[127.0.0.1]
mail:
  host: mail.example.gov.cn
  from: 台账 <台账@example.gov.cn>
  tls: ssl
  password: a
  passwordEnv: B
  timeout: 1h
  perMinute: 0
`)
	_, err := readSettings(path)
	if err == nil {
		t.Fatal("no mistake was found")
	}
	inTurn(t, err.Error(), path+":4:5: cityMail 里的“root@[127.0.0.1]”不能用作电子邮箱", path+":7:9: mail.from 里的“台账 <台账@example.gov.cn>”",
		path+":8:8: mail.tls 只能是", path+":6:3: mail.password、mail.passwordFile", path+":11:12: mail.timeout", path+":12:14: mail.perMinute")
}

// A letter that is refused shows on the page with what to do; once that is done,
// mail retry beside the running program sends it and the line goes.
func TestRefusedLetterIsShownAndTriedAgain(t *testing.T) {
	mailbox, port := serveStrict(t)
	mailbox.gone.Store("jia@example.gov.cn")
	d := serveData(t, fmt.Sprintf("city: 甲市\nsettle: 100ms\nrescan: 500ms\nmail: {host: 127.0.0.1, port: %d, tls: none, from: tz@example.gov.cn}\n", port), twoCounties)
	if code, body := d.upload("/api/v1/submissions", "甲县", "汇总.xlsx", f3Grid(t, "甲县", "5")); code >= 300 {
		t.Fatalf("upload: %d %s", code, body)
	}
	var ready struct{ Problems []string }
	eventually(t, "the line on the page", func() bool {
		d.get("/readyz", &ready)
		return len(ready.Problems) == 1
	})
	inTurn(t, ready.Problems[0], "甲县：1 封邮件没有送到", "核对地址", "taizhang mail retry")
	if strings.Contains(d.out.String(), "jia@") {
		t.Errorf("the log names an address\n%s", d.out)
	}
	mailbox.gone.Store("")
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(path, "mail", "retry", "--data", d.data).CombinedOutput(); err != nil {
		t.Fatalf("mail retry: %v\n%s", err, out)
	}
	eventually(t, "the letter", func() bool { return len(mailbox.got()) == 1 })
	eventually(t, "the page without the line", func() bool {
		ready.Problems = nil
		d.get("/readyz", &ready)
		return len(ready.Problems) == 0
	})
}
