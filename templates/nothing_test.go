package templates

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// nilHead is the open_issue_check form with a box in its band.
const nilHead = `填报单位：云岭县|||%s||||填报日期：2026年11月20日
序号|市/州|详细地址|群众举报问题具体内容|目前整改工作现状|具体整改措施及整改目标|主题教育期间整改进展|是否办结
`

// TestReportOfNothing goes through the ways in which a county says that there is
// nothing to report, and those in which it does not.
func TestReportOfNothing(t *testing.T) {
	const row = "1|云岭县|东街|油烟|正在整改|加装净化器|已购设备|正在办理"
	for _, test := range []struct {
		box, rows, want string
		isNil           bool
	}{
		{"☑ 零报告(没有要报的，改成☑)", "", "", true},
		{"√零报告", "", "", true},
		{"零报告：√", "", "", true},
		{"[x] 零报告", "", "", true},
		{"（√）零报告", "", "", true},
		{"■零报告", "", "", true},
		{"零报告", "", "", true},
		{"零报告：是", "", "", true},
		{"本期无新增", "", "", true},
		{"□ 零报告(没有要报的，改成☑)", "", "F07  reject", false},
		{"☐零报告", "", "F07  reject", false},
		{"零报告：否", "", "F07  reject", false},
		{"没有内容的实行零报告制度", "", "F07  reject", false},
		{"", "", "F07  reject", false},
		{"□ 零报告(没有要报的，改成☑)", "1|云岭县|零报告", "", true},
		{"", "|本期无", "", true},
		{"", "零报告", "", true},
		{"☑ 零报告", row, "P07 D1 reject", false},
		{"", "|零报告\n" + row, "P07 B3 reject", false},
		{"□ 零报告", row, "H03  warn", false}, // data without a title
	} {
		r := judged(t, gridBook(t, fmt.Sprintf(nilHead, test.box)+test.rows), Past{})
		if got := told(r); got != test.want || r.Nil != test.isNil {
			t.Errorf("box %q, rows %q: findings %q nil %v, want %q %v", test.box, test.rows, got, r.Nil, test.want, test.isNil)
		}
		if test.isNil && (r.Verdict != Accepted || r.Read != 0 || r.Period != "2026-11-24") {
			t.Errorf("box %q: verdict %s, %d rows, period %s", test.box, r.Verdict, r.Read, r.Period)
		}
	}
}

// TestNilNotAllowed asks that a form of cumulative figures takes no 零报告: its
// figures would become nothing.
func TestNilNotAllowed(t *testing.T) {
	c := testCatalog(t)
	if c.Form("case_summary").Nil || !c.Form("petition_ledger").Nil || !c.Form("open_issue_check").Nil {
		t.Error("which shipped forms take 零报告")
	}
}

// TestUnitBesideTheBox asks that a box is not read as the name of the unit.
func TestUnitBesideTheBox(t *testing.T) {
	r := judged(t, gridBook(t, "填报单位(公章)：|□ 零报告(没有要报的，改成☑)||填报日期：2026年11月20日\n"+
		"序号|市/州|详细地址|群众举报问题具体内容|目前整改工作现状|具体整改措施及整改目标|主题教育期间整改进展|是否办结\n"+
		"1|云岭县|东街|油烟|正在整改|加装净化器|已购设备|正在办理"), Past{})
	if len(r.Findings) != 1 || r.Findings[0].Code != "F08" || r.Findings[0].Value != "" {
		t.Errorf("%+v", r.Findings)
	}
}

