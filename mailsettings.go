package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/mail"
	"taizhang/templates"

	"go.yaml.in/yaml/v4"
)

// mailSettings say which server takes the letters. Without a host none are sent.
type mailSettings struct {
	Host         string   `yaml:"host"`
	Port         int      `yaml:"port"`
	TLS          string   `yaml:"tls"`
	CAFile       string   `yaml:"caFile"`
	User         string   `yaml:"user"`
	Password     string   `yaml:"password"`
	PasswordFile string   `yaml:"passwordFile"`
	PasswordEnv  string   `yaml:"passwordEnv"`
	From         string   `yaml:"from"`
	Timeout      duration `yaml:"timeout"`
	PerMinute    int      `yaml:"perMinute"`
}

func defaultMail() mailSettings {
	return mailSettings{Port: 587, TLS: "starttls", Timeout: duration(10 * time.Minute), PerMinute: 10}
}

// maxMailTimeout is less than the time after which a letter that is under way is
// taken for lost and tried again.
const maxMailTimeout = 14 * time.Minute

// checkMail holds what is set about mail against itself, each mistake with its line.
func (s settings) checkMail(path string, text []byte) (out templates.Mistakes) {
	m := s.Mail
	wrong := func(hint string, key []string, format string, args ...any) {
		line, col := placeOf(text, key...)
		out = append(out, templates.Mistake{File: path, Line: line, Col: col, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	for i, address := range s.CityMail {
		if _, ok := templates.MailAddress(address); !ok {
			wrong(templates.AddressWanted, []string{"cityMail", fmt.Sprint(i)}, "cityMail 里的“%s”不能用作电子邮箱", address)
		}
	}
	if _, ok := templates.MailAddress(m.From); m.From != "" && !ok {
		wrong(templates.AddressWanted, []string{"mail", "from"}, "mail.from 里的“%s”不能用作发信地址", m.From)
	}
	if m.Host != "" && m.From == "" {
		wrong("", []string{"mail"}, "mail.from 没有填写：发信地址")
	}
	if m.Host != "" && !plainHost(m.Host) {
		wrong("", []string{"mail", "host"}, "mail.host 只写服务器的名称，例如 smtp.example.gov.cn，端口写在 mail.port；现在是“%s”", m.Host)
	}
	if m.Port < 1 || m.Port > 65535 {
		wrong("", []string{"mail", "port"}, "mail.port 应在 1 到 65535 之间，现在是 %d", m.Port)
	}
	if m.Host != "" && m.User == "" && m.passwords() > 0 {
		wrong("", []string{"mail"}, "写了密码，没有写 mail.user：登录的账号")
	}
	if m.Host != "" && m.User != "" && m.passwords() == 0 {
		wrong("", []string{"mail", "user"}, "写了 mail.user，没有写密码：填 mail.password、passwordFile 或 passwordEnv")
	}
	if m.TLS != "starttls" && m.TLS != "tls" && m.TLS != "none" {
		wrong("", []string{"mail", "tls"}, "mail.tls 只能是 starttls、tls 或 none，现在是“%s”", m.TLS)
	}
	if m.passwords() > 1 {
		wrong("", []string{"mail"}, "mail.password、mail.passwordFile、mail.passwordEnv 只能填一个")
	}
	if t := time.Duration(m.Timeout); t <= 0 || t > maxMailTimeout {
		wrong("", []string{"mail", "timeout"}, "mail.timeout 应大于 0，不超过 %s", maxMailTimeout)
	}
	if m.PerMinute < 1 || m.PerMinute > 1000 {
		wrong("", []string{"mail", "perMinute"}, "mail.perMinute 应在 1 到 1000 之间，现在是 %d", m.PerMinute)
	}
	return out
}

// plainHost says whether a text can name a server: a name or an address, without a port.
func plainHost(host string) bool {
	return net.ParseIP(host) != nil || !strings.ContainsAny(host, " \t\r\n/:@[]")
}

// passwords counts the places in which a password is set.
func (m mailSettings) passwords() (n int) {
	for _, s := range []string{m.Password, m.PasswordFile, m.PasswordEnv} {
		if s != "" {
			n++
		}
	}
	return n
}

// placeOf is the line and column of a value in a YAML text; that of the nearest
// key above it, or 0, where it is not there.
func placeOf(text []byte, keys ...string) (line, col int) {
	var root yaml.Node
	if yaml.Unmarshal(text, &root) != nil || len(root.Content) == 0 {
		return 0, 0
	}
	at := root.Content[0]
	for _, key := range keys {
		next := child(at, key)
		if next == nil {
			break
		}
		at, line, col = next, next.Line, next.Column
	}
	return line, col
}

// child is the value of a key, or of a place in a list.
func child(n *yaml.Node, key string) *yaml.Node {
	for i, c := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode && fmt.Sprint(i) == key:
			return c
		case n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == key:
			return c
		}
	}
	return nil
}

// smtp is the server that takes the letters, nil when none is set. Files are named
// from the data folder.
func (m mailSettings) smtp(data string) (*mail.SMTP, error) {
	if m.Host == "" {
		return nil, nil
	}
	password, err := m.password(data)
	if err != nil {
		return nil, err
	}
	roots, err := m.roots(data)
	if err != nil {
		return nil, err
	}
	return &mail.SMTP{Host: m.Host, Port: m.Port, TLS: m.TLS, User: m.User, Password: password,
		From: m.From, Timeout: time.Duration(m.Timeout), PerMinute: m.PerMinute, Roots: roots}, nil
}

// password is the password wherever it is kept.
func (m mailSettings) password(data string) (string, error) {
	switch {
	case m.PasswordFile != "":
		text, err := os.ReadFile(within(data, m.PasswordFile))
		if err != nil {
			return "", usage(err, "mail.passwordFile 里写的文件读不了 (the password file cannot be read)")
		}
		return strings.TrimSpace(string(text)), nil
	case m.PasswordEnv != "":
		password, ok := os.LookupEnv(m.PasswordEnv)
		if !ok {
			return "", usage(fmt.Errorf("没有环境变量 %s (no such environment variable)", m.PasswordEnv),
				"启动程序前设置它，或改 mail.passwordEnv (set it before starting)")
		}
		return password, nil
	}
	return m.Password, nil
}

// roots are who vouches for the server, nil for the system's list.
func (m mailSettings) roots(data string) (*x509.CertPool, error) {
	if m.CAFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(within(data, m.CAFile))
	if err != nil {
		return nil, usage(err, "mail.caFile 里写的文件读不了 (the certificate file cannot be read)")
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, usage(errors.New("mail.caFile 里没有证书 (no certificate in it)"),
			"要 PEM 格式，以 -----BEGIN CERTIFICATE----- 开头 (it must be PEM)")
	}
	return pool, nil
}

// within names a file from a folder unless its name is whole.
func within(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// domain is the part of our own address that Message-IDs carry.
func (m mailSettings) domain() string {
	if address, ok := templates.MailAddress(m.From); ok {
		_, domain, _ := strings.Cut(address, "@")
		return domain
	}
	return "taizhang.local"
}
