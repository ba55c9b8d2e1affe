package merge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"taizhang/templates"
)

// The states of a county for a form and period.
const (
	StateNone     = "none"     // nothing yet, and not due yet
	StateLate     = "late"     // due, and nothing that counts
	StateReturned = "returned" // what came was returned
	StatePartial  = "partial"  // counts, with rows to mend
	StateAccepted = "accepted"
	StateNil      = "nil" // counts, and says that there is nothing to report
)

// endless is later than any stored time, and zeroTime no time at all.
const endless = "9999-12-31T00:00:00.000Z"

var zeroTime time.Time

// standing is where one county stands for a form and period.
type standing struct {
	force  Submission // the latest that counts; ID 0 for none
	latest Submission
	first  time.Time // arrival of the first that counts
}

// standings are the counties that sent something for the form and period, of
// what was judged until a time.
func (q *session) standings(form *templates.Form, period, until string) (map[string]*standing, error) {
	all, err := q.submissions(`WHERE form = $1 AND period IN ($2, '') AND judged_at <= $3 AND county <> $4 ORDER BY id`,
		form.Name, period, until, City)
	if err != nil {
		return nil, err
	}
	by := map[string]*standing{}
	for _, s := range all {
		if s.Period != period && !meant(form, s, period) {
			continue
		}
		if by[s.County] == nil {
			by[s.County] = &standing{}
		}
		by[s.County].add(s)
	}
	return by, nil
}

// meant says whether a returned file without a period came in the window of
// this one.
func meant(form *templates.Form, s Submission, period string) bool {
	if form.Calendar == nil {
		return false
	}
	p, ok := form.Calendar.On(s.ArrivedAt)
	return ok && p.ID == period
}

func (st *standing) add(s Submission) {
	if s.Verdict == templates.Withdrawn {
		return
	}
	st.latest = s
	if !Takes(s.Verdict) {
		return
	}
	st.force = s
	if st.first.IsZero() || s.ArrivedAt.Before(st.first) {
		st.first = s.ArrivedAt
	}
}

// state names a standing; due says whether the due time has passed.
func (st *standing) state(due bool) string {
	switch {
	case st != nil && st.force.ID != 0:
		return forceState(st.force)
	case st != nil && st.latest.Verdict == templates.Returned:
		return StateReturned
	case due:
		return StateLate
	}
	return StateNone
}

func forceState(s Submission) string {
	switch {
	case s.Verdict == templates.Partial:
		return StatePartial
	case s.Read == 0:
		return StateNil
	}
	return StateAccepted
}

// Status tells of every county where it stands for a form and period. An empty
// period means the one reported on now. ErrNotFound for an unknown form or a
// period that its calendar does not have.
func (s *Store) Status(ctx context.Context, form, period string) (all []Status, err error) {
	t, err := s.table(form)
	if err != nil {
		return nil, err
	}
	err = s.look(ctx, func(q *session) error {
		if period, err = q.choosePeriod(t.form, period, q.at, endless); err != nil {
			return err
		}
		all, err = q.statuses(t.form, period)
		return err
	})
	return all, err
}

// statuses are where all counties stand for a form and period now.
func (q *session) statuses(form *templates.Form, period string) ([]Status, error) {
	by, err := q.standings(form, period, endless)
	if err != nil {
		return nil, err
	}
	told, err := q.told(form.Name, period)
	if err != nil {
		return nil, err
	}
	var all []Status
	due := isDue(form, period, q.at)
	for _, county := range q.countyNames(form.Name, by) {
		one := statusOf(county, form.Name, period, by[county], due)
		one.Late, one.Told = isDue(form, period, one.ArrivedAt), told[county]
		all = append(all, one)
	}
	return all, nil
}

func statusOf(county, form, period string, st *standing, due bool) Status {
	out := Status{County: county, Form: form, Period: period, State: st.state(due)}
	if st != nil {
		out.Submission, out.ArrivedAt, out.Held = st.force.ID, st.first, st.force.Held
		out.Latest, out.LatestVerdict = st.latest.ID, st.latest.Verdict
		if out.Submission == 0 {
			out.Submission = st.latest.ID
		}
	}
	return out
}

// isDue says whether the due time of a period has passed.
func isDue(form *templates.Form, period string, at time.Time) bool {
	if form.Calendar == nil {
		return false
	}
	p, ok := form.Calendar.Period(period)
	return ok && at.After(p.Due)
}

// countyNames lists the counties that are asked for the form or are spoken of,
// in the city's order, then those that the city's list does not know.
func (q *session) countyNames(form string, by map[string]*standing, more ...string) []string {
	known := slices.AppendSeq(slices.Clone(more), maps.Keys(by))
	slices.Sort(known)
	var names []string
	for _, c := range q.catalog.Counties.All() {
		if c.Owes(form) || slices.Contains(known, c.Name) {
			names = append(names, c.Name)
		}
	}
	for _, county := range known {
		if !slices.Contains(names, county) {
			names = append(names, county)
		}
	}
	return names
}

// choosePeriod checks a period, or for "" finds the one reported on.
func (q *session) choosePeriod(form *templates.Form, period string, at time.Time, until string) (string, error) {
	if period == "" {
		return q.reportingPeriod(form, at, until)
	}
	if form.Calendar != nil {
		if _, ok := form.Calendar.Period(period); ok {
			return period, nil
		}
	}
	return "", fmt.Errorf("period %q of form %s: %w", period, form.Name, ErrNotFound)
}

// reportingPeriod is the period that a form is spoken of at a time: the one in
// whose window the time falls once a county has reported for it; until then the
// one before, whose due time has passed. It is "" for a form without periods and
// before the first one.
func (q *session) reportingPeriod(form *templates.Form, at time.Time, until string) (string, error) {
	if form.Calendar == nil {
		return "", nil
	}
	recent := form.Calendar.Recent(at, 2)
	if len(recent) == 0 {
		return "", nil
	}
	if len(recent) == 1 || at.After(recent[0].Due) {
		return recent[0].ID, nil
	}
	_, err := q.submission(`WHERE form = $1 AND period = $2 AND verdict IN ('accepted', 'noted', 'partial') AND judged_at <= $3`,
		form.Name, recent[0].ID, until)
	if errors.Is(err, ErrNotFound) {
		return recent[1].ID, nil
	}
	return recent[0].ID, err
}
