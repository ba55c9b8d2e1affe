package sheets

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

const mainNS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

// sheetWriter writes one worksheet part. The order of its elements is fixed by
// the format; a part out of order makes Excel offer a repair.
type sheetWriter struct {
	bytes.Buffer
	grid  Grid
	style func(brushKey) (int, error)
	lists map[string]string // where the long lists of drop-downs stand
	links []link
	// merged are the first cells of merged areas, by row and column: a row does
	// not grow with their text.
	merged map[[2]int]bool
}

type link struct{ cell, to string }

// sheetXML draws a grid as a worksheet part.
func sheetXML(g Grid, style func(brushKey) (int, error), lists map[string]string) ([]byte, error) {
	g.Rows = fillMerges(g)
	w := &sheetWriter{grid: g, style: style, lists: lists, merged: map[[2]int]bool{}}
	for _, m := range g.Merges {
		w.merged[[2]int{m.Row1, m.Col1}] = true
	}
	w.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
	fmt.Fprintf(w, `<worksheet xmlns="%s"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`, mainNS)
	fmt.Fprintf(w, `<dimension ref="%s"/>`, extent(g.Rows))
	w.view()
	w.rowHeight()
	if err := w.columns(); err != nil {
		return nil, err
	}
	if err := w.rows(); err != nil {
		return nil, err
	}
	w.protection()
	if g.Filter != nil {
		fmt.Fprintf(w, `<autoFilter ref="%s"/>`, plain(*g.Filter))
	}
	w.merges()
	w.choices()
	w.hyperlinks()
	w.page()
	w.WriteString(`</worksheet>`)
	return w.Bytes(), nil
}

// view keeps the header in sight. Gridlines are left on the screen: they are
// not printed, and a blank form without them is hard to fill in.
func (w *sheetWriter) view() {
	w.WriteString(`<sheetViews><sheetView workbookViewId="0">`)
	x, y := w.grid.FreezeCol, w.grid.FreezeRow
	if x > 0 || y > 0 {
		pane := "bottomRight"
		switch {
		case x == 0:
			pane = "bottomLeft"
		case y == 0:
			pane = "topRight"
		}
		w.WriteString(`<pane`)
		if x > 0 {
			fmt.Fprintf(w, ` xSplit="%d"`, x)
		}
		if y > 0 {
			fmt.Fprintf(w, ` ySplit="%d"`, y)
		}
		at := Address(x+1, y+1)
		fmt.Fprintf(w, ` topLeftCell="%s" activePane="%s" state="frozen"/>`, at, pane)
		fmt.Fprintf(w, `<selection pane="%s" activeCell="%s" sqref="%s"/>`, pane, at, at)
	}
	w.WriteString(`</sheetView></sheetViews>`)
}

func (w *sheetWriter) rowHeight() {
	if h := w.grid.RowHeight; h > 0 {
		fmt.Fprintf(w, `<sheetFormatPr defaultRowHeight="%s" customHeight="1"/>`, digits(min(h, 409)))
		return
	}
	w.WriteString(`<sheetFormatPr defaultRowHeight="15"/>`)
}

func (w *sheetWriter) columns() error {
	n := max(len(w.grid.Widths), len(w.grid.Columns))
	if n == 0 {
		return nil
	}
	w.WriteString(`<cols>`)
	for i := range n {
		width := 9.0
		if i < len(w.grid.Widths) && w.grid.Widths[i] > 0 {
			width = min(w.grid.Widths[i], 255)
		}
		// Programs show a column some 0.71 characters narrower than it is stored.
		fmt.Fprintf(w, `<col min="%d" max="%d" width="%s" customWidth="1"`, i+1, i+1, digits(width+0.71))
		if i < len(w.grid.Columns) {
			id, err := w.style(brushKey{Style: w.grid.Columns[i]})
			if err != nil {
				return err
			}
			fmt.Fprintf(w, ` style="%d"`, id)
		}
		w.WriteString(`/>`)
	}
	w.WriteString(`</cols>`)
	return nil
}

