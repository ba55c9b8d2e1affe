package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// errOtherStory says that two databases do not have the same arrivals.
var errOtherStory = errors.New("现在的数据库和备份不是同一个来历 (the present database and the backup have different histories)")

// takeOver makes an older database go on from the present one: with the arrivals
// that it does not have yet, as ones that wait to be judged, with the numbers that
// they had, and with what was withdrawn meanwhile. What cannot be read of the
// present one is left out and told; an error is about the older one.
func takeOver(ctx context.Context, from, to string, now time.Time, r *Restored) (err error) {
	old, err := sql.Open("sqlite", address(to, "rw", "_pragma=foreign_keys(1)", "_txlock=immediate"))
	if err != nil {
		return err
	}
	old.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, old.Close()) }()
	s := &Store{Zone: now.Location(), write: old, now: func() time.Time { return now }, queue: &queue{}}
	provider, err := s.provider()
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if s.read, r.Cause = openFile(from); r.Cause != nil {
		return s.change(ctx, func(q *session) error { return q.leapFar(r) })
	}
	defer func() {
		end := s.read.Close()
		if r.Cause != nil { // it is in trouble anyhow
			r.Cause = errors.Join(r.Cause, end)
			return
		}
		err = errors.Join(err, end)
	}()
	return s.change(ctx, func(q *session) error { return q.goOn(r) })
}

// goOn writes what is new in the present database, which the store reads, into the
// older one, which the session writes.
func (q *session) goOn(r *Restored) error {
	last, unjudged, err := q.reached()
	if err != nil {
		return err
	}
	counters, cause := q.newerCounters()
	if cause != nil {
		r.Cause = cause
		return q.leapFar(r)
	}
	if err := q.leap(counters); err != nil {
		return err
	}
	var n news
	if n, r.Cause = q.news(last, unjudged); r.Cause != nil {
		return nil
	}
	if err := q.takeNews(n); err != nil {
		return err
	}
	r.Taken = len(n.arrivals)
	if err := q.one(`SELECT COUNT(*) FROM withdrawal`, nil, &r.Withdrawn); err != nil {
		return err
	}
	return q.note(City, "restore", "database", fmt.Sprint(r.Taken, " arrivals and ", r.Withdrawn, " withdrawals taken over"))
}

// reached is the last arrival of a database, and the first that is not judged, or
// the one to come.
func (q *session) reached() (last Arrival, unjudged int64, err error) {
	known, err := list(q, scanArrival, `SELECT `+arrivalColumns+` FROM arrival ORDER BY id DESC LIMIT 1`)
	if err != nil {
		return last, 0, err
	}
	last = append(known, Arrival{})[0]
	err = q.one(`SELECT COALESCE(MIN(id), $1) FROM arrival WHERE judged = 0`, []any{last.ID + 1}, &unjudged)
	return last, unjudged, err
}

// counted is a counter and its value.
type counted struct {
	name  string
	value int64
}

// numbered is an arrival and the number of its submission.
type numbered struct {
	arrival int64
	number  string
}

// newerCounters are the numbers that the present database has given out.
func (q *session) newerCounters() (all []counted, err error) {
	err = q.look(q.ctx, func(p *session) error {
		all, err = p.counters(`SELECT name, value FROM counter WHERE name LIKE 'submission %' OR name LIKE 'record %'`)
		return err
	})
	return all, err
}

func (q *session) counters(query string) ([]counted, error) {
	return list(q, func(scan func(...any) error) (c counted, err error) {
		return c, scan(&c.name, &c.value)
	}, query)
}

// leap makes counters go on from at least these values. For records it is kept
// where that happened, because their numbers are worked out again.
func (q *session) leap(to []counted) error {
	for _, c := range to {
		if err := q.do(`INSERT INTO leap (after, void, name, value)
			SELECT (SELECT COALESCE(MAX(id), 0) FROM submission), (SELECT COALESCE(MAX(id), 0) FROM void), $1, $2
			WHERE $1 LIKE 'record %' AND $2 > COALESCE((SELECT value FROM counter WHERE name = $1), 0)`, c.name, c.value); err != nil {
			return err
		}
		if err := q.raise(c.name, c.value); err != nil {
			return err
		}
	}
	return nil
}

// raise makes a counter go on from at least this value.
func (q *session) raise(counter string, value int64) error {
	return q.do(`INSERT INTO counter (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = MAX(counter.value, excluded.value)`, counter, value)
}

