package templates

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"taizhang/sheets"
)

// place is a form and where its table stands.
type place struct {
	form *Form
	head *header
	same []*sheets.Sheet // sheets that hold the same rows once more
	bare bool            // neither mark nor title says which form it is, only the header
}

// recognise finds the form of a workbook: by its version mark, else by the
// form asked for, else by its header.
func (c *Catalog) recognise(r *Reading, b *sheets.Book, s Sender) (place, bool) {
	name, version := mark(b)
	if s.Form != "" {
		name = s.Form
	}
	if name != "" {
		return c.known(r, b, name, version)
	}
	return c.byHeader(r, b)
}

// mark reads the version mark: from the document's properties, else from the
// very hidden sheet, which survives programs that drop properties.
func mark(b *sheets.Book) (form string, version int) {
	marks := marksOf(b)
	version, _ = strconv.Atoi(marks[MarkVersion])
	return marks[MarkForm], version
}

func marksOf(b *sheets.Book) map[string]string {
	out := map[string]string{}
	for _, s := range b.Sheets {
		if s.Name != MarkSheet {
			continue
		}
		for _, row := range s.Rows {
			if cells := row.Cells.Append(nil); len(cells) == 2 && cells[0].Col == 1 && cells[1].Col == 2 {
				out[cells[0].Text] = cells[1].Text
			}
		}
	}
	for k, v := range b.Marks {
		out[k] = v
	}
	return out
}

// known looks for the table of a form whose name is known.
func (c *Catalog) known(r *Reading, b *sheets.Book, name string, version int) (place, bool) {
	f := c.Form(name)
	if f == nil {
		r.add(tell("S01", "mark", facts{"Form": name, "Forms": c.titles()}))
		return place{}, false
	}
	r.Form = f
	if version == 0 {
		version = f.Version
	}
	r.Version = version
	if version != f.Version && !slices.Contains(f.Accepts, version) {
		r.add(tell("S02", newerWay(version > f.Version), facts{"Version": version, "Current": f.Version, "Title": f.Title}))
		return place{}, false
	}
	return r.onSheet(b, f)
}

func newerWay(newer bool) string {
	if newer {
		return "newer"
	}
	return ""
}

// onSheet finds the sheet that holds the form's table.
func (r *Reading) onSheet(b *sheets.Book, f *Form) (place, bool) {
	best, others := r.corners.best(b, f)
	if f.Sheet != "" && !hasSheet(b, f.Sheet) {
		r.add(tell("S03", "", facts{"Sheet": f.Sheet, "Sheets": sheetNames(b)}))
		return place{}, false
	}
	if best == nil || best.found < needed(f, 3) && !f.complete(best) {
		r.noHeader(b, f)
		return place{}, false
	}
	var same []*sheets.Sheet
	for _, other := range others {
		switch {
		case other.found != best.found && !nearlyWhole(f, other) || !holdsRows(f, other):
		case sameRows(f, best, other):
			same = append(same, other.sheet)
		default:
			r.add(tell("S08", "", facts{"One": best.sheet.Name, "Other": other.sheet.Name}))
			return place{}, false
		}
	}
	return place{form: f, head: best, same: same}, true
}

// noHeader tells that no visible sheet has the form's header; where a hidden one has,
// that is what to mend.
func (r *Reading) noHeader(b *sheets.Book, f *Form) {
	for _, s := range b.Sheets {
		if s.Visibility != sheets.Hidden || ours(b, s) {
			continue
		}
		if h := findHeader(f, s, r.corners.of(s)); h != nil && h.found >= needed(f, 3) {
			out := tell("H01", "hidden", facts{"Title": f.Title, "Sheet": s.Name})
			out.Sheet = s.Name
			r.add(out)
			return
		}
	}
	r.add(tell("H01", "", facts{"Title": f.Title, "Columns": columnTitles(f)}))
}

// nearlyWhole says whether a table that lacks some columns is the form all the
// same: it has three in four of all, or those that must be there and half of all.
func nearlyWhole(f *Form, h *header) bool {
	return 4*h.found >= 3*len(f.Fields) || f.complete(h) && 2*h.found > len(f.Fields)
}

// sameRows says whether two tables hold the same rows, cell by cell, as far as
// both have the columns.
func sameRows(f *Form, a, b *header) bool {
	return slices.Equal(rowTexts(f, a, b), rowTexts(f, b, a))
}

// rowTexts is what the rows of data show, by the form's columns that another
// table has too.
func rowTexts(f *Form, h, other *header) []string {
	t := newTableReader(f, h)
	var out []string
	for _, row := range h.sheet.Rows {
		if row.Num <= h.last {
			continue
		}
		seen := t.row(row)
		if t.kind(seen) != dataRow {
			continue
		}
		texts := make([]string, len(f.Fields))
		for i, cell := range seen.cells {
			if cell != nil && h.columns[i] != 0 && other.columns[i] != 0 {
				texts[i] = fmt.Sprint(cell.Kind, cell.Raw, "\x00", cell.Text)
			}
		}
		out = append(out, strings.Join(texts, "\x00"))
	}
	return out
}

