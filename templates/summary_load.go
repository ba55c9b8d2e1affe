package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"go.yaml.in/yaml/v4"
)

var (
	summaryKeys = []string{"summary", "title", "form", "by", "byTitle", "where", "groups", "columns", "total", "notes"}
	columnKeys  = []string{"name", "title", "count", "sum", "distinct", "where", "add", "subtract", "rate", "rank", "decimals", "unit"}
	figureKeys  = []string{"count", "sum", "distinct", "add", "rate", "rank"}
)

// ByCounty is the By of a summary that has one row a county.
const ByCounty = "county"

// summaryReader reads one summary from its page.
type summaryReader struct {
	page    *page
	top     *dict
	summary *Summary
	form    *Form
	filters *vocabulary
	dicts   map[string]*dict // by column name
}

// readSummary reads the page as a summary of one of the forms. A summary of a
// form that is not there is read no further than its head.
func readSummary(p *page, forms map[string]*Form) *Summary {
	sum := sha256.Sum256(p.text)
	r := &summaryReader{page: p, top: p.dict(p.root, "汇总表", summaryKeys...), dicts: map[string]*dict{}}
	r.summary = &Summary{
		Name:  r.top.name("summary", "汇总表"),
		Title: r.top.must("title", "汇总表"),
		Form:  r.top.must("form", "汇总表"),
		Total: r.top.flag("total", false),
		File:  p.file,
		Hash:  hex.EncodeToString(sum[:]),
	}
	if r.form = forms[r.summary.Form]; r.form == nil {
		if r.summary.Form != "" {
			names := formNames(forms)
			p.wrong(r.top.at("form"), "", "没有叫“%s”的表%s", short(r.summary.Form), perhaps(r.summary.Form, names))
		}
		return r.summary
	}
	r.filters = newVocabulary(r.form, false, false)
	r.summary.Where = r.top.text("where")
	r.summary.where = p.compile(r.top, "where", r.filters)
	r.by()
	r.groups()
	r.columns()
	r.notes()
	return r.summary
}

