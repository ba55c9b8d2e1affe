package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/merge"
	"taizhang/templates"
)

func TestCounties(t *testing.T) {
	got := get[[]countyItem](open(t), "/api/v1/counties")
	want := []countyItem{
		{Code: "530102", Name: "甲县", Aliases: []string{"甲"}, Kind: "县区"},
		{Name: "乙县", Kind: "县区"}, {Name: "丙县", Kind: "县区"}, {Name: "丁区", Kind: "县区"}, {Name: "高新区", Kind: "功能区"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A contact's telephone number and address are for the office only.
func TestCountiesTellNoContact(t *testing.T) {
	text := open(t).ask("GET", "/api/v1/counties", nil).Body.String()
	for _, secret := range []string{"王某", "13800000000", "a@example.gov.cn"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is told", secret)
		}
	}
}

func TestForms(t *testing.T) {
	got := get[[]formItem](open(t), "/api/v1/forms")
	var names []string
	for _, f := range got {
		names = append(names, f.Name+" "+f.Title+" "+f.Kind+" "+f.Period)
	}
	want := []string{"counts 走访统计表 report 2026-11-24", "visits 走访台账 ledger 2026-11-24"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
}

func TestForm(t *testing.T) {
	o := open(t)
	got := get[formSheet](o, "/api/v1/forms/visits")
	if got.Title != "走访台账" || len(got.Columns) != 4 || !slices.Equal(got.Key, []string{"no"}) {
		t.Errorf("%+v", got)
	}
	want := fieldItem{Name: "done", Title: "是否办结", Type: "enum", Required: true, Enum: []string{"已办结", "正在办理"}}
	if d := cmp.Diff(want, got.Columns[2]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"2026-11-24", "2026-11-14", "2026-11-04", "2026-10-24"}, got.Periods[:4]); d != "" {
		t.Error(d)
	}
	p := problemOf(t, o.ask("GET", "/api/v1/forms/nothing", nil), 404, "form-unknown")
	if p.Detail != "没有名为“nothing”的表" || p.EN.Detail != "There is no form “nothing”" {
		t.Errorf("%+v", p)
	}
}

func TestStatus(t *testing.T) {
	o := usual(t)
	got := get[[]formStatus](o, "/api/v1/status?form=visits&period=2026-11-24")
	if len(got) != 1 {
		t.Fatalf("%d forms", len(got))
	}
	states := map[string]string{}
	for _, c := range got[0].Counties {
		states[c.County] = c.State
	}
	want := map[string]string{"甲县": "accepted", "乙县": "partial", "丙县": "returned", "丁区": "none", "高新区": "none"}
	if d := cmp.Diff(want, states); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(statusCounts{All: 5, Reported: 2, Partial: 1, Returned: 1, None: 2}, got[0].Counts); d != "" {
		t.Error(d)
	}
	line := "截至2026-11-22 12:00，《走访台账》（2026-11-24 期）5 个县区已报 2 个；未报：丁区、高新区；退回待改：丙县。"
	if got[0].Text != line {
		t.Errorf("%s\nwant %s", got[0].Text, line)
	}
}

// Without a form, the state of all is told, each in its current period.
func TestStatusOfAll(t *testing.T) {
	got := get[[]formStatus](usual(t), "/api/v1/status")
	if len(got) != 2 || got[0].Form != "counts" || got[0].Period != "2026-11-24" || got[0].Counts.None != 5 {
		t.Errorf("%+v", got)
	}
}

func TestStatusRefuses(t *testing.T) {
	o := open(t)
	problemOf(t, o.ask("GET", "/api/v1/status?form=nothing", nil), 404, "form-unknown")
	problemOf(t, o.ask("GET", "/api/v1/status?form=visits&period=2026-11-23", nil), 422, "period-unknown")
	problemOf(t, o.ask("GET", "/api/v1/status?period=soon", nil), 422, "period-unknown")
}

func TestSubmissions(t *testing.T) {
	o := usual(t)
	all := get[paged[merge.Submission]](o, "/api/v1/submissions")
	var seen []string
	for _, s := range all.Items {
		seen = append(seen, s.County+" "+string(s.Verdict))
	}
	want := []string{"丁区 returned", "丙县 returned", "乙县 partial", "甲县 accepted"}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
	if all.Total != 4 || all.Limit != 50 {
		t.Errorf("total %d, limit %d", all.Total, all.Limit)
	}
	one := get[paged[merge.Submission]](o, "/api/v1/submissions?limit=1&offset=1")
	if one.Total != 4 || len(one.Items) != 1 || one.Items[0].County != "丙县" {
		t.Errorf("%+v", one)
	}
	// An alias names the county as well as its name does.
	mine := get[paged[merge.Submission]](o, "/api/v1/submissions?county=%E7%94%B2&form=visits&period=2026-11-24&verdict=accepted")
	if mine.Total != 1 || mine.Items[0].File != "走访 11月.xlsx" {
		t.Errorf("%+v", mine)
	}
}

// A list without entries is [], so that a program can walk it.
func TestEmptyListIsNoNull(t *testing.T) {
	body := open(t).ask("GET", "/api/v1/submissions", nil).Body.String()
	if !strings.Contains(body, `"items":[]`) {
		t.Error(body)
	}
}

func TestSubmissionsRefuses(t *testing.T) {
	o := open(t)
	p := problemOf(t, o.ask("GET", "/api/v1/submissions?county=nowhere", nil), 422, "county-unknown")
	if !strings.Contains(p.Detail, "甲县、乙县、丙县、丁区、高新区") {
		t.Errorf("does not name who reports: %s", p.Detail)
	}
	for _, q := range []string{"limit=0", "limit=501", "offset=-1", "verdict=good"} {
		p := problemOf(t, o.ask("GET", "/api/v1/submissions?"+q, nil), 422, "request-invalid")
		if len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Location, "query.") {
			t.Errorf("%s: %+v", q, p.Errors)
		}
	}
}

func TestSubmission(t *testing.T) {
	o := usual(t)
	got := get[merge.Submission](o, "/api/v1/submissions/2")
	if got.County != "乙县" || got.Read != 3 || got.Accepted != 1 || got.Held != 2 || got.Number != "20261122-0002" {
		t.Errorf("%+v", got)
	}
	problemOf(t, o.ask("GET", "/api/v1/submissions/99", nil), 404, "not-found")
	problemOf(t, o.ask("GET", "/api/v1/submissions/one", nil), 422, "request-invalid")
	problemOf(t, o.ask("GET", "/api/v1/submissions/0", nil), 422, "request-invalid")
}

func TestFindings(t *testing.T) {
	o := usual(t)
	got := get[findingList](o, "/api/v1/submissions/2/findings")
	if got.Submission != 2 || got.Total != 2 || got.Counts[templates.Fix] != 2 {
		t.Fatalf("%+v", got)
	}
	var seen []string
	for _, g := range got.Groups {
		seen = append(seen, g.Code+" "+g.Title+" "+g.Cells)
	}
	slices.Sort(seen)
	if d := cmp.Diff([]string{"C01 地点 B4", "C05 是否办结 C3"}, seen); d != "" {
		t.Error(d)
	}
	none := o.ask("GET", "/api/v1/submissions/1/findings", nil).Body.String()
	if !strings.Contains(none, `"groups":[],"findings":[]`) {
		t.Error(none)
	}
	problemOf(t, o.ask("GET", "/api/v1/submissions/99/findings", nil), 404, "not-found")
}

func TestRecords(t *testing.T) {
	o := usual(t)
	got := get[paged[merge.Record]](o, "/api/v1/records/visits?county=%E7%94%B2%E5%8E%BF&q=%E8%A5%BF%E8%A1%97")
	if got.Total != 1 || got.Items[0].Key == "" || got.Items[0].Values["place"] != "西街 2 号" {
		t.Errorf("%+v", got)
	}
	if all := get[paged[merge.Record]](o, "/api/v1/records/visits?limit=2"); all.Total != 4 || len(all.Items) != 2 {
		t.Errorf("%+v", all)
	}
	problemOf(t, o.ask("GET", "/api/v1/records/nothing", nil), 404, "form-unknown")
	problemOf(t, o.ask("GET", "/api/v1/records/visits?county=nowhere", nil), 422, "county-unknown")
}

// Each value is told with the file in which it became what it is.
func TestRecord(t *testing.T) {
	o := usual(t)
	later := strings.Replace(goodVisits, "西街 2 号|正在办理|", "西街 2 号|已办结|3", 1)
	o.file("甲县", "走访 第二次.xlsx", "甲县走访台账\n"+later)
	found := get[paged[merge.Record]](o, "/api/v1/records/visits?county=%E7%94%B2%E5%8E%BF&q=%E8%A5%BF%E8%A1%97")
	path := "/api/v1/records/visits/" + jsonNumber(found.Items[0].ID)
	got := get[recordSheet](o, path)
	var seen []string
	for _, v := range got.Values {
		seen = append(seen, v.Title+"="+v.Value+" "+v.File+" "+v.Sheet+" "+jsonNumber(int64(v.Row)))
	}
	want := []string{
		"编号=A2 走访 11月.xlsx 台账 3", "地点=西街 2 号 走访 11月.xlsx 台账 3",
		"是否办结=已办结 走访 第二次.xlsx 台账 4", "罚款金额=3 走访 第二次.xlsx 台账 4",
	}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
	if len(got.History) != 2 || !got.History[0].Current || got.History[1].Current || got.Record.Submission != 5 {
		t.Errorf("%+v", got.History)
	}
	problemOf(t, o.ask("GET", "/api/v1/records/visits/999", nil), 404, "not-found")
	problemOf(t, o.ask("GET", "/api/v1/records/nothing/1", nil), 404, "form-unknown")
}

func jsonNumber(n int64) string {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestSummaries(t *testing.T) {
	got := get[[]summaryItem](open(t), "/api/v1/summaries")
	want := []summaryItem{{
		Name: "visits_done", Title: "各县区走访办结情况", Form: "visits", FormTitle: "走访台账",
		Table: "/api/v1/summaries/visits_done", Workbook: "/api/v1/summaries/visits_done.xlsx", Text: "/api/v1/summaries/visits_done.txt",
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// 甲县 has 2 of 3 closed and 乙县 1 of 1: 3 of 4 are 75.0%. 丙县 was returned,
// and 丁区 and 高新区 are missing; two rows of 乙县 are held.
func TestSummary(t *testing.T) {
	o := usual(t)
	got := get[templates.Table](o, "/api/v1/summaries/visits_done")
	rows := map[string][]string{}
	for _, r := range got.Rows {
		rows[r[0].Text] = texts(r)[1:]
	}
	if d := cmp.Diff([]string{"3", "2", "1", "66.7%"}, rows["甲县"]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"4", "3", "1", "75.0%"}, texts(got.Total)[1:]); d != "" {
		t.Error(d)
	}
	if got.HeldRows != 2 || !slices.Contains(got.Missing, "高新区") || !slices.Contains(got.Returned, "丙县") {
		t.Errorf("held %d, missing %v, returned %v", got.HeldRows, got.Missing, got.Returned)
	}
	problemOf(t, o.ask("GET", "/api/v1/summaries/nothing", nil), 404, "summary-unknown")
	problemOf(t, o.ask("GET", "/api/v1/summaries/visits_done?period=1999-01-01", nil), 422, "period-unknown")
}

func TestSummaryText(t *testing.T) {
	w := usual(t).ask("GET", "/api/v1/summaries/visits_done.txt", nil)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	text := w.Body.String()
	for _, want := range []string{"各县区走访办结情况\n县区\t总数\t其中/已办结\t其中/正在办理\t办结率\n", "\n甲县\t3\t2\t1\t66.7%\n", "\n合计\t4\t3\t1\t75.0%\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestHealth(t *testing.T) {
	o := open(t)
	if h := get[health](o, "/healthz"); h.Status != "ok" || h.Version != "1.2.3" {
		t.Errorf("%+v", h)
	}
	o.deps.Problems = func() []string { return []string{"乙县的文件夹没有应答"} }
	o.handler = New(o.deps)
	if h := get[health](o, "/readyz"); h.Status != "ready" || !slices.Equal(h.Problems, []string{"乙县的文件夹没有应答"}) {
		t.Errorf("%+v", h)
	}
}

// A store that does not answer makes the program not ready, and is logged.
func TestNotReady(t *testing.T) {
	o := open(t)
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	problemOf(t, o.ask("GET", "/readyz", nil), 503, "busy")
	if w := o.ask("GET", "/healthz", nil); w.Code != http.StatusOK {
		t.Errorf("healthz %d", w.Code)
	}
	if !strings.Contains(o.log.String(), "the store does not answer") {
		t.Error(o.log)
	}
}

// The description lists every route of the JSON interface, with the problem as
// its answer to what goes wrong.
func TestDescription(t *testing.T) {
	w := open(t).ask("GET", "/openapi.json", nil)
	var doc struct {
		OpenAPI string
		Info    struct{ Version string }
		Paths   map[string]map[string]struct {
			OperationID string
			Responses   map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.Body.String(), "ErrorModel") || w.Header().Get("Content-Type") != "application/openapi+json" {
		t.Error("describes huma's problem beside ours, or is of another type")
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Info.Version != "1.2.3" {
		t.Errorf("%s %s", doc.OpenAPI, doc.Info.Version)
	}
	want := []string{
		"get /api/v1/counties", "get /api/v1/forms", "get /api/v1/forms/{form}", "get /api/v1/forms/{form}/blank.xlsx", "get /api/v1/overdue",
		"get /api/v1/records/{form}", "get /api/v1/records/{form}/{id}", "get /api/v1/status", "get /api/v1/submissions",
		"get /api/v1/submissions/{id}", "get /api/v1/submissions/{id}/annotated.xlsx", "get /api/v1/submissions/{id}/findings",
		"get /api/v1/submissions/{id}/original", "get /api/v1/submissions/{id}/receipt", "get /api/v1/summaries",
		"get /api/v1/summaries/{name}", "get /api/v1/summaries/{name}.txt", "get /api/v1/summaries/{name}.xlsx",
		"get /healthz", "get /readyz", "post /api/v1/check", "post /api/v1/submissions",
	}
	var got []string
	ids := map[string]bool{}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			got = append(got, method+" "+path)
			if ids[op.OperationID] {
				t.Errorf("operation id %s twice", op.OperationID)
			}
			ids[op.OperationID] = true
			if _, ok := op.Responses["default"].Content["application/problem+json"]; !ok {
				t.Errorf("%s %s has no problem", method, path)
			}
		}
	}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
