package templates

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// on is a time of day in China.
func on(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, China)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestCalendarDays(t *testing.T) {
	tests := []struct {
		name, rule string
		dates      []string
		want       []string
	}{
		{"the 4th, 14th and 24th of a campaign, and its closing report",
			"DTSTART=20191023;UNTIL=20191231;FREQ=MONTHLY;BYMONTHDAY=4,14,24", []string{"2019-12-20"},
			[]string{"2019-10-24", "2019-11-04", "2019-11-14", "2019-11-24", "2019-12-04", "2019-12-14", "2019-12-20", "2019-12-24"}},
		{"the last day of each month, also in a leap year",
			"DTSTART=20240101;UNTIL=20240430;FREQ=MONTHLY;BYMONTHDAY=-1", nil,
			[]string{"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"}},
		{"every Friday", "RRULE:FREQ=WEEKLY;DTSTART=20261101;COUNT=3;BYDAY=FR", nil,
			[]string{"2026-11-06", "2026-11-13", "2026-11-20"}},
		{"each quarter", "DTSTART=20210401;UNTIL=20220131;FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5", nil,
			[]string{"2021-04-05", "2021-07-05", "2021-10-05", "2022-01-05"}},
		{"single dates in any order, once", "", []string{"2019-12-20", "2019-10-24", "2019-12-20"},
			[]string{"2019-10-24", "2019-12-20"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := NewCalendar(test.rule, test.dates, 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c.rule.days); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestCalendarRefuses(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=MONTHLY":                                        "DTSTART",
		"DTSTART=20190104;FREQ=HOURLY":                        "最细到天",
		"DTSTART=20190104;FREQ=DAILY;BYHOUR=9":                "不写时刻",
		"DTSTART=20190104T090000Z;FREQ=DAILY":                 "不写时刻",
		"DTSTART=20190104;FREQ=MONTHLY;BYMONTHDAY=40":         "写法有误",
		"DTSTART=20190104;FREQ=OFTEN":                         "写法有误",
		"DTSTART=20190104;BYMONTHDAY=4":                       "写法有误",
		"DTSTART=20190104":                                    "写法有误",
		"every month":                                         "写法有误",
		"DTSTART=99990104;FREQ=DAILY":                         "DTSTART",
		"DTSTART=20190104;FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30": "一个日子也得不出",
		"DTSTART=20190104;UNTIL=20180101;FREQ=DAILY":          "一个日子也得不出",
		"": "一个报送日也没有",
	} {
		begin := time.Now()
		_, err := NewCalendar(rule, nil, 0)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", rule, err, want)
		}
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("%s: took %v", rule, d)
		}
	}
}

func campaign(t *testing.T, grace time.Duration) *Calendar {
	t.Helper()
	c, err := NewCalendar("DTSTART=20191023;UNTIL=20191231;FREQ=MONTHLY;BYMONTHDAY=4,14,24", []string{"2019-12-20"}, grace)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCalendarOn(t *testing.T) {
	c := campaign(t, 0)
	for at, want := range map[string]string{
		"2019-10-22 23:59:59": "", // before the campaign
		"2019-10-23 00:00:00": "2019-10-24",
		"2019-10-24 23:59:59": "2019-10-24",
		"2019-10-25 00:00:00": "2019-11-04",
		"2019-12-14 12:00:00": "2019-12-14",
		"2019-12-15 00:00:00": "2019-12-20",
		"2019-12-20 23:59:59": "2019-12-20",
		"2019-12-21 08:00:00": "2019-12-24",
		"2019-12-25 00:00:00": "", // after the campaign
	} {
		p, ok := c.On(on(t, at))
		if p.ID != want && ok || ok != (want != "") {
			t.Errorf("%s: %s %v, want %q", at, p.ID, ok, want)
		}
		if utc, _ := c.On(on(t, at).UTC()); utc.ID != p.ID {
			t.Errorf("%s: %s when asked in UTC", at, utc.ID)
		}
	}
}

func TestCalendarPeriods(t *testing.T) {
	c := campaign(t, 5*24*time.Hour)
	p, ok := c.Period("2019-11-04")
	if !ok || !p.Due.Equal(on(t, "2019-11-05 00:00:00").Add(-time.Nanosecond)) || p.Due.Format(dayLayout) != "2019-11-04" {
		t.Errorf("due %v", p.Due)
	}
	if !p.From.Equal(on(t, "2019-10-25 00:00:00").Add(-time.Nanosecond)) {
		t.Errorf("from %v", p.From)
	}
	if _, ok := c.Period("2019-11-05"); ok {
		t.Error("2019-11-05 is no due day")
	}
	before, ok := c.Before(p)
	if !ok || before.ID != "2019-10-24" || !before.From.Equal(on(t, "2019-10-23 00:00:00").Add(-time.Nanosecond)) {
		t.Errorf("before: %+v %v", before, ok)
	}
	if _, ok := c.Before(before); ok {
		t.Error("there is a period before the first")
	}
	for at, want := range map[string]bool{
		"2019-10-24 12:00:00": false, // not begun
		"2019-10-25 00:00:00": true,
		"2019-11-04 23:59:59": true,
		"2019-11-09 23:59:59": true, // the last of five days
		"2019-11-10 00:00:00": false,
	} {
		if got := c.Open(p, on(t, at)); got != want {
			t.Errorf("open at %s: %v", at, got)
		}
	}
	if c.Grace = 0; !c.Open(p, on(t, "2031-01-01 00:00:00")) {
		t.Error("without a grace a late file is taken for ever")
	}
}

func TestCalendarRecent(t *testing.T) {
	c := campaign(t, 0)
	ids := func(at string, n int) string {
		var out []string
		for _, p := range c.Recent(on(t, at), n) {
			out = append(out, p.ID)
		}
		return strings.Join(out, " ")
	}
	for _, test := range []struct {
		at   string
		n    int
		want string
	}{
		{"2019-10-01 00:00:00", 3, ""},
		{"2019-10-23 08:00:00", 3, "2019-10-24"},
		{"2019-11-20 08:00:00", 3, "2019-11-24 2019-11-14 2019-11-04"},
		{"2021-01-01 00:00:00", 2, "2019-12-24 2019-12-20"},
	} {
		if got := ids(test.at, test.n); got != test.want {
			t.Errorf("%s: %q, want %q", test.at, got, test.want)
		}
	}
}

// TestSingleDates asks that a form with one date takes files at any time before.
func TestSingleDates(t *testing.T) {
	c, err := NewCalendar("", []string{"2019-12-20"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := c.On(on(t, "2019-01-01 00:00:00")); !ok || p.ID != "2019-12-20" || !p.From.IsZero() {
		t.Errorf("%+v %v", p, ok)
	}
}

func TestGrace(t *testing.T) {
	for text, want := range map[string]time.Duration{"15d": 360 * time.Hour, "2w": 336 * time.Hour, "12h": 12 * time.Hour, "3650d": 87600 * time.Hour} {
		if got, err := parseGrace(text); got != want || err != nil {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "15", "d", "0d", "-1d", "1.5d", "3651d", "99999999999999999999d", "15 d", "1m"} {
		if got, err := parseGrace(text); err == nil {
			t.Errorf("%q: taken as %v", text, got)
		}
	}
}
