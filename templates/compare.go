package templates

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Compare settles a reading against what the store knows: it links the rows to
// stored ones, keeps frozen values, checks what is required, the keys and the
// rules, and gives the verdict. Without history pass Past{}.
func (r *Reading) Compare(past Past) {
	if r.broken {
		return
	}
	if r.Form != nil && !r.has(Reject) {
		r.link(past)
		for i := range r.Rows {
			r.required(&r.Rows[i])
		}
		r.keyTexts()
		r.uniqueKeys()
		r.uniqueFields()
		r.rules(past)
		r.checkTotals()
		r.staleLedger(past)
		r.late(past)
	}
	r.settle()
}

// staleLedger returns a ledger for an earlier period than one taken already:
// its rows would set newer ones back.
func (r *Reading) staleLedger(past Past) {
	if r.Form.Kind == Ledger && r.Period != "" && past.LatestPeriod > r.Period {
		r.periodFinding("stale", facts{"Period": r.Period, "Latest": past.LatestPeriod})
	}
}

// settle counts the rows and gives the verdict.
func (r *Reading) settle() {
	r.Accepted, r.Held = 0, 0
	for i := range r.Rows {
		if r.Rows[i].Held {
			r.Held++
		}
	}
	r.Accepted = r.Read - r.Held
	whole := r.Form != nil && r.Form.Kind == Report
	switch {
	case r.has(Reject) || r.Form == nil, whole && r.has(Fix), r.Held > 0 && r.Accepted == 0:
		r.Verdict, r.Accepted = Returned, 0
	case r.Held > 0:
		r.Verdict = Partial
	case r.has(Warn) || r.has(Explain):
		r.Verdict = Noted
	default:
		r.Verdict = Accepted
	}
	if r.Verdict == Returned {
		r.Held = r.Read
	}
	r.cut()
	sortFindings(r.Findings)
}

// sortFindings puts the worst first, then by place.
func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), cmp.Compare(a.Row, b.Row))
	})
}

// keyOf joins the values that identify a row; "" when one is missing.
func keyOf(f *Form, names []string, values []Value) string {
	var room [64]byte
	key := room[:0]
	for i, name := range names {
		text := values[f.Field(name).Index].Text
		if text == "" {
			return ""
		}
		if i > 0 {
			key = append(key, '\x1f')
		}
		key = appendKey(key, text)
	}
	return string(key)
}

// appendKey is foldKey without a text of its own for plain ones.
func appendKey(key []byte, s string) []byte {
	if !plain(s) {
		return append(key, foldKey(s)...)
	}
	for _, b := range []byte(strings.TrimLeft(s, "*'`")) {
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		key = append(key, b)
	}
	return key
}

// foldKey makes two spellings of one key equal: width, case, blanks, a leading
// asterisk or apostrophe. 12① and 121 stay two keys.
func foldKey(s string) string {
	if plain(s) {
		return strings.TrimLeft(strings.ToLower(s), "*'`")
	}
	return strings.TrimLeft(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unprintable(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, narrow(s)), "*'’‘`")
}

// link finds the stored row that each row continues and keeps what the county
// may not change.
func (r *Reading) link(past Past) {
	if r.Form.Kind == Report {
		for i := range r.Rows {
			r.Rows[i].Key = keyOf(r.Form, r.Form.Key, r.Rows[i].Values)
		}
		return
	}
	stored := map[string]*StoredRow{}
	for i := range past.Rows {
		stored[past.Rows[i].Key] = &past.Rows[i]
	}
	found := r.linkByKey(stored)
	if len(r.Form.RowKey.Match) > 0 {
		r.linkByParts(past, found)
	}
	for i := range r.Rows {
		if old := found[i]; old != nil {
			r.Rows[i].Record, r.Rows[i].Key = old.Record, old.Key
			r.keep(&r.Rows[i], old)
		} else {
			r.disown(&r.Rows[i])
		}
	}
	r.againstList(past, found)
}

// identity is the names of the fields that identify a row.
func (f *Form) identity() []string {
	if len(f.RowKey.Match) > 0 {
		return f.RowKey.Match
	}
	return f.Key
}

func (r *Reading) linkByKey(stored map[string]*StoredRow) map[int]*StoredRow {
	found := map[int]*StoredRow{}
	for i := range r.Rows {
		row := &r.Rows[i]
		row.Key = keyOf(r.Form, r.Form.identity(), row.Values)
		if old := stored[row.Key]; old != nil && row.Key != "" {
			found[i] = old
		}
	}
	return found
}

