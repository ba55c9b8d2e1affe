package merge

import (
	"context"

	"taizhang/templates"
)

// replaying judges the files of one county and form again, each with the forms of
// its day, in a transaction that sees the store as it became.
type replaying struct {
	*session
	sets  *formSets
	judge func(context.Context, *templates.Catalog, Arrival) (*templates.Reading, error)
}

// Rejudged is a file whose verdict became another one, because a file before it
// does not count any more.
type Rejudged struct {
	ID     int64             `json:"id"`
	Number string            `json:"number"`
	Was    templates.Verdict `json:"was"`
	Is     templates.Verdict `json:"is"`
}

// withdraw makes a submission count for nothing: all that the county sent of that
// form is taken in once more, without it, unless it did not count anyhow. It leaves
// the figures alone.
func (p *replaying) withdraw(sub Submission) (changed []Rejudged, err error) {
	err = p.do(`UPDATE submission SET verdict = $1, in_force = 0 WHERE id = $2`, string(templates.Withdrawn), sub.ID)
	if err != nil || !Takes(sub.Verdict) {
		return nil, err
	}
	rest, err := p.submissions(`WHERE form = $1 AND county = $2 AND verdict <> $3 ORDER BY id`,
		sub.Form, sub.County, string(templates.Withdrawn))
	if err != nil {
		return nil, err
	}
	if err := p.clear(sub.Form, sub.County); err != nil {
		return nil, err
	}
	for _, was := range rest {
		is, err := p.again(was)
		if err != nil {
			return nil, err
		}
		if is.Verdict != was.Verdict {
			changed = append(changed, Rejudged{was.ID, was.Number, was.Verdict, is.Verdict})
		}
	}
	p.until, p.numbers = 0, nil
	return changed, nil
}

// clear takes away what the files of a county said, and keeps in mind which
// numbers its records had.
func (p *replaying) clear(form, county string) error {
	table := quote("rows_" + form)
	p.numbers = &numbers{byKey: map[[2]string][]int64{}, used: map[int64]bool{}}
	if _, err := list(p.session, func(scan func(...any) error) (struct{}, error) {
		var at [2]string
		var record int64
		err := scan(&at[0], &at[1], &record)
		p.numbers.byKey[at] = append(p.numbers.byKey[at], record)
		return struct{}{}, err
	}, `SELECT DISTINCT _period, _key, _record FROM `+table+` WHERE _county = $1 ORDER BY _record`, county); err != nil {
		return err
	}
	if err := p.do(`DELETE FROM `+table+` WHERE _county = $1`, county); err != nil {
		return err
	}
	if err := p.do(`DELETE FROM held WHERE form = $1 AND county = $2`, form, county); err != nil {
		return err
	}
	return p.do(`UPDATE submission SET in_force = 0 WHERE form = $1 AND county = $2 AND in_force = 1`, form, county)
}

// again judges one file again, as if it were its day.
func (p *replaying) again(sub Submission) (Submission, error) {
	var set int64
	if err := p.one(`SELECT COALESCE(form_set, 0) FROM submission WHERE id = $1`, []any{sub.ID}, &set); err != nil {
		return sub, err
	}
	a, err := p.arrivalOf(sub.ID)
	if err != nil {
		return sub, err
	}
	c, err := p.sets.catalogOf(set, sub.FormHash)
	if err != nil {
		return sub, err
	}
	r, err := p.judge(p.ctx, c, a)
	if err != nil {
		return sub, err
	}
	if err := p.judgeWith(c, set); err != nil {
		return sub, err
	}
	if err := p.do(`DELETE FROM finding WHERE submission = $1`, sub.ID); err != nil {
		return sub, err
	}
	p.until = sub.ID
	return p.enter(a, r, sub)
}

// numbers are those that records had before they were taken in once more, so that
// a record is still found under its own.
type numbers struct {
	byKey map[[2]string][]int64 // by period and key, lowest first
	used  map[int64]bool
}

// of is the number that the next record with this key had, 0 for none.
func (n *numbers) of(period, key string) int64 {
	if n == nil {
		return 0
	}
	for _, record := range n.byKey[[2]string{period, key}] {
		if !n.used[record] {
			n.used[record] = true
			return record
		}
	}
	return 0
}
