package templates_test

import (
	"strings"
	"testing"

	"taizhang/templates"
)

// More of what offices do to the table of figures: header in rows 3 and 4, figures in
// row 5.
func TestFiguresUnderOtherHeads(t *testing.T) {
	mutate(t, "case_summary", []mutation{
		{"parts said to be parts", `ws["C4"]="其中：属实"; ws["D4"]="其中：不属实"`, "accepted"},
		{"parts said so above", `ws["C3"]="已办结（件）其中"`, "accepted"},
		{"whole words below a parent", `ws["K4"]="行政拘留"; ws["L4"]="刑事拘留"`, "noted; H03 K4 warn; H03 L4 warn"},
		{"another kind of part", `ws["C4"]="其中：重复"`, "returned; H02 reject; H05 C4 warn"},
		{"a zero whose format hides it", `ws["J5"].number_format="0;-0;;"`, "accepted"},
		{"the sheet hidden", `w=wb.create_sheet("说明"); w["A1"]="请看隐藏的表"; ws.sheet_state="hidden"; wb.active=wb.worksheets.index(w)`, "returned; H01 reject"},
		{"a day that no calendar has", `
for c in ws[2]:
    if isinstance(c.value,str) and "填报日期" in c.value: c.value="填报日期：2026年11月31日"`, "noted; C04 J2 warn"},
		{"a day left open", `
for c in ws[2]:
    if isinstance(c.value,str) and "填报日期" in c.value: c.value="填报日期：    年  月  日"`, "accepted"},
	})
}

// A title that lacks a field is named with the field that it is most like, and with no
// other one.
func TestEachNearTitleWithItsOwnField(t *testing.T) {
	c, county := yunling(t)
	files := mutated(t, c, county, "case_summary", []mutation{{name: "heads", code: `ws["C3"]="办结数（件）"`}})
	r := c.Judge(bookAt(t, files[0]), templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
	want := map[string]string{"已办结(件)/属实": "“办结数（件）/属实”是否就是它", "已办结(件)/不属实": "“办结数（件）/不属实”是否就是它", "已办结(件)/合计": "“办结数（件）/合计”是否就是它"}
	for _, f := range r.Findings {
		if said, ok := want[f.Title]; ok && !strings.Contains(f.Message, said) {
			t.Errorf("%s: %s", f.Title, f.Message)
		}
	}
}

func TestHiddenSheetIsNamed(t *testing.T) {
	c, county := yunling(t)
	files := mutated(t, c, county, "case_summary", []mutation{{name: "hidden",
		code: `ws.title="汇总"; w=wb.create_sheet("说明"); w["A1"]="请看隐藏的表"; ws.sheet_state="hidden"; wb.active=wb.worksheets.index(w)`}})
	r := c.Judge(bookAt(t, files[0]), templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
	if want := "《第二轮第一批中央生态环境保护督察群众举报问题办理情况汇总表》在隐藏的工作表“汇总”里，没有读取。"; r.Findings[0].Message != want {
		t.Error(r.Findings[0].Message)
	}
}
