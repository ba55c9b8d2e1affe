package templates

import (
	"strings"
	"testing"
)

// ruleCase is a row, and how it stood before, as name=text, and the rules it breaks.
type ruleCase struct{ cells, old, want string }

func checkRules(t *testing.T, form string, cases []ruleCase) {
	t.Helper()
	f := mustLoad(t, nil).Form(form)
	row := func(text string) []Value {
		if text == "" {
			return nil
		}
		cells := map[string]string{}
		for _, pair := range strings.Fields(text) {
			name, value, _ := strings.Cut(pair, "=")
			cells[name] = value
		}
		return petition(f, cells)
	}
	for _, c := range cases {
		if got := strings.Join(broken(t, f, row(c.cells), row(c.old)), " "); got != c.want {
			t.Errorf("%s after %q: broken %q, want %q", c.cells, c.old, got, c.want)
		}
	}
}

// TestClosedStaysClosed: an item steps down only when it says why.
func TestClosedStaysClosed(t *testing.T) {
	for form, done := range map[string]string{
		"petition_ledger":  "status=已办结 investigation=属实 veracity=属实 progress=已改 closed_on=2021-05-01",
		"open_issue_check": "status=已办结 progress=已改",
	} {
		checkRules(t, form, []ruleCase{
			{done, "status=正在办理", ""},
			{done, done, ""},
			{"status=正在办理 progress=重新整改", done, "status-steps-down"},
			{"status=正在办理 progress=问题反弹，重新整改", done, ""},
			{"status=正在办理 progress=市里退回重办", done, ""},
		})
	}
}

func TestTaskRules(t *testing.T) {
	checkRules(t, "task_progress", []ruleCase{
		{"state=达到序时进度 pct=60", "", ""},
		{"state=完成整改", "", "done-needs-date"},
		{"state=完成销号 completed_on=2017-08-01", "", ""},
		{"state=完成销号 completed_on=2017-08-01 pct=99.5", "", "done-is-whole"},
		{"state=达到序时进度 completed_on=2017-08-01", "", "date-means-done"},
		{"state=基本完成 completed_on=2017-08-01 pct=95", "", ""},
		{"state=尚未启动 issues=用地 pct=5", "", "not-begun-is-nothing"},
		{"state=未达到序时进度", "", "behind-needs-reason"},
		{"state=超过序时进度", "state=达到序时进度", ""},
		{"state=达到序时进度", "state=达到序时进度", ""},
		{"state=达到序时进度", "state=超过序时进度", "state-steps-down"},
		{"state=完成整改 completed_on=2017-08-01", "state=完成销号 completed_on=2017-08-01", "state-steps-down"},
		{"state=达到序时进度 issues=问题反弹", "state=完成销号 completed_on=2017-08-01 pct=100", ""},
		{"state=达到序时进度 issues=市级退回重办", "state=完成整改", ""},
		{"state=达到序时进度 pct=50", "state=达到序时进度 pct=60", "share-never-falls"},
		{"state=完成销号 completed_on=2017-08-02", "state=完成销号 completed_on=2017-08-01", "signed-off-stays"},
	})
}

func TestClosureRules(t *testing.T) {
	whole := "completed_on=2026-03-01 applied_on=2026-03-20 county_result=通过 notice_from=2026-03-02 notice_to=2026-03-12 closed_on=2026-04-01 signed_on=2026-03-15"
	checkRules(t, "closure_ledger", []ruleCase{
		{whole, "", ""},
		{whole, whole, ""},
		// All four days may be one: ≤, not <.
		{"completed_on=2026-03-01 notice_from=2026-03-01 notice_to=2026-03-01 closed_on=2026-03-01", "", ""},
		{"completed_on=2026-03-01 notice_from=2026-02-28 notice_to=2026-03-12", "", "notice-after-done"},
		{"completed_on=2026-03-01 notice_from=2026-03-12 notice_to=2026-03-02", "", "notice-in-order"},
		{"completed_on=2026-03-01 notice_from=2026-03-02 notice_to=2026-03-12 closed_on=2026-03-11", "", "notice-before-closing"},
		{"completed_on=2026-03-01 closed_on=2026-02-28", "", "done-before-closing"},
		{"completed_on=2026-03-01 notice_to=2026-03-12", "", "notice-has-a-beginning"},
		{"completed_on=2026-03-01 applied_on=2026-02-28 county_result=通过", "", "applied-after-done"},
		{"completed_on=2026-03-01 applied_on=2026-03-01", "", "application-needs-result"},
		{"completed_on=2026-03-01 applied_on=2026-03-01 county_result=不通过", "", "application-needs-pass"},
		{"completed_on=2026-03-01 signed_on=2026-02-01", "", "signed-after-done"},
		{"completed_on=2026-03-01 rebound_on=2026-02-01", "", "rebound-after-done"},
		{"objections=1", "", "objections-need-remark"},
		{"objections=1 remark=已处理", "", ""},
		{"completed_on=2026-03-02 closed_on=2026-04-01", "completed_on=2026-03-01 closed_on=2026-04-01", "signed-off-stays"},
		{"completed_on=2026-05-02 closed_on=2026-05-30 rebound_on=2026-05-10", "completed_on=2026-03-01 closed_on=2026-04-01", ""},
	})
}

