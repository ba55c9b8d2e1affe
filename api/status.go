package api

import (
	"context"
	"strings"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// formStatus says who has reported one form for one period.
type formStatus struct {
	Form     string         `json:"form"`
	Title    string         `json:"title"`
	Period   string         `json:"period,omitempty"`
	Due      time.Time      `json:"due,omitzero"`
	Overdue  bool           `json:"overdue"`
	AsOf     time.Time      `json:"as_of"`
	Counts   statusCounts   `json:"counts"`
	Missing  []string       `json:"missing" doc:"Counties without a file that counts: none or late"`
	Returned []string       `json:"returned" doc:"Counties whose file was returned"`
	Counties []merge.Status `json:"counties"`
	Text     string         `json:"text" doc:"The same as a line to paste"`
	EN       string         `json:"en"`
}

// statusCounts counts counties by state; the five add up to all.
type statusCounts struct {
	All      int `json:"all"`
	Reported int `json:"reported" doc:"accepted, partial and nil"`
	Partial  int `json:"partial" doc:"of the reported, those with rows held"`
	Returned int `json:"returned"`
	Late     int `json:"late"`
	None     int `json:"none"`
}

// statusIn narrows the states to a form, a period, or both.
type statusIn struct {
	Form   string `query:"form" maxLength:"100"`
	Period string `query:"period" maxLength:"20" doc:"Due day; left out, the current one of each form"`
}

func (s *server) getStatus(ctx context.Context, in *statusIn) ([]formStatus, error) {
	if in.Form == "" {
		return s.statuses(ctx, in.Period)
	}
	f, err := s.form(in.Form)
	if err != nil {
		return nil, err
	}
	one, err := s.status(ctx, f, in.Period)
	return []formStatus{one}, err
}

// statuses tells of every form that has the period; "" means the current
// period of each form.
func (s *server) statuses(ctx context.Context, period string) ([]formStatus, error) {
	list := []formStatus{}
	for _, f := range s.Catalog.Forms {
		if _, err := s.period(f, period); err != nil {
			continue // this form's calendar has no such day
		}
		one, err := s.status(ctx, f, period)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	if len(list) == 0 && period != "" {
		return nil, refuse("period-unknown", period)
	}
	return list, nil
}

// status tells of one form and period.
func (s *server) status(ctx context.Context, f *templates.Form, period string) (formStatus, error) {
	p, err := s.period(f, period)
	if err != nil {
		return formStatus{}, err
	}
	counties, err := s.Store.Status(ctx, f.Name, p.ID)
	if err != nil {
		return formStatus{}, err
	}
	now := s.Now()
	one := formStatus{
		Form: f.Name, Title: f.Title, Period: p.ID, Due: p.Due, AsOf: now,
		Overdue: !p.Due.IsZero() && now.After(p.Due),
		Missing: []string{}, Returned: []string{}, Counties: full(counties),
	}
	for _, c := range counties {
		one.count(c)
	}
	one.Text, one.EN = s.statusLine("zh", one), s.statusLine("en", one)
	return one, nil
}

// count adds one county to its state.
func (o *formStatus) count(c merge.Status) {
	o.Counts.All++
	switch c.State {
	case merge.StateAccepted, merge.StateNil:
		o.Counts.Reported++
	case merge.StatePartial:
		o.Counts.Reported++
		o.Counts.Partial++
	case merge.StateReturned:
		o.Counts.Returned++
		o.Returned = append(o.Returned, c.County)
	case merge.StateLate:
		o.Counts.Late++
		o.Missing = append(o.Missing, c.County)
	default:
		o.Counts.None++
		o.Missing = append(o.Missing, c.County)
	}
}

// statusLine is the state of one form as a sentence for a chat group.
func (s *server) statusLine(lang string, o formStatus) string {
	w := func(key string, facts ...any) string { return s.words.say(lang, key, facts...) }
	period := ""
	if o.Period != "" {
		period = w("line.period", o.Period)
	}
	counts := w("line.counts", o.Counts.All, o.Counts.Reported)
	parts := []string{w("line.asof", s.minute(o.AsOf), o.Title, period, counts)}
	if len(o.Missing) > 0 {
		parts = append(parts, w("line.missing", strings.Join(o.Missing, "、")))
	}
	if len(o.Returned) > 0 {
		parts = append(parts, w("line.returned", strings.Join(o.Returned, "、")))
	}
	if len(parts) == 1 {
		parts = append(parts, w("line.all"))
	}
	return strings.Join(parts, w("line.between")) + w("line.end")
}

// minute is a time as people read it, in the office's zone.
func (s *server) minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.Now().Location()).Format("2006-01-02 15:04")
}
