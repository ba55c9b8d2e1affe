package mail

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/merge"
)

// mode is a way in which a server misbehaves, and what must become of the letter.
type mode struct {
	name   string
	server *rude
	change func(*SMTP)
	state  string
	cause  string // part of what the outbox keeps
	advice string // part of what to do about it
	came   int    // letters that came whole, whatever was answered
	sent   bool   // the letter is through at the first attempt
}

func modes(t *testing.T) []mode {
	expired, roots := certificateUntil(t, time.Now().Add(-time.Hour))
	strange, _ := certificate(t)
	starttls := func(s *SMTP) { s.TLS, s.Roots = "starttls", roots }
	on := func(verb string, answer func(net.Conn)) *rude {
		return &rude{answers: map[string]func(net.Conn){verb: answer}}
	}
	protected := func(answer func(net.Conn)) *rude {
		r := on("STARTTLS", answer)
		r.offers = "STARTTLS"
		return r
	}
	return []mode{
		{name: "silent", server: &rude{greeting: hang}, state: "pending", cause: "mail, greeting", advice: "连上了但服务器不说话"},
		{name: "drip", server: &rude{greeting: drip}, state: "pending", cause: "mail, greeting", advice: "连上了但服务器不说话"},
		{name: "endless banner", server: &rude{greeting: endless}, state: "pending", cause: "talks without end", advice: "mail test"},
		{name: "421 at connect", server: &rude{greeting: say("421 too many connections")}, state: "pending", cause: "421", advice: "perMinute"},
		{name: "554 at connect", server: &rude{greeting: say("554 no service for you")}, state: "pending", cause: "554", advice: "IP 放行"},
		{name: "553 at MAIL", server: on("MAIL", say("553 Mail from must equal authorized user")), state: "pending", cause: "mail, sender", advice: "mail.from 必须是登录账号自己的地址"},
		{name: "451 at RCPT", server: on("RCPT", say("451 4.7.1 greylisted")), state: "pending", cause: "451", advice: "稍后再送"},
		{name: "hang at RCPT", server: on("RCPT", hang), state: "pending", cause: "mail, recipient", advice: "mail test"},
		{name: "550 user", server: on("RCPT", say("550 5.1.1 no such user")), state: "failed", cause: "no such user", advice: "counties.yaml"},
		{name: "554 relay", server: on("RCPT", say("554 5.7.1 relay access denied")), state: "failed", cause: "relay", advice: "mail.user"},
		{name: "hang at DATA", server: on("DATA", hang), state: "pending", cause: "mail, content", advice: "mail test"},
		{name: "451 after DATA", server: on(".", say("451 try again")), state: "pending", cause: "451", advice: "稍后再送", came: 1},
		{name: "550 content", server: on(".", say("550 spam")), state: "failed", cause: "spam", advice: "垃圾邮件", came: 1},
		{name: "552 size", server: on(".", say("552 too large")), state: "failed", cause: "552", advice: "不带附件也不收", came: 2},
		{name: "drop after the final dot", server: on(".", drop), state: "pending", cause: "可能已送到", advice: "同一个 Message-ID", came: 1},
		{name: "silent after the final dot", server: on(".", hang), state: "pending", cause: "可能已送到", advice: "同一个 Message-ID", came: 1},
		{name: "250 after the limit", server: on(".", after(time.Second, "250 taken")), state: "pending", cause: "可能已送到", advice: "同一个 Message-ID", came: 1},
		{name: "250 after a delay", server: on(".", after(200*time.Millisecond, "250 taken")), state: "sent", came: 1, sent: true},
		{name: "silent at QUIT", server: on("QUIT", hang), state: "sent", came: 1, sent: true},
		{name: "STARTTLS garbage", server: protected(say("220 go on\r\nthis is no TLS at all, none whatever")), change: starttls,
			state: "pending", cause: "mail, starttls", advice: "没有明文发出"},
		{name: "STARTTLS silence", server: protected(say("220 go on")), change: starttls, state: "pending", cause: "mail, starttls", advice: "没有明文发出"},
		{name: "STARTTLS not offered", server: &rude{}, change: starttls, state: "pending", cause: "no STARTTLS", advice: "465"},
		{name: "expired certificate", server: protected(badCertificate(expired)), change: starttls, state: "pending", cause: "expired", advice: "mail.caFile"},
		{name: "unknown certificate", server: protected(badCertificate(strange)), change: starttls, state: "pending", cause: "certificate", advice: "mail.caFile"},
		{name: "DNS failure", server: &rude{}, change: func(s *SMTP) { s.Host = "no-such-host.invalid" }, state: "pending", cause: "mail, connect", advice: "DNS"},
		{name: "port closed", server: &rude{}, change: func(s *SMTP) { s.Port = closedPort(t) }, state: "pending", cause: "mail, connect", advice: "端口没有开"},
	}
}

