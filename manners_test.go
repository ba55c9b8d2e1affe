package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The window that the program runs in is closed: it ends in good order.
func TestTheTerminalIsClosed(t *testing.T) {
	// Whoever runs the tests may have the signal ignored, and a program inherits that.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	defer signal.Stop(heard)
	d := serveData(t, "settle: 100ms\n", twoCounties)
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the run", func() bool {
		_, err := os.Stat(filepath.Join(d.data, runningFile))
		return errors.Is(err, os.ErrNotExist)
	})
	d.stop() // looks at the exit code
}

// The page answers to its own names only: a page of the internet whose name was made to
// lead here would be taken for ours by the browser.
func TestOtherHostsAreRefused(t *testing.T) {
	d := serveData(t, "hosts: [tz.example.gov.cn]\n", twoCounties)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		"": 200, "localhost:" + port: 200, "[::1]:" + port: 200, "TZ.example.gov.cn": 200, "tz.example.gov.cn:443": 200,
		"evil.example": 421, "evil.example:" + port: 421, "127.0.0.1.evil.example": 421,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url+"/api/v1/counties", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if got := statusOfRequest(t, r); got != want {
			t.Errorf("Host %q: %d, want %d", host, got, want)
		}
	}
}

func statusOfRequest(t *testing.T, r *http.Request) int {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// HEAD says what GET would, without the content; what is announced as too large is
// refused before it is sent.
func TestHeadAndAnnouncedSize(t *testing.T) {
	d := serveData(t, "", twoCounties)
	for _, path := range []string{"/", "/healthz", "/api/v1/counties"} {
		r, err := http.Head(d.url + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") == "" {
			t.Errorf("HEAD %s: %d %q", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"+
		"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2147483648\r\n\r\n")
	said := make([]byte, 12)
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(said); err != nil || string(said) != "HTTP/1.1 413" {
		t.Errorf("2 GB announced: %q (%v)", said, err)
	}
}

// Every mistake in the settings is told in words, with its line.
func TestSettingsMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"cty: 甲市":                            "2:1: 没有“cty”这个设置项",
		"maxFileMB: 很多":                      "2:12: 这里要写整数",
		"maxFileMB: 0":                       "2:12: maxFileMB 应在 1 到 1024 之间",
		"strictFolders: 是":                   "2:16: 这里要写 true 或 false",
		"zone: 火星":                           "2:7: zone “火星”不是时区名称",
		"prefillDays: 61":                    "2:14: prefillDays 应在 0 到 60 之间",
		"chase: {at: '25:00'}":               "2:13: chase.at",
		"backup: {keep: -1}":                 "2:9: backup.keep",
		"rescan: 1ns":                        "2:9: rescan 应在 100ms",
		"settle: 2h":                         "2:9: settle 应在 10ms",
		"mail: {host: 'h:25', from: a@b.cn}": "2:14: mail.host 只写服务器的名称",
		"mail: {host: h, from: a@b.cn, port: 70000}":  "2:37: mail.port 应在 1 到 65535 之间",
		"mail: {host: h, from: a@b.cn, user: u}":      "2:37: 写了 mail.user，没有写密码",
		"mail: {host: h, from: a@b.cn, password: 密码}": "2:7: 写了密码，没有写 mail.user",
		"settle: 1s\nsettle: 2s":                      "3:1: “settle”在第 2 行已经写过",
	} {
		data := t.TempDir()
		write(t, filepath.Join(data, "taizhang.yaml"), "city: 甲市\n"+text+"\n")
		if _, err := readSettings(filepath.Join(data, "taizhang.yaml")); err == nil || !strings.Contains(err.Error(), "taizhang.yaml:"+want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"city: \xbc\xd7\xca\xd0\n": "文件不是 UTF-8 编码", strings.Repeat("#", 2<<20): "文件过大", "city: 甲市\n---\ncity: 乙市\n": "只能有一份设置",
	} {
		data := t.TempDir()
		write(t, filepath.Join(data, "taizhang.yaml"), text)
		if _, err := readSettings(filepath.Join(data, "taizhang.yaml")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
	data := t.TempDir()
	write(t, filepath.Join(data, "taizhang.yaml"), "chase: {forms: [没有表]}\n")
	if said := refusedStart(t, data); !strings.Contains(said, "“没有表”") || !strings.Contains(said, "form list") {
		t.Errorf("a form that is none:\n%s", said)
	}
}

// What mail test is given is looked at before anybody is called.
func TestMailTestToNobody(t *testing.T) {
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"x", "a@例.cn", "a@b.cn,c@d.cn", "a@b.cn\r\nRCPT TO:<x@y>"} {
		said, err := exec.CommandContext(t.Context(), path, "mail", "test", address, "--data", t.TempDir()).CombinedOutput()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.ExitCode() != exitUsage || !strings.Contains(string(said), "不能用作电子邮箱") {
			t.Errorf("%q: %v\n%s", address, err, said)
		}
	}
}

// An upload that finds no place to wait in is our trouble, and not a file that nobody
// sent.
func TestUploadWithoutATemporaryFolder(t *testing.T) {
	if _, err := binary(); err != nil { // it is built in the usual one
		t.Fatal(err)
	}
	data := t.TempDir()
	write(t, filepath.Join(data, "counties.yaml"), twoCounties)
	t.Setenv("TMPDIR", filepath.Join(data, "weg"))
	d := &daemon{t: t, data: data, out: &syncBuffer{}}
	d.start()
	if code, said := d.upload("/api/v1/submissions", "甲县", "大.xlsx", make([]byte, 3<<20)); code != http.StatusInternalServerError || !strings.Contains(said, "reference") {
		t.Errorf("%d %s", code, said)
	}
}
