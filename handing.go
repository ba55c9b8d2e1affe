package main

import (
	"context"
	"path/filepath"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// handDown takes in a file that the city dropped into its own folder: a list,
// whose items go to their counties.
func (d *desk) handDown(ctx context.Context, a merge.Arrival) (merge.Submission, error) {
	data, err := d.original(a)
	if err != nil {
		return merge.Submission{}, err
	}
	reading := d.readBy(judgeUnlessOwn(a, d.catalog.JudgeList), data, templates.Sender{File: filepath.Base(a.Name), Now: a.At})
	if reading == nil {
		return merge.Submission{}, d.dismiss(ctx, a)
	}
	sub, err := d.store.HandDown(ctx, a, reading, merge.Handover{
		Answer:     merge.Answer{MailTo: d.addresses(""), Domain: d.settings.Mail.domain()},
		CountyMail: d.addresses,
	})
	if err != nil {
		return merge.Submission{}, err
	}
	d.log.Info("list judged", "submission", sub.Number, "form", sub.Form, "verdict", sub.Verdict,
		"read", sub.Read, "accepted", sub.Accepted, "held", sub.Held)
	d.merged()
	return sub, nil
}

// prefill posts the pre-filled forms whose time has come. Zero days ahead means
// that none are posted.
func (h *house) prefill(ctx context.Context) error {
	if h.settings.PrefillDays == 0 {
		return nil
	}
	ahead := time.Duration(h.settings.PrefillDays) * 24 * time.Hour
	told, err := h.store.Prefill(ctx, h.settings.Mail.domain(), ahead, h.addresses)
	if err != nil {
		return err
	}
	if told > 0 {
		h.log.Info("pre-filled forms posted", "forms", told)
		h.office.Wake()
	}
	return nil
}
