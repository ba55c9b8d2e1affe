package mail

import (
	"bufio"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// rude is a mail server that answers as it is told to, and misbehaves. Commands
// without an answer of their own are answered politely.
type rude struct {
	greeting func(net.Conn)            // nil: polite
	answers  map[string]func(net.Conn) // by command; "." is the end of a letter
	offers   string                    // a line more in the answer to EHLO

	mu    sync.Mutex
	heard []string // commands
	ids   []string // Message-IDs of letters that came whole
}

// say answers with a line.
func say(text string) func(net.Conn) {
	return func(c net.Conn) { c.Write([]byte(text + "\r\n")) }
}

// hang answers nothing, ever.
func hang(net.Conn) {}

// drop cuts the line.
func drop(c net.Conn) { c.Close() }

// after answers late.
func after(d time.Duration, text string) func(net.Conn) {
	return func(c net.Conn) { time.Sleep(d); say(text)(c) }
}

// drip says one byte at a time, with no end of the line.
func drip(c net.Conn) {
	for _, err := c.Write([]byte("2")); err == nil; _, err = c.Write([]byte("2")) {
		time.Sleep(50 * time.Millisecond)
	}
}

// endless greets without end, as fast as it can.
func endless(c net.Conn) {
	line := []byte(strings.Repeat("220-"+strings.Repeat("x", 1000)+"\r\n", 16))
	for _, err := c.Write(line); err == nil; _, err = c.Write(line) {
	}
}

// open starts the server and gives the settings to reach it, with a limit of well
// under a second.
func (r *rude) open(t *testing.T) *SMTP {
	t.Helper()
	s := settings(takesCalls(t, r.talk))
	s.Timeout = 600 * time.Millisecond
	return s
}

func (r *rude) talk(c net.Conn) {
	r.mu.Lock()
	greeting := r.greeting
	r.mu.Unlock()
	if greeting == nil {
		greeting = say("220 localhost")
	}
	greeting(c)
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " ")
		verb, _, _ = strings.Cut(verb, ":")
		r.answer(c, verb)
		r.mu.Lock()
		polite := r.answers["DATA"] == nil
		r.mu.Unlock()
		if verb == "DATA" && polite {
			r.take(lines)
			r.answer(c, ".")
		}
	}
}

// take reads a letter to its final dot.
func (r *rude) take(lines *bufio.Scanner) {
	id := ""
	for lines.Scan() && lines.Text() != "." {
		if value, ok := strings.CutPrefix(lines.Text(), "Message-ID: "); ok {
			id = value
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids = append(r.ids, id)
}

func (r *rude) answer(c net.Conn, verb string) {
	r.mu.Lock()
	r.heard = append(r.heard, verb)
	answer, offers := r.answers[verb], r.offers
	r.mu.Unlock()
	if answer != nil {
		answer(c)
		return
	}
	switch verb {
	case "EHLO":
		if offers != "" {
			say("250-localhost\r\n250 " + offers)(c)
			return
		}
		say("250 localhost")(c)
	case "DATA":
		say("354 go on")(c)
	case "QUIT":
		say("221 bye")(c)
		c.Close()
	default:
		say("250 ok")(c)
	}
}

// mend makes the server polite.
func (r *rude) mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.greeting, r.answers, r.offers = nil, nil, ""
}

func (r *rude) saw() (heard, ids []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.heard...), append([]string{}, r.ids...)
}

// badCertificate shows a certificate after STARTTLS that nobody should trust.
func badCertificate(config *tls.Config) func(net.Conn) {
	return func(c net.Conn) {
		say("220 go on")(c)
		tls.Server(c, config).Handshake() // the client hangs up
		c.Close()
	}
}
