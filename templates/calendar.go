package templates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// China is the time zone of all due days: the whole country keeps UTC+8 and no
// summer time, so that no zone database is needed.
var China = time.FixedZone("CST", 8*60*60)

const dayLayout = "2006-01-02"

// calendarYears is how far a rule without an end is followed.
const calendarYears = 100

// recurrence is a calendar laid out: its due days, ascending, as 2006-01-02.
type recurrence struct {
	days  []string
	begin string // the day the first period begins, "" for any time before
}

// NewCalendar lays out the due days of a rule (RRULE with DTSTART, days only)
// and of single dates. Either may be empty, but not both.
func NewCalendar(rule string, dates []string, grace time.Duration) (*Calendar, error) {
	c := &Calendar{Rule: rule, Dates: dates, Grace: grace}
	for _, d := range dates {
		if _, err := time.Parse(dayLayout, d); err != nil {
			return nil, fmt.Errorf("日期“%s”应写成 2019-12-20", short(d))
		}
		c.rule.days = append(c.rule.days, d)
	}
	if rule != "" {
		if err := c.follow(rule); err != nil {
			return nil, err
		}
	}
	slices.Sort(c.rule.days)
	c.rule.days = slices.Compact(c.rule.days)
	if len(c.rule.days) == 0 {
		return nil, fmt.Errorf("一个报送日也没有")
	}
	if c.rule.begin > c.rule.days[0] {
		c.rule.begin = ""
	}
	return c, nil
}

// follow adds the days of an RRULE.
func (c *Calendar) follow(rule string) error {
	option, err := rrule.StrToROption(rule)
	if err != nil {
		return fmt.Errorf("报送规则写法有误：%w", err)
	}
	if option.Freq > rrule.DAILY {
		return fmt.Errorf("报送规则最细到天：FREQ 可用 YEARLY、MONTHLY、WEEKLY、DAILY")
	}
	if option.Dtstart.IsZero() || option.Dtstart.Year() < 1900 || option.Dtstart.Year() > 2200 {
		return fmt.Errorf("报送规则缺少开始日，应有 DTSTART=20190104 这样的一段")
	}
	if !daysOnly(option) {
		return fmt.Errorf("报送规则只写日子，不写时刻")
	}
	r, err := rrule.NewRRule(*option)
	if err != nil {
		return fmt.Errorf("报送规则写法有误：%w", err)
	}
	last := option.Dtstart.AddDate(calendarYears, 0, 0)
	found := r.Between(option.Dtstart, last, true)
	if len(found) == 0 {
		return fmt.Errorf("报送规则一个日子也得不出")
	}
	for _, t := range found {
		c.rule.days = append(c.rule.days, t.Format(dayLayout))
	}
	c.rule.begin = option.Dtstart.Format(dayLayout)
	return nil
}

// daysOnly says whether the rule names days and no times of day.
func daysOnly(o *rrule.ROption) bool {
	midnight := o.Dtstart.Equal(o.Dtstart.Truncate(24 * time.Hour))
	return midnight && len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) == 0
}

// Period returns the period of a due day.
func (c *Calendar) Period(id string) (Period, bool) {
	i, ok := slices.BinarySearch(c.rule.days, id)
	if !ok {
		return Period{}, false
	}
	return c.period(i), true
}

// On returns the period whose window holds the time: after the end of the
// previous due day, up to the end of its own.
func (c *Calendar) On(t time.Time) (Period, bool) {
	i, _ := slices.BinarySearch(c.rule.days, t.In(China).Format(dayLayout))
	if i == len(c.rule.days) {
		return Period{}, false
	}
	p := c.period(i)
	return p, t.After(p.From)
}

// Before returns the period before this one.
func (c *Calendar) Before(p Period) (Period, bool) {
	i, ok := slices.BinarySearch(c.rule.days, p.ID)
	if !ok || i == 0 {
		return Period{}, false
	}
	return c.period(i - 1), true
}

// Recent returns up to n periods that had begun by the time, newest first.
func (c *Calendar) Recent(t time.Time, n int) []Period {
	i, _ := slices.BinarySearch(c.rule.days, t.In(China).Format(dayLayout))
	var out []Period
	for i = min(i, len(c.rule.days)-1); i >= 0 && len(out) < n; i-- {
		if p := c.period(i); t.After(p.From) {
			out = append(out, p)
		}
	}
	return out
}

// Open says whether a file for the period is still taken, or taken already.
func (c *Calendar) Open(p Period, at time.Time) bool {
	if !at.After(p.From) {
		return false
	}
	return c.Grace == 0 || !at.After(p.Due.Add(c.Grace))
}

// period is the i-th period. The first one begins on the rule's DTSTART, or at
// any time before when there is none.
func (c *Calendar) period(i int) Period {
	p := Period{ID: c.rule.days[i], Due: endOfDay(c.rule.days[i])}
	switch {
	case i > 0:
		p.From = endOfDay(c.rule.days[i-1])
	case c.rule.begin != "":
		p.From = endOfDay(c.rule.begin).AddDate(0, 0, -1)
	}
	return p
}

// endOfDay is the last instant of a day in China.
func endOfDay(day string) time.Time {
	t, err := time.ParseInLocation(dayLayout, day, China)
	if err != nil {
		return time.Time{} // days are checked before they come here
	}
	return t.AddDate(0, 0, 1).Add(-time.Nanosecond)
}

// parseGrace reads 15d, 2w or 12h.
func parseGrace(s string) (time.Duration, error) {
	bad := fmt.Errorf("宽限期“%s”应写成 15d、2w 或 12h（天、周、小时），从 1 到 3650 天", short(s))
	units := map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	for unit, length := range units {
		digits, ok := strings.CutSuffix(s, unit)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || time.Duration(n) > 3650*24*time.Hour/length {
			return 0, bad
		}
		return time.Duration(n) * length, nil
	}
	return 0, bad
}
