package sheets

// Drawing is a workbook to draw.
type Drawing struct {
	Grids []Grid
	Marks map[string]string // written as custom document properties
}

// Grid is one sheet to draw.
type Grid struct {
	Name       string
	Visibility Visibility
	Widths     []float64 // by column from A, in characters
	Columns    []Style   // by column from A: style of the cells that no row draws
	RowHeight  float64   // in points: height of rows that state none, 0 for 15; they grow with their text
	Rows       []GridRow // ascending by Num
	Merges     []Range
	Choices    []Choice
	Print      Print
	FreezeRow  int  // rows kept in view, 0 for none
	FreezeCol  int  // columns kept in view
	Locked     bool // protect the sheet; cells whose style is Open stay editable
	Filter     *Range
}

// GridRow is one row of a grid.
type GridRow struct {
	Num    int
	Height float64 // in points, 0 for as high as the text needs
	Cells  []GridCell
}

// GridCell is one cell of a grid. Value is nil (a styled blank), a string, an
// int, a decimal.Decimal or a time.Time (a date); a number keeps its digits.
type GridCell struct {
	Col   int
	Value any
	Style Style
	Link  string // "Sheet!A1" inside this workbook
}

// Look names the part a cell plays; the drawing gives it fonts and borders.
type Look uint8

// The looks of an official form.
const (
	Body   Look = iota // a bordered cell of the table
	Title              // the form's title: 方正小标宋 22, centred
	Band               // 填报单位, 填报日期: no border
	Header             // a bordered, centred, bold header cell
	Total              // a bordered cell of a 合计 row
	Note               // text below the table, wrapped, no border
	Plain              // no border, no wrap
)

// Tint is a light fill with a meaning.
type Tint uint8

// The tints used by reports and forms.
const (
	NoTint Tint = iota
	Grey        // not to be filled in
	Red         // must be mended
	Yellow      // look at it
	Green       // fine
	Blue        // for information
)

// Style is how a cell looks.
type Style struct {
	Look   Look
	Format string // number format code, "" for General ("@" for text)
	Align  string // "left", "center", "right"; "" lets the look decide
	Tint   Tint
	Bold   bool
	Open   bool // stays editable in a locked grid
}

// Choice is a drop-down or an input hint on a range of cells.
type Choice struct {
	Range   Range
	Values  []string // empty: only a hint
	Strict  bool     // refuse other input (single choice); else only warn
	Caption string   // title of the hint, at most 32 characters
	Hint    string   // at most 255 characters
}

// Print says how a sheet is printed: always A4, fitted to the width of a page, or
// of several side by side where one would be too small to read.
type Print struct {
	Landscape   bool
	Across      int // pages side by side, 0 for one
	RepeatCols  int // columns from A repeated on each of them
	RepeatFirst int // rows repeated on each page, 0 for none
	RepeatLast  int
	Footer      string // "第&P页 共&N页"
}
