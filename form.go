package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"taizhang/api"
	"taizhang/sheets"
	"taizhang/templates"

	"github.com/jedib0t/go-pretty/v6/table"
)

// formCmd is the commands about forms.
type formCmd struct {
	List  formListCmd  `cmd:"" help:"列出全部表样 (list the forms)."`
	Show  formShowCmd  `cmd:"" help:"查看一张表的各栏 (show a form's columns)."`
	Check formCheckCmd `cmd:"" help:"检查表样文件 (check form files)."`
	Blank formBlankCmd `cmd:"" help:"生成空白表 (write the blank workbook)."`
}

type formListCmd struct {
	Data string `placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run lists the forms.
func (c *formListCmd) Run(t *terminal) error {
	h, err := lookOnly(t, c.Data)
	if err != nil {
		return err
	}
	w := table.NewWriter()
	w.AppendHeader(table.Row{"name", "表样", "版本", "类型", "文件"})
	for _, f := range h.catalog.Forms {
		w.AppendRow(table.Row{f.Name, f.Title, f.Version, kindText[f.Kind], f.File})
	}
	_, err = fmt.Fprintln(t.Out, w.Render())
	return err
}

var kindText = map[templates.FormKind]string{templates.Ledger: "台账", templates.Report: "报表"}

type formShowCmd struct {
	Name string `arg:"" help:"表样名 (name)."`
	Data string `placeholder:"DIR" help:"数据文件夹 (data folder)."`
	YAML bool   `name:"yaml" help:"输出表样文件原文 (print the file itself)."`
}

// Run shows one form.
func (c *formShowCmd) Run(t *terminal) error {
	f, _, err := findForm(t, c.Data, c.Name)
	if err != nil {
		return err
	}
	if c.YAML {
		_, err := t.Out.Write(f.Text)
		return err
	}
	w := table.NewWriter()
	w.AppendHeader(table.Row{"栏目", "name", "类型", "要求"})
	for _, field := range f.Fields {
		w.AppendRow(table.Row{field.Title(), field.Name, field.Type, demands(f, field)})
	}
	fmt.Fprintf(t.Out, "%s（%s 第 %d 版）\n%s\n", f.Title, f.Name, f.Version, w.Render())
	for _, r := range f.Rules {
		if _, err := fmt.Fprintf(t.Out, "%s %s: %s\n", r.Code, r.Name, r.Message); err != nil {
			return err
		}
	}
	return nil
}

// demands says in a few words what a field asks for.
func demands(f *templates.Form, field *templates.Field) string {
	var out []string
	for _, k := range f.Key {
		if k == field.Name {
			out = append(out, "主键")
		}
	}
	if field.Required {
		out = append(out, "必填")
	}
	if field.Frozen {
		out = append(out, "首报后不变")
	}
	if field.City {
		out = append(out, "市里填写")
	}
	if len(field.Enum) > 0 {
		out = append(out, strings.Join(field.Enum, "|"))
	}
	return strings.Join(out, "；")
}

func findForm(t *terminal, data, name string) (*templates.Form, *house, error) {
	h, err := lookOnly(t, data)
	if err != nil {
		return nil, nil, err
	}
	f := h.catalog.Form(name)
	if f == nil {
		return nil, nil, unknownForm(name)
	}
	return f, h, nil
}

type formCheckCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"表样文件；不写则检查数据文件夹里的全部 (files; none checks the data folder)."`
	Data  string   `placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run checks form files and reports every mistake with its line and column.
func (c *formCheckCmd) Run(t *terminal) error {
	forms := ""
	if c.Data != "" {
		forms = filepath.Join(c.Data, "forms")
	}
	cat, err := templates.LoadWith(forms, c.Files)
	var m templates.Mistakes
	if errors.As(err, &m) {
		printMistakes(t.Out, m)
		return errFindings
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.Out, "没有问题：%d 张表样，%d 张汇总表 (no mistakes)\n", len(cat.Forms), len(cat.Summaries))
	return err
}

func printMistakes(out io.Writer, m templates.Mistakes) {
	for _, one := range m {
		fmt.Fprintln(out, one.String())
		if one.Hint != "" {
			fmt.Fprintf(out, "    %s\n", one.Hint)
		}
	}
}

type formBlankCmd struct {
	Name   string `arg:"" help:"表样名 (name)."`
	Out    string `short:"o" placeholder:"FILE" help:"写到这里，默认是表名.xlsx (write it here)."`
	County string `help:"写上填报单位 (fill in the county)."`
	Period string `help:"标明期次，即截止日 (mark the period, by its due day)."`
	Carry  bool   `help:"带上这个县区还没有办结的事项，要写 --county 和 --data (carry on what the county has in hand)."`
	Data   string `placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run writes the workbook that a county fills in: blank, or with the items that
// it has in hand.
func (c *formBlankCmd) Run(ctx context.Context, t *terminal) error {
	if c.Carry {
		return visit(ctx, t, c.Data, beside, func(h *house) error { return c.carry(ctx, t, h) })
	}
	f, h, err := findForm(t, c.Data, c.Name)
	if err != nil {
		return err
	}
	o := templates.BlankOptions{Period: c.Period}
	if c.County != "" {
		if o.County = h.catalog.Counties.ByName(c.County); o.County == nil {
			o.County = &templates.County{Name: c.County, Folder: c.County}
		}
	}
	if c.Period != "" && !hasPeriod(f, c.Period) {
		return usage(fmt.Errorf("《%s》没有 %s 这一期 (no such period)", f.Title, c.Period), "期次写截止日，例如 2026-11-24 (name it by its due day)")
	}
	return c.write(t, f, o)
}

// carry writes the form with the items that the county has in hand, for the
// period that is open or opens next unless another one is named.
func (c *formBlankCmd) carry(ctx context.Context, t *terminal, h *house) error {
	f, county := h.catalog.Form(c.Name), h.catalog.Counties.ByName(c.County)
	switch {
	case f == nil:
		return unknownForm(c.Name)
	case county == nil:
		return usage(fmt.Errorf("没有“%s”这个县区 (no such county)", c.County), "用 --county 写 counties.yaml 里的名称 (name it with --county)")
	case c.Period != "" && !hasPeriod(f, c.Period):
		return usage(fmt.Errorf("《%s》没有 %s 这一期 (no such period)", f.Title, c.Period), "期次写截止日，例如 2026-11-24 (name it by its due day)")
	}
	if c.Period == "" && f.Calendar != nil {
		p, _ := f.Calendar.On(h.now())
		c.Period = p.ID
	}
	o, err := h.office.Prefilled(ctx, f, county, c.Period)
	if err != nil {
		return err
	}
	return c.write(t, f, o)
}

func (c *formBlankCmd) write(t *terminal, f *templates.Form, o templates.BlankOptions) error {
	var b bytes.Buffer
	if err := sheets.Draw(&b, templates.Blank(f, o)); err != nil {
		return err
	}
	path := c.Out
	if path == "" {
		path = api.SummaryFile(f.Title)
	}
	if err := writeWhole(path, b.Bytes()); err != nil {
		return usage(err, "核对 -o 的路径和写权限 (check the path given to -o)")
	}
	_, err := fmt.Fprintln(t.Out, path)
	return err
}

func hasPeriod(f *templates.Form, id string) bool {
	if f.Calendar == nil {
		return false
	}
	_, ok := f.Calendar.Period(id)
	return ok
}