// leapFar is for a present database that does not even tell which numbers it gave
// out: the day's submissions go on with 1405001 at 14:05, and records with the next
// million. Submissions of earlier days had numbers of those days.
func (q *session) leapFar(r *Restored) error {
	records, err := q.counters(`SELECT 'record ' || f.form, COALESCE(c.value, 0)
		FROM form_table f LEFT JOIN counter c ON c.name = 'record ' || f.form ORDER BY f.form`)
	if err != nil {
		return err
	}
	const million = 1_000_000
	for i := range records {
		records[i].value = (records[i].value/million + 1) * million
	}
	day := q.at.In(q.Zone)
	today := counted{dayCounter(day), max(10_000, int64(day.Hour()*100+day.Minute())*1000)}
	if err := q.leap(append(records, today)); err != nil {
		return err
	}
	if err := q.one(`SELECT value FROM counter WHERE name = $1`, []any{today.name}, &today.value); err != nil {
		return err
	}
	r.Next = numberOf(day, today.value+1)
	return q.note(City, "skip numbers", "counters", r.Next)
}

// SkipNumbers is for a new store in the place of one that is lost: its numbers do
// not meet those that were given out today. It answers the next one.
func (s *Store) SkipNumbers(ctx context.Context) (next string, err error) {
	var r Restored
	err = s.change(ctx, func(q *session) error { return q.leapFar(&r) })
	return r.Next, err
}

// news is what the present database has and the older one does not.
type news struct {
	arrivals    []Arrival
	numbers     []numbered
	withdrawals []withdrawal
}

// news reads what came to the present database after the last arrival of the older
// one.
func (q *session) news(last Arrival, unjudged int64) (n news, err error) {
	err = q.look(q.ctx, func(p *session) error {
		if err := p.sameStory(last); err != nil {
			return err
		}
		n, err = p.since(last.ID, unjudged)
		return err
	})
	return n, err
}

// sameStory refuses a database that does not have the arrival.
func (q *session) sameStory(last Arrival) error {
	if last.ID == 0 {
		return nil
	}
	same, err := list(q, scanArrival, `SELECT `+arrivalColumns+` FROM arrival WHERE id = $1`, last.ID)
	if err == nil && (len(same) == 0 || same[0] != last) {
		err = errOtherStory
	}
	return err
}

// since is what came after an arrival, with the numbers of submissions from one
// that was not judged on, and all that was withdrawn. A restore that was not
// followed by a start left some of it waiting.
func (q *session) since(last, unjudged int64) (n news, err error) {
	if n.arrivals, err = list(q, scanArrival, `SELECT `+arrivalColumns+` FROM arrival WHERE id > $1 ORDER BY id`, last); err != nil {
		return n, err
	}
	scan := func(scan func(...any) error) (n numbered, err error) { return n, scan(&n.arrival, &n.number) }
	if n.numbers, err = list(q, scan, `SELECT arrival, number FROM submission WHERE arrival >= $1 ORDER BY id`, unjudged); err != nil {
		return n, err
	}
	var tables []string
	if tables, err = list(q, scanText, `SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('void', 'withdrawal')`); err != nil {
		return n, err
	}
	for _, query := range []struct{ table, text string }{
		{"void", `SELECT s.arrival, v.at, v.reason FROM void v JOIN submission s ON s.id = v.submission ORDER BY v.id`},
		{"withdrawal", `SELECT ` + withdrawalColumns + ` FROM withdrawal ORDER BY id`},
	} {
		if !slices.Contains(tables, query.table) { // an older schema
			continue
		}
		more, err := list(q, scanWithdrawal, query.text)
		if err != nil {
			return n, err
		}
		n.withdrawals = append(n.withdrawals, more...)
	}
	if !slices.Contains(tables, "withdrawal") {
		return n, nil
	}
	more, err := list(q, scan, `SELECT arrival, number FROM numbered ORDER BY arrival`)
	n.numbers = append(n.numbers, more...)
	return n, err
}

// takeNews writes the arrivals as ones that wait, and what is to be remembered of
// those that are not judged, or not withdrawn, here.
func (q *session) takeNews(n news) error {
	for _, a := range n.arrivals {
		if err := q.do(`INSERT INTO arrival (id, county, name, sha256, size, at, channel) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			a.ID, a.County, a.Name, a.SHA256, a.Size, stamp(a.At), a.Channel); err != nil {
			return err
		}
	}
	for _, one := range n.numbers {
		if err := q.do(`INSERT INTO numbered (arrival, number) SELECT id, $2 FROM arrival
			WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM submission WHERE arrival = $1 OR number = $2) ON CONFLICT DO NOTHING`,
			one.arrival, one.number); err != nil {
			return err
		}
	}
	for _, w := range n.withdrawals {
		if err := q.do(`INSERT INTO withdrawal (arrival, at, reason) SELECT id, $2, $3 FROM arrival
			WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM submission WHERE arrival = $1 AND verdict = 'withdrawn') ON CONFLICT DO NOTHING`,
			w.arrival, stamp(w.at), w.reason); err != nil {
			return err
		}
	}
	return nil
}
