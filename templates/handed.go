package templates

import (
	"slices"
	"strings"

	"taizhang/sheets"
)

// Handed is one item of the city's list as one county gets it.
type Handed struct {
	County string
	Key    string
	Label  string
	Values []Value // by field index of the whole form; only the city's are filled
	Sheet  string  // where it stands in the city's file
	Row    int
}

// Given says whether the field is the city's on a list that it hands down.
func (f *Field) Given() bool { return f.Frozen || f.City }

// Closed says whether a stored row is closed for good, as the form defines it.
func (f *Form) Closed(values []Value) bool {
	return f.closed.code != nil && f.closed.counts(values)
}

// asList is the form as the city's list has it: the fields that the city gives,
// without calendar, band and rules.
func (f *Form) asList() *Form {
	list := &Form{Name: f.Name, Title: f.Title, Version: f.Version, Accepts: f.Accepts, Kind: Ledger, Key: f.Key,
		RowKey: f.RowKey, Label: f.Label, HandDown: f.HandDown, Hash: f.Hash, Text: f.Text, File: f.File}
	for _, field := range f.Fields {
		if field.Given() || field.Serial {
			given := *field
			given.Index, given.Frozen, given.City = len(list.Fields), false, false
			list.Fields = append(list.Fields, &given)
		}
	}
	list.titles = newTitleBook(list)
	return list
}

// JudgeList reads a workbook of the city's as a list to hand down, and finds out
// who gets each item. Compare must follow before the verdict holds.
func (c *Catalog) JudgeList(b *sheets.Book, s Sender) *Reading {
	lists := &Catalog{Counties: c.Counties, Holidays: c.Holidays}
	for _, f := range c.Forms {
		if len(f.HandDown) > 0 {
			lists.Forms = append(lists.Forms, f.asList())
		}
	}
	s.County, s.Form = nil, ""
	r := lists.Judge(b, s)
	if r.Form == nil {
		return r
	}
	whole := c.Form(r.Form.Name)
	r.forgetEmptyColumns(b, whole)
	for i := range r.Rows {
		r.assign(c.Counties, whole, &r.Rows[i])
	}
	return r
}

// forgetEmptyColumns takes back that columns of the form itself were not read,
// where nothing stands in them: the counties are to fill them in. A column that a
// list does without is no matter either.
func (r *Reading) forgetEmptyColumns(b *sheets.Book, whole *Form) {
	book := whole.titleBook()
	filled := map[int]bool{}
	for _, s := range b.Sheets {
		for _, row := range s.Rows {
			for cell := range row.Cells.All() {
				if s.Name == r.Sheet && len(r.Rows) > 0 && row.Num >= r.Rows[0].Num &&
					row.Num <= r.Rows[len(r.Rows)-1].Num && !empty(&cell) {
					filled[cell.Col] = true
				}
			}
		}
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool {
		col, _, ok := sheets.ParseAddress(f.Cell)
		_, how := book.lookup(newTitleKeys(strings.Split(f.Title, "/")))
		return f.Code == "H05" && ok && !filled[col] && how > 0 || f.Code == "H02" && f.Severity == Warn
	})
}

// assign finds the counties of a row. A name that is nobody's holds the row.
func (r *Reading) assign(counties *Counties, whole *Form, row *Row) {
	for _, name := range whole.HandDown {
		f := r.Form.Field(name)
		value := row.Values[f.Index].Text
		if value == "" || row.bad[f.Index] {
			continue
		}
		found, unknown := counties.Meant(value)
		if len(unknown) > 0 {
			row.hold()
			row.bad[f.Index] = true
			r.add(r.cellFinding("C05", "county", facts{"Unknown": strings.Join(unknown, "、")},
				f, row.Cell(f.Index), row.typed[f.Index], row.Label, row.Num))
			continue
		}
		for _, c := range found {
			if !slices.Contains(row.to, c) {
				row.to = append(row.to, c)
			}
		}
	}
}

// everyCounty are the words by which a list means all of them.
var everyCounty = map[string]bool{"全市": true, "全州": true, "各县区": true, "各县(市、区)": true, "各县市区": true,
	"各县(区)": true, "各县市": true, "各县(市)": true, "全市各县区": true, "各区县": true, "所有县区": true}

// Meant are the counties that a text names: one, several with 、 between them, or
// all of the list (全市, 各县区). Words that are nobody's name are unknown.
func (cs *Counties) Meant(text string) (found []*County, unknown []string) {
	if c := cs.ByName(text); c != nil {
		return []*County{c}, nil
	}
	if everyCounty[fold(text)] {
		for _, c := range cs.All() {
			if !c.New {
				found = append(found, c)
			}
		}
		return found, nil
	}
	for _, part := range strings.FieldsFunc(text, separator) {
		if part = clean(part); part == "" {
			continue
		}
		if c := cs.ByName(part); c != nil {
			found = append(found, c)
		} else {
			unknown = append(unknown, part)
		}
	}
	return found, unknown
}

