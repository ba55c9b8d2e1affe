package templates

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"
)

// Limits of one expression.
const (
	maxSource = 2000 // characters
	maxNodes  = 300
)

// kind is what an expression, or a part of it, gives.
type kind int

const (
	unknown kind = iota // a mistake was told already
	aNumber
	aText
	aList
	aTruth
)

var kindNames = map[kind]string{aNumber: "数", aText: "文字", aList: "多选", aTruth: "是非"}

// word is one name an expression may use.
type word struct {
	field  *Field
	kind   kind
	suffix string // _on, _open: a further column of the field
	old    bool   // of the stored row
}

// vocabulary is the names that expressions of one form may use.
type vocabulary struct {
	words    map[string]word
	division bool // rules may divide, filters may not: they must not fail
}

// trouble is what is wrong with an expression, and where.
type trouble struct {
	at      int // characters before it
	message string
	hint    string
}

// newVocabulary is the vocabulary of a form's rows.
func newVocabulary(f *Form, history, division bool) *vocabulary {
	v := &vocabulary{words: map[string]word{}, division: division}
	for _, field := range f.Fields {
		v.learn("", field, false)
		if history {
			v.learn("old.", field, true)
		}
	}
	return v
}

func (v *vocabulary) learn(prefix string, f *Field, old bool) {
	t := Types[f.Type]
	k := aText
	switch {
	case t.Number:
		k = aNumber
	case t.List:
		k = aList
	}
	v.words[prefix+f.Name] = word{field: f, kind: k, old: old}
	for _, s := range t.Suffixes {
		v.words[prefix+f.Name+s] = word{field: f, kind: aText, suffix: s, old: old}
	}
}

// compile checks and compiles an expression that says yes or no. All that is
// wrong is returned; the program is only good when nothing is.
func (v *vocabulary) compile(source string) (program, []trouble) {
	if len([]rune(source)) > maxSource {
		return program{}, []trouble{{0, fmt.Sprintf("算式超过 %d 字", maxSource), "请拆成几条"}}
	}
	tree, err := parser.Parse(source)
	if err != nil {
		return program{}, []trouble{syntaxTrouble(err)}
	}
	c := &checking{vocabulary: v, seen: map[string]bool{}}
	c.literals(source)
	if k := c.check(tree.Node); k != aTruth && k != unknown {
		c.tell(tree.Node, "算式要能判断对错，例如 rate > 0", "算式得出的是%s，不是对错", kindNames[k])
	}
	if len(c.troubles) > 0 {
		return program{}, c.troubles
	}
	p, err := v.build(source, c.uses)
	if err != nil {
		return program{}, []trouble{syntaxTrouble(err)}
	}
	p.answer = v.answer(tree.Node)
	return p, nil
}

func syntaxTrouble(err error) trouble {
	var at *file.Error
	if errors.As(err, &at) {
		return trouble{at.From, "算式写法有误：" + at.Message, "请检查括号、引号是否成对，等于写作 ==，并且写作 &&"}
	}
	return trouble{0, "算式写法有误：" + err.Error(), ""}
}

// checking walks an expression once: only what the vocabulary holds may pass.
type checking struct {
	*vocabulary
	uses     []use
	seen     map[string]bool
	troubles []trouble
}

func (c *checking) tell(n ast.Node, hint, format string, args ...any) kind {
	c.troubles = append(c.troubles, trouble{n.Location().From, fmt.Sprintf(format, args...), hint})
	return unknown
}

var plainLiteral = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// literals refuses numbers that could not be kept exactly, or are written in a
// way that few people read: 1e5, 0xff, 1_000.
func (c *checking) literals(source string) {
	tokens, err := lexer.Lex(file.NewSource(source))
	if err != nil {
		return // the parser has said so
	}
	for _, t := range tokens {
		if t.Kind == lexer.Number && (!plainLiteral.MatchString(t.Value) || len(t.Value) > 15) {
			c.troubles = append(c.troubles, trouble{t.From, fmt.Sprintf("数“%s”应写成 1250.5 这样，最多 15 位", short(t.Value)), ""})
		}
	}
}

