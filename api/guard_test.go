package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"taizhang/merge"
)

const wantPolicy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// Every answer carries the headers: pages, JSON, downloads, problems.
func TestHeaders(t *testing.T) {
	o := usual(t)
	for _, path := range []string{"/", "/forms", "/submissions/2", "/summaries/visits_done", "/api/v1/status", "/nothing", "/openapi.json", "/static/htmx.min.js", "/api/v1/submissions/1/original"} {
		h := o.ask("GET", path, nil).Header()
		for key, want := range map[string]string{
			"Content-Security-Policy": wantPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		} {
			if got := h.Get(key); got != want {
				t.Errorf("%s: %s is %q", path, key, got)
			}
		}
	}
}

func TestUnknownRoute(t *testing.T) {
	o := open(t)
	problemOf(t, o.ask("GET", "/api/v1/nothing", nil), 404, "route-unknown")
	problemOf(t, o.ask("GET", "/api/v1/nothing", nil, "Accept: text/html"), 404, "route-unknown")
	problemOf(t, o.ask("DELETE", "/api/v1/submissions/1", nil), 405, "method-not-allowed")
	problemOf(t, o.ask("GET", "/static/nothing.js", nil), 404, "route-unknown")
	problemOf(t, o.ask("GET", "/static/..%2Fwords.yaml", nil), 404, "route-unknown")
	w := o.ask("GET", "/nothing", nil, "Accept: text/html")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "没有这个页面") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// broken is a store that fails in the way it is told.
type broken struct {
	Store
	fail func() error
}

func (b broken) Submission(context.Context, int64) (merge.Submission, error) {
	return merge.Submission{}, b.fail()
}

// failing is an office whose store fails.
func failing(t *testing.T, fail func() error) *office {
	o := open(t)
	o.deps.Store = broken{o.store, fail}
	o.handler = New(o.deps)
	return o
}

// Our own failure is told under a reference only, and logged once with its
// cause.
func TestInternal(t *testing.T) {
	o := failing(t, func() error { return errors.New("disk full at block 7") })
	w := o.ask("GET", "/api/v1/submissions/1", nil)
	p := problemOf(t, w, 500, "internal")
	if strings.Contains(w.Body.String(), "disk full") {
		t.Error("tells the cause to the client")
	}
	log := o.log.String()
	if strings.Count(log, "disk full at block 7") != 1 || !strings.Contains(log, p.Reference) || len(p.Reference) != 10 {
		t.Errorf("reference %q, log %s", p.Reference, log)
	}
}

// A panic is our failure like any other, on a page as in JSON, and the next
// request is served.
func TestPanic(t *testing.T) {
	o := failing(t, func() error { panic("index out of range") })
	p := problemOf(t, o.ask("GET", "/api/v1/submissions/1", nil), 500, "internal")
	if log := o.log.String(); strings.Count(log, "index out of range") != 1 || !strings.Contains(log, p.Reference) || !strings.Contains(log, "guard_test.go") {
		t.Errorf("log %s", log)
	}
	w := o.ask("GET", "/submissions/1", nil, "Accept: text/html")
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "系统内部出错") || strings.Contains(w.Body.String(), "index out of range") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := o.ask("GET", "/healthz", nil); w.Code != http.StatusOK {
		t.Errorf("%d after a panic", w.Code)
	}
}

// A client that leaves is not our failure, nor is a store that is slow.
func TestGoneAndBusy(t *testing.T) {
	o := failing(t, func() error { return context.Canceled })
	problemOf(t, o.ask("GET", "/api/v1/submissions/1", nil), 499, "gone")
	if strings.Contains(o.log.String(), "request failed") {
		t.Error(o.log)
	}
	o = failing(t, func() error { return context.DeadlineExceeded })
	problemOf(t, o.ask("GET", "/api/v1/submissions/1", nil), 503, "busy")
}

// The log says which route and how it went, and nothing that people typed.
func TestLogKeepsSecrets(t *testing.T) {
	o := usual(t)
	o.ask("GET", "/api/v1/records/visits?q=%E8%A5%BF%E8%A1%97&county=%E7%94%B2%E5%8E%BF", nil)
	o.ask("GET", "/api/v1/submissions/2", nil)
	o.ask("GET", "/submissions/geheim", nil)
	body, kind := form(t, sent{"county", "", "甲县"}, sent{"file", "机密.xlsx", "x"})
	o.ask("POST", "/api/v1/submissions", body, kind)
	log := o.log.String()
	for _, secret := range []string{"西街", "%E8", "甲县", "q=", "geheim", "机密"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q stands in the log:\n%s", secret, log)
		}
	}
	for _, want := range []string{"route=/api/v1/records/:form", "route=/api/v1/submissions/:id id=2 status=200", "method=POST route=/api/v1/submissions"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is missing in the log:\n%s", want, log)
		}
	}
}

// Slow clients are bounded in every way in which they can be slow.
func TestServer(t *testing.T) {
	s := Server("127.0.0.1:0", http.NotFoundHandler())
	if s.Addr != "127.0.0.1:0" || s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
		t.Errorf("%+v", s)
	}
}
