package templates

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/shopspring/decimal"
)

// answer is a program as plain functions: what most rules ask, such as status ==
// '已办结' && fine > 0, needs no machine to run it. It gives what the machine gives.
type answer func(row, old []Value) bool

// answer is a checked expression as plain functions, nil when it has a part that only
// the machine knows.
func (v *vocabulary) answer(n ast.Node) answer {
	switch n := n.(type) {
	case *ast.BoolNode:
		return func(_, _ []Value) bool { return n.Value }
	case *ast.UnaryNode:
		return not(v.answer(n.Node))
	case *ast.CallNode:
		return v.answerCall(n)
	case *ast.BinaryNode:
		return v.answerBinary(n)
	}
	return nil
}

// not turns an answer round. Of what says yes or no, no other sign can be asked.
func not(a answer) answer {
	if a == nil {
		return nil
	}
	return func(row, old []Value) bool { return !a(row, old) }
}

// answerCall is filled(name) or blank(name).
func (v *vocabulary) answerCall(n *ast.CallNode) answer {
	how := nameOf(n.Callee)
	if how != "filled" && how != "blank" {
		return nil
	}
	w := v.words[nameOf(n.Arguments[0])]
	filled := func(row, old []Value) bool { return w.filled(w.in(row, old)) }
	if how == "blank" {
		return not(filled)
	}
	return filled
}

func (v *vocabulary) answerBinary(n *ast.BinaryNode) answer {
	switch n.Operator {
	case "&&", "and":
		if a, b := v.answer(n.Left), v.answer(n.Right); a != nil && b != nil {
			return func(row, old []Value) bool { return a(row, old) && b(row, old) }
		}
	case "||", "or":
		if a, b := v.answer(n.Left), v.answer(n.Right); a != nil && b != nil {
			return func(row, old []Value) bool { return a(row, old) || b(row, old) }
		}
	case "in":
		return v.answerIn(n)
	case "==", "!=":
		if a, b := v.textOf(n.Left), v.textOf(n.Right); a != nil && b != nil {
			want := n.Operator == "=="
			return func(row, old []Value) bool { return (a(row, old) == b(row, old)) == want }
		}
	}
	return v.answerNumbers(n)
}

// answerIn is name in ['x', 'y'].
func (v *vocabulary) answerIn(n *ast.BinaryNode) answer {
	list, ok := n.Right.(*ast.ArrayNode)
	a := v.textOf(n.Left)
	if !ok || a == nil {
		return nil
	}
	var texts []string
	for _, item := range list.Nodes {
		texts = append(texts, item.(*ast.StringNode).Value) // as it was checked
	}
	return func(row, old []Value) bool { return slices.Contains(texts, a(row, old)) }
}

// answerNumbers compares two numbers that are not worked out.
func (v *vocabulary) answerNumbers(n *ast.BinaryNode) answer {
	a, b, compare := v.numberOf(n.Left), v.numberOf(n.Right), comparing[n.Operator]
	if a == nil || b == nil || compare == nil {
		return nil
	}
	return func(row, old []Value) bool { return compare(a(row, old), b(row, old)) }
}

// textOf is a text that is written out or that a name stands for, nil for others.
func (v *vocabulary) textOf(n ast.Node) func(row, old []Value) string {
	if s, ok := n.(*ast.StringNode); ok {
		return func(_, _ []Value) string { return s.Value }
	}
	w := v.words[nameOf(n)]
	if w.kind != aText {
		return nil
	}
	return func(row, old []Value) string { return w.text(w.in(row, old)) }
}

// numberOf is the same for a number.
func (v *vocabulary) numberOf(n ast.Node) func(row, old []Value) decimal.Decimal {
	if d, ok := literal(n); ok {
		return func(_, _ []Value) decimal.Decimal { return d }
	}
	w := v.words[nameOf(n)]
	if w.kind != aNumber {
		return nil
	}
	return func(row, old []Value) decimal.Decimal { return w.number(w.in(row, old)) }
}

// literal is a number that is written out. One of at most 15 digits has a shortest
// text that is what was written.
func literal(n ast.Node) (decimal.Decimal, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return decimal.NewFromInt(int64(n.Value)), true
	case *ast.FloatNode:
		return decimal.NewFromFloat(n.Value), true
	}
	return decimal.Decimal{}, false
}
