package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
	"taizhang/watcher"

	"go.yaml.in/yaml/v4"
)

//go:embed demo.yaml
var demoData []byte

// demoCity is the invented city.
type demoCity struct {
	City     string       `yaml:"city"`
	Contact  string       `yaml:"contact"`
	Counties []demoCounty `yaml:"counties"`
	Cases    []demoCase   `yaml:"cases"`
}

type demoCounty struct {
	Code    string   `yaml:"code"`
	Name    string   `yaml:"name"`
	Aliases []string `yaml:"aliases"`
	Kind    string   `yaml:"kind"`
	Contact string   `yaml:"contact"`
	Email   string   `yaml:"email"`
}

type demoCase struct {
	At       string `yaml:"at"`
	What     string `yaml:"what"`
	Types    string `yaml:"types"`
	Industry string `yaml:"industry"`
	Unit     string `yaml:"unit"`
}

func readDemo() (demoCity, error) {
	var d demoCity
	err := yaml.Load(demoData, &d, yaml.WithKnownFields())
	return d, err
}

// layOutDemo writes the settings and counties of the invented city into a data
// folder that has none.
func layOutDemo(h *house) error {
	d, err := readDemo()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(h.dir, 0o750); err != nil {
		return trouble(err, "换一个可写的文件夹，用 --data 指定 (choose a writable folder with --data)")
	}
	counties, err := yaml.Dump(map[string]any{"counties": d.Counties})
	if err != nil {
		return err
	}
	set := fmt.Sprintf("city: %s\ncontact: %s\n", d.City, d.Contact)
	for name, text := range map[string][]byte{"taizhang.yaml": []byte(set), "counties.yaml": counties} {
		if _, err := writeNew(h.path(name), text); err != nil {
			return err
		}
	}
	return nil
}

// demoPause is how long a step of the story takes: a file comes to rest, is
// judged and answered before the next one of the same county arrives.
const demoPause = 5 * time.Second

// playDemo lets the counties report for two periods, through the same door as
// real ones, with the mistakes that people make. A folder that has reports
// already is left as it is.
func playDemo(ctx context.Context, h *house) error {
	_, n, err := h.store.Submissions(ctx, merge.SubmissionFilter{Limit: 1})
	if err != nil || n > 0 {
		return err
	}
	d, err := readDemo()
	if err != nil {
		return err
	}
	p := &player{house: h, city: d, today: h.now().In(templates.China)}
	for _, act := range []func() error{p.lastPeriod, p.thisPeriod, p.mended} {
		if err := act(); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if !pause(ctx, demoPause) {
			return nil
		}
	}
	return nil
}

// player fills forms in the counties' place.
type player struct {
	*house
	city  demoCity
	today time.Time
}

// periods are the period before the current one, and the current one.
func (p *player) periods(form string) (last, now templates.Period, err error) {
	recent := p.catalog.Form(form).Calendar.Recent(p.today, 2)
	if len(recent) < 2 {
		return last, now, errors.New("the calendar has no two periods")
	}
	return recent[1], recent[0], nil
}

// lastPeriod: everybody reports but 临湖区; 石泉县 makes slips in cells, 松岗县
// uses its neighbour's file, 河口区's figures do not add up.
func (p *player) lastPeriod() error {
	last, _, err := p.periods("petition_ledger")
	if err != nil {
		return err
	}
	return errors.Join(
		p.ledger("云岭县", "云岭县", last, "信访件台账.xlsx", 12, 5, nil),
		p.ledger("石泉县", "石泉县", last, "石泉县台账（上报）.xlsx", 9, 3, slips),
		p.ledger("河口区", "河口区", last, "台账.xlsx", 10, 6, nil),
		p.ledger("松岗县", "云岭县", last, "松岗县信访件台账.xlsx", 7, 2, nil),
		p.ledger("云川高新区", "云川高新区", last, "高新区台账.xlsx", 4, 4, nil),
		p.figures("云岭县", last, "汇总表.xlsx", 12, 3, 2, 5),
		p.figures("河口区", last, "汇总表.xlsx", 10, 4, 2, 7),
		p.checks("云岭县", last, "自查表.xlsx", 3, nil),
		p.checks("石泉县", last, "自查表.xlsx", 2, nil),
	)
}

// thisPeriod: some have reported again, 高新区 sends a web page named .xlsx, and
// 河口区 changes what may not change.
func (p *player) thisPeriod() error {
	_, now, err := p.periods("petition_ledger")
	if err != nil {
		return err
	}
	return errors.Join(
		p.ledger("云岭县", "云岭县", now, "信访件台账（本期）.xlsx", 14, 9, nil),
		p.ledger("河口区", "河口区", now, "台账（本期）.xlsx", 10, 8, moved),
		p.ledger("石泉县", "石泉县", now, "石泉县台账（本期）.xlsx", 9, 6, slips),
		p.figures("云岭县", now, "汇总表（本期）.xlsx", 14, 6, 3, 9),
		p.figures("河口区", now, "汇总表（本期）.xlsx", 10, 5, 3, 9),
		p.figures("云川高新区", now, "汇总表（本期）.xlsx", 5, 3, 1, 4),
		p.checks("云岭县", now, "自查表（本期）.xlsx", 3, nil),
		p.drop("云川高新区", "台账（本期）.xlsx", []byte("<html><body><table><tr><td>受理编号</td></tr></table></body></html>")),
	)
}

// mended: 松岗县 finds its own file, 河口区 adds up again.
func (p *player) mended() error {
	_, now, err := p.periods("petition_ledger")
	if err != nil {
		return err
	}
	return errors.Join(
		p.ledger("松岗县", "松岗县", now, "松岗县信访件台账（更正）.xlsx", 7, 3, nil),
		p.figures("河口区", now, "汇总表（更正）.xlsx", 10, 5, 3, 8),
	)
}

