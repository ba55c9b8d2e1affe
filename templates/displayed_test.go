package templates_test

import (
	"testing"

	"taizhang/templates"
)

// A format may show a number in another unit than it is stored in. What is stored
// counts, and that is said; digits that are only rounded off are no difference.
func TestDisplayedUnits(t *testing.T) {
	mutate(t, "case_summary", []mutation{
		{"shown in 万", `ws["I5"]=35000; ws["I5"].number_format='0!.0,"万"'`, "noted; C03 I5 warn"},
		{"shown in millions", `ws["I5"]=12000000; ws["I5"].number_format='0.0,,'`, "noted; C03 I5 warn"},
		{"shown in thousands where items are counted", `ws["J5"]=12000; ws["J5"].number_format='0,"千"'`, "accepted; C03 J5 note"},
		{"shown with its unit", `ws["G5"]=12; ws["G5"].number_format='0"家"'`, "accepted"},
		{"shown rounded", `ws["I5"]=6.125; ws["I5"].number_format='0.00'`, "accepted"},
		{"shown with separators", `ws["I5"]=1006.5; ws["I5"].number_format='#,##0.00'`, "accepted"},
		{"shown in Chinese figures", `ws["G5"]=12; ws["G5"].number_format='[DBNum1][$-804]General'`, "accepted"},
		{"shown as a fraction", `ws["I5"]=6.5; ws["I5"].number_format='# ?/?'`, "accepted"},
		{"hidden by its format", `ws["G5"]=12; ws["G5"].number_format=';;;'`, "accepted"},
		{"shown as a word", `ws["G5"]=1; ws["G5"].number_format='[=1]"有";0'`, "accepted"},
	})
}

// What is said names both what a person sees and what is counted.
func TestDisplayedUnitsAreNamed(t *testing.T) {
	c, county := yunling(t)
	files := mutated(t, c, county, "case_summary", []mutation{{name: "in 万", code: `ws["I5"]=35000; ws["I5"].number_format='0!.0,"万"'`}})
	r := c.Judge(bookAt(t, files[0]), templates.Sender{County: county, File: "表.xlsx", Now: exampleDay})
	r.Compare(templates.Past{})
	if len(r.Findings) != 1 || r.Findings[0].Message != "I5“罚款金额(万元)”填的是“3.5万”，已按“35000”读取，请确认。" {
		t.Errorf("%+v", r.Findings)
	}
}
