package templates

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// ruleForm is a form with a field of every kind that rules tell apart.
const ruleForm = `
form: test_form
title: 测试表
primaryKey: code
fields:
  - {name: code, title: 编号, type: text}
  - {name: a, title: 甲, type: decimal}
  - {name: b, title: 乙, type: decimal}
  - {name: n, title: 个数, type: int}
  - {name: status, title: 状态, type: enum, constraints: {enum: [已办结, 正在办理]}}
  - {name: kinds, title: 类型, type: multi, constraints: {enum: [水, 大气]}}
  - {name: begun, title: 开始, type: date}
  - {name: deadline, title: 时限, type: deadline}
  - {name: key, title: 重点, type: bool}
`

// formWith loads the test form with one rule.
func formWith(t testing.TB, rule string) *Form {
	t.Helper()
	p := newPage("test.yaml", []byte(ruleForm+"rules:\n  - {name: r, code: R04, message: 测试, "+rule+"}\n"))
	f := readForm(p)
	if err := p.all().err(); err != nil {
		t.Fatal(err)
	}
	return f
}

// rowOf makes a row of the form from canonical texts.
func rowOf(f *Form, cells map[string]string) []Value {
	row := make([]Value, len(f.Fields))
	for name, text := range cells {
		v := Value{Text: text}
		switch field := f.Field(name); field.Type {
		case "int", "decimal":
			v.Number = decimal.RequireFromString(text)
		case "date":
			v.Day = text
		case "deadline":
			v.Day, v.Open = "2024-12-31", strings.Contains(text, "长期")
		}
		row[f.Field(name).Index] = v
	}
	return row
}

func TestRuleHolds(t *testing.T) {
	type cells = map[string]string
	tests := []struct {
		check string
		row   cells
		want  bool
	}{
		{"a + b == 0.3", cells{"a": "0.1", "b": "0.2"}, true},
		{"a + b == 0.3", cells{"a": "0.1", "b": "0.20000000000000001"}, false},
		{"a * 3 == 0.3", cells{"a": "0.1"}, true},
		{"a - b == 0.1", cells{"a": "0.3", "b": "0.2"}, true},
		{"a == 1250.50", cells{"a": "1250.5"}, true},
		{"a * 10000 == 12345.67", cells{"a": "1.234567"}, true},
		{"a == 99999999999.999", cells{"a": "99999999999.999"}, true}, // the longest literal
		{"a == 99999999999.999", cells{"a": "99999999999.9991"}, false},
		{"a / 4 == 0.25", cells{"a": "1"}, true},
		{"-a < 0", cells{"a": "2"}, true},
		{"a - -b == 3", cells{"a": "1", "b": "2"}, true},
		{"a + b * 2 == 5 && (a + b) * 2 == 6", cells{"a": "1", "b": "2"}, true},
		{"n == 0 && a == 0", nil, true}, // a blank number counts as 0
		{"blank(n) && !filled(a)", nil, true},
		{"filled(n) && n == 0", cells{"n": "0"}, true},
		{"status == ''", nil, true},
		{"status in ['已办结', '正在办理']", cells{"status": "已办结"}, true},
		{"status not in ['已办结']", cells{"status": "正在办理"}, true},
		{"'水' in kinds", cells{"kinds": "水、大气"}, true},
		{"'水' in kinds", cells{"kinds": "大气"}, false},
		{"'水' in kinds", nil, false},
		{"len(kinds) == 2", cells{"kinds": "水、大气"}, true},
		{"len(code) <= 4", cells{"code": "受理编号"}, true},
		{"begun >= '2021-04-06'", cells{"begun": "2021-04-06"}, true},
		{"begun < '2021-04-06'", cells{"begun": "2021-10-01"}, false},
		{"blank(begun) || begun > '2000-01-01'", nil, true},
		{"deadline_on == '2024-12-31' && deadline_open == '是'", cells{"deadline": "2024年底前，并长期坚持"}, true},
		{"deadline_open == '否' && deadline_on >= begun", cells{"deadline": "2024年底前", "begun": "2024-01-01"}, true},
		{"key == '是' ? n > 0 : n == 0", cells{"key": "是", "n": "1"}, true},
		{"code matches '^[DX][0-9]+$'", cells{"code": "D123"}, true},
		{"code contains '访' or code startsWith 'X'", cells{"code": "访受〔2021〕0517031号"}, true},
		{"not (n > 1) and true", cells{"n": "1"}, true},
		{"rank(status) == 1", cells{"status": "已办结"}, true},
		{"rank(status) == 2", cells{"status": "正在办理"}, true},
		{"rank(status) == 0", nil, true},
		{"year(begun) == 2021 && year(begun) - 2000 == 21", cells{"begun": "2021-04-06"}, true},
		{"year(begun) == 0", nil, true},
		{"year(deadline_on) == 2024", cells{"deadline": "2024年底前"}, true},
		{"filled(status) && rank(status) == 1 && status == '已办结'", cells{"status": "已办结"}, true},
	}
	for _, test := range tests {
		t.Run(test.check, func(t *testing.T) {
			f := formWith(t, fmt.Sprintf("check: %q", test.check))
			applies, ok, err := f.Rules[0].Holds(rowOf(f, test.row), nil)
			if err != nil || !applies || ok != test.want {
				t.Errorf("applies %v, ok %v, want %v, error %v", applies, ok, test.want, err)
			}
		})
	}
}

