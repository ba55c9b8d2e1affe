package api

import (
	"context"
	"errors"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// recordsIn narrows the rows of a form.
type recordsIn struct {
	Form   string `path:"form" maxLength:"100"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many to send"`
	Offset int    `query:"offset" minimum:"0" default:"0" doc:"How many to leave out at the start"`
	County string `query:"county" maxLength:"100"`
	Period string `query:"period" maxLength:"20"`
	Query  string `query:"q" maxLength:"200" doc:"Text found in any text field"`
}

// recordIn names one row.
type recordIn struct {
	Form string `path:"form" maxLength:"100"`
	ID   int64  `path:"id" minimum:"1"`
}

// recordSheet is one row: its values with their sources, and how it came to be
// so. The history is newest first, and its first entry is what stands, unless
// the row was taken back.
type recordSheet struct {
	Record  merge.Record   `json:"record"`
	Values  []recordValue  `json:"values"`
	History []merge.Record `json:"history"`
}

// recordValue is one value, and the file, sheet and row from which it last
// changed.
type recordValue struct {
	Field      string    `json:"field"`
	Title      string    `json:"title"`
	Value      string    `json:"value"`
	Submission int64     `json:"submission"`
	File       string    `json:"file"`
	ArrivedAt  time.Time `json:"arrived_at"`
	Sheet      string    `json:"sheet"`
	Row        int       `json:"row"`
}

func (s *server) getRecords(ctx context.Context, in *recordsIn) (paged[merge.Record], error) {
	none := paged[merge.Record]{}
	f, err := s.form(in.Form)
	if err != nil {
		return none, err
	}
	filter := merge.RecordFilter{Period: in.Period, Query: in.Query, Limit: in.Limit, Offset: in.Offset}
	if in.County != "" {
		c, err := s.county(in.County)
		if err != nil {
			return none, err
		}
		filter.County = c.Name
	}
	items, total, err := s.Store.Records(ctx, f.Name, filter)
	return piece(items, total, in.Limit, in.Offset), err
}

func (s *server) getRecord(ctx context.Context, in *recordIn) (recordSheet, error) {
	f, err := s.form(in.Form)
	if err != nil {
		return recordSheet{}, err
	}
	history, err := s.Store.History(ctx, f.Name, in.ID)
	if err != nil {
		return recordSheet{}, err
	}
	if len(history) == 0 {
		return recordSheet{}, refuse("not-found")
	}
	newestFirst(history)
	values, err := s.sources(ctx, f, history)
	return recordSheet{history[0], values, history}, err
}

// sources finds for each value of a row the version in which it became what it
// is.
func (s *server) sources(ctx context.Context, f *templates.Form, history []merge.Record) ([]recordValue, error) {
	files := map[int64]merge.Submission{}
	values := []recordValue{}
	for _, field := range f.Fields {
		from := changed(history, field.Name)
		if _, known := files[from.Submission]; !known {
			sub, err := s.Store.Submission(ctx, from.Submission)
			if err != nil && !errors.Is(err, merge.ErrNotFound) {
				return nil, err
			}
			files[from.Submission] = sub
		}
		file := files[from.Submission]
		values = append(values, recordValue{
			Field: field.Name, Title: field.Title(), Value: history[0].Values[field.Name],
			Submission: from.Submission, File: file.File, ArrivedAt: file.ArrivedAt, Sheet: from.Sheet, Row: from.Row,
		})
	}
	return values, nil
}

// changed is the oldest version of an unbroken run in which a field has the
// value it has now.
func changed(newestFirst []merge.Record, field string) merge.Record {
	from := newestFirst[0]
	for _, v := range newestFirst[1:] {
		if v.Values[field] != from.Values[field] {
			break
		}
		from = v
	}
	return from
}

// newestFirst orders the versions of a row; a later version came with a later
// submission.
func newestFirst(history []merge.Record) {
	for i, j := 0, len(history)-1; i < j && history[i].Submission < history[j].Submission; i, j = i+1, j-1 {
		history[i], history[j] = history[j], history[i]
	}
}
