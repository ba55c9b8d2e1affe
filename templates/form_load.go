package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v4"
)

var (
	formKeys = []string{"form", "title", "version", "accepts", "kind", "order", "sheet", "period", "band", "nil", "confidential",
		"primaryKey", "rowKey", "label", "handDown", "carry", "closedWhen", "fields", "rules", "notes"}
	periodKeys = []string{"rrule", "dates", "grace", "at", "rollover", "pattern", "counts"}
	ruleKeys   = []string{"name", "scope", "code", "severity", "when", "check", "message", "english"}
	plainName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)
)

const maxVersion = 9999

// The place of a form in lists. The shipped forms have 10 to 70, so that a city
// may put its own before, between and behind them; one without stands last.
const (
	maxOrder  = 99999
	lastOrder = 100000
)

// formReader reads one form from its page. What is wrong goes to the page; the
// form is only good when the page has no mistakes.
type formReader struct {
	page *page
	top  *dict
	form *Form
	at   map[string]*yaml.Node // by field name: where it is named
}

// readForm reads the page as a form.
func readForm(p *page) *Form {
	r := &formReader{page: p, top: p.dict(p.root, "表", formKeys...), at: map[string]*yaml.Node{}}
	sum := sha256.Sum256(p.text)
	r.form = &Form{File: p.file, Text: p.text, Hash: hex.EncodeToString(sum[:])}
	r.head()
	r.period()
	r.fields()
	r.keys()
	r.rules()
	r.lists()
	return r.form
}

// head reads what is said of the form as a whole.
func (r *formReader) head() {
	f, d := r.form, r.top
	f.Name = d.name("form", "表")
	f.Title = d.must("title", "表")
	f.Version = d.number("version", 1, maxVersion, 1)
	f.Kind = FormKind(d.word("kind", string(Ledger), string(Ledger), string(Report)))
	f.Order = d.number("order", 0, maxOrder, lastOrder)
	f.Sheet = d.text("sheet")
	f.Nil = d.flag("nil", false)
	f.Confidential = d.flag("confidential", false)
	f.Notes = d.texts("notes")
	if d.has("band") {
		band := d.page.dict(d.at("band"), "band", "unit", "date")
		f.Band = Band{Unit: band.text("unit"), Date: band.text("date")}
	}
	for _, n := range d.list("accepts") {
		v, err := strconv.Atoi(n.Value)
		if err != nil || v < 1 || v >= f.Version || slices.Contains(f.Accepts, v) {
			r.page.wrong(n, "只列出仍然接收的旧版本号，每个一次", "accepts 里的“%s”不是比 version 小的版本号", short(n.Value))
			continue
		}
		f.Accepts = append(f.Accepts, v)
	}
}

// name is a key's text as a name that rules, tables and addresses can use.
func (d *dict) name(key, what string) string {
	name := d.must(key, what)
	if name != "" && !plainName.MatchString(name) {
		d.page.wrong(d.at(key), "例如 petition_ledger", "“%s”不能作名字：只用小写英文字母、数字和下划线，以字母开头，最多 48 个", short(name))
	}
	return name
}

// period reads the calendar. A report counts per period, so it must have one.
func (r *formReader) period() {
	if !r.top.has("period") {
		if r.form.Kind == Report {
			r.page.wrong(r.top.at("kind"), `例如 period: {dates: [2019-12-20]}`, "kind 为 report 的表按期报送，缺少“period”")
		}
		return
	}
	d := r.page.dict(r.top.at("period"), "period", periodKeys...)
	dates, good := d.days("dates")
	if !good {
		return
	}
	cal, err := NewCalendar(d.text("rrule"), dates, 0)
	if err != nil {
		r.page.wrong(d.at("rrule"), `例如 rrule: "DTSTART=20190104;FREQ=MONTHLY;BYMONTHDAY=4,14,24"，或 dates: [2019-12-20]`, "%v", err)
		return
	}
	if grace := d.text("grace"); grace != "" {
		if cal.Grace, err = parseGrace(grace); err != nil {
			r.page.wrong(d.at("grace"), "不写 grace 表示逾期后一直收", "%v", err)
		}
	}
	if at := d.text("at"); at != "" {
		if cal.At, err = ParseClock(at); err != nil {
			r.page.wrong(d.at("at"), "不写 at 表示当天都算按时", "%v", err)
		}
	}
	cal.Rollover = d.word("rollover", "", "next") == "next"
	campaign := d.word("counts", "year", "year", "campaign") == "campaign"
	if pattern := d.text("pattern"); pattern != "" {
		if cal.Ordinal, err = newOrdinal(pattern, campaign); err != nil {
			r.page.wrong(d.at("pattern"), `例如 pattern: "第{n}季度"`, "%v", err)
		}
	} else if d.has("counts") {
		r.page.wrong(d.at("counts"), `例如 pattern: "第{n}批"`, "写了“counts”，还要写“pattern”")
	}
	r.form.Calendar = cal
}

// days reads a list of days, and says whether all of them are good.
func (d *dict) days(key string) (days []string, good bool) {
	good = true
	for _, n := range d.list(key) {
		if _, err := time.Parse(dayLayout, n.Value); err != nil {
			d.page.wrong(n, "", "日期“%s”应写成 2019-12-20", short(n.Value))
			good = false
			continue
		}
		days = append(days, n.Value)
	}
	return days, good
}

