package templates_test

import (
	"testing"

	"taizhang/templates"
)

// More of what clerks do to the ledger: header in rows 3 and 4, items in rows 5
// and 6, notes from row 7 on.
var moreLedgerChanges = []mutation{
	{"the sheet copied, a column gone from the copy", `w=wb.copy_worksheet(ws); w.delete_cols(38)`, "noted; S04 warn"},
	{"the sheet copied, a column gone and a cell changed", `w=wb.copy_worksheet(ws); w.delete_cols(38); w["X6"]="已全部硬化"`, "returned; S08 reject"},
	{"the sheet copied, a required column gone and a row more", `w=wb.copy_worksheet(ws); w.delete_cols(11); w["D5"]="X3YN202611020099"`, "returned; S08 reject"},
	{"another table in the same book", `w=wb.create_sheet("名单"); w.append(["序号","联系人","联系电话"]); w.append([1,"王芳","0870-1"])`, "noted; S04 warn"},
	{"five lines above the header", `insert(3,5)`, "accepted"},
	{"header with a colon", `ws["D3"]="受理编号："`, "accepted"},
	{"item number with brackets", `ws["D6"]="访受〔2021〕0517031号"`, "accepted"},
	{"one item with and without a star", `insert(7); copy(6,7,A=3,D="*X3YN202611020012")`, "partial; R02 D6 fix"},
	{"one item with blanks inside", `insert(7); copy(6,7,A=3,D="X3YN 2026 1102 0012")`, "partial; R02 D6 fix"},
	{"closed without a day", `ws["Z5"]=None`, "partial; R03 Z5 fix"},
	{"closed before it was assigned", `ws["Z5"]=datetime.datetime(2026,10,1)`, "partial; R04 Z5 fix"},
	{"a duplicate of itself", `ws["Q5"]="是"; ws["R5"]=ws["D5"].value`, "partial; R04 R5 fix"},
	{"punished though untrue", `ws["U5"]="不属实"`, "noted; R04 AA5 warn"},
	{"a fine below zero", `ws["AC5"]=-0.2`, "partial; C06 AC5 fix"},
	{"a fine in 亿元", `ws["AC5"]="0.0001亿元"`, "noted; C03 AC5 warn"},
	{"half a firm", `ws["AA6"]=0.5`, "partial; C02 AA6 fix"},
	{"a day as a bare number", `ws["G6"]=46328; ws["G6"].number_format="General"`, "noted; C03 G6 warn"},
	{"a day as text with an apostrophe", `ws["G6"]="'2026-11-02"`, "accepted; C03 G6 note"},
	{"a day with its weekday", `ws["G6"]="2026年11月2日（星期一）"`, "accepted; C03 G6 note"},
	{"a day with another day's weekday", `ws["G6"]="2026年11月2日 周二"`, "partial; C04 G6 fix"},
	{"a day of the lunar calendar", `ws["G6"]="农历九月廿三"`, "partial; C04 G6 fix"},
	{"two days in a cell", `ws["G6"]="2026-11-02\n2026-11-03"`, "partial; C04 G6 fix"},
	{"29 February of no leap year", `ws["G6"]="2026-02-29"`, "partial; C04 G6 fix"},
	{"a tick for yes", `ws["F6"]="√"`, "accepted; C03 F6 note"},
	{"total row in other words", `insert(7); ws["A7"]="总计"; ws["AA7"]=2`, "accepted; R05 A7 note"},
	{"total row of formulas without results", `insert(7); ws["A7"]="合计"; ws["AA7"]="=SUM(AA5:AA6)"`, "accepted; R05 A7 note"},
	{"signatures right below the rows", `insert(7); ws["A7"]="填表人：王芳"; ws["H7"]="审核人：李明"`, "accepted"},
	{"telephone as a number", `ws["AK6"]=13987654321`, "accepted"},
	{"ditto", `ws["Y6"]="同上"`, "partial; C05 Y6 fix"},
	{"status and a date in one cell", `ws["Y6"]="阶段性办结（11月9日）"`, "partial; C05 Y6 fix"},
	{"kinds parted by a blank, which parts nothing", `ws["L6"]="大气 生态"`, "partial; C05 L6 fix"},
	{"a note of the county's own", `
from openpyxl.comments import Comment
ws["AC5"].comment=Comment("含市直部门","王芳")`, "accepted"},
}

