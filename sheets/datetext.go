package sheets

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The dates and times that follow the settings of the computer: a Chinese one
// is meant.
var systemFormats = map[string]*numFormat{
	"f800":      parseFormat(`yyyy"年"m"月"d"日"`),
	"f400":      parseFormat("h:mm:ss"),
	"x-sysdate": parseFormat(`yyyy"年"m"月"d"日"`),
	"x-systime": parseFormat("h:mm:ss"),
}

// appendDate writes a moment into a section's placeholders.
func (sec *formatSection) appendDate(dst []byte, m moment, date1904 bool) []byte {
	if sys := systemFormats[sec.local]; sys != nil {
		sec = &sys.sections[0]
	}
	if sec.showsClock() && !sec.showsFractions() {
		m = m.rounded()
	}
	c := clockOf(m, date1904)
	for i := 0; i < len(sec.items); i++ {
		switch it := sec.items[i]; it.kind {
		case itemDate:
			from := len(dst)
			dst = sec.appendDatePart(dst, it.text, c)
			if sec.dbnum > 0 {
				dst = sec.appendDateDigits(dst[:from], it.text, slices.Clone(dst[from:]))
			}
		case itemElapsed:
			dst = appendElapsed(dst, it.text, c.moment)
		case itemPoint:
			if n := sec.fractionDigits(i + 1); n > 0 {
				dst = appendPadded(append(dst, '.'), c.ms%1000, 3)
				dst = dst[:len(dst)-3+n]
				i += n
				continue
			}
			dst = append(dst, '.')
		case itemText, itemUnsure:
		default:
			dst = append(dst, it.text...)
		}
	}
	return dst
}

// fractionDigits counts the zeros after a point: ss.00 shows hundredths.
func (sec *formatSection) fractionDigits(i int) int {
	n := 0
	for n < 3 && i+n < len(sec.items) && sec.items[i+n].kind == itemDigit {
		n++
	}
	return n
}

// showsClock reports that a time of the day is shown. Where none is, half a second
// before midnight is still the day before.
func (sec *formatSection) showsClock() bool {
	return slices.ContainsFunc(sec.items, func(it formatItem) bool {
		return it.kind == itemElapsed || it.kind == itemDate && strings.IndexByte("hns", it.text[0]) >= 0
	})
}

func (sec *formatSection) showsFractions() bool {
	for i, it := range sec.items {
		if it.kind == itemPoint && sec.fractionDigits(i+1) > 0 {
			return true
		}
	}
	return false
}

// clock is a moment taken apart.
type clock struct {
	year, month, day int
	weekday          int // 0 is Sunday
	moment
}

// clockOf knows the two days that only Excel has: 0 and 29 February 1900.
func clockOf(m moment, date1904 bool) clock {
	c := clock{moment: m}
	c.year, c.month, c.day = civil(m.epochDay(date1904))
	c.weekday = int((m.epochDay(date1904) + 4) % 7)
	if c.weekday < 0 {
		c.weekday += 7
	}
	if !date1904 {
		switch m.days {
		case 0:
			c.year, c.month, c.day = 1900, 1, 0
		case leapBug:
			c.year, c.month, c.day = 1900, 2, 29
		}
	}
	return c
}

// civil turns days since 1970-01-01 into a date of the calendar, which repeats
// every 400 years. Years are counted from March, so that the leap day is last.
func civil(days int64) (year, month, day int) {
	days += 719_468 // to 0000-03-01
	era := days / 146_097
	left := days % 146_097
	y := (left - left/1460 + left/36_524 - left/146_096) / 365
	left -= 365*y + y/4 - y/100
	m := (5*left + 2) / 153
	day = int(left - (153*m+2)/5 + 1)
	month = int(m) + 3
	year = int(y + era*400)
	if month > 12 {
		return year + 1, month - 12, day
	}
	return year, month, day
}

// appendElapsed writes hours, minutes or seconds counted through.
func appendElapsed(dst []byte, unit string, m moment) []byte {
	n := (m.days*dayMS + m.ms) / 1000
	switch unit[0] {
	case 'h':
		n /= 3600
	case 'm':
		n /= 60
	}
	return appendPadded(dst, n, len(unit))
}

// appendDatePart writes one placeholder.
func (sec *formatSection) appendDatePart(dst []byte, unit string, c clock) []byte {
	second := c.ms / 1000
	hour := second / 3600
	switch unit[0] {
	case 'y', 'e':
		if unit[0] == 'y' && len(unit) <= 2 {
			return appendPadded(dst, int64(c.year%100), 2)
		}
		return appendPadded(dst, int64(c.year), 4)
	case 'm':
		return sec.appendMonth(dst, len(unit), c.month)
	case 'd':
		if len(unit) >= 3 {
			return append(dst, sec.weekdayName(len(unit), c)...)
		}
		return appendPadded(dst, int64(c.day), len(unit))
	case 'a':
		if len(unit) >= 3 {
			return append(dst, weekdayNames[min(len(unit)-3, 1)][c.weekday]...)
		}
	case 'h':
		if sec.meridie {
			hour = (hour+11)%12 + 1
		}
		return appendPadded(dst, hour, min(len(unit), 2))
	case 'n':
		return appendPadded(dst, second/60%60, len(unit))
	case 's':
		return appendPadded(dst, second%60, min(len(unit), 2))
	case 'A', "上"[0]:
		return append(dst, halfDay(unit, hour >= 12)...)
	}
	return dst
}

// halfDay picks one side of AM/PM, A/P, 上午/下午.
func halfDay(unit string, afternoon bool) string {
	half := (len(unit) - 1) / 2
	if afternoon {
		return unit[half+1:]
	}
	return unit[:half]
}

// weekdayNames are the short (aaa) and long (aaaa) names.
var weekdayNames = [2][7]string{
	{"日", "一", "二", "三", "四", "五", "六"},
	{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
}

// monthNames are the long names; English ones are cut to three letters.
var monthNames = [2][12]string{
	{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	{"一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"},
}

func (sec *formatSection) chinese() bool {
	return strings.HasPrefix(sec.local, "zh") || strings.HasSuffix(sec.local, "804")
}

func (sec *formatSection) appendMonth(dst []byte, width, month int) []byte {
	switch {
	case width <= 2:
		return appendPadded(dst, int64(month), width)
	case sec.chinese() && width == 3:
		return append(strconv.AppendInt(dst, int64(month), 10), "月"...)
	case sec.chinese():
		return append(dst, monthNames[1][month-1]...)
	case width == 3:
		return append(dst, monthNames[0][month-1][:3]...)
	case width == 5:
		return append(dst, monthNames[0][month-1][:1]...)
	}
	return append(dst, monthNames[0][month-1]...)
}

func (sec *formatSection) weekdayName(width int, c clock) string {
	switch {
	case sec.chinese() && width == 3:
		return "周" + weekdayNames[0][c.weekday]
	case sec.chinese():
		return weekdayNames[1][c.weekday]
	case width == 3:
		return time.Weekday(c.weekday).String()[:3]
	}
	return time.Weekday(c.weekday).String()
}
