package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// line is one call to the server. It is cut when its context ends, whatever is
// waited for.
type line struct {
	*SMTP
	*smtp.Client
	ctx  context.Context
	ear  *earshot
	conn net.Conn
	stop func() bool
}

// call connects, greets, protects the line and signs in. It never falls back to
// an unprotected line.
func (l *line) call() *Refusal {
	switch l.TLS {
	case "", "starttls", "tls", "none":
	default:
		return refusal(StageConnect, fmt.Errorf("mail setting tls is %q (write starttls, tls or none)", l.TLS))
	}
	ctx, cancel := context.WithTimeout(l.ctx, connectTimeout)
	defer cancel()
	for _, step := range []func(context.Context) *Refusal{l.connect, l.greet, l.startTLS, l.signIn} {
		if r := step(ctx); r != nil {
			return r
		}
	}
	if end, ok := l.ctx.Deadline(); ok {
		if err := l.UpdateDeadline(time.Until(end)); err != nil {
			return refusal(StageConnect, err)
		}
	}
	return nil
}

// connect opens the line, with TLS from its first byte where that is set.
func (l *line) connect(ctx context.Context) *Refusal {
	address := net.JoinHostPort(l.Host, strconv.Itoa(l.port()))
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return refusal(StageConnect, err)
	}
	l.ear = &earshot{Conn: conn, left: maxHeard}
	l.conn = l.ear
	l.stop = context.AfterFunc(l.ctx, func() { conn.Close() })
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return refusal(StageConnect, err)
		}
	}
	l.trace(StageConnect, address+" → "+conn.RemoteAddr().String())
	if l.TLS != "tls" {
		return nil
	}
	protected := tls.Client(l.conn, l.tlsConfig())
	if err := protected.HandshakeContext(ctx); err != nil {
		return refusal(StageTLS, err)
	}
	l.conn = protected
	l.trace(StageTLS, tls.VersionName(protected.ConnectionState().Version))
	return nil
}

// greet hears the server's greeting and names ourselves.
func (l *line) greet(context.Context) *Refusal {
	c, err := smtp.NewClient(l.conn, l.Host)
	if err != nil {
		return refusal(StageGreeting, err)
	}
	l.Client = c
	// Our own domain: the machine's name may not be ASCII.
	_, domain, ok := strings.Cut(strings.Trim(l.From, "<> "), "@")
	if !ok {
		domain = "localhost"
	}
	if err := c.Hello(domain); err != nil {
		return refusal(StageGreeting, err)
	}
	l.trace(StageGreeting, c.HelloResponse())
	return nil
}

var errNoStartTLS = errors.New("the server offers no STARTTLS")

// startTLS protects a line that began unprotected.
func (l *line) startTLS(context.Context) *Refusal {
	if l.TLS == "tls" || l.TLS == "none" {
		return nil
	}
	if ok, _ := l.Extension("STARTTLS"); !ok {
		return refusal(StageStartTLS, errNoStartTLS)
	}
	if err := l.StartTLS(l.tlsConfig()); err != nil {
		return refusal(StageStartTLS, err)
	}
	state, _ := l.TLSConnectionState()
	l.trace(StageStartTLS, tls.VersionName(state.Version))
	return nil
}

var errNoSignIn = errors.New("the server offers no way of signing in that we know")

// signIn signs in by the best way that the server offers. A password goes over
// an unprotected line only to this machine itself.
func (l *line) signIn(context.Context) *Refusal {
	if l.User == "" {
		return nil
	}
	_, offered := l.Extension("AUTH")
	for _, way := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(l.User, l.Password)},
		{"SCRAM-SHA-1", smtp.ScramSHA1Auth(l.User, l.Password)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(l.User, l.Password)},
		{"PLAIN", smtp.PlainAuth("", l.User, l.Password, l.Host, false)},
		{"LOGIN", smtp.LoginAuth(l.User, l.Password, l.Host, false)},
	} {
		if !hasWord(offered, way.name) {
			continue
		}
		if err := l.Auth(way.auth); err != nil {
			return refusal(StageSignIn, err)
		}
		l.trace(StageSignIn, way.name)
		return nil
	}
	return refusal(StageSignIn, errNoSignIn)
}

func hasWord(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

func (l *line) hangUp() {
	if l.conn != nil {
		l.stop()
		l.conn.Close()
	}
}

// maxHeard is how many bytes a server may say during one call. A call that goes
// well is a few thousand; a greeting without end must not fill the memory.
const maxHeard = 1 << 20

// earshot is a connection on which only so much is heard.
type earshot struct {
	net.Conn
	left int
	late error // the time to listen was over; half a line hides that from the reader
}

var errTalksTooMuch = errors.New("the server talks without end")

func (e *earshot) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, errTalksTooMuch
	}
	n, err := e.Conn.Read(p[:min(len(p), e.left)])
	e.left -= n
	if errors.Is(err, os.ErrDeadlineExceeded) {
		e.late = err
	}
	return n, err
}
