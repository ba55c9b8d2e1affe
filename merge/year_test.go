package merge

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

// The simulated year: one city with ten counties and three forms. The first is
// due three times a month at 17:00 and moves off holidays, the second once a
// month to the end of the day and does not, the third once in the year at noon.
const (
	tenForm = `form: ten
title: 旬报
kind: ledger
nil: true
period: {rrule: "DTSTART=20260101;UNTIL=20261231;FREQ=MONTHLY;BYMONTHDAY=4,14,24", grace: 5d, at: "17:00", rollover: next}
primaryKey: [no]
fields:
  - {name: no, title: 编号, type: text, constraints: {required: true}}
  - {name: progress, title: 进展, type: text}
  - {name: status, title: 是否办结, type: enum, constraints: {enum: [已办结, 正在办理]}}
`
	monthForm = `form: month
title: 月报
kind: report
period: {rrule: "DTSTART=20260101;UNTIL=20261231;FREQ=MONTHLY;BYMONTHDAY=25", grace: 15d}
fields:
  - {name: items, title: 件数, type: int, constraints: {required: true}}
  - {name: closed, title: 办结, type: int}
  - {name: remark, title: 备注, type: text}
`
	onceForm = `form: once
title: 自查报告
kind: report
nil: true
period: {dates: [2026-01-20], at: "12:00"}
fields:
  - {name: found, title: 发现问题, type: int, constraints: {required: true}}
  - {name: mended, title: 已整改, type: int}
  - {name: remark, title: 备注, type: text}
`
	tenCounties = "一县 二县 三县 四县 五县 六县 七县 八县 九县 十县"
)

