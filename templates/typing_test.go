package templates

import (
	"strings"
	"testing"

	"taizhang/sheets"
)

// typing is one cell and what must come of it: the canonical text, the code of
// what is wrong ("" when the value is good), and the codes of the remarks.
type typing struct {
	kind  sheets.Kind
	raw   string
	want  string
	code  string
	notes string
}

func runTypings(t *testing.T, f *Field, list []typing) {
	t.Helper()
	f.Path = []string{"栏"}
	day := "2026-11-20"
	ty := &typist{counties: NewCounties(), day: day}
	for _, c := range list {
		got := ty.cell(f, sheets.Cell{Col: 1, Kind: c.kind, Raw: c.raw, Text: c.raw})
		code := got.code
		if got.way != "" {
			code += "." + got.way
		}
		var notes []string
		for _, n := range got.notes {
			notes = append(notes, strings.TrimSuffix(n.code+"."+n.way, "."))
		}
		if got.value.Text != c.want && got.code == "" || code != c.code || strings.Join(notes, " ") != c.notes {
			t.Errorf("%s %q: got %q %s [%s], want %q %s [%s]", f.Type, c.raw, got.value.Text, code,
				strings.Join(notes, " "), c.want, c.code, c.notes)
		}
	}
}

func TestWholeNumbers(t *testing.T) {
	runTypings(t, &Field{Type: "int", Unit: "处"}, []typing{
		{sheets.Number, "12", "12", "", ""},
		{sheets.Number, "12.0", "12", "", ""},
		{sheets.Number, "1.2E1", "12", "", ""},
		{sheets.Number, "11.999999999999999999", "12", "", ""}, // what 15 digits can say
		{sheets.Number, "12.5", "", "C02.whole", ""},
		{sheets.Text, "12", "12", "", ""},
		{sheets.Text, "１２", "12", "", "C03"},
		{sheets.Text, "\u00a012\u3000", "12", "", "C13"},
		{sheets.Text, "1,250", "1250", "", "C03"},
		{sheets.Text, "12,50", "", "C02", ""},
		{sheets.Text, "12处", "12", "", "C03.confirm"},
		{sheets.Text, "12个", "12", "", "C03.confirm"},
		{sheets.Text, "12人", "", "C02.unit", ""},
		{sheets.Text, "约3处", "", "C02.about", ""},
		{sheets.Text, "3处以上", "", "C02.about", ""},
		{sheets.Text, "十二", "12", "", "C03.confirm"},
		{sheets.Text, "三万五千", "35000", "", "C03.confirm"},
		{sheets.Text, "贰拾", "20", "", "C03.confirm"},
		{sheets.Text, "一百零五", "105", "", "C03.confirm"},
		{sheets.Text, "二百五", "", "C02", ""}, // 250 or 205
		{sheets.Text, "百", "", "C02", ""},
		{sheets.Text, "—", "", "", "C14"},
		{sheets.Text, "无", "", "", "C14"},
		{sheets.Text, "0", "0", "", ""},
		{sheets.Date, "45356", "", "C02.date", ""},
		{sheets.Bool, "1", "", "C02", ""},
		{sheets.Error, "#REF!", "", "C09", ""},
		{sheets.Empty, "", "", "C11", ""},
		{sheets.Number, "1e30", "", "C06.huge", ""},
		{sheets.Number, "1e999999", "", "C02", ""},
		{sheets.Text, "12①", "", "C02.unit", ""}, // a note, not 121
		{sheets.Text, "⑫", "", "C02", ""},
		{sheets.Text, "3²", "", "C02.unit", ""},
		{sheets.Text, "12。", "12", "", "C03"},
		{sheets.Text, "'12", "12", "", "C03"},
		{sheets.Text, "-0", "0", "", ""},
		{sheets.Text, "1E3", "", "C02", ""},
		{sheets.Text, "两处", "2", "", "C03.confirm"},
		{sheets.Text, "十二(处)", "12", "", "C03.confirm"},
		{sheets.Text, "12（处）", "12", "", "C03.confirm"},
		{sheets.Text, "三人", "", "C02.unit", ""},
		{sheets.Text, "一家三处", "", "C02", ""},
		{sheets.Text, "¥12", "", "C02.unit", ""},
	})
	runTypings(t, &Field{Type: "decimal", Unit: "%", Scale: 4}, []typing{
		{sheets.Number, "0.833", "0.833", "", "C03.confirm"}, // 83.3 may be meant
		{sheets.Number, "83.3", "83.3", "", ""},
	})
}

