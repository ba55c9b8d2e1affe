package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"taizhang/merge"
	"taizhang/templates"

	"github.com/jedib0t/go-pretty/v6/table"
)

type recheckCmd struct {
	County string `help:"只看这个县区 (only this county)."`
	Form   string `help:"只看这张表 (only this form)."`
	Data   string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
	JSON   bool   `name:"json" help:"每个文件输出一个 JSON 对象 (one JSON object a file)."`
}

// rechecked is what recheck says of one file.
type rechecked struct {
	File    string            `json:"file"`
	County  string            `json:"county"`
	Form    string            `json:"form,omitempty"`
	Number  string            `json:"number"` // of the submission that stands now
	Was     templates.Verdict `json:"was"`
	Is      templates.Verdict `json:"is"`
	Outcome string            `json:"outcome"` // same, changed, displaced
}

// Run judges the files again that do not count, and answers where that changed
// anything.
func (c *recheckCmd) Run(ctx context.Context, t *terminal) error {
	return stopped(ctx, t, c.Data, func(h *house) error {
		if c.Form != "" && h.catalog.Form(c.Form) == nil {
			return usage(fmt.Errorf("没有“%s”这张表 (no such form)", c.Form), "taizhang form list 列出全部表样 (lists all forms)")
		}
		county := ""
		if c.County != "" {
			found := h.catalog.Counties.ByName(c.County)
			if found == nil {
				return usage(fmt.Errorf("没有“%s”这个县区 (no such county)", c.County), "名单在 counties.yaml (see counties.yaml)")
			}
			county = found.Name
		}
		all, err := c.each(ctx, h, county)
		err = errors.Join(err, c.print(t.Out, all), h.office.Deliver(ctx), h.publishWanted(ctx))
		if err == nil && stillReturned(all) {
			return errFindings
		}
		return err
	})
}

// each judges the files in the order in which they were judged before. One whose
// original cannot be used is told of and holds up none of the others.
func (c *recheckCmd) each(ctx context.Context, h *house, county string) (out []rechecked, err error) {
	waiting, err := h.store.Unsettled(ctx, county)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, u := range waiting {
		data, err := h.original(u.Arrival)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", u.Submission.Number, err))
			continue
		}
		s := templates.Sender{County: h.reporter(u.Arrival.County), File: filepath.Base(u.Arrival.Name), Now: u.Arrival.At}
		r := h.read(data, s)
		if c.Form != "" && u.Submission.Form != c.Form && (r.Form == nil || r.Form.Name != c.Form) {
			continue
		}
		is, outcome, err := h.store.Recheck(ctx, u, r, merge.Answer{MailTo: h.addresses(u.Arrival.County), Domain: h.settings.Mail.domain()})
		if err != nil {
			return out, err
		}
		out = append(out, rechecked{File: u.Arrival.Name, County: is.County, Form: is.Form, Number: is.Number,
			Was: u.Submission.Verdict, Is: is.Verdict, Outcome: outcome})
	}
	if err := errors.Join(errs...); err != nil {
		return out, rebuildTrouble(err)
	}
	return out, nil
}

// stillReturned says whether any file still does not count and should.
func stillReturned(all []rechecked) bool {
	for _, r := range all {
		if r.Outcome != merge.RecheckDisplaced && !merge.Takes(r.Is) {
			return true
		}
	}
	return false
}

func (c *recheckCmd) print(out io.Writer, all []rechecked) error {
	if c.JSON {
		enc := json.NewEncoder(out)
		for _, r := range all {
			if err := enc.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "没有要重新核对的文件 (nothing to check again)")
		return err
	}
	w := table.NewWriter()
	w.AppendHeader(table.Row{"文件", "单位", "表", "原来", "现在", "回执编号"})
	for _, r := range all {
		is := r.Is.Say("zh")
		switch r.Outcome {
		case merge.RecheckSame:
			is += "（不变）"
		case merge.RecheckDisplaced:
			is += "（已有后来的文件，未核对）"
		}
		w.AppendRow(table.Row{templates.Shown(r.File, 80), r.County, orWord(r.Form, "—"), r.Was.Say("zh"), is, r.Number})
	}
	_, err := fmt.Fprintln(out, w.Render())
	return err
}