func TestRuleWhen(t *testing.T) {
	f := formWith(t, `when: "status == '已办结'", check: filled(begun)`)
	row := rowOf(f, map[string]string{"status": "正在办理"})
	if applies, _, err := f.Rules[0].Holds(row, nil); applies || err != nil {
		t.Errorf("applies %v, error %v to a row that is not closed", applies, err)
	}
	row = rowOf(f, map[string]string{"status": "已办结"})
	if applies, ok, err := f.Rules[0].Holds(row, nil); !applies || ok || err != nil {
		t.Errorf("applies %v, ok %v, error %v to a closed row without a date", applies, ok, err)
	}
	if got := fmt.Sprint(f.Rules[0].Fields); got != "[begun status]" {
		t.Errorf("fields %s, want those of check first", got)
	}
}

func TestRuleHistory(t *testing.T) {
	f := formWith(t, `scope: history, when: filled(old.n), check: n >= old.n`)
	now, before := rowOf(f, map[string]string{"n": "3"}), rowOf(f, map[string]string{"n": "5"})
	if applies, _, _ := f.Rules[0].Holds(now, nil); applies {
		t.Error("a history rule applies to a row that was not there before")
	}
	if applies, ok, err := f.Rules[0].Holds(now, before); !applies || ok || err != nil {
		t.Errorf("applies %v, ok %v, error %v when 5 fell to 3", applies, ok, err)
	}
	if applies, ok, _ := f.Rules[0].Holds(before, now); !applies || !ok {
		t.Errorf("applies %v, ok %v when 3 rose to 5", applies, ok)
	}
	if got := fmt.Sprint(f.Rules[0].Fields); got != "[n]" {
		t.Errorf("fields %s: the stored row can always be read", got)
	}
}

// TestLadder holds a choice against the stored one by their places in the list.
func TestLadder(t *testing.T) {
	f := formWith(t, `scope: history, check: rank(status) <= rank(old.status)`)
	closed, open := rowOf(f, map[string]string{"status": "已办结"}), rowOf(f, map[string]string{"status": "正在办理"})
	for _, test := range []struct {
		name     string
		now, old []Value
		want     bool
	}{{"stays", open, open, true}, {"steps up", closed, open, true}, {"steps down", open, closed, false}} {
		if applies, ok, err := f.Rules[0].Holds(test.now, test.old); !applies || ok != test.want || err != nil {
			t.Errorf("%s: applies %v, ok %v, error %v", test.name, applies, ok, err)
		}
	}
	if got := fmt.Sprint(f.Rules[0].Fields); got != "[status]" {
		t.Errorf("fields %s", got)
	}
}

func TestRuleThatCannotBeWorkedOut(t *testing.T) {
	f := formWith(t, `check: a / b > 1`)
	applies, _, err := f.Rules[0].Holds(rowOf(f, map[string]string{"a": "1"}), nil)
	if err == nil || applies || !strings.Contains(err.Error(), "rule r: ") {
		t.Errorf("applies %v, error %v on a division by zero", applies, err)
	}
	f = formWith(t, `check: a * a * a > 1`)
	row := rowOf(f, map[string]string{"a": "1"})
	row[1].Number = decimal.New(1, 1<<30)
	if _, _, err := f.Rules[0].Holds(row, nil); err == nil {
		t.Error("arithmetic on 1e1073741824 was tried")
	}
}

// TestShortRow asks that a row stored by an older version of the form, with
// fewer fields, reads as blank beyond its end.
func TestShortRow(t *testing.T) {
	f := formWith(t, `scope: history, check: blank(old.key) && n >= old.n`)
	if _, ok, err := f.Rules[0].Holds(rowOf(f, nil), []Value{{Text: "x"}}); !ok || err != nil {
		t.Errorf("ok %v, error %v", ok, err)
	}
}

