package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"taizhang/merge"
	"taizhang/templates"

	"github.com/jedib0t/go-pretty/v6/table"
)

type statusCmd struct {
	Form   string `help:"只看这张表 (one form)."`
	Period string `help:"期次，即截止日 2026-11-24；默认本期 (period, by its due day)."`
	Data   string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
	JSON   bool   `name:"json" help:"输出 JSON (print JSON)."`
}

// Run prints the matrix of counties and forms.
func (c *statusCmd) Run(ctx context.Context, t *terminal) error {
	return visit(ctx, t, c.Data, besideAsIs, func(h *house) error {
		forms, rest, err := c.forms(ctx, h)
		if err != nil {
			return err
		}
		var all []merge.Status
		for _, f := range forms {
			list, err := h.store.Status(ctx, f.Name, c.Period)
			if err != nil {
				return err
			}
			all = append(all, list...)
		}
		if c.JSON {
			return json.NewEncoder(t.Out).Encode(all)
		}
		if err := printMatrix(t.Out, h, forms, all); err != nil || len(rest) == 0 {
			return err
		}
		_, err = fmt.Fprintf(t.Out, "还没有收到过的表 (not reported yet)：%s\n", strings.Join(rest, "、"))
		return err
	})
}

// forms are the forms to show: the one asked for, else those in use that have the
// period. The rest are titles.
func (c *statusCmd) forms(ctx context.Context, h *house) (forms []*templates.Form, rest []string, err error) {
	if c.Form != "" {
		f := h.catalog.Form(c.Form)
		if f == nil {
			return nil, nil, unknownForm(c.Form)
		}
		forms = []*templates.Form{f}
	} else {
		used, idle, err := h.store.InUse(ctx)
		if err != nil {
			return nil, nil, err
		}
		forms = used
		for _, f := range idle {
			rest = append(rest, f.Title)
		}
	}
	if c.Period != "" {
		forms = slices.DeleteFunc(slices.Clone(forms), func(f *templates.Form) bool { return !hasPeriod(f, c.Period) })
	}
	if len(forms) == 0 {
		return nil, nil, usage(fmt.Errorf("没有 %s 这一期 (no such period)", c.Period),
			"期次写截止日，例如 2026-11-24 (a period is named by its due day)")
	}
	return forms, rest, nil
}

// states are the words of the matrix.
var states = map[string]string{"none": "未报", "late": "逾期未报", "returned": "退回", "partial": "部分入库",
	"accepted": "已报", "nil": "零报告"}

// printMatrix prints counties down and forms across, as wide as people see it.
func printMatrix(out io.Writer, h *house, forms []*templates.Form, all []merge.Status) error {
	w := table.NewWriter()
	head := table.Row{"县区"}
	for _, f := range forms {
		head = append(head, f.Title+periodOf(all, f))
	}
	w.AppendHeader(head)
	cells := map[[2]string]merge.Status{}
	for _, s := range all {
		cells[[2]string{s.County, s.Form}] = s
	}
	for _, county := range spokenOf(h, all) {
		row := table.Row{county}
		for _, f := range forms {
			row = append(row, stateText(cells[[2]string{county, f.Name}]))
		}
		w.AppendRow(row)
	}
	var columns []table.ColumnConfig
	for i := range forms {
		columns = append(columns, table.ColumnConfig{Number: i + 2, WidthMax: 24})
	}
	w.SetColumnConfigs(columns)
	_, err := fmt.Fprintf(out, "截至 %s\n%s\n", h.now().In(h.zone).Format("2006-01-02 15:04"), w.Render())
	return err
}

// spokenOf are the counties with a state for any form, in the city's order, then
// those that the city's list does not know.
func spokenOf(h *house, all []merge.Status) (names []string) {
	has := map[string]bool{}
	for _, s := range all {
		has[s.County] = true
	}
	for _, c := range h.catalog.Counties.All() {
		if has[c.Name] {
			names = append(names, c.Name)
			delete(has, c.Name)
		}
	}
	return append(names, slices.Sorted(maps.Keys(has))...)
}

// stateText is empty for a form that the county is not asked for.
func stateText(s merge.Status) string {
	word := states[s.State]
	if s.Held > 0 {
		word += fmt.Sprintf("（待改 %d 行）", s.Held)
	}
	if s.Late {
		word += "（迟报）"
	}
	return word
}

// periodOf is the period that the states of a form are about, for its heading.
func periodOf(all []merge.Status, f *templates.Form) string {
	for _, s := range all {
		if s.Form == f.Name && s.Period != "" {
			return "\n" + s.Period + " 期"
		}
	}
	return ""
}
