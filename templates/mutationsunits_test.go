package templates_test

import (
	"testing"

	"taizhang/templates"
)

// above writes a text at the right end of the line between title and header.
const above = `[ws.unmerge_cells(str(m)) for m in list(ws.merged_cells.ranges) if m.min_row==2]; `

// The unit of money may stand above the table and not in the header: 2000 in 元 is
// 0.2 in 万元, and nobody may take it for 2000.
func TestMoneyUnitAboveTheTable(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"yuan above the table", above + `ws["AL2"]="单位：元"; ws["AC3"]="罚款金额"; ws["AC5"]=2000`, "noted; C03 AC5 warn"},
		{"yuan in a line of its own", `insert(3); ws["AL3"]="金额单位：人民币元"; ws["AC4"]="罚款金额"; ws["AC6"]=2000`, "noted; C03 AC6 warn"},
		{"yuan in the cell beside", above + `ws["AK2"]="货币单位："; ws["AL2"]="元"; ws["AC3"]="罚款金额"; ws["AC5"]=2000`, "noted; C03 AC5 warn"},
		{"yuan above and 万元 in the header", above + `ws["AL2"]="单位：元"`, "noted; H03 AC4 warn"},
		{"万元 above the table", above + `ws["AL2"]="（单位：件、家、万元）"; ws["AC3"]="罚款金额"`, "accepted"},
		{"a unit of another kind above", above + `ws["AL2"]="单位：件"; ws["AC3"]="罚款金额"`, "noted; H03 AC4 warn"},
		{"no unit anywhere", `ws["AC3"]="罚款金额"`, "noted; H03 AC4 warn"},
		{"a count without its unit", `ws["AA3"]="责令整改"`, "accepted"},
	})
	mutate(t, "case_summary", []mutation{
		{"yuan in the title", `ws["A1"]=ws["A1"].value+"（单位：元）"; ws["I3"]="罚款金额"; ws["I5"]=65000`, "noted; C03 I5 warn"},
		{"two units of money", above + `ws["N2"]="单位：元、万元"; ws["I3"]="罚款金额"`, "noted; H03 I4 warn"},
	})
}

func TestMoneyUnitAboveIsWorkedOut(t *testing.T) {
	c, county := yunling(t)
	files := mutated(t, c, county, "petition_ledger", []mutation{{name: "yuan", code: above + `ws["AL2"]="单位：元"; ws["AC3"]="罚款金额"; ws["AC5"]=2000`}})
	r := c.Judge(bookAt(t, files[0]), templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
	if got := r.Rows[0].Values[r.Form.Field("fine_wan").Index].Text; got != "0.2" {
		t.Errorf("2000 元 are %s 万元", got)
	}
	if got, want := r.Findings[len(r.Findings)-1].Message, "“罚款金额(万元)”的单位（写在表格上方 AL2）是元，已换算成万元读取，请核对。"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Who reports stands above the table under many words, and a file of the
// neighbour's, or of two counties together, is returned whichever was used.
func TestUnitLinesOfManyWordings(t *testing.T) {
	c, county := yunling(t)
	c.Counties = templates.NewCounties(county, &templates.County{Name: "石泉县", Folder: "石泉县", Aliases: []string{"石泉"}})
	list := []mutation{
		{"its own name, and no colon", `ws["A2"]="填报单位 云岭县"`, "accepted"},
		{"its own name behind the seal, and no colon", `ws["A2"]="填报单位（公章）云岭县整改办"`, "accepted"},
		{"nothing but the seal", `ws["A2"]="填报单位公章"`, "returned; F08 A2 reject"},
		{"its own office under another word", `ws["A2"]="报送单位：云岭县人民政府"`, "accepted"},
		{"another county without a colon", `ws["A2"]="填报单位 石泉县"`, "returned; F08 A2 reject"},
		{"another county behind the seal", `ws["A2"]="填报单位（公章）石泉县"`, "returned; F08 A2 reject"},
		{"another county as 报送单位", `ws["A2"]="报送单位：石泉县"`, "returned; F08 A2 reject"},
		{"another county as 填表单位", `ws["A2"]="填表单位（盖章）：石泉县整改办"`, "returned; F08 A2 reject"},
		{"two counties", `ws["A2"]="填报单位：云岭县、石泉县"`, "returned; F08 A2 reject"},
		{"two counties with 和", `ws["A2"]="填报单位：云岭县和石泉"`, "returned; F08 A2 reject"},
		{"a second line of another county", `insert(3); ws["A3"]="填报单位：石泉县"`, "returned; F08 A3 reject"},
		{"a second line of its own", `insert(3); ws["A3"]="填报单位：云岭县"`, "accepted"},
		{"a line of advice", `insert(3); ws["A3"]="填报单位须在每月4日、14日、24日前把本表放进文件夹"`, "accepted"},
	}
	judgeMutations(t, c, county, mutated(t, c, county, "petition_ledger", list), list)
}
