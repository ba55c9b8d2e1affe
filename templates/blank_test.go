package templates_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/sheets"
	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// redrawn draws a drawing and reads it back with our own reader.
func redrawn(t *testing.T, d sheets.Drawing) *sheets.Book {
	t.Helper()
	var b bytes.Buffer
	if err := sheets.Draw(&b, d); err != nil {
		t.Fatal(err)
	}
	got, err := sheets.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), sheets.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// lines shows the rows of a sheet as text, one line a row: A1=… B1=….
func lines(s *sheets.Sheet) []string {
	var out []string
	for _, r := range s.Rows {
		var line []string
		for c := range r.Cells.All() {
			line = append(line, sheets.Address(c.Col, r.Num)+"="+c.Text)
		}
		out = append(out, strings.Join(line, " "))
	}
	return out
}

func merges(s *sheets.Sheet) []string {
	var out []string
	for _, m := range s.Merges {
		out = append(out, sheets.Address(m.Col1, m.Row1)+":"+sheets.Address(m.Col2, m.Row2))
	}
	slices.Sort(out)
	return out
}

func TestBlankHasTheHeaderOfTheNotice(t *testing.T) {
	b := redrawn(t, templates.Blank(caseSummary(), templates.BlankOptions{
		County: &templates.County{Name: "同仁县"}, Period: "2019-10-24",
	}))
	want := []string{
		"A1=第二轮第一批中央生态环境保护督察群众举报问题办理情况汇总表",
		"A2=填报单位(公章)：同仁县 J2=填报日期：      年    月    日",
		"A3=市/州 B3=交办数量(件) C3=已办结(件) F3=阶段办结(件) G3=责令整改(家) H3=立案处罚(家) I3=罚款金额(万元) J3=立案侦查(件) K3=拘留(人) M3=约谈(人) N3=问责(人)",
		"C4=属实 D4=不属实 E4=合计 K4=行政 L4=刑事",
		"A8=注：数据截至2019年*月*日",
		"A9=填表人： G9=审核人： J9=联系电话：",
	}
	if diff := cmp.Diff(want, lines(b.Sheets[0])); diff != "" {
		t.Error(diff)
	}
	wantMerges := []string{
		"A1:N1", "A2:I2", "A3:A4", "A8:N8", "A9:F9", "B3:B4", "C3:E3", "F3:F4", "G3:G4", "G9:I9",
		"H3:H4", "I3:I4", "J2:N2", "J3:J4", "J9:N9", "K3:L3", "M3:M4", "N3:N4",
	}
	if diff := cmp.Diff(wantMerges, merges(b.Sheets[0])); diff != "" {
		t.Error(diff)
	}
	marks := map[string]string{
		"taizhang.form": "case_summary", "taizhang.version": "1", "taizhang.period": "2019-10-24", "taizhang.county": "同仁县",
	}
	if diff := cmp.Diff(marks, b.Marks); diff != "" {
		t.Error(diff)
	}
}

func TestBlankHasThreeLevelsAndUnits(t *testing.T) {
	b := redrawn(t, templates.Blank(petitionLedger(), templates.BlankOptions{}))
	want := []string{
		"A3=序号 B3=受理编号 C3=受理方式 D3=交办日期 E3=举报地点 F3=交办问题基本情况 G3=污染类型 H3=整改时限 I3=办结状态 J3=查处情况 N3=备注",
		"J4=企业 L4=拘留(人)",
		"J5=责令整改(家) K5=罚款金额(万元) L5=行政 M5=刑事",
	}
	if diff := cmp.Diff(want, lines(b.Sheets[0])[2:5]); diff != "" {
		t.Error(diff)
	}
	for _, m := range []string{"A3:A5", "J3:M3", "J4:K4", "L4:M4", "N3:N5"} {
		if !slices.Contains(merges(b.Sheets[0]), m) {
			t.Errorf("%s is not merged", m)
		}
	}
}

func TestBlankOffersChoicesAndHints(t *testing.T) {
	g := templates.Blank(petitionLedger(), templates.BlankOptions{}).Grids[0]
	got := map[string]string{}
	for _, c := range g.Choices {
		at := fmt.Sprintf("%s%d-%d", sheets.ColumnName(c.Range.Col1), c.Range.Row1, c.Range.Row2)
		got[at] = strings.Join(c.Values, ",") + "|" + c.Hint
	}
	// 20 rows from row 6, then the signatures; the drop-downs go on to 2,000 rows.
	want := map[string]string{
		"B6-25": "|必填；首次上报后不能改；例如：D530000202104060001。",
		"C6-25": "来电,来信,微信,网络,其他|", "C27-2005": "来电,来信,微信,网络,其他|",
		"D6-25": "|年-月-日，例如 2026-04-06。",
		"G6-25": "|可填：水、大气、土壤、生态、噪声、辐射、海洋、固废、其他；有多项时用顿号“、”隔开。",
		"H6-25": "|例如：2026年12月底前；立行立改；长期坚持。",
		"K6-25": "|阿拉伯数字，单位是万元，不写单位；最多 2 位小数。",
		"N6-25": "|本栏由市里填写。",
	}
	for at, text := range want {
		if got[at] != text {
			t.Errorf("%s: %q, want %q", at, got[at], text)
		}
	}
}

func TestBlankCarriesRows(t *testing.T) {
	d := templates.Blank(petitionLedger(), templates.BlankOptions{Date: "2021-04-14", Rows: []map[string]any{
		{"case_no": "00530000202104060001", "assigned_on": time.Date(2021, 4, 6, 0, 0, 0, 0, time.UTC), "fine": decimal.RequireFromString("12.5")},
		{"case_no": "=1+1", "orders": 3},
	}})
	b := redrawn(t, d)
	got := lines(b.Sheets[0])
	if !strings.HasSuffix(got[1], "填报日期：2021年4月14日") {
		t.Errorf("band: %s", got[1])
	}
	want := []string{
		"A6=1 B6=00530000202104060001 D6=2021-04-06 K6=12.50",
		"A7=2 B7==1+1 J7=3",
		"A8=填表人： F8=审核人： J8=联系电话：",
	}
	if diff := cmp.Diff(want, got[5:]); diff != "" {
		t.Error(diff)
	}
	row := d.Grids[0].Rows[5]
	if row.Cells[1].Style.Tint != sheets.Grey || row.Cells[13].Style.Tint != sheets.Grey || row.Cells[2].Style.Tint != sheets.NoTint {
		t.Error("frozen and city-owned cells are shaded, others are not")
	}
}

// Each shipped form is printed on A4 landscape, and is recognised when it comes
// back empty or filled in.
func TestBlankOfEachShippedForm(t *testing.T) {
	cat, err := templates.Load(templates.City{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var files []string
	for _, f := range cat.Forms {
		d := templates.Blank(f, templates.BlankOptions{County: &templates.County{Name: "同仁县"}})
		var b bytes.Buffer
		if err := sheets.Draw(&b, d); err != nil {
			t.Fatal(f.Name, err)
		}
		path := filepath.Join(dir, f.Name+".xlsx")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Fatal("LibreOffice is missing: apt-get install libreoffice-calc")
	}
	args := append([]string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"),
		"--headless", "--convert-to", "pdf", "--outdir", dir}, files...)
	if said, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, path := range files {
		pdf, err := os.ReadFile(strings.TrimSuffix(path, ".xlsx") + ".pdf")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(pdf, []byte("/MediaBox[0 0 841.")) && !bytes.Contains(pdf, []byte("/MediaBox[0 0 842")) {
			t.Errorf("%s is not printed on A4 landscape", filepath.Base(path))
		}
	}
}
