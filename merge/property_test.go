package merge

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// modelRow is one stored item in the plain model.
type modelRow struct {
	batch, status string
	types         []string
	cents         int // fine in hundredths of 万元, -1 for blank
}

// model is what the store should hold, kept in the simplest way.
type model struct {
	items   map[string]map[string]modelRow // county, key
	figures map[string]map[string][2]int   // county and period, kind: assigned and closed
	held    map[string]int                 // county
	sent    map[string]map[string]bool     // period: counties with an accepted ledger
	history []moment
}

// moment is what a summary printed at a time.
type moment struct {
	at    time.Time
	lines []string
}

var modelCounties = []string{"东山县", "西河县", "南平区"}

// TestAnySequenceOfFiles sends random files and compares records and summaries
// with a recomputation that knows no figures, versions or SQL.
func TestAnySequenceOfFiles(t *testing.T) {
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		c := openCity(t, filepath.Join(dir, fmt.Sprint(runs, ".db")), mustShared(t))
		defer c.Close()
		c.t = rt
		m := &model{map[string]map[string]modelRow{}, map[string]map[string][2]int{}, map[string]int{}, map[string]map[string]bool{}, nil}
		for step := range rapid.IntRange(1, 8).Draw(rt, "files") {
			c.clock = c.clock.Add(time.Duration(rapid.IntRange(1, 72).Draw(rt, "hours")) * time.Hour)
			county := rapid.SampledFrom(modelCounties).Draw(rt, "county")
			name := fmt.Sprintf("%d.xlsx", step)
			switch rapid.IntRange(0, 5).Draw(rt, "kind of file") {
			case 0:
				c.must(templates.Returned, county, name, c.returned("items", name))
			case 1, 2:
				m.sendFigures(rt, c, county, name)
			default:
				m.sendItems(rt, c, county, name)
			}
			m.check(rt, c)
		}
		m.checkPast(rt, c)
		if rapid.IntRange(0, 7).Draw(rt, "worked out again at 0") > 0 {
			return
		}
		if _, found := c.rebuilt(); len(found) > 0 {
			rt.Fatalf("worked out again, the store differs: %+v", found)
		}
	})
}

func mustShared(t *testing.T) *templates.Catalog {
	t.Helper()
	catalog, err := sharedCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// sendItems sends a ledger of some of five items; a row whose status is 也许 is
// held, a file of held rows only is returned.
func (m *model) sendItems(rt *rapid.T, c *city, county, name string) {
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"X1", "X2", "X3", "X4", "X5"}), 1, 5, rapid.ID).Draw(rt, "keys")
	good, held := map[string]modelRow{}, 0
	var lines []string
	for _, key := range keys {
		row := modelRow{
			batch:  rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(rt, "batch"),
			status: rapid.SampledFrom([]string{"已办结", "已办结", "正在办理", "", "也许"}).Draw(rt, "status"),
			types:  rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"水", "大气", "生态", "土壤"}), 0, 3, rapid.ID).Draw(rt, "types"),
			cents:  rapid.SampledFrom([]int{-1, 0, 10, 1255, 300}).Draw(rt, "fine"),
		}
		fine := ""
		if row.cents >= 0 {
			fine = fmt.Sprintf("%d.%02d", row.cents/100, row.cents%100)
		}
		lines = append(lines, strings.Join([]string{key, row.batch, "", "", strings.Join(row.types, "、"), "", "", "", row.status, "", "", fine}, "|"))
		if row.status == "也许" {
			held++
		} else {
			good[key] = row
		}
	}
	sub := c.send(county, name, c.book("items", lines...))
	if taken := len(good) > 0; Takes(sub.Verdict) != taken {
		rt.Fatalf("%d good rows: %s", len(good), sub.Verdict)
	}
	if len(good) == 0 {
		return
	}
	if m.items[county] == nil {
		m.items[county] = map[string]modelRow{}
	}
	maps.Copy(m.items[county], good)
	m.held[county] = held
	if m.sent[sub.Period] == nil {
		m.sent[sub.Period] = map[string]bool{}
	}
	m.sent[sub.Period][county] = true
}

