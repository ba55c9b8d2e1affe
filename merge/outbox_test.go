package merge

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// letter sends a file whose answer also goes out by mail.
func letter(t *testing.T, c *city) Submission {
	t.Helper()
	book := c.book("items", "X1")
	a, _ := c.arrive("东山县", "a.xlsx", book)
	sub, err := c.Merge(context.Background(), a, c.judge("东山县", "a.xlsx", book),
		Answer{MailTo: []string{"a@example.gov.cn", "b@example.gov.cn"}, Domain: "city.example.gov.cn"})
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func TestLettersGoOut(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	sub := letter(t, c)
	id := "<" + sub.Number + "." + sub.SHA256[:8] + "@city.example.gov.cn>"

	folder, ok, err := c.Claim(ctx, ByFolder)
	if err != nil || !ok || folder.Channel != ByFolder || folder.Attempts != 1 || folder.State != "sending" || folder.To != nil {
		t.Fatalf("folder letter: %+v %v %v", folder, ok, err)
	}
	mail, ok, err := c.Claim(ctx, ByMail)
	if err != nil || !ok || mail.MessageID != id || mail.Submission != sub.ID || mail.County != "东山县" {
		t.Fatalf("mail letter: %+v %v %v", mail, ok, err)
	}
	if diff := cmp.Diff([]string{"a@example.gov.cn", "b@example.gov.cn"}, mail.To); diff != "" {
		t.Error(diff)
	}
	if _, ok, err = c.Claim(ctx, ByMail); ok || err != nil {
		t.Errorf("claimed twice: %v %v", ok, err)
	}
	if err := c.Sent(ctx, folder.ID); err != nil {
		t.Fatal(err)
	}

	// A letter that was put off is due again in time, with the same Message-ID.
	if err := c.Retry(ctx, mail.ID, "451 later", c.clock.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ = c.Claim(ctx, ByMail); ok {
		t.Error("claimed before it was due")
	}
	c.clock = c.clock.Add(time.Minute)
	again, ok, err := c.Claim(ctx, ByMail)
	if err != nil || !ok || again.MessageID != id || again.Attempts != 2 || again.LastError != "451 later" {
		t.Errorf("second attempt: %+v %v %v", again, ok, err)
	}
	if err := c.Fail(ctx, mail.ID, "550 no"); err != nil {
		t.Fatal(err)
	}
	failed, err := c.Letters(ctx, "failed")
	if err != nil || len(failed) != 1 || failed[0].LastError != "550 no" {
		t.Errorf("failed letters: %+v %v", failed, err)
	}
	c.clock = c.clock.Add(time.Hour)
	if _, ok, _ = c.Claim(ctx, ByMail); ok {
		t.Error("a letter that was given up went out")
	}
	if err := c.Retry(ctx, mail.ID, "", c.clock); err != nil {
		t.Fatalf("take up again: %v", err)
	}
	if _, ok, _ = c.Claim(ctx, ByMail); !ok {
		t.Error("a letter that was taken up again is not due")
	}
}

// A sender that died leaves its letter claimed; it is offered again.
func TestClaimsRunOut(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	letter(t, c)
	for channel, lease := range leases {
		first, ok, err := c.Claim(ctx, channel)
		if err != nil || !ok {
			t.Fatalf("%s: %v %v", channel, ok, err)
		}
		before := c.clock
		c.clock = before.Add(lease - time.Second)
		if _, ok, _ = c.Claim(ctx, channel); ok {
			t.Errorf("%s: claimed while under way", channel)
		}
		c.clock = before.Add(lease)
		second, ok, err := c.Claim(ctx, channel)
		if err != nil || !ok || second.ID != first.ID || second.MessageID != first.MessageID || second.Attempts != 2 {
			t.Errorf("%s: %+v %v %v", channel, second, ok, err)
		}
		c.clock = before
	}
}
