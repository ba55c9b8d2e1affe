package mail

import (
	"context"
	"crypto/x509"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"taizhang/templates"
)

// SMTP is the server that letters are handed to.
type SMTP struct {
	Host      string
	Port      int    // 0: 587 for starttls, 465 for tls, 25 for none
	TLS       string // starttls (also when ""), tls or none
	User      string // "" to send without signing in
	Password  string
	From      string         // 台账 <taizhang@example.gov.cn>
	Timeout   time.Duration  // for one letter, all tries of one attempt together; 0: 10 minutes
	PerMinute int            // letters to one domain in any minute, 0: 10
	Roots     *x509.CertPool // who vouches for the server, nil: the system's list

	// Trace is told of each stage that went well, with what the server said of
	// itself; nil for nobody.
	Trace func(stage, note string)

	minute time.Duration // 0: a minute
}

// connectTimeout bounds connecting, greeting and signing in.
const connectTimeout = 30 * time.Second

// farewell is how long a server may take to say goodbye, or why it hung up.
const farewell = 2 * time.Second

// Send hands a letter over to the server and gives the addresses that the
// server refused while it took the letter for others. With whole set it hands
// nothing over while the server asks to wait for any of the addresses. It takes
// no longer than Timeout, and ends with the context. An error is a *Refusal.
func (s *SMTP) Send(ctx context.Context, m *gomail.Msg, to []string, whole bool) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	l := &line{SMTP: s, ctx: ctx}
	defer l.hangUp()
	refused, r := l.deliver(m, to, whole)
	if r == nil {
		return refused, nil
	}
	return nil, l.explained(r)
}

// explained adds that the time was over, or the program stops, to an error that
// came of it.
func (l *line) explained(r *Refusal) *Refusal {
	cause := context.Cause(l.ctx)
	if cause == nil && l.ear != nil {
		cause = l.ear.late
	}
	if cause != nil {
		r.Err = &interrupted{cause, r.Err}
	}
	return r
}

// deliver is one call with one mail transaction. Once the server has taken the
// letter, nothing that happens afterwards is an error: it would go out twice.
func (l *line) deliver(m *gomail.Msg, to []string, whole bool) ([]string, *Refusal) {
	if r := l.call(); r != nil {
		return nil, r
	}
	from, ok := templates.MailAddress(l.From)
	if !ok {
		return nil, refusal(StageSender, errFrom)
	}
	if err := l.Mail("<" + from + ">"); err != nil {
		return nil, refusal(StageSender, err)
	}
	l.trace(StageSender, from)
	refused, worst := recipients(l.Client, to)
	if len(refused) == len(to) || whole && worst != nil && !worst.Permanent() {
		return nil, worst
	}
	l.trace(StageRecipient, "")
	if r := l.content(m); r != nil {
		return nil, r
	}
	l.trace(StageContent, "")
	if l.UpdateDeadline(farewell) == nil {
		_ = l.Quit() // the letter is theirs already
	}
	return refused, nil
}

// content hands over the letter itself. Between the final dot and the server's
// answer nobody knows whether it was taken.
func (l *line) content(m *gomail.Msg) *Refusal {
	w, err := l.Data()
	if err != nil {
		return refusal(StageContent, err)
	}
	if _, err := m.WriteTo(w); err != nil {
		return refusal(StageContent, l.reason(err))
	}
	if err := w.Close(); err != nil {
		r := refusal(StageContent, err)
		r.Maybe = r.Code == 0
		return r
	}
	return nil
}

// reason is why a server hung up in the middle of a letter, if it said so, else
// the error itself.
func (l *line) reason(err error) error {
	if l.UpdateDeadline(farewell) != nil {
		return err
	}
	if _, _, said := l.Text.ReadResponse(250); said != nil && refusal("", said).Code > 0 {
		return said
	}
	return err
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
		if r := refusal(StageRecipient, err); worst == nil || worst.Permanent() {
			worst = r
		}
	}
	return refused, worst
}

func (s *SMTP) trace(stage, note string) {
	if s.Trace != nil {
		s.Trace(stage, note)
	}
}

func (s *SMTP) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return 10 * time.Minute // as long as a server may think about a letter
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