func (w *sheetWriter) protection() {
	if !w.grid.Locked {
		return
	}
	// Without a password: it keeps a hand from slipping, it is no secret. What
	// does not change the form (widths, heights, sorting, filtering) stays free.
	w.WriteString(`<sheetProtection sheet="1" objects="1" scenarios="1" formatCells="0"` +
		` formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>`)
}

func (w *sheetWriter) merges() {
	if len(w.grid.Merges) == 0 {
		return
	}
	fmt.Fprintf(w, `<mergeCells count="%d">`, len(w.grid.Merges))
	for _, m := range w.grid.Merges {
		fmt.Fprintf(w, `<mergeCell ref="%s"/>`, plain(m))
	}
	w.WriteString(`</mergeCells>`)
}

// maxLinks is how many links Excel keeps on a sheet; the text of a cell whose
// link is left out stays.
const maxLinks = 65_000

func (w *sheetWriter) hyperlinks() {
	if len(w.links) == 0 {
		return
	}
	w.WriteString(`<hyperlinks>`)
	for _, l := range w.links[:min(len(w.links), maxLinks)] {
		fmt.Fprintf(w, `<hyperlink ref="%s" location="%s"/>`, l.cell, escapeAttr(quoteLink(l.to)))
	}
	w.WriteString(`</hyperlinks>`)
}

// page sets A4, so many pages wide and as many high as it takes.
func (w *sheetWriter) page() {
	p := w.grid.Print
	orientation := "portrait"
	if p.Landscape {
		orientation = "landscape"
	}
	w.WriteString(`<printOptions horizontalCentered="1"/>` +
		`<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>`)
	fmt.Fprintf(w, `<pageSetup paperSize="9" orientation="%s" fitToWidth="%d" fitToHeight="0"/>`,
		orientation, max(p.Across, 1))
	if p.Footer == "" {
		return
	}
	footer := p.Footer
	if !strings.HasPrefix(footer, "&L") && !strings.HasPrefix(footer, "&C") && !strings.HasPrefix(footer, "&R") {
		footer = "&C" + footer
	}
	fmt.Fprintf(w, `<headerFooter><oddFooter>%s</oddFooter></headerFooter>`, escapeText(cut(footer, 255, "")))
}

// fillMerges gives every cell of a merged area a style, so that its borders are
// drawn all round: a spreadsheet program takes each side from the cell there.
func fillMerges(g Grid) []GridRow {
	if len(g.Merges) == 0 {
		return g.Rows
	}
	c := newCanvas(g.Rows)
	for _, m := range g.Merges {
		style := c.at(m.Row1, m.Col1).Style
		for row := m.Row1; row <= m.Row2; row++ {
			for col := m.Col1; col <= m.Col2; col++ {
				if !c.has(row, col) {
					c.set(row, GridCell{Col: col, Style: style})
				}
			}
		}
	}
	return c.sorted()
}

// extent is the area that the rows cover, as the sheet states it: some readers
// stop where it ends.
func extent(rows []GridRow) string {
	area := Range{}
	for _, r := range rows {
		for _, c := range r.Cells {
			if area.Row1 == 0 {
				area = Range{Row1: r.Num, Col1: c.Col}
			}
			area.Row2 = max(area.Row2, r.Num)
			area.Col1, area.Col2 = min(area.Col1, c.Col), max(area.Col2, c.Col)
		}
	}
	if area.Row1 == 0 {
		return "A1"
	}
	return plain(area)
}

// plain spells a range as A1:B2, and one cell as A1.
func plain(r Range) string {
	a, b := Address(r.Col1, r.Row1), Address(r.Col2, r.Row2)
	if a == b {
		return a
	}
	return a + ":" + b
}

// absolute spells a range as $A$1:$B$2.
func absolute(r Range) string {
	return fmt.Sprintf("$%s$%d:$%s$%d", ColumnName(r.Col1), r.Row1, ColumnName(r.Col2), r.Row2)
}

func digits(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