// sendFigures sends a report; one wrong figure returns it whole.
func (m *model) sendFigures(rt *rapid.T, c *city, county, name string) {
	rows := map[string][2]int{}
	var lines []string
	wrong := false
	for _, kind := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"来电", "来信", "网络"}), 1, 3, rapid.ID).Draw(rt, "kinds") {
		n := [2]int{rapid.IntRange(-1, 30).Draw(rt, "assigned"), rapid.IntRange(0, 30).Draw(rt, "closed")}
		wrong = wrong || n[0] < 0
		rows[kind] = n
		lines = append(lines, fmt.Sprintf("%s|%d|%d", kind, n[0], n[1]))
	}
	sub := c.send(county, name, c.book("figures", lines...))
	if Takes(sub.Verdict) == wrong {
		rt.Fatalf("figures %v: %s", rows, sub.Verdict)
	}
	if !wrong {
		m.figures[county+" "+sub.Period] = rows
	}
}

// check compares everything that stands now.
func (m *model) check(rt *rapid.T, c *city) {
	var want []string
	for county, rows := range m.items {
		for key, r := range rows {
			fine := ""
			if r.cents >= 0 {
				fine = strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%02d", r.cents/100, r.cents%100), "0"), ".")
			}
			want = append(want, strings.Join([]string{county, key, r.batch, strings.Join(r.types, "、"), r.status, fine}, " "))
		}
	}
	got := c.current("items", "case_no", "batch", "types", "status", "fine")
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("records: %s", diff)
	}
	lines, table := c.table("overview", "", zeroTime)
	if diff := cmp.Diff(m.overview(), lines); diff != "" {
		rt.Fatalf("overview: %s", diff)
	}
	m.history = append(m.history, moment{c.clock, lines})
	m.checkNotes(rt, table)
	m.checkTypes(rt, c)
	m.checkReport(rt, c)
}

// overview recomputes the summary of that name.
func (m *model) overview() (lines []string) {
	all := map[string]modelRow{}
	rates := map[string][2]int{}
	for _, county := range append(slices.Clone(modelCounties), "高新区") {
		closed := 0
		for key, r := range m.items[county] {
			all[county+key] = r
			if r.status == "已办结" {
				closed++
			}
		}
		rates[county] = [2]int{closed, len(m.items[county])}
	}
	for _, county := range append(slices.Clone(modelCounties), "高新区") {
		if m.items[county] == nil { // it has sent nothing that counts
			lines = append(lines, county+strings.Repeat(" | —", 11))
			continue
		}
		place := "—"
		if own := rates[county]; own[1] > 0 {
			better := 0
			for _, other := range rates {
				if other[1] > 0 && other[0]*own[1] > own[0]*other[1] {
					better++
				}
			}
			place = fmt.Sprint(better + 1)
		}
		lines = append(lines, overviewLine(county, place, m.items[county]))
	}
	return append(lines, overviewLine("合计", "—", all))
}

func overviewLine(label, place string, rows map[string]modelRow) string {
	batches := map[string]bool{}
	closed, cents, closedCents := 0, 0, 0
	for _, r := range rows {
		if r.batch != "" {
			batches[r.batch] = true
		}
		cents += max(r.cents, 0)
		if r.status == "已办结" {
			closed++
			closedCents += max(r.cents, 0)
		}
	}
	rate := "—"
	if n := len(rows); n > 0 {
		tenths := (closed*2000 + n) / (2 * n) // half up
		if tenths == 1000 && closed < n {
			tenths = 999
		}
		rate = fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
	}
	return fmt.Sprintf("%s | %d | %d | 0 | %d | %d | 0 | %d | %s | %s | %d.%02d | %d.%02d", label, len(batches), len(rows), len(rows),
		closed, len(rows)-closed, rate, place, cents/100, cents%100, closedCents/100, closedCents%100)
}

// checkNotes compares who is missing and what is held.
func (m *model) checkNotes(rt *rapid.T, table *templates.Table) {
	held := 0
	for _, n := range m.held {
		held += n
	}
	var missing []string
	for _, county := range append(slices.Clone(modelCounties), "高新区") {
		if !m.sent[table.Period][county] {
			missing = append(missing, county)
		}
	}
	if table.HeldRows != held || names(table.Missing) != names(missing) {
		rt.Fatalf("period %s: held %d, want %d; missing %v, want %v", table.Period, table.HeldRows, held, table.Missing, missing)
	}
}

