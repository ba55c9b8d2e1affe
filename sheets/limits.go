package sheets

// Limits says how much of a file the reader takes before it gives up with a
// Problem F06. A workbook is refused by what it holds, not by how long it takes,
// so the answer is the same on every machine.
type Limits struct {
	Entries       int   // entries of the zip
	PartBytes     int64 // unpacked bytes of one part
	TotalBytes    int64 // unpacked bytes of all parts
	Ratio         int64 // unpacked to packed bytes of one part
	RatioFrom     int64 // unpacked bytes from which on Ratio counts
	Depth         int   // nested XML elements
	TokenBytes    int   // one XML tag with its attributes
	Rows          int   // highest row number
	FilledRows    int   // rows of one sheet that hold something
	Columns       int   // highest column number
	FilledColumns int   // columns of one sheet that hold something
	Cells         int   // cells of the whole book that hold something
	Merges        int   // merged areas of one sheet
	Styles        int   // cell styles, and number formats
	Strings       int   // shared strings
	TextUnits     int   // UTF-16 units of one cell's text, as Excel counts them
}

// DefaultLimits are far above any real form and low enough to stay within about
// 300 MB of memory.
func DefaultLimits() Limits {
	return Limits{
		Entries:       2_000,
		PartBytes:     100 << 20,
		TotalBytes:    200 << 20,
		Ratio:         200,
		RatioFrom:     1 << 20,
		Depth:         64,
		TokenBytes:    4 << 20,
		Rows:          1_048_576,
		FilledRows:    200_000,
		Columns:       16_384,
		FilledColumns: 1_000,
		Cells:         2_000_000,
		Merges:        100_000,
		Styles:        70_000,
		Strings:       2_000_000,
		TextUnits:     32_767,
	}
}
