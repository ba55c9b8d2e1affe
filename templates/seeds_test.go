package templates_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"taizhang/templates"

	"go.yaml.in/yaml/v4"
)

// planTask is a measure of the plan of 2017 and how a person reads it.
type planTask struct {
	TaskNo    string `yaml:"task_no"`
	Category  string `yaml:"category"`
	Problem   string `yaml:"problem"`
	Deadline  string `yaml:"deadline"`
	LeadUnit  string `yaml:"lead_unit"`
	RespUnits string `yaml:"resp_units"`
	Units     int    `yaml:"units"`
	On        string `yaml:"on"`
	Open      string `yaml:"open"`
}

func planTasks(t *testing.T) []planTask {
	t.Helper()
	text, err := os.ReadFile("../testdata/seeds/yuxi_2017.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []planTask
	if err := yaml.Load(text, &list, yaml.WithKnownFields()); err != nil {
		t.Fatal(err)
	}
	return list
}

// planReading is the plan as a city's own list, filled in and read back.
func planReading(t *testing.T, tasks []planTask) *templates.Reading {
	t.Helper()
	c, err := templates.Load(templates.City{})
	if err != nil {
		t.Fatal(err)
	}
	city := &templates.County{Name: "玉溪市", Folder: "市级"}
	c.Counties = templates.NewCounties(city)
	var rows []map[string]any
	for _, task := range tasks {
		rows = append(rows, map[string]any{
			"task_no": task.TaskNo, "source": "中央督察", "category": task.Category, "problem": task.Problem, "county": city.Name,
			"deadline": task.Deadline, "lead_unit": task.LeadUnit, "resp_units": task.RespUnits,
			"period": "2017-06", "progress": "已印发实施方案", "state": "达到序时进度",
		})
	}
	now := time.Date(2017, 6, 19, 9, 0, 0, 0, templates.China)
	d := templates.Blank(c.Form("task_progress"), templates.BlankOptions{County: city, Period: "2017-06-25", Date: "2017-06-19", Rows: rows})
	r := c.Judge(redrawn(t, d), templates.Sender{County: city, File: "任务清单.xlsx", Now: now})
	r.Compare(templates.Past{})
	return r
}

// TestPlanOfTwentyTwo reads the 22 tasks of a plan of 2017: every wording of its
// deadlines is understood as a person does, every unit kept, and 21 count.
func TestPlanOfTwentyTwo(t *testing.T) {
	tasks := planTasks(t)
	r := planReading(t, tasks)
	if len(tasks) != 22 || r.Read != 22 || r.Verdict != templates.Accepted {
		t.Fatalf("%d tasks, %d read, verdict %s", len(tasks), r.Read, r.Verdict)
	}
	for _, f := range r.Findings {
		if f.Severity != templates.Handled {
			t.Errorf("%s %s: %s", f.Code, f.Cell, f.Message)
		}
	}
	value := func(row templates.Row, field string) templates.Value { return row.Values[r.Form.Field(field).Index] }
	for i, task := range tasks {
		due, units := value(r.Rows[i], "deadline"), value(r.Rows[i], "resp_units")
		if due.Text != task.Deadline || due.Day != task.On || due.Open != (task.Open == "是") {
			t.Errorf("%s: %q is due %q, open %v; want %q, %s", task.TaskNo, due.Text, due.Day, due.Open, task.On, task.Open)
		}
		if len(units.List()) != task.Units || strings.Join(units.List(), "") != strings.NewReplacer("、", "", "，", "").Replace(task.RespUnits) {
			t.Errorf("%s: responsible are %q", task.TaskNo, units.List())
		}
		if lead := value(r.Rows[i], "lead_unit").Text; lead != task.LeadUnit {
			t.Errorf("%s: %q leads, want %q", task.TaskNo, lead, task.LeadUnit)
		}
	}
}

// TestPlanCounts counts the plan: 21 tasks without the one that is only watched;
// of these, 8 are due within 2017: six in the course of the year or by its end,
// one from 2017 on, one at once.
func TestPlanCounts(t *testing.T) {
	r := planReading(t, planTasks(t))
	c, err := templates.Load(templates.City{})
	if err != nil {
		t.Fatal(err)
	}
	s := c.Summary("task_by_state")
	got := map[string]int{}
	for _, row := range r.Rows {
		if !s.Counts(row.Values) {
			continue
		}
		for _, column := range s.Columns {
			if column.Count != "" && column.Counts(row.Values) {
				got[column.Name]++
			}
		}
	}
	if got["tasks"] != 21 || got["due"] != 8 || got["done"] != 0 || got["overdue"] != 0 {
		t.Errorf("%v", got)
	}
}