// checkTypes recomputes the tables by type and by group.
func (m *model) checkTypes(rt *rapid.T, c *city) {
	types, groups, total, blank := map[string]int{}, map[string]int{}, 0, 0
	groupOf := map[string]string{"水": "水气声类", "大气": "水气声类", "生态": "生态类", "土壤": "其他类"}
	for _, rows := range m.items {
		for _, r := range rows {
			total++
			in := map[string]bool{}
			for _, v := range r.types {
				types[v]++
				in[groupOf[v]] = true
			}
			for g := range in {
				groups[g]++
			}
			if len(r.types) == 0 {
				blank++
			}
		}
	}
	_, table := c.table("types", "", zeroTime)
	got := columnOf(table, "items")
	for _, v := range []string{"水", "大气", "生态", "土壤", "噪声"} {
		if got[v] != fmt.Sprint(types[v]) {
			rt.Fatalf("type %s: %s, want %d", v, got[v], types[v])
		}
	}
	_, table = c.table("groups", "", zeroTime)
	got = columnOf(table, "items")
	for _, g := range []string{"水气声类", "生态类", "其他类"} {
		if got[g] != fmt.Sprint(groups[g]) {
			rt.Fatalf("group %s: %s, want %d", g, got[g], groups[g])
		}
	}
	if got["合计"] != fmt.Sprint(total) || blank > 0 && got[blankLabel] != fmt.Sprint(blank) {
		rt.Fatalf("groups: %v, want %d in all and %d blank", got, total, blank)
	}
}

// checkReport recomputes the report's summary for every period.
func (m *model) checkReport(rt *rapid.T, c *city) {
	for _, period := range []string{"2021-04-04", "2021-04-14", "2021-04-24", "2021-05-04"} {
		_, table := c.table("figures_total", period, zeroTime)
		assigned, closed := columnOf(table, "assigned"), columnOf(table, "closed")
		var sum [2]int
		for _, county := range modelCounties {
			var own [2]int
			for _, n := range m.figures[county+" "+period] {
				own[0], own[1] = own[0]+n[0], own[1]+n[1]
			}
			want := []string{fmt.Sprint(own[0]), fmt.Sprint(own[1])}
			if m.figures[county+" "+period] == nil {
				want = []string{"—", "—"}
			}
			if got := []string{assigned[county], closed[county]}; !slices.Equal(got, want) {
				rt.Fatalf("%s %s: %v, want %v", county, period, got, want)
			}
			sum[0], sum[1] = sum[0]+own[0], sum[1]+own[1]
		}
		if assigned["合计"] != fmt.Sprint(sum[0]) || closed["合计"] != fmt.Sprint(sum[1]) {
			rt.Fatalf("%s: %s and %s, want %v", period, assigned["合计"], closed["合计"], sum)
		}
	}
}

// checkPast asks for every moment again, later.
func (m *model) checkPast(rt *rapid.T, c *city) {
	c.clock = c.clock.Add(time.Hour)
	for _, then := range m.history {
		lines, _ := c.table("overview", "", then.at)
		if diff := cmp.Diff(then.lines, lines); diff != "" {
			rt.Fatalf("as of %s: %s", then.at, diff)
		}
	}
	now, _ := c.table("overview", "", zeroTime)
	byPeriod, _ := c.table("overview", "2021-05-04", zeroTime)
	if diff := cmp.Diff(now, byPeriod); diff != "" {
		rt.Fatalf("the last period is not as it stands: %s", diff)
	}
	var open int
	if err := c.read.QueryRowContext(context.Background(), `SELECT COUNT(*) FROM (SELECT _county, _key FROM rows_items
		WHERE _to IS NULL GROUP BY _county, _key HAVING COUNT(*) > 1)`).Scan(&open); err != nil || open != 0 {
		rt.Fatalf("%d keys stand twice; %v", open, err)
	}
}
