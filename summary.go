package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"taizhang/api"
	"taizhang/templates"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

type summaryCmd struct {
	Name   string `arg:"" optional:"" help:"汇总表名；不写则列出全部 (name; none lists all)."`
	Period string `help:"期次，即截止日 (period, by its due day)."`
	AsOf   string `name:"as-of" placeholder:"T" help:"截至这一天或时刻 2026-11-24[T17:00] (as it stood then)."`
	Out    string `short:"o" placeholder:"FILE" help:"写成工作簿 (write the workbook here)."`
	Text   bool   `help:"在终端显示 (print as text)."`
	JSON   bool   `name:"json" help:"输出 JSON (print JSON)."`
	Data   string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run lists the summaries, or writes one.
func (c *summaryCmd) Run(ctx context.Context, t *terminal) error {
	return visit(ctx, t, c.Data, beside, func(h *house) error {
		if c.Name == "" {
			return listSummaries(t.Out, h.catalog)
		}
		if h.catalog.Summary(c.Name) == nil {
			return usage(fmt.Errorf("没有“%s”这张汇总表 (no such summary)", c.Name), "taizhang summary 列出全部汇总表 (lists all summaries)")
		}
		asOf, err := parseAsOf(c.AsOf)
		if err != nil {
			return err
		}
		tab, err := h.store.Table(ctx, c.Name, c.Period, asOf)
		if err != nil {
			return err
		}
		return c.write(t, tab)
	})
}

func listSummaries(out io.Writer, cat *templates.Catalog) error {
	w := table.NewWriter()
	w.AppendHeader(table.Row{"name", "汇总表", "取自"})
	for _, s := range cat.Summaries {
		w.AppendRow(table.Row{s.Name, s.Title, cat.Form(s.Form).Title})
	}
	_, err := fmt.Fprintln(out, w.Render())
	return err
}

// parseAsOf reads a day (its end is meant) or a time of day, in China's zone.
func parseAsOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation("2006-01-02", s, templates.China); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Millisecond), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, s, templates.China); err == nil {
			return at, nil
		}
	}
	return time.Time{}, usage(fmt.Errorf("--as-of 的“%s”不是日期 (not a date)", s), "写成 2026-11-24 或 2026-11-24T17:00")
}

func (c *summaryCmd) write(t *terminal, tab *templates.Table) error {
	switch {
	case c.JSON:
		return json.NewEncoder(t.Out).Encode(tab)
	case c.Text:
		return printTable(t.Out, tab)
	}
	path := c.Out
	if path == "" {
		path = api.SummaryFile(tab.Title)
	}
	book, err := tableBook(tab)
	if err != nil {
		return err
	}
	if err := writeWhole(path, book); err != nil {
		return usage(err, "核对 -o 的路径和写权限 (check the path given to -o)")
	}
	_, err = fmt.Fprintln(t.Out, path)
	return err
}

// printTable prints a summary for a terminal.
func printTable(out io.Writer, t *templates.Table) error {
	w := table.NewWriter()
	head := table.Row{}
	for _, c := range t.Columns {
		head = append(head, strings.Join(c.Path, "\n"))
	}
	w.AppendHeader(head)
	for _, row := range t.Rows {
		w.AppendRow(tableRow(row))
	}
	if t.Total != nil {
		w.AppendFooter(tableRow(t.Total))
	}
	w.Style().Format.Footer = text.FormatDefault
	fmt.Fprintf(out, "%s\n%s\n", t.Title, w.Render())
	for _, n := range t.Notes {
		fmt.Fprintln(out, n)
	}
	return nil
}

func tableRow(cells []templates.TableCell) table.Row {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		row[i] = c.Text
	}
	return row
}
