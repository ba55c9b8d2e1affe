package mail

import (
	"errors"
	"fmt"
	"net/textproto"
)

// The stages of handing over a letter.
const (
	StageAddress   = "address" // whom the letter goes to, before anybody is called
	StageConnect   = "connect"
	StageTLS       = "tls" // a line protected from its first byte
	StageGreeting  = "greeting"
	StageStartTLS  = "starttls"
	StageSignIn    = "sign-in"
	StageSender    = "sender"
	StageRecipient = "recipient"
	StageContent   = "content"
)

// Refusal is an error of handing over a letter.
type Refusal struct {
	Stage string
	Code  int  // the server's answer, 0 where it gave none
	Maybe bool // the letter was handed over whole and not answered: it may have been taken
	Err   error
}

func (e *Refusal) Error() string {
	if e.Maybe {
		return fmt.Sprintf("mail, %s: 可能已送到 (may have been taken): %v", e.Stage, e.Err)
	}
	return fmt.Sprintf("mail, %s: %v", e.Stage, e.Err)
}

func (e *Refusal) Unwrap() error { return e.Err }

// Permanent says whether trying again is of no use. A server that refuses us or
// our sender address does so because of the settings, and those can be mended.
func (e *Refusal) Permanent() bool {
	return e.Stage == StageAddress || e.Code >= 500 && e.Code < 600 && (e.Stage == StageRecipient || e.Stage == StageContent)
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

// interrupted is an error of a call that was cut because its time was over or
// the program stops.
type interrupted struct{ why, what error }

func (e *interrupted) Error() string { return fmt.Sprintf("%v: %v", e.why, e.what) }

func (e *interrupted) Unwrap() []error { return []error{e.why, e.what} }

var (
	errFrom      = errors.New("mail.from is no usable e-mail address")
	errNoAddress = errors.New("no usable e-mail address (mend it in counties.yaml)")
)
