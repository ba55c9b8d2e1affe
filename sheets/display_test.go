package sheets

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What a Chinese Excel shows. The values of dates are: 44292 is 2021-04-06, a
// Tuesday; 43466 is 2019-01-01.
var formatTests = []struct{ code, raw, want string }{
	{"General", "1250.5", "1250.5"},
	{"General", "0.1", "0.1"},
	{"General", "1E-3", "0.001"},
	{"General", "123456789012345678", "123456789012346000"},
	{"General", "0.30000000000000004", "0.3"},
	{"General", "1E+22", "1E+22"},
	{"General", "1.5E-10", "1.5E-10"},
	{"G/通用格式", "3.50", "3.5"},
	{`General"处"`, "12", "12处"},
	{"0", "2.5", "3"},
	{"0", "-2.5", "-3"},
	{"0", "0.4", "0"},
	{"0.00", "2.135", "2.14"},
	{"0.00", "1.005", "1.01"},
	{"0.00", "12", "12.00"},
	{"0.00", "99.995", "100.00"},
	{"0.0#", "1.5", "1.5"},
	{"0.##", "1", "1."},
	{"#,##0", "1234567", "1,234,567"},
	{"#,##0", "999.5", "1,000"},
	{"#,##0.00", "-1250.5", "-1,250.50"},
	{"#,##0.00", "0.5", "0.50"},
	{"#", "0.4", "0.4"}, // nothing to see: the number itself
	{"000000", "123", "000123"},
	{"000-0000-0000", "13800000001", "138-0000-0001"},
	{"0%", "0.835", "84%"},
	{"0.0%", "0.833333333333333", "83.3%"},
	{"0.00%", "1", "100.00%"},
	{"0.00E+00", "12345.678", "1.23E+04"},
	{"0.0E+0", "0.00099996", "1.0E-3"},
	{"##0.0E+0", "12345", "12.3E+3"},
	{"##0.0E+0", "0.00012345", "123.5E-6"},
	{"##0.0E+0", "999960", "1.0E+6"},
	{"##0.0E+0", "0", "0.0E+0"},
	{"# ?/?", "0.5", "1/2"},
	{"# ?/?", "1.25", "1 1/4"},
	{"# ?/?", "-1.25", "-1 1/4"},
	{"# ?/?", "0.999", "1"},
	{"# ?/?", "2", "2"},
	{"# ?/?", "0", "0"},
	{"# ?/?", "3.14159265358979", "3 1/7"},
	{"# ??/??", "3.14159265358979", "3 14/99"},
	{"# ???/???", "0.333333333333333", "1/3"},
	{"?/?", "1.5", "3/2"},
	{"# ?/8", "0.5", "4/8"},
	{"# ??/100", "2.135", "2 14/100"},
	{`# ?/?"亩"`, "2.5", "2 1/2亩"},
	{"# ?/?", "12345678901234.5", "12345678901234.5"}, // no room: the plain number
	{"# ????/????", "0.5", "0.5"},
	{`0"件"`, "12", "12件"},
	{`"约"0`, "12", "约12"},
	{`\#0`, "12", "#12"},
	{"0!.0,\"万\"", "35000", "3.5万"},
	{`[>=10000]0!.0,"万";0`, "35000", "3.5万"},
	{`[>=10000]0!.0,"万";0`, "3500", "3500"},
	{`[=1]"是";[=0]"否";0`, "1", "是"},
	{`[=1]"是";[=0]"否";0`, "0", "否"},
	{`[=1]"是";[=0]"否";0`, "2", "2"},
	{`[<0]"负"0;0`, "-5", "负5"},
	{"0,", "12345", "12"},
	{"0.0,,", "12345678", "12.3"},
	{"0;(0)", "-12", "(12)"},
	{"0.00;[Red]-0.00", "-1.5", "-1.50"},
	{`0;-0;"无"`, "0", "无"},
	{";;;", "12", "12"}, // hidden on purpose: still its value
	{`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, "1250.5", "1,250.50"},
	{`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, "-1250.5", "-1,250.50"},
	{`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, "0", "-"},
	{"[$¥-804]#,##0.00", "1250.5", "¥1,250.50"},
	{"@", "12", "12"},
	{"[DBNum1]0", "12", "一二"},
	{"[DBNum2]0.00", "1203.5", "壹贰零叁.伍零"},
	{"[DBNum3]0", "120", "１２０"},
	{"[DBNum1][$-804]General", "12", "一十二"},
	{"[DBNum1]G/通用格式", "1050", "一千〇五十"},
	{"[DBNum1]", "1005", "一千〇五"},
	{"[DBNum2][$-804]General", "20300", "贰万零叁佰"},
	{"[DBNum2]General", "100000000", "壹亿"},
	{"[DBNum2]General", "100050000", "壹亿零伍万"},
	{"[DBNum2]General", "1234567890123", "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁"},
	{"[DBNum3]General", "105", "１百０５"},
	{"[DBNum1]General", "-12.05", "-一十二.〇五"},
	{"[DBNum1]General", "0", "〇"},
	{`[DBNum2]General"元"`, "26", "贰拾陆元"},
	{`"没有结束`, "12", "没有结束"},
	{"[没有结束", "12", "12"},
	{`0\`, "12", "12"},

	{"yyyy/m/d", "44292", "2021/4/6"},
	{"yyyy-mm-dd", "44292", "2021-04-06"},
	{"yy-m-d", "44292", "21-4-6"},
	{`yyyy"年"m"月"d"日"`, "44292", "2021年4月6日"},
	{"yyyy年m月d日", "44292", "2021年4月6日"},
	{`[$-804]yyyy"年"m"月"d"日";@`, "44292", "2021年4月6日"},
	{"[$-F800]dddd, mmmm dd, yyyy", "44283", "2021年3月28日"},
	{"[$-x-sysdate]dddd, mmmm dd, yyyy", "44283", "2021年3月28日"},
	{"[$-F400]h:mm:ss AM/PM", "44292.75", "18:00:00"},
	{"[DBNum1][$-804]yyyy年m月d日", "44292", "二〇二一年四月六日"},
	{`[DBNum1]yyyy"年"m"月"d"日"`, "44560", "二〇二一年十二月三十日"},
	{`[DBNum1]m"月"d"日"`, "44479", "十月十日"},
	{`[DBNum1]m"月"d"日"`, "44540", "十二月十日"},
	{`[DBNum2]yyyy"年"m"月"d"日"`, "44550", "贰零贰壹年壹拾贰月贰拾日"},
	{`[DBNum3]yyyy"年"m"月"d"日"`, "44550", "２０２１年１２月２０日"},
	{"e/m/d", "44292", "2021/4/6"},
	{"aaaa", "44292", "星期二"},
	{"aaa", "44292", "二"},
	{"[$-804]dddd", "44292", "星期二"},
	{"dddd", "44292", "Tuesday"},
	{"ddd", "44292", "Tue"},
	{"d-mmm-yy", "44292", "6-Apr-21"},
	{"mmmm", "44292", "April"},
	{"[$-804]mmmm", "44292", "四月"},
	{"yyyy/m/d h:mm", "44292.5", "2021/4/6 12:00"},
	{"h:mm:ss", "0.999999", "0:00:00"},
	{"yyyy/m/d", "43633.999999", "2019/6/17"},
	{`m"月"d"日"`, "43633.999999", "6月17日"},
	{"h:mm", "0.75", "18:00"},
	{"mm:ss", "0.0104166666666667", "15:00"},
	{"mm:ss.0", "0.0104179398148148", "15:00.1"},
	{"hh:mm AM/PM", "0.75", "06:00 PM"},
	{"h:mm AM/PM", "0", "12:00 AM"},
	{`上午/下午h"时"mm"分"`, "0.75", "下午6时00分"},
	{"[h]:mm", "1.5", "36:00"},
	{"[mm]:ss", "0.5", "720:00"},
	{"yyyy/m/d", "60", "1900/2/29"},
	{"yyyy/m/d", "59", "1900/2/28"},
	{"yyyy/m/d", "61", "1900/3/1"},
	{"yyyy/m/d", "1", "1900/1/1"},
	{"yyyy/m/d", "-1", "-1"},
	{"yyyy/m/d", "1E+10", "10000000000"},
	{"yyyy/m/d", "2958465", "9999/12/31"},
	{"yyyy/m/d", "2958466", "2958466"},
}

func TestNumberFormats(t *testing.T) {
	for _, tt := range formatTests {
		f, ok := scanFigure([]byte(tt.raw))
		if !ok {
			t.Errorf("%q is no number", tt.raw)
			continue
		}
		got, _, _ := parseFormat(tt.code).show(nil, f, false)
		if string(got) != tt.want {
			t.Errorf("%s as %s: got %q, want %q", tt.raw, tt.code, got, tt.want)
		}
	}
}

// Formats that a workbook names by number only.
func TestBuiltinFormats(t *testing.T) {
	for _, tt := range []struct {
		id        int
		raw, want string
		kind      Kind
	}{
		{0, "44292", "44292", Number},
		{9, "0.5", "50%", Number},
		{14, "44292", "2021/4/6", Date},
		{22, "44292.5", "2021/4/6 12:00", Date},
		{27, "44292", "2021年4月", Date},
		{28, "44292", "4月6日", Date},
		{30, "44292", "4-6-21", Date},
		{31, "44292", "2021年4月6日", Date},
		{32, "0.5", "12时00分", Date},
		{34, "0.5", "下午12时00分", Date},
		{43, "1250.5", "1,250.50", Number},
		{49, "12", "12", Number},
		{50, "44292", "2021年4月", Date},
		{58, "44292", "4月6日", Date},
		{99, "12", "12", Number},
	} {
		f, _ := scanFigure([]byte(tt.raw))
		got, kind, _ := (&styleTable{}).compile(tt.id).show(nil, f, false)
		if string(got) != tt.want || kind != tt.kind {
			t.Errorf("%s as format %d: got %q kind %d, want %q kind %d", tt.raw, tt.id, got, kind, tt.want, tt.kind)
		}
	}
}

// Excel of today writes a format whose language older ones do not know twice.
func TestFormatAlternatives(t *testing.T) {
	styles := xmlDecl + `<styleSheet ` + mainSpace + ` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><numFmts count="2">` +
		`<mc:AlternateContent><mc:Choice Requires="x16r2"><numFmt numFmtId="164" formatCode="[$-zh-CN,1]yyyy/m" x16r2:formatCode16="[$-zh-CN,1]yyyy/m"/></mc:Choice>` +
		`<mc:Fallback><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></mc:Fallback></mc:AlternateContent>` +
		`<numFmt numFmtId="165" formatCode="0.00"/></numFmts><cellXfs><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`
	file := newHandBook(sheetOf(`<row r="1"><c r="A1" s="0"><v>43633</v></c><c r="B1" s="1"><v>1</v></c></row>`)).with("xl/styles.xml", styles).pack(t)
	if diff := cmp.Diff([]string{`A1 date "43633" shown "2019年6月17日"`, `B1 number "1" shown "1.00"`}, cellLines(mustRead(t, file).Sheets[0])); diff != "" {
		t.Error(diff)
	}
}

func TestDate1904(t *testing.T) {
	f, _ := scanFigure([]byte("42830"))
	if got, _, _ := parseFormat("yyyy/m/d").show(nil, f, true); string(got) != "2021/4/6" {
		t.Errorf("got %s", got)
	}
}

func TestDateOf(t *testing.T) {
	day := func(y, m, d, h, min, s int) time.Time {
		return time.Date(y, time.Month(m), d, h, min, s, 0, time.UTC)
	}
	for _, tt := range []struct {
		cell Cell
		d04  bool
		want time.Time // zero: no date
	}{
		{Cell{Kind: Date, Raw: "44292"}, false, day(2021, 4, 6, 0, 0, 0)},
		{Cell{Kind: Number, Raw: "44292"}, false, day(2021, 4, 6, 0, 0, 0)},
		{Cell{Kind: Number, Raw: "4.4292E4"}, false, day(2021, 4, 6, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "44292.75"}, false, day(2021, 4, 6, 18, 0, 0)},
		{Cell{Kind: Date, Raw: "44292.041666666664"}, false, day(2021, 4, 6, 1, 0, 0)},
		{Cell{Kind: Date, Raw: "44291.99999999999"}, false, day(2021, 4, 6, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "42830"}, true, day(2021, 4, 6, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "0"}, true, day(1904, 1, 1, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "1"}, false, day(1900, 1, 1, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "59"}, false, day(1900, 2, 28, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "60"}, false, time.Time{}},
		{Cell{Kind: Date, Raw: "61"}, false, day(1900, 3, 1, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "2958465"}, false, day(9999, 12, 31, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "2958466"}, false, time.Time{}},
		{Cell{Kind: Date, Raw: "2957004"}, true, time.Time{}},
		{Cell{Kind: Date, Raw: "0.5"}, false, time.Time{}},
		{Cell{Kind: Date, Raw: "-5"}, false, time.Time{}},
		{Cell{Kind: Date, Raw: "2024-03-05"}, false, day(2024, 3, 5, 0, 0, 0)},
		{Cell{Kind: Date, Raw: "2024-03-05T08:30:00"}, true, day(2024, 3, 5, 8, 30, 0)},
		{Cell{Kind: Date, Raw: "2024-03-05T08:30:00.000Z"}, false, day(2024, 3, 5, 8, 30, 0)},
		{Cell{Kind: Date, Raw: "2024-02-30"}, false, time.Time{}},
		{Cell{Kind: Date, Raw: "T08:30"}, false, time.Time{}},
		{Cell{Kind: Text, Raw: "44292"}, false, time.Time{}},
		{Cell{Kind: Empty}, false, time.Time{}},
		{Cell{Kind: Date}, false, time.Time{}},
	} {
		got, ok := DateOf(tt.cell, tt.d04)
		if ok == tt.want.IsZero() || !got.Equal(tt.want) {
			t.Errorf("%+v: got %v %v, want %v", tt.cell, got, ok, tt.want)
		}
	}
}

// An ISO date is shown by its cell's format, the first weeks of 1900 included.
func TestISODates(t *testing.T) {
	f := parseFormat("yyyy/m/d h:mm")
	for _, tt := range []struct {
		iso  string
		d04  bool
		want string
	}{
		{"2024-03-05", false, "2024/3/5 0:00"},
		{"2024-03-05T08:30:00", true, "2024/3/5 8:30"},
		{"1900-01-01T23:59:00", false, "1900/1/1 23:59"},
		{"1900-02-28", false, "1900/2/28 0:00"},
		{"1900-03-01", false, "1900/3/1 0:00"},
		{"1899-12-31", false, ""},
		{"1903-12-31", true, ""},
		{"today", false, ""},
	} {
		got := ""
		if m, ok := isoMoment(tt.iso, tt.d04); ok {
			got = string(f.sections[0].appendDate(nil, m, tt.d04))
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.iso, got, tt.want)
		}
	}
}

// Every day of two centuries is shown as the calendar has it.
func TestEveryDay(t *testing.T) {
	f := parseFormat("yyyy-mm-dd")
	for serial, day := 61, time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2100; serial, day = serial+1, day.AddDate(0, 0, 1) {
		n := figureOf(serial)
		if got, _, _ := f.show(nil, n, false); string(got) != day.Format("2006-01-02") {
			t.Fatalf("%d: got %s, want %s", serial, got, day.Format("2006-01-02"))
		}
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		name     string
		col, row int
	}{
		{"A1", 1, 1}, {"Z9", 26, 9}, {"AA10", 27, 10}, {"AZ1", 52, 1}, {"BA1", 53, 1}, {"ZZ1", 702, 1}, {"AAA1", 703, 1}, {"XFD1048576", 16384, 1048576},
	} {
		if got := Address(tt.col, tt.row); got != tt.name {
			t.Errorf("Address(%d, %d) = %s, want %s", tt.col, tt.row, got, tt.name)
		}
		if col, row, ok := ParseAddress(tt.name); !ok || col != tt.col || row != tt.row {
			t.Errorf("ParseAddress(%s) = %d, %d, %v", tt.name, col, row, ok)
		}
	}
	if col, row, ok := ParseAddress("d5"); !ok || col != 4 || row != 5 {
		t.Error("small letters are an address too")
	}
	for _, bad := range []string{"", "A", "1", "A0", "A01", "1A", "A-1", "XFE1", "A1048577", "AAAAAAAAAAAAAAA1", "A99999999999999999999", "$A$1", "A1:B2", "А1", "A 1"} {
		if _, _, ok := ParseAddress(bad); ok {
			t.Errorf("%q is no address", bad)
		}
	}
}

func figureOf(n int) figure {
	f, _ := scanFigure([]byte(strconv.Itoa(n)))
	return f
}