// A column of 元 where the form counts 万元: each figure is converted exactly.
func TestFiguresOfAnotherMoneyUnit(t *testing.T) {
	f := &Field{Type: "decimal", Unit: "万元", Scale: 6, Path: []string{"罚款金额(万元)"}}
	ty := &typist{counties: NewCounties(), money: map[int]string{0: "元"}}
	for text, want := range map[string]string{"2000": "0.2", "65000.01": "6.500001", "0": "0", "1,000": "0.1", "3万元": "3"} {
		got := ty.cell(f, sheets.Cell{Kind: sheets.Text, Raw: text, Text: text})
		if got.code != "" || got.value.Text != want || len(got.notes) != 1 {
			t.Errorf("%s: %+v, want %s and one remark", text, got, want)
		}
	}
	if got := ty.cell(f, sheets.Cell{Kind: sheets.Text, Raw: "0.001", Text: "0.001"}); got.code != "C06" {
		t.Errorf("a tenth of a fen: %+v", got)
	}
}

func TestKeysInOneSpelling(t *testing.T) {
	for _, pair := range [][2]string{{"Ｄ１２", "d12"}, {"*D12", "D12"}, {"'D12", "D 12"}, {"D12\u200b", "D12"}} {
		if foldKey(pair[0]) != foldKey(pair[1]) {
			t.Errorf("%q and %q are one key", pair[0], pair[1])
		}
	}
	if foldKey("D12①") == foldKey("D121") {
		t.Error("D12① is not D121")
	}
}

// What a number in a column of text keeps is what a person sees.
func TestNumbersAsText(t *testing.T) {
	for _, c := range []struct {
		raw, shown string
		percent    bool
		want       string
	}{{"5", "0005", false, "0005"}, {"0.833", "83%", true, "83.3%"}, {"1234", "1,234", false, "1234"}, {"12", "12", false, "12"}} {
		got := (&typist{}).cell(&Field{Type: "text"}, sheets.Cell{Kind: sheets.Number, Raw: c.raw, Text: c.shown, Percent: c.percent})
		if got.value.Text != c.want || got.code != "" {
			t.Errorf("%s shown %s: %+v, want %s", c.raw, c.shown, got, c.want)
		}
	}
}

func TestMoney(t *testing.T) {
	runTypings(t, &Field{Type: "decimal", Unit: "万元", Scale: 2}, []typing{
		{sheets.Number, "0.30000000000000004", "0.3", "", ""},
		{sheets.Number, "3.2", "3.2", "", ""},
		{sheets.Text, "1,250.50", "1250.5", "", "C03"},
		{sheets.Text, "3.2万元", "3.2", "", "C03.confirm"},
		{sheets.Text, "32000元", "3.2", "", "C03.confirm"},
		{sheets.Text, "0.5亿元", "5000", "", "C03.confirm"},
		{sheets.Text, "2000万", "", "C02.wan", ""}, // 2000 万元, or 2000 万 万元
		{sheets.Text, "3.5万", "", "C02.wan", ""},
		{sheets.Text, "三万", "", "C02.wan", ""},
		{sheets.Text, "三万二千元", "3.2", "", "C03.confirm"},
		{sheets.Text, "人民币叁万贰仟元整", "3.2", "", "C03.confirm"},
		{sheets.Text, "叁万元整", "3", "", "C03.confirm"},
		{sheets.Text, "3.2万元整", "3.2", "", "C03.confirm"},
		{sheets.Text, "3.2（万元）", "3.2", "", "C03.confirm"},
		{sheets.Text, "¥32,000.00", "3.2", "", "C03.confirm"},
		{sheets.Text, "￥3.2万", "3.2", "", "C03.confirm"},
		{sheets.Text, "人民币¥32000元", "3.2", "", "C03.confirm"},
		{sheets.Text, "¥", "", "C02", ""},
		{sheets.Text, "¥约3万", "", "C02.about", ""},
		{sheets.Number, "3.14159", "", "C06.scale", ""}, // never cut
		{sheets.Text, "123元", "", "C06.scale", ""},      // 0.0123 has more decimals than are kept
	})
}

func TestRates(t *testing.T) {
	runTypings(t, &Field{Type: "decimal", Scale: 4}, []typing{
		{sheets.Text, "83.3%", "0.833", "", "C03.confirm"},
		{sheets.Number, "0.833", "0.833", "", ""},
	})
	runTypings(t, &Field{Type: "decimal", Unit: "%", Scale: 1}, []typing{
		{sheets.Text, "83.3%", "83.3", "", ""},
		{sheets.Number, "83.3", "83.3", "", ""},
		{sheets.Number, "0.8", "0.8", "", "C03.confirm"}, // 80 may be meant
		{sheets.Text, "0.8", "0.8", "", "C03.confirm"},
		{sheets.Text, "0.8%", "0.8", "", ""},
		{sheets.Text, "0", "0", "", ""},
		{sheets.Text, "百分之八十", "80", "", "C03.confirm"},
	})
}

