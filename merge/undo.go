package merge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"taizhang/templates"
)

// KindWithdrawn is the kind of the letter that tells a county that the city
// withdrew a file of its.
const KindWithdrawn = "withdrawn"

// ErrNeverCounted says that a submission has nothing that could be undone: it was
// returned, or it is a list of the city's own.
var ErrNeverCounted = errors.New("这份文件没有计入，没有可撤销的 (this file does not count; there is nothing to undo)")

// Undoing says which submission is withdrawn, and how.
type Undoing struct {
	Number string // of the submission
	Reason string // told to the county
	Domain string // of the Message-ID; "" for a name that is nobody's
	MailTo func(county string) []string
	// Judge reads the original of an arrival with a catalogue.
	Judge func(ctx context.Context, c *templates.Catalog, a Arrival) (*templates.Reading, error)

	at time.Time // zero: now
}

// Withdrawal is a submission that the city withdrew, and what came of it.
type Withdrawal struct {
	Submission Submission        `json:"submission"` // as it is now
	Was        templates.Verdict `json:"was"`
	At         time.Time         `json:"at"`
	Reason     string            `json:"reason"`
	Rejudged   []Rejudged        `json:"rejudged,omitempty"`
	Instead    *Submission       `json:"instead,omitempty"` // now in force for the period
}

// Undo withdraws a submission: what its county sent of that form is taken in once
// more without it, each file judged with the forms of its day, and a letter tells
// the county; all or nothing. One that was withdrawn before stays as it is, and
// its withdrawal is given with fresh false. ErrNotFound for an unknown number,
// ErrNeverCounted for a submission that does not count.
func (s *Store) Undo(ctx context.Context, u Undoing) (w Withdrawal, fresh bool, err error) {
	err = s.aside().change(ctx, func(q *session) error {
		sub, err := q.submission(`WHERE number = $1`, u.Number)
		switch {
		case err != nil:
			return err
		case sub.Verdict != templates.Withdrawn && (sub.County == City || !Takes(sub.Verdict)):
			return ErrNeverCounted
		case sub.Verdict != templates.Withdrawn:
			fresh = true
			if err := q.undo(sub, u, s); err != nil {
				return err
			}
		}
		w, err = q.withdrawal(sub.ID)
		return err
	})
	if err != nil {
		return Withdrawal{}, false, fmt.Errorf("undo submission %q: %w", u.Number, err)
	}
	return w, fresh, nil
}

// aside is the store for work that judges files with forms of other days. Changes
// that wait for the writer meanwhile are written by the store itself.
func (s *Store) aside() *Store {
	aside := *s
	aside.tables, aside.queue = maps.Clone(s.tables), &queue{}
	return &aside
}

// undo writes the decision and everything that follows from it. The session is one
// of present.aside().
func (q *session) undo(sub Submission, u Undoing, present *Store) error {
	var id int64
	if u.at.IsZero() {
		u.at = q.at
	}
	if err := q.one(`INSERT INTO void (submission, after, verdict, at, reason)
		VALUES ($1, (SELECT MAX(id) FROM submission), $2, $3, $4) RETURNING id`,
		[]any{sub.ID, string(sub.Verdict), stamp(u.at), u.Reason}, &id); err != nil {
		return err
	}
	sets := (&session{Store: present, ctx: q.ctx, tx: q.tx, at: q.at}).formSets()
	changed, err := (&replaying{q, sets, u.Judge}).withdraw(sub)
	if err != nil {
		return err
	}
	for _, r := range changed {
		if err := q.do(`INSERT INTO rejudged (void, submission, was, became) VALUES ($1, $2, $3, $4)`,
			id, r.ID, string(r.Was), string(r.Is)); err != nil {
			return err
		}
		if err := q.note(sub.County, "rejudge", "submission "+r.Number, string(r.Was)+" "+string(r.Is)); err != nil {
			return err
		}
	}
	if err := q.judgeWith(present.catalog, present.formSet); err != nil {
		return err
	}
	if err := q.refigureCounty(sub.Form, sub.County); err != nil {
		return err
	}
	if err := q.do(`DELETE FROM withdrawal WHERE arrival = (SELECT arrival FROM submission WHERE id = $1)`, sub.ID); err != nil {
		return err
	}
	return q.tellUndone(sub, u.Reason, u.Domain, u.mailTo(sub.County))
}

func (u Undoing) mailTo(county string) []string {
	if u.MailTo == nil {
		return nil
	}
	return u.MailTo(county)
}

// refigureCounty computes anew all that one county adds to the summaries of a form.
func (q *session) refigureCounty(form, county string) error {
	t, ok := q.tables[form]
	if !ok || q.catalog.Form(form) == nil {
		return nil // nobody sums up a form that is gone
	}
	for _, s := range q.catalog.Summaries {
		if s.Form == form {
			if err := q.do(`DELETE FROM figure WHERE summary = $1 AND county = $2`, s.Name, county); err != nil {
				return err
			}
		}
	}
	periods, err := list(q, scanText, `SELECT DISTINCT _period FROM `+t.name+` WHERE _to IS NULL AND _county = $1`, county)
	if err != nil {
		return err
	}
	for _, period := range periods {
		current, err := q.current(t, county, period)
		if err != nil {
			return err
		}
		if err := q.refigure(t, county, period, current); err != nil {
			return err
		}
	}
	return q.wantForm(form)
}

func (q *session) tellUndone(sub Submission, reason, domain string, to []string) error {
	n := Notice{Kind: KindWithdrawn, County: sub.County, Form: sub.Form, Period: sub.Period, Ref: sub.Number, To: to}
	if _, err := q.tell(domain, []Notice{n}); err != nil {
		return err
	}
	return q.note(City, "undo", "submission "+sub.Number, reason)
}

// Withdrawal tells of a submission that was withdrawn, by its number; ErrNotFound
// when it was not.
func (s *Store) Withdrawal(ctx context.Context, number string) (w Withdrawal, err error) {
	err = s.look(ctx, func(q *session) error {
		sub, err := q.submission(`WHERE number = $1`, number)
		if err == nil {
			w, err = q.withdrawal(sub.ID)
		}
		return err
	})
	return w, err
}

func (q *session) withdrawal(submission int64) (w Withdrawal, err error) {
	var id int64
	if err := q.one(`SELECT id, verdict, at, reason FROM void WHERE submission = $1`, []any{submission},
		&id, &w.Was, when{&w.At}, &w.Reason); err != nil {
		return w, err
	}
	if w.Submission, err = q.submission(`WHERE id = $1`, submission); err != nil {
		return w, err
	}
	if w.Rejudged, err = list(q, func(scan func(...any) error) (r Rejudged, err error) {
		return r, scan(&r.ID, &r.Number, &r.Was, &r.Is)
	}, `SELECT s.id, s.number, r.was, r.became FROM rejudged r JOIN submission s ON s.id = r.submission
		WHERE r.void = $1 ORDER BY s.id`, id); err != nil {
		return w, err
	}
	instead, err := q.inForce(w.Submission.County, w.Submission.Form, w.Submission.Period)
	if errors.Is(err, ErrNotFound) {
		return w, nil
	}
	w.Instead = &instead
	return w, err
}
