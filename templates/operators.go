package templates

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
)

// binary checks what stands left and right of an operator.
func (c *checking) binary(n *ast.BinaryNode) kind {
	switch n.Operator {
	case "in":
		return c.in(n)
	case "+", "-", "*", "/":
		return c.arithmetic(n)
	}
	a, b := c.check(n.Left), c.check(n.Right)
	if a == unknown || b == unknown {
		return unknown
	}
	switch n.Operator {
	case "&&", "||", "and", "or":
		return c.both(n, a, b, aTruth)
	case "contains", "startsWith", "endsWith", "matches":
		if n.Operator == "matches" {
			c.pattern(n.Right)
		}
		return c.both(n, a, b, aText)
	case "==", "!=":
		return c.equality(n, a, b)
	case "<", "<=", ">", ">=":
		return c.order(n, a, b)
	}
	return c.tell(n, "", "不能用“%s”", n.Operator)
}

// both asks for the same kind on both sides of an operator that says yes or no.
func (c *checking) both(n *ast.BinaryNode, a, b, want kind) kind {
	if a != want || b != want {
		return c.tell(n, "", "“%s”两边要用%s，这里是%s和%s", n.Operator, kindNames[want], kindNames[a], kindNames[b])
	}
	return aTruth
}

func (c *checking) arithmetic(n *ast.BinaryNode) kind {
	a, b := c.check(n.Left), c.check(n.Right)
	switch {
	case a == unknown || b == unknown:
		return unknown
	case n.Operator == "/" && !c.division:
		return c.tell(n, "", "筛选条件里不能用除法")
	case a != aNumber || b != aNumber:
		return c.tell(n, "", "“%s”两边要用数，这里是%s和%s", n.Operator, kindNames[a], kindNames[b])
	}
	return aNumber
}

func (c *checking) equality(n *ast.BinaryNode, a, b kind) kind {
	if a != b || a == aList {
		hint := ""
		if a == aList || b == aList {
			hint = "多选字段请写成 '水' in pollution_types"
		}
		return c.tell(n, hint, "不能拿%s和%s比较", kindNames[a], kindNames[b])
	}
	c.listed(n.Left, n.Right)
	c.listed(n.Right, n.Left)
	return aTruth
}

// order checks < and >, which only numbers and days have.
func (c *checking) order(n *ast.BinaryNode, a, b kind) kind {
	if a == aNumber && b == aNumber {
		return aTruth
	}
	if !c.day(n.Left) || !c.day(n.Right) {
		return c.tell(n, "日期写成 '2021-04-06'", "“%s”只能比较数或日期", n.Operator)
	}
	return aTruth
}

// day says whether a node is a day or month: a field of that kind, or a text
// that is one.
func (c *checking) day(n ast.Node) bool {
	if s, ok := n.(*ast.StringNode); ok {
		_, day := time.Parse(dayLayout, s.Value)
		_, month := time.Parse("2006-01", s.Value)
		return day == nil || month == nil
	}
	w := c.words[nameOf(n)]
	return w.field != nil && (w.suffix == "_on" || Types[w.field.Type].Day)
}

// in checks 'x' in field, and field in ['x', 'y'].
func (c *checking) in(n *ast.BinaryNode) kind {
	if k := c.check(n.Left); k != aText && k != unknown {
		return c.tell(n, "", "“in”前面要用文字，这里是%s", kindNames[k])
	}
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		if k := c.check(n.Right); k != aList && k != unknown {
			return c.tell(n, "", "“in”后面要用多选字段，或 ['甲', '乙']")
		}
		c.listed(n.Right, n.Left)
		return aTruth
	}
	for _, item := range list.Nodes {
		if _, is := item.(*ast.StringNode); !is {
			return c.tell(item, "", "方括号里只能写带引号的文字")
		}
		c.listed(n.Left, item)
	}
	return aTruth
}

// listed asks that a text compared with a field of a list is in the list: a
// slip of the pen in a rule would never be seen otherwise.
func (c *checking) listed(field, text ast.Node) {
	s, ok := text.(*ast.StringNode)
	w := c.words[nameOf(field)]
	if !ok || w.field == nil || s.Value == "" {
		return
	}
	choices := w.field.Enum
	if w.suffix == "_open" {
		choices = boolWords
	} else if w.suffix != "" {
		choices = nil
	}
	if len(choices) > 0 && !slices.Contains(choices, s.Value) {
		c.tell(s, "可用的值："+strings.Join(choices, "、"), "“%s”不在 %s 的选项里%s", short(s.Value), nameOf(field), perhaps(s.Value, choices))
	}
}

// pattern asks for a pattern that is written out and sound.
func (c *checking) pattern(n ast.Node) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		c.tell(n, "", "“matches”后面只能写带引号的正则表达式")
		return
	}
	if _, err := regexp.Compile(s.Value); err != nil {
		c.tell(n, "", "正则表达式写法有误：%v", err)
	}
}
