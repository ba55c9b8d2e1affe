package templates

import (
	"regexp"
	"strings"
	"time"

	"taizhang/sheets"

	"github.com/shopspring/decimal"
)

// FormKind says what a file of the form does to what is stored.
type FormKind string

// The kinds of form.
const (
	Ledger FormKind = "ledger" // rows live on under their key
	Report FormKind = "report" // one set of rows per county and period
)

// Form is one form, read from one YAML file.
type Form struct {
	Name     string
	Title    string
	Version  int
	Accepts  []int // older versions that are read with this text
	Kind     FormKind
	Order    int    // place in lists of forms, lowest first
	Sheet    string // the sheet that must hold the table; "" for any
	Band     Band
	Nil      bool // a county may say that there is nothing to report (零报告)
	Calendar *Calendar
	Key      []string // names of the key fields (primaryKey)
	RowKey   RowKey
	Fields   []*Field
	Rules    []*Rule
	Notes    []string   // printed below the table
	Label    string     // field that names a row for people; default the first key field
	HandDown []string   // fields of the city's list that say who gets an item; none: nothing is handed down
	Carry    string     // what a pre-filled form carries on: CarryOpen or CarryAll
	closed   program    // when a row is closed for good
	titles   *titleBook // of a form that was loaded; nil: made when asked for
	Hash     string     // SHA-256 of the YAML text, hex
	Text     []byte     // the YAML text itself
	File     string     // where it was read

	// Confidential forms name people or petitions: nothing out of them leaves by mail.
	Confidential bool
}

// Band holds the words of the line between title and header.
type Band struct {
	Unit string // 填报单位(公章)
	Date string // 填报日期
}

// RowKey says how rows without a printed key are recognised again.
type RowKey struct {
	Issue bool     // the program issues an id
	Match []string // fields that together identify a row
}

// Field is one column of a form.
type Field struct {
	Index     int
	Name      string
	Path      []string   // title from the top level down, as printed
	Aliases   [][]string // other title paths
	Type      string     // a key of Types
	Unit      string     // 件, 家, 人, 万元, %: printed in the header
	Required  bool
	Unique    bool
	Enum      []string
	Synonyms  map[string]string
	Minimum   *decimal.Decimal
	Maximum   *decimal.Decimal
	Pattern   *regexp.Regexp
	MaxLength int // in characters
	Scale     int // decimals kept, for type decimal
	Frozen    bool
	City      bool   // owned by the city: a county's cell is ignored and reported
	Serial    bool   // a running number: never a key, never makes a row a row
	FillDown  bool   // a vertically merged cell counts for all its rows
	OwnPlace  bool   // a text that never names another county
	Additive  bool   // may be summed (default for int and decimal)
	Default   string // what a blank cell or a missing column is read as, "" for nothing; told as 已处理
	Hint      string
	Example   string
	Width     float64
	Line      int               // in the YAML file
	choices   map[string]string // of a field that was loaded: Enum by its words; nil: made when asked for
	tidyEnum  []string          // of these, those that plain reads
	plain     plainRead         // of a field that was loaded: how most cells are read; nil: as all others
}

// Title is the field's title as one text: 拘留(人)/行政.
func (f *Field) Title() string { return joinPath(f.Path) }

// Rule is a check in the expression language, compiled when the form is read.
type Rule struct {
	Name     string
	Scope    string // row, file, history or across
	Code     string
	Severity Severity // "" for the code's default
	When     string
	Check    string
	Message  string // Chinese
	English  string
	Fields   []string // the fields it reads from the row, those of check first
	when     program
	check    program
}

// Calendar gives the reporting periods of a form. A period is named by the day
// it is due, 2006-01-02.
type Calendar struct {
	Rule  string
	Dates []string
	Grace time.Duration // how long after the due time a late file is taken; 0 for ever
	At    time.Duration // when on the due day a file is due, since midnight; 0 for the end of the day
	// Rollover moves a due day that is no working day to the next one.
	Rollover bool
	Ordinal  *Ordinal // how title or band name the period; nil: they do not
	rule     recurrence
	zone     *time.Location // nil is China's
}

// Period is one reporting period: after the previous due day up to its own.
type Period struct {
	ID   string    // the day of the rule, 2006-01-02, which names the period
	Day  string    // the day it is due: ID, or a later one where that was a holiday
	From time.Time // after this instant the period is open
	Due  time.Time // after this instant a file is late: the end of Day, or a time on it
}

// Value is what a cell means: the canonical text, and what it says for its type.
// A blank has Text "".
type Value struct {
	Text   string          // canonical: 2021-04-06, 1250.5, 已办结, 水、大气
	Number decimal.Decimal // int and decimal
	Day    string          // date and deadline: 2006-01-02 or ""
	Open   bool            // deadline: goes on for ever, never overdue
}

// Blank says whether nothing was filled in.
func (v Value) Blank() bool { return v.Text == "" }

// List is the values of a multi field, which its text joins with 、.
func (v Value) List() []string {
	if v.Text == "" {
		return nil
	}
	return strings.Split(v.Text, "、")
}

// Row is one row of a county's table.
type Row struct {
	Sheet   string
	Num     int       // row in the county's sheet
	Values  []Value   // by field index
	Key     string    // canonical, "" while unknown
	Label   string    // what a person calls the row
	Held    bool      // not merged until mended
	Record  int64     // the stored record it continues, 0 for a new one
	columns []int     // by field index: the sheet's column, 0 for none; all rows of a table share them
	typed   []string  // cell texts as displayed, by field index
	bad     []bool    // cells that could not be read, by field index
	to      []*County // on the city's list: who gets the item, the first one for itself
	fixes   int       // findings that hold the row
}

// Cell is where the cell of a field stands in the county's sheet, such as B12; ""
// where the file has no such column.
func (row *Row) Cell(field int) string {
	if col := row.columns[field]; col > 0 {
		return sheets.Address(col, row.Num)
	}
	return ""
}

// Reading is what a workbook says when it is read by a form.
type Reading struct {
	Form     *Form // nil when no form was recognised
	Version  int
	County   *County
	Period   string // due day, "" for forms without calendar
	Sheet    string
	Rows     []Row
	Findings []Finding
	Verdict  Verdict
	Read     int // rows of data found
	Accepted int
	Held     int
	Absent   []bool // by field index: the file has no such column
	totals   []totalRow
	money    map[int]string // by field index: the money unit of the file's column, where the form has another
	broken   bool           // our own failure: nothing was judged
	nilSaid  nilFound
	told     int       // findings, those beyond the limit included
	Nil      bool      // the county says that there is nothing to report
	At       time.Time // when the file came
	band     bandText
	gathered map[string]int // where a gathered finding stands
	corners  corners
	facts    facts // room for those of one finding
}

// StoredRow is a row as it stands in the store, for comparing.
type StoredRow struct {
	Record int64 // 0 for an item of the city's list that was never reported
	Key    string
	Values []Value
	Listed bool // on the city's list; its frozen and city-owned values are the list's
	Base   bool // reported before the city handed down its first list
	Later  bool // handed down after the period was due: its absence is no 漏报
}

// Past is what the store knows of a county and form before a file is merged.
type Past struct {
	Rows         []StoredRow // ledger: current rows of the county; report: rows of the period before
	LatestPeriod string      // latest period accepted from this county
	Handed       bool        // the city has handed down a list of this form
	First        time.Time   // arrival of the first accepted file of the period, zero for none
}

func joinPath(path []string) string { return strings.Join(path, "/") }
