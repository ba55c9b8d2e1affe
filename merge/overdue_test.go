package merge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

const tasksForm = `form: tasks
title: 整改任务
kind: ledger
primaryKey: [no]
fields:
  - {name: no, title: 编号, type: text, constraints: {required: true}}
  - {name: by, title: 反馈时限, type: date}
  - {name: limit, title: 整改时限, type: deadline}
  - {name: state, title: 状态, type: enum, constraints: {enum: [进行中, 完成]}}
`

const tasksColours = `colours:
  - {name: red, days: -1}
  - {name: blue, days: 10}
  - {name: yellow, days: 3}
deadlines:
  - {form: tasks, fields: [limit, by], done: "state == '完成'"}
`

// newTasks opens a store on 20 March 2026 at nine with the tasks form alone.
func newTasks(t *testing.T, colours string) (*city, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"tasks.yaml": tasksForm, "counties.yml.list": "counties: [{name: 甲县}, {name: 乙县}]\n", "colours.list": colours} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	catalog, err := templates.Load(templates.City{Forms: dir, Counties: filepath.Join(dir, "counties.yml.list"), Colours: filepath.Join(dir, "colours.list")})
	if err != nil {
		return nil, err
	}
	c := &city{t: t, catalog: catalog, clock: minute("03-20 09:00")}
	c.Store, err = Open(context.Background(), filepath.Join(dir, "taizhang.db"), catalog, func() time.Time { return c.clock })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, nil
}

func overdueLines(t *testing.T, c *city, county string) (out []string) {
	t.Helper()
	items, err := c.Overdue(context.Background(), county)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		out = append(out, fmt.Sprint(i.County, " ", i.Label, " ", i.Day, " ", i.Left, " ", i.Colour))
	}
	return out
}

// TestOverdue writes out which rows are overdue or near on 20 March 2026.
func TestOverdue(t *testing.T) {
	c, err := newTasks(t, tasksColours)
	if err != nil {
		t.Fatal(err)
	}
	c.must(templates.Accepted, "甲县", "1.xlsx", c.book("tasks",
		"J1||2026年3月19日前|进行中",          // one day over
		"J2||2026-03-20|进行中",           // today
		"J3||2026-03-23|进行中",           // three days
		"J4||2026-03-24|进行中",           // four
		"J5||2026-03-30|进行中",           // ten
		"J6||2026-03-31|进行中",           // eleven: not yet
		"J7||2026-03-01|完成",            // done
		"J8|2026-03-01|长期坚持|进行中",       // goes on for ever, whatever the other field says
		"J9|2026-03-10|2026-12-31|进行中", // the first field that is filled in counts
		"J10|2026-03-10||进行中",          // the second one, where the first is blank
		"J11|||进行中"))                   // no deadline
	c.must(templates.Accepted, "乙县", "1.xlsx", c.book("tasks", "Y1||2025年12月底前|进行中"))
	want := []string{
		"乙县 Y1 2025-12-31 -79 red", "甲县 J10 2026-03-10 -10 red", "甲县 J1 2026-03-19 -1 red",
		"甲县 J2 2026-03-20 0 yellow", "甲县 J3 2026-03-23 3 yellow", "甲县 J4 2026-03-24 4 blue", "甲县 J5 2026-03-30 10 blue",
	}
	if diff := cmp.Diff(want, overdueLines(t, c, "")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[:1], overdueLines(t, c, "乙县")); diff != "" {
		t.Error(diff)
	}
}

// TestOverdueIsToldOnceAWeek follows the notices of a fortnight.
func TestOverdueIsToldOnceAWeek(t *testing.T) {
	c, err := newTasks(t, tasksColours)
	if err != nil {
		t.Fatal(err)
	}
	c.must(templates.Accepted, "甲县", "1.xlsx", c.book("tasks", "J1||2026-03-19|进行中"))
	var told []string
	for c.clock = minute("03-20 00:00"); c.clock.Before(minute("04-04 00:00")); c.clock = c.clock.Add(time.Hour) {
		if c.clock.Equal(minute("04-01 12:00")) {
			c.must(templates.Accepted, "甲县", "2.xlsx", c.book("tasks", "J1||2026-03-19|完成"))
		}
		n, err := c.TellOverdue(context.Background(), yearChase, 7)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			told = append(told, fmt.Sprint(n, " ", c.clock.Format("01-02 15:04")))
		}
	}
	if diff := cmp.Diff([]string{"1 03-20 09:00", "1 03-27 09:00"}, told); diff != "" {
		t.Error(diff)
	}
	if n, err := c.TellOverdue(context.Background(), yearChase, 0); n != 0 || err != nil {
		t.Errorf("told %d though it is off, %v", n, err)
	}
}

// TestColoursAreReadStrictly asks for the mistakes of a city's own file.
func TestColoursAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(tasksColours, "name: red", "name: green", 1):      "“name”不能是“green”",
		strings.Replace(tasksColours, "days: 3", "days: soon", 1):         "“days”应是",
		strings.Replace(tasksColours, "form: tasks", "form: nothing", 1):  "“nothing”不是台账类的表",
		strings.Replace(tasksColours, "[limit, by]", "[limit, state]", 1): "“state”不是这张表的日期或期限栏",
		strings.Replace(tasksColours, "state ==", "stage ==", 1):          "stage",
		strings.Replace(tasksColours, "deadlines:", "deadline:", 1):       "不认识键“deadline”",
	} {
		if _, err := newTasks(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v\n%s", want, err, text)
		}
	}
}
