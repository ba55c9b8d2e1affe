package templates

// late tells that a file came after the due time, unless an earlier one of the
// same period was taken in time: what is mended later is not late. A file that is
// returned has worse to be told.
func (r *Reading) late(past Past) {
	if r.Form.Calendar == nil || r.Period == "" || r.At.IsZero() || r.has(Reject) {
		return
	}
	p, ok := r.Form.Calendar.Period(r.Period)
	if !ok || !r.At.After(p.Due) || !past.First.IsZero() && !past.First.After(p.Due) {
		return
	}
	f := tell("P06", "", facts{"Due": r.Form.Calendar.DueText(p)})
	f.Sheet = r.Sheet
	r.add(f)
}

// DueText is a due time as people write it: 2026年1月4日, or 2026年1月4日17:00
// where the form sets a time of day.
func (c *Calendar) DueText(p Period) string {
	t := p.Due.In(c.Zone())
	if c.At == 0 {
		return t.Format("2006年1月2日")
	}
	return t.Format("2006年1月2日15:04")
}
