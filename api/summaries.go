package api

import (
	"bytes"
	"context"
	"strings"
	"time"

	"taizhang/sheets"
	"taizhang/templates"
)

// summaryItem is one of the city's tables as a list shows it.
type summaryItem struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Form      string `json:"form"`
	FormTitle string `json:"form_title"`
	Table     string `json:"table"`
	Workbook  string `json:"workbook"`
	Text      string `json:"text"`
}

// summaryIn names a summary and, for a report, the period.
type summaryIn struct {
	Name   string `path:"name" maxLength:"100"`
	Period string `query:"period" maxLength:"20" doc:"Due day; left out, the current one"`
}

func (s *server) getSummaries(context.Context, *struct{}) ([]summaryItem, error) {
	return s.summaryItems(), nil
}

func (s *server) summaryItems() []summaryItem {
	list := []summaryItem{}
	for _, x := range s.Catalog.Summaries {
		item := summaryItem{Name: x.Name, Title: x.Title, Form: x.Form}
		if f := s.Catalog.Form(x.Form); f != nil {
			item.FormTitle = f.Title
		}
		at := "/api/v1/summaries/" + x.Name
		item.Table, item.Workbook, item.Text = at, at+".xlsx", at+".txt"
		list = append(list, item)
	}
	return list
}

func (s *server) getSummary(ctx context.Context, in *summaryIn) (*templates.Table, error) {
	x := s.Catalog.Summary(in.Name)
	if x == nil {
		return nil, refuse("summary-unknown", in.Name)
	}
	if f := s.Catalog.Form(x.Form); f != nil && in.Period != "" {
		if _, err := s.period(f, in.Period); err != nil {
			return nil, err
		}
	}
	return s.Store.Table(ctx, x.Name, in.Period, time.Time{})
}

// SummaryFile is the name under which the workbook of a summary is published:
// its title, without what a file system refuses.
func SummaryFile(title string) string {
	return strings.TrimRight(harmless(title), ". ") + ".xlsx"
}

// getSummaryBook draws the table as it is now. The workbook in the summaries
// folder may be behind it: whoever has that open keeps it from being replaced.
func (s *server) getSummaryBook(ctx context.Context, in *summaryIn) (*download, error) {
	t, err := s.getSummary(ctx, in)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := sheets.Draw(&b, templates.DrawTable(t)); err != nil {
		return nil, err
	}
	period := dash(in.Period)
	return inMemory(xlsxType, t.Title+period+".xlsx", in.Name+period+".xlsx", b.Bytes()), nil
}

func dash(period string) string {
	if period == "" {
		return ""
	}
	return "-" + period
}

// getSummaryText sends the table as lines with tabs, to be pasted anywhere.
func (s *server) getSummaryText(ctx context.Context, in *summaryIn) (*download, error) {
	t, err := s.getSummary(ctx, in)
	if err != nil {
		return nil, err
	}
	return inMemory(textType, "", "", []byte(tableText(t))), nil
}

// tableText writes a table as text: title, header, rows, total, notes.
func tableText(t *templates.Table) string {
	var lines []string
	line := func(cells []string) { lines = append(lines, strings.Join(cells, "\t")) }
	line([]string{t.Title})
	var head []string
	for _, c := range t.Columns {
		head = append(head, strings.Join(c.Path, "/"))
	}
	line(head)
	for _, r := range append(t.Rows[:len(t.Rows):len(t.Rows)], t.Total) {
		if len(r) > 0 {
			line(texts(r))
		}
	}
	return strings.Join(append(lines, t.Notes...), "\n") + "\n"
}

// texts are the printed forms of a row's cells.
func texts(row []templates.TableCell) []string {
	var list []string
	for _, c := range row {
		list = append(list, c.Text)
	}
	return list
}
