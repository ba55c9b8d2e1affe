package templates

import (
	"errors"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/shopspring/decimal"
)

// quotientPlaces is how many places a division keeps.
const quotientPlaces = 16

var errZero = errors.New("division by zero")

type (
	sums     = func(a, b decimal.Decimal) decimal.Decimal
	compares = func(a, b decimal.Decimal) bool
)

// arithmetic is what the operators do with two decimals.
var arithmetic = map[string]sums{
	"+": decimal.Decimal.Add,
	"-": decimal.Decimal.Sub,
	"*": decimal.Decimal.Mul,
}

var comparing = map[string]compares{
	"==": decimal.Decimal.Equal,
	"!=": func(a, b decimal.Decimal) bool { return !a.Equal(b) },
	"<":  decimal.Decimal.LessThan,
	"<=": decimal.Decimal.LessThanOrEqual,
	">":  decimal.Decimal.GreaterThan,
	">=": decimal.Decimal.GreaterThanOrEqual,
}

// decimalOptions teach the expression language exact numbers: its own numbers
// are binary fractions, in which 0.1 + 0.2 is not 0.3.
func decimalOptions() []expr.Option {
	options := []expr.Option{
		expr.DisableAllBuiltins(), lenFunction(), dividing(),
		expr.Operator("/", "decimal/"), expr.MaxNodes(maxNodes),
	}
	for sign, do := range arithmetic {
		call := func(args ...any) (any, error) {
			return do(args[0].(decimal.Decimal), args[1].(decimal.Decimal)), nil
		}
		options = append(options, expr.Function("decimal"+sign, call, new(sums)), expr.Operator(sign, "decimal"+sign))
	}
	for sign, do := range comparing {
		call := func(args ...any) (any, error) {
			return do(args[0].(decimal.Decimal), args[1].(decimal.Decimal)), nil
		}
		options = append(options, expr.Function("decimal"+sign, call, new(compares)), expr.Operator(sign, "decimal"+sign))
	}
	return options
}

func dividing() expr.Option {
	return expr.Function("decimal/", func(args ...any) (any, error) {
		b := args[1].(decimal.Decimal)
		if b.IsZero() {
			return nil, errZero
		}
		return args[0].(decimal.Decimal).DivRound(b, quotientPlaces), nil
	}, new(sums))
}

// lenFunction counts the values of a multi field, or the characters of a text.
func lenFunction() expr.Option {
	return expr.Function("len", func(args ...any) (any, error) {
		if list, ok := args[0].([]string); ok {
			return decimal.NewFromInt(int64(len(list))), nil
		}
		text, _ := args[0].(string)
		return decimal.NewFromInt(int64(utf8.RuneCountInString(text))), nil
	}, new(func([]string) decimal.Decimal), new(func(string) decimal.Decimal))
}
