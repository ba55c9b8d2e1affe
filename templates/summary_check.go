package templates

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// references checks the columns that a column rests on.
func (r *summaryReader) references(d *dict, c *Column) {
	good := true
	for _, key := range []string{"add", "subtract", "rate", "rank"} {
		for _, n := range d.list(key) {
			good = r.reference(n, key) && good
		}
	}
	if good && r.circles(c.Name, c, map[string]bool{}) {
		r.page.wrong(d.at("name"), "", "列“%s”绕了一圈又用到自己", c.Name)
	}
}

// reference checks one of them: nothing is added to a rate or a rank, for their
// sum means nothing.
func (r *summaryReader) reference(n *yaml.Node, key string) bool {
	other := r.summary.column(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode: // told already
	case other == nil:
		r.page.wrong(n, "", "“%s”的“%s”不是本表的列%s", key, short(n.Value), perhaps(n.Value, r.columnNames()))
	case other.Rank != "" || key != "rank" && len(other.Rate) > 0:
		r.page.wrong(n, "", "“%s”不能用比率或排名列“%s”", key, n.Value)
	default:
		return true
	}
	return false
}

// circles says whether the figures that c rests on lead back to the name.
func (r *summaryReader) circles(name string, c *Column, seen map[string]bool) bool {
	for _, next := range c.rests() {
		other := r.summary.column(next)
		if next == name {
			return true
		}
		if other != nil && !seen[next] {
			seen[next] = true
			if r.circles(name, other, seen) {
				return true
			}
		}
	}
	return false
}

// rests is the names of the columns that a column is worked out from.
func (c *Column) rests() []string {
	out := slices.Concat(c.Add, c.Subtract, c.Rate)
	if c.Rank != "" {
		out = append(out, c.Rank)
	}
	return out
}

// column returns the column of a name, nil when there is none.
func (s *Summary) column(name string) *Column {
	for _, c := range s.Columns {
		if c.Name == name && name != "" {
			return c
		}
	}
	return nil
}

func (r *summaryReader) columnNames() []string {
	names := make([]string, len(r.summary.Columns))
	for i, c := range r.summary.Columns {
		names[i] = c.Name
	}
	return names
}
