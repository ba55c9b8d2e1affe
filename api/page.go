package api

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"taizhang/merge"
	"taizhang/templates"
)

//go:embed pages/*.html
var pageFiles embed.FS

// pages are the page templates, by file name; each is joined with the layout.
type pages map[string]*template.Template

// mustPages reads the pages that are part of the binary and are tested.
func mustPages() pages {
	p := pages{}
	for _, name := range []string{"board", "submission", "forms", "summary", "overdue", "problem"} {
		p[name] = template.Must(template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html"))
	}
	return p
}

// page is what every template is given. Data is what the page is about; the
// methods give it words and the written form of times.
type page struct {
	*server
	Lang  string
	Title string
	Other string // this page in the other language
	Live  string // where the part that changes is fetched again, "" for nowhere
	Data  any
}

// T is the text of a key. A key that is not listed is a mistake of ours, so the
// page fails in a test rather than show a gap.
func (p page) T(key string, facts ...any) (string, error) {
	if _, ok := p.words[key]; !ok {
		return "", fmt.Errorf("words.yaml has no %q", key)
	}
	return p.words.say(p.Lang, key, facts...), nil
}

// Or is the text of a key, or else the given text.
func (p page) Or(key, other string) string {
	if _, ok := p.words[key]; !ok {
		return other
	}
	return p.words.say(p.Lang, key)
}

// Code is the language of the page for the browser.
func (p page) Code() string {
	if p.Lang == "en" {
		return "en"
	}
	return "zh-CN"
}

// Name is what the page is headed: the city's name and ours.
func (p page) Name() string {
	return strings.TrimSpace(p.City + " " + p.words.say(p.Lang, "title"))
}

// Minute is a time of day with its date.
func (p page) Minute(t time.Time) string { return p.minute(t) }

// Second is a time of day.
func (p page) Second() string { return p.Now().Format("15:04:05") }

// Severity and Verdict are said as the catalogue says them.
func (p page) Severity(s templates.Severity) string { return s.Say(p.Lang) }
func (p page) Verdict(v templates.Verdict) string   { return v.Say(p.Lang) }

// Tone is the colour of a severity or verdict; the word always stands beside it.
func (p page) Tone(word any) string {
	switch fmt.Sprint(word) {
	case string(templates.Reject), string(templates.Fix), string(templates.Returned), string(templates.Withdrawn):
		return "bad"
	case string(templates.Explain), string(templates.Partial):
		return "warn"
	case string(templates.Accepted), string(templates.Noted):
		return "good"
	}
	return "calm"
}

// State is the word for a county's state; a county that the store does not name
// for a form has not reported it.
func (p page) State(state string) string {
	return p.words.say(p.Lang, "state."+cmp.Or(state, merge.StateNone))
}

// Moment is a time of day with its date, for a narrow column.
func (p page) Moment(t time.Time) string { return t.In(p.Now().Location()).Format("01-02 15:04") }

// Counts is the line of counts; what is zero is left out, but for the reported.
func (p page) Counts(c statusCounts) string {
	parts := []string{p.words.say(p.Lang, "count.reported", c.Reported)}
	if c.Partial > 0 {
		parts[0] += p.words.say(p.Lang, "count.partial", c.Partial)
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"count.returned", c.Returned}, {"count.late", c.Late}, {"count.none", c.None}} {
		if x.n > 0 {
			parts = append(parts, p.words.say(p.Lang, x.key, x.n))
		}
	}
	return p.words.say(p.Lang, "count.all", c.All) + strings.Join(parts, p.words.say(p.Lang, "count.between"))
}

// Message, Expected and Fix choose the language of what was found.
func (p page) Message(zh string, en templates.English) string  { return p.pick(zh, en.Message) }
func (p page) Expected(zh string, en templates.English) string { return p.pick(zh, en.Expected) }
func (p page) Fix(zh string, en templates.English) string      { return p.pick(zh, en.Fix) }

func (p page) pick(zh, en string) string {
	if p.Lang == "en" && en != "" {
		return en
	}
	return zh
}

// Query writes a value into a link.
func (p page) Query(v string) string { return url.QueryEscape(v) }

// Megabytes is the upload limit as people say it.
func (p page) Megabytes() int { return maxUpload >> 20 }

// Asset is the address of one of our own files; it changes with the content.
func (p page) Asset(name string) string { return "/static/" + name + "?v=" + assets[name].tag[:12] }

// show renders a page, or only its changing part for htmx.
func (s *server) show(c echo.Context, status int, name, title string, data any) error {
	p := page{server: s, Lang: language(c), Title: title, Data: data}
	p.Other = inOther(c.Request().URL, p.Lang)
	part := "layout"
	if name == "board" || name == "submission" {
		p.Live = withQuery(c.Request().URL, "lang", p.Lang)
	}
	if p.Live != "" && c.Request().Header.Get("HX-Request") == "true" {
		part = "live"
	}
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, part, p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "HX-Request, Cookie")
	return c.HTMLBlob(status, b.Bytes())
}

// language is the one asked for, which is then remembered, or the one
// remembered; Chinese when nobody asked.
func language(c echo.Context) string {
	lang := c.QueryParam("lang")
	if lang == "en" || lang == "zh" {
		c.SetCookie(&http.Cookie{Name: "lang", Value: lang, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return lang
	}
	if old, err := c.Cookie("lang"); err == nil && old.Value == "en" {
		return "en"
	}
	return "zh"
}

// inOther is the address of the same page in the other language.
func inOther(u *url.URL, lang string) string {
	if lang == "en" {
		return withQuery(u, "lang", "zh")
	}
	return withQuery(u, "lang", "en")
}

// withQuery is the address with one value of its query set.
func withQuery(u *url.URL, key, value string) string {
	q := u.Query()
	q.Set(key, value)
	q.Del("took")
	q.Del("for")
	return u.EscapedPath() + "?" + q.Encode()
}

// showProblem is the page of a request that failed.
func (s *server) showProblem(c echo.Context, p *Problem) {
	title := p.Title
	if language(c) == "en" {
		title = p.EN.Title
	}
	if err := s.show(c, p.Status, "problem", title, p); err != nil {
		s.Log.Error("problem page failed", "code", p.Code, "err", err)
	}
}

// number reads an id out of a page's address.
func number(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, refuse("not-found")
	}
	return id, nil
}

// short is the beginning of a SHA-256, as receipts print it.
func (p page) Short(sha string) string { return strings.ToUpper(sha[:min(8, len(sha))]) }