// newYear opens the store on New Year's morning.
func newYear(t *testing.T) *city {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"forms/ten.yaml": tenForm, "forms/month.yaml": monthForm, "forms/once.yaml": onceForm,
		"counties.yaml": "counties: [{name: " + strings.Join(strings.Fields(tenCounties), "}, {name: ") + "}]\n"}
	if err := os.Mkdir(filepath.Join(dir, "forms"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	catalog, err := templates.Load(templates.City{Forms: filepath.Join(dir, "forms"), Counties: filepath.Join(dir, "counties.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	c := &city{t: t, catalog: catalog, clock: minute("01-01 08:00")}
	c.Store, err = Open(context.Background(), filepath.Join(dir, "taizhang.db"), catalog, func() time.Time { return c.clock })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// minute is a minute of 2026 in China.
func minute(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+text, templates.China)
	if err != nil {
		panic(err)
	}
	return at
}

// yearChase is the default chasing, of these three forms.
var yearChase = Chase{Forms: []string{"ten", "month", "once"}, Stages: Stages{
	Remind: Offset{Days: 1}, Chase: Offset{Days: 1}, Report: Offset{Days: 3}, At: 9 * time.Hour}}

// hand hands in a file of a form: good, half (a row to mend), nil or bad. With a
// period it is on that period's blank form, else it is for the one that is open.
func (c *city) hand(county, form, how, period string) {
	c.t.Helper()
	n := c.clock.Format("0102-1504")
	good := map[string]string{"ten": "A1|" + n + "|正在办理", "month": "3||" + n, "once": "0||" + n}[form]
	bad := map[string]string{"ten": "A2||也许", "month": "几件||" + n, "once": "几个||" + n}[form]
	rows := map[string][]string{"good": {good}, "half": {good, bad}, "nil": {"零报告"}, "bad": {bad}}[how]
	b := c.book(form, rows...)
	if period != "" {
		b.Marks[templates.MarkVersion], b.Marks[templates.MarkPeriod] = "1", period
	}
	c.send(county, form+" "+n+".xlsx", b)
}

// letters lists what was put into the outbox since the last call, one line for
// each kind, form and period.
func (c *city) lettersSince(last *int64) []string {
	c.t.Helper()
	all, err := c.Letters(context.Background(), "")
	if err != nil {
		c.t.Fatal(err)
	}
	var heads []string
	who := map[string][]string{}
	for _, l := range all {
		if l.ID <= *last || l.Kind == KindAnswer {
			continue
		}
		head := l.Kind + " " + l.Form + " " + l.Period[5:]
		if !slices.Contains(heads, head) {
			heads = append(heads, head)
		}
		who[head] = append(who[head], strings.TrimSuffix(l.County, "县"))
	}
	if len(all) > 0 {
		*last = all[len(all)-1].ID
	}
	for i, head := range heads {
		heads[i] = head + ":" + strings.Join(who[head], "")
	}
	return heads
}

// line is the states of the ten counties in their order, a sign each; ' behind
// one that came late.
func (c *city) line(form, period string) string {
	c.t.Helper()
	signs := map[string]string{StateNone: "－", StateLate: "缺", StateReturned: "退", StatePartial: "半", StateAccepted: "报", StateNil: "零"}
	all, err := c.Status(context.Background(), form, period)
	if err != nil {
		c.t.Fatal(err)
	}
	var out strings.Builder
	for _, s := range all {
		out.WriteString(signs[s.State])
		if s.Late {
			out.WriteString("'")
		}
	}
	return out.String()
}

// What the counties hand in during January: time, counties, form, how, and the
// period where the file is marked with it.
const januaryFiles = `
01-02 10:00 一 ten good
01-03 08:00 二 ten bad
01-03 15:00 二 ten good
01-04 16:00 三 ten half
01-04 16:30 四 ten nil
01-04 17:00 五 ten good
01-04 17:30 六 ten good
01-05 08:00 七 ten bad 2026-01-04
01-05 10:00 一 once nil
01-06 10:00 三八 ten good 2026-01-04
01-09 17:30 九 ten good 2026-01-04
01-12 10:00 一二三四五六七八九 ten good
01-14 10:00 十 ten nil
01-20 10:00 一二三四五 month good
01-25 12:00 六七八九 month good
01-26 16:00 一二三四五六七八九十 ten good
01-28 08:00 十 month good 2026-01-25
`

// What is told in January, to the hour.
const januaryLetters = `
01-03 09:00 remind ten 01-04:二三四五六七八九十
01-05 09:00 chase ten 01-04:七八九十
01-07 09:00 missing ten 01-04:
01-13 09:00 remind ten 01-14:十
01-19 09:00 remind once 01-20:二三四五六七八九十
01-21 09:00 chase once 01-20:二三四五六七八九十
01-23 09:00 missing once 01-20:
01-24 09:00 remind month 01-25:六七八九十
01-25 09:00 remind ten 01-24:一二三四五六七八九十
01-26 09:00 chase month 01-25:十
`

// Where the counties stand in January, whenever something changes.
const januaryStates = `
01-01 08:00 ten 01-04 －－－－－－－－－－
01-02 10:00 ten 01-04 报－－－－－－－－－
01-03 08:00 ten 01-04 报退－－－－－－－－
01-03 15:00 ten 01-04 报报－－－－－－－－
01-04 16:00 ten 01-04 报报半－－－－－－－
01-04 16:30 ten 01-04 报报半零－－－－－－
01-04 17:00 ten 01-04 报报半零报－－－－－
01-04 17:30 ten 01-04 报报半零报报'缺缺缺缺
01-05 08:00 ten 01-04 报报半零报报'退缺缺缺
01-05 10:00 once 01-20 零－－－－－－－－－
01-06 10:00 ten 01-04 报报报零报报'退报'缺缺
01-09 17:30 ten 01-04 报报报零报报'退报'退缺
01-09 17:30 ten 01-14 －－－－－－－－－－
01-12 10:00 ten 01-14 报报报报报报报报报－
01-14 10:00 ten 01-14 报报报报报报报报报零
01-14 17:30 ten 01-14 报报报报报报报报报零
01-20 10:00 month 01-25 报报报报报－－－－－
01-20 12:00 once 01-20 零－－－－－－－－－
01-20 12:30 once 01-20 零缺缺缺缺缺缺缺缺缺
01-24 17:30 ten 01-24 －－－－－－－－－－
01-25 12:00 month 01-25 报报报报报报报报报－
01-25 23:30 month 01-25 报报报报报报报报报－
01-26 00:00 month 01-25 报报报报报报报报报缺
01-26 16:00 ten 01-24 报报报报报报报报报报
01-26 17:30 ten 01-24 报报报报报报报报报报
01-28 08:00 month 01-25 报报报报报报报报报报'
`

// lines splits a table; the time of a line is its first eleven bytes.
func lines(table string) map[string][]string {
	out := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		out[line[:11]] = append(out[line[:11]], line[12:])
	}
	return out
}

// TestJanuary goes through the first month by the half hour: every letter and
// every state is written down above.
func TestJanuary(t *testing.T) {
	c := newYear(t)
	files, states := lines(januaryFiles), lines(januaryStates)
	var last int64
	var told []string
	for c.clock = minute("01-01 08:00"); c.clock.Before(minute("02-01 00:00")); c.clock = c.clock.Add(30 * time.Minute) {
		now := c.clock.Format("01-02 15:04")
		for _, f := range files[now] {
			word := append(strings.Fields(f), "")
			for _, county := range word[0] {
				c.hand(string(county)+"县", word[1], word[2], word[3])
			}
		}
		if _, err := c.Chase(context.Background(), yearChase); err != nil {
			t.Fatal(err)
		}
		for _, letter := range c.lettersSince(&last) {
			told = append(told, now+" "+letter)
		}
		for _, s := range states[now] {
			word := strings.Fields(s)
			if got := c.line(word[0], "2026-"+word[1]); got != word[2] {
				t.Errorf("%s %s %s: %s, want %s", now, word[0], word[1], got, word[2])
			}
		}
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(januaryLetters), "\n"), told); diff != "" {
		t.Error(diff)
	}
}

// TestRestOfTheYear holds invariants while counties report as they please: each
// is told once, none that has reported, never reminded too late, and all that
// are missing at a stage are told by the next look.
func TestRestOfTheYear(t *testing.T) {
	if testing.Short() {
		t.Skip("eleven months take a while under the race detector")
	}
	c := newYear(t)
	dice := rand.New(rand.NewSource(2026))
	ctx, once := context.Background(), map[string]string{}
	var last int64
	for c.clock = minute("02-01 03:00"); c.clock.Before(minute("12-31 00:00")); c.clock = c.clock.Add(6 * time.Hour) {
		for _, county := range strings.Fields(tenCounties) {
			if dice.Intn(30) == 0 {
				c.hand(county, []string{"ten", "month"}[dice.Intn(2)], []string{"good", "good", "bad", "half"}[dice.Intn(4)], "")
			}
		}
		if _, err := c.Chase(ctx, yearChase); err != nil {
			t.Fatal(err)
		}
		if more, err := c.Chase(ctx, yearChase); err != nil || more != 0 {
			t.Fatalf("%v: told %d once more, %v", c.clock, more, err)
		}
		c.checkTold(t, &last, once)
	}
	// Due days by hand: a holiday moves the first form only.
	for what, want := range map[string]string{
		"remind ten 10-04": "10-07 09:00", "chase ten 10-04": "10-09 09:00", "missing ten 10-04": "10-11 09:00",
		"remind ten 02-14": "02-13 09:00", "chase ten 02-24": "02-25 09:00", // 14 February is worked
		"remind month 10-25": "10-24 09:00", "chase month 10-25": "10-26 09:00", // a Sunday
		"remind ten 04-04": "04-06 09:00", "remind ten 05-04": "05-05 09:00",
	} {
		if once[what] != want {
			t.Errorf("%s was told at %q, want %q", what, once[what], want)
		}
	}
}

// checkTold checks the letters since the last call and notes when each stage was
// first told.
func (c *city) checkTold(t *testing.T, last *int64, once map[string]string) {
	t.Helper()
	all, err := c.Letters(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	from := slices.IndexFunc(all, func(l Letter) bool { return l.ID > *last })
	if from < 0 {
		return
	}
	for _, l := range all[from:] {
		*last = l.ID
		if l.Kind == KindAnswer {
			continue
		}
		stage := l.Kind + " " + l.Form + " " + l.Period[5:]
		if once[stage] == "" {
			once[stage] = c.clock.Format("01-02 15:04")
		}
		if id := stage + l.County; once[id] != "" && l.County != "" {
			t.Errorf("%s was told twice", id)
		} else {
			once[id+"."] = "told"
		}
		if once[stage] != c.clock.Format("01-02 15:04") && l.Kind == KindRemind {
			t.Errorf("%s: %s reminded later than the others", stage, l.County)
		}
		p, _ := c.catalog.Form(l.Form).Calendar.Period(l.Period)
		if l.Kind == KindRemind && c.clock.After(p.Due) || l.Kind != KindRemind && !c.clock.After(p.Due) {
			t.Errorf("%s to %s at %v, due %v", l.Kind, l.County, c.clock, p.Due)
		}
		if line := c.stateOf(t, l); l.County != "" && Counts(line) {
			t.Errorf("%s to %s, which stands at %s", stage, l.County, line)
		}
	}
}

func (c *city) stateOf(t *testing.T, l Letter) string {
	t.Helper()
	all, err := c.Status(context.Background(), l.Form, l.Period)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.County == l.County {
			return s.State
		}
	}
	return fmt.Sprint("nobody ", l.County)
}

// TestDownOverAStage asks what becomes of stages that passed while nobody looked:
// no reminder after the due time, everything else once.
func TestDownOverAStage(t *testing.T) {
	c := newYear(t)
	for _, look := range []struct {
		at   string
		want []string
	}{
		{"01-04 18:00", nil}, // the reminder of 3 January is too late
		{"01-08 12:00", []string{"chase ten 01-04:一二三四五六七八九十", "missing ten 01-04:"}},
		{"01-08 13:00", nil},
		{"01-14 12:00", []string{"remind ten 01-14:一二三四五六七八九十"}}, // three hours late, in time
		{"04-30 12:00", []string{"missing ten 04-24:", "chase month 04-25:一二三四五六七八九十", "missing month 04-25:",
			"chase once 01-20:一二三四五六七八九十", "missing once 01-20:"}},
	} {
		c.clock = minute(look.at)
		var last int64
		if all, err := c.Letters(context.Background(), ""); err != nil {
			t.Fatal(err)
		} else if len(all) > 0 {
			last = all[len(all)-1].ID
		}
		if _, err := c.Chase(context.Background(), yearChase); err != nil {
			t.Fatal(err)
		}
		got := c.lettersSince(&last)
		slices.Sort(got)
		slices.Sort(look.want)
		if diff := cmp.Diff(look.want, got); diff != "" {
			t.Errorf("%s: %s", look.at, diff)
		}
	}
}

// TestNobodyIsChasedUnasked asks that a new store leaves alone what was due before
// it was made, forms that are not used, and folders that are in no list.
func TestNobodyIsChasedUnasked(t *testing.T) {
	c, ctx := newYear(t), context.Background()
	inUse := Chase{Stages: yearChase.Stages}
	c.clock = minute("01-03 10:00")
	if n, err := c.Chase(ctx, inUse); n != 0 || err != nil {
		t.Errorf("told %d of forms that nobody uses, %v", n, err)
	}
	c.hand("一县", "ten", "good", "")
	c.hand("路过的文件夹", "ten", "bad", "")
	if n, err := c.Chase(ctx, inUse); n != 9 || err != nil {
		t.Errorf("told %d, want the nine others, %v", n, err)
	}
	c.clock = minute("01-05 10:00")
	off := Chase{Forms: yearChase.Forms, Stages: Stages{At: 9 * time.Hour}}
	if n, err := c.Chase(ctx, off); n != 0 || err != nil {
		t.Errorf("told %d with all stages off, %v", n, err)
	}

	late := newYear(t)
	if err := late.change(ctx, func(q *session) error {
		return q.do(`UPDATE counter SET value = $1 WHERE name = 'born'`, minute("01-06 08:00").Unix())
	}); err != nil {
		t.Fatal(err)
	}
	late.clock = minute("01-08 10:00")
	if n, err := late.Chase(ctx, yearChase); n != 0 || err != nil {
		t.Errorf("told %d about a period before the store was made, %v", n, err)
	}
	late.hand("一县", "ten", "good", "2026-01-04")
	if n, err := late.Chase(ctx, yearChase); n != 10 || err != nil { // nine counties and the city
		t.Errorf("told %d once a county has reported for it, %v", n, err)
	}
}
