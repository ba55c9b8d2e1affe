package templates

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// loadCity loads the shipped data with a city's files beside it.
func loadCity(t testing.TB, files map[string]string) (*Catalog, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(City{Forms: dir, Counties: filepath.Join(dir, "no such counties.yaml")})
}

func mustLoad(t testing.TB, files map[string]string) *Catalog {
	t.Helper()
	c, err := loadCity(t, files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestShippedNames(t *testing.T) {
	c := mustLoad(t, nil)
	var names []string
	for _, f := range c.Forms {
		names = append(names, f.Name)
	}
	for _, s := range c.Summaries {
		names = append(names, s.Name)
	}
	want := []string{"petition_ledger", "open_issue_check", "case_summary", "task_progress", "closure_ledger", "revisit_check", "accountability",
		"accountability_total", "case_summary_total", "closure_funnel", "open_issue_by_status", "petition_by_industry", "petition_by_status", "petition_by_type",
		"petition_by_veracity", "petition_case_summary", "petition_overview", "revisit_by_satisfaction", "task_by_ladder", "task_by_state"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestShippedHeaders compares the titles with those printed in the documents.
func TestShippedHeaders(t *testing.T) {
	c := mustLoad(t, nil)
	for form, want := range map[string]string{
		"petition_ledger": "序号 轮次 批次 受理编号 受理方式 是否重点件 交办日期 反馈时限 行政区域 举报地点 交办问题基本情况 污染类型 行业类型 合办县区 " +
			"牵头单位 责任单位 是否重复 重复关联件编号 包案领导 调查核实情况 是否属实 整改目标及措施 整改时限 处理和整改情况 办结状态 办结日期 " +
			"责令整改(家) 立案处罚(家) 罚款金额(万元) 立案侦查(件) 拘留(人)/行政 拘留(人)/刑事 约谈(人) 问责(人) 问责情况 联系人 联系电话 备注",
		"open_issue_check": "序号 市/州 详细地址 群众举报问题具体内容 目前整改工作现状 具体整改措施及整改目标 主题教育期间整改进展 是否办结",
		"case_summary": "市/州 交办数量(件) 已办结(件)/属实 已办结(件)/不属实 已办结(件)/合计 阶段办结(件) 责令整改(家) 立案处罚(家) " +
			"罚款金额(万元) 立案侦查(件) 拘留(人)/行政 拘留(人)/刑事 约谈(人) 问责(人)",
		"task_progress": "序号 任务编号 省级序号 问题来源 问题类别 反馈问题 涉及县(市、区) 整改目标 整改措施 整改时限 牵头单位 责任单位 督导单位 责任领导 " +
			"报告期 整改进展 进展状态 完成比例(%) 实际完成日期 存在问题 联系人 联系电话 备注",
		"closure_ledger": "序号 类别 编号 县区 整改完成日期 申请日期 县级验收结论 公示/开始 公示/结束 异议(件) 主要负责人审签日期 行业主管部门意见 " +
			"市级复核结论 销号日期 备案文号 退回(次) 反弹日期 备注",
		"revisit_check": "序号 受理编号 县区 抽取方式 回访方式 回访日期 满意程度 原结论 复核结论 是否反弹 处理意见 回访情况 备注",
		"accountability": "县区 查处问题(件) 问责人数(人) 级别(人)/厅级 级别(人)/处级 级别(人)/科级 级别(人)/科级以下 方式(人次)/党纪处分 方式(人次)/政务处分 " +
			"方式(人次)/诫勉 方式(人次)/组织处理 方式(人次)/通报批评 方式(人次)/批评教育 方式(人次)/移送司法 方式(人次)/其他 问责单位(个) 约谈(人) 数据截至",
	} {
		var titles []string
		for _, f := range c.Form(form).Fields {
			titles = append(titles, f.Title())
		}
		if diff := cmp.Diff(strings.Fields(want), titles); diff != "" {
			t.Errorf("%s -want +got\n%s", form, diff)
		}
	}
	if path := c.Form("open_issue_check").Fields[1].Path; len(path) != 1 || path[0] != "市/州" {
		t.Errorf("市/州 is one title, not the levels %q", path)
	}
}

func TestShippedForms(t *testing.T) {
	c := mustLoad(t, nil)
	for _, test := range []struct {
		form   string
		kind   FormKind
		key    string
		label  string
		period string // of 22 November 2026
	}{
		{"petition_ledger", Ledger, "[campaign case_no county]", "case_no", "2026-11-24"},
		{"open_issue_check", Ledger, "[]", "address", "2026-11-24"},
		{"case_summary", Report, "[county]", "county", "2026-11-24"},
		{"task_progress", Ledger, "[task_no county]", "task_no", "2026-11-25"},
		{"closure_ledger", Ledger, "[kind ref_no county]", "ref_no", "2026-11-25"},
		{"revisit_check", Ledger, "[case_no county]", "case_no", "2026-11-25"},
		{"accountability", Report, "[county]", "county", "2026-11-25"},
	} {
		f := c.Form(test.form)
		if f.Kind != test.kind || fmt.Sprint(f.Key) != test.key || f.Label != test.label {
			t.Errorf("%s: %s %v %s", test.form, f.Kind, f.Key, f.Label)
		}
		if f.Band != (Band{"填报单位(公章)", "填报日期"}) || len(f.Hash) != 64 || len(f.Text) == 0 {
			t.Errorf("%s: band %+v, hash %s", test.form, f.Band, f.Hash)
		}
		if p, ok := f.Calendar.On(on(t, "2026-11-22 09:00:00")); !ok || p.ID != test.period {
			t.Errorf("%s: period %+v", test.form, p)
		}
	}
	check := c.Form("open_issue_check")
	if !check.RowKey.Issue || fmt.Sprint(check.RowKey.Match) != "[address complaint]" {
		t.Errorf("row key %+v", check.RowKey)
	}
	var open []string
	for _, f := range check.Fields {
		if !f.Frozen && !f.Serial {
			open = append(open, f.Name)
		}
	}
	if fmt.Sprint(open) != "[progress status]" {
		t.Errorf("after the first report a county fills in %v", open)
	}
}

// petition makes a row of the petition ledger.
func petition(f *Form, cells map[string]string) []Value {
	row := make([]Value, len(f.Fields))
	for name, text := range cells {
		field := f.Field(name)
		v := Value{Text: text}
		if Types[field.Type].Number {
			v.Number = decimal.RequireFromString(text)
		}
		row[field.Index] = v
	}
	return row
}

// broken is the names of the rules that a row breaks, sorted.
func broken(t *testing.T, f *Form, row, old []Value) []string {
	t.Helper()
	var out []string
	for _, r := range f.Rules {
		applies, ok, err := r.Holds(row, old)
		if err != nil {
			t.Fatal(err)
		}
		if applies && !ok {
			out = append(out, r.Name)
		}
	}
	slices.Sort(out)
	return out
}

func TestPetitionRules(t *testing.T) {
	f := mustLoad(t, nil).Form("petition_ledger")
	tests := []struct {
		cells string
		want  string
	}{
		{"status=正在办理", ""},
		{"status=已办结", "closed-needs-date closed-needs-investigation closed-needs-progress closed-needs-veracity"},
		{"status=已办结 investigation=属实 veracity=属实 progress=已改 closed_on=2021-05-01", ""},
		{"status=阶段性办结", "staged-needs-deadline"},
		{"status=阶段性办结 deadline=2021年底前", ""},
		{"is_duplicate=是", "duplicate-needs-original"},
		{"is_duplicate=是 case_no=D1 dup_of=D1", "original-is-another"},
		{"is_duplicate=是 case_no=D1 dup_of=D2", ""},
		{"case_no=D1 dup_of=D2", "original-means-duplicate"},
		{"assigned_on=2021-04-06 closed_on=2021-04-05", "closed-after-assigned"},
		{"assigned_on=2021-04-06 closed_on=2021-04-06", ""},
		{"closed_on=2021-04-05", ""},
		{"fine_wan=0.2", "fine-needs-penalty"},
		{"fine_wan=0.2 penalty_cases=1", ""},
		{"fine_wan=0", ""},
		{"accountable=2", "accountable-needs-note"},
		{"accountable=2 accountable_note=无", "accountable-needs-note"},
		{"accountable=2 accountable_note=诫勉2人", ""},
		{"veracity=不属实 talks=1", ""},
		{"veracity=不属实 rectify_orders=1", "penalty-without-truth"},
	}
	for _, test := range tests {
		t.Run(test.cells, func(t *testing.T) {
			cells := map[string]string{}
			for _, pair := range strings.Fields(test.cells) {
				name, text, _ := strings.Cut(pair, "=")
				cells[name] = text
			}
			if got := strings.Join(broken(t, f, petition(f, cells), nil), " "); got != test.want {
				t.Errorf("broken: %q, want %q", got, test.want)
			}
		})
	}
}

func TestCaseSummaryRules(t *testing.T) {
	f := mustLoad(t, nil).Form("case_summary")
	figures := func(assigned, founded, unfounded, total, staged, fine string) []Value {
		return petition(f, map[string]string{"assigned": assigned, "closed_true": founded, "closed_false": unfounded,
			"closed_total": total, "staged": staged, "fine_wan": fine, "penalty_cases": "1"})
	}
	before := figures("26", "13", "7", "20", "2", "3.5")
	for _, test := range []struct {
		name string
		row  []Value
		want string
	}{
		{"all well", figures("26", "13", "7", "20", "6", "3.5"), ""},
		{"does not add up", figures("26", "13", "7", "21", "2", "3.5"), "[closed-adds-up]"},
		{"more closed than assigned", figures("26", "13", "7", "20", "7", "3.5"), "[closed-within-assigned]"},
		{"figures fell", figures("25", "13", "7", "20", "2", "3.49"), "[assigned-never-falls fine-wan-never-falls]"},
		{"staged may fall", figures("26", "14", "7", "21", "1", "3.5"), ""},
	} {
		got := ""
		if b := broken(t, f, test.row, before); len(b) > 0 {
			got = fmt.Sprint(b)
		}
		if got != test.want {
			t.Errorf("%s: broken %s, want %s", test.name, got, test.want)
		}
	}
	history := 0
	for _, r := range f.Rules {
		if r.Scope == "history" {
			history++
			if r.Code != "P04" || r.Severity != Explain {
				t.Errorf("%s: %s %s", r.Name, r.Code, r.Severity)
			}
		}
	}
	if history != 12 { // all figures but 阶段办结, which becomes 已办结
		t.Errorf("%d history rules, want 12", history)
	}
}

// TestEveryRuleIsReadable asks that each shipped rule speaks both languages and
// points first at the field that must be mended.
func TestEveryRuleIsReadable(t *testing.T) {
	for _, f := range mustLoad(t, nil).Forms {
		for _, r := range f.Rules {
			if r.Message == "" || r.English == "" || len(r.Fields) == 0 || Codes[r.Code].Severity == "" {
				t.Errorf("%s: %+v", f.Name, r)
			}
		}
	}
	f := mustLoad(t, nil).Form("petition_ledger")
	if got := f.Rules[0].Fields; fmt.Sprint(got) != "[investigation status]" {
		t.Errorf("closed-needs-investigation points at %v", got)
	}
}

func TestSynonyms(t *testing.T) {
	f := mustLoad(t, nil).Form("petition_ledger")
	for field, words := range map[string]string{
		"status":          "办结=已办结 阶段办结=阶段性办结 未办结=正在办理 办理中=正在办理",
		"pollution_types": "水污染=水 涉水=水 气=大气 噪音=噪声 生态破坏=生态 固体废物=固废 垃圾=固废 其它=其他",
		"veracity":        "是=属实 否=不属实",
		"channel":         "电话=来电 信件=来信",
		"campaign":        "二轮=第二轮",
	} {
		for _, pair := range strings.Fields(words) {
			word, want, _ := strings.Cut(pair, "=")
			if got, ok := f.Field(field).choice(word); !ok || got != want {
				t.Errorf("%s: %s is %q, want %s", field, word, got, want)
			}
		}
	}
}
