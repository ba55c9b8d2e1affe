package templates

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
	"github.com/shopspring/decimal"
)

// program is a compiled expression. The zero program holds for every row.
type program struct {
	code   *vm.Program
	uses   []use
	answer answer     // the same without a machine, nil when it needs one
	idle   *sync.Pool // of *machine, for each rule runs once a row
}

// machine runs a program: the names' values, and the room to work in.
type machine struct {
	vm  vm.VM
	env map[string]any
}

// use is one name that an expression mentions.
type use struct {
	key  string // in the environment: status, old.status, deadline_on, "status filled"
	word word
	how  asking
}

// asking is what an expression wants to know of a name.
type asking int

const (
	plainly       asking = iota // its value
	whetherFilled               // filled(name): whether there is one
	whichRank                   // rank(name): its place among the choices, 0 for none
	whichYear                   // year(name): the year of its day or month, 0 for none
)

// maxExponent bounds the numbers a rule works on: arithmetic on 1e999999999
// would never end.
const maxExponent = 60

var errNumber = errors.New("number out of range")

// holds runs the program on a row and the stored row.
func (p program) holds(row, old []Value) (bool, error) {
	if p.code == nil {
		return true, nil
	}
	for i := range p.uses {
		if !p.uses[i].bounded(row, old) {
			return false, errNumber
		}
	}
	if p.answer != nil {
		return p.answer(row, old), nil
	}
	m := p.idle.Get().(*machine)
	defer p.idle.Put(m)
	for _, u := range p.uses {
		m.env[u.key] = u.value(u.word.in(row, old))
	}
	return p.run(m)
}

// counts runs a filter. A filter has no division, and the numbers of rows are
// bounded where they are typed, so that it cannot fail; a row that failed all
// the same would not be counted.
func (p program) counts(row []Value) bool {
	ok, err := p.holds(row, nil)
	return err == nil && ok
}

func (p program) run(m *machine) (bool, error) {
	out, err := m.vm.Run(p.code, m.env)
	if err != nil {
		return false, err
	}
	ok, is := out.(bool)
	if !is {
		return false, fmt.Errorf("expression gave %T, not true or false", out)
	}
	return ok, nil
}

// bounded says whether the name's number, if it has one, is one to work with.
func (u *use) bounded(row, old []Value) bool {
	if u.how != plainly || u.word.kind != aNumber {
		return true
	}
	e := u.word.number(u.word.in(row, old)).Exponent()
	return -maxExponent <= e && e <= maxExponent
}

// value is what the name stands for, as the machine takes it.
func (u use) value(v *Value) any {
	switch {
	case u.how == whetherFilled:
		return u.word.filled(v)
	case u.how == whichRank:
		return decimal.NewFromInt(int64(slices.Index(u.word.field.Enum, v.Text) + 1))
	case u.how == whichYear:
		return u.word.year(v)
	case u.word.kind == aList:
		return v.List()
	case u.word.kind == aNumber:
		return u.word.number(v)
	}
	return u.word.text(v)
}

// in is the name's field in a row, or in the stored row, blank when it has none.
func (w word) in(row, old []Value) *Value {
	if w.old {
		row = old
	}
	if w.field.Index < len(row) {
		return &row[w.field.Index]
	}
	return &Value{}
}

// text is the name's text.
func (w word) text(v *Value) string {
	switch w.suffix {
	case "_on":
		return v.Day
	case "_open":
		return yesNo(v.Open)
	}
	return v.Text
}

// number is the name's number. A blank counts as 0.
func (w word) number(v *Value) decimal.Decimal {
	if v.Blank() {
		return decimal.Decimal{}
	}
	return v.Number
}

// filled says whether the name has a value in the row.
func (w word) filled(v *Value) bool {
	switch w.suffix {
	case "_on":
		return v.Day != ""
	case "_open":
		return !v.Blank()
	}
	return !v.Blank()
}

// year is the year of the name's day or month, 0 when it has none.
func (w word) year(v *Value) decimal.Decimal {
	day := v.Text
	if w.suffix == "_on" {
		day = v.Day
	}
	year, _, _ := strings.Cut(day, "-")
	n, err := strconv.Atoi(year)
	if err != nil {
		n = 0
	}
	return decimal.NewFromInt(int64(n))
}

func yesNo(b bool) string {
	if b {
		return boolWords[0]
	}
	return boolWords[1]
}

// build compiles an expression that was checked before.
func (v *vocabulary) build(source string, uses []use) (program, error) {
	code, err := expr.Compile(source, append(decimalOptions(), expr.Env(sample(uses)), expr.AsBool(), expr.Patch(rewrite{}))...)
	if err != nil {
		return program{}, err
	}
	idle := &sync.Pool{New: func() any { return &machine{env: make(map[string]any, len(uses))} }}
	return program{code: code, uses: uses, idle: idle}, nil
}

// sample is an environment of the right types, for the compiler.
func sample(uses []use) map[string]any {
	env := map[string]any{}
	for _, u := range uses {
		switch {
		case u.how == whetherFilled:
			env[u.key] = false
		case u.how != plainly || u.word.kind == aNumber:
			env[u.key] = decimal.Decimal{}
		case u.word.kind == aList:
			env[u.key] = []string{}
		default:
			env[u.key] = ""
		}
	}
	return env
}

// rewrite makes old.x and what is asked of names, filled(x), plain names, and numbers exact.
type rewrite struct{}

func (rewrite) Visit(node *ast.Node) {
	if d, ok := literal(*node); ok {
		ast.Patch(node, &ast.ConstantNode{Value: d})
		return
	}
	switch n := (*node).(type) {
	case *ast.MemberNode:
		ast.Patch(node, &ast.IdentifierNode{Value: nameOf(n)})
	case *ast.UnaryNode:
		rewriteSign(node, n)
	case *ast.CallNode:
		rewriteCall(node, n)
	}
}

// rewriteSign makes -x the subtraction 0 - x, which decimals know.
func rewriteSign(node *ast.Node, n *ast.UnaryNode) {
	switch n.Operator {
	case "-":
		ast.Patch(node, &ast.BinaryNode{Operator: "-", Left: &ast.ConstantNode{Value: decimal.Decimal{}}, Right: n.Node})
	case "+":
		*node = n.Node
	}
}

// rewriteCall makes a question about a name a plain name of the environment.
func rewriteCall(node *ast.Node, n *ast.CallNode) {
	callee := nameOf(n.Callee)
	how, ok := functions[callee]
	if !ok {
		return
	}
	ast.Patch(node, &ast.IdentifierNode{Value: asked(nameOf(n.Arguments[0]), how)})
	if callee == "blank" {
		ast.Patch(node, &ast.UnaryNode{Operator: "not", Node: *node})
	}
}

// asked is the environment's key for what is asked of a name. The blank keeps
// it apart from every name that can be written.
func asked(name string, how asking) string {
	return name + map[asking]string{plainly: "", whetherFilled: " filled", whichRank: " rank", whichYear: " year"}[how]
}

// nameOf is a name as it is written, old.status included; "" for anything else.
func nameOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.MemberNode:
		owner, ok := n.Node.(*ast.IdentifierNode)
		name, is := n.Property.(*ast.StringNode)
		if ok && is && owner.Value == "old" && !n.Optional {
			return "old." + name.Value
		}
	}
	return ""
}
