package templates_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"taizhang/sheets"
	"taizhang/templates"

	"github.com/shopspring/decimal"
)

func TestPictures(t *testing.T) {
	save := func(name string, d sheets.Drawing) {
		var b bytes.Buffer
		if err := sheets.Draw(&b, d); err != nil {
			t.Fatal(err)
		}
		os.WriteFile("/tmp/w/"+name+".xlsx", b.Bytes(), 0o644)
	}
	cat, err := templates.Load("", "")
	if err != nil {
		t.Fatal(err)
	}
	save("f3", templates.Blank(cat.Form("case_summary"), templates.BlankOptions{County: &templates.County{Name: "同仁县"}, Period: "2019-10-24"}))
	save("f2", templates.Blank(cat.Form("open_issue_check"), templates.BlankOptions{}))
	save("f2r", templates.Blank(openIssueCheck(), templates.BlankOptions{Date: "2019-10-24", Rows: []map[string]any{
		{"seq": 1, "unit": "黄南州", "address": "同仁县隆务镇热贡路西侧某砂石料厂", "complaint": "砂石料厂扬尘污染严重，夜间施工噪声扰民，影响周边居民正常生活。", "status": "正在办理"},
		{"address": "=1+1", "complaint": "x", "status": "阶段办结"},
	}}))
	save("f1x", templates.Blank(petitionLedger(), templates.BlankOptions{Rows: []map[string]any{
		{"case_no": "D530000202104060001", "assigned_on": time.Date(2021, 4, 6, 0, 0, 0, 0, time.UTC), "fine": decimal.RequireFromString("12.50")},
	}}))
	save("f1", templates.Blank(cat.Form("petition_ledger"), templates.BlankOptions{}))
	save("table", templates.DrawTable(completion()))
}