func TestMoreLedgerMutations(t *testing.T) { mutate(t, "petition_ledger", moreLedgerChanges) }

// More of what clerks do to the self-check: rows 4 and 5.
var moreSelfCheckChanges = []mutation{
	{"the prefecture's name", `ws["B5"]="云岭州"`, "accepted"},
	{"two states", `ws["H4"]="已办结/正在办理"`, "partial; C05 H4 fix"},
	{"a number that lost its digits in a text", `ws["G4"]=1.23456789012346e17`, "partial; C12 G4 fix"},
	{"an error in a text", `ws["E4"]="#N/A"; ws["E4"].data_type="e"`, "noted; C09 E4 warn"},
	{"a place where a number is to stand", `ws["A12"]="河湾村"`, "accepted; R05 A12 note"},
	{"the sheet copied, the last column gone", `w=wb.copy_worksheet(ws); w.delete_cols(8)`, "noted; S04 warn"},
	{"the sheet copied, the last column gone and a row changed", `w=wb.copy_worksheet(ws); w.delete_cols(8); w["G4"]="已全部完成"`, "returned; S08 reject"},
}

func TestMoreSelfCheckMutations(t *testing.T) { mutate(t, "open_issue_check", moreSelfCheckChanges) }

// More of what clerks do to the table of figures: row 5.
var moreFiguresChanges = []mutation{
	{"brackets for below zero", `ws["G5"]="(12)"`, "returned; C02 G5 fix"},
	{"a share", `ws["G5"]="12%"`, "returned; C02 G5 fix"},
	{"a sum", `ws["C5"]="6+7"`, "returned; C02 C5 fix"},
	{"a full-width minus", `ws["J5"]="－1"`, "returned; C06 J5 fix"},
	{"a Chinese comma", `ws["I5"]="1，006.5"`, "accepted; C03 I5 note"},
	{"a blank between thousands", `ws["I5"]="1 006.5"`, "accepted; C03 I5 note"},
	{"a comma in the wrong place", `ws["I5"]="1,00.5"`, "returned; C02 I5 fix"},
	{"two points", `ws["I5"]="6.5.1"`, "returned; C02 I5 fix"},
	{"a letter for zero", `ws["J5"]="O"`, "returned; C02 J5 fix"},
	{"true for a figure", `ws["G5"]=True`, "returned; C02 G5 fix"},
	{"a blank total", `ws["E5"]=None`, "returned; C01 E5 fix"},
	{"a total that is wrong", `ws["E5"]=21`, "returned; R04 E5 fix"},
	{"more closed than assigned", `ws["B5"]=20`, "returned; R04 B5 fix"},
	{"an invisible mark behind a figure", `ws["B5"]="26\u200b"`, "accepted; C13 B5 note"},
}

func TestMoreFiguresMutations(t *testing.T) { mutate(t, "case_summary", moreFiguresChanges) }

// The self-check has no column of the sender alone: 市/州 may name a wider place,
// but never another county.
func TestPlaceOfAnotherCounty(t *testing.T) {
	c, county := yunling(t)
	c.Counties = templates.NewCounties(county, &templates.County{Name: "石泉县", Folder: "石泉县", Aliases: []string{"石泉"}})
	list := []mutation{
		{"its own name", ``, "accepted"},
		{"a wider place", `ws["B4"]="云岭州"; ws["B5"]="云岭州"`, "accepted"},
		{"another county", `ws["B5"]="石泉县"`, "partial; C05 B5 fix"},
		{"another county's short name", `ws["B5"]=" 石 泉 "`, "partial; C05 B5 fix"},
		{"another county in a merged cell", `ws["B4"]="石泉县"; ws.merge_cells("B4:B5")`, "returned; C05 B4 fix; C05 B5 fix; C15 B5 warn"},
	}
	judgeMutations(t, c, county, mutated(t, c, county, "open_issue_check", list), list)
}
