package templates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	fieldKeys = []string{"name", "title", "aliases", "type", "unit", "constraints", "synonyms", "scale", "frozen", "owner",
		"serial", "fillDown", "ownPlace", "additive", "default", "hint", "example", "width"}
	constraintKeys = []string{"required", "unique", "enum", "minimum", "maximum", "pattern", "maxLength"}
	// ruleWords mean something in rules and can name no field.
	ruleWords = []string{"old", "filled", "blank", "len", "in", "not", "and", "or", "let", "if", "else", "true", "false", "nil",
		"matches", "contains", "rank", "year"}
)

// Limits of a form. A store's table and a printable sheet have them too.
const (
	maxFields   = 200
	maxLevels   = 3
	maxScale    = 6
	usualScale  = 2
	longestText = 32767 // what a cell can hold
)

// fields reads all fields, then what they must not have in common.
func (r *formReader) fields() {
	r.top.need("fields", "表")
	nodes := r.top.list("fields")
	if len(nodes) > maxFields {
		r.page.wrong(nodes[maxFields], "请拆成几张表", "字段超过 %d 个", maxFields)
		nodes = nodes[:maxFields]
	}
	titles := map[string]string{}
	for i, n := range nodes {
		d := r.page.dict(n, "字段", fieldKeys...)
		f := r.field(d)
		f.Index = i
		r.claim(d, f)
		r.titles(d, f, titles)
		r.form.Fields = append(r.form.Fields, f)
	}
}

// claim takes the names of a field's columns; no other field may have them.
func (r *formReader) claim(d *dict, f *Field) {
	names := []string{f.Name}
	for _, s := range Types[f.Type].Suffixes {
		names = append(names, f.Name+s)
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		if first := r.at[name]; first != nil {
			r.page.wrong(d.at("name"), "时限字段另占 名字_on 和 名字_open 两个名字", "名字“%s”已用在第 %d 行的字段", name, first.Line)
			continue
		}
		r.at[name] = d.at("name")
	}
	if slices.Contains(ruleWords, f.Name) {
		r.page.wrong(d.at("name"), "", "“%s”在规则里另有意思，不能作字段名", f.Name)
	}
}

// titles takes the titles of a field; no other field may have them.
func (r *formReader) titles(d *dict, f *Field, taken map[string]string) {
	for i, path := range slices.Concat([][]string{f.Path}, f.Aliases) {
		if len(path) == 0 {
			continue
		}
		folded, at := foldPath(path), "title"
		if i > 0 {
			at = "aliases"
		}
		if owner, ok := taken[folded]; ok {
			r.page.wrong(d.at(at), "栏名里的空格、全半角、括号里的单位不算区别", "栏名“%s”与字段“%s”的栏名相同", joinPath(path), owner)
			continue
		}
		taken[folded] = f.Name
	}
}

// field reads one field.
func (r *formReader) field(d *dict) *Field {
	f := &Field{
		Name:     d.name("name", "字段"),
		Type:     d.must("type", "字段"),
		Unit:     d.text("unit"),
		Frozen:   d.flag("frozen", false),
		City:     d.word("owner", "", "city", "county") == "city",
		Serial:   d.flag("serial", false),
		FillDown: d.flag("fillDown", false),
		OwnPlace: d.flag("ownPlace", false),
		Hint:     d.text("hint"),
		Example:  d.text("example"),
		Line:     d.line(),
	}
	if d.need("title", "字段") {
		f.Path = d.path(d.at("title"), "title")
	}
	for _, n := range d.list("aliases") {
		f.Aliases = append(f.Aliases, d.path(n, "aliases"))
	}
	if _, ok := Types[f.Type]; !ok && f.Type != "" {
		r.page.wrong(d.at("type"), "可用的类型："+strings.Join(typeNames(), "、"), "没有类型“%s”%s", short(f.Type), perhaps(f.Type, typeNames()))
		f.Type = "text"
	}
	r.constraints(d, f)
	r.measures(d, f)
	r.defaults(d, f)
	f.tidyEnum = f.tidyChoices()
	f.plain = f.plainRead()
	return f
}

func (d *dict) line() int {
	if d.node == nil {
		return 0
	}
	return d.node.Line
}

func typeNames() []string {
	names := make([]string, 0, len(Types))
	for name := range Types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// path is a title: one text, or one for each level of the header.
func (d *dict) path(n *yaml.Node, key string) []string {
	if n.Kind != yaml.SequenceNode {
		if text := d.page.scalar(n, key); text != "" {
			return []string{text}
		}
		return nil
	}
	var out []string
	for _, level := range n.Content {
		if text := d.page.scalar(level, key); text != "" {
			out = append(out, text)
		}
	}
	if len(out) == 0 || len(out) > maxLevels {
		d.page.wrong(n, "例如 title: [拘留(人), 行政]", "“%s”应有 1 到 %d 层", key, maxLevels)
		return nil
	}
	return out
}

// measures reads what only numbers have, and the width of the column.
func (r *formReader) measures(d *dict, f *Field) {
	number := Types[f.Type].Number
	if f.Type == "decimal" {
		f.Scale = d.number("scale", 0, maxScale, usualScale)
	} else if d.has("scale") {
		r.page.wrong(d.at("scale"), "", "只有 decimal 字段才有“scale”")
	}
	f.Additive = d.flag("additive", number && !f.Serial)
	if f.Additive && !number {
		r.page.wrong(d.at("additive"), "", "只有 int、decimal 字段能相加")
	}
	if d.has("width") {
		w, err := strconv.ParseFloat(d.text("width"), 64)
		if err != nil || !(w >= 1 && w <= 255) {
			r.page.wrong(d.at("width"), "", "“width”应是 1 到 255 的数")
		}
		f.Width = w
	}
}

// defaults reads what a blank cell means, and checks the example.
func (r *formReader) defaults(d *dict, f *Field) {
	f.Default = d.text("default")
	for _, key := range []string{"default", "example"} {
		text := d.text(key)
		if text == "" {
			continue
		}
		if err := f.fits(text); err != nil {
			r.page.wrong(d.at(key), "", "“%s”的“%s”%v", key, short(text), err)
		}
	}
	if f.Default != "" && (f.Type != "enum" && f.Type != "bool" && f.Type != "text") {
		r.page.wrong(d.at("default"), "", "只有 text、enum、bool 字段才有“default”")
	}
}

// fits says why a text could not stand in the field, as far as lists and
// patterns tell.
func (f *Field) fits(text string) error {
	switch {
	case (f.Type == "enum" || f.Type == "bool") && len(f.Enum) > 0 && !slices.Contains(f.Enum, text):
		return fmt.Errorf("不在选项里")
	case f.Pattern != nil && !f.Pattern.MatchString(text):
		return fmt.Errorf("不符合 pattern")
	}
	return nil
}
