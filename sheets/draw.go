package sheets

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// markSheet is the very hidden sheet of every workbook of ours: the drawing's
// marks in columns A and B, and from column D on the lists that are too long to
// stand inside a drop-down.
const markSheet = "_taizhang"

// firstListCol is the column of the mark sheet that holds the first list.
const firstListCol = 4

// Draw writes a drawing as an .xlsx workbook. The same drawing gives the same
// bytes, whenever and wherever it is drawn. A drawing that a workbook cannot
// hold (no visible grid, two grids of one name, a value of a foreign type) is
// an error, and then nothing has been written.
func Draw(w io.Writer, d Drawing) error {
	grids, lists := withMarks(d)
	if err := checkGrids(grids); err != nil {
		return err
	}
	f := excelize.NewFile()
	defer f.Close() // holds no temporary files: its sheets stay empty
	// The font of the first style gives columns their unit of width.
	if err := f.SetDefaultFont(lookFonts[Body].name); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	b := &book{file: f, brush: newBrush(f), lists: lists, pack: newPack()}
	for i, g := range grids {
		if err := b.add(i, g); err != nil {
			return fmt.Errorf("draw sheet %q: %w", g.Name, err)
		}
	}
	if err := b.finish(grids, d.Marks); err != nil {
		return err
	}
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return b.pack })
	if err := f.Write(io.Discard); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	_, err := b.pack.WriteTo(w)
	return err
}

// book is a workbook being drawn: excelize keeps its frame (styles, names,
// properties), and the sheets themselves are ours. Excelize would pass decimals
// through float64 in its stream and keeps some 200 bytes for each cell otherwise.
type book struct {
	file  *excelize.File
	brush *brush
	pack  *pack
	lists map[string]string
}

func (b *book) add(i int, g Grid) error {
	if i == 0 {
		if err := b.file.SetSheetName("Sheet1", g.Name); err != nil {
			return err
		}
	} else if _, err := b.file.NewSheet(g.Name); err != nil {
		return err
	}
	if err := b.name(i, g); err != nil {
		return err
	}
	body, err := sheetXML(g, b.brush.style, b.lists)
	if err != nil {
		return err
	}
	return b.pack.replace(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), body)
}

// name writes the names that a spreadsheet program looks for: the rows to be
// repeated on each page, and the filtered area.
func (b *book) name(i int, g Grid) error {
	if titles := printTitles(g); titles != "" {
		err := b.file.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", Scope: g.Name, RefersTo: titles,
		})
		if err != nil {
			return err
		}
	}
	if g.Filter == nil {
		return nil
	}
	err := b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm._FilterDatabase", Scope: g.Name,
		RefersTo: quoteSheet(g.Name) + "!" + absolute(*g.Filter),
	})
	if err != nil {
		return err
	}
	names := b.file.WorkBook.DefinedNames.DefinedName
	names[len(names)-1].Hidden = true
	return nil
}

// printTitles are the columns and rows to be repeated on each page.
func printTitles(g Grid) string {
	var parts []string
	if g.Print.RepeatCols > 0 {
		parts = append(parts, fmt.Sprintf("%s!$A:$%s", quoteSheet(g.Name), ColumnName(g.Print.RepeatCols)))
	}
	if g.Print.RepeatFirst > 0 {
		parts = append(parts, fmt.Sprintf("%s!$%d:$%d", quoteSheet(g.Name), g.Print.RepeatFirst, g.Print.RepeatLast))
	}
	return strings.Join(parts, ",")
}

func (b *book) finish(grids []Grid, marks map[string]string) error {
	b.brush.finish()
	first := slices.IndexFunc(grids, func(g Grid) bool { return g.Visibility == Visible })
	b.file.SetActiveSheet(first)
	for i, g := range grids {
		b.file.WorkBook.Sheets.Sheet[i].State = stateNames[g.Visibility]
	}
	for _, name := range sortedKeys(marks) {
		if err := b.file.SetCustomProps(excelize.CustomProperty{Name: name, Value: marks[name]}); err != nil {
			return fmt.Errorf("draw: property %q: %w", name, err)
		}
	}
	// Fixed times: the same drawing must give the same bytes.
	err := b.file.SetDocProps(&excelize.DocProperties{
		Creator: "台账", LastModifiedBy: "台账", Language: "zh-CN",
		Created: "2020-01-01T00:00:00Z", Modified: "2020-01-01T00:00:00Z",
	})
	if err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	return b.file.SetAppProps(&excelize.AppProperties{Application: "Taizhang"})
}

var stateNames = map[Visibility]string{Visible: "", Hidden: "hidden", VeryHidden: "veryHidden"}

// withMarks adds the very hidden sheet where there is something to put on it,
// and says where each long list stands: by its joined values.
func withMarks(d Drawing) ([]Grid, map[string]string) {
	hidden := Grid{Name: markSheet, Visibility: VeryHidden}
	for i, name := range sortedKeys(d.Marks) {
		hidden.put(i+1, 1, name)
		hidden.put(i+1, 2, d.Marks[name])
	}
	lists := map[string]string{}
	for _, g := range d.Grids {
		for _, c := range g.Choices {
			id := listID(c.Values)
			if fitsInline(c.Values) || lists[id] != "" {
				continue
			}
			col := firstListCol + len(lists)
			for i, v := range c.Values {
				hidden.put(i+1, col, v)
			}
			area := Range{Row1: 1, Col1: col, Row2: len(c.Values), Col2: col}
			lists[id] = markSheet + "!" + absolute(area)
		}
	}
	if len(hidden.Rows) == 0 {
		return d.Grids, lists
	}
	return append(slices.Clip(d.Grids), hidden), lists
}

// put sets a plain text; columns must come in ascending order.
func (g *Grid) put(row, col int, text string) {
	for len(g.Rows) < row {
		g.Rows = append(g.Rows, GridRow{Num: len(g.Rows) + 1})
	}
	r := &g.Rows[row-1]
	r.Cells = append(r.Cells, GridCell{Col: col, Value: text, Style: Style{Look: Plain}})
}

func checkGrids(grids []Grid) error {
	seen, visible := map[string]bool{}, false
	for _, g := range grids {
		if name := SheetName(g.Name); name != g.Name {
			return fmt.Errorf("draw: %q cannot name a sheet (%q can)", g.Name, name)
		}
		if key := strings.ToLower(g.Name); seen[key] {
			return fmt.Errorf("draw: two sheets are named %q", g.Name)
		} else {
			seen[key] = true
		}
		visible = visible || g.Visibility == Visible
	}
	if !visible {
		return fmt.Errorf("draw: a workbook needs a sheet that can be seen")
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