func TestRevisitRules(t *testing.T) {
	checkRules(t, "revisit_check", []ruleCase{
		{"satisfaction=满意 rebounded=否 decision=维持", "", ""},
		{"rebounded=是 decision=维持", "", "rebound-is-handled"},
		{"rebounded=是 decision=重新交办", "", ""},
		{"drawn=不属实复核 decision=维持", "", "unfounded-needs-result"},
		{"drawn=不属实复核 old_result=不属实 new_result=属实 decision=维持", "", "other-result-is-handled"},
		{"old_result=不属实 new_result=属实 decision=退回重办", "", ""},
		{"satisfaction=不满意 decision=维持", "", "dissatisfied-says-why"},
	})
}

// TestAccountabilityRules takes the figures of two documents: 94 matters with 112
// people, and two warned and one criticised.
func TestAccountabilityRules(t *testing.T) {
	checkRules(t, "accountability", []ruleCase{
		{"matters=94 people=112", "", "levels-are-given ways-are-given"},
		{"matters=94 people=112 level_division=12 level_section=60 level_below=40 way_party=112", "", ""},
		{"matters=94 people=112 level_division=12 level_section=60 level_below=39 way_party=112", "", "levels-add-up"},
		{"matters=1 people=3 way_official=2 way_criticise=1 level_below=3", "", ""},
		{"matters=1 people=3 way_official=2 level_below=3", "", "ways-cover-people"},
		{"matters=1 people=3 way_official=3 way_party=3 level_below=3", "", ""},
		{"matters=0 people=1 level_below=1 way_other=1", "", "people-need-matters"},
		{"matters=0 people=0", "", ""},
		{"matters=0 people=0 level_section=1", "", "levels-add-up"},
		{"matters=93 people=111 units=1 talks=0", "matters=94 people=112 units=2 talks=1",
			"levels-are-given matters-never-fall people-never-fall talks-never-fall units-never-fall ways-are-given"},
	})
}

// TestStateIsALadder compares the rungs with those that offices use, lowest first.
func TestStateIsALadder(t *testing.T) {
	f := mustLoad(t, nil).Form("task_progress")
	want := "尚未启动 未达到序时进度 达到序时进度 超过序时进度 基本完成 完成整改 完成销号"
	if got := strings.Join(f.Field("state").Enum, " "); got != want {
		t.Errorf("the ladder is %s", got)
	}
	for _, r := range f.Rules {
		if r.Name == "state-steps-down" && (r.Code != "R06" || Codes[r.Code].Severity != Fix || r.Fields[0] != "state") {
			t.Errorf("%+v", r)
		}
	}
}

// TestOrderOfForms: forms stand in the city's order, those without a place last by name.
func TestOrderOfForms(t *testing.T) {
	one := strings.Replace(ownForm, "task_list", "zz_between", 1) + "\n"
	c := mustLoad(t, map[string]string{"a.yaml": ownForm, "b.yaml": strings.Replace(one, "title: 任务清单", "title: 另一清单\norder: 25", 1)})
	var names []string
	for _, f := range c.Forms {
		names = append(names, f.Name)
	}
	want := "petition_ledger open_issue_check zz_between case_summary task_progress closure_ledger revisit_check accountability task_list"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("forms stand as %s", got)
	}
}
