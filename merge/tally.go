package merge

import (
	"maps"
	"slices"

	"taizhang/templates"

	"github.com/shopspring/decimal"
)

// spot is one counted cell of a summary: what a county adds to a column, over
// all rows (bucket "") or over those with a value of the field the summary is
// made by (bucket "=" and the value).
type spot struct{ county, bucket, column string }

// amount is what was counted there: an exact number, or the different values.
type amount struct {
	number decimal.Decimal
	values map[string]bool
}

// size is the figure.
func (a amount) size() decimal.Decimal {
	if a.values != nil {
		return decimal.NewFromInt(int64(len(a.values)))
	}
	return a.number
}

// plus joins two amounts: numbers add up, different values are united.
func (a amount) plus(b amount) amount {
	if b.values == nil {
		return amount{a.number.Add(b.number), a.values}
	}
	all := maps.Clone(b.values)
	maps.Copy(all, a.values)
	return amount{values: all}
}

// tally is what rows add to a summary. Columns that are worked out from others
// are not in it.
type tally map[spot]amount

// add counts one row of a county.
func (t tally) add(s *templates.Summary, form *templates.Form, county string, row []templates.Value) {
	if !s.Counts(row) {
		return
	}
	for _, bucket := range buckets(s, form, row) {
		for _, c := range s.Columns {
			if one, ok := measure(c, form, row); ok {
				at := spot{county, bucket, c.Name}
				t[at] = t[at].plus(one)
			}
		}
	}
}

// measure is what a row adds to a column; false when nothing.
func measure(c *templates.Column, form *templates.Form, row []templates.Value) (amount, bool) {
	name := c.Sum + c.Distinct
	if c.Count == "" && name == "" || !c.Counts(row) {
		return amount{}, false
	}
	if c.Count != "" {
		return amount{number: decimal.NewFromInt(1)}, true
	}
	f := form.Field(name)
	if f == nil || row[f.Index].Blank() {
		return amount{}, false
	}
	if c.Sum != "" {
		return amount{number: row[f.Index].Number}, true
	}
	return amount{values: map[string]bool{row[f.Index].Text: true}}, true
}

// buckets are the rows of the summary that a row of the form counts in. A row
// with several values counts in each, but once in a group that joins them.
func buckets(s *templates.Summary, form *templates.Form, row []templates.Value) []string {
	all := []string{""}
	f := form.Field(s.By)
	if f == nil || s.By == "county" {
		return all
	}
	values := []string{row[f.Index].Text}
	if templates.Types[f.Type].List && values[0] != "" {
		values = row[f.Index].List()
	}
	for _, v := range values {
		if b := "=" + groupOf(s, v); !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	return all
}

// groupOf is the title of the group a value belongs to, or the value itself.
func groupOf(s *templates.Summary, value string) string {
	for _, g := range s.Groups {
		if slices.Contains(g.Values, value) {
			return g.Title
		}
	}
	return value
}

// of is the amount of a column in a bucket, over one county or, with "", all.
func (t tally) of(column, bucket, county string, counties []string) amount {
	if county != "" {
		return t[spot{county, bucket, column}]
	}
	var sum amount
	for _, c := range counties {
		sum = sum.plus(t[spot{c, bucket, column}])
	}
	return sum
}

// counties lists who adds to the tally, sorted.
func (t tally) counties() []string {
	seen := map[string]bool{}
	for at := range t {
		seen[at.county] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
