package templates_test

import "testing"

// What clerks do to the ledger of petition items. Its header is in rows 3 and 4,
// its two items in rows 5 and 6, its notes in rows 7 to 10.
var ledgerChanges = []mutation{
	{"as it is", ``, "accepted"},
	{"inserted column", `column(11, "所属网格", 3, [None, "大坪网格", "石子沟网格"])`, "noted; H05 K4 warn"},
	{"header with line breaks and blanks", `ws["D3"]="受 理\n编号"; ws["K3"]=" 交办问题\n基本情况 "`, "accepted"},
	{"half and full brackets", `ws["AA3"]="责令整改（家）"; ws["AE3"]="拘留（人）"; ws["AC3"]="罚款金额［万元］".replace("［","（").replace("］","）")`, "accepted"},
	{"vertical header text", `ws["AJ3"]="联\n系\n人"`, "accepted"},
	{"header with a footnote mark", `ws["D3"]="受理编号①"; ws["Y3"]="办结状态*"; ws["Z3"]="办结日期※"`, "accepted"},
	{"header that says it must be filled", `ws["D3"]="*受理编号（必填）"; ws["AC3"]="罚款金额(万元)(选填)"`, "accepted"},
	{"alias", `ws["D3"]="信访编号"`, "noted; H03 D4 warn"},
	{"near miss of an optional column", `ws["S3"]="包案领导姓名"`, "noted; H02 warn"},
	{"near miss of a required column", `ws["K3"]="问题基本状况"`, "returned; H02 reject"},
	{"column twice", `ws["AL3"]="联系人"`, "returned; H04 AJ4 reject; H02 warn"},
	{"many optional columns gone", `ws.delete_cols(33,6)`, "noted; H02 warn"},
	{"parent level gone", `ws.unmerge_cells("AE3:AF3"); ws["AE3"]=None`, "noted; H03 AE4 warn; H03 AF4 warn"},
	{"another parent over the same words", `ws["AE3"]="行政处罚"`, "noted; H02 warn; H05 AE3 warn; H05 AF3 warn"},
	{"parent written once and not merged", `ws.unmerge_cells("AE3:AF3")`, "accepted"},
	{"columns swapped", `
for r in (3,5,6):
    a,b=ws.cell(r,10).value,ws.cell(r,11).value
    ws.cell(r,10).value,ws.cell(r,11).value=b,a`, "accepted; H06 note"},
	{"title deleted, typed anew", `nomark(); ws["A1"]=None`, "noted; H03 warn"},
	{"title of another year, typed anew", `nomark(); ws["A1"]="云岭县2026年群众信访举报件办理情况台账"`, "accepted"},
	{"no mark, title there", `nomark()`, "accepted"},
	{"title in the header row", `ws.unmerge_cells("A3:A4"); ws["A3"]="群众信访举报件办理台账"; ws["A1"]=None`, "noted; H05 A4 warn"},
	{"blank row inside", `insert(6,2)`, "accepted; R05 A6 note"},
	{"numbered row without content", `insert(6); ws["A6"]=2; ws["A7"]=3`, "accepted; R05 A6 note"},
	{"rows below the notes", `copy(6, 12, A=3, D="X3YN202611020077")`, "noted; R05 A12 warn"},
	{"a line of words below the notes", `ws["D12"]="以上内容已经县政府分管领导审定"`, "accepted; R05 A12 note"},
	{"words in a merged row below the table", `ws["A12"]="本表一式三份"; ws.merge_cells("A12:F12")`, "accepted; R05 A12 note"},
	{"total row at the top", `insert(5); ws["A5"]="合计"; ws["AA5"]=2; ws["AB5"]=1; ws["AC5"]=0.2`, "accepted; R05 A5 note"},
	{"total row at the top that is wrong", `insert(5); ws["A5"]="合计"; ws["AA5"]=3`, "noted; X02 AA5 warn; R05 A5 note"},
	{"own subtotal", `insert(7); ws["A7"]="青松镇小计"; ws["AA7"]=2`, "accepted; R05 A7 note"},
	{"the word 累计 in a remark", `ws["AL5"]="累计"`, "accepted"},
	{"section rows", `insert(6); insert(5); ws["A5"]="一、大气类"; ws["A7"]="二"; ws["B7"]="水类"`, "accepted; R05 A5 note; R05 A7 note"},
	{"header on each page", `insert(6,2)
for c in range(1,39):
    ws.cell(6,c).value=ws.cell(3,c).value
ws["AE7"]="行政"; ws["AF7"]="刑事"; ws["D7"]="受理编号"`, "accepted; R05 A6 note; R05 A7 note"},
	{"the form once more below", `
for r in (3,5,6):
    for c in range(1,39):
        ws.cell(r+11,c).value=ws.cell(r,c).value`, "returned; S08 A14 reject"},
	{"columns counted below the header", `insert(5)
for c in range(1,39): ws.cell(5,c).value=c`, "accepted; R05 A5 note"},
	{"example row", `insert(5); copy(6,5,A="示例",D="D3YN202601010001")`, "noted; R05 A5 warn"},
	{"serial numbers double and odd", `ws["A6"]="（二）"`, "accepted; C03 A6 note"},
	{"serial numbers as text and of another list", `ws["A5"]="3"; ws["A6"]="17"`, "accepted; C03 A6 note"},
	{"merged serial column", `ws.merge_cells("A5:A6")`, "accepted"},
	{"merged batch, filled down", `ws.merge_cells("C5:C6")`, "noted; C15 C6 warn"},
	{"merged lead unit, which is not", `ws.merge_cells("O5:O6")`, "noted; C15 O6 warn"},
	{"cells merged across", `ws.merge_cells("AJ5:AK5")`, "noted; C15 AK5 warn"},
	{"second table beside", `ws["AO3"]="物资"; ws["AP3"]="数量"; ws["AO5"]="沙袋"; ws["AP5"]=300`, "noted; H05 AO4 warn"},
	{"stray cell far away", `ws["XFD1048576"]="x"`, "noted; H05 XFD1048576 warn"},
	{"stray cells beside the rows", `ws["AN5"]="已电话核实"; ws["AN6"]="待补"`, "noted; H05 AN5 warn"},
	{"stray blank", `ws["AN40"]=" "`, "accepted"},
	{"blank columns between", `column(5, None, 3, [])`, "accepted"},
	{"hidden row and column", `ws.row_dimensions[6].hidden=True; ws.column_dimensions["AC"].hidden=True`, "noted; S07 A6 warn"},
	{"formula of text", `ws["AL5"]='=HYPERLINK("http://127.0.0.1/","点此")'`, "noted; C11 AL5 warn"},
	{"formula typed as text", `ws["AL5"]="=SUM(A1:A2)"; ws["AL5"].data_type="s"; ws["AC5"]="=0.1+0.1"; ws["AC5"].data_type="s"`, "partial; C02 AC5 fix"},
	{"full-width number of the item", `ws["D6"]="Ｘ３ＹＮ２０２６１１０２００１２"`, "accepted"},
	{"one item in two widths", `insert(7); copy(6,7,A=3,D="ｘ３yn202611020012 ")`, "partial; R02 D6 fix"},
	{"an item with an apostrophe", `insert(7); copy(6,7,A=3,D="'X3YN202611020012")`, "partial; R02 D6 fix"},
	{"item numbers that a circle tells apart", `insert(7); ws["D6"]="X12①"; copy(6,7,A=3,D="X121")`, "accepted"},
	{"item number typed as a number", `ws["D6"]=20261102001234567`, "partial; C12 D6 fix"},
	{"long item number that lost its digits", `ws["D6"]=1.10101199003071e17`, "partial; C12 D6 fix"},
	{"telephone with leading zeros by format", `ws["AK6"]=8701234; ws["AK6"].number_format="00000000"`, "accepted"},
	{"a text that became a date", `ws["J6"]=datetime.datetime(2026,3,5); ws["J6"].number_format='m"月"d"日"'`, "accepted; C03 J6 note"},
	{"enum with a footnote mark", `ws["Y6"]="阶段性办结①"`, "partial; C05 Y6 fix"},
	{"enum with blanks", `ws["Y6"]="阶段性 办结"`, "accepted; C03 Y6 note"},
	{"an unknown kind of pollution", `ws["L6"]="大气、光"`, "partial; C05 L6 fix"},
	{"two counties in a cell", `ws["I6"]="云岭县、石泉县"`, "partial; C05 I6 fix"},
	{"county with a blank inside", `ws["I6"]="云 岭 县"`, "accepted; C03 I6 note"},
	{"date with 、", `ws["G6"]="2026、11、2"`, "accepted; C03 G6 note"},
	{"date with 。", `ws["G6"]="2026。11。2"`, "accepted; C03 G6 note"},
	{"month without day", `ws["G6"]="十一月"`, "partial; C04 G6 fix"},
	{"no such month", `ws["G6"]="2026-13-01"`, "partial; C04 G6 fix"},
	{"a range that begins with a time", `ws["G6"]="2026-11-02 08:00至2026-11-04"`, "partial; C04 G6 fix"},
	{"date and time", `ws["G6"]="2026-11-02 08:30"`, "accepted; C03 G6 note"},
	{"day without year", `ws["G6"]="11月2日"`, "noted; C03 G6 warn"},
	{"date with a full stop", `ws["G6"]="2026年11月2日。"`, "accepted; C03 G6 note"},
	{"number with a circle", `ws["AA6"]="1②"`, "partial; C02 AA6 fix"},
	{"number with a square", `ws["AA6"]="1²"`, "partial; C02 AA6 fix"},
	{"number with a full stop", `ws["AA6"]="1。"`, "accepted; C03 AA6 note"},
	{"number with an apostrophe", `ws["AA6"]="'1"`, "accepted; C03 AA6 note"},
	{"negative zero", `ws["AA6"]="-0"`, "accepted"},
	{"scientific text", `ws["AC6"]="1E3"`, "partial; C02 AC6 fix"},
	{"a sum as text", `ws["AA6"]="1+2"`, "partial; C02 AA6 fix"},
	{"number and remark", `ws["AA6"]="13（重复6）"`, "partial; C02 AA6 fix"},
	{"share where a count belongs", `ws["AA6"]=1; ws["AA6"].number_format="0%"`, "partial; C02 AA6 fix"},
	{"yuan typed in a column of 万元", `ws["AC5"]="2000元"`, "noted; C03 AC5 warn"},
	{"万 typed in a column of 万元", `ws["AC5"]="0.2万"`, "partial; C02 AC5 fix"},
	{"column of yuan", `ws["AC3"]="罚款金额(元)"; ws["AC5"]=2000`, "noted; C03 AC5 warn"},
	{"column of yuan with text", `ws["AC3"]="罚款金额（元）"; ws["AC5"]="2,000元。"`, "noted; C03 AC5 warn"},
	{"very long text", `ws["T6"]="核查情况"*2500`, "accepted"},
	{"soft hyphens and marks of direction", `ws["J6"]="白沙乡\u00ad石子\u200f沟"`, "accepted; C13 J6 note"},
	{"emoji", `ws["AL6"]="已完成👍"`, "accepted"},
	{"placeholder in a text", `ws["AI5"]="无"`, "accepted; C14 AI5 note"},
	{"sheet named 合计", `ws.title="合计"`, "accepted"},
	{"the sheet copied", `wb.copy_worksheet(ws)`, "noted; S04 warn"},
	{"the sheet copied and changed", `w=wb.copy_worksheet(ws); w["X6"]="已全部硬化"`, "returned; S08 reject"},
	{"copied twice, the second one changed", `wb.copy_worksheet(ws); w=wb.copy_worksheet(ws); w["X6"]="已全部硬化"`, "returned; S08 reject"},
	{"last month kept hidden", `w=wb.copy_worksheet(ws); w["X6"]="旧"; w.sheet_state="hidden"`, "noted; S04 warn"},
}

