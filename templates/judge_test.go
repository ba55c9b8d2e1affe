package templates

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"taizhang/sheets"
)

// noon is a moment in the window of the period due on 2026-11-24.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, China)

// gridBook makes a book of one sheet from a text grid: rows are lines, cells
// are split at |, a leading ' makes text of digits, d: a date. "A1:C1" lines
// after "merge" are merged areas.
func gridBook(t *testing.T, grid string, merges ...string) *sheets.Book {
	t.Helper()
	s := &sheets.Sheet{Name: "Sheet1"}
	for i, line := range strings.Split(strings.Trim(grid, "\n"), "\n") {
		var cells []sheets.Cell
		for j, text := range strings.Split(line, "|") {
			if text = strings.Trim(text, " "); text != "" {
				cells = append(cells, gridCell(j+1, text))
			}
		}
		if len(cells) > 0 {
			s.Rows = append(s.Rows, sheets.Row{Num: i + 1, Cells: sheets.CellsOf(cells...)})
		}
	}
	for _, m := range merges {
		a, b, _ := strings.Cut(m, ":")
		c1, r1, _ := sheets.ParseAddress(a)
		c2, r2, _ := sheets.ParseAddress(b)
		s.Merges = append(s.Merges, sheets.Range{Row1: r1, Col1: c1, Row2: r2, Col2: c2})
	}
	return &sheets.Book{Format: "xlsx", Sheets: []*sheets.Sheet{s}, Marks: map[string]string{}}
}

func gridCell(col int, text string) sheets.Cell {
	c := sheets.Cell{Col: col, Kind: sheets.Text, Raw: text, Text: text}
	switch {
	case strings.HasPrefix(text, "'"):
		c.Raw, c.Text = text[1:], text[1:]
	case strings.HasPrefix(text, "d:"):
		c.Kind, c.Raw, c.Text = sheets.Date, text[2:], text[2:]
	case strings.HasPrefix(text, "#"):
		c.Kind = sheets.Error
	case strings.Trim(text, "0123456789.-") == "" && strings.Trim(text, "-.") != "" && strings.Count(text, ".") < 2:
		c.Kind = sheets.Number
	}
	return c
}

// testCatalog is the shipped forms with three invented counties.
func testCatalog(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load(City{})
	if err != nil {
		t.Fatal(err)
	}
	c.Counties = NewCounties(
		&County{Name: "云岭县", Aliases: []string{"云岭"}, Folder: "云岭县"},
		&County{Name: "石泉县", Folder: "石泉县"},
		&County{Name: "新云岭县", Folder: "新云岭县"})
	return c
}

// judged reads the book as 云岭县's and settles it without history.
func judged(t *testing.T, b *sheets.Book, past Past) *Reading {
	t.Helper()
	c := testCatalog(t)
	r := c.Judge(b, Sender{County: c.Counties.ByName("云岭县"), File: "表.xlsx", Now: noon})
	r.Compare(past)
	return r
}

// told lists what was found, as "code cell severity".
func told(r *Reading) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Code, f.Cell, f.Severity)))
	}
	return strings.Join(out, "\n")
}