// Handed are the items of a settled list, county by county: each row that is not
// held for each of its counties. A row that a county has for itself goes before
// one that names it among others.
func (r *Reading) Handed(whole *Form) []Handed {
	var out []Handed
	seen := map[string]bool{}
	give := func(row *Row, to []*County) {
		for _, c := range to {
			item := r.handTo(whole, row, c)
			if id := c.Name + "\x00" + item.Key; item.Key != "" && !seen[id] {
				seen[id] = true
				out = append(out, item)
			}
		}
	}
	for i := range r.Rows {
		if row := &r.Rows[i]; !row.Held {
			give(row, row.to[:min(1, len(row.to))])
		}
	}
	for i := range r.Rows {
		if row := &r.Rows[i]; !row.Held && len(row.to) > 1 {
			give(row, row.to[1:])
		}
	}
	return out
}

// handTo is a row as one county gets it: the county stands in the field that
// names the sender, the others in the one for those who work with it.
func (r *Reading) handTo(whole *Form, row *Row, c *County) Handed {
	values := make([]Value, len(whole.Fields))
	for _, f := range r.Form.Fields {
		if !f.Serial {
			values[whole.Field(f.Name).Index] = row.Values[f.Index]
		}
	}
	values[whole.Field(whole.HandDown[0]).Index] = Value{Text: c.Name}
	for _, name := range whole.HandDown[1:] {
		if f := whole.Field(name); f.Type == "multi" && !values[f.Index].Blank() {
			values[f.Index] = othersOf(row.to, c)
		}
	}
	return Handed{County: c.Name, Key: keyOf(whole, whole.identity(), values), Label: row.Label, Values: values,
		Sheet: row.Sheet, Row: row.Num}
}

func othersOf(all []*County, c *County) Value {
	var names []string
	for _, other := range all {
		if other != c {
			names = append(names, other.Name)
		}
	}
	return Value{Text: strings.Join(names, "、")}
}

// againstList tells which rows the city's list does not have, and which rows of
// the list, or of what the county reported before, the file does not have.
func (r *Reading) againstList(past Past, found map[int]*StoredRow) {
	if past.Handed {
		for i := range r.Rows {
			if old := found[i]; r.Rows[i].Key != "" && (old == nil || !old.Listed && !old.Base) {
				r.unlisted(&r.Rows[i])
			}
		}
	}
	here := map[*StoredRow]bool{}
	for _, old := range found {
		here[old] = true
	}
	var missing []string
	for i := range past.Rows {
		if old := &past.Rows[i]; !here[old] && !old.Later && (r.Form.Carry == CarryAll || !r.Form.Closed(old.Values)) {
			missing = append(missing, r.Form.LabelOf(old.Values))
		}
	}
	r.missing(past, missing)
}

// unlisted tells a row that the city did not hand down. With its origin in the
// row's own remark there is nothing left to explain.
func (r *Reading) unlisted(row *Row) {
	f := r.Form.Field(r.keyField(r.Form.identity()))
	finding := r.cellFinding("P09", "", nil, f, row.Cell(f.Index), row.typed[f.Index], row.Label, row.Num)
	if remark := r.Form.remark(); remark != nil && !row.Values[remark.Index].Blank() {
		finding = r.cellFinding("P09", "explained", facts{"Why": show(row.Values[remark.Index].Text)},
			f, row.Cell(f.Index), row.typed[f.Index], row.Label, row.Num)
		finding.Severity = Warn
	}
	r.add(finding)
}

// missing is one finding for all rows that should be there.
func (r *Reading) missing(past Past, labels []string) {
	if len(labels) == 0 || r.Nil && !past.Handed { // 零报告 says that nothing is new
		return
	}
	way := ""
	if past.Handed {
		way = "handed"
	}
	list := strings.Join(firstOf(labels, 20), "、")
	f := tell("P01", way, facts{"Value": list, "Count": len(labels)})
	f.Sheet, f.Value = r.Sheet, list
	r.add(f)
}

// remark is the field in which a row is explained, nil when the form has none.
func (f *Form) remark() *Field {
	for _, word := range []string{"说明", "备注"} {
		for _, field := range f.Fields {
			if field.Type == "text" && strings.HasSuffix(field.Path[len(field.Path)-1], word) {
				return field
			}
		}
	}
	return nil
}

// LabelOf is what a person calls a stored row.
func (f *Form) LabelOf(values []Value) string {
	return (&Reading{Form: f}).label(&Row{Values: values})
}
