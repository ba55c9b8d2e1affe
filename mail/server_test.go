package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	smtpserver "github.com/emersion/go-smtp"
)

// postOffice is a real mail server on this machine. Its answers are set by the
// test; what it took is kept.
type postOffice struct {
	mu      sync.Mutex
	sender  func(from string) error
	rcpt    func(to string) error
	content func(attempt int) error // after the whole letter has been read
	drop    func(attempt int) bool  // hang up instead of answering
	tried   int
	taken   []letterTaken // answered with 250, or read whole before hanging up
	users   []string
}

type letterTaken struct {
	from string
	to   []string
	data []byte
}

// open starts the server and gives the settings to reach it.
func (p *postOffice) open(t *testing.T, config *tls.Config) *SMTP {
	t.Helper()
	s := smtpserver.NewServer(smtpserver.BackendFunc(func(c *smtpserver.Conn) (smtpserver.Session, error) {
		return &visit{office: p, conn: c}, nil
	}))
	s.Domain, s.TLSConfig = "localhost", config
	s.ErrorLog = log.New(io.Discard, "", 0) // lines that are cut on purpose
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return settings(l)
}

func settings(l net.Listener) *SMTP {
	return &SMTP{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "none",
		From: "台账 <taizhang@city.example>", Timeout: 5 * time.Second,
	}
}

func (p *postOffice) letters() []letterTaken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letterTaken{}, p.taken...)
}

// visit is one connection.
type visit struct {
	office *postOffice
	conn   *smtpserver.Conn
	letter letterTaken
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "right" {
			return smtpserver.ErrAuthFailed
		}
		v.office.mu.Lock()
		defer v.office.mu.Unlock()
		v.office.users = append(v.office.users, user)
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtpserver.MailOptions) error {
	v.letter = letterTaken{from: from}
	if v.office.sender != nil {
		return v.office.sender(from)
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *smtpserver.RcptOptions) error {
	if v.office.rcpt != nil {
		if err := v.office.rcpt(to); err != nil {
			return err
		}
	}
	v.letter.to = append(v.letter.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.letter.data = data
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.office.tried++
	if v.office.content != nil {
		if err := v.office.content(v.office.tried); err != nil {
			return err
		}
	}
	v.office.taken = append(v.office.taken, v.letter)
	if v.office.drop != nil && v.office.drop(v.office.tried) {
		v.conn.Conn().Close()
	}
	return nil
}

func (v *visit) Reset() {}

func (v *visit) Logout() error { return nil }

// answer is a reply of the server.
func reply(code int, text string) error {
	return &smtpserver.SMTPError{Code: code, EnhancedCode: smtpserver.NoEnhancedCode, Message: text}
}

// certificate makes a server's certificate and who vouches for it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	return certificateUntil(t, time.Now().Add(time.Hour))
}

func certificateUntil(t *testing.T, end time.Time) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.ParseIP("127.0.0.1")},
		NotBefore: end.Add(-2 * time.Hour), NotAfter: end,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}, roots
}