func TestLedgerMutations(t *testing.T) { mutate(t, "petition_ledger", ledgerChanges) }

// What clerks do to the self-check: header in row 3, rows 4 and 5, notes 6 to 9.
var selfCheckChanges = []mutation{
	{"as it is", ``, "accepted"},
	{"inserted column", `column(4, "网格员", 3, ["甲一", "乙二"])`, "noted; H05 D3 warn"},
	{"title deleted", `ws["A1"]=None`, "accepted"},
	{"title deleted, typed anew", `nomark(); ws["A1"]=None`, "noted; H03 warn"},
	{"near miss", `ws["H3"]="是否已办结"`, "returned; H02 reject"},
	{"header split over two rows", `insert(4); ws["G3"]="主题教育期间"; ws["G4"]="整改进展"; ws["D3"]="群众举报问题"; ws["D4"]="具体内容"`, "accepted"},
	{"header split over three rows", `insert(4,2); ws["G3"]="主题教育"; ws["G4"]="期间"; ws["G5"]="整改进展"`, "accepted"},
	{"blank row inside", `insert(5)`, "accepted; R05 A5 note"},
	{"rows wholly merged in twos", `insert(5)
for c in range(1,9): ws.merge_cells(start_row=4,start_column=c,end_row=5,end_column=c)`, "accepted"},
	{"serial numbers in words", `ws["A4"]="一"; ws["A5"]="二"`, "accepted; C03 A4 note"},
	{"merged region", `ws.merge_cells("B4:B5")`, "noted; C15 B5 warn"},
	{"section heading", `insert(4); ws["A4"]="一"; ws["B4"]="水环境"`, "accepted; R05 A4 note"},
	{"the same problem twice", `insert(6); copy(5,6,A=3)`, "partial; R02 C5 fix"},
	{"status in other words", `ws["H4"]="办理中"; ws["H5"]="是"`, "accepted; C03 H4 note; C03 H5 note"},
	{"status misspelt", `ws["H4"]="已办节"`, "partial; C05 H4 fix"},
	{"required cell blank", `ws["G4"]=None`, "partial; C01 G4 fix"},
	{"stroke for a required cell", `ws["G4"]="——"`, "partial; C01 G4 fix; C14 G4 note"},
	{"pasted from Word", `ws["G4"]="\u00a0管网\t已铺设\u3000"`, "accepted; C13 G4 note"},
	{"line break inside", `ws["G4"]="一期完成\n二期在建"`, "accepted"},
	{"date in a text column", `ws["G4"]=datetime.datetime(2026,11,5)`, "accepted; C03 G4 note"},
	{"share in a text column", `ws["G4"]=0.833; ws["G4"].number_format="0.0%"`, "accepted"},
	{"content right of the table", `ws["J4"]="领导批示：抓紧"`, "noted; H05 J4 warn"},
	{"row far below the table", `copy(5,40,A=3,C="河湾村")`, "noted; R05 A40 warn"},
	{"form twice on one sheet", `
for r in range(1,6):
    for c in range(1,9):
        v=ws.cell(r,c).value
        if v is not None: ws.cell(r+12,c).value=v`, "returned; S08 A15 reject; R05 A13 note"},
	{"hidden row", `ws.row_dimensions[4].hidden=True`, "noted; S07 A4 warn"},
	{"everything moved two to the right and down", `
for m in list(ws.merged_cells.ranges): ws.unmerge_cells(str(m))
ws.move_range("A1:H9", rows=2, cols=2)`, "accepted"},
	{"another county's unit line", `ws["A2"]="填报单位（公章）：石泉县"`, "returned; F08 A2 reject"},
	{"example kept", `insert(4); copy(5,4,A="例",C="某镇某村")`, "noted; R05 A4 warn"},
}

