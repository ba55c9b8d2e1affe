package merge

import (
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

// The clock goes wrong by a year, either way, while letters wait or are under way,
// and is set right again. No letter waits for that year.
func TestLettersAreNotStuckWhenTheClockJumps(t *testing.T) {
	for name, year := range map[string]int{"back": -1, "ahead": 1} {
		for _, channel := range []string{ByFolder, ByMail} {
			t.Run(name+" "+channel, func(t *testing.T) {
				c, ctx := newCity(t), t.Context()
				letter(t, c)
				right := c.clock
				c.clock = right.AddDate(year, 0, 0)
				l, ok, err := c.Claim(ctx, channel)
				if err != nil || !ok {
					t.Fatalf("while the clock is wrong: %v %v", ok, err)
				}
				if err := c.Retry(ctx, l.ID, "451 later", c.clock.Add(time.Minute)); err != nil {
					t.Fatal(err)
				}
				if _, ok, _ := c.Claim(ctx, channel); ok {
					t.Error("claimed before its time while the clock is wrong")
				}
				c.clock = right.Add(time.Minute)
				if due, err := c.Due(ctx, channel); err != nil || len(due) != 1 {
					t.Errorf("due when the clock is right again: %d %v", len(due), err)
				}
				again, ok, err := c.Claim(ctx, channel)
				if err != nil || !ok || again.MessageID != l.MessageID {
					t.Fatalf("when the clock is right again: %+v %v %v", again, ok, err)
				}
				if _, ok, _ := c.Claim(ctx, channel); ok {
					t.Error("claimed twice")
				}
			})
		}
	}
}

// A letter under way is due again when the clock that claimed it was a year ahead.
func TestAClaimEndsWhenTheClockGoesBack(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	letter(t, c)
	right := c.clock
	c.clock = right.AddDate(1, 0, 0)
	first, ok, err := c.Claim(ctx, ByMail)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	c.clock = right
	if again, ok, err := c.ClaimLetter(ctx, first.ID); err != nil || !ok || again.Attempts != 2 {
		t.Errorf("%+v %v %v", again, ok, err)
	}
}

// Versions count in the order in which they came, whatever the clock says.
func TestArrivalsKeepTheirOrderWhenTheClockGoesBack(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||正在办理"))
	c.at("2020-04-01")
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	c.at("2021-04-01")
	if diff := cmp.Diff([]string{"东山县 X1 已办结"}, c.current("items", "case_no", "status")); diff != "" {
		t.Error(diff)
	}
	last := c.must(templates.Accepted, "东山县", "b.xlsx", c.book("items", "X1|1|||||||正在办理"))
	if diff := cmp.Diff([]string{"东山县 X1 正在办理"}, c.current("items", "case_no", "status")); diff != "" {
		t.Error(diff)
	}
	all, err := c.Waiting(ctx)
	if err != nil || len(all) != 0 || last.Number != "20210401-0002" {
		t.Errorf("waiting: %v %v; number %s", all, err, last.Number)
	}
}
