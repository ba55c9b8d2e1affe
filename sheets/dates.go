package sheets

import (
	"strconv"
	"strings"
	"time"
)

// DateOf returns the day and time of a cell of kind Date, or of a number that is
// to be read as a serial date, in UTC and to the millisecond. It returns false
// for anything that is no day of the calendar: a time without a day, a number
// out of range, and 29 February 1900, which Excel counts but which never was.
func DateOf(c Cell, date1904 bool) (time.Time, bool) {
	switch c.Kind {
	case Date, Number:
	default:
		return time.Time{}, false
	}
	if c.Kind == Date && strings.ContainsAny(c.Raw, "-T:") && !strings.ContainsAny(c.Raw, "eE") {
		return isoDate(c.Raw)
	}
	f, ok := scanFigure([]byte(c.Raw))
	if !ok {
		return time.Time{}, false
	}
	m, ok := momentOf(f)
	if !ok || !m.isDay(date1904) {
		return time.Time{}, false
	}
	return m.time(date1904), true
}

// moment is a serial date: days, and milliseconds of the day.
type moment struct{ days, ms int64 }

const dayMS = 24 * 60 * 60 * 1000

// momentOf splits a serial date. The tenth decimal of a day is 9 microseconds,
// so what is rounded away is no time anybody wrote.
func momentOf(f figure) (moment, bool) {
	if f.neg || f.point > 7 {
		return moment{}, false
	}
	f.round(10)
	var m moment
	for place := f.point - 1; place >= 0; place-- {
		m.days = m.days*10 + int64(f.digit(place)-'0')
	}
	var part int64
	for place := -1; place >= -10; place-- {
		part = part*10 + int64(f.digit(place)-'0')
	}
	return m.at((part*dayMS + 5e9) / 1e10), true
}

// at sets the time of the day.
func (m moment) at(ms int64) moment {
	return moment{days: m.days + ms/dayMS, ms: ms % dayMS}
}

// rounded rounds to full seconds.
func (m moment) rounded() moment { return m.at((m.ms + 500) / 1000 * 1000) }

// The serial number of 31 December 9999, and of the day that never was.
const (
	lastSerial1900 = 2_958_465
	lastSerial1904 = 2_957_003
	leapBug        = 60
)

func (m moment) isDay(date1904 bool) bool {
	if date1904 {
		return m.days <= lastSerial1904
	}
	return m.days >= 1 && m.days != leapBug && m.days <= lastSerial1900
}

func (m moment) time(date1904 bool) time.Time {
	return time.UnixMilli(m.epochDay(date1904)*dayMS + m.ms).UTC()
}

// epochDay counts from 1970-01-01. Serial dates count from 1904-01-01, or from
// 1899-12-30: one day later before March 1900, because Excel takes 1900 for a
// leap year.
func (m moment) epochDay(date1904 bool) int64 {
	const from1904, from1900 = -24_107, -25_569
	switch {
	case date1904:
		return m.days + from1904
	case m.days < leapBug:
		return m.days + from1900 + 1
	}
	return m.days + from1900
}

// isoDate reads the dates of a workbook that was saved as Strict Open XML. A
// time without a day is no date.
func isoDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), true
		}
	}
	return time.Time{}, false
}

// isoMoment is an ISO date as a serial one, so that it can be shown.
func isoMoment(s string, date1904 bool) (moment, bool) {
	t, ok := isoDate(s)
	if !ok {
		return moment{}, false
	}
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	m := moment{days: midnight.UnixMilli()/dayMS - moment{days: leapBug}.epochDay(date1904) + leapBug, ms: t.Sub(midnight).Milliseconds()}
	if !date1904 && m.days <= leapBug {
		m.days--
	}
	return m, m.days >= 0 && m.isDay(date1904)
}

// appendPadded writes a number with at least so many digits.
func appendPadded(dst []byte, n int64, width int) []byte {
	for low := int64(10); width > 1; width-- {
		if n < low {
			dst = append(dst, '0')
		}
		low *= 10
	}
	return strconv.AppendInt(dst, n, 10)
}