// linkByParts links the rows that are left over by one identifying field alone,
// where exactly one row of the file and one stored row share it: a clerk who
// mends a spelling does not make a new item.
func (r *Reading) linkByParts(past Past, found map[int]*StoredRow) {
	taken := map[string]bool{}
	for _, old := range found {
		taken[old.Key] = true
	}
	for _, name := range r.Form.RowKey.Match {
		f := r.Form.Field(name)
		rows, olds := map[string][]int{}, map[string][]*StoredRow{}
		for i := range r.Rows {
			if text := foldKey(r.Rows[i].Values[f.Index].Text); found[i] == nil && text != "" {
				rows[text] = append(rows[text], i)
			}
		}
		for i := range past.Rows {
			if old := &past.Rows[i]; !taken[old.Key] {
				text := foldKey(old.Values[f.Index].Text)
				olds[text] = append(olds[text], old)
			}
		}
		for text, at := range rows {
			if len(at) == 1 && len(olds[text]) == 1 {
				found[at[0]] = olds[text][0]
				taken[olds[text][0].Key] = true
			}
		}
	}
}

// keep puts the stored value where the county may not change it, and where its
// file has no such column. A frozen cell left blank is no change.
func (r *Reading) keep(row *Row, old *StoredRow) {
	for i, f := range r.Form.Fields {
		absent := i < len(r.Absent) && r.Absent[i]
		if !absent && !f.Frozen && !f.City {
			continue
		}
		value, stored := row.Values[i], old.Values[i]
		if stored.Blank() && !f.City {
			continue // nothing was fixed yet
		}
		row.Values[i] = stored
		if absent || row.typed[i] == "" || value.Text == stored.Text && !row.bad[i] {
			r.unbad(row, i)
			continue
		}
		r.unbad(row, i)
		if fold(row.typed[i]) == fold(stored.Text) {
			continue
		}
		way := ""
		if old.Listed {
			way = "handed"
		}
		finding := r.cellFinding("C16", way, facts{"Old": show(stored.Text), "New": show(row.typed[i])},
			f, row.Cell(i), row.typed[i], row.Label, row.Num)
		finding.Expected, finding.EN.Expected = show(stored.Text), show(stored.Text)
		r.add(finding)
	}
	row.Label = r.label(row)
}

// unbad takes back that a cell could not be read, when its stored value stands
// and the cell does not count.
func (r *Reading) unbad(row *Row, i int) {
	if !row.bad[i] {
		return
	}
	row.bad[i] = false
	row.fixes--
	row.Held = row.fixes > 0
	name := r.Form.Fields[i].Name
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool {
		return f.Row == row.Num && f.Field == name && f.Severity == Fix
	})
}

// disown takes out what a county wrote into the city's own cells of a new row.
func (r *Reading) disown(row *Row) {
	for i, f := range r.Form.Fields {
		if !f.City || row.typed[i] == "" {
			continue
		}
		r.unbad(row, i)
		row.Values[i] = Value{}
		r.add(r.cellFinding("C16", "city", nil, f, row.Cell(i), row.typed[i], row.Label, row.Num))
	}
}

// required tells blank cells that must be filled. A missing key is one finding
// of its own.
func (r *Reading) required(row *Row) {
	var room [8]int
	missing := room[:0]
	for i, f := range r.Form.Fields {
		if !row.bad[i] && row.Values[i].Blank() && r.Form.asksFor(f) {
			missing = append(missing, i)
			row.bad[i] = true
		}
	}
	if len(missing) > 1 && r.stranger(row) {
		r.missingRow(row, missing)
		return
	}
	for _, i := range missing {
		f, code := r.Form.Fields[i], "C01"
		if slicesHas(r.Form.identity(), f.Name) {
			code = "R01"
		}
		r.add(r.cellFinding(code, "", nil, f, row.Cell(i), row.typed[i], row.Label, row.Num))
		row.hold()
	}
}

// asksFor says whether a county must fill in the field.
func (f *Form) asksFor(field *Field) bool {
	return field.Required && !field.City || slicesHas(f.identity(), field.Name)
}

// stranger says whether the row has nothing of all that a county must fill in, but for
// what is filled in beforehand: it may be no row of data at all.
func (r *Reading) stranger(row *Row) bool {
	for i, f := range r.Form.Fields {
		if filler(f) || !r.Form.asksFor(f) {
			continue
		}
		if text := clean(row.typed[i]); text != "" && !placeholder(text) || !row.Values[i].Blank() {
			return false
		}
	}
	return true
}

// missingRow is one finding for a row that lacks everything: one mistake, not one for
// each blank cell.
func (r *Reading) missingRow(row *Row, missing []int) {
	first := slices.IndexFunc(missing, func(i int) bool { return slicesHas(r.Form.identity(), r.Form.Fields[i].Name) })
	i := missing[max(0, first)]
	var titles []string
	for _, m := range missing {
		titles = append(titles, r.Form.Fields[m].Title())
	}
	r.add(r.cellFinding("R01", "row", facts{"Row": row.Num, "Titles": strings.Join(titles, "、")},
		r.Form.Fields[i], row.Cell(i), row.typed[i], row.Label, row.Num))
	row.hold()
}