func TestSelfCheckMutations(t *testing.T) { mutate(t, "open_issue_check", selfCheckChanges) }

// What clerks do to the table of figures: header in rows 3 and 4, figures in row
// 5, notes in rows 6 and 7. One held figure returns it all.
var figuresChanges = []mutation{
	{"as it is", ``, "accepted"},
	{"row of units", `
for m in list(ws.merged_cells.ranges):
    if m.min_row==3: ws.unmerge_cells(str(m))
insert(5)
for c,(t,l,u) in enumerate([("市/州","",""),("交办数量","","件"),("已办结","属实","件"),("已办结","不属实","件"),("已办结","合计","件"),("阶段办结","","件"),("责令整改","","家"),("立案处罚","","家"),("罚款金额","","万元"),("立案侦查","","件"),("拘留","行政","人"),("拘留","刑事","人"),("约谈","","人"),("问责","","人")],1):
    ws.cell(3,c).value=t; ws.cell(4,c).value=l or None; ws.cell(5,c).value="（"+u+"）" if u else None`, "accepted"},
	{"columns counted", `insert(5); ws["A5"]="甲"
for c in range(2,15): ws.cell(5,c).value=c-1`, "accepted; R05 A5 note"},
	{"total row", `insert(6); copy(5,6,A="合  计")`, "accepted; R05 A6 note"},
	{"total row that differs", `insert(6); copy(5,6,A="合计",B=27)`, "noted; X02 B6 warn; R05 A6 note"},
	{"figures as text", `ws["B5"]="26"; ws["C5"]="１３"`, "accepted; C03 C5 note"},
	{"figures with units", `ws["B5"]="26件"`, "noted; C03 B5 warn"},
	{"figure with another unit", `ws["B5"]="26家"`, "returned; C02 B5 fix"},
	{"about", `ws["G5"]="约12"`, "returned; C02 G5 fix"},
	{"numeral", `ws["G5"]="十二"`, "noted; C03 G5 warn"},
	{"half an item", `ws["B5"]=26.5`, "returned; C02 B5 fix"},
	{"thousands", `ws["I5"]="1,006.50"`, "accepted; C03 I5 note"},
	{"dash for nothing in an optional figure", `ws["J5"]="—"`, "accepted; C14 J5 note"},
	{"dash for nothing in a required one", `ws["F5"]="—"`, "returned; C01 F5 fix; C14 F5 note"},
	{"figure that became a date", `ws["G5"]=datetime.datetime(2026,3,5); ws["G5"].number_format="m-d"`, "returned; C02 G5 fix"},
	{"broken reference", `ws["G5"]="#REF!"; ws["G5"].data_type="e"`, "noted; C09 G5 warn"},
	{"formula without result", `ws["E5"]="=C5+D5"`, "returned; C11 E5 fix"},
	{"negative", `ws["G5"]=-1`, "returned; C06 G5 fix"},
	{"fine in yuan", `ws["I3"]="罚款金额（元）"; ws["I5"]=65000`, "noted; C03 I5 warn"},
	{"fine with too many digits", `ws["I5"]=6.5000001`, "returned; C06 I5 fix"},
	{"binary fraction", `ws["I5"]=0.1+0.2`, "accepted"},
	{"another county's row", `ws["A5"]="石泉县"`, "returned; C05 A5 fix"},
	{"two counties in one cell", `ws["A5"]="云岭县/石泉县"`, "returned; C05 A5 fix"},
	{"the row twice", `insert(6); copy(5,6)`, "returned; R02 A5 fix"},
	{"lower level without parents", `ws.unmerge_cells("C3:E3"); ws["C3"]=None; ws.unmerge_cells("K3:L3"); ws["K3"]=None`,
		"noted; H03 C4 warn; H03 D4 warn; H03 E4 warn; H03 K4 warn; H03 L4 warn"},
	{"stage parted too", `ws.unmerge_cells("F3:F4"); ws["F3"]="阶段办结(件)"; ws["F4"]="合计"`, "returned; H02 reject"},
	{"a note beside", `ws["P5"]="较上期增加3件"`, "noted; H05 P5 warn"},
	{"hidden column", `ws.column_dimensions["I"].hidden=True`, "noted; S07 I4 warn"},
}

