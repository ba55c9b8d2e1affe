package merge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"taizhang/templates"
)

// The kinds of notices about reports that are due, in the order they are told.
const (
	KindRemind  = "remind"  // 催办: before the due time, to the county
	KindChase   = "chase"   // 督办: after it, to the county, with an official letter
	KindMissing = "missing" // for 通报: after it, who is missing, to the city
)

// Offset is how far a stage lies from the due time: whole days, told at the
// stages' time of day, or an exact time. Zero means never.
type Offset struct {
	Days  int
	Exact time.Duration
}

func (o Offset) never() bool { return o.Days == 0 && o.Exact == 0 }

// Stages say when somebody is told of a report that has not come.
type Stages struct {
	Remind Offset        // before the due time
	Chase  Offset        // after it
	Report Offset        // after it
	At     time.Duration // time of day, since midnight, for offsets in days
}

// Term is one form's period with the states of its counties.
type Term struct {
	Form     *templates.Form
	Period   templates.Period
	Counties []Status
}

// Due lists what is to be told of a term by a moment: to whoever has no file that
// counts. A reminder is never told after the due time; the other stages are told
// late rather than never. What was told before is listed again.
func (s Stages) Due(now time.Time, t Term) []Notice {
	missing := t.missing()
	if len(missing) == 0 {
		return nil
	}
	var out []Notice
	each := func(kind string) {
		for _, county := range missing {
			out = append(out, Notice{Kind: kind, County: county, Form: t.Form.Name, Period: t.Period.ID})
		}
	}
	cal, p := t.Form.Calendar, t.Period
	if at, ok := s.remindAt(cal, p); ok && !now.Before(at) && !now.After(p.Due) {
		each(KindRemind)
	}
	if at, ok := s.after(s.Chase, cal, p); ok && !now.Before(at) && !cal.Locked(p, now) {
		each(KindChase)
	}
	if at, ok := s.after(s.Report, cal, p); ok && !now.Before(at) {
		out = append(out, Notice{Kind: KindMissing, Form: t.Form.Name, Period: p.ID})
	}
	return out
}

// missing are the counties without a file that counts.
func (t Term) missing() []string {
	var out []string
	for _, c := range t.Counties {
		if !Counts(c.State) {
			out = append(out, c.County)
		}
	}
	return out
}

// Counts says whether a state means that a report has come and counts.
func Counts(state string) bool {
	return state == StateAccepted || state == StatePartial || state == StateNil
}

// remindAt is when a county is reminded: not before the period has begun, and
// not at all where that leaves no time before the report is due.
func (s Stages) remindAt(cal *templates.Calendar, p templates.Period) (time.Time, bool) {
	if s.Remind.never() {
		return time.Time{}, false
	}
	at := s.away(-s.Remind.Days, -s.Remind.Exact, cal, p)
	if !at.After(p.From) {
		at = atClock(p.From.Add(time.Nanosecond).In(cal.Zone()), 0, s.At)
	}
	return at, at.Before(p.Due)
}

func (s Stages) after(o Offset, cal *templates.Calendar, p templates.Period) (time.Time, bool) {
	return s.away(o.Days, o.Exact, cal, p), !o.never()
}

// away is a moment that lies so far from the due time.
func (s Stages) away(days int, exact time.Duration, cal *templates.Calendar, p templates.Period) time.Time {
	if days == 0 {
		return p.Due.Add(exact)
	}
	return atClock(p.Due.In(cal.Zone()), days, s.At)
}

// atClock is a time of day so many days after the day of t.
func atClock(t time.Time, days int, clock time.Duration) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, t.Location()).Add(clock)
}

// Chase says what is chased, and where the letters go.
type Chase struct {
	Stages Stages
	Forms  []string                     // names of forms; nil: those that are in use
	To     func(county string) []string // addresses of a county, or of the city (""); nil: none
	Domain string                       // of Message-IDs
}

// chased is how many periods of a form are looked at: the running one and those
// before it, for a program that was down.
const chased = 3