// closedPort is a port on which nobody listens.
func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Whatever the server does, the letter is in a known state within the limit, the
// folder has the answer, and every attempt carries the same Message-ID.
func TestServersThatMisbehave(t *testing.T) {
	for _, m := range modes(t) {
		t.Run(m.name, func(t *testing.T) {
			c := newCity(t)
			c.SMTP = m.server.open(t)
			good0 := *c.SMTP
			if m.change != nil {
				m.change(c.SMTP)
			}
			c.receive("自查表.xlsx", c.issues(good))
			began := time.Now()
			c.deliver()
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s with a limit of %s", took, c.SMTP.Timeout)
			}
			m.check(c, t)
			if m.state != "pending" {
				return
			}
			m.server.mend()
			good0.Timeout = 5 * time.Second
			c.SMTP = &good0
			c.later(2 * time.Minute)
			c.deliver()
			l := c.letter(channelMail)
			_, ids := m.server.saw()
			if l.State != "sent" || l.Attempts != 2 || len(ids) != m.came+1 {
				t.Fatalf("after the server was mended: %s, %d attempts, %d came: %s", l.State, l.Attempts, len(ids), l.LastError)
			}
			for _, id := range ids {
				if id != l.MessageID {
					t.Errorf("Message-ID %s, want %s", id, l.MessageID)
				}
			}
		})
	}
}

// check holds the letter after the first attempt against what it should be.
func (m mode) check(c *city, t *testing.T) {
	t.Helper()
	l := c.letter(channelMail)
	cause, advice := Cause(l)
	if l.State != m.state || l.Attempts != 1 || !strings.Contains(cause, m.cause) || !strings.Contains(advice, m.advice) {
		t.Errorf("%s after %d attempts, %q\n%s", l.State, l.Attempts, cause, advice)
	}
	if wait := l.NextAt.Sub(c.now()); m.state == "pending" && !soon(wait, time.Minute) {
		t.Errorf("next try in %s", wait)
	}
	heard, ids := m.server.saw()
	if len(ids) != m.came {
		t.Errorf("%d letters came, want %d", len(ids), m.came)
	}
	if c.SMTP.TLS == "starttls" && slices.Contains(heard, "MAIL") {
		t.Errorf("something went over an open line: %v", heard)
	}
	if len(c.answers()) != 1 {
		t.Errorf("the folder has %q", c.answers())
	}
	lines, err := c.Problems(t.Context())
	if err != nil || (m.state == "failed") != (len(lines) == 1) {
		t.Errorf("the page says %q %v", lines, err)
	}
	if len(lines) == 1 && !(strings.HasPrefix(lines[0], "河南县：1 封邮件没有送到") && strings.Contains(lines[0], m.advice)) {
		t.Errorf("the page says %q", lines[0])
	}
}

// A greeting without end is heard only so far.
func TestEndlessBannerIsNotHeardForEver(t *testing.T) {
	s := (&rude{greeting: endless}).open(t)
	s.Timeout = 20 * time.Second
	began := time.Now()
	if _, r := send(t, s, true, "a@county.example"); r == nil || !strings.Contains(r.Error(), errTalksTooMuch.Error()) {
		t.Errorf("refusal: %v", r)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("listened for %s", took)
	}
}

// A server that hangs for one domain holds up no other, and stopping the program
// ends the call that hangs; the letter waits for the next start.
func TestSilentDomainHoldsUpNoOther(t *testing.T) {
	c := newCity(t)
	office := &postOffice{}
	release := make(chan struct{})
	office.rcpt = func(to string) error {
		if strings.HasSuffix(to, "@slow.example") {
			<-release
		}
		return nil
	}
	c.SMTP = office.open(t, nil)
	t.Cleanup(func() { close(release) }) // before the server is closed
	c.SMTP.Timeout = time.Minute
	c.county.Email = []string{"a@slow.example"}
	c.receive("自查表.xlsx", c.issues(good))
	c.county.Email = []string{"a@quick.example"}
	c.receive("自查表（二）.xlsx", c.issues(good, bad))

	stop := c.run(t)
	waitFor(t, "the letter to the domain that answers", func() bool { return len(office.letters()) == 1 })
	if to := office.letters()[0].to; to[0] != "a@quick.example" {
		t.Errorf("to %v", to)
	}
	began := time.Now()
	stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if l := c.letter(channelMail); l.State != "pending" || l.NextAt.After(c.now()) {
		t.Errorf("the letter that hung is %s, next at %s: %s", l.State, l.NextAt, l.LastError)
	}
}

// run runs the office; the function it gives stops it and waits.
func (c *city) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s", what)
		}
	}
}

