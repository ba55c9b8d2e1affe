package api

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"taizhang/merge"
	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

const tasksForm = `form: tasks
title: 整改任务
kind: ledger
primaryKey: [no]
fields:
  - {name: no, title: 编号, type: text, constraints: {required: true}}
  - {name: limit, title: 整改时限, type: deadline}
  - {name: state, title: 状态, type: enum, constraints: {enum: [进行中, 完成]}}
`

// openTasks is an office whose one ledger has deadlines.
func openTasks(t *testing.T) *office {
	t.Helper()
	o, dir := open(t), t.TempDir()
	for name, text := range map[string]string{
		"tasks.yaml": tasksForm, "counties.list": fiveCounties,
		"colours.list": "colours: [{name: blue, days: 15}, {name: yellow, days: 5}, {name: red, days: -1}]\n" +
			"deadlines: [{form: tasks, fields: [limit], done: \"state == '完成'\"}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	catalog, err := templates.Load(templates.City{Forms: dir, Counties: filepath.Join(dir, "counties.list"), Colours: filepath.Join(dir, "colours.list")})
	if err != nil {
		t.Fatal(err)
	}
	store, err := merge.Open(t.Context(), filepath.Join(dir, "tasks.db"), catalog, o.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	o.store, o.deps.Store, o.deps.Catalog = store, store, catalog
	o.handler = New(o.deps)
	return o
}

// The items of 22 November 2026, as JSON and as a page.
func TestOverduePage(t *testing.T) {
	o := openTasks(t)
	if got := get[[]merge.Item](o, "/api/v1/overdue"); got == nil || len(got) != 0 {
		t.Errorf("%v of an empty store", got)
	}
	o.file("甲县", "任务.xlsx", "编号|整改时限|状态\nJ1|2026-11-20|进行中\nJ2|2026-11-22|进行中\nJ3|2026-12-05|进行中\nJ4|2026-12-30|进行中\nJ5|2026-11-01|完成")
	o.file("乙县", "任务.xlsx", "编号|整改时限|状态\nY1|长期坚持|进行中\nY2|2026年10月底前|进行中")
	var got []string
	for _, i := range get[[]merge.Item](o, "/api/v1/overdue") {
		got = append(got, i.County+" "+i.Label+" "+i.Colour)
	}
	if d := cmp.Diff([]string{"乙县 Y2 red", "甲县 J1 red", "甲县 J2 yellow", "甲县 J3 blue"}, got); d != "" {
		t.Error(d)
	}
	page := o.ask("GET", "/overdue", nil).Body.String()
	colours := regexp.MustCompile(`data-colour="(\w+)"`).FindAllStringSubmatch(page, -1)
	if len(colours) != 4 || colours[0][1] != "red" || colours[3][1] != "blue" {
		t.Errorf("colours %v", colours)
	}
	for _, text := range []string{"红 2", "黄 1", "蓝 1", "已逾期 22 天", "已逾期 2 天", "今天到期", "还有 13 天"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	page = o.ask("GET", "/overdue?county="+"%E4%B9%99%E5%8E%BF", nil).Body.String()
	if strings.Contains(page, "J1") || !strings.Contains(page, "Y2") {
		t.Error("the page of 乙县 shows other counties")
	}
	problemOf(t, o.ask("GET", "/api/v1/overdue?county=nobody", nil), 422, "county-unknown") // not: nothing is overdue
}

// What a county was told stands beside its state.
func TestBoardShowsWhatWasTold(t *testing.T) {
	o := usual(t)
	chase := merge.Chase{Forms: []string{"visits"}, Stages: merge.Stages{Remind: merge.Offset{Days: 3}, At: 9 * 3600e9}}
	store := o.store
	if n, err := store.Chase(t.Context(), chase); err != nil || n != 3 { // 丙县 returned, 丁区 and 高新区 nothing
		t.Fatalf("told %d, %v", n, err)
	}
	page := o.ask("GET", "/", nil).Body.String()
	if n := strings.Count(page, `data-told="remind"`); n != 3 || !strings.Contains(page, "已催办") {
		t.Errorf("%d counties are shown as reminded", n)
	}
}
