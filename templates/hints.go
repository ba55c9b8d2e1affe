package templates

import (
	"strings"

	"taizhang/sheets"
)

// choices adds the drop-downs and hints of a form to its rows. In a ledger they
// reach on below the signatures, where people paste long lists.
func (p *paper) choices(f *Form, o BlankOptions, first, last int) {
	for i, field := range f.Fields {
		c := sheets.Choice{
			Values: fieldChoices(field), Strict: true,
			Caption: field.Path[len(field.Path)-1], Hint: fieldHint(f, field, o.County),
		}
		if len(c.Values) == 0 && c.Hint == "" {
			continue
		}
		c.Range = sheets.Range{Row1: first, Col1: i + 1, Row2: last, Col2: i + 1}
		p.Choices = append(p.Choices, c)
		if f.Kind == Ledger && p.row < first+ledgerReach-1 {
			c.Range.Row1, c.Range.Row2 = p.row+1, first+ledgerReach-1
			p.Choices = append(p.Choices, c)
		}
	}
}

// fieldChoices is what a drop-down offers: only where exactly one is chosen.
func fieldChoices(f *Field) []string {
	switch f.Type {
	case "enum":
		return f.Enum
	case "bool":
		return boolWords
	}
	return nil
}

// fieldHint is shown when a cell is selected: what the form's author says of
// the field, and what the reader expects, in the words of its findings.
func fieldHint(f *Form, field *Field, county *County) string {
	if field.City {
		return "本栏由市里填写。"
	}
	parts := []string{field.Hint}
	if field.Required || slicesHas(f.Key, field.Name) {
		parts = append(parts, "必填")
	}
	if field.Frozen {
		parts = append(parts, "首次上报后不能改")
	}
	parts = append(parts, expected(field, county)...)
	if field.Example != "" && field.Pattern == nil {
		parts = append(parts, "例如："+field.Example)
	}
	var out []string
	for _, part := range parts {
		if part = strings.TrimRight(part, "。；"); part != "" {
			out = append(out, part)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "；") + "。"
}

// expected is what the findings of a field would say they expect.
func expected(f *Field, county *County) []string {
	say := func(code, way string, data facts) string { return tell(code, way, data).Expected }
	var out []string
	switch f.Type {
	case "int":
		out = append(out, say("C02", "whole", nil), say("C02", "", facts{"Unit": f.Unit}))
	case "decimal":
		out = append(out, say("C02", "", facts{"Unit": f.Unit}), say("C06", "scale", facts{"Scale": f.Scale}))
	case "date":
		out = append(out, say("C04", "", nil))
	case "month":
		out = append(out, "年-月，例如 2026-04")
	case "deadline":
		out = append(out, say("C04", "deadline", nil))
	case "multi":
		if len(f.Enum) > 0 {
			out = append(out, "可填："+say("C05", "", facts{"List": strings.Join(f.Enum, "、")}))
		}
		out = append(out, "有多项时用顿号“、”隔开")
	case "unit":
		if county != nil {
			out = append(out, "填“"+say("C05", "unit", facts{"County": county.Name})+"”")
		}
	}
	return append(out, expectedLimits(f)...)
}

func expectedLimits(f *Field) []string {
	var out []string
	if f.Minimum != nil || f.Maximum != nil {
		way := rangeWay(f)
		out = append(out, tell("C06", way, facts{"Min": limitText(f.Minimum), "Max": limitText(f.Maximum)}).Expected)
	}
	if f.Pattern != nil && f.Example != "" {
		out = append(out, tell("C07", "", facts{"Example": f.Example}).Expected)
	}
	if f.MaxLength > 0 {
		out = append(out, tell("C08", "", facts{"Limit": f.MaxLength}).Expected)
	}
	return out
}
