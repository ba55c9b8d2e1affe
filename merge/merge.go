package merge

import (
	"context"
	"errors"
	"fmt"

	"taizhang/templates"
)

// Answer says where the answer to a file goes besides the county's folder.
type Answer struct {
	MailTo []string // no letter by mail when empty
	Domain string   // of Message-IDs; "" for a name that is nobody's
}

// Judged is a file that was judged, and where its answer goes.
type Judged struct {
	Arrival Arrival
	Reading *templates.Reading
	Answer  Answer
}

// Merged is what became of a judged file.
type Merged struct {
	Submission Submission
	Err        error // why nothing of it was written
}

// MergeAll takes judged files into the store, in their order. Of each, history
// comparison, submission, findings, record versions, held rows, figures and letters
// are one, so that a crash leaves all of it or nothing. An arrival that was judged
// already gives its submission again and changes nothing. After a file that fails,
// those of the same county fail too, for they count in their order. The readings are
// settled by this call and must not be used for a second one.
func (s *Store) MergeAll(ctx context.Context, files []Judged) []Merged {
	done := make([]Merged, len(files))
	s.inOrder(ctx, len(files), func(i int) string { return files[i].Arrival.County }, func(i int, q *session) (err error) {
		done[i].Submission, err = q.merge(files[i].Arrival, files[i].Reading, files[i].Answer)
		return err
	}, func(i int, err error) {
		done[i] = Merged{Err: fmt.Errorf("merge arrival %d: %w", files[i].Arrival.ID, err)}
	})
	return done
}

func (q *session) merge(a Arrival, r *templates.Reading, o Answer) (Submission, error) {
	if sub, err := q.submission(`WHERE arrival = $1`, a.ID); !errors.Is(err, ErrNotFound) {
		return sub, err
	}
	before, err := q.withdrawnBefore(a.ID)
	if err != nil {
		return Submission{}, err
	}
	if before != nil {
		return q.mergeWithdrawn(a, r, *before, o)
	}
	sub, err := q.enter(a, r, Submission{JudgedAt: q.at})
	if err != nil {
		return sub, err
	}
	return sub, q.conclude(sub, a, o)
}

// enter writes what a file says: the submission, its findings and, when it counts,
// its rows. Of who, only id, number and time are used; without the first two it
// gets its own.
func (q *session) enter(a Arrival, r *templates.Reading, who Submission) (Submission, error) {
	sub, t, was, err := q.enlist(a, r, who)
	if err != nil {
		return sub, err
	}
	if Takes(sub.Verdict) && !was.again {
		err = q.takeIn(t, &sub, r, was)
	}
	return sub, err
}

// enlist writes the submission and its findings alone, and answers what the file was
// compared with.
func (q *session) enlist(a Arrival, r *templates.Reading, who Submission) (sub Submission, t *formTable, was before, err error) {
	if t, err = q.tableOf(r); err != nil {
		return sub, t, was, err
	}
	if was, err = q.compare(t, a, r); err != nil {
		return sub, t, was, err
	}
	sub = submissionOf(a, r)
	sub.ID, sub.Number, sub.JudgedAt = who.ID, who.Number, who.JudgedAt
	if was.again {
		sub.Accepted = 0
	}
	if err := q.addSubmission(&sub, a.ID); err != nil {
		return sub, t, was, err
	}
	return sub, t, was, q.addFindings(sub.ID, r.Findings)
}

// tableOf is the table of the reading's form, nil when none was recognised.
func (q *session) tableOf(r *templates.Reading) (*formTable, error) {
	if r.Form == nil {
		return nil, nil
	}
	t, err := q.table(r.Form.Name)
	if err == nil && t.form.Hash != r.Form.Hash {
		err = fmt.Errorf("form %s was read with another text than the store was opened with", r.Form.Name)
	}
	return t, err
}

// before is what a file is compared with.
type before struct {
	rows    []version // stored rows: a ledger's current ones, a report's of the period before
	inForce bool      // a file of the same period counts until now
	again   bool      // with the same bytes: they are noted and change nothing
}

