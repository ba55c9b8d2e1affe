package merge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"taizhang/templates"
)

// Handover says how a list of the city's goes out.
type Handover struct {
	Answer                                  // to the city itself
	CountyMail func(county string) []string // addresses of a county; none: only its folder
}

// HandDown takes a judged list of the city's into the store: its items, a new
// version of the form's list where anything is new, a notice to each county
// concerned, and the answer to the city, all or nothing. An arrival that was
// judged already gives its submission again.
func (s *Store) HandDown(ctx context.Context, a Arrival, r *templates.Reading, o Handover) (sub Submission, err error) {
	err = s.change(ctx, func(q *session) error {
		if sub, err = q.submission(`WHERE arrival = $1`, a.ID); !errors.Is(err, ErrNotFound) {
			return err
		}
		sub, err = q.handDown(a, r, o)
		return err
	})
	if err != nil {
		return Submission{}, fmt.Errorf("hand down arrival %d: %w", a.ID, err)
	}
	return sub, nil
}

func (q *session) handDown(a Arrival, r *templates.Reading, o Handover) (Submission, error) {
	r.Compare(templates.Past{})
	sub := submissionOf(a, r)
	sub.County, sub.JudgedAt = City, q.at
	if err := q.addSubmission(&sub, a.ID); err != nil {
		return sub, err
	}
	if err := q.addFindings(sub.ID, r.Findings); err != nil {
		return sub, err
	}
	if r.Form != nil && Takes(sub.Verdict) {
		if err := q.takeList(sub, r, o); err != nil {
			return sub, err
		}
	}
	if err := q.do(`UPDATE arrival SET judged = 1 WHERE id = $1`, a.ID); err != nil {
		return sub, err
	}
	if err := q.post(sub, o.Answer); err != nil {
		return sub, err
	}
	return sub, q.note(City, "hand down", "submission "+sub.Number, string(sub.Verdict))
}

// takeList compares a list with the items handed down so far. What is new or
// different becomes a version of the list; what is not on it stays handed down.
func (q *session) takeList(sub Submission, r *templates.Reading, o Handover) error {
	t, err := q.table(sub.Form)
	if err != nil {
		return err
	}
	items := r.Handed(t.form)
	stored, err := q.handedItems(t, `form = $1 AND ended IS NULL`, t.form.Name)
	if err != nil {
		return err
	}
	now := map[string]handedItem{}
	for _, i := range stored {
		now[i.county+"\x00"+i.key] = i
	}
	var fresh []templates.Handed
	var ended []int64
	for _, i := range items {
		old, has := now[i.County+"\x00"+i.Key]
		if has && sameValues(old.values, i.Values) {
			continue
		}
		if has {
			ended = append(ended, old.id)
		}
		fresh = append(fresh, i)
	}
	if len(fresh) == 0 {
		return nil
	}
	return q.addList(t, sub, fresh, ended, o)
}

func sameValues(a, b []templates.Value) bool {
	return slices.EqualFunc(a, b, func(x, y templates.Value) bool { return x.Text == y.Text })
}

// addList writes a version of a list and tells the counties that it concerns.
func (q *session) addList(t *formTable, sub Submission, fresh []templates.Handed, ended []int64, o Handover) error {
	var version, list int64
	if err := q.one(`SELECT COALESCE(MAX(version), 0) + 1 FROM handed_list WHERE form = $1`, []any{t.form.Name}, &version); err != nil {
		return err
	}
	if err := q.one(`INSERT INTO handed_list (form, version, submission, at) VALUES ($1, $2, $3, $4) RETURNING id`,
		[]any{t.form.Name, version, sub.ID, stamp(q.at)}, &list); err != nil {
		return err
	}
	for _, id := range ended {
		if err := q.do(`UPDATE handed_item SET ended = $1 WHERE id = $2`, list, id); err != nil {
			return err
		}
	}
	var rows [][]any
	concerned := map[string]bool{}
	for _, i := range fresh {
		cells, err := t.pack(i.Values)
		if err != nil {
			return fmt.Errorf("row %d: %w", i.Row, err)
		}
		concerned[i.County] = true
		rows = append(rows, []any{t.form.Name, i.County, i.Key, i.Label, cells, list, i.Sheet, i.Row})
	}
	if err := q.insert(`handed_item (form, county, key, label, cells, list, sheet, row_num)`, rows); err != nil {
		return err
	}
	var notices []Notice
	for _, county := range slices.Sorted(maps.Keys(concerned)) {
		n := Notice{Kind: "handed", County: county, Form: t.form.Name, Period: openPeriod(t.form, q.at), Ref: fmt.Sprint("v", version)}
		if o.CountyMail != nil {
			n.To = o.CountyMail(county)
		}
		notices = append(notices, n)
	}
	_, err := q.tell(o.Domain, notices)
	return err
}