func wantTold(t *testing.T, r *Reading, want ...string) {
	t.Helper()
	if got := told(r); got != strings.Join(want, "\n") {
		t.Errorf("findings:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// F3 as seed 003 prints it.
const f3Head = `
第二轮第一批中央生态环境保护督察群众举报问题办理情况汇总表
填报单位(公章)：%s | | | | | | 填报日期：2026年11月20日
市/州 | 交办数量(件) | 已办结(件) | | | 阶段办结(件) | 责令整改(家) | 立案处罚(家) | 罚款金额(万元) | 立案侦查(件) | 拘留(人) | | 约谈(人) | 问责(人)
 | | 属实 | 不属实 | 合计 | | | | | | 行政 | 刑事
`

var f3Merges = []string{"A1:N1", "A3:A4", "B3:B4", "C3:E3", "F3:F4", "G3:G4", "H3:H4", "I3:I4", "J3:J4", "K3:L3", "M3:M4", "N3:N4"}

func f3(t *testing.T, unit, rows string) *sheets.Book {
	t.Helper()
	return gridBook(t, fmt.Sprintf(f3Head, unit)+strings.Trim(rows, "\n"), f3Merges...)
}

func TestFigures(t *testing.T) {
	r := judged(t, f3(t, "云岭县", `云岭县|12|3|2|5|1|2|1|3.2|0|0|0|1|0
注：数据截至2026年11月20日
填表人：|李明||审核人：|王芳||联系电话：|'0870-1234567`), Past{})
	wantTold(t, r)
	if r.Verdict != Accepted || r.Period != "2026-11-24" || r.Read != 1 || r.Form.Name != "case_summary" {
		t.Errorf("verdict %s period %s read %d form %v", r.Verdict, r.Period, r.Read, r.Form.Name)
	}
	if got := r.Rows[0].Values[r.Form.Field("fine_wan").Index].Number.String(); got != "3.2" {
		t.Errorf("fine %s", got)
	}
}

func TestFiguresThatDoNotAddUpReturnTheFile(t *testing.T) {
	r := judged(t, f3(t, "云岭县生态环境局", `云岭县|12|3|2|6|1|2|1|3.2|0|0|0|1|0`), Past{})
	wantTold(t, r, "R04 E5 fix")
	if r.Verdict != Returned || r.Accepted != 0 {
		t.Errorf("verdict %s accepted %d: a report counts whole or not at all", r.Verdict, r.Accepted)
	}
	if !strings.Contains(r.Findings[0].Message, "属实") {
		t.Errorf("message %q does not say what must add up", r.Findings[0].Message)
	}
}

func TestTheNeighboursFileIsReturned(t *testing.T) {
	for unit, want := range map[string]string{
		"石泉县":       "F08 A2 reject",
		"新云岭县生态环境局": "F08 A2 reject",
		"":          "F08 A2 reject",
		"云岭":        "",
		"云岭县整改办":    "",
	} {
		r := judged(t, f3(t, unit, `云岭县|12|3|2|5|1|2|1|3.2|0|0|0|1|0`), Past{})
		if got := told(r); got != want {
			t.Errorf("填报单位 %q: %q, want %q", unit, got, want)
		}
	}
}

func TestARowOfAnotherCountyIsNotTaken(t *testing.T) {
	r := judged(t, f3(t, "云岭县", `石泉县|12|3|2|5|1|2|1|3.2|0|0|0|1|0`), Past{})
	if got := r.Findings[0]; got.Code != "C05" || got.Cell != "A5" || r.Verdict != Returned {
		t.Errorf("got %s at %s, verdict %s", got.Code, got.Cell, r.Verdict)
	}
}

func TestTotalsAreCheckedAndNotCounted(t *testing.T) {
	r := judged(t, f3(t, "云岭县", `云岭县|12|3|2|5|1|2|1|3.2|0|0|0|1|0
合  计|13|3|2|5|1|2|1|3.2|0|0|0|1|0`), Past{})
	wantTold(t, r, "X02 B6 warn", "R05 A6 note")
	if r.Verdict != Noted || r.Read != 1 {
		t.Errorf("verdict %s read %d", r.Verdict, r.Read)
	}
}

func TestCumulativeFiguresThatFall(t *testing.T) {
	form := testCatalog(t).Form("case_summary")
	old := StoredRow{Record: 1, Values: make([]Value, len(form.Fields))}
	before := judged(t, f3(t, "云岭县", `云岭县|14|3|2|5|1|2|1|3.2|0|0|0|1|0`), Past{})
	old.Key, old.Values = before.Rows[0].Key, before.Rows[0].Values
	r := judged(t, f3(t, "云岭县", `云岭县|12|3|2|5|1|2|1|3.2|0|0|0|1|0`), Past{Rows: []StoredRow{old}})
	wantTold(t, r, "P04 B5 explain")
	if r.Verdict != Noted {
		t.Errorf("verdict %s: a fall is to be explained, not refused", r.Verdict)
	}
}

const f2Head = `
第一轮中央环境保护督察尚未办结问题整改进展情况自查表
填报单位（公章）：云岭县||||填报日期：2026年11月20日
序号|市/州|详细地址|群众举报问题具体内容|目前整改工作现状|具体整改措施及整改目标|主题教育期间整改进展|是否办结
`

// past makes the stored rows of an earlier reading.
func past(r *Reading) Past {
	var p Past
	for i, row := range r.Rows {
		p.Rows = append(p.Rows, StoredRow{Record: int64(i + 1), Key: row.Key, Values: row.Values})
	}
	return p
}

// Seed 003: "除第一次填报外,后续填报只填写最后两栏…其余栏目原则上保持不变".
func TestFrozenColumnsKeepTheirFirstValue(t *testing.T) {
	first := judged(t, gridBook(t, f2Head+`1|云岭县|东街12号|餐饮油烟扰民|正在整改|加装净化器，年底完成|已购设备|正在办理
2|云岭县|河湾村|养殖污水直排|已停产|关停|已关停|已办结`), Past{})
	wantTold(t, first)
	second := judged(t, gridBook(t, f2Head+`1|云岭县|东街12号|餐饮油烟扰民|已经整改好了|加装净化器，年底完成|已安装|办结
2|云岭县|河湾村三组|养殖污水直排||||已办结`), past(first))
	wantTold(t, second, "C01 G5 fix", "C16 E4 warn", "C16 C5 warn", "Z01  note", "C03 H4 note")
	row := second.Rows[0]
	if row.Record != 1 || row.Values[4].Text != "正在整改" || row.Values[6].Text != "已安装" || row.Values[7].Text != "已办结" {
		t.Errorf("row 1: record %d, %q %q %q", row.Record, row.Values[4].Text, row.Values[6].Text, row.Values[7].Text)
	}
	if moved := second.Rows[1]; moved.Record != 2 || moved.Values[2].Text != "河湾村" || moved.Values[5].Text != "关停" {
		t.Errorf("row 2: record %d address %q measures %q: a mended address is the same item", moved.Record, moved.Values[2].Text, moved.Values[5].Text)
	}
	if !strings.Contains(second.Findings[1].Message, "正在整改") || !strings.Contains(second.Findings[1].Message, "已经整改好了") {
		t.Errorf("C16 must show old and new: %s", second.Findings[1].Message)
	}
}

func TestHeaderWhereverItStands(t *testing.T) {
	r := judged(t, gridBook(t, `汇总
关于报送的说明
 | | 序 号| 市／州 |详细  地址|群众举报问题具体内容|目前整改工作现状|具体整改措施及整改目标|主题教育期间整改进展|是否办结
 | | 1|云岭县|东街12号|餐饮油烟扰民|正在整改|加装净化器|已购设备|正在办理`), Past{})
	wantTold(t, r)
	if r.Rows[0].Cell(2) != "E4" || r.Rows[0].Num != 4 {
		t.Errorf("address cell %s row %d", r.Rows[0].Cell(2), r.Rows[0].Num)
	}
}

func TestHeaderMistakes(t *testing.T) {
	row := "\n1|云岭县|东街12号|餐饮油烟扰民|正在整改|加装净化器|已购设备|正在办理"
	title := "第一轮中央环境保护督察尚未办结问题整改进展情况自查表\n"
	for name, c := range map[string]struct {
		head string
		want string
	}{
		"required column missing": {"序号|市/州|详细地址|群众举报问题具体内容|目前整改工作现状|具体整改措施及整改目标|主题教育期间整改进展|办没办完", "H02  reject\nH05 H2 warn"},
		"column twice":            {"序号|市/州|详细地址|群众举报问题具体内容|详细地址|具体整改措施及整改目标|主题教育期间整改进展|是否办结", "H04 C2 reject\nH02  warn"},
		"alias":                   {"序号|市/州|地址|群众举报问题具体内容|目前整改工作现状|具体整改措施及整改目标|整改进展|是否办结", "H03 C2 warn\nH03 G2 warn"},
		"unknown column":          {"序号|市/州|详细地址|群众举报问题具体内容|目前整改工作现状|具体整改措施及整改目标|主题教育期间整改进展|是否办结|网格员", "H05 I2 warn"},
		"nothing known":           {"姓名|工资|工龄", "S01  reject"},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "nothing known" {
				c.head = title + c.head
			}
			r := judged(t, gridBook(t, c.head+row), Past{})
			if got := strings.ReplaceAll(told(r), "  ", " "); got != strings.ReplaceAll(c.want, "  ", " ") {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestKeysOfALedger(t *testing.T) {
	r := judged(t, gridBook(t, `受理编号|行政区域|交办问题基本情况|污染类型|办结状态
D1|云岭县|油烟|大气|正在办理
*d1|云岭县|油烟|大气|正在办理
 |云岭县|噪声|噪声|正在办理
D3|云岭县|污水|水|正在办理`), Past{})
	var codes []string
	for _, f := range r.Findings {
		if f.Severity == Fix {
			codes = append(codes, f.Code+" "+f.Cell+" "+strings.Join(f.Cells, ","))
		}
	}
	if got := strings.Join(codes, "; "); got != "R02 A2 A2,A3; R01 A4 " {
		t.Errorf("got %q", got)
	}
	if r.Verdict != Partial || r.Read != 4 || r.Accepted != 1 || r.Held != 3 {
		t.Errorf("%s %d/%d/%d", r.Verdict, r.Read, r.Accepted, r.Held)
	}
}

// An error where 调查核实情况 may be blank is read as blank, which a closed item must
// not have; and what depends on a fine that cannot be read is listed as not checked.
func TestAFailureMutesOnlyWhatDependsOnIt(t *testing.T) {
	r := judged(t, gridBook(t, `受理编号|行政区域|交办问题基本情况|污染类型|办结状态|办结日期|是否属实|处理和整改情况|调查核实情况|罚款金额（万元）|立案处罚（家）
D1|云岭县|油烟|大气|已办结|d:2026-11-01|属实|已整改|#REF!|约3万|1`), Past{})
	var got []string
	for _, f := range r.Findings {
		if f.Code[0] != 'H' && f.Code != "C03" {
			got = append(got, f.Code+" "+f.Cell+" "+string(f.Severity))
		}
	}
	want := "C02 J2 fix; R03 I2 fix; C09 I2 warn; Z01  note"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got %q want %q", s, want)
	}
}

// A clerk who reads that so many rules were not checked for the same three rows reads
// the rows once.
func TestRulesThatMissTheSameRowsAreToldTogether(t *testing.T) {
	r := judged(t, gridBook(t, `受理编号|行政区域|交办问题基本情况|污染类型|办结状态|办结日期|是否属实|处理和整改情况|调查核实情况|整改时限
D1|云岭县|油烟|大气|己办结|d:2026-11-01|属实|已整改|属实|立行立改
D2|云岭县|油烟|大气|己办结|d:2026-11-01|属实|已整改|属实|立行立改
D3|云岭县|油烟|大气|已办结|d:2026-11-01|属实|已整改|属实|立行立改
D4|云岭县|油烟|大气|己办结|d:2026-11-01|属实|已整改|属实|立行立改`), Past{})
	var got []Finding
	for _, f := range r.Findings {
		if f.Code == CodeUnchecked {
			got = append(got, f)
		}
	}
	if len(got) != 1 {
		t.Fatalf("%d findings: %+v", len(got), got)
	}
	begin := "第 2-3、5 行有内容没读出来，有 5 条规则未能检查：办结状态为“已办结”，须写明调查核实情况；办结状态为“已办结”，须填是否属实；"
	if !strings.HasPrefix(got[0].Message, begin) || len(strings.Fields(got[0].Rule)) != 5 {
		t.Errorf("%s\n%s", got[0].Message, got[0].Rule)
	}
}

func TestPeriods(t *testing.T) {
	book := func(date string) *sheets.Book {
		return gridBook(t, strings.Replace(f2Head, "填报日期：2026年11月20日", date, 1)+`1|云岭县|东街|油烟|正在整改|加装净化器|已购设备|正在办理`)
	}
	for date, want := range map[string][2]string{
		"填报日期：2026年11月20日":       {"2026-11-24", ""},
		"填报日期：2026年11月12日":       {"2026-11-14", "P06  warn"}, // late: it comes on the 20th
		"填报日期：2026年  月  日":       {"2026-11-24", ""},          // left open: the period open on arrival
		"":                       {"2026-11-24", ""},
		"填报日期：2027年11月20日":       {"2027-11-24", "S05 E2 reject"}, // not begun
		"填报日期：2026年6月20日":        {"2026-06-24", "P06 E2 reject"}, // locked
		"填报日期： 1999年1月2日 填报人：李明": {"", "S05 E2 reject"},           // before the calendar
	} {
		r := judged(t, book(date), Past{})
		if got := told(r); r.Period != want[0] || got != want[1] {
			t.Errorf("%s: period %q findings %q, want %q %q", date, r.Period, got, want[0], want[1])
		}
	}
}

func TestPeriodOfTheMark(t *testing.T) {
	b := gridBook(t, f2Head+`1|云岭县|东街|油烟|正在整改|加装净化器|已购设备|正在办理`)
	b.Marks = map[string]string{MarkForm: "open_issue_check", MarkVersion: "1", MarkPeriod: "2026-11-14"}
	r := judged(t, b, Past{}) // dated the 20th: after the due day, while late files are taken
	wantTold(t, r, "P06  warn")
	if r.Period != "2026-11-14" {
		t.Errorf("period %s", r.Period)
	}
	b.Marks[MarkPeriod] = "2026-12-04"
	wantTold(t, judged(t, b, Past{}), "S05 E2 reject") // dated before that period's window
	b.Marks[MarkVersion] = "9"
	wantTold(t, judged(t, b, Past{}), "S02  reject")
}

func TestAnOldLedgerDoesNotSetANewerOneBack(t *testing.T) {
	r := judged(t, gridBook(t, strings.Replace(f2Head, "11月20日", "11月12日", 1)+`1|云岭县|东街|油烟|正在整改|加装净化器|已购设备|正在办理`),
		Past{LatestPeriod: "2026-11-24"})
	wantTold(t, r, "S05 E2 reject")
}

func TestEmptyForms(t *testing.T) {
	wantTold(t, judged(t, gridBook(t, f2Head), Past{}), "F07  reject")
	wantTold(t, judged(t, gridBook(t, f2Head+"1\n2\n3\n备注：1、整改目标是指…"), Past{}), "F07  reject")
	wantTold(t, judged(t, &sheets.Book{Sheets: []*sheets.Sheet{{Name: "Sheet1"}}}, Past{}), "F07  reject")
}

func TestEveryCodeHasItsWords(t *testing.T) {
	for code := range Codes {
		for _, lang := range []string{"zh", "en"} {
			if Say(lang, code+".message", facts{"Count": 1}) == "" || Say(lang, code+".fix", nil) == "" {
				t.Errorf("%s has no words in %s", code, lang)
			}
		}
	}
	for reason, code := range sheets.Reasons {
		if _, ok := Codes[code]; !ok {
			t.Errorf("reason %s has unknown code %s", reason, code)
		}
		for _, lang := range []string{"zh", "en"} {
			if Say(lang, code+"."+reason+".message", nil) == "" {
				t.Errorf("no words for %s.%s in %s", code, reason, lang)
			}
		}
	}
}

// A form that names its sheet is read from that sheet and no other.
func TestTheSheetThatMustHoldTheTable(t *testing.T) {
	c := testCatalog(t)
	p := newPage("x.yaml", []byte(strings.Replace(quarterly, "kind: report", "kind: report\nsheet: 附件1", 1)))
	c.Forms = append(c.Forms, readForm(p))
	b := quarterBook(t, "隐患排查统计表", "2026年10月9日")
	s := Sender{County: c.Counties.ByName("云岭县"), Form: "quarterly", Now: noon}
	r := c.Judge(b, s)
	if told(r) != "S03  reject" || !strings.Contains(r.Findings[0].Message, "附件1") || !strings.Contains(r.Findings[0].Message, "Sheet1") {
		t.Errorf("%s: %v", told(r), r.Findings)
	}
	b.Sheets[0].Name = "附件 1"
	if r := c.Judge(b, s); told(r) != "" || len(r.Rows) != 1 {
		t.Errorf("%s, %d rows", told(r), len(r.Rows))
	}
}
