package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"taizhang/merge"
)

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// statusOf is every code a problem may carry, with its HTTP status. The words
// stand in words.yaml under problem.CODE, problem.CODE.detail, problem.CODE.hint.
var statusOf = map[string]int{
	"request-invalid":    http.StatusUnprocessableEntity,
	"route-unknown":      http.StatusNotFound,
	"not-found":          http.StatusNotFound,
	"county-unknown":     http.StatusUnprocessableEntity,
	"form-unknown":       http.StatusNotFound,
	"period-unknown":     http.StatusUnprocessableEntity,
	"summary-unknown":    http.StatusNotFound,
	"nothing-marked":     http.StatusNotFound,
	"file-missing":       http.StatusUnprocessableEntity,
	"file-name-unsafe":   http.StatusUnprocessableEntity,
	"too-large":          http.StatusRequestEntityTooLarge,
	"cross-origin":       http.StatusForbidden,
	"host-unknown":       http.StatusMisdirectedRequest,
	"method-not-allowed": http.StatusMethodNotAllowed,
	"not-acceptable":     http.StatusNotAcceptable,
	"busy":               http.StatusServiceUnavailable,
	"no-room":            http.StatusInsufficientStorage,
	"gone":               499, // the client left before it had its answer
	"internal":           http.StatusInternalServerError,
}

// Problem is what a client is told when a request fails: RFC 9457 with a stable
// code, a hint what to do next, and the English text beside the Chinese.
type Problem struct {
	Type      string         `json:"type"`
	Code      string         `json:"code" doc:"Stable word for programs"`
	Status    int            `json:"status"`
	Title     string         `json:"title"`
	Detail    string         `json:"detail,omitempty"`
	Hint      string         `json:"hint,omitempty"`
	Reference string         `json:"reference,omitempty" doc:"Stands in the log beside the cause"`
	Errors    []problemPlace `json:"errors,omitempty"`
	EN        problemWords   `json:"en"`
}

// problemWords is the second language of a problem.
type problemWords struct {
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// problemPlace is one part of a request that cannot be taken.
type problemPlace struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

var problemShape = reflect.TypeFor[Problem]()

// Error makes a problem an error; the status makes it one that huma sends.
func (p *Problem) Error() string             { return p.Code }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return problemType }

// fault is a request's own mistake, by the code of its problem; the facts fill
// the slots of the detail.
type fault struct {
	code  string
	facts []any
}

func (f fault) Error() string { return f.code }

func refuse(code string, facts ...any) error { return fault{code, facts} }

// problem turns any error into what the client is told. What is not the
// client's mistake is ours: it is logged here, once, under a reference number
// that the client is given, and nothing else of it is told.
func (s *server) problem(err error) *Problem {
	var (
		p     *Problem
		f     fault
		web   *echo.HTTPError
		model *huma.ErrorModel
		large *http.MaxBytesError
	)
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &f):
		return s.word(f.code, f.facts...)
	case errors.As(err, &large):
		return s.word("too-large", maxUpload>>20)
	case errors.Is(err, merge.ErrNotFound):
		return s.word("not-found")
	case errors.As(err, &model) && model.Status < http.StatusInternalServerError:
		return s.places(model)
	case errors.As(err, &web) && web.Code < http.StatusInternalServerError:
		return s.word(codeOf(web.Code))
	case errors.Is(err, context.Canceled):
		return s.word("gone")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, ErrAway):
		return s.word("busy")
	case merge.ConditionOf(err) == merge.Full:
		s.Log.Error("no room for a request", "err", err)
		return s.word("no-room")
	}
	return s.internal(err)
}

// ErrAway says that the folder an upload goes to cannot be reached now. Drop
// may answer it.
var ErrAway = errors.New("the shared folder cannot be reached")

// internal is our own failure.
func (s *server) internal(err error) *Problem {
	p := s.word("internal")
	p.Reference = rand.Text()[:10]
	s.Log.Error("request failed", "reference", p.Reference, "err", err)
	return p
}

// word gives a problem its texts.
func (s *server) word(code string, facts ...any) *Problem {
	say := func(lang, part string, facts ...any) string {
		return s.words.say(lang, "problem."+code+part, facts...)
	}
	p := &Problem{
		Type: "urn:taizhang:problem:" + code, Code: code, Status: statusOf[code],
		Title: say("zh", ""), Hint: say("zh", ".hint"),
		EN: problemWords{Title: say("en", ""), Hint: say("en", ".hint")},
	}
	if len(facts) > 0 {
		p.Detail, p.EN.Detail = say("zh", ".detail", facts...), say("en", ".detail", facts...)
	}
	return p
}

// places tells which parts of a request failed, without sending them back.
func (s *server) places(m *huma.ErrorModel) *Problem {
	p := s.word(codeOf(m.Status))
	p.Status = m.Status
	for _, d := range m.Errors {
		if d != nil {
			p.Errors = append(p.Errors, problemPlace{d.Location, d.Message})
		}
	}
	return p
}

// codeOf names what echo and huma say with a number only.
func codeOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "route-unknown"
	case http.StatusMethodNotAllowed:
		return "method-not-allowed"
	case http.StatusNotAcceptable:
		return "not-acceptable"
	case http.StatusRequestEntityTooLarge:
		return "too-large"
	}
	return "request-invalid"
}

// fail answers whatever a route or a guard returned: a page for people, a
// problem for programs.
func (s *server) fail(err error, c echo.Context) {
	p := s.problem(err)
	if c.Response().Committed {
		return
	}
	if forPeople(c.Request()) {
		s.showProblem(c, p)
		return
	}
	c.Response().Header().Set(echo.HeaderContentType, problemType)
	c.Response().WriteHeader(p.Status)
	if err := json.NewEncoder(c.Response()).Encode(p); err != nil {
		s.Log.Debug("problem not sent", "code", p.Code, "err", err)
	}
}

// forPeople says whether the request came from a person's browser and is for a
// page.
func forPeople(r *http.Request) bool {
	return !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}