// slips are what clerks write where they should not.
func slips(rows []map[string]any) {
	rows[2]["status"] = "办完了"
	rows[4]["closed_on"] = "2026.2.30"
	rows[4]["status"] = "已办结"
	rows[5]["rectify_orders"] = "约3家"
	rows[6]["pollution_types"] = "水污染，噪音"
	rows[7]["status"] = "已办结"
	rows[7]["progress"] = ""
	rows[7]["investigation"] = ""
}

// moved changes a place that is fixed after the first report.
func moved(rows []map[string]any) { rows[0]["address"] = "城关镇建设路北段" }

// ledger drops a petition ledger of n items, so many of them closed. The name
// in the form may be another county's.
func (p *player) ledger(county, named string, period templates.Period, file string, n, closed int, change func([]map[string]any)) error {
	rows := make([]map[string]any, n)
	for i := range rows {
		rows[i] = p.item(named, i, i < closed)
	}
	if change != nil {
		change(rows)
	}
	return p.fill("petition_ledger", county, named, period, file, rows)
}

// item is one petition, the same in every period but for how far it has come.
func (p *player) item(county string, i int, closed bool) map[string]any {
	at := p.place(county)
	c := p.city.Cases[(at*5+i)%len(p.city.Cases)]
	assigned := p.today.AddDate(0, -2, i)
	row := map[string]any{
		"seq": i + 1, "campaign": "第三轮", "batch_no": i/3 + 1, "case_no": fmt.Sprintf("D3YC%s%02d%02d", assigned.Format("20060102"), at+1, i+1),
		"channel": []string{"来电", "来信", "网络"}[i%3], "is_key": []string{"否", "否", "是", "否"}[i%4],
		"assigned_on": day(assigned), "due_on": day(assigned.AddDate(0, 0, 10)), "county": county,
		"address": c.At, "complaint": c.What, "pollution_types": c.Types, "industry": c.Industry,
		"lead_unit": c.Unit, "is_duplicate": "否", "deadline": fmt.Sprintf("%d年12月底前", p.today.Year()), "status": "正在办理",
		"phone": fmt.Sprintf("1390000%02d%02d", at, i),
	}
	if i%5 == 3 {
		row["status"] = "阶段性办结"
	}
	if closed {
		finish(row, i, assigned)
	}
	return row
}

// finish closes an item with all that a closed item needs.
func finish(row map[string]any, i int, assigned time.Time) {
	row["status"], row["closed_on"] = "已办结", day(assigned.AddDate(0, 0, 8))
	row["investigation"] = "经现场核查，群众反映的情况已查明。"
	row["veracity"] = []string{"属实", "部分属实", "属实", "不属实", "基本属实"}[i%5]
	row["progress"] = "已督促责任单位整改到位，回访群众表示满意。"
	if i%5 == 0 {
		row["rectify_orders"], row["penalty_cases"], row["fine_wan"] = 1, 1, "3.2"
	}
}

// day is the calendar day of a moment, as a date.
func day(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }

// place is where the county stands in the list.
func (p *player) place(county string) int {
	for i, c := range p.city.Counties {
		if c.Name == county {
			return i
		}
	}
	return len(p.city.Counties)
}

// figures drops a summary form: assigned, closed founded and unfounded, and the
// total as the clerk wrote it.
func (p *player) figures(county string, period templates.Period, file string, assigned, founded, unfounded, total int) error {
	row := map[string]any{"county": county, "assigned": assigned, "closed_true": founded, "closed_false": unfounded,
		"closed_total": total, "staged": 1, "rectify_orders": 2, "penalty_cases": 1, "fine_wan": "3.2",
		"criminal_probes": 0, "detain_admin": 0, "detain_crim": 0, "talks": 1, "accountable": 0}
	return p.fill("case_summary", county, county, period, file, []map[string]any{row})
}

// checks drops a self-check of items that are still open.
func (p *player) checks(county string, period templates.Period, file string, n int, change func([]map[string]any)) error {
	rows := make([]map[string]any, n)
	for i := range rows {
		c := p.city.Cases[(p.place(county)*3+i)%len(p.city.Cases)]
		rows[i] = map[string]any{"seq": i + 1, "region": county, "address": c.At, "complaint": c.What,
			"situation": "已责令停产整改。", "measures": "完善治理设施，年底前完成。",
			"progress": "截至" + period.ID + "已完成主体工程。", "status": []string{"正在办理", "阶段办结", "已办结"}[i%3]}
	}
	if change != nil {
		change(rows)
	}
	return p.fill("open_issue_check", county, county, period, file, rows)
}

// fill writes a filled copy of the blank form and drops it.
func (p *player) fill(form, county, named string, period templates.Period, file string, rows []map[string]any) error {
	date := period.ID
	if today := p.today.Format("2006-01-02"); today < date {
		date = today
	}
	var b bytes.Buffer
	d := templates.Blank(p.catalog.Form(form), templates.BlankOptions{
		County: &templates.County{Name: named}, Date: date, Rows: rows})
	if err := sheets.Draw(&b, d); err != nil {
		return fmt.Errorf("fill %s: %w", form, err)
	}
	return p.drop(county, file, b.Bytes())
}

// drop puts a file into a county's folder, as its clerk would.
func (p *player) drop(county, file string, data []byte) error {
	dir := p.path("share", county)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if name := filepath.Base(strings.TrimSpace(file)); name != file {
		return fmt.Errorf("file name %q", file)
	}
	_, err := watcher.Drop(dir, file, bytes.NewReader(data))
	return err
}
