package merge

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/sheets"
	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

// listCity is a city whose forms are handed down and carried on.
func listCity(t *testing.T) *city {
	t.Helper()
	return openCity(t, filepath.Join(t.TempDir(), "taizhang.db"), loadCatalog(t, "testdata/lists"))
}

// grid is a workbook with one header row: columns and cells are separated by |.
func grid(lines ...string) *sheets.Book {
	sheet := &sheets.Sheet{Name: "清单"}
	for n, line := range lines {
		var cells []sheets.Cell
		for i, text := range strings.Split(line, "|") {
			if text = strings.TrimSpace(text); text != "" {
				cells = append(cells, sheets.Cell{Col: i + 1, Kind: sheets.Text, Raw: text, Text: text})
			}
		}
		sheet.Rows = append(sheet.Rows, sheets.Row{Num: n + 1, Cells: sheets.CellsOf(cells...)})
	}
	return &sheets.Book{Format: "xlsx", Sheets: []*sheets.Sheet{sheet}, Marks: map[string]string{}}
}

const listHead = "任务编号|县区|协办|问题|资金(万元)|时限"

// dropList drops a list into the city's folder.
func (c *city) dropList(name string, b *sheets.Book) Submission {
	c.t.Helper()
	a, fresh := c.arrive(City, name, b)
	if !fresh {
		c.t.Fatalf("%s is nothing new", name)
	}
	reading := c.catalog.JudgeList(b, templates.Sender{File: name, Now: c.clock})
	sub, err := c.HandDown(context.Background(), a, reading, Handover{
		CountyMail: func(county string) []string { return []string{"zgb@" + fmt.Sprint(len(county)) + ".example"} },
	})
	if err != nil {
		c.t.Fatalf("hand down: %v", err)
	}
	return sub
}

// handing prints what a list changed.
func (c *city) handing(sub Submission) (lines []string) {
	c.t.Helper()
	h := c.account(sub).Handing
	if h == nil {
		c.t.Fatal("no list was taken")
	}
	lines = append(lines, fmt.Sprintf("v%d %d", h.Version, h.Items))
	for _, n := range h.Counties {
		lines = append(lines, fmt.Sprintf("%s +%d ~%d =%d %s", n.County, n.Added, n.Changed, n.All, strings.Join(n.Labels, ",")))
	}
	for _, n := range h.Changes {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s > %s", n.County, n.Label, n.Title, n.Old, n.New))
	}
	return lines
}

// carriedOf prints the items that a county has in hand: some fields, then a mark.
func (c *city) carriedOf(form, county string, fields ...string) (lines []string) {
	c.t.Helper()
	rows, err := c.Carried(context.Background(), form, county)
	if err != nil {
		c.t.Fatalf("carried: %v", err)
	}
	for _, r := range rows {
		line := r.Label
		for _, f := range fields {
			line += fmt.Sprint(" ", r.Values[f])
		}
		if r.Closed {
			line += " closed"
		}
		lines = append(lines, line)
	}
	return lines
}

// told prints the findings of a submission: code, severity, value.
func (c *city) told(sub Submission) (lines []string) {
	c.t.Helper()
	found, err := c.Findings(context.Background(), sub.ID)
	if err != nil {
		c.t.Fatalf("findings: %v", err)
	}
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%s %s %s", f.Code, f.Severity, f.Value))
	}
	return lines
}

// noticesOf prints the letters of a kind: channel, county, period, ref.
func (c *city) noticesOf(kind string) (lines []string) {
	c.t.Helper()
	letters, err := c.Letters(context.Background(), "")
	if err != nil {
		c.t.Fatalf("letters: %v", err)
	}
	for _, l := range letters {
		if l.Kind == kind {
			lines = append(lines, strings.Join([]string{l.Channel, l.County, l.Period, l.Ref}, " "))
		}
	}
	return lines
}

