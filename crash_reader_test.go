package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// stored is what the database says, read with plain SQL at one moment. Nothing
// here goes through the program's own store.
type stored struct {
	arrivals    []storedArrival
	submissions []storedSubmission
	letters     []storedLetter
	summaries   map[string]storedSummary
	facts       facts
	force       force
	rows        int                  // current rows of the form tables
	handed      map[[2]string]string // what the counties have in hand: by county and task, the cells
}

type storedArrival struct {
	id                int64
	county, name, sha string
	size              int64
	judged            bool
}

type storedSubmission struct {
	id, arrival                                int64
	number, county, form, period, sha, verdict string
	inForce                                    bool
}

type storedLetter struct{ id, kind, channel, messageID, state, error string }

type storedSummary struct {
	want, have int64
	sha        string
}

// factColumns are the columns of each form that the generator knows.
var factColumns = map[string][]string{
	petitionForm: {"progress", "status", "penalty_cases", "fine_wan", "talks"},
	openForm:     {"complaint", "progress", "status"},
	figuresForm:  {"assigned", "closed_true", "closed_false", "closed_total", "staged", "penalty_cases", "fine_wan", "talks"},
}

// factKeys are the columns that name a row.
var factKeys = map[string]string{petitionForm: "case_no", openForm: "address", figuresForm: "county"}

// readStore reads the database of a program that runs.
func readStore(data string) (s *stored, err error) {
	at := url.URL{Scheme: "file", Path: filepath.Join(data, "taizhang.db"), RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", at.String())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // it only reads
	s = &stored{summaries: map[string]storedSummary{}, handed: map[[2]string]string{}, facts: facts{}, force: force{}}
	for _, read := range []func(*sql.Tx) error{s.readArrivals, s.readSubmissions, s.readLetters, s.readSummaries, s.readHanded} {
		if err := read(tx); err != nil {
			return nil, err
		}
	}
	for form := range factColumns {
		if err := s.readFacts(tx, form); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// each runs a query and scans every row.
func each(tx *sql.Tx, query string, row func(scan func(...any) error) error) error {
	rows, err := tx.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *stored) readArrivals(tx *sql.Tx) error {
	return each(tx, `SELECT id, county, name, sha256, size, judged FROM arrival ORDER BY id`, func(scan func(...any) error) error {
		var a storedArrival
		s.arrivals = append(s.arrivals, a)
		last := &s.arrivals[len(s.arrivals)-1]
		return scan(&last.id, &last.county, &last.name, &last.sha, &last.size, &last.judged)
	})
}

func (s *stored) readSubmissions(tx *sql.Tx) error {
	return each(tx, `SELECT id, arrival, number, county, form, period, sha256, verdict, in_force FROM submission ORDER BY id`,
		func(scan func(...any) error) error {
			var b storedSubmission
			err := scan(&b.id, &b.arrival, &b.number, &b.county, &b.form, &b.period, &b.sha, &b.verdict, &b.inForce)
			if s.submissions = append(s.submissions, b); b.inForce {
				s.force[[3]string{b.county, b.form, b.period}] = b.sha
			}
			return err
		})
}

func (s *stored) readLetters(tx *sql.Tx) error {
	return each(tx, `SELECT id, kind, channel, message_id, state, last_error FROM outbox ORDER BY id`, func(scan func(...any) error) error {
		var l storedLetter
		err := scan(&l.id, &l.kind, &l.channel, &l.messageID, &l.state, &l.error)
		s.letters = append(s.letters, l)
		return err
	})
}

func (s *stored) readSummaries(tx *sql.Tx) error {
	return each(tx, `SELECT summary, want, have, sha256 FROM summary_state`, func(scan func(...any) error) error {
		var name string
		var one storedSummary
		err := scan(&name, &one.want, &one.have, &one.sha)
		s.summaries[name] = one
		return err
	})
}

// readHanded reads the items of the city's lists that hold now.
func (s *stored) readHanded(tx *sql.Tx) error {
	return each(tx, `SELECT county, label, cells FROM handed_item WHERE ended IS NULL`, func(scan func(...any) error) error {
		var county, task, cells string
		err := scan(&county, &task, &cells)
		s.handed[[2]string{county, task}] = cells
		return err
	})
}

// readFacts reads the current rows of a form's table.
func (s *stored) readFacts(tx *sql.Tx, form string) error {
	columns := factColumns[form]
	query := `SELECT _period, ` + factKeys[form] + `, ` + strings.Join(columns, ", ") + ` FROM rows_` + form + ` WHERE _to IS NULL`
	return each(tx, query, func(scan func(...any) error) error {
		var period, key string
		cells := make([]sql.NullString, len(columns))
		into := []any{&period, &key}
		for i := range cells {
			into = append(into, &cells[i])
		}
		if err := scan(into...); err != nil {
			return err
		}
		says := map[string]string{}
		for i, c := range cells {
			says[columns[i]] = c.String
		}
		s.rows++
		s.facts[[3]string{form, period, key}] = says
		return nil
	})
}

// names is a readable list of a few things.
func names[T any](all []T) string {
	if len(all) > 6 {
		return fmt.Sprintf("%v and %d more", all[:6], len(all)-6)
	}
	return fmt.Sprint(all)
}