// best looks on every visible sheet that may hold data. The others are
// those with a header too.
func (c corners) best(b *sheets.Book, f *Form) (best *header, others []*header) {
	for _, s := range b.Sheets {
		if !looked(b, s, f) {
			continue
		}
		h := findHeader(f, s, c.of(s))
		switch {
		case h == nil:
		case best == nil:
			best = h
		case h.score > best.score || h.score == best.score && !holdsRows(f, best):
			best, others = h, append(others, best)
		default:
			others = append(others, h)
		}
	}
	return best, others
}

// holdsRows says whether any row of data stands below the header.
func holdsRows(f *Form, h *header) bool {
	t := newTableReader(f, h)
	for _, row := range h.sheet.Rows {
		if row.Num > h.last && t.kind(t.row(row)) == dataRow {
			return true
		}
	}
	return false
}

func hasSheet(b *sheets.Book, name string) bool {
	return slices.ContainsFunc(b.Sheets, func(s *sheets.Sheet) bool {
		return fold(s.Name) == fold(name) && s.Visibility == sheets.Visible
	})
}

func sheetNames(b *sheets.Book) string {
	var names []string
	for _, s := range b.Sheets {
		if s.Name != MarkSheet && s.Visibility != sheets.VeryHidden {
			names = append(names, s.Name)
		}
	}
	return strings.Join(names, "、")
}

// needed is how many titles must be found for a table to be the form's: one
// in three, but at least so many.
func needed(f *Form, least int) int { return min(len(f.Fields), max(least, (len(f.Fields)+2)/3)) }

// byHeader finds the form whose titles the workbook has most of.
func (c *Catalog) byHeader(r *Reading, b *sheets.Book) (place, bool) {
	form := r.corners.likest(b, c.Forms)
	if form == nil {
		return c.byTitle(r, b)
	}
	r.Form, r.Version = form, form.Version
	at, ok := r.onSheet(b, form)
	at.bare = ok && !r.corners.titleShown(b, form) && !otherTitle(at.head)
	return at, ok
}

// looked says whether the form's table is looked for on the sheet.
func looked(b *sheets.Book, s *sheets.Sheet, f *Form) bool {
	return !ours(b, s) && s.Visibility == sheets.Visible && (f.Sheet == "" || fold(s.Name) == fold(f.Sheet))
}

// titleRemark asks to check the form of rows that only their header spoke for. A
// list of the city's own needs no title.
func (r *Reading) titleRemark(p place) {
	if !p.bare || r.Read == 0 || r.County == nil || r.has(Reject) {
		return
	}
	f := tell("H03", "title", facts{"Title": p.form.Title})
	f.Sheet, f.Rule, f.Expected, f.EN.Expected = p.head.sheet.Name, "title", p.form.Title, p.form.Title
	r.add(f)
}

// otherTitle says whether some other title stands above the header, such as one
// that names the county or the round.
func otherTitle(h *header) bool {
	for _, row := range h.sheet.Rows {
		if row.Num >= h.first {
			break
		}
		for cell := range row.Cells.All() {
			if text := fold(cell.Text); cell.Kind == sheets.Text && utf8.RuneCountInString(text) >= 6 && !label(text) && !bandLabel.MatchString(text) {
				return true
			}
		}
	}
	return false
}

// bandLabel is a text of the line between title and header.
var bandLabel = regexp.MustCompile(`填报|填表|单位|日期|公章|盖章|截至|附件|制表`)

// byTitle tells a known form without its header from an unknown form.
func (c *Catalog) byTitle(r *Reading, b *sheets.Book) (place, bool) {
	for _, f := range c.Forms {
		if r.corners.titleShown(b, f) {
			r.Form, r.Version = f, f.Version
			r.add(tell("H01", "", facts{"Title": f.Title, "Columns": columnTitles(f)}))
			return place{}, false
		}
	}
	code, way := "S01", ""
	if blankBook(b) {
		code, way = "F07", "empty"
	}
	r.add(tell(code, way, facts{"Forms": c.titles()}))
	return place{}, false
}

func blankBook(b *sheets.Book) bool {
	return !slices.ContainsFunc(b.Sheets, func(s *sheets.Sheet) bool { return len(s.Rows) > 0 && !ours(b, s) })
}

// titleRows are the rows in which a form's title is looked for.
const titleRows = 10

// titleShown says whether the form's title stands at the top of a visible sheet.
func (c corners) titleShown(b *sheets.Book, f *Form) bool {
	want := f.titleBook().title
	for _, s := range b.Sheets {
		if s.Visibility != sheets.Visible || ours(b, s) {
			continue
		}
		for row := 1; row <= titleRows; row++ {
			for _, text := range c.of(s).foldedRow(row) {
				if strings.Contains(text, want) {
					return true
				}
			}
		}
	}
	return false
}

func (c *Catalog) titles() string {
	var out []string
	for _, f := range c.Forms {
		out = append(out, "《"+f.Title+"》")
	}
	return strings.Join(out, "")
}

func columnTitles(f *Form) string {
	var out []string
	for _, field := range f.Fields {
		out = append(out, field.Title())
	}
	return strings.Join(out, "、")
}
