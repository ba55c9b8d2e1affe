package templates

import (
	"time"

	"github.com/shopspring/decimal"
)

// Summary is one of the city's tables, read from one YAML file.
type Summary struct {
	Name    string
	Title   string
	Form    string
	By      string // "county", or the name of a field; "" for one row
	ByTitle string // header of the first column
	Where   string // filter on all rows
	Groups  []Group
	Columns []*Column
	Total   bool
	Notes   []string  // printed always; see NotesFor
	Remarks []*Remark // printed when their condition holds
	File    string
	Hash    string
	where   program
}

// Group joins several values of the By field into one row.
type Group struct {
	Title  string
	Values []string
}

// Column is one figure of a summary.
type Column struct {
	Name     string
	Path     []string // title path
	Count    string   // filter; "true" counts all rows
	Sum      string   // field to add up
	Where    string   // filter for Sum and Distinct
	Distinct string   // field whose different values are counted
	Add      []string // columns to add
	Subtract []string // columns taken from the Add columns
	Rate     []string // numerator and denominator columns
	Rank     string   // column to rank by, highest first
	Decimals int      // printed, for Rate (percent) and Sum; the figure itself stays exact
	Unit     string
	filter   program
}

// Remark is a note that is printed only when its condition on the figures of the
// whole table holds.
type Remark struct {
	Text string
	When string
	when program
}

// Table is a computed summary: plain cells, ready to be drawn or served.
type Table struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Form     string        `json:"form"`
	Period   string        `json:"period,omitempty"`
	AsOf     time.Time     `json:"as_of"`
	Columns  []TableColumn `json:"columns"`
	Rows     [][]TableCell `json:"rows"`
	Total    []TableCell   `json:"total,omitempty"`
	Notes    []string      `json:"notes,omitempty"` // 数据截至, definitions, 未报县区, 待改未计入
	Missing  []string      `json:"missing"`         // 未报县区
	Returned []string      `json:"returned"`        // 退回待改的县区
	HeldRows int           `json:"held_rows"`       // 待改未计入 n 行
}

// TableColumn is a column of a computed summary.
type TableColumn struct {
	Name     string   `json:"name"`
	Path     []string `json:"path"`
	Kind     string   `json:"kind"` // text, count, sum, rate, rank
	Decimals int      `json:"decimals"`
}

// TableCell is a text or a number with its printed form.
type TableCell struct {
	Text   string           `json:"text"` // as printed: 76.9%
	Number *decimal.Decimal `json:"number,omitempty"`
}
