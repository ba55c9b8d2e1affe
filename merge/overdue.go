package merge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/templates"
)

// KindOverdue is the kind of the notice that lists a county's items whose
// deadline has passed or is near.
const KindOverdue = "overdue"

// Item is a row whose deadline has passed or is near.
type Item struct {
	Form   string `json:"form"`
	Title  string `json:"title"` // of the form
	County string `json:"county"`
	Record int64  `json:"record"`
	Label  string `json:"label"` // what people call the row
	Day    string `json:"day"`   // the deadline, 2006-01-02
	Left   int    `json:"left"`  // days left; less than 0: overdue
	Colour string `json:"colour"`
}

// Overdue lists the items whose deadline has passed or is near, of one county or
// with "" of all, the most overdue first.
func (s *Store) Overdue(ctx context.Context, county string) (items []Item, err error) {
	err = s.look(ctx, func(q *session) error {
		items, err = q.overdue(county)
		return err
	})
	return items, err
}

func (q *session) overdue(county string) ([]Item, error) {
	var items []Item
	colours := q.catalog.Colours
	if colours == nil {
		return nil, nil
	}
	for i := range colours.Deadlines {
		more, err := q.overdueOf(&colours.Deadlines[i], county)
		if err != nil {
			return nil, fmt.Errorf("deadlines of %s: %w", colours.Deadlines[i].Form.Name, err)
		}
		items = append(items, more...)
	}
	slices.SortStableFunc(items, func(a, b Item) int { return a.Left - b.Left })
	return items, nil
}

func (q *session) overdueOf(d *templates.Deadline, county string) (items []Item, err error) {
	t, err := q.table(d.Form.Name)
	if err != nil {
		return nil, err
	}
	today := q.at.In(q.Zone).Format(time.DateOnly)
	c := near(t, d, today, q.catalog.Colours.Reach())
	c.equal("v._county", county)
	all, err := q.versions(t, c.where()+` ORDER BY v._county, v._record`, c.args...)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		values, err := t.decode(v.cells)
		if err != nil {
			return nil, err
		}
		left, ok := daysLeft(d.Day(values), today)
		if !ok {
			continue
		}
		if colour, near := q.catalog.Colours.Of(left); near {
			items = append(items, Item{Form: d.Form.Name, Title: d.Form.Title, County: v.county, Record: v.record,
				Label: d.Form.LabelOf(values), Day: d.Day(values), Left: left, Colour: colour.Name})
		}
	}
	return items, nil
}

// near asks for the rows that have a day up to the first colour's in one of their
// deadline columns, so that a long ledger is not read whole.
func near(t *formTable, d *templates.Deadline, today string, reach int) *conditions {
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return &conditions{texts: []string{"FALSE"}} // it was formatted just now
	}
	last := day.AddDate(0, 0, reach).Format(time.DateOnly)
	c := &conditions{texts: []string{"v._to IS NULL"}}
	var tests []string
	for _, f := range d.Fields {
		name := f.Name
		if f.Type == "deadline" {
			name += "_on"
		}
		tests = append(tests, "v."+quote(name)+" <= '"+last+"'")
	}
	c.texts = append(c.texts, "("+strings.Join(tests, " OR ")+")")
	return c
}

// daysLeft counts the days from today to a day; false when it is none.
func daysLeft(day, today string) (int, bool) {
	a, err := time.Parse(time.DateOnly, day)
	b, err2 := time.Parse(time.DateOnly, today)
	return int(a.Sub(b) / (24 * time.Hour)), err == nil && err2 == nil
}

// TellOverdue tells each county of the list with items whose deadline has passed
// or is near, once in so many days, from the time of day on.
func (s *Store) TellOverdue(ctx context.Context, c Chase, days int) (int, error) {
	if days <= 0 {
		return 0, nil
	}
	var due []Notice
	err := s.look(ctx, func(q *session) error {
		now := q.at.In(q.Zone)
		if now.Before(atClock(now, 0, c.Stages.At)) {
			return nil
		}
		items, err := q.overdue("")
		if err != nil {
			return err
		}
		since := atClock(now, 1-days, 0).Format(time.DateOnly)
		told, err := list(q, scanText, `SELECT DISTINCT county FROM outbox WHERE kind = $1 AND ref >= $2`, KindOverdue, since)
		if err != nil {
			return err
		}
		for _, item := range items {
			if q.reporter(item.County, "") && !slices.Contains(told, item.County) {
				told = append(told, item.County)
				due = append(due, Notice{Kind: KindOverdue, County: item.County, Ref: now.Format(time.DateOnly)})
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("overdue: %w", err)
	}
	for i := range due {
		if c.To != nil {
			due[i].To = c.To(due[i].County)
		}
	}
	return s.Tell(ctx, c.Domain, due)
}
