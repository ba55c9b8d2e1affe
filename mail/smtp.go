package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// SMTP is the server that letters are handed to.
type SMTP struct {
	Host     string
	Port     int    // 0: 587 for starttls, 465 for tls, 25 for none
	TLS      string // starttls (also when ""), tls or none
	User     string // "" to send without signing in
	Password string
	From     string         // 台账 <taizhang@example.gov.cn>
	Timeout  time.Duration  // for handing over one letter, 0: 10 minutes
	Roots    *x509.CertPool // who vouches for the server, nil: the system's list
}

// Refusal is an error of handing over a letter.
type Refusal struct {
	Stage string // address, dial, sender, recipient, content
	Code  int    // the server's answer, 0 where it gave none: the letter may have been taken
	Err   error
}

func (e *Refusal) Error() string { return fmt.Sprintf("mail, %s: %v", e.Stage, e.Err) }

func (e *Refusal) Unwrap() error { return e.Err }

// Permanent says whether trying again is of no use. A server that refuses us or
// our sender address does so because of the settings, and those can be mended.
func (e *Refusal) Permanent() bool {
	return e.Stage == "address" || e.Code >= 500 && e.Code < 600 && (e.Stage == "recipient" || e.Stage == "content")
}

// refusal wraps an error with what the server answered.
func refusal(stage string, err error) *Refusal {
	r := &Refusal{Stage: stage, Err: err}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		r.Code = answer.Code
	}
	return r
}

// connectTimeout bounds connecting, greeting and signing in.
const connectTimeout = 30 * time.Second

// Send hands a letter over to the server and gives the addresses that the
// server refused while it took the letter for others. With whole set it hands
// nothing over while the server asks to wait for any of the addresses. An error
// is a *Refusal.
func (s *SMTP) Send(ctx context.Context, m *gomail.Msg, to []string, whole bool) ([]string, error) {
	l := &line{of: s, ctx: ctx}
	defer l.hangUp()
	client, err := s.client(l)
	if err != nil {
		return nil, refusal("dial", err)
	}
	c, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, refusal("dial", fmt.Errorf("%s: %w", client.ServerAddr(), err))
	}
	if err := c.UpdateDeadline(s.timeout()); err != nil {
		return nil, refusal("dial", err)
	}
	return s.transact(c, m, to, whole)
}

// transact is one mail transaction. Once the server has taken the letter,
// nothing that happens afterwards is an error: the letter would go out twice.
func (s *SMTP) transact(c *smtp.Client, m *gomail.Msg, to []string, whole bool) ([]string, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, refusal("sender", err)
	}
	if err := c.Mail("<" + from.Address + ">"); err != nil {
		return nil, refusal("sender", err)
	}
	refused, worst := recipients(c, to)
	if len(refused) == len(to) || whole && worst != nil && !worst.Permanent() {
		return nil, worst
	}
	w, err := c.Data()
	if err != nil {
		return nil, refusal("content", err)
	}
	if _, err := m.WriteTo(w); err != nil {
		return nil, refusal("content", err)
	}
	if err := w.Close(); err != nil {
		return nil, refusal("content", err)
	}
	_ = c.Quit() // taken already
	return refused, nil
}

// recipients names the addresses to the server and gives those it refused, with
// an error worth trying again, if there is one.
func recipients(c *smtp.Client, to []string) (refused []string, worst *Refusal) {
	for _, address := range to {
		err := c.Rcpt("<" + address + ">")
		if err == nil {
			continue
		}
		refused = append(refused, address)
		if r := refusal("recipient", err); worst == nil || worst.Permanent() {
			worst = r
		}
	}
	return refused, worst
}

func (s *SMTP) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return 10 * time.Minute // as long as a server may think about a letter
}

// client prepares go-mail's client. It never falls back to an unprotected line.
func (s *SMTP) client(l *line) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.port()),
		gomail.WithTimeout(min(connectTimeout, s.timeout())),
		gomail.WithDialContextFunc(l.dial),
		gomail.WithTLSConfig(s.tlsConfig()),
	}
	if _, domain, ok := strings.Cut(strings.Trim(s.From, "<> "), "@"); ok {
		// The machine's own name may not be ASCII.
		options = append(options, gomail.WithHELO(domain))
	}
	switch s.TLS {
	case "", "starttls":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail setting tls is %q (write starttls, tls or none)", s.TLS)
	}
	if s.User != "" {
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1,
				gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.Host, options...)
}

func (s *SMTP) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.TLS == "tls":
		return 465
	case s.TLS == "none":
		return 25
	}
	return 587
}

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// line is the connection to the server; it is cut when the context ends,
// whatever the client waits for.
type line struct {
	of   *SMTP
	ctx  context.Context
	conn net.Conn
	stop func() bool
}

// dial connects; go-mail calls it with a context that ends with the dialling.
func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var conn net.Conn
	var err error
	if l.of.TLS == "tls" {
		conn, err = (&tls.Dialer{Config: l.of.tlsConfig()}).DialContext(ctx, network, address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	l.conn = conn
	l.stop = context.AfterFunc(l.ctx, func() { conn.Close() })
	return conn, nil
}

func (l *line) hangUp() {
	if l.conn != nil {
		l.stop()
		l.conn.Close()
	}
}
