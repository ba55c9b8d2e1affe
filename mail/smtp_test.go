package mail

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"taizhang/merge"
)

// sample is a letter about the report of partly.
func sample(t *testing.T) *gomail.Msg {
	t.Helper()
	l := merge.Letter{ID: 1, MessageID: "<20191102-0007.01234567@city.example>"}
	m, err := compose(l, partly(), "台账 <taizhang@city.example>", nil, maxAttached, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// send hands the sample over to one or two addresses.
func send(t *testing.T, s *SMTP, whole bool, to ...string) ([]string, *Refusal) {
	t.Helper()
	m := sample(t)
	if err := m.To(to...); err != nil {
		t.Fatal(err)
	}
	refused, err := s.Send(t.Context(), m, to, whole)
	var r *Refusal
	if err != nil && !errors.As(err, &r) {
		t.Fatalf("not a refusal: %v", err)
	}
	return refused, r
}

func TestSendSaysWhetherToTryAgain(t *testing.T) {
	tests := []struct {
		name      string
		office    *postOffice
		stage     string
		code      int
		permanent bool
	}{
		{name: "busy", office: &postOffice{content: func(int) error { return reply(451, "greylisted") }},
			stage: "content", code: 451},
		{name: "nobody of that name", office: &postOffice{rcpt: func(string) error { return reply(550, "no such user") }},
			stage: "recipient", code: 550, permanent: true},
		{name: "mailbox full", office: &postOffice{rcpt: func(string) error { return reply(452, "full") }},
			stage: "recipient", code: 452},
		{name: "content refused", office: &postOffice{content: func(int) error { return reply(554, "spam") }},
			stage: "content", code: 554, permanent: true},
		{name: "our own address refused is a matter of the settings",
			office: &postOffice{sender: func(string) error { return reply(553, "not yours") }},
			stage:  "sender", code: 553},
		{name: "line cut after the letter", office: &postOffice{drop: func(int) bool { return true }},
			stage: "content", code: 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r := send(t, tt.office.open(t, nil), true, "a@county.example")
			if r == nil {
				t.Fatal("no error")
			}
			if r.Stage != tt.stage || r.Code != tt.code || r.Permanent() != tt.permanent {
				t.Errorf("stage %s, code %d, permanent %t: %v", r.Stage, r.Code, r.Permanent(), r)
			}
		})
	}
}

func TestSendToSeveralAddresses(t *testing.T) {
	busy := func(to string) error {
		if strings.HasPrefix(to, "busy") {
			return reply(450, "later")
		}
		if strings.HasPrefix(to, "gone") {
			return reply(550, "no such user")
		}
		return nil
	}
	office := &postOffice{rcpt: busy}
	s := office.open(t, nil)
	if refused, r := send(t, s, true, "a@county.example", "gone@county.example"); r != nil ||
		!slices.Equal(refused, []string{"gone@county.example"}) {
		t.Errorf("one address is gone: refused %v, error %v", refused, r)
	}
	if _, r := send(t, s, true, "a@county.example", "busy@county.example"); r == nil || r.Permanent() {
		t.Errorf("one address is busy, and there is time: %v", r)
	}
	if got := len(office.letters()); got != 1 {
		t.Errorf("%d letters taken while one address was busy", got)
	}
	if refused, r := send(t, s, false, "a@county.example", "busy@county.example"); r != nil || len(refused) != 1 {
		t.Errorf("one address stays busy: refused %v, error %v", refused, r)
	}
	if _, r := send(t, s, false, "busy@county.example", "gone@county.example"); r == nil || r.Permanent() {
		t.Errorf("a busy address is worth trying again: %v", r)
	}
}

func TestSendGivesUpOnASilentServer(t *testing.T) {
	l := silent(t)
	s := settings(l)
	s.Timeout = 200 * time.Millisecond
	began := time.Now()
	_, r := send(t, s, true, "a@county.example")
	if r == nil || r.Permanent() || r.Code != 0 {
		t.Errorf("silent server: %v", r)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("waited %s", took)
	}
}

func TestSendStopsWithTheContext(t *testing.T) {
	s := settings(silent(t))
	s.Timeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	began := time.Now()
	if _, err := s.Send(ctx, sample(t), []string{"a@county.example"}, true); err == nil {
		t.Error("a silent server took the letter")
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %s", took)
	}
}

// takesCalls is a server that answers each call in its own way.
func takesCalls(t *testing.T, talk func(net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			go talk(c)
		}
	}()
	return l
}

// silent is a server that takes calls and never says a word.
func silent(t *testing.T) net.Listener {
	t.Helper()
	return takesCalls(t, func(net.Conn) {})
}

func TestSendSignsInOverTLS(t *testing.T) {
	config, roots := certificate(t)
	office := &postOffice{}
	s := office.open(t, config)
	s.TLS, s.Roots, s.User, s.Password = "starttls", roots, "taizhang", "right"
	if _, r := send(t, s, true, "a@county.example"); r != nil {
		t.Fatal(r)
	}
	if !slices.Equal(office.users, []string{"taizhang"}) || len(office.letters()) != 1 {
		t.Errorf("signed in: %v", office.users)
	}
	s.Password = "wrong"
	if _, r := send(t, s, true, "a@county.example"); r == nil || r.Permanent() {
		t.Errorf("a wrong password is a matter of the settings: %v", r)
	}
	s.Password, s.Roots = "right", nil
	if _, r := send(t, s, true, "a@county.example"); r == nil || r.Stage != StageStartTLS {
		t.Errorf("a certificate that nobody vouches for: %v", r)
	}
}

func TestSendNeverFallsBackToAnOpenLine(t *testing.T) {
	office := &postOffice{}
	s := office.open(t, nil) // offers no STARTTLS
	s.TLS = ""
	if _, r := send(t, s, true, "a@county.example"); r == nil || r.Stage != StageStartTLS {
		t.Errorf("no STARTTLS: %v", r)
	}
	s.TLS = "ssl"
	if _, r := send(t, s, true, "a@county.example"); r == nil || !strings.Contains(r.Error(), "write starttls, tls or none") {
		t.Errorf("unknown setting: %v", r)
	}
	if len(office.letters()) != 0 {
		t.Error("a letter went out over an open line")
	}
}

func TestFolderPause(t *testing.T) {
	for i, want := range []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour} {
		if got := folderPause(i + 1); got != want {
			t.Errorf("after %d attempts: %v, want %v", i+1, got, want)
		}
	}
}

func TestPause(t *testing.T) {
	var minutes []int
	total := time.Duration(0)
	n := 0
	for attempts := 1; ; attempts++ {
		wait, more := pause(attempts)
		if !more {
			break
		}
		if attempts <= 7 {
			minutes = append(minutes, int(wait.Minutes()))
		}
		total += wait
		if n++; n > 1000 {
			t.Fatal("tried for ever")
		}
	}
	if !slices.Equal(minutes, []int{1, 5, 15, 30, 60, 60, 60}) {
		t.Errorf("minutes between attempts: %v", minutes)
	}
	if total < 5*24*time.Hour || total > 5*24*time.Hour+time.Hour {
		t.Errorf("given up after %s", total)
	}
}