// keys reads how a row is recognised again, and what a person calls it.
func (r *formReader) keys() {
	f := r.form
	f.Key = r.named(r.top, "primaryKey")
	if r.top.has("rowKey") {
		d := r.page.dict(r.top.at("rowKey"), "rowKey", "issue", "match")
		f.RowKey = RowKey{Issue: d.flag("issue", false), Match: r.named(d, "match")}
		if !f.RowKey.Issue || !d.has("match") {
			r.page.wrong(r.top.at("rowKey"), "", "rowKey 应写成 {issue: true, match: [字段, …]}")
		}
	}
	if r.top.has("primaryKey") == r.top.has("rowKey") && (f.Kind == Ledger || r.top.has("rowKey")) {
		at := r.top.at("primaryKey")
		r.page.wrong(at, "有编号的表写 primaryKey，没有编号的表写 rowKey", "台账要么写“primaryKey”，要么写“rowKey”，二者恰有其一")
	}
	r.label()
}

func (r *formReader) label() {
	f := r.form
	if r.top.has("label") {
		if names := r.named(r.top, "label"); len(names) == 1 {
			f.Label = names[0]
		} else if len(names) > 1 {
			r.page.wrong(r.top.at("label"), "", "“label”只写一个字段")
		}
		return
	}
	if names := slices.Concat(f.Key, f.RowKey.Match); len(names) > 0 {
		f.Label = names[0]
	}
}

// named reads names of fields. A serial number is renumbered by every hand, and
// a list or a deadline has no one value, so that none of them may be a key.
func (r *formReader) named(d *dict, key string) []string {
	var out []string
	for _, n := range d.list(key) {
		name := r.page.scalar(n, key)
		f := r.form.Field(name)
		switch {
		case name == "":
		case f == nil:
			r.page.wrong(n, "", "“%s”里的“%s”不是字段%s", key, short(name), perhaps(name, r.names()))
		case slices.Contains(out, name):
			r.page.wrong(n, "", "“%s”里的“%s”写了两次", key, name)
		case key != "label" && key != "handDown" && (f.Serial || f.Type == "multi" || f.Type == "deadline"):
			r.page.wrong(n, "", "字段“%s”是%s，不能用来认行", name, serialOr(f))
		default:
			out = append(out, name)
		}
	}
	return out
}

func serialOr(f *Field) string {
	if f.Serial {
		return "序号"
	}
	return Types[f.Type].Title
}

func (r *formReader) names() []string {
	names := make([]string, len(r.form.Fields))
	for i, f := range r.form.Fields {
		names[i] = f.Name
	}
	return names
}

// Field returns the field of a name, nil when there is none.
func (f *Form) Field(name string) *Field {
	for _, field := range f.Fields {
		if field.Name == name {
			return field
		}
	}
	return nil
}

// rules reads and compiles the rules.
func (r *formReader) rules() {
	seen := map[string]int{}
	scopes := map[string]*vocabulary{
		"row":     newVocabulary(r.form, false, true),
		"history": newVocabulary(r.form, true, true),
	}
	for _, n := range r.top.list("rules") {
		d := r.page.dict(n, "规则", ruleKeys...)
		rule := r.rule(d, scopes)
		if line, twice := seen[rule.Name]; twice && rule.Name != "" {
			r.page.wrong(d.at("name"), "每条规则一个名字", "规则“%s”写了两次，前一次在第 %d 行", rule.Name, line)
		}
		seen[rule.Name] = n.Line
		r.form.Rules = append(r.form.Rules, rule)
	}
}

func (r *formReader) rule(d *dict, scopes map[string]*vocabulary) *Rule {
	rule := &Rule{
		Name:     d.must("name", "规则"),
		Scope:    d.word("scope", "row", ruleScopes...),
		Code:     d.must("code", "规则"),
		Severity: Severity(d.word("severity", "", string(Fix), string(Explain), string(Warn))),
		When:     d.text("when"),
		Check:    d.must("check", "规则"),
		Message:  d.must("message", "规则"),
		English:  d.text("english"),
	}
	if rule.Code != "" && !ruleCode(rule.Code) {
		r.page.wrong(d.at("code"), "规则可用的代码："+fmt.Sprint(ruleCodes()), "代码“%s”不能用在规则里", short(rule.Code))
	}
	l := scopes[rule.Scope]
	rule.check = r.page.compile(d, "check", l)
	rule.when = r.page.compile(d, "when", l)
	rule.Fields = mentioned(rule.check, rule.when)
	return rule
}

// compile compiles the expression of a key; a missing key holds for every row.
func (p *page) compile(d *dict, key string, l *vocabulary) program {
	n := d.vals[key]
	if n == nil || n.Kind != yaml.ScalarNode || n.Value == "" {
		return program{}
	}
	out, troubles := l.compile(n.Value)
	for _, t := range troubles {
		line, col := p.within(n, t.at)
		p.add(line, col, t.message, t.hint)
	}
	return out
}

// mentioned is the names of the fields that programs read from the row itself,
// in the order in which they are first mentioned.
func mentioned(programs ...program) []string {
	var out []string
	for _, p := range programs {
		for _, u := range p.uses {
			if !u.word.old && !slices.Contains(out, u.word.field.Name) {
				out = append(out, u.word.field.Name)
			}
		}
	}
	return out
}

// ruleCodes are the codes that a form's own rules may carry: about cells and
// rows, references and periods. The others are the program's.
func ruleCodes() []string {
	return []string{"C06", "C07", "R03", "R04", "R06", "X03", "P02", "P03", "P04"}
}

func ruleCode(code string) bool { return slices.Contains(ruleCodes(), code) }
