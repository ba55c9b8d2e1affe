package templates_test

import (
	"testing"

	"taizhang/sheets"
	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

func TestDrawTable(t *testing.T) {
	b := redrawn(t, templates.DrawTable(completion()))
	want := []string{
		"A1=群众信访举报件办结情况统计表",
		"A2=数据截至：2021年4月24日 10:05 F2=报告期：2021-04-24",
		"A3=县区 B3=交办(件) C3=办理情况 E3=办结率 F3=罚款(万元) G3=排名",
		"C4=已办结(件) D4=未办结(件)",
		"A5=隆阳区 B5=12 C5=10 D5=2 E5=83.3% F5=12.50 G5=1",
		"A6=腾冲市 B6=14 C6=10 D6=4 E6=71.4% F6=0.00 G6=2",
		"A7=龙陵县 B7=0 C7=0 D7=0 E7=— F7=0.00 G7=—",
		"A8=合计 B8=26 C8=20 D8=6 E8=76.9% F8=12.50",
		"A9=注：办结率＝已办结÷交办，四舍五入，保留一位小数。",
		"A10=未报县区：昌宁县。",
		"A11=待改未计入 3 行。",
	}
	if diff := cmp.Diff(want, lines(b.Sheets[0])); diff != "" {
		t.Error(diff)
	}
	// The figure in the cell is the one that is printed: not 0.769230769….
	for _, r := range b.Sheets[0].Rows {
		for c := range r.Cells.All() {
			if at := sheets.Address(c.Col, r.Num); at == "E8" && (c.Raw != "0.769" || !c.Percent || c.Kind != sheets.Number) {
				t.Errorf("E8 is %+v", c)
			}
		}
	}
}

func TestDrawTableMovesTheDayUp(t *testing.T) {
	table := completion()
	table.Notes = append([]string{"数据截至2021年4月24日18时"}, table.Notes...)
	got := lines(redrawn(t, templates.DrawTable(table)).Sheets[0])
	if got[1] != "A2=数据截至2021年4月24日18时 F2=报告期：2021-04-24" || got[8] != "A9=注：办结率＝已办结÷交办，四舍五入，保留一位小数。" {
		t.Errorf("%q %q", got[1], got[8])
	}
}

func TestDrawTablePrintsWhatAFormatCannot(t *testing.T) {
	table := completion()
	for i, text := range []string{"1,234", "4.5", "511(+1)"} {
		table.Rows[i][1].Text = text
	}
	got := lines(redrawn(t, templates.DrawTable(table)).Sheets[0])
	for i, want := range []string{
		"A5=隆阳区 B5=1,234 C5=10 D5=2 E5=83.3% F5=12.50 G5=1",
		"A6=腾冲市 B6=4.5 C6=10 D6=4 E6=71.4% F6=0.00 G6=2",
		"A7=龙陵县 B7=511(+1) C7=0 D7=0 E7=— F7=0.00 G7=—",
	} {
		if got[4+i] != want {
			t.Errorf("%q, want %q", got[4+i], want)
		}
	}
}

func TestDrawTableOfOneColumn(t *testing.T) {
	table := &templates.Table{Name: "one", Title: "一列", Columns: []templates.TableColumn{{Name: "a", Path: []string{"件数"}, Kind: "count"}},
		Rows: [][]templates.TableCell{{figure("3")}}}
	if diff := cmp.Diff([]string{"A1=一列", "A3=件数", "A4=3"}, lines(redrawn(t, templates.DrawTable(table)).Sheets[0])); diff != "" {
		t.Error(diff)
	}
}