// Chase tells what is due to be told now and was not told yet, and counts it. A
// period whose due time lies before this store was made is left alone unless
// somebody reported for it; so is one that is locked, when a later one is over.
// Only counties of the city's list are asked to report.
func (s *Store) Chase(ctx context.Context, c Chase) (int, error) {
	var due []Notice
	err := s.look(ctx, func(q *session) error {
		forms, err := q.chasedForms(c.Forms)
		if err != nil {
			return err
		}
		for _, form := range forms {
			list, err := q.chaseForm(form, c.Stages)
			if err != nil {
				return fmt.Errorf("form %s: %w", form.Name, err)
			}
			due = append(due, list...)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("chase: %w", err)
	}
	for i := range due {
		if c.To != nil {
			due[i].To = c.To(due[i].County)
		}
	}
	return s.Tell(ctx, c.Domain, due)
}

// chasedForms are the forms with a calendar that are named, or, when none is,
// those of which a file was ever taken.
func (q *session) chasedForms(names []string) (forms []*templates.Form, err error) {
	if names == nil {
		if names, err = list(q, scanText, `SELECT DISTINCT form FROM submission WHERE verdict IN ('accepted', 'noted', 'partial')`); err != nil {
			return nil, err
		}
	}
	for _, form := range q.catalog.Forms {
		if form.Calendar != nil && slices.Contains(names, form.Name) {
			forms = append(forms, form)
		}
	}
	return forms, nil
}

// chaseForm lists what is due of one form and was not told.
func (q *session) chaseForm(form *templates.Form, stages Stages) (out []Notice, err error) {
	periods := form.Calendar.Recent(q.at, chased)
	over := slices.IndexFunc(periods, func(p templates.Period) bool { return q.at.After(p.Due) })
	for i, p := range periods {
		if form.Calendar.Locked(p, q.at) && i != over {
			continue
		}
		told, err := q.told(form.Name, p.ID)
		if err != nil {
			return nil, err
		}
		term := Term{Form: form, Period: p}
		if term.Counties, err = q.statuses(form, p.ID); err != nil {
			return nil, err
		}
		if mine, err := q.concerned(term); err != nil || !mine {
			if err != nil {
				return nil, err
			}
			continue
		}
		term.Counties = slices.DeleteFunc(term.Counties, func(c Status) bool { return !q.reporter(c.County, form.Name) })
		for _, n := range stages.Due(q.at, term) {
			if !slices.Contains(told[n.County], n.Kind) {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

// concerned says whether a term is this store's business: due after it was made,
// or reported by somebody.
func (q *session) concerned(t Term) (bool, error) {
	if slices.ContainsFunc(t.Counties, func(c Status) bool { return Counts(c.State) }) {
		return true, nil
	}
	var born int64
	err := q.one(`SELECT value FROM counter WHERE name = 'born'`, nil, &born)
	return t.Period.Due.Unix() >= born, err
}

// bear notes when the store was made, once.
func (q *session) bear() error {
	return q.do(`INSERT INTO counter (name, value) VALUES ('born', $1) ON CONFLICT DO NOTHING`, q.at.Unix())
}

// reporter says whether the county is in the city's list and asked for the form;
// "" is whatever form.
func (q *session) reporter(county, form string) bool {
	return slices.ContainsFunc(q.catalog.Counties.All(), func(c *templates.County) bool {
		return c.Name == county && !c.New && (form == "" || c.Owes(form))
	})
}

// told are the kinds of notices that each county ("" for the city) was told
// about a form's period, in the order they were told.
func (q *session) told(form, period string) (map[string][]string, error) {
	type pair struct{ county, kind string }
	pairs, err := list(q, func(scan func(...any) error) (p pair, err error) {
		return p, scan(&p.county, &p.kind)
	}, `SELECT county, kind FROM outbox WHERE kind IN ('remind', 'chase', 'missing')
		AND form = $1 AND period = $2 AND channel = 'folder' ORDER BY id`, form, period)
	out := map[string][]string{}
	for _, p := range pairs {
		out[p.county] = append(out[p.county], p.kind)
	}
	return out, err
}

func scanText(scan func(...any) error) (text string, err error) { return text, scan(&text) }

// firstTaken is the arrival of the first file of a county that counted for a
// period; zero when there is none.
func (q *session) firstTaken(form, county, period string) (first time.Time, err error) {
	err = q.one(`SELECT arrived_at FROM submission WHERE form = $1 AND county = $2 AND period = $3
		AND verdict IN ('accepted', 'noted', 'partial') ORDER BY arrived_at LIMIT 1`, []any{form, county, period}, when{&first})
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return first, err
}