func TestHandDown(t *testing.T) {
	c := listCity(t)
	sub := c.dropList("清单.xlsx", grid(listHead,
		"T1|东山县||河道淤积|1.50|2021-05-01",
		"T2|东山县|西河县、南平区|跨界污染||",
		"T3|东山县、西河县||扬尘||",
		"T4|全市||秸秆焚烧||",
		"T5|北海县||没有这个县||",
		"T6|南平区|北海县|协办单位没有||"))
	if sub.Verdict != templates.Partial || sub.Accepted != 4 || sub.Held != 2 || sub.County != City || sub.Period != "" {
		t.Errorf("submission: %+v", sub)
	}
	if diff := cmp.Diff([]string{"C05 fix 北海县", "C05 fix 北海县"}, c.told(sub)); diff != "" {
		t.Error(diff)
	}
	want := []string{"v1 10", "东山县 +4 ~0 =4 T1,T2,T3,T4", "西河县 +3 ~0 =3 T4,T2,T3", "南平区 +2 ~0 =2 T4,T2", "高新区 +1 ~0 =1 T4"}
	got := c.handing(sub)
	for i := range got { // the order of a county's items is not told here
		got[i], want[i] = sortedTail(got[i]), sortedTail(want[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	byCounty := c.carriedOf("tasks", "西河县", "county", "with", "cost")
	slices.Sort(byCounty)
	if diff := cmp.Diff([]string{"T2 西河县 东山县、南平区 <nil>", "T3 西河县 <nil> <nil>", "T4 西河县 <nil> <nil>"}, byCounty); diff != "" {
		t.Error(diff)
	}
	if got := c.carriedOf("tasks", "东山县", "cost", "due_on")[0]; got != "T1 1.5 2021-05-01 00:00:00 +0000 UTC" {
		t.Errorf("an exact amount and a day: %s", got)
	}
	wantTold := []string{"folder 东山县 2021-04-04 v1", "mail 东山县 2021-04-04 v1", "folder 南平区 2021-04-04 v1", "mail 南平区 2021-04-04 v1",
		"folder 西河县 2021-04-04 v1", "mail 西河县 2021-04-04 v1", "folder 高新区 2021-04-04 v1", "mail 高新区 2021-04-04 v1"}
	gotTold := c.noticesOf("handed")
	slices.Sort(wantTold)
	slices.Sort(gotTold)
	if diff := cmp.Diff(wantTold, gotTold); diff != "" {
		t.Error(diff)
	}
	status, err := c.Status(context.Background(), "tasks", "2021-04-04")
	if err != nil || len(status) != 4 {
		t.Errorf("the city is no county: %v %v", status, err)
	}
}

// sortedTail sorts what stands behind the last blank, at its commas.
func sortedTail(line string) string {
	at := strings.LastIndexByte(line, ' ') + 1
	parts := strings.Split(line[at:], ",")
	slices.Sort(parts)
	return line[:at] + strings.Join(parts, ",")
}

func TestListVersions(t *testing.T) {
	c := listCity(t)
	first := grid(listHead, "T1|东山县||河道淤积|1.50|", "T2|西河县||扬尘||")
	c.dropList("清单.xlsx", first)
	again := c.dropList("另一个名字.xlsx", first)
	if diff := cmp.Diff([]string{"v0 0"}, c.handing(again)); diff != "" {
		t.Error(diff)
	}
	corrected := c.dropList("清单.xlsx", grid(listHead, "T1|东山县||河道淤积|2|2021-05-01"))
	want := []string{"v2 2", "东山县 +0 ~1 =1 ", "东山县 T1 资金(万元): 1.5 > 2", "东山县 T1 时限:  > 2021-05-01"}
	if diff := cmp.Diff(want, c.handing(corrected)); diff != "" {
		t.Error(diff)
	}
	later := c.dropList("第二批.xlsx", grid(listHead, "T3|西河县||油烟||"))
	if diff := cmp.Diff([]string{"v3 3", "西河县 +1 ~0 =2 T3"}, c.handing(later)); diff != "" {
		t.Error(diff)
	}
	// What an earlier version changed is told the same afterwards.
	if diff := cmp.Diff(want, c.handing(corrected)); diff != "" {
		t.Error(diff)
	}
	if got := c.noticesOf("handed"); len(got) != 2*(2+1+1) {
		t.Errorf("notices: %v", got)
	}
	if _, err := c.List(context.Background(), "tasks", 4); err == nil {
		t.Error("a list that nobody handed down")
	}
}

func TestReportAgainstTheList(t *testing.T) {
	c := listCity(t)
	head := "任务编号|县区|问题|资金(万元)|状态|完成金额(万元)|备注"
	// Before the first list the county's own report is the base.
	base := c.send("东山县", "0.xlsx", grid(head, "OLD|东山县|旧事||进行中||"))
	if got := c.told(base); len(got) != 2 { // the columns and the title that the file does without
		t.Errorf("base: %v", got)
	}
	c.dropList("清单.xlsx", grid(listHead, "T1|东山县||河道淤积|1.50|", "T2|东山县||扬尘||", "T9|西河县||别县的||"))
	sub := c.send("东山县", "1.xlsx", grid(head,
		"OLD|东山县|旧事||进行中||",
		"T1|东山县|改了问题|1.5|进行中|0.70|",
		"X1|东山县|自己的||进行中||",
		"X2|东山县|有来源||进行中||省里转来"))
	var got []string
	for _, line := range c.told(sub) {
		if !strings.HasPrefix(line, "H") {
			got = append(got, line)
		}
	}
	want := []string{"P01 explain T2", "P09 explain X1", "C16 warn 改了问题", "P09 warn X2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if sub.Verdict != templates.Noted || sub.Accepted != 4 {
		t.Errorf("an item off the list is taken: %+v", sub)
	}
	rows := c.current("tasks", "task_no", "problem", "cost", "done")
	slices.Sort(rows)
	if diff := cmp.Diff([]string{"东山县 OLD 旧事  ", "东山县 T1 河道淤积 1.5 0.7", "东山县 X1 自己的  ", "东山县 X2 有来源  "}, rows); diff != "" {
		t.Error(diff)
	}
	// A corrected value of the list goes before the stored one; a closed item may
	// be left out, a row that is missing twice is told twice.
	c.dropList("清单.xlsx", grid(listHead, "T1|东山县||河道淤积二期|1.50|"))
	if got := c.carriedOf("tasks", "东山县", "problem", "done"); !slices.Contains(got, "T1 河道淤积二期 0.7") {
		t.Errorf("carried: %v", got)
	}
	c.at("2021-04-12")
	done := c.send("东山县", "2.xlsx", grid(head, "OLD|东山县|||完成||", "T1|东山县|||完成||", "T2|东山县|||进行中||", "X2|东山县|||完成||省里转来"))
	if got := findingsOf(c.told(done), "P01"); !slices.Equal(got, []string{"P01 explain X1"}) {
		t.Errorf("missing: %v", got)
	}
	last := c.send("东山县", "3.xlsx", grid(head, "T2|东山县|||进行中||", "X1|东山县|||进行中||转办"))
	if got := findingsOf(c.told(last), "P01"); len(got) != 0 {
		t.Errorf("closed items may be left out: %v", got)
	}
}

func findingsOf(lines []string, code string) (out []string) {
	for _, line := range lines {
		if strings.HasPrefix(line, code) {
			out = append(out, line)
		}
	}
	return out
}

// A list that came after the period was due is not missing in a late report.
func TestLaterListIsNotMissing(t *testing.T) {
	c := listCity(t)
	c.at("2021-04-06")
	c.dropList("清单.xlsx", grid(listHead, "T1|东山县||河道淤积||"))
	head := "任务编号|县区|问题|状态"
	late := grid(head, "OLD|东山县|旧事|进行中")
	late.Marks[templates.MarkForm], late.Marks[templates.MarkPeriod] = "tasks", "2021-04-04"
	if got := findingsOf(c.told(c.send("东山县", "1.xlsx", late)), "P01"); len(got) != 0 {
		t.Errorf("late: %v", got)
	}
	now := grid(head, "OLD|东山县|旧事|进行中")
	if got := findingsOf(c.told(c.send("东山县", "2.xlsx", now)), "P01"); !slices.Equal(got, []string{"P01 explain T1"}) {
		t.Errorf("in time: %v", got)
	}
}

func TestHandDownIsAllOrNothing(t *testing.T) {
	c := listCity(t)
	b := grid(listHead, "T1|东山县||河道淤积||")
	a, _ := c.arrive(City, "清单.xlsx", b)
	if _, err := c.write.Exec(`CREATE TRIGGER no_letters BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END`); err != nil {
		t.Fatal(err)
	}
	judge := func() *templates.Reading { return c.catalog.JudgeList(b, templates.Sender{Now: c.clock}) }
	if _, err := c.HandDown(context.Background(), a, judge(), Handover{}); err == nil {
		t.Fatal("a list without letters")
	}
	for _, table := range []string{"submission", "handed_list", "handed_item", "outbox"} {
		var n int
		if err := c.write.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d %v", table, n, err)
		}
	}
	if _, err := c.write.Exec(`DROP TRIGGER no_letters`); err != nil {
		t.Fatal(err)
	}
	one, err := c.HandDown(context.Background(), a, judge(), Handover{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.HandDown(context.Background(), a, judge(), Handover{})
	if err != nil || one.ID != two.ID {
		t.Errorf("judged twice: %v %v %v", one, two, err)
	}
}

func TestReturnedLists(t *testing.T) {
	c := listCity(t)
	for name, b := range map[string]*sheets.Book{
		"no form":        grid("甲|乙|丙", "1|2|3"),
		"a county's own": grid("地点|状态|备注", "东街|进行中|"), // not handed down
		"empty":          grid(listHead),
		"no county":      grid(listHead, "T1|||问题||"),
	} {
		sub := c.dropList(name, b)
		if sub.Verdict != templates.Returned {
			t.Errorf("%s: %s %v", name, sub.Verdict, c.told(sub))
		}
	}
	if got := c.noticesOf("handed"); len(got) != 0 {
		t.Errorf("told: %v", got)
	}
}

func TestPrefill(t *testing.T) {
	c := listCity(t)
	ctx := context.Background()
	nobody := func(string) []string { return nil }
	post := func(when time.Time) int {
		t.Helper()
		c.clock = when
		n, err := c.Prefill(ctx, "city.example", 24*time.Hour, nobody)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	head := "任务编号|县区|问题|状态"
	c.must(templates.Noted, "东山县", "1.xlsx", grid(head, "A|东山县|一|进行中", "B|东山县|二|完成"))
	c.must(templates.Noted, "西河县", "1.xlsx", grid(head, "C|西河县|三|完成"))

	// 14 April opens at the end of 4 April, China's time.
	opens := time.Date(2021, 4, 5, 0, 0, 0, -1, templates.China)
	if n := post(opens.Add(-24*time.Hour - time.Second)); n != 0 {
		t.Errorf("a day and a second before: %d", n)
	}
	if n := post(opens.Add(-24*time.Hour + time.Millisecond)); n != 1 {
		t.Errorf("a day before: %d", n)
	}
	if n := post(opens.Add(-time.Hour)); n != 0 {
		t.Errorf("once only: %d", n)
	}
	if diff := cmp.Diff([]string{"folder 东山县 2021-04-14 "}, c.noticesOf("prefilled")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"A"}, c.carriedOf("tasks", "东山县")); diff != "" {
		t.Error(diff)
	}
	// The program was stopped when 24 April opened: whoever has not reported for
	// it gets the form all the same.
	c.at("2021-04-16")
	c.must(templates.Noted, "南平区", "1.xlsx", grid(head, "D|南平区|四|进行中"))
	if n := post(c.clock); n != 1 {
		t.Errorf("after it opened: %d", n)
	}
	if got := c.noticesOf("prefilled"); !slices.Equal(got, []string{"folder 东山县 2021-04-14 ", "folder 东山县 2021-04-24 "}) {
		t.Errorf("told: %v", got)
	}
	if n := post(time.Date(2021, 5, 6, 9, 0, 0, 0, templates.China)); n != 0 {
		t.Errorf("after the last period: %d", n)
	}
}

func TestCarryAll(t *testing.T) {
	c := listCity(t)
	c.must(templates.Accepted, "东山县", "1.xlsx", c.book("visits", "东街|进行中|", "西街|完成|"))
	if diff := cmp.Diff([]string{"东街 进行中", "西街 完成 closed"}, c.carriedOf("visits", "东山县", "state")); diff != "" {
		t.Error(diff)
	}
	// Closed rows stay on the form, so leaving one out is 漏报.
	sub := c.must(templates.Noted, "东山县", "2.xlsx", c.book("visits", "东街|完成|"))
	if diff := cmp.Diff([]string{"P01 explain 西街"}, c.told(sub)); diff != "" {
		t.Error(diff)
	}
}

func TestTell(t *testing.T) {
	c := newCity(t)
	ctx := context.Background()
	notices := []Notice{
		{Kind: "remind", County: "东山县", Form: "items", Period: "2021-04-04", Ref: "1d", To: []string{"a@b.example", "c@b.example"}},
		{Kind: "remind", County: "西河县", Form: "items", Period: "2021-04-04", Ref: "1d"},
		{Kind: "missing", Form: "items", Period: "2021-04-04"},
		{Kind: "missing", Form: "items", Period: "2021-04-04"},
	}
	if n, err := c.Tell(ctx, "city.example", notices); err != nil || n != 3 {
		t.Fatalf("told: %d %v", n, err)
	}
	notices[1].Ref = "2d"
	if n, err := c.Tell(ctx, "city.example", notices); err != nil || n != 1 {
		t.Errorf("told again: %d %v", n, err)
	}
	letters, err := c.Letters(ctx, "pending")
	if err != nil || len(letters) != 5 {
		t.Fatalf("letters: %v %v", letters, err)
	}
	if letters[0].MessageID != letters[1].MessageID || letters[1].Channel != ByMail || len(letters[1].To) != 2 ||
		letters[0].Submission != 0 || letters[0].MessageID == letters[2].MessageID {
		t.Errorf("letters: %+v", letters)
	}
	if !strings.HasPrefix(letters[0].MessageID, "<remind.") || !strings.HasSuffix(letters[0].MessageID, "@city.example>") {
		t.Errorf("message id: %s", letters[0].MessageID)
	}
}
