package templates

import (
	"testing"

	"pgregory.net/rapid"

	"taizhang/sheets"
)

// Looking first at the form that a workbook could be most like, and passing over
// others, must find the one that looking at all of them finds.
func TestLikestForm(t *testing.T) {
	c, err := Load(City{})
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, f := range c.Forms {
		for _, field := range f.Fields {
			titles = append(titles, field.Path[len(field.Path)-1])
		}
	}
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(c.Forms).Draw(t, "form")
		var cells []sheets.Cell
		for i, field := range f.Fields {
			title := field.Path[len(field.Path)-1]
			switch rapid.IntRange(0, 5).Draw(t, "column") {
			case 0:
				title = rapid.SampledFrom(titles).Draw(t, "other")
			case 1:
				continue
			}
			cells = append(cells, sheets.Cell{Col: i + 1, Kind: sheets.Text, Text: title})
		}
		titled := rapid.SampledFrom(c.Forms).Draw(t, "title")
		title := sheets.Row{Num: 1, Cells: sheets.CellsOf(sheets.Cell{Col: 1, Kind: sheets.Text, Text: titled.Title})}
		header := sheets.Row{Num: 2, Cells: sheets.CellsOf(cells...)}
		b := &sheets.Book{Sheets: []*sheets.Sheet{{Name: "表", Rows: []sheets.Row{title, header}}}}
		got, want := newCorners(c.titleEnds()).likest(b, c.Forms), likestOfAll(b, c.Forms)
		if got != want {
			t.Fatalf("%v, want %v", got, want)
		}
		if want != nil {
			seen[want.Name] = true
		}
	})
	if len(seen) < 3 {
		t.Errorf("only %v were ever the likest", seen)
	}
}

// likestOfAll looks at every form, with nothing kept or passed over.
func likestOfAll(b *sheets.Book, forms []*Form) (likest *Form) {
	share := 0
	for _, f := range forms {
		h, _ := corners{}.best(b, f)
		if h == nil {
			continue
		}
		if s := (corners{}).likeness(b, f, h); s > share {
			likest, share = f, s
		}
	}
	return likest
}
