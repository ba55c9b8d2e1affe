package templates

import "fmt"

// ruleScopes are what a rule may look at: one row, or one row and how it stood.
var ruleScopes = []string{"row", "history"}

// Holds says whether the rule is for this row at all (its when), and if so,
// whether the row keeps it. old is the row as it is stored, nil when there is
// none; a history rule is for no new row. An error means that the rule could
// not be worked out for these values, such as a division by zero.
func (r *Rule) Holds(row, old []Value) (applies, ok bool, err error) {
	if r.Scope == "history" && old == nil {
		return false, false, nil
	}
	if applies, err = r.when.holds(row, old); err != nil || !applies {
		return false, false, r.because(err)
	}
	ok, err = r.check.holds(row, old)
	return err == nil, ok, r.because(err)
}

func (r *Rule) because(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("rule %s: %w", r.Name, err)
}

// Counts says whether a row belongs into the summary at all.
func (s *Summary) Counts(row []Value) bool { return s.where.counts(row) }

// Counts says whether a row counts for the column.
func (c *Column) Counts(row []Value) bool { return c.filter.counts(row) }
