package templates

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"go.yaml.in/yaml/v4"
)

// constraints reads what is asked of a field's cells.
func (r *formReader) constraints(d *dict, f *Field) {
	c := r.page.dict(d.vals["constraints"], "constraints", constraintKeys...)
	f.Required, f.Unique = c.flag("required", false), c.flag("unique", false)
	r.enum(d, c, f)
	r.synonyms(d, f)
	f.choices = newChoices(f)
	f.Minimum, f.Maximum = r.bound(c, f, "minimum"), r.bound(c, f, "maximum")
	if f.Minimum != nil && f.Maximum != nil && f.Minimum.GreaterThan(*f.Maximum) {
		r.page.wrong(c.at("minimum"), "", "“minimum”大于“maximum”")
	}
	r.pattern(c, f)
	if c.has("maxLength") {
		f.MaxLength = c.number("maxLength", 1, longestText, 0)
		if f.Type != "text" && f.Type != "multi" && f.Type != "deadline" {
			r.page.wrong(c.at("maxLength"), "", "只有 text、multi、deadline 字段才有“maxLength”")
		}
	}
}

// enum reads the choices. Two that look alike, or one that would be cut at a
// separator, could never be told apart in a cell.
func (r *formReader) enum(d, c *dict, f *Field) {
	if f.Type == "bool" {
		f.Enum = boolWords
	}
	if !c.has("enum") {
		if f.Type == "enum" {
			r.page.wrong(d.at("type"), "例如 constraints: {enum: [是, 否]}", "类型 enum 缺少选项“enum”")
		}
		return
	}
	if f.Type != "enum" && f.Type != "multi" {
		r.page.wrong(c.at("enum"), "", "只有 enum、multi 字段才有“enum”")
		return
	}
	for _, n := range c.list("enum") {
		v := r.page.scalar(n, "enum")
		switch {
		case v == "":
		case f.chosen(v) != "":
			r.page.wrong(n, "空格、全半角、大小写不算区别", "选项“%s”与“%s”相同", short(v), short(f.chosen(v)))
		case f.Type == "multi" && strings.ContainsFunc(v, separator):
			r.page.wrong(n, "", "多选的选项“%s”里不能有分隔号", short(v))
		default:
			f.Enum = append(f.Enum, v)
		}
	}
}

// chosen is the choice that the text spells, "" when none does.
func (f *Field) chosen(text string) string {
	for _, v := range f.Enum {
		if fold(v) == fold(text) {
			return v
		}
	}
	return ""
}

// synonyms reads other words for the choices, as word: choice.
func (r *formReader) synonyms(d *dict, f *Field) {
	n := d.vals["synonyms"]
	if n == nil {
		return
	}
	if f.Type != "enum" && f.Type != "multi" || len(f.Enum) == 0 {
		r.page.wrong(n, "", "只有列出选项的字段才有“synonyms”")
		return
	}
	s := r.page.dict(n, "synonyms")
	f.Synonyms = map[string]string{}
	folded := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		word := n.Content[i].Value
		if v := s.vals[word]; v != nil && s.keys[word] == n.Content[i] {
			r.synonym(f, n.Content[i], r.page.scalar(v, "synonyms"), v, folded)
		}
	}
}

func (r *formReader) synonym(f *Field, word *yaml.Node, choice string, at *yaml.Node, folded map[string]string) {
	same := f.chosen(word.Value)
	first, twice := folded[fold(word.Value)]
	switch {
	case choice == "":
	case !slices.Contains(f.Enum, choice):
		r.page.wrong(at, "可用的值："+strings.Join(f.Enum, "、"), "同义词“%s”指向的“%s”不在选项里%s", short(word.Value), short(choice), perhaps(choice, f.Enum))
	case same != "" && same != choice:
		r.page.wrong(word, "", "“%s”本身是一个选项，不能当作“%s”的同义词", short(word.Value), choice)
	case twice && first != choice:
		r.page.wrong(word, "", "同义词“%s”既指“%s”又指“%s”", short(word.Value), first, choice)
	default:
		folded[fold(word.Value)] = choice
		f.Synonyms[word.Value] = choice
	}
}

// bound reads the least or greatest number, exactly as written.
func (r *formReader) bound(c *dict, f *Field, key string) *decimal.Decimal {
	if !c.has(key) {
		return nil
	}
	text := c.text(key)
	n, err := decimal.NewFromString(text)
	switch {
	case !Types[f.Type].Number:
		r.page.wrong(c.at(key), "", "只有 int、decimal 字段才有“%s”", key)
	case err != nil || !signedLiteral.MatchString(text):
		r.page.wrong(c.at(key), "", "“%s”应是数，例如 0 或 99.5", key)
	case f.Type == "int" && !n.IsInteger():
		r.page.wrong(c.at(key), "", "整数字段的“%s”应是整数", key)
	default:
		return &n
	}
	return nil
}

var signedLiteral = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,15})?$`)

// pattern reads a regular expression. The whole cell must match it.
func (r *formReader) pattern(c *dict, f *Field) {
	if !c.has("pattern") {
		return
	}
	if f.Type != "text" {
		r.page.wrong(c.at("pattern"), "", "只有 text 字段才有“pattern”")
		return
	}
	text := c.text("pattern")
	_, err := regexp.Compile(text)
	if err == nil {
		f.Pattern, err = regexp.Compile("^(?:" + text + ")$")
	}
	if err != nil {
		r.page.wrong(c.at("pattern"), "", "正则表达式写法有误：%v", err)
	}
}
