package templates

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v4"
)

// dict is a YAML mapping whose keys are known beforehand.
type dict struct {
	page *page
	node *yaml.Node
	keys map[string]*yaml.Node
	vals map[string]*yaml.Node
}

// dict reads a mapping. An unknown key, a key twice and a key without a value
// are mistakes. It is never nil: what is no mapping is reported and has no keys.
func (p *page) dict(n *yaml.Node, what string, known ...string) *dict {
	d := &dict{page: p, node: n, keys: map[string]*yaml.Node{}, vals: map[string]*yaml.Node{}}
	if n == nil || !p.plain(n) {
		return d
	}
	if n.Kind != yaml.MappingNode {
		p.wrong(n, "", "%s应写成“键: 值”", what)
		return d
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		d.take(n.Content[i], n.Content[i+1], what, known)
	}
	return d
}

func (d *dict) take(key, val *yaml.Node, what string, known []string) {
	name := key.Value
	switch {
	case key.Kind != yaml.ScalarNode:
		d.page.wrong(key, "", "%s的键应是一个词", what)
	case d.keys[name] != nil:
		d.page.wrong(key, "请只留一个", "键“%s”写了两次，前一次在第 %d 行", short(name), d.keys[name].Line)
	case known != nil && !slices.Contains(known, name):
		d.page.wrong(key, keyHint(name, known), "%s不认识键“%s”%s", what, short(name), perhaps(name, known))
	case val.Kind == yaml.ScalarNode && val.Tag == "!!null":
		d.keys[name] = key
		d.page.wrong(key, "请填写，或删去这个键", "键“%s”后面没有内容", short(name))
	default:
		d.keys[name] = key
		if d.page.plain(val) {
			d.vals[name] = val
		}
	}
}

// keyHint says which keys there are, or where this one belongs.
func keyHint(name string, known []string) string {
	if slices.Contains(constraintKeys, name) {
		return "要求写在 constraints 里，例如 constraints: {required: true}"
	}
	return "可用的键：" + strings.Join(known, "、")
}

// plain refuses aliases and custom tags: they may grow without bound.
func (p *page) plain(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		p.wrong(n, "请把内容写全", "不支持 YAML 别名“*%s”", short(n.Value))
		return false
	}
	if n.Style&yaml.TaggedStyle != 0 {
		p.wrong(n, "请去掉“!”开头的标记", "不支持 YAML 标记“%s”", short(n.Tag))
		return false
	}
	return true
}

// at is the value of a key, or the mapping itself when the key is missing, so
// that a mistake always has a place.
func (d *dict) at(key string) *yaml.Node {
	if v := d.vals[key]; v != nil {
		return v
	}
	if k := d.keys[key]; k != nil {
		return k
	}
	return d.node
}

func (d *dict) has(key string) bool { return d.vals[key] != nil }

// text is the text of a key as it is written (0310 stays 0310), "" when missing.
func (d *dict) text(key string) string {
	if v := d.vals[key]; v != nil {
		return d.page.scalar(v, key)
	}
	return ""
}

// need says whether the key is there, and reports a missing one.
func (d *dict) need(key, what string) bool {
	if d.keys[key] == nil && d.node != nil && d.node.Kind == yaml.MappingNode {
		d.page.wrong(d.node, "", "%s缺少“%s”", what, key)
	}
	return d.has(key)
}

// must is text, and reports a missing or blank one.
func (d *dict) must(key, what string) string {
	if !d.need(key, what) {
		return ""
	}
	return d.text(key)
}

// scalar is the text of a node that holds one word or sentence.
func (p *page) scalar(n *yaml.Node, key string) string {
	if !p.plain(n) {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		p.wrong(n, "", "“%s”应是一段文字", key)
		return ""
	}
	text := strings.TrimSpace(n.Value)
	if text == "" || n.Tag == "!!null" {
		p.wrong(n, "请填写，或删去", "“%s”是空的", key)
		return ""
	}
	return text
}

// number is a whole number within bounds, or the default when missing.
func (d *dict) number(key string, least, most, missing int) int {
	v := d.vals[key]
	if v == nil {
		return missing
	}
	n, err := strconv.Atoi(v.Value)
	if v.Kind != yaml.ScalarNode || err != nil || n < least || n > most {
		d.page.wrong(v, "", "“%s”应是 %d 到 %d 的整数", key, least, most)
		return missing
	}
	return n
}

// flag is true or false, or the default when missing.
func (d *dict) flag(key string, missing bool) bool {
	v := d.vals[key]
	if v == nil {
		return missing
	}
	if v.Kind == yaml.ScalarNode && v.Tag == "!!bool" {
		return strings.EqualFold(v.Value, "true")
	}
	d.page.wrong(v, "", "“%s”应是 true 或 false", key)
	return missing
}

// word is one of a few words, or the default when missing.
func (d *dict) word(key, missing string, words ...string) string {
	if !d.has(key) {
		return missing
	}
	text := d.text(key)
	if text != "" && !slices.Contains(words, text) {
		d.page.wrong(d.at(key), "可用的词："+strings.Join(words, "、"), "“%s”不能是“%s”%s", key, short(text), perhaps(text, words))
		return missing
	}
	return text
}

// list is the items of a list, each with its place; one item may stand alone.
func (d *dict) list(key string) []*yaml.Node {
	v := d.vals[key]
	if v == nil {
		return nil
	}
	if v.Kind == yaml.SequenceNode {
		if len(v.Content) == 0 {
			d.page.wrong(v, "请填写，或删去这个键", "“%s”是空的", key)
		}
		return v.Content
	}
	return []*yaml.Node{v}
}

// texts is a list of texts; one may stand alone.
func (d *dict) texts(key string) []string {
	var out []string
	for _, n := range d.list(key) {
		if text := d.page.scalar(n, key); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// perhaps is the known word that was probably meant, as part of a sentence.
func perhaps(word string, known []string) string {
	best, near := "", 3
	if len(word) > 60 {
		return ""
	}
	for _, k := range known {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(k)); d < near && d < len([]rune(k)) {
			best, near = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "，是不是“" + best + "”？"
}

// short cuts a text for a message.
func short(s string) string {
	r := []rune(s)
	if len(r) <= 40 {
		return s
	}
	return string(r[:40]) + "…"
}