func formNames(forms map[string]*Form) []string {
	var names []string
	for name := range forms {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// by reads what the rows of the table are.
func (r *summaryReader) by() {
	s := r.summary
	s.By, s.ByTitle = r.top.text("by"), r.top.text("byTitle")
	f := r.form.Field(s.By)
	switch {
	case s.By == "":
	case s.By != ByCounty && f == nil:
		r.page.wrong(r.top.at("by"), "写 county 表示按报送单位分行", "“by”的“%s”不是字段%s", short(s.By), perhaps(s.By, r.fieldNames()))
	case s.ByTitle == "" && s.By == ByCounty:
		s.ByTitle = "县区"
	case s.ByTitle == "" && len(f.Path) > 0:
		s.ByTitle = f.Path[len(f.Path)-1]
	}
}

func (r *summaryReader) fieldNames() []string {
	names := make([]string, len(r.form.Fields))
	for i, f := range r.form.Fields {
		names[i] = f.Name
	}
	return names
}

// groups reads which values of the By field stand together in one row.
func (r *summaryReader) groups() {
	f := r.form.Field(r.summary.By)
	if r.top.has("groups") && (r.summary.By == "" || r.summary.By == ByCounty || f == nil) {
		r.page.wrong(r.top.at("groups"), "例如 by: pollution_types", "按字段分行的汇总表才有“groups”")
		return
	}
	taken := map[string]string{}
	for _, n := range r.top.list("groups") {
		d := r.page.dict(n, "组", "title", "values")
		g := Group{Title: d.must("title", "组")}
		d.need("values", "组")
		for _, v := range d.list("values") {
			r.grouped(&g, v, f, taken)
		}
		r.summary.Groups = append(r.summary.Groups, g)
	}
}

func (r *summaryReader) grouped(g *Group, n *yaml.Node, f *Field, taken map[string]string) {
	v := r.page.scalar(n, "values")
	owner, twice := taken[v]
	switch {
	case v == "":
	case len(f.Enum) > 0 && !slices.Contains(f.Enum, v):
		r.page.wrong(n, "", "“%s”不在字段 %s 的选项里%s", short(v), f.Name, perhaps(v, f.Enum))
	case twice:
		r.page.wrong(n, "每个值只归一组", "“%s”已归在“%s”", short(v), owner)
	default:
		taken[v] = g.Title
		g.Values = append(g.Values, v)
	}
}

// columns reads the figures, then how they rest on each other.
func (r *summaryReader) columns() {
	r.top.need("columns", "汇总表")
	for _, n := range r.top.list("columns") {
		d := r.page.dict(n, "列", columnKeys...)
		c := r.column(d)
		if first := r.dicts[c.Name]; first != nil {
			r.page.wrong(d.at("name"), "", "列“%s”写了两次，前一次在第 %d 行", c.Name, first.line())
		} else if c.Name != "" {
			r.dicts[c.Name] = d
		}
		r.summary.Columns = append(r.summary.Columns, c)
	}
	for _, c := range r.summary.Columns {
		if d := r.dicts[c.Name]; d != nil {
			r.references(d, c)
		}
	}
}

func (r *summaryReader) column(d *dict) *Column {
	c := &Column{
		Name: d.name("name", "列"), Unit: d.text("unit"),
		Count: d.text("count"), Sum: d.text("sum"), Distinct: d.text("distinct"), Where: d.text("where"),
		Add: d.texts("add"), Subtract: d.texts("subtract"), Rate: d.texts("rate"), Rank: d.text("rank"),
	}
	if d.need("title", "列") {
		c.Path = d.path(d.at("title"), "title")
	}
	r.figure(d, c)
	usual := 0
	switch f := r.form.Field(c.Sum); {
	case len(c.Rate) > 0:
		usual = 1
	case f != nil:
		usual = f.Scale
	}
	c.Decimals = d.number("decimals", 0, maxScale, usual)
	filter := "where"
	if c.Count != "" {
		filter = "count"
	}
	c.filter = r.page.compile(d, filter, r.filters)
	return c
}

// figure checks that the column is one kind of figure, and its fields.
func (r *summaryReader) figure(d *dict, c *Column) {
	kinds := 0
	for _, key := range figureKeys {
		if d.has(key) {
			kinds++
		}
	}
	if kinds != 1 {
		r.page.wrong(d.at("name"), "", "列“%s”要在 count、sum、distinct、add、rate、rank 里恰用一个", c.Name)
	}
	if d.has("where") && c.Sum == "" && c.Distinct == "" {
		r.page.wrong(d.at("where"), "count 的条件直接写在 count 后面", "只有 sum、distinct 才有“where”")
	}
	if d.has("subtract") && !d.has("add") {
		r.page.wrong(d.at("subtract"), "", "有“add”才有“subtract”")
	}
	if d.has("rate") && len(c.Rate) != 2 {
		r.page.wrong(d.at("rate"), "例如 rate: [closed, items]", "“rate”应是分子、分母两列")
		c.Rate = nil
	}
	for key, name := range map[string]string{"sum": c.Sum, "distinct": c.Distinct} {
		f := r.form.Field(name)
		switch {
		case name == "":
		case f == nil:
			r.page.wrong(d.at(key), "", "“%s”的“%s”不是字段%s", key, short(name), perhaps(name, r.fieldNames()))
		case key == "sum" && !f.Additive:
			r.page.wrong(d.at(key), "", "字段“%s”不能相加", name)
		}
	}
}

// NotesFor is what is printed below the table: the notes, and the remarks whose
// conditions hold for the figures of the whole table, by column name.
func (s *Summary) NotesFor(figures map[string]Value) ([]string, error) {
	notes := slices.Clone(s.Notes)
	row := make([]Value, len(s.Columns))
	for i, c := range s.Columns {
		row[i] = figures[c.Name]
	}
	for _, remark := range s.Remarks {
		ok, err := remark.when.holds(row, nil)
		if err != nil {
			return notes, err
		}
		if ok {
			notes = append(notes, remark.Text)
		}
	}
	return notes, nil
}

// notes reads the notes: a text, or a text with a condition on the columns.
func (r *summaryReader) notes() {
	l := &vocabulary{words: map[string]word{}, division: true}
	for i, c := range r.summary.Columns {
		if c.Name != "" {
			l.words[c.Name] = word{field: &Field{Index: i, Name: c.Name, Type: "decimal"}, kind: aNumber}
		}
	}
	for _, n := range r.top.list("notes") {
		if n.Kind != yaml.MappingNode {
			if text := r.page.scalar(n, "notes"); text != "" {
				r.summary.Notes = append(r.summary.Notes, text)
			}
			continue
		}
		d := r.page.dict(n, "注", "text", "when")
		remark := &Remark{Text: d.must("text", "注"), When: d.must("when", "注")}
		remark.when = r.page.compile(d, "when", l)
		r.summary.Remarks = append(r.summary.Remarks, remark)
	}
}
