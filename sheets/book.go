// Package sheets is the room of cells. It reads any workbook into plain cells,
// within stated limits, and draws, annotates and fills workbooks. What a cell
// means is not known here.
package sheets

import "fmt"

// Book is what a reader returns, however foreign the file was.
type Book struct {
	Format   string            // "xlsx", or "xls" for what Excel 97-2003 and WPS (.et) write
	Sheets   []*Sheet          // in workbook order, hidden ones included
	Marks    map[string]string // custom document properties, by name
	Date1904 bool              // serial dates count from 1904-01-01
	Macros   bool              // carries a VBA project (never run)
	External bool              // links to other workbooks (never followed)
	Names    []Name            // defined names; an .xls or .et has none here
	Partial  bool              // some notes or names are left out: too many, or unreadable
}

// Visibility says whether a person sees a sheet.
type Visibility int

// The three states of a sheet in a workbook.
const (
	Visible    Visibility = iota
	Hidden                // can be shown again from the menu
	VeryHidden            // can only be shown by a program
)

// Sheet is one worksheet: only rows and cells that hold something.
type Sheet struct {
	Name       string
	Visibility Visibility
	Rows       []Row    // ascending by Num
	Merges     []Range  // merged areas; only the first cell of each counts as data
	HiddenCols []Span   // columns that are hidden, ascending
	Remarks    []Remark // what people wrote beside cells, by row and column
}

// Row is one row that holds at least one cell with content.
type Row struct {
	Num    int // 1-based, as shown beside the row
	Hidden bool
	Cells  Cells
}

// Kind says what a cell holds.
type Kind uint8

// The kinds of content. A formula has the kind of its saved result.
const (
	Empty  Kind = iota // a formula without a saved result; other empty cells are left out
	Text               // text
	Number             // a number, percentages included
	Date               // a number that its format shows as a date or time, or an ISO date
	Bool               // Raw is "1" or "0"
	Error              // Raw is #REF!, #N/A, ...
)

// Cell is one cell with content.
type Cell struct {
	Col     int // 1-based
	Kind    Kind
	Formula bool   // the content is a formula's saved result
	Percent bool   // a number shown with %: Raw 0.833, Text 83.3%
	Raw     string // as stored: a number's own digits, a date's serial (or ISO text)
	Text    string // as a person sees it in zh-CN
}

// Range is a rectangle of cells, both ends included, 1-based.
type Range struct{ Row1, Col1, Row2, Col2 int }

// Span is a run of columns, both ends included, 1-based.
type Span struct{ First, Last int }

// Problem says why a file cannot be read. It is the sender's to mend, so it
// becomes a finding; any other error from this package is ours.
type Problem struct {
	Code   string // F01 damaged, F03 encrypted, F04 another format, F06 over a limit
	Reason string // stable word: "crc", "truncated", "html", "cells", ...
	Part   string // the zip part, where one is to blame
	Sheet  string
	Cell   string
	Row    int   // the row that was being read, where one is known
	Found  int64 // for F06: what the file has
	Limit  int64 // for F06: what is taken
}

func (p *Problem) Error() string {
	at := p.Part
	switch {
	case p.Cell != "":
		at = p.Sheet + "!" + p.Cell
	case p.Row > 0:
		at = fmt.Sprintf("%s!%d", p.Sheet, p.Row)
	}
	if p.Limit > 0 {
		return fmt.Sprintf("%s %s: %s: %d, limit %d", p.Code, p.Reason, at, p.Found, p.Limit)
	}
	return fmt.Sprintf("%s %s: %s", p.Code, p.Reason, at)
}
