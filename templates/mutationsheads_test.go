package templates_test

import "testing"

// What offices add to the titles of a ledger's columns makes no other columns of them;
// what may be another column is asked about.
func TestTitlesWithMoreInThem(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"every column numbered", `
n=1
for c in range(1,39):
    v=ws.cell(3,c).value
    if v: ws.cell(3,c).value=f"{n}.{v}"; n+=1`, "accepted"},
		{"numbered in Chinese", `
for n,c in zip("一二三四",(4,10,11,12)): ws.cell(3,c).value=f"{n}、{ws.cell(3,c).value}"`, "accepted"},
		{"numbered in brackets", `
for n,c in enumerate((4,10,11,12),1): ws.cell(3,c).value=f"（{n}）{ws.cell(3,c).value}"`, "accepted"},
		{"numbered parent and children", `ws["AE3"]="5.拘留(人)"; ws["AE4"]="（1）行政"; ws["AF4"]="（2）刑事"`, "accepted"},
		{"choices listed in brackets", `ws["Y3"]="办结状态（已办结/阶段性办结/正在办理）"; ws["U3"]="是否属实\n（属实、部分属实、不属实）"`, "accepted"},
		{"choices in quotes", `ws["Y3"]="办结状态（填“已办结”“阶段性办结”“正在办理”）"`, "accepted"},
		{"how a day is written", `ws["G3"]="交办日期（年/月/日）"; ws["Z3"]="办结日期(yyyy-mm-dd)"`, "accepted"},
		{"an example", `ws["W3"]="整改时限（例：2026年12月底前）"; ws["D3"]="受理编号（请照抄）"`, "accepted"},
		{"the unit with its word", `ws["AC3"]="罚款金额（单位：万元）"; ws["AA3"]="责令整改（单位：家）"`, "accepted"},
		{"other brackets", `ws["AC3"]="罚款金额[万元]"; ws["AA3"]="责令整改【家】"; ws["AB3"]="立案处罚〔家〕"`, "accepted"},
		{"yuan with its word", `ws["AC3"]="罚款金额（单位：元）"; ws["AC5"]=2000`, "noted; C03 AC5 warn"},
		{"yuan by its full name", `ws["AC3"]="罚款金额（人民币元）"; ws["AC5"]=2000`, "noted; C03 AC5 warn"},
		{"thousands of yuan", `ws["AC3"]="罚款金额（千元）"; ws["AC5"]=2`, "noted; C03 AC5 warn"},
		{"thousands of yuan in a cell", `ws["AC5"]="2千元"`, "noted; C03 AC5 warn"},
		{"one choice in brackets is another column", `ws["Y3"]="办结状态（已办结）"`, "returned; H02 reject"},
		{"another span in brackets", `ws["AG3"]="约谈（本年累计）"`, "noted; H02 warn"},
		{"the year before the title", `ws["AC3"]="2026年罚款金额（万元）"`, "noted; H02 warn"},
		{"children written with a dash", `
for m in list(ws.merged_cells.ranges):
    if m.min_row==3: ws.unmerge_cells(str(m))
ws["AE3"]="拘留-行政"; ws["AF3"]="拘留（刑事）"; ws.delete_rows(4)`, "noted; H02 warn; H02 warn"},
		{"the unit behind a comma", `ws["AC3"]="罚款金额，万元"`, "noted; H02 warn"},
	})
	mutate(t, "open_issue_check", []mutation{
		{"choices in brackets", `ws["H3"]="是否办结(填“已办结”“阶段办结”“正在办理”)"`, "accepted"},
		{"how far the progress goes", `ws["G3"]="整改进展情况（截至2026年11月）"`, "returned; H02 reject"},
		{"the place with brackets", `ws["B3"]="市（州）"`, "noted; H02 warn"},
	})
}

// A table that was printed on several pages may have its head on each of them, the
// title, the line of 填报单位 and both levels of the header.
func TestHeadOnEachPage(t *testing.T) {
	mutate(t, "petition_ledger", []mutation{
		{"both levels of the header", `
insert(6,2)
for c in range(1,39): ws.cell(6,c).value=ws.cell(3,c).value
ws["AE7"]="行政"; ws["AF7"]="刑事"`, "accepted; R05 A6 note; R05 A7 note"},
		{"title, line and header", `
insert(6,4)
ws["A6"]=ws["A1"].value; ws["A7"]="填报单位(公章)：云岭县"; ws["G7"]="填报日期：2026年11月20日"
for c in range(1,39): ws.cell(8,c).value=ws.cell(3,c).value
ws["AE9"]="行政"; ws["AF9"]="刑事"`, "accepted; R05 A6 note; R05 A7 note; R05 A8 note; R05 A9 note"},
		{"columns counted by letters", `insert(5)
for c in range(1,39): ws.cell(5,c).value=letter(c)`, "accepted; R05 A5 note"},
		{"columns counted with words", `insert(5)
for c in range(1,39): ws.cell(5,c).value=f"第{c}栏"`, "accepted; R05 A5 note"},
	})
}
