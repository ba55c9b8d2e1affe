package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// handDown takes in a file that the city dropped into its own folder: a list,
// whose items go to their counties.
func (d *desk) handDown(ctx context.Context, a merge.Arrival) (merge.Submission, error) {
	data, err := os.ReadFile(d.path("archive", a.SHA256[:2], a.SHA256))
	if err != nil {
		return merge.Submission{}, fmt.Errorf("read original: %w", err)
	}
	reading := d.readBy(d.catalog.JudgeList, data, templates.Sender{File: filepath.Base(a.Name), Now: a.At})
	sub, err := d.store.HandDown(ctx, a, reading, merge.Handover{
		Answer:     merge.Answer{MailTo: d.cityMail(), Domain: d.settings.Mail.domain()},
		CountyMail: func(county string) []string { return d.mailTo(d.county(county)) },
	})
	if err != nil {
		return merge.Submission{}, err
	}
	d.log.Info("list judged", "submission", sub.Number, "form", sub.Form, "verdict", sub.Verdict,
		"read", sub.Read, "accepted", sub.Accepted, "held", sub.Held)
	d.merged()
	return sub, nil
}

// cityMail is where letters to the city go; nowhere while no server is set.
func (d *desk) cityMail() []string {
	if d.office.SMTP == nil {
		return nil
	}
	return d.settings.CityMail
}

// prefill posts the pre-filled forms whose time has come. Zero days ahead means
// that none are posted.
func (h *house) prefill(ctx context.Context) error {
	if h.settings.PrefillDays == 0 {
		return nil
	}
	ahead := time.Duration(h.settings.PrefillDays) * 24 * time.Hour
	desk := newDesk(h)
	told, err := h.store.Prefill(ctx, h.settings.Mail.domain(), ahead, func(county string) []string {
		return desk.mailTo(desk.county(county))
	})
	if err != nil {
		return err
	}
	if told > 0 {
		h.log.Info("pre-filled forms posted", "forms", told)
		h.office.Wake()
	}
	return nil
}
