package templates

import (
	"strings"
	"testing"

	"taizhang/sheets"

	"pgregory.net/rapid"
)

// plainForm has a field of each way in which plain cells are read.
const plainForm = `
form: plain_form
title: 测试表
primaryKey: code
fields:
  - {name: code, title: 编号, type: text, constraints: {maxLength: 12}}
  - {name: own, title: 属地, type: text, ownPlace: true}
  - {name: number, title: 文号, type: text, constraints: {pattern: "[0-9]+"}}
  - {name: seq, title: 序号, type: int, serial: true}
  - {name: count, title: 个数, type: int, constraints: {minimum: 1, maximum: 300}}
  - {name: fine, title: 罚款(万元), type: decimal, scale: 4, unit: 万元, constraints: {minimum: 0}}
  - {name: rate, title: 比率, type: decimal, scale: 2, unit: "%"}
  - {name: day, title: 日期, type: date}
  - {name: month, title: 月份, type: month}
  - {name: status, title: 状态, type: enum, constraints: {enum: [已办结, 正在办理, ａ, A/B, 无, "甲\u00a0乙"]}, synonyms: {办结: 已办结}}
  - {name: kinds, title: 类型, type: multi, constraints: {enum: [水, 大气, Ｘ, 无, 大气环境与噪声及其他一切], maxLength: 12}}
  - {name: free, title: 其他, type: multi}
  - {name: yes, title: 是否, type: bool}
  - {name: unit, title: 单位, type: unit}
  - {name: due, title: 时限, type: deadline}
`

func plainFields(t testing.TB) []*Field {
	t.Helper()
	p := newPage("plain.yaml", []byte(plainForm))
	f := readForm(p)
	if err := p.all().err(); err != nil {
		t.Fatal(err)
	}
	return f.Fields
}

// cells are cells as workbooks have them, and odd ones.
func cells() *rapid.Generator[sheets.Cell] {
	text := rapid.OneOf(spellings(), rapid.SampledFrom([]string{"已办结", "办结", "A/B", "a/b", "水", "水、大气", "水，大气", "水、水", "水、Ｘ", "无", "水、无",
		"甲县", "甲 县", "乙县", "12", "2021-04-06", "是", "甲县1社区2组", " 水", "水、", "、", "《甲》～", " 甲县", "甲\u00a0乙", "甲县青华街道十二社区第三组", "水、大气环境与噪声及其他一切", "\uff5f", "\u3020"}))
	number := rapid.OneOf(rapid.StringMatching(`-?[0-9]{1,4}(\.[0-9]{0,7})?`), rapid.StringMatching(`[0-9]{0,14}\.?[0-9]{0,8}(E-?[0-9])?`),
		rapid.SampledFrom([]string{"43633", "43633.5", "60", "0", "0.5", "0.25", "1e5", "100000", "2958465", "2019-06-17", "20190617", "0.30000000000000004"}))
	return rapid.Custom(func(t *rapid.T) sheets.Cell {
		c := sheets.Cell{Col: 1, Kind: rapid.SampledFrom([]sheets.Kind{sheets.Empty, sheets.Text, sheets.Text, sheets.Number, sheets.Number,
			sheets.Date, sheets.Bool, sheets.Error}).Draw(t, "kind")}
		c.Formula = rapid.IntRange(0, 9).Draw(t, "formula") == 0
		c.Percent = rapid.IntRange(0, 9).Draw(t, "percent") == 0
		if c.Raw = number.Draw(t, "raw"); c.Kind == sheets.Text {
			c.Raw = text.Draw(t, "text")
		}
		if c.Text = c.Raw; c.Kind == sheets.Number || c.Kind == sheets.Date {
			c.Text = rapid.OneOf(rapid.Just(c.Raw), shownLike(c.Raw), number).Draw(t, "shown")
		}
		return c
	})
}

// shownLike are the digits of a number, cut short or with zeros behind.
func shownLike(raw string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if !strings.Contains(raw, ".") {
			raw += "."
		}
		raw += "0000000"
		return raw[:rapid.IntRange(strings.IndexByte(raw, '.'), len(raw)).Draw(t, "cut")]
	})
}

// What is read plainly is what the long way reads, and it has nothing to tell.
func TestPlainCellsTakeTheShortWay(t *testing.T) {
	fields := plainFields(t)
	home, away := &County{Name: "甲县"}, &County{Name: "乙县"}
	typists := []*typist{{counties: NewCounties(home, away), sender: home}, {counties: NewCounties(home), date1904: true},
		{counties: NewCounties(home), sender: &County{Name: " 甲县"}, money: map[int]string{5: "元"}}}
	plainly := 0
	rapid.Check(t, func(rt *rapid.T) {
		ty := rapid.SampledFrom(typists).Draw(rt, "typist")
		for _, c := range rapid.SliceOfN(cells(), 50, 50).Draw(rt, "cells") {
			for _, f := range fields {
				if c.Kind != sheets.Text || clean(c.Text) != "" { // others are not typed
					plainly += plainAsLong(rt, ty, f, c)
				}
			}
		}
	})
	if plainly < 100 { // also with -short
		t.Errorf("only %d cells were read plainly", plainly)
	}
}

// plainAsLong says whether a cell was read plainly, and holds it against the long way.
func plainAsLong(t *rapid.T, ty *typist, f *Field, c sheets.Cell) int {
	var v Value
	if f.plain == nil || !f.plain(ty, f, &c, &v) {
		return 0
	}
	long := ty.cell(f, c)
	if long.code != "" || len(long.notes) > 0 || !sameValue(v, long.value) {
		t.Fatalf("%s %+v: read plainly as %+v, the long way as %+v", f.Name, c, v, long)
	}
	return 1
}

func sameValue(a, b Value) bool {
	return a.Text == b.Text && a.Day == b.Day && a.Open == b.Open &&
		a.Number.Equal(b.Number) && a.Number.Exponent() == b.Number.Exponent()
}

// The cells of which nearly all forms are made are read plainly.
func TestMostCellsArePlain(t *testing.T) {
	fields := plainFields(t)
	county := &County{Name: "甲县"}
	ty := &typist{counties: NewCounties(county), sender: county}
	for _, c := range []struct {
		field, raw, shown string
		kind              sheets.Kind
	}{
		{"code", "X2YN2019", "X2YN2019", sheets.Text}, {"seq", "12", "12", sheets.Number}, {"count", "12", "12.00", sheets.Number},
		{"fine", "4.625", "4.63", sheets.Number}, {"fine", "0", "0.00", sheets.Number}, {"day", "43633", "2019年6月17日", sheets.Date},
		{"status", "已办结", "已办结", sheets.Text}, {"kinds", "水、大气", "水、大气", sheets.Text}, {"unit", "甲县", "甲县", sheets.Text},
		{"code", "（一）。", "（一）。", sheets.Text},
	} {
		for _, f := range fields {
			var v Value
			if f.Name == c.field && !f.plain(ty, f, &sheets.Cell{Col: 1, Kind: c.kind, Raw: c.raw, Text: c.shown}, &v) {
				t.Errorf("%s: %s is as plain as can be", c.field, c.raw)
			}
		}
	}
}
