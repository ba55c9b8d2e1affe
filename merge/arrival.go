package merge

import (
	"context"
	"fmt"
	"strings"
)

// Arrived is what became of an arrival that was to be recorded.
type Arrived struct {
	Arrival Arrival // when nothing is new, the one that the bytes belong to, where there is one
	Fresh   bool    // false when nothing is new
	Err     error   // why it is not recorded
}

// ArriveAll records that bytes came in, each under a county and a name, in their
// order. Nothing is new when the same bytes were the last under that county and name,
// or are an answer that we wrote into the county's folder ourselves. A zero At means
// now. After a file that fails, those of the same county fail too, for they count in
// their order.
func (s *Store) ArriveAll(ctx context.Context, files []Arrival) []Arrived {
	done := make([]Arrived, len(files))
	s.inOrder(ctx, len(files), func(i int) string { return files[i].County }, func(i int, q *session) (err error) {
		done[i].Arrival, done[i].Fresh, err = q.arrive(files[i])
		return err
	}, func(i int, err error) {
		done[i] = Arrived{Err: fmt.Errorf("record arrival: %w", err)}
	})
	return done
}

// arrive records an arrival unless nothing is new.
func (q *session) arrive(a Arrival) (_ Arrival, fresh bool, err error) {
	ours, err := q.ours(a)
	if err != nil || ours {
		return a, false, err
	}
	last, err := q.lastArrival(a.County, a.Name)
	switch {
	case err == nil && last.SHA256 == a.SHA256:
		return last, false, nil
	case err != nil && err != ErrNotFound:
		return a, false, err
	}
	return a, true, q.addArrival(&a)
}

// ours says whether the bytes are an answer written for this county. A form that
// we posted is the county's once it lies elsewhere than where we put it: handed in
// as it is, it says that nothing has changed.
func (q *session) ours(a Arrival) (bool, error) {
	var n int
	err := q.one(`SELECT COUNT(*) FROM answer WHERE county = $1 AND sha256 = $2 AND (form = 0 OR $3)`,
		[]any{a.County, a.SHA256, strings.Contains("/"+a.Name, "/回执/")}, &n)
	return n > 0, err
}

// Senders lists the names under which files ever came, with how many.
func (s *Store) Senders(ctx context.Context) (files map[string]int, err error) {
	type sender struct {
		county string
		n      int
	}
	files = map[string]int{}
	err = s.look(ctx, func(q *session) error {
		all, err := list(q, func(scan func(...any) error) (one sender, err error) {
			return one, scan(&one.county, &one.n)
		}, `SELECT county, COUNT(*) FROM arrival GROUP BY county`)
		for _, one := range all {
			files[one.county] = one.n
		}
		return err
	})
	return files, err
}

const arrivalColumns = `id, county, name, sha256, size, at, channel`

func scanArrival(scan func(...any) error) (a Arrival, err error) {
	return a, scan(&a.ID, &a.County, &a.Name, &a.SHA256, &a.Size, when{&a.At}, &a.Channel)
}

func (q *session) lastArrival(county, name string) (a Arrival, err error) {
	err = q.one(`SELECT `+arrivalColumns+` FROM arrival WHERE county = $1 AND name = $2 ORDER BY id DESC LIMIT 1`,
		[]any{county, name}, &a.ID, &a.County, &a.Name, &a.SHA256, &a.Size, when{&a.At}, &a.Channel)
	return a, err
}

func (q *session) addArrival(a *Arrival) error {
	if a.At.IsZero() {
		a.At = q.at
	}
	var err error
	if a.ID, err = q.add(`INSERT INTO arrival (county, name, sha256, size, at, channel)
		VALUES ($1, $2, $3, $4, $5, $6)`, a.County, a.Name, a.SHA256, a.Size, stamp(a.At), a.Channel); err != nil {
		return err
	}
	return q.note(a.County, "arrive", fmt.Sprint("arrival ", a.ID), a.SHA256)
}

// Waiting lists the arrivals that have not been judged, oldest first.
func (s *Store) Waiting(ctx context.Context) (waiting []Arrival, err error) {
	err = s.look(ctx, func(q *session) error {
		waiting, err = list(q, scanArrival, `SELECT `+arrivalColumns+` FROM arrival WHERE judged = 0 ORDER BY id`)
		return err
	})
	return waiting, err
}

// Wrote says whether we wrote, or were about to write, a file under this name into
// a county's folder.
func (s *Store) Wrote(ctx context.Context, county, name string) (wrote bool, err error) {
	err = s.look(ctx, func(q *session) error {
		return q.one(`SELECT EXISTS (SELECT 1 FROM answer WHERE county = $1 AND name = $2)`, []any{county, name}, &wrote)
	})
	return wrote, err
}

// Paper is bytes that we write into a county's folder. A form to be filled in is no
// submission where it lies; dropped elsewhere it is one.
type Paper struct {
	Name   string
	SHA256 string
	Form   bool
}

// Remember remembers papers that we write into a county's folder, so that they are
// never taken for the county's own. Call it before they are in place.
func (s *Store) Remember(ctx context.Context, county string, papers []Paper) error {
	return s.change(ctx, func(q *session) error {
		for _, p := range papers {
			if err := q.do(`INSERT INTO answer (county, sha256, name, at, form) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (county, sha256, name) DO NOTHING`, county, p.SHA256, p.Name, stamp(q.at), p.Form); err != nil {
				return err
			}
		}
		return nil
	})
}