// openPeriod is the period that a form is open for, or opens for next; "" for
// none.
func openPeriod(form *templates.Form, at time.Time) string {
	if form.Calendar == nil {
		return ""
	}
	p, _ := form.Calendar.On(at)
	return p.ID
}

// handedItem is one item of a list as it is stored.
type handedItem struct {
	id, list, ended    int64 // ended is 0 while it stands
	county, key, label string
	values             []templates.Value
	at                 time.Time // when the list came
	sheet              string
	row                int
}

// handedItems reads items of a form in the order in which they were handed down.
func (q *session) handedItems(t *formTable, where string, args ...any) ([]handedItem, error) {
	return list(q, func(scan func(...any) error) (i handedItem, err error) {
		var cells string
		if err := scan(&i.id, &i.list, &i.ended, &i.county, &i.key, &i.label, &cells, &i.sheet, &i.row, when{&i.at}); err != nil {
			return i, err
		}
		i.values, err = t.unpack(cells)
		return i, err
	}, `SELECT i.id, i.list, COALESCE(i.ended, 0), i.county, i.key, i.label, i.cells, i.sheet, i.row_num, i.at
		FROM (SELECT handed_item.*, handed_list.at FROM handed_item JOIN handed_list ON handed_list.id = handed_item.list) i
		WHERE `+where+` ORDER BY i.id`, args...)
}

// pack writes a row's columns as a JSON object, so that the text stays readable
// when the form gets more columns.
func (t *formTable) pack(values []templates.Value) (string, error) {
	cells, err := t.encode(values)
	if err != nil {
		return "", err
	}
	byName := map[string]any{}
	for i, cell := range cells {
		if cell != nil {
			byName[t.columns[i]] = cell
		}
	}
	text, err := json.Marshal(byName)
	return string(text), err
}

// unpack reads what pack wrote.
func (t *formTable) unpack(text string) ([]templates.Value, error) {
	byName := map[string]any{}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber() // a whole number keeps all its digits
	if err := d.Decode(&byName); err != nil {
		return nil, fmt.Errorf("form %s: stored item: %w", t.form.Name, err)
	}
	cells := make([]any, len(t.columns))
	for i, name := range t.columns {
		switch v := byName[name].(type) {
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return nil, fmt.Errorf("form %s: stored item: %w", t.form.Name, err)
			}
			cells[i] = n
		default:
			cells[i] = v
		}
	}
	return t.decode(cells)
}

// Handing is what a list of the city's changed.
type Handing struct {
	Version  int64 // of the form's list; 0 when the file changed nothing
	Counties []HandedCounty
	Changes  []HandedChange
	Items    int // in all, after this list, each county's counted
}

// HandedCounty says how many items a county got with one list.
type HandedCounty struct {
	County              string
	Labels              []string // of the added items
	Added, Changed, All int      // All: items that it has in hand after the list
}

// HandedChange is one corrected cell.
type HandedChange struct{ County, Label, Title, Old, New string }

func (q *session) fillHanding(t *formTable, list int64, h *Handing) error {
	items, err := q.handedItems(t, `form = $1 AND list <= $2 AND (ended IS NULL OR ended >= $2)`, t.form.Name, list)
	if err != nil {
		return err
	}
	before := map[string]handedItem{}
	byCounty := map[string]*HandedCounty{}
	for _, i := range items {
		if i.ended == list {
			before[i.county+"\x00"+i.key] = i
		}
	}
	for _, i := range items {
		if i.ended == list {
			continue
		}
		c := byCounty[i.county]
		if c == nil {
			c = &HandedCounty{County: i.county}
			byCounty[i.county] = c
		}
		c.All++
		h.Items++
		old, changed := before[i.county+"\x00"+i.key]
		switch {
		case i.list != list:
		case changed:
			c.Changed++
			h.Changes = append(h.Changes, t.changes(old, i)...)
		default:
			c.Added++
			c.Labels = append(c.Labels, i.label)
		}
	}
	for _, name := range q.countyNames(t.form.Name, nil, slices.Sorted(maps.Keys(byCounty))...) {
		if c := byCounty[name]; c != nil && c.Added+c.Changed > 0 {
			h.Counties = append(h.Counties, *c)
		}
	}
	return nil
}

// changes are the cells in which two versions of an item differ.
func (t *formTable) changes(old, now handedItem) (out []HandedChange) {
	for n, f := range t.form.Fields {
		if old.values[n].Text != now.values[n].Text {
			out = append(out, HandedChange{now.county, now.label, f.Title(), old.values[n].Text, now.values[n].Text})
		}
	}
	return out
}
