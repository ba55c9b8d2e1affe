package merge

import (
	"context"
	"errors"
	"fmt"

	"taizhang/templates"
)

// ByRecheck is the channel of an arrival that came a second time because its file
// was judged again.
const ByRecheck = "recheck"

// unsettled picks files that do not count and are still the newest of their county
// and name.
const unsettled = `verdict IN ('returned', 'pending') AND county <> '` + City + `' AND arrival =
	(SELECT MAX(a.id) FROM arrival a WHERE a.county = submission.county AND a.name = submission.file)`

// Unsettled is a file that does not count, with what it arrived as.
type Unsettled struct {
	Submission Submission
	Arrival    Arrival
}

// Unsettled lists the files that were returned, or that the program failed on, and
// that nothing newer came for under their name, oldest first. An empty county
// means all.
func (s *Store) Unsettled(ctx context.Context, county string) (all []Unsettled, err error) {
	err = s.look(ctx, func(q *session) error {
		subs, err := q.submissions(`WHERE `+unsettled+` AND ($1 = '' OR county = $1) ORDER BY id`, county)
		for _, sub := range subs {
			a, err := q.arrivalOf(sub.ID)
			if err != nil {
				return err
			}
			all = append(all, Unsettled{sub, a})
		}
		return err
	})
	return all, err
}

func (q *session) arrivalOf(submission int64) (a Arrival, err error) {
	err = q.one(`SELECT `+arrivalColumns+` FROM arrival WHERE id = (SELECT arrival FROM submission WHERE id = $1)`, []any{submission},
		&a.ID, &a.County, &a.Name, &a.SHA256, &a.Size, when{&a.At}, &a.Channel)
	return a, err
}

// What became of a file that was judged again.
const (
	RecheckSame      = "same"      // as before; nothing was written
	RecheckChanged   = "changed"   // another verdict, and a submission of its own
	RecheckDisplaced = "displaced" // a later file counts already, or the file is not the newest any more
)

// errSame undoes a transaction that found nothing new.
var errSame = errors.New("the verdict stays the same")

// Recheck takes in a file once more that did not count, by a reading with the
// forms of today. Another verdict makes a new submission with an answer of its
// own, beside the old one; the same verdict leaves no trace. It is judged as of
// the time when it came. The reading is settled by this call and must not be used
// for a second one.
func (s *Store) Recheck(ctx context.Context, u Unsettled, r *templates.Reading, o Answer) (is Submission, outcome string, err error) {
	err = s.change(ctx, func(q *session) error {
		displaced, err := q.displaced(u.Submission, r)
		if err != nil {
			return err
		}
		is, outcome = u.Submission, RecheckDisplaced
		if displaced {
			return nil
		}
		a := u.Arrival
		a.ID, a.Channel = 0, ByRecheck
		if err := q.addArrival(&a); err != nil {
			return err
		}
		if is, err = q.merge(a, r, o); err != nil {
			return err
		}
		if is.Verdict == u.Submission.Verdict {
			return errSame
		}
		outcome = RecheckChanged
		return q.note(City, "recheck", "submission "+is.Number, fmt.Sprint(u.Submission.Number, " ", u.Submission.Verdict, " ", is.Verdict))
	})
	if errors.Is(err, errSame) {
		return u.Submission, RecheckSame, nil
	}
	if err != nil {
		return Submission{}, "", fmt.Errorf("recheck submission %s: %w", u.Submission.Number, err)
	}
	return is, outcome, nil
}

// displaced says whether a file has been overtaken: by a newer one of its name, or
// by one that counts for the same form and period. The rows of a ledger live on,
// so there one of a later period overtakes it too.
func (q *session) displaced(sub Submission, r *templates.Reading) (bool, error) {
	_, err := q.submission(`WHERE `+unsettled+` AND id = $1`, sub.ID)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	if err != nil || r.Form == nil {
		return false, err
	}
	same := "period = $3"
	if r.Form.Kind != templates.Report {
		same = "period >= $3"
	}
	var later int
	err = q.one(`SELECT COUNT(*) FROM submission WHERE form = $1 AND county = $2 AND `+same+` AND id > $4
		AND verdict IN ('accepted', 'noted', 'partial')`, []any{r.Form.Name, sub.County, r.Period, sub.ID}, &later)
	return later > 0, err
}
