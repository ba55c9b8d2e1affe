package merge

import (
	"context"
	"testing"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

// The self-check of 2019 says: after the first report only the last two columns
// may change. Its rows have no number; the program knows them again.
func TestFrozenColumnsKeepWhatWasReportedFirst(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	fields := []string{"address", "situation", "progress", "status"}
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("open_issue_check",
		"1|东山县|城关镇砂石厂|扬尘大，夜间施工|已停产|月底前拆除|已拆一半|正在办理", "2|东山县|河边养殖场|粪水入河|已签协议|年底前搬迁|未动工|正在办理"))

	c.at("2021-04-10")
	second := c.must(templates.Noted, "东山县", "2.xlsx", c.book("open_issue_check",
		"1|东山县|城关镇砂石厂|扬尘大，夜间施工|已经复产|月底前拆除|已拆完|已办结", "2|东山县|河边养殖场|粪水入河|已签协议|年底前搬迁|未动工|正在办理"))
	want := []string{"东山县 城关镇砂石厂 已停产 已拆完 已办结", "东山县 河边养殖场 已签协议 未动工 正在办理"}
	if diff := cmp.Diff(want, c.current("open_issue_check", fields...)); diff != "" {
		t.Error(diff)
	}
	found, err := c.Findings(ctx, second.ID)
	if err != nil || len(found) != 1 || found[0].Code != "C16" || found[0].Field != "situation" || found[0].Cell != "E3" {
		t.Errorf("findings: %+v %v", found, err)
	}
	for id, versions := range map[int64]int{1: 2, 2: 1} {
		if history, err := c.History(ctx, "open_issue_check", id); err != nil || len(history) != versions {
			t.Errorf("record %d has %d versions, want %d; %v", id, len(history), versions, err)
		}
	}

	// A spelling mended in one of the two columns that name a row makes no new
	// row.
	c.at("2021-04-20")
	c.must(templates.Noted, "东山县", "3.xlsx", c.book("open_issue_check",
		"1|东山县|城关镇砂石场|扬尘大，夜间施工|已停产|月底前拆除|已验收|已办结"))
	want[0] = "东山县 城关镇砂石厂 已停产 已验收 已办结"
	if diff := cmp.Diff(want, c.current("open_issue_check", fields...)); diff != "" {
		t.Error(diff)
	}
	records, total, err := c.Records(ctx, "open_issue_check", RecordFilter{County: "东山县", Period: "2021-04-24", Limit: 5})
	if err != nil || total != 1 || records[0].ID != 1 {
		t.Errorf("rows last changed in the third period: %+v %v", records, err)
	}
}

// A row put in above renumbers all below it: they say what they said before.
func TestRenumberedRowsMakeNoVersions(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	first := c.must(templates.Accepted, "东山县", "1.xlsx", c.book("open_issue_check",
		"1|东山县|城关镇砂石厂|扬尘大|已停产|月底前拆除|未动工|正在办理", "2|东山县|河边养殖场|粪水入河|已签协议|年底前搬迁|未动工|正在办理"))
	second := c.must(templates.Accepted, "东山县", "2.xlsx", c.book("open_issue_check",
		"1|东山县|北山采石场|噪声大|夜间停工|年底前关闭|未动工|正在办理", "2|东山县|城关镇砂石厂|扬尘大|已停产|月底前拆除|未动工|正在办理",
		"3|东山县|河边养殖场|粪水入河|已签协议|年底前搬迁|已动工|正在办理"))
	for id, want := range map[int64][]int64{1: {first.ID}, 2: {first.ID, second.ID}, 3: {second.ID}} {
		history, err := c.History(ctx, "open_issue_check", id)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, h := range history {
			got = append(got, h.Submission)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("record %d: %s", id, diff)
		}
	}
	want := []string{"东山县 城关镇砂石厂 未动工", "东山县 河边养殖场 已动工", "东山县 北山采石场 未动工"}
	if diff := cmp.Diff(want, c.current("open_issue_check", "address", "progress")); diff != "" {
		t.Error(diff)
	}
}

func TestRecordsArePagedAndSearched(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("items", "X1|||||50%_养殖", "X2|||||采矿", "X3"))
	c.must(templates.Accepted, "西河县", "1.xlsx", c.book("items", "X1|||||养殖"))
	for query, want := range map[string]int{"养殖": 2, "50%_": 1, "5__": 0, "X": 4, "%": 1, "没有": 0, `\`: 0} {
		if _, total, err := c.Records(ctx, "items", RecordFilter{Query: query}); err != nil || total != want {
			t.Errorf("%q found in %d, want %d; %v", query, total, want, err)
		}
	}
	page, total, err := c.Records(ctx, "items", RecordFilter{Limit: 2, Offset: 2})
	if err != nil || total != 4 || len(page) != 2 {
		t.Errorf("page: %d of %d, %v", len(page), total, err)
	}
	subs, total, err := c.Submissions(ctx, SubmissionFilter{County: "东山县", Form: "items", Verdict: templates.Accepted, Limit: 1})
	if err != nil || total != 1 || len(subs) != 1 || subs[0].County != "东山县" {
		t.Errorf("submissions: %+v of %d, %v", subs, total, err)
	}
	if subs, total, err = c.Submissions(ctx, SubmissionFilter{Offset: 1}); err != nil || total != 2 || len(subs) != 1 || subs[0].ID != 1 {
		t.Errorf("second submission: %+v of %d, %v", subs, total, err)
	}
}