func TestFiguresMutations(t *testing.T) { mutate(t, "case_summary", figuresChanges) }

// The same, opened and saved by LibreOffice: formulas have results now, and a
// second program has written the rest.
func TestMutationsThroughLibreOffice(t *testing.T) {
	throughOffice(t, "petition_ledger", []mutation{
		{"formula of text", `ws["AL5"]='=HYPERLINK("http://127.0.0.1/","点此")'`, "accepted; C03 AL5 note"},
		{"formula of a figure", `ws["AC5"]="=0.1+0.1"; ws["AA5"]="=1+0"`, "accepted"},
		{"formula without a value", `ws["AA5"]="=1/0"`, "noted; C09 AA5 warn"},
		{"merges, hidden rows, blank rows", `insert(6); ws.merge_cells("C5:C7"); ws.row_dimensions[7].hidden=True`, "noted; S07 A7 warn; C15 C7 warn"},
		{"blank row inside", `insert(6)`, "accepted; R05 A6 note"},
		{"stray cell far away", `ws["AZ900"]="x"`, "noted; H05 AZ900 warn"},
		{"yuan", `ws["AC3"]="罚款金额(元)"; ws["AC5"]=2000`, "noted; C03 AC5 warn"},
	})
	throughOffice(t, "case_summary", []mutation{
		{"total of a formula", `ws["E5"]="=C5+D5"`, "accepted"},
		{"date for a figure", `ws["G5"]=datetime.datetime(2026,3,5); ws["G5"].number_format="m-d"`, "returned; C02 G5 fix"},
		{"share for a figure", `ws["G5"]=1; ws["G5"].number_format="0%"`, "returned; C02 G5 fix"},
		{"parents gone", `ws.unmerge_cells("K3:L3"); ws["K3"]=None`, "noted; H03 K4 warn; H03 L4 warn"},
	})
}
