package templates

import (
	"regexp"
	"strings"
	"time"
)

// weekdayBehind is a day of the week behind a date: (星期一), 周一.
var weekdayBehind = regexp.MustCompile(`\s*\(?(?:星期|礼拜|周)([日天一二三四五六])\)?$`)

// weekdays are spelt in the order of time.Weekday.
var weekdays = []rune("日一二三四五六")

// cutWeekday takes the day of the week off a date; -1 for none.
func cutWeekday(text string) (string, time.Weekday) {
	if !strings.ContainsAny(text, "期拜周") { // which no plain date has
		return text, -1
	}
	at := weekdayBehind.FindStringSubmatchIndex(text)
	if at == nil {
		return text, -1
	}
	said := strings.Replace(text[at[2]:at[3]], "天", "日", 1)
	for i, name := range weekdays {
		if string(name) == said {
			return text[:at[0]], time.Weekday(i)
		}
	}
	return text, -1
}

// onWeekday holds a date against the day of the week that was written beside it.
// One of the two is wrong where they differ, and only the county knows which.
func (o typed) onWeekday(said time.Weekday) typed {
	when, err := time.Parse(dayLayout, o.value.Day)
	if said < 0 || o.code != "" || err != nil || when.Weekday() == said {
		return o
	}
	return wrong("C04", "weekday", facts{"Day": o.value.Day, "Is": string(weekdays[when.Weekday()])})
}
