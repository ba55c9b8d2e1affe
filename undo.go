package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"taizhang/merge"
)

type undoCmd struct {
	Submission string `arg:"" help:"回执编号，如 20261122-0007 (number of the receipt)."`
	Reason     string `required:"" help:"撤销原因，会写给县区 (why; the county is told)."`
	Data       string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
	JSON       bool   `name:"json" help:"输出 JSON (print JSON)."`
}

// Run withdraws a submission, and brings letters and summaries up to date.
func (c *undoCmd) Run(ctx context.Context, t *terminal) error {
	if strings.TrimSpace(c.Reason) == "" {
		return usage(errors.New("没有写原因 (no reason given)"), "用 --reason 写明原因，县区会看到 (say why with --reason; the county reads it)")
	}
	return stopped(ctx, t, c.Data, func(h *house) error {
		w, fresh, err := h.store.Undo(ctx, merge.Undoing{Number: c.Submission, Reason: strings.TrimSpace(c.Reason),
			Domain: h.settings.Mail.domain(), MailTo: h.addresses, Judge: h.judgeAgain})
		if err != nil {
			return c.refused(err)
		}
		return errors.Join(c.print(t.Out, w, fresh), h.office.Deliver(ctx), h.publishWanted(ctx))
	})
}

func (c *undoCmd) refused(err error) error {
	switch {
	case errors.Is(err, merge.ErrNotFound):
		return usage(fmt.Errorf("没有编号为“%s”的文件 (no submission with this number)", c.Submission),
			"编号在回执的文件名和网页上，如 20261122-0007 (the number stands in the name of the receipt and on the page)")
	case errors.Is(err, merge.ErrNeverCounted):
		return usage(fmt.Errorf("%s：%w", c.Submission, err),
			"退回的文件改好再报即可；市级清单有错的，放一份更正的清单 (a returned file is mended and handed in again; a list of the city's is corrected by a new one)")
	}
	return rebuildTrouble(err)
}

func (c *undoCmd) print(out io.Writer, w merge.Withdrawal, fresh bool) (err error) {
	s := w.Submission
	if c.JSON {
		return json.NewEncoder(out).Encode(w)
	}
	if !fresh {
		_, err = fmt.Fprintf(out, "%s 以前已经撤销，没有变化 (withdrawn before; nothing changed)\n", s.Number)
		return err
	}
	now := "现在没有计入的文件 (nothing counts for it now)"
	if w.Instead != nil {
		now = "现在计入的是 (what counts now) " + w.Instead.Number
	}
	if _, err = fmt.Fprintf(out, "已撤销 withdrawn  %s  %s  %s  %s  %s\n", s.Number, s.County, s.Form, s.Period, now); err != nil {
		return err
	}
	for _, r := range w.Rejudged {
		if _, err = fmt.Fprintf(out, "因此改判 judged anew  %s  %s → %s\n", r.Number, r.Was.Say("zh"), r.Is.Say("zh")); err != nil {
			return err
		}
	}
	return nil
}