// compare settles the reading against what is stored, and answers that.
func (q *session) compare(t *formTable, a Arrival, r *templates.Reading) (was before, err error) {
	var past templates.Past
	if t != nil {
		if past, was.rows, err = q.past(t, a.County, r.Period); err != nil {
			return was, err
		}
	}
	r.Compare(past)
	if t == nil || !Takes(r.Verdict) {
		return was, nil
	}
	var number, sha, hash string
	err = q.one(`SELECT number, sha256, COALESCE(form_hash, '') FROM submission
		WHERE form = $1 AND county = $2 AND period = $3 AND in_force = 1`, []any{r.Form.Name, a.County, r.Period}, &number, &sha, &hash)
	if errors.Is(err, ErrNotFound) {
		return was, nil
	}
	was.inForce = true
	if err != nil || sha != a.SHA256 || hash != r.Form.Hash {
		return was, err
	}
	was.again = true
	r.Findings = append(r.Findings, templates.Duplicate(number))
	if r.Verdict == templates.Accepted {
		r.Verdict = templates.Noted
	}
	return was, nil
}

// past is what the store knows of a county and a form: for a ledger the current
// rows, for a report those of the latest period before. Stored are these rows as
// they are stored.
func (q *session) past(t *formTable, county, period string) (past templates.Past, stored []version, err error) {
	name := t.form.Name
	if err := q.one(`SELECT COALESCE(MAX(period), '') FROM submission WHERE form = $1 AND county = $2 AND in_force = 1`,
		[]any{name, county}, &past.LatestPeriod); err != nil {
		return past, nil, err
	}
	if past.First, err = q.firstTaken(name, county, period); err != nil {
		return past, nil, err
	}
	before := ""
	if t.form.Kind == templates.Report {
		if err := q.one(`SELECT COALESCE(MAX(period), '') FROM submission
			WHERE form = $1 AND county = $2 AND in_force = 1 AND period < $3`,
			[]any{name, county, period}, &before); err != nil || before == "" {
			return past, nil, err
		}
	}
	if stored, err = q.current(t, county, before); err != nil {
		return past, nil, err
	}
	for _, v := range stored {
		values, err := t.decode(v.cells)
		if err != nil {
			return past, nil, err
		}
		past.Rows = append(past.Rows, templates.StoredRow{Record: v.record, Key: v.key, Values: values})
	}
	return past, stored, q.joinList(t, county, period, &past)
}

func submissionOf(a Arrival, r *templates.Reading) Submission {
	sub := Submission{County: a.County, File: a.Name, SHA256: a.SHA256, Channel: a.Channel, ArrivedAt: a.At,
		Period: r.Period, Sheet: r.Sheet, Verdict: r.Verdict, Read: r.Read, Accepted: r.Accepted, Held: r.Held}
	if f := r.Form; f != nil {
		sub.Form, sub.FormTitle, sub.FormHash, sub.FormVersion = f.Name, f.Title, f.Hash, r.Version
	}
	return sub
}

// takeIn makes a file count.
func (q *session) takeIn(t *formTable, sub *Submission, r *templates.Reading, was before) (err error) {
	if err := q.enforce(sub, was.inForce); err != nil {
		return err
	}
	stored := was.rows // a ledger's live on
	if t.form.Kind == templates.Report {
		if stored, err = q.current(t, sub.County, sub.Period); err != nil {
			return err
		}
	}
	stand, err := q.keep(t, *sub, r.Rows, stored)
	if err != nil {
		return err
	}
	if err := q.hold(t, *sub, r.Rows); err != nil {
		return err
	}
	return q.refigure(t, sub.County, storedPeriod(t, sub.Period), stand)
}

// conclude ends a merge: the arrival is judged, the summaries of the form are
// wanted anew (also for a returned file, which their notes name), letters go
// out, and the audit says so.
func (q *session) conclude(sub Submission, a Arrival, o Answer) error {
	if err := q.do(`UPDATE arrival SET judged = 1 WHERE id = $1`, a.ID); err != nil {
		return err
	}
	if err := q.wantForm(sub.Form); err != nil {
		return err
	}
	if err := q.post(sub, o); err != nil {
		return err
	}
	return q.note(sub.County, "merge", "submission "+sub.Number, string(sub.Verdict))
}
