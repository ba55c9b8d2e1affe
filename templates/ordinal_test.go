package templates

import (
	"strings"
	"testing"

	"taizhang/sheets"
)

// A quarterly form is due on the 10th after each quarter; its title says which
// quarter it is.
const quarterly = `form: quarterly
title: 隐患排查统计表
version: 1
kind: report
period: {rrule: "DTSTART=20250110;FREQ=YEARLY;BYMONTH=4,7,10;BYMONTHDAY=10", dates: [2026-12-31], grace: 400d, pattern: "第{n}季度"}
band: {unit: 填报单位, date: 填报日期}
primaryKey: [county]
fields:
  - {name: county, title: 县区, type: unit, constraints: {required: true}}
  - {name: found, title: 排查数, type: int, constraints: {required: true}}
  - {name: mended, title: 整改数, type: int, constraints: {required: true}}
`

func quarterBook(t *testing.T, title, date string) *sheets.Book {
	t.Helper()
	return gridBook(t, title+"\n填报单位：云岭县||填报日期："+date+"\n县区|排查数|整改数\n云岭县|5|4")
}

func TestPeriodNamedByTheTitle(t *testing.T) {
	c := testCatalog(t)
	p := newPage("quarterly.yaml", []byte(quarterly))
	f := readForm(p)
	if len(p.all()) > 0 {
		t.Fatal(p.all())
	}
	c.Forms = append(c.Forms, f)
	// The due days of 2026 are 04-10, 07-10, 10-10 and 12-31.
	for _, x := range []struct{ title, date, period, told string }{
		{"2026年第二季度隐患排查统计表", "", "2026-07-10", ""},
		{"2026年第 3 季度隐患排查统计表", "2026年10月9日", "2026-10-10", ""},
		{"第一季度隐患排查统计表", "2026年4月1日", "2026-04-10", ""}, // the year of 填报日期
		{"第四季度隐患排查统计表", "", "2026-12-31", ""},          // the year of arrival
		{"隐患排查统计表", "2026年10月9日", "2026-10-10", ""},
		{"2026年第一季度隐患排查统计表", "2026年4月15日", "2026-04-10", ""},   // written after the due day
		{"2026年第三季度隐患排查统计表", "2026年4月1日", "", "S05 C2 reject"}, // they disagree
		{"2026年第五季度隐患排查统计表", "", "", "S05 A1 reject"},
	} {
		r := c.Judge(quarterBook(t, x.title, x.date), Sender{County: c.Counties.ByName("云岭县"), Form: "quarterly", Now: noon})
		var told []string
		for _, f := range r.Findings {
			told = append(told, f.Code+" "+f.Cell+" "+string(f.Severity))
		}
		if r.Period != x.period || strings.Join(told, "; ") != x.told {
			t.Errorf("%s %s: period %q, told %q; want %q, %q", x.title, x.date, r.Period, told, x.period, x.told)
		}
	}
}

func TestBatchesOfACampaign(t *testing.T) {
	o, err := newOrdinal("第{n}批", true)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := NewCalendar("DTSTART=20251204;FREQ=MONTHLY;BYMONTHDAY=4,14,24", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"第三批举报件": "2025-12-24", "第4批": "2026-01-04", "第十二批": "2026-03-24"} {
		n, _, ok := o.read(text)
		p, found := cal.Nth(n, 0)
		if !ok || !found || p.ID != want {
			t.Errorf("%s: %d %v %s, want %s", text, n, ok, p.ID, want)
		}
	}
	for _, bad := range []string{"第季度", "第{n}批{n}", "{year}{year}{n}"} {
		if _, err := newOrdinal(bad, false); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
