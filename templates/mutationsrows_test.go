package templates_test

import (
	"testing"

	"taizhang/templates"
)

// Rows that an office fills in beforehand, strikes out, or adds up in its own words
// are no items, and one row that is no item is one finding.
func TestRowsThatAreNoItems(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"the county filled in beforehand", `insert(7,3)
for r in range(7,10): ws.cell(r,1).value=r-4; ws.cell(r,9).value="云岭县"`, "accepted; R05 A7 note"},
		{"round, batch and days filled in beforehand", `insert(7,2)
for r in (7,8):
    for c in (2,3,7,8,9): ws.cell(r,c).value=ws.cell(6,c).value; ws.cell(r,c).number_format=ws.cell(6,c).number_format`, "accepted; R05 A7 note"},
		{"rows struck out", `insert(7,2)
for r in (7,8):
    for c in range(1,39): ws.cell(r,c).value="—"`, "accepted; R05 A7 note"},
		{"a struck out row between two items", `insert(6)
for c in range(1,39): ws.cell(6,c).value="/"`, "accepted; R05 A6 note"},
		{"a word in the column of the batch", `insert(6); ws["C6"]="白沙乡"`, "partial; C02 C6 fix; R01 D6 fix; C03 B6 note"},
		{"another county and nothing else", `insert(7); ws["I7"]="石泉县"`, "partial; C05 I7 fix; R01 D7 fix; C03 B7 note"},
		{"zeros filled in beforehand", `insert(7)
for c in range(27,35): ws.cell(7,c).value=0`, "partial; R01 D7 fix; C03 B7 note"},
		{"a total without its word", `insert(7); ws["AA7"]=2; ws["AB7"]=1`, "partial; R01 D7 fix; C03 B7 note"},
		{"shares below the items", `insert(7); ws["A7"]="占比"; ws["AA7"]="50%"`, "partial; C02 AA7 fix; R01 D7 fix; C03 B7 note; C03 A7 note"},
		{"the day below the items", `insert(7,2); ws["X8"]="2026年11月20日"`, "partial; R01 D8 fix; C03 B8 note; R05 A7 note"},
		{"a total that says of how many", `insert(7); ws["A7"]="共2件"; ws["AA7"]=2`, "accepted; R05 A7 note"},
		{"a wrong total that says of how many", `insert(7); ws["A7"]="合计：2件"; ws["AA7"]=3`, "noted; X02 AA7 warn; R05 A7 note"},
		{"a total in English", `insert(7); ws["A7"]="Total"; ws["AA7"]=2`, "accepted; R05 A7 note"},
		{"a total in one character", `insert(7); ws["A7"]="计"; ws["AA7"]=1`, "noted; X02 AA7 warn; R05 A7 note"},
		{"a total in yuan, as its column is", `ws["AC3"]="罚款金额（元）"; ws["AC5"]=2000; insert(7); ws["A7"]="合计"; ws["AC7"]=2000`, "noted; C03 AC5 warn; R05 A7 note"},
		{"a wrong total in yuan", `ws["AC3"]="罚款金额（元）"; ws["AC5"]=2000; insert(7); ws["A7"]="合计"; ws["AC7"]=3000`, "noted; C03 AC5 warn; X02 AC7 warn; R05 A7 note"},
		{"who signs, by office", `insert(7,2); ws["B8"]="分管领导签字："; ws["K8"]="主要领导签字："`, "accepted"},
	})
	mutate(t, "open_issue_check", []mutation{
		{"the county filled in beforehand", `insert(6,2); ws["B6"]="云岭县"; ws["B7"]="云岭县"`, "accepted; R05 A6 note"},
		{"only the last two columns", `
for c in range(2,7): ws.cell(5,c).value=None`, "partial; R01 C5 fix; R01 D5 fix"},
	})
	mutate(t, "case_summary", []mutation{
		{"nothing but the county", `
for c in range(2,15): ws.cell(5,c).value=None`, "returned; F07 reject; R05 A5 note"},
	})
}

func TestRowThatLacksEverything(t *testing.T) {
	c, county := yunling(t)
	files := mutated(t, c, county, "petition_ledger", []mutation{{name: "total", code: `insert(7); ws["AA7"]=2`}})
	r := c.Judge(bookAt(t, files[0]), templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
	r.Compare(templates.Past{})
	want := "第 7 行没有填写受理编号、行政区域、交办问题基本情况、污染类型、办结状态，不知道这一行是什么。"
	if r.Findings[0].Message != want || r.Findings[0].Cell != "D7" || r.Held != 1 || r.Accepted != 2 {
		t.Errorf("%+v", r.Findings[0])
	}
}