func TestDays(t *testing.T) {
	runTypings(t, &Field{Type: "date"}, []typing{
		{sheets.Date, "45356", "2024-03-05", "", ""},
		{sheets.Number, "45356", "2024-03-05", "", "C03.confirm"},
		{sheets.Number, "20240305", "2024-03-05", "", "C03"},
		{sheets.Text, "2021.4.6", "2021-04-06", "", ""},
		{sheets.Text, "2021-4-6", "2021-04-06", "", ""},
		{sheets.Text, "2021/04/06", "2021-04-06", "", ""},
		{sheets.Text, "2021年4月6日", "2021-04-06", "", ""},
		{sheets.Text, "２０２１年４月６日", "2021-04-06", "", "C03"},
		{sheets.Text, "2021年 4月 6日", "2021-04-06", "", "C03"},
		{sheets.Text, "20210406", "2021-04-06", "", "C03"},
		{sheets.Text, "2021-04-06 10:30", "2021-04-06", "", "C03"},
		{sheets.Text, "24-3-5", "2024-03-05", "", "C03.confirm"},
		{sheets.Text, "11月6日", "2026-11-06", "", "C03.confirm"}, // nearest to the file's 2026-11-20
		{sheets.Text, "1月6日", "2027-01-06", "", "C03.confirm"},
		{sheets.Text, "2021.4.31", "", "C04.impossible", ""},
		{sheets.Text, "2023-02-29", "", "C04.impossible", ""},
		{sheets.Text, "2024年3月", "", "C04.month", ""},
		{sheets.Text, "3月5日-3月8日", "", "C04.range", ""},
		{sheets.Text, "3-5", "", "C04", ""},
		{sheets.Text, "近期", "", "C04", ""},
		{sheets.Text, "2026、4、6", "2026-04-06", "", "C03"},
		{sheets.Text, "八月", "", "C04", ""},
		{sheets.Text, "2026-13-01", "", "C04.impossible", ""},
		{sheets.Text, "2026年4月6日①", "", "C04", ""},
		{sheets.Text, "2026-04-06 10:30至2026-04-08", "", "C04.range", ""},
		{sheets.Number, "7", "", "C04", ""},
		{sheets.Text, "/", "", "", "C14"},
		{sheets.Text, "二〇一九年六月二十五日", "2019-06-25", "", "C03"},
		{sheets.Text, "二○一九年十月一号", "2019-10-01", "", "C03"},
		{sheets.Text, "2019年六月25日", "2019-06-25", "", "C03"},
		{sheets.Text, "二〇一九年二月三十日", "", "C04.impossible", ""},
		{sheets.Text, "二〇一九年六月", "", "C04.month", ""},
		{sheets.Text, "十一月六日", "2026-11-06", "", "C03.confirm"},
		{sheets.Text, "十九年六月二日", "", "C04", ""}, // 1019, or 2019
		{sheets.Text, "2109年6月25日", "", "C04.era", ""},
		{sheets.Text, "1019-6-25", "", "C04.era", ""},
		{sheets.Date, "2019.06", "", "C04.serial", ""},
		{sheets.Number, "2019.06", "", "C04", ""},
	})
}

// A number whose format hides what is wrong with it is told as it is stored.
func TestHiddenDigits(t *testing.T) {
	for _, c := range []struct {
		field           *Field
		raw, shown, way string
		value           any
	}{
		{&Field{Type: "int"}, "1.5", "2", "hidden", "1.5"},
		{&Field{Type: "int"}, "1.5", "1.5", "whole", nil},
		{&Field{Type: "int"}, "1234.5", "1,234.50", "whole", nil},
		{&Field{Type: "decimal", Scale: 2}, "3.14159", "3.14", "scale", "3.14159"},
		{&Field{Type: "decimal", Scale: 2}, "3.14159", "3.14159", "scale", nil},
	} {
		got := (&typist{}).cell(c.field, sheets.Cell{Kind: sheets.Number, Raw: c.raw, Text: c.shown})
		if got.way != c.way || got.facts["Value"] != c.value {
			t.Errorf("%s shown as %s: %s %v, want %s %v", c.raw, c.shown, got.way, got.facts, c.way, c.value)
		}
	}
}

func TestMonths(t *testing.T) {
	runTypings(t, &Field{Type: "month"}, []typing{
		{sheets.Text, "2026-11", "2026-11", "", ""},
		{sheets.Text, "2026年11月", "2026-11", "", ""},
		{sheets.Text, "2026.11", "2026-11", "", ""},
		{sheets.Text, "二〇二六年十一月", "2026-11", "", "C03"},
		{sheets.Text, "202611", "2026-11", "", "C03"},
		{sheets.Number, "202611", "2026-11", "", "C03"},
		{sheets.Text, "2026年11月24日", "2026-11", "", ""},
		{sheets.Date, "46350", "2026-11", "", ""}, // 2026-11-24
		{sheets.Text, "202613", "", "C04.monthly", ""},
		{sheets.Text, "2026年13月", "", "C04.monthly", ""},
		{sheets.Text, "11月", "", "C04.monthly", ""},
		{sheets.Text, "第三期", "", "C04.monthly", ""},
	})
}

