package sheets

import "slices"

// readCols reads which columns are hidden.
func (r *sheetReader) readCols() error {
	for {
		more, err := r.s.child(2)
		if err != nil || !more {
			return err
		}
		if string(r.s.name) == "col" && r.s.attrTrue("hidden") {
			first, _ := r.s.attr("min")
			last, _ := r.s.attr("max")
			a, ok1 := parseCount(first)
			b, ok2 := parseCount(last)
			if ok1 && ok2 && a >= 1 && a <= b && a <= maxCol {
				if len(r.sheet.HiddenCols) == maxCol {
					return r.beyond("columns", maxCol+1, maxCol)
				}
				r.sheet.HiddenCols = append(r.sheet.HiddenCols, Span{a, min(b, maxCol)})
			}
		}
		if err := r.s.skip(); err != nil {
			return err
		}
	}
}

// joinSpans sorts runs of columns and joins those that touch.
func joinSpans(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.First - b.First })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.First <= out[n-1].Last+1 {
			out[n-1].Last = max(out[n-1].Last, s.Last)
			continue
		}
		out = append(out, s)
	}
	return out
}