// check is what the node gives; unknown when it was told that it is wrong.
func (c *checking) check(n ast.Node) kind {
	switch n := n.(type) {
	case *ast.IdentifierNode, *ast.MemberNode:
		return c.name(n, plainly).kind
	case *ast.IntegerNode, *ast.FloatNode:
		return aNumber
	case *ast.StringNode:
		return aText
	case *ast.BoolNode:
		return aTruth
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.choice(n)
	case *ast.CallNode:
		return c.call(n, nameOf(n.Callee), n.Arguments)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	}
	return c.tell(n, "可用：+ - * / == != < <= > >= && || not in contains startsWith endsWith matches filled() blank() len() rank() year()",
		"算式里不能这样写")
}

// name looks a name up and notes that it is used.
func (c *checking) name(n ast.Node, how asking) word {
	name := nameOf(n)
	w, ok := c.words[name]
	switch {
	case name == "":
		c.tell(n, "只有 old.字段 可以带点", "算式里不能这样写")
	case !ok && (name == "old" || strings.HasPrefix(name, "old.")) && c.words["old."+strings.TrimPrefix(name, "old.")].field == nil:
		c.unknownOld(n, name)
	case !ok:
		c.tell(n, "", "没有叫“%s”的字段%s", short(name), perhaps(name, slices.Sorted(maps.Keys(c.words))))
	default:
		c.use(name, w, how)
	}
	return w
}

func (c *checking) unknownOld(n ast.Node, name string) {
	for known := range c.words {
		if strings.HasPrefix(known, "old.") {
			c.tell(n, "写法：old.字段", "没有叫“%s”的字段%s", short(name), perhaps(name, slices.Sorted(maps.Keys(c.words))))
			return
		}
	}
	c.tell(n, "请写 scope: history", "只有 scope 为 history 的规则才能用“%s”", short(name))
}

func (c *checking) use(name string, w word, how asking) {
	u := use{key: asked(name, how), word: w, how: how}
	if !c.seen[u.key] {
		c.seen[u.key] = true
		c.uses = append(c.uses, u)
	}
}

func (c *checking) unary(n *ast.UnaryNode) kind {
	k := c.check(n.Node)
	want := aTruth
	if n.Operator == "-" || n.Operator == "+" {
		want = aNumber
	}
	if k != want && k != unknown {
		return c.tell(n, "", "“%s”后面要用%s，这里是%s", n.Operator, kindNames[want], kindNames[k])
	}
	return want
}

func (c *checking) choice(n *ast.ConditionalNode) kind {
	cond, a, b := c.check(n.Cond), c.check(n.Exp1), c.check(n.Exp2)
	if cond != aTruth && cond != unknown {
		return c.tell(n.Cond, "", "“?”前面要能判断对错，这里是%s", kindNames[cond])
	}
	if a != b && a != unknown && b != unknown {
		return c.tell(n, "", "“?”的两个结果要同类，这里是%s和%s", kindNames[a], kindNames[b])
	}
	return a
}

// functions are what may be called, each on one name, and what it asks of it.
var functions = map[string]asking{"filled": whetherFilled, "blank": whetherFilled, "rank": whichRank, "year": whichYear}

const functionHint = "可用的函数：filled、blank、len、rank、year"

// call checks the few functions there are.
func (c *checking) call(n ast.Node, name string, args []ast.Node) kind {
	how, known := functions[name]
	switch {
	case name == "":
		return c.tell(n, functionHint, "算式里不能这样写")
	case !known && name != "len":
		return c.tell(n, functionHint, "不能用函数“%s”", short(name))
	case len(args) != 1:
		return c.tell(n, "", "函数“%s”括号里要写一个字段", name)
	case name == "len":
		if k := c.check(args[0]); k != aText && k != aList && k != unknown {
			return c.tell(args[0], "", "len 只能数文字的字数或多选的个数，这里是%s", kindNames[k])
		}
		return aNumber
	case nameOf(args[0]) == "":
		return c.tell(args[0], "", "函数“%s”括号里只能写字段", name)
	}
	w := c.name(args[0], how)
	switch {
	case how == whetherFilled || w.field == nil:
	case how == whichRank && (w.field.Type != "enum" || w.suffix != ""):
		return c.tell(args[0], "", "rank 是单选值在选项里的位次，括号里要写 enum 字段")
	case how == whichYear && !c.day(args[0]):
		return c.tell(args[0], "", "year 是日期的年份，括号里要写日期、月份或 时限_on")
	}
	if how == whetherFilled {
		return aTruth
	}
	return aNumber
}
