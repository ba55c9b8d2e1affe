package merge

import (
	"cmp"
	"slices"

	"taizhang/templates"

	"github.com/shopspring/decimal"
)

// result is a worked-out figure of one line. A rate keeps its two parts, so that
// it is rounded once and compared exactly; its value is in percent.
type result struct {
	value    decimal.Decimal
	over     decimal.Decimal // denominator of a rate
	none     bool            // there is no such figure: a rate of nothing, its rank
	hundreds bool            // numerator and denominator are equal
}

// ratePlaces is how many digits a rate is compared to: two different rates of
// counts below 10^15 differ before that.
const ratePlaces = 32

// work computes all columns of some lines; ranks are among these lines.
func (c *computing) work(lines []line) []map[string]result {
	out := make([]map[string]result, len(lines))
	for i, l := range lines {
		out[i] = map[string]result{}
		for _, column := range c.summary.Columns {
			if column.Rank == "" {
				out[i][column.Name] = c.result(column.Name, l)
			}
		}
	}
	for _, column := range c.summary.Columns {
		if column.Rank != "" {
			rank(column, out)
		}
	}
	return out
}

// result works out one figure. The catalogue has no columns that lead back to
// themselves.
func (c *computing) result(name string, l line) result {
	column := c.columns[name]
	switch {
	case column == nil:
		return result{none: true}
	case len(column.Add) > 0:
		var sum decimal.Decimal
		for _, part := range column.Add {
			sum = sum.Add(c.result(part, l).value)
		}
		for _, part := range column.Subtract {
			sum = sum.Sub(c.result(part, l).value)
		}
		return result{value: sum}
	case len(column.Rate) == 2:
		return rate(c.result(column.Rate[0], l).value, c.result(column.Rate[1], l).value)
	}
	return result{value: c.tally.of(name, l.bucket, l.county, c.counties).size()}
}

func rate(part, whole decimal.Decimal) result {
	if whole.IsZero() {
		return result{none: true}
	}
	return result{value: part.Shift(2).DivRound(whole, ratePlaces), over: whole, hundreds: part.Equal(whole)}
}

// rank numbers the lines by a column, highest first. Equal figures share a rank,
// and the next one counts them all: 1, 2, 2, 4.
func rank(column *templates.Column, lines []map[string]result) {
	for _, l := range lines {
		own := l[column.Rank]
		place := int64(1)
		for _, other := range lines {
			if o := other[column.Rank]; !o.none && o.value.GreaterThan(own.value) {
				place++
			}
		}
		l[column.Name] = result{value: decimal.NewFromInt(place), none: own.none}
	}
}

func (c *computing) withoutRanks(figures map[string]result) map[string]result {
	for _, column := range c.summary.Columns {
		if column.Rank != "" {
			figures[column.Name] = result{none: true}
		}
	}
	return figures
}

// cells prints one line.
func (c *computing) cells(label string, figures map[string]result) []templates.TableCell {
	cells := []templates.TableCell{{Text: label}}
	for _, column := range c.summary.Columns {
		cells = append(cells, c.cell(column, figures[column.Name]))
	}
	return cells
}

// cell prints a figure half-up with all its decimals. The number of a rate is
// in percent and rounded; that of a sum is exact.
func (c *computing) cell(column *templates.Column, r result) templates.TableCell {
	if r.none {
		return templates.TableCell{Text: noData}
	}
	places := int32(c.places(column.Name))
	if len(column.Rate) == 2 {
		shown := percent(r, places)
		return templates.TableCell{Text: shown.StringFixed(places) + "%", Number: &shown}
	}
	return templates.TableCell{Text: r.value.StringFixed(places), Number: &r.value}
}

// percent rounds a rate half-up, but never to 100 unless nothing is missing.
func percent(r result, places int32) decimal.Decimal {
	shown, full := r.value.Round(places), decimal.NewFromInt(100)
	if r.hundreds || !shown.Equal(full) {
		return shown
	}
	step := decimal.New(1, -places)
	if r.value.GreaterThan(full) {
		return full.Add(step)
	}
	return full.Sub(step)
}

// kind is what a column's figures are: count, sum, rate or rank.
func (c *computing) kind(name string) string {
	column := c.columns[name]
	switch {
	case column == nil:
		return "count"
	case len(column.Rate) == 2:
		return "rate"
	case column.Rank != "":
		return "rank"
	case column.Sum != "":
		return "sum"
	}
	for _, part := range slices.Concat(column.Add, column.Subtract) {
		if c.kind(part) == "sum" {
			return "sum"
		}
	}
	return "count"
}

// places is how many decimals a column prints: its own, and for a column worked
// out from others at least theirs.
func (c *computing) places(name string) int {
	column := c.columns[name]
	if column == nil || column.Count != "" || column.Distinct != "" || column.Rank != "" {
		return 0
	}
	places := column.Decimals
	for _, part := range slices.Concat(column.Add, column.Subtract) {
		places = max(places, c.places(part))
	}
	return cmp.Or(places, 0)
}