func TestOneDomainGetsOnlySoMuchAMinute(t *testing.T) {
	c := newCity(t)
	var times []time.Time
	office := &postOffice{content: func(int) error { times = append(times, time.Now()); return nil }} // under its lock
	c.SMTP = office.open(t, nil)
	c.SMTP.PerMinute, c.SMTP.minute = 2, 700*time.Millisecond
	for _, address := range []string{"a", "b", "c", "d", "e"} {
		c.receive(address+".xlsx", c.issues([3]string{address, "已清理", "已办结"}))
	}
	c.deliver()
	if n := len(office.letters()); n != 2 {
		t.Fatalf("%d letters at once", n)
	}
	stop := c.run(t)
	waitFor(t, "all letters", func() bool { return len(office.letters()) == 5 })
	stop()
	for i := 2; i < len(times); i++ {
		if gap := times[i].Sub(times[i-2]); gap < 600*time.Millisecond {
			t.Errorf("letters %d to %d within %s", i-2, i, gap)
		}
	}
}

// A program that died in the middle left its letter claimed; the next one sends
// it under the same Message-ID, whether the server had it already or not.
func TestLettersOfADeadProgram(t *testing.T) {
	for _, tt := range []struct {
		name string
		die  func(*city, merge.Letter)
		came int
	}{
		{"before it was sent", func(*city, merge.Letter) {}, 1},
		{"after it was sent", func(c *city, l merge.Letter) {
			if err := c.hand(c.t.Context(), l); err != nil {
				c.t.Fatal(err)
			}
		}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCity(t)
			office := &postOffice{}
			c.SMTP = office.open(t, nil)
			c.receive("自查表.xlsx", c.issues(good))
			l, ok, err := c.Store.Claim(t.Context(), channelMail)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			tt.die(c, l)
			stop := c.run(t)
			waitFor(t, "the letter", func() bool { return c.letter(channelMail).State == "sent" })
			stop()
			taken := office.letters()
			if len(taken) != tt.came {
				t.Errorf("%d letters", len(taken))
			}
			for _, one := range taken {
				if id := open(t, one.data).header.Get("Message-Id"); id != l.MessageID {
					t.Errorf("Message-ID %s, want %s", id, l.MessageID)
				}
			}
		})
	}
}

// Trouble shows on the page until a later letter arrives, or the letter is taken up.
func TestProblemsEnd(t *testing.T) {
	c := newCity(t)
	gone := true
	office := &postOffice{rcpt: func(string) error {
		if gone {
			return reply(550, "no such user")
		}
		return nil
	}}
	c.SMTP = office.open(t, nil)
	c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	if lines, err := c.Problems(t.Context()); err != nil || len(lines) != 1 {
		t.Fatalf("%q %v", lines, err)
	}
	gone = false
	c.receive("自查表（二）.xlsx", c.issues(good, bad))
	c.deliver()
	if lines, err := c.Problems(t.Context()); err != nil || len(lines) != 0 {
		t.Errorf("%q %v", lines, err)
	}
}

// A server that stays busy becomes a line on the page at the second attempt.
func TestWaitingLettersAreShown(t *testing.T) {
	c := newCity(t)
	c.SMTP = (&postOffice{content: func(int) error { return reply(451, "busy") }}).open(t, nil)
	c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	c.later(2 * time.Minute)
	c.deliver()
	lines, err := c.Problems(t.Context())
	if err != nil || len(lines) != 1 || !strings.HasPrefix(lines[0], "河南县：1 封邮件还没有送到，已试 2 次，11-02 09:") {
		t.Errorf("%q %v", lines, err)
	}
}

// A server that took the letter and does not say goodbye holds nobody up.
func TestGoodbyeIsNotWaitedFor(t *testing.T) {
	s := (&rude{answers: map[string]func(net.Conn){"QUIT": hang}}).open(t)
	s.Timeout = time.Minute
	began := time.Now()
	if _, r := send(t, s, true, "a@county.example"); r != nil {
		t.Error(r)
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("waited %s", took)
	}
}

// A letter that only some of a county's addresses took is sent, and the page says
// so until a whole one follows.
func TestAddressThatIsRefusedIsShown(t *testing.T) {
	c := newCity(t)
	office := &postOffice{rcpt: func(to string) error {
		if strings.HasPrefix(to, "gone@") {
			return reply(550, "no such user")
		}
		return nil
	}}
	c.SMTP = office.open(t, nil)
	c.county.Email = []string{"a@county.example", "gone@county.example"}
	c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	l := c.letter(channelMail)
	if cause, _ := Cause(l); l.State != "sent" || !strings.Contains(cause, "1 of 2 addresses refused: gone@county.example") {
		t.Errorf("letter is %s: %s", l.State, cause)
	}
	lines, err := c.Problems(t.Context())
	if err != nil || len(lines) != 1 || !strings.HasPrefix(lines[0], "河南县：有的邮箱地址收不到信。") {
		t.Errorf("%q %v", lines, err)
	}
	c.county.Email = c.county.Email[:1]
	c.receive("自查表（二）.xlsx", c.issues(good, bad))
	c.deliver()
	if lines, err := c.Problems(t.Context()); err != nil || len(lines) != 0 {
		t.Errorf("%q %v", lines, err)
	}
	if n := len(office.letters()); n != 2 {
		t.Errorf("%d letters", n)
	}
}