// TestDecimalsNeverRound compares rules with decimal arithmetic on any two
// numbers that a form can hold.
func TestDecimalsNeverRound(t *testing.T) {
	f := formWith(t, `check: a + b == n && a >= b`)
	rapid.Check(t, func(t *rapid.T) {
		a := decimal.New(rapid.Int64Range(-1e15, 1e15).Draw(t, "a"), rapid.Int32Range(-6, 0).Draw(t, "ea"))
		b := decimal.New(rapid.Int64Range(-1e15, 1e15).Draw(t, "b"), rapid.Int32Range(-6, 0).Draw(t, "eb"))
		row := make([]Value, len(f.Fields))
		row[1], row[2] = Value{Text: a.String(), Number: a}, Value{Text: b.String(), Number: b}
		row[3] = Value{Text: "x", Number: a.Add(b)}
		_, ok, err := f.Rules[0].Holds(row, nil)
		if err != nil || ok != (a.Cmp(b) >= 0) {
			t.Fatalf("ok %v, error %v for %s and %s", ok, err, a, b)
		}
	})
}

// sameAnswer holds what a program answers without its machine against the machine.
func sameAnswer(t interface{ Fatalf(string, ...any) }, source string, p program, row, old []Value) {
	machine := p
	machine.answer = nil
	got, err := p.holds(row, old)
	want, cause := machine.holds(row, old)
	if got != want || (err == nil) != (cause == nil) {
		t.Fatalf("%s of %v, %v: %v (%v), the machine says %v (%v)", source, row, old, got, err, want, cause)
	}
}

// The rules that need no machine answer as it would.
func TestPlainRulesTakeTheShortWay(t *testing.T) {
	form := formWith(t, "check: true")
	words := newVocabulary(form, true, true)
	questions := []string{"status == '已办结'", "'正在办理' != old.status", "status in ['已办结', '正在办理']", "code not in ['x', '']", "code == old.code",
		"begun != ''", "deadline_on == '2024-12-31'", "deadline_open == '是'", "deadline != deadline_on", "key == '是'", "true",
		"a > b", "a >= 0", "0.5 < b", "n == old.n", "n != 3", "a <= 12.50", "1 == 1", "filled(n)", "blank(status)", "filled(kinds)",
		"blank(deadline_on)", "filled(deadline_open)", "filled(old.code)", "blank(old.kinds)"}
	texts := map[string][]string{"code": {"", "x", "甲"}, "a": {"", "0", "0.5", "12.5", "1e70"}, "b": {"", "0.50", "-3", "1e-70"}, "n": {"", "0", "3"},
		"status": {"", "已办结", "正在办理"}, "kinds": {"", "水", "水、大气"}, "begun": {"", "2021-04-06"}, "deadline": {"", "2024年底", "长期"}, "key": {"", "是", "否"}}
	rapid.Check(t, func(t *rapid.T) {
		ask := rapid.SampledFrom(questions)
		shape := rapid.SampledFrom([]string{"X", "not (X)", "X and Y", "X || !(Y)", "X && Y or Z"}).Draw(t, "shape")
		source := strings.NewReplacer("X", ask.Draw(t, "X"), "Y", ask.Draw(t, "Y"), "Z", ask.Draw(t, "Z")).Replace(shape)
		p, troubles := words.compile(source)
		if len(troubles) > 0 || p.answer == nil {
			t.Fatalf("%s: %v, without a machine: %v", source, troubles, p.answer != nil)
		}
		row := func(label string) []Value {
			cells := map[string]string{}
			for _, f := range form.Fields {
				if text := rapid.SampledFrom(texts[f.Name]).Draw(t, label+f.Name); text != "" {
					cells[f.Name] = text
				}
			}
			return rowOf(form, cells)
		}
		sameAnswer(t, source, p, row("row "), row("old "))
		sameAnswer(t, source, p, row("new "), nil)
	})
}

// FuzzExpression asks that no text crashes the compiler, and that what compiles
// runs on a blank row and on a full one.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{"a + b == 0.3", "'水' in kinds", "old.n > n ? true : false", "filled(a) and not blank(b)",
		"((((", "a ?? b", "all(kinds, true)", "let x = 1; x", "1..100000", "code matches '(a+)+$'", "a.b.c()", "{a: 1}", "\"\\u0000\"", "a | len()"} {
		f.Add(s)
	}
	form := formWith(f, "check: true")
	row := rowOf(form, map[string]string{"code": "x", "a": "0.1", "b": "2", "n": "3", "status": "已办结", "kinds": "水",
		"begun": "2021-04-06", "deadline": "长期", "key": "是"})
	f.Fuzz(func(t *testing.T, source string) {
		p, troubles := newVocabulary(form, true, true).compile(source)
		if len(troubles) > 0 {
			return
		}
		for _, r := range [][]Value{row, make([]Value, len(row))} {
			if _, err := p.holds(r, r); err != nil && !strings.Contains(err.Error(), "division by zero") {
				t.Errorf("%q: %v", source, err)
			}
			sameAnswer(t, source, p, r, r)
		}
	})
}
