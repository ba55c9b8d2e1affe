package templates

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taizhang/sheets"
)

// Sender says where a file came from and how to take it.
type Sender struct {
	County *County // the folder it came through; nil for a check without one
	Form   string  // the form it must be, "" to recognise it
	File   string  // its name
	Now    time.Time
}

// Judge reads a workbook: which form it is, for which period, and what its
// cells mean. It collects every finding it can; a failure leaves out only what
// depends on it. Compare must follow before the verdict holds.
func (c *Catalog) Judge(b *sheets.Book, s Sender) *Reading {
	r := &Reading{County: s.County, At: s.Now, Verdict: Pending, corners: newCorners(c.titleEnds())}
	r.bookRemarks(b, s)
	place, ok := c.recognise(r, b, s)
	if !ok {
		return r
	}
	r.Form, r.Sheet = place.form, place.head.sheet.Name
	r.Absent = absent(place.head)
	r.leftOut(b, place)
	r.readBand(c, place.head, s)
	r.settlePeriod(b, place.head, s)
	if !r.columns(place.head) {
		return r
	}
	r.moneyUnits(place.head)
	r.money = place.head.money
	t := &typist{counties: c.Counties, sender: s.County, date1904: b.Date1904, day: r.band.day,
		money: place.head.money, moneyAt: place.head.moneyAt, names: r.Form.identity()}
	r.readRows(t, place.head)
	r.titleRemark(place)
	return r
}

// Refuse is the reading of a file that cannot be opened.
func (c *Catalog) Refuse(p *sheets.Problem, s Sender) *Reading {
	r := &Reading{County: s.County, Verdict: Returned}
	f := tell(p.Code, p.Reason, facts{
		"File": filepath.Base(s.File), "Part": p.Part, "Sheet": p.Sheet, "Cell": p.Cell,
		"Found": p.Found, "Limit": p.Limit,
	})
	f.Sheet, f.Cell, f.Rule = p.Sheet, p.Cell, p.Reason
	if p.Limit > 0 {
		f.Value, f.Expected = fmt.Sprint(p.Found), fmt.Sprintf("≤ %d", p.Limit)
	}
	r.add(f)
	return r
}

// Broken is the reading of a file that we failed on. The county need do
// nothing; ref finds the failure in the log.
func Broken(s Sender, ref string) *Reading {
	r := &Reading{County: s.County, Verdict: Pending, broken: true}
	r.add(tell("Z03", "", facts{"Ref": ref}))
	return r
}

// Duplicate is told when the same bytes are in force already under another name.
func Duplicate(of string) Finding {
	return tell("F09", "", facts{"Number": of})
}

// extensions are the names under which a format of content goes: with macros, and
// as WPS and templates have it.
var extensions = map[string][]string{
	"xlsx": {".xlsx", ".xlsm"},
	"xls":  {".xls", ".et", ".xlt", ".ett"},
}

// bookRemarks are about the file as a whole and stop nothing.
func (r *Reading) bookRemarks(b *sheets.Book, s Sender) {
	if b.Macros || b.External {
		r.add(tell("F10", "", nil))
	}
	ext := strings.ToLower(filepath.Ext(s.File))
	if ext != "" && b.Format != "" && !slices.Contains(extensions[b.Format], ext) {
		r.add(tell("F05", "", facts{"Ext": ext, "Format": "." + b.Format}))
	}
}

func absent(h *header) []bool {
	out := make([]bool, len(h.columns))
	for i, col := range h.columns {
		out[i] = col == 0
	}
	return out
}

// leftOut names the sheets with content that were not read.
func (r *Reading) leftOut(b *sheets.Book, p place) {
	for _, s := range b.Sheets {
		if slices.Contains(p.same, s) {
			f := tell("S04", "same", facts{"Sheet": s.Name, "Read": p.head.sheet.Name})
			f.Sheet = s.Name
			r.add(f)
			continue
		}
		if s == p.head.sheet || ours(b, s) || len(s.Rows) == 0 || s.Visibility == sheets.VeryHidden {
			continue
		}
		f := tell("S04", hiddenWay(s), facts{"Sheet": s.Name, "Read": p.head.sheet.Name})
		f.Sheet = s.Name
		r.add(f)
	}
}

func hiddenWay(s *sheets.Sheet) string {
	if s.Visibility != sheets.Visible {
		return "hidden"
	}
	return ""
}

// The names of what this program itself adds to workbooks.
const (
	MarkForm      = "taizhang.form"
	MarkVersion   = "taizhang.version"
	MarkPeriod    = "taizhang.period"
	MarkCounty    = "taizhang.county"
	MarkAnnotated = "taizhang.annotated"
	MarkSheet     = "_taizhang"
	ListSheet     = "错误清单"
	DetailSheet   = "全部明细"
)

// ours says whether this program added the sheet; such sheets are never data.
func ours(b *sheets.Book, s *sheets.Sheet) bool {
	if s.Name == MarkSheet {
		return true
	}
	return b.Marks[MarkAnnotated] != "" && (s.Name == ListSheet || s.Name == DetailSheet)
}