// TestLate asks for P06 after the due time, unless a file was taken in time.
func TestLate(t *testing.T) {
	f := *testCatalog(t).Form("open_issue_check")
	cal, err := NewCalendar("DTSTART=20260104;FREQ=MONTHLY;BYMONTHDAY=4", nil, 15*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cal.At = 17 * time.Hour
	f.Calendar = cal
	for _, test := range []struct{ at, first, want string }{
		{"2026-01-04 17:00:00", "", ""},
		{"2026-01-04 17:00:01", "", "P06"},
		{"2026-01-10 09:00:00", "2026-01-04 17:00:00", ""},
		{"2026-01-10 09:00:00", "2026-01-04 18:00:00", "P06"},
	} {
		r := &Reading{Form: &f, At: on(t, test.at), Period: "2026-01-04", Nil: true}
		past := Past{}
		if test.first != "" {
			past.First = on(t, test.first)
		}
		r.Compare(past)
		var codes string
		for _, f := range r.Findings {
			codes += f.Code
		}
		if codes != test.want {
			t.Errorf("at %s, first %q: %q, want %q", test.at, test.first, codes, test.want)
		}
		if test.want == "P06" && (r.Verdict != Noted || r.Findings[0].Message != "本期应在 2026年1月4日17:00 前报送，这份文件晚到了。") {
			t.Errorf("%s: %s", r.Verdict, r.Findings[0].Message)
		}
	}
}

// TestDueTime asks that the time of day makes a file late but leaves it in its
// period.
func TestDueTime(t *testing.T) {
	c := campaign(t, 0)
	c.At = 17 * time.Hour
	p, _ := c.Period("2019-11-04")
	if !p.Due.Equal(on(t, "2019-11-04 17:00:00")) || p.Day != "2019-11-04" {
		t.Errorf("%+v", p)
	}
	if got, ok := c.On(on(t, "2019-11-04 20:00:00")); !ok || got.ID != "2019-11-04" {
		t.Errorf("in the evening of the due day: %+v", got)
	}
	if c.DueText(p) != "2019年11月4日17:00" {
		t.Error(c.DueText(p))
	}
	next, ok := c.After(p)
	if !ok || next.ID != "2019-11-14" || !next.From.Equal(on(t, "2019-11-05 00:00:00").Add(-time.Nanosecond)) {
		t.Errorf("after: %+v %v", next, ok)
	}
	for text, want := range map[string]time.Duration{"17:00": 17 * time.Hour, "00:01": time.Minute, "23:59": 24*time.Hour - time.Minute} {
		if got, err := ParseClock(text); got != want || err != nil {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "17", "5pm", "24:00", "00:00", "17:00:00", "9:00", "17：00"} {
		if _, err := ParseClock(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// TestRollover writes out the due days of 2026 that fall on days off.
func TestRollover(t *testing.T) {
	c, err := NewCalendar("DTSTART=20260101;UNTIL=20261231;FREQ=MONTHLY;BYMONTHDAY=4,14,24", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Rollover = true
	c.settle(nil, testCatalog(t).Holidays)
	got := map[string]string{}
	for _, id := range c.rule.days {
		if p, _ := c.Period(id); p.Day != id {
			got[id] = p.Day
		}
	}
	want := map[string]string{
		"2026-01-24": "2026-01-26", // Saturday
		"2026-03-14": "2026-03-16",
		"2026-04-04": "2026-04-07", // 清明
		"2026-05-04": "2026-05-06", // 劳动节
		"2026-05-24": "2026-05-25", // Sunday
		"2026-06-14": "2026-06-15",
		"2026-07-04": "2026-07-06",
		"2026-10-04": "2026-10-08", // 国庆
		"2026-10-24": "2026-10-26",
		"2026-11-14": "2026-11-16",
	}
	// 4 January and 14 February are weekend days that are worked.
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	p, _ := c.Period("2026-10-04")
	if now, ok := c.On(on(t, "2026-10-07 12:00:00")); !ok || now.ID != "2026-10-04" || !now.Due.Equal(p.Due) {
		t.Errorf("on 7 October: %+v", now)
	}
	if now, _ := c.On(on(t, "2026-10-09 00:00:00")); now.ID != "2026-10-14" || !now.From.Equal(p.Due) {
		t.Errorf("on 9 October: %+v", now)
	}
}

// TestDaysMovedTogether asks what becomes of daily reports over a holiday: all of
// them are due on the first working day, and each keeps its own day.
func TestDaysMovedTogether(t *testing.T) {
	c, err := NewCalendar("DTSTART=20260929;UNTIL=20261012;FREQ=DAILY", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Rollover = true
	c.settle(nil, testCatalog(t).Holidays)
	for at, want := range map[string]string{
		"2026-09-30 12:00:00": "2026-09-30", "2026-10-01 12:00:00": "2026-10-01",
		"2026-10-03 12:00:00": "2026-10-03", "2026-10-08 12:00:00": "2026-10-08",
		"2026-10-10 12:00:00": "2026-10-10", // Saturday, worked
		"2026-10-11 12:00:00": "2026-10-11",
	} {
		p, ok := c.On(on(t, at))
		if !ok || p.ID != want || !c.Open(p, on(t, at)) {
			t.Errorf("%s: %s %v open %v, want %s", at, p.ID, ok, c.Open(p, on(t, at)), want)
		}
	}
	if p, _ := c.Period("2026-10-03"); p.Day != "2026-10-08" {
		t.Errorf("3 October is due on %s", p.Day)
	}
	if r := c.Recent(on(t, "2026-10-03 12:00:00"), 2); len(r) != 2 || r[0].ID != "2026-10-03" || r[1].ID != "2026-10-02" {
		t.Errorf("recent %+v", r)
	}
}

func TestWorkingDays(t *testing.T) {
	h := testCatalog(t).Holidays
	for day, want := range map[string]bool{"2026-01-04": true, "2026-01-03": false, "2026-02-14": true, "2026-02-23": false,
		"2026-05-09": true, "2026-10-07": false, "2026-10-10": true, "2025-10-01": true, "2025-10-04": false, "x": false} {
		if h.Working(day) != want {
			t.Errorf("%s: worked %v", day, !want)
		}
	}
}

// TestCityHolidays asks that a city's file takes the place of the years it names,
// and that its mistakes are told with their lines.
func TestCityHolidays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/holidays.yaml", []byte("holidays:\n  - {name: 国庆节, from: 2026-10-01, to: 2026-10-02}\n  - {name: 元旦, from: 2027-01-01, work: [2027-01-02]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(City{Holidays: dir + "/holidays.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{"2026-10-02": false, "2026-10-05": true, "2026-02-16": true, "2027-01-01": false, "2027-01-02": true} {
		if c.Holidays.Working(day) != want {
			t.Errorf("%s: worked %v", day, !want)
		}
	}
	for text, want := range map[string]string{
		"holidays:\n  - {name: 国庆节, from: 2026-10-07, to: 2026-10-01}\n": ":2:23: “国庆节”应写成从哪天到哪天",
		"holidays:\n  - {name: 国庆节, from: 2026-10-01, to: 2027-10-01}\n": "最多 31 天",
		"holidays:\n  - {name: 国庆节, form: 2026-10-01}\n":                 "不认识键“form”",
		"holidays:\n  - {name: 国庆节, from: 十月一日}\n":                       "应写成从哪天到哪天",
		"holiday: []\n": "缺少“holidays”",
		"holidays:\n  - {name: 国庆节, from: 2026-10-01, work: [周六]}\n": "日期“周六”",
	} {
		if err := os.WriteFile(dir+"/holidays.yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(City{Holidays: dir + "/holidays.yaml"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