func TestChoices(t *testing.T) {
	status := &Field{Type: "enum", Enum: []string{"已办结", "阶段性办结", "正在办理"}, Synonyms: map[string]string{"未办结": "正在办理"}}
	runTypings(t, status, []typing{
		{sheets.Text, "已办结", "已办结", "", ""},
		{sheets.Text, " 已 办 结 ", "已办结", "", "C13 C03"},
		{sheets.Text, "未办结", "正在办理", "", "C03"},
		{sheets.Text, "已办吉", "", "C05.near", ""},
		{sheets.Text, "办完了", "", "C05", ""},
		{sheets.Number, "1", "", "C05", ""},
	})
	types := &Field{Type: "multi", Enum: []string{"水", "大气", "噪声"}, Synonyms: map[string]string{"噪音": "噪声"}}
	runTypings(t, types, []typing{
		{sheets.Text, "水、大气", "水、大气", "", ""},
		{sheets.Text, "水，大气;噪声", "水、大气、噪声", "", ""},
		{sheets.Text, "水/噪音\n水", "水、噪声", "", "C03"},
		{sheets.Text, "水、火", "", "C05", ""},
	})
	runTypings(t, &Field{Type: "bool", Enum: []string{"是", "否"}}, []typing{
		{sheets.Text, "是", "是", "", ""},
		{sheets.Text, "√", "是", "", "C03"},
		{sheets.Bool, "0", "否", "", "C03"},
		{sheets.Text, "也许", "", "C05", ""},
	})
}

func TestTexts(t *testing.T) {
	runTypings(t, &Field{Type: "text", MaxLength: 20}, []typing{
		{sheets.Text, "东街12号", "东街12号", "", ""},
		{sheets.Text, "东街\t12号\u200b", "东街 12号", "", "C13"},
		{sheets.Number, "13900001111", "13900001111", "", ""},
		{sheets.Number, "1.10101199003071E+17", "", "C12", ""},
		{sheets.Number, "1234567890123456", "", "C12", ""},
		{sheets.Text, strings.Repeat("字", 21), "", "C08", ""},
		{sheets.Text, "=HYPERLINK(1)", "=HYPERLINK(1)", "", ""},
	})
}

// The wordings of deadlines, each with the day that a reader would name.
func TestDeadlines(t *testing.T) {
	for text, want := range map[string]struct {
		day  string
		open bool
		note bool
	}{
		"2017年12月底前":    {"2017-12-31", false, false},
		"2018年6月底前":     {"2018-06-30", false, false},
		"2017年底前":       {"2017-12-31", false, false},
		"立行立改":          {"", false, false},
		"长期坚持":          {"", true, false},
		"持续推进":          {"", true, false},
		"2024年底前，并长期坚持": {"2024-12-31", true, false},
		"2020年上半年":      {"2020-06-30", false, false},
		"二〇二〇年十二月底前":    {"2020-12-31", false, false},
		"2019.12":       {"2019-12-31", false, false},
		"2019-02前":      {"2019-02-28", false, false},
		"2019.1-2019.9": {"2019-09-30", false, false},
		"2019-2020年底":   {"2020-12-31", false, false},
		"2019.13":       {"", false, true},
		"2020年9月上旬":     {"2020-09-10", false, false},
		"2020年9月中旬前":    {"2020-09-20", false, false},
		"2020年2月下旬":     {"2020-02-29", false, false},
		"2020年中":        {"2020-06-30", false, false},
		"2020年春节前":      {"", false, true},
		"2020年初":        {"", false, true},
		"2020年":         {"2020-12-31", false, false},
		"2020年，限期关停":    {"2020-12-31", false, false},
		"2020年度内":       {"2020-12-31", false, false},
		"2018-2020年":    {"2020-12-31", false, false},
		"2020年以前完成":     {"2020-12-31", false, false},
		"2020年第三季度":     {"2020-09-30", false, false},
		"2021年9月20日前":   {"2021-09-20", false, false},
		"2024年2月底前完成，2025年底前销号": {"2025-12-31", false, false},
		"尽快": {"", false, true},
	} {
		got := (&typist{}).cell(&Field{Type: "deadline"}, sheets.Cell{Kind: sheets.Text, Raw: text, Text: text})
		if got.value.Text != text || got.value.Day != want.day || got.value.Open != want.open || (len(got.notes) > 0) != want.note {
			t.Errorf("%s: %+v notes %v, want %+v", text, got.value, got.notes, want)
		}
	}
}
