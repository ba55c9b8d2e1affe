package templates

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// China is the time zone of due days where no other is set: the whole country
// keeps UTC+8 and no summer time, so that no zone database is needed.
var China = time.FixedZone("CST", 8*60*60)

const dayLayout = "2006-01-02"

// calendarYears is how far a rule without an end is followed.
const calendarYears = 100

// recurrence is a calendar laid out: its days, ascending, as 2006-01-02.
type recurrence struct {
	days  []string // the days of the rule, which name the periods
	due   []string // by period: the day it is due, later where it was moved off a holiday
	begin string   // the day the first period begins, "" for any time before
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
	c.rule.due = c.rule.days
	return c, nil
}

// settle gives the calendar its time zone, and moves its due days off holidays
// where it says so. A period keeps its name, and due days their order.
func (c *Calendar) settle(zone *time.Location, h *Holidays) {
	c.zone = zone
	if !c.Rollover {
		return
	}
	c.rule.due = make([]string, len(c.rule.days))
	for i, day := range c.rule.days {
		c.rule.due[i] = h.Next(day)
	}
}

// Zone is the time zone that the calendar's days are meant in.
func (c *Calendar) Zone() *time.Location {
	if c.zone == nil {
		return China
	}
	return c.zone
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

// On returns the period whose window holds the time: after the previous due day,
// to the end of its own. The time of day that a file is due at makes it late, and
// does not move it into the next period.
func (c *Calendar) On(t time.Time) (Period, bool) {
	i := c.at(t)
	if i == len(c.rule.due) {
		return Period{}, false
	}
	p := c.period(i)
	return p, t.After(p.From)
}

// at is the index of the period in whose window the day of t falls, as far as
// its end goes. Of several that were moved to one day off a holiday, it is the
// one whose own day has not passed.
func (c *Calendar) at(t time.Time) int {
	day := t.In(c.Zone()).Format(dayLayout)
	i, _ := slices.BinarySearch(c.rule.due, day)
	for i+1 < len(c.rule.due) && c.rule.due[i+1] == c.rule.due[i] && c.rule.days[i] < day {
		i++
	}
	return i
}

// Before returns the period before this one.
func (c *Calendar) Before(p Period) (Period, bool) {
	i, ok := slices.BinarySearch(c.rule.days, p.ID)
	if !ok || i == 0 {
		return Period{}, false
	}
	return c.period(i - 1), true
}

// After returns the period after this one.
func (c *Calendar) After(p Period) (Period, bool) {
	i, ok := slices.BinarySearch(c.rule.days, p.ID)
	if !ok || i+1 == len(c.rule.days) {
		return Period{}, false
	}
	return c.period(i + 1), true
}

// Recent returns up to n periods that had begun by the time, newest first.
func (c *Calendar) Recent(t time.Time, n int) []Period {
	var out []Period
	for i := min(c.at(t), len(c.rule.days)-1); i >= 0 && len(out) < n; i-- {
		if p := c.period(i); t.After(p.From) {
			out = append(out, p)
		}
	}
	return out
}

// Open says whether a file for the period is still taken, or taken already.
func (c *Calendar) Open(p Period, at time.Time) bool {
	return at.After(p.From) && !c.Locked(p, at)
}

// Locked says whether the time is past the days of grace, from when on no file
// for the period is taken.
func (c *Calendar) Locked(p Period, at time.Time) bool {
	return c.Grace != 0 && at.After(p.Due.Add(c.Grace))
}

// period is the i-th period. The first one begins on the rule's DTSTART, or at
// any time before when there is none.
func (c *Calendar) period(i int) Period {
	p := Period{ID: c.rule.days[i], Day: c.rule.due[i], Due: c.endOf(c.rule.due[i])}
	if c.At > 0 {
		p.Due = c.midnight(p.Day).Add(c.At)
	}
	switch {
	case i > 0 && c.rule.due[i-1] < c.rule.due[i]:
		p.From = c.endOf(c.rule.due[i-1])
	case i > 0: // both were moved to the same day
		p.From = c.endOf(c.rule.days[i-1])
	case c.rule.begin != "":
		p.From = c.midnight(c.rule.begin).Add(-time.Nanosecond)
	}
	return p
}

// midnight is the first instant of a day.
func (c *Calendar) midnight(day string) time.Time {
	t, err := time.ParseInLocation(dayLayout, day, c.Zone())
	if err != nil {
		return time.Time{} // days are checked before they come here
	}
	return t
}

// endOf is the last instant of a day.
func (c *Calendar) endOf(day string) time.Time {
	return c.midnight(day).AddDate(0, 0, 1).Add(-time.Nanosecond)
}

// ParseClock reads a time of day such as 17:00 as the time since midnight.
func ParseClock(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 || s == "00:00" { // the first instant of a day is the end of the one before
		return 0, fmt.Errorf("时刻“%s”应写成 \"17:00\" 的样子，从 \"00:01\" 到 \"23:59\"", short(s))
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
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
