package sheets

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is put into a row comes out of it: cells of every kind, columns far apart,
// empty texts and texts longer than a block.
func TestCellsAsTheyWere(t *testing.T) {
	long := strings.Repeat("柳河村", 20_000)
	cells := []Cell{
		{Col: 1, Kind: Text, Raw: "甲", Text: "甲"},
		{Col: 2, Kind: Number, Raw: "0.833", Text: "83.3%", Percent: true},
		{Col: 127, Kind: Date, Raw: "43634", Text: "2019年6月18日"},
		{Col: 128, Kind: Empty, Formula: true},
		{Col: 129, Kind: Text, Formula: true, Raw: long, Text: long},
		{Col: 1000, Kind: Bool, Raw: "1", Text: "TRUE"},
		{Col: 16_383, Kind: Error, Formula: true, Raw: "#N/A", Text: "#N/A"},
		{Col: 16_384, Kind: Number, Raw: "5", Text: ""},
	}
	row := CellsOf(cells...)
	if got := row.Append(cells[:1:1]); !slices.Equal(got[1:], cells) {
		t.Errorf("got %.300v", got)
	}
	if got := slices.Collect(row.All()); row.Len() != len(cells) || !slices.Equal(got, cells) {
		t.Errorf("%d cells: %.300v", row.Len(), got)
	}
	for c := range row.All() {
		if c.Col == 2 {
			break // nobody has to look at all of them
		}
	}
	if none := CellsOf(); none.Len() != 0 || len(none.Append(nil)) != 0 || len(slices.Collect(none.All())) != 0 {
		t.Error("a row without cells has some")
	}
}

// Rows are equal when their cells are, wherever they came from.
func TestCellsEqual(t *testing.T) {
	shared := mustRead(t, newHandBook(sheetOf(`<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1"><v>7</v></c></row>`)).
		with("xl/sharedStrings.xml", stringsOf("<t>甲</t>", "<t>乙</t>")).pack(t)).Sheets[0].Rows[0].Cells
	same := []Cell{{Col: 1, Kind: Text, Raw: "乙", Text: "乙"}, {Col: 3, Kind: Number, Raw: "7", Text: "7"}}
	if !shared.Equal(CellsOf(same...)) || !CellsOf(same...).Equal(shared) {
		t.Error("the same cells are not equal")
	}
	for _, change := range []func(*Cell){
		func(c *Cell) { c.Col++ }, func(c *Cell) { c.Kind = Text }, func(c *Cell) { c.Raw = "7.0" },
		func(c *Cell) { c.Text = "" }, func(c *Cell) { c.Formula = true }, func(c *Cell) { c.Percent = true },
	} {
		other := slices.Clone(same)
		change(&other[1])
		if shared.Equal(CellsOf(other...)) {
			t.Errorf("%+v is not told from %+v", other[1], same[1])
		}
	}
	if shared.Equal(CellsOf(same[:1]...)) || (Cells{}).Equal(shared) || !(Cells{}).Equal(CellsOf()) {
		t.Error("rows of different lengths are equal, or two empty ones are not")
	}
}

// Cells that a merge hides are gone from every view of the row, and the others are
// as they were.
func TestHiddenCellsAreGone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells, left []Cell
		hidden := map[int]bool{}
		for col := 1; col < 300; col += rapid.IntRange(1, 60).Draw(t, "step") {
			text := rapid.SampledFrom([]string{"", "1", "柳河村", strings.Repeat("长", 100)}).Draw(t, "text")
			c := Cell{Col: col, Kind: Text, Raw: text, Text: text}
			if rapid.Bool().Draw(t, "shown") {
				c.Text = "另"
			}
			cells = append(cells, c)
			if hidden[col] = rapid.Bool().Draw(t, "hidden"); !hidden[col] {
				left = append(left, c)
			}
		}
		row := CellsOf(cells...).without(func(col int) bool { return hidden[col] })
		if got := row.Append(nil); row.Len() != len(left) || !slices.Equal(got, left) {
			t.Fatalf("got %v, want %v", got, left)
		}
		if got := slices.Collect(row.All()); !slices.Equal(got, left) || !row.Equal(CellsOf(left...)) {
			t.Fatalf("one by one: got %v, want %v", got, left)
		}
	})
}

// Rows of many blocks, shared texts of many pieces, rows and cells in any order and
// merges over some of them give the cells that were written.
func TestManyBlocks(t *testing.T) {
	const rows = 3000
	var sheet, merges strings.Builder
	var texts, want []string
	for n := range rows {
		num := (n*7)%rows + 1 // in another order than they stand
		at := func(col int) string { return Address(col, num) }
		texts = append(texts, "<t>"+strings.Repeat("文", n%40)+at(1)+"</t>")
		if n%500 == 0 {
			texts[n] = "<t>" + strings.Repeat("长", 12_000) + at(1) + "</t>"
		}
		sheet.WriteString(`<row r="` + strings.TrimLeft(at(1), "A") + `"><c r="` + at(3) + `" t="str"><v>` + strings.Repeat("三", n%30) + at(3) + `</v></c>` +
			`<c r="` + at(1) + `" t="s"><v>` + strings.TrimLeft(Address(1, n+1), "A") + `</v></c><c r="` + at(2) + `"><v>1.50</v></c></row>`)
		if num%100 == 0 {
			merges.WriteString(`<mergeCell ref="` + at(1) + `:` + at(2) + `"/>`)
		}
	}
	for num := 1; num <= rows; num++ {
		n := 0
		for (n*7)%rows+1 != num {
			n++
		}
		long := strings.Repeat("文", n%40)
		if n%500 == 0 {
			long = strings.Repeat("长", 12_000)
		}
		want = append(want, Address(1, num)+` text "`+long+Address(1, num)+`"`)
		if num%100 != 0 {
			want = append(want, Address(2, num)+` number "1.50" shown "1.5"`)
		}
		want = append(want, Address(3, num)+` text "`+strings.Repeat("三", n%30)+Address(3, num)+`"`)
	}
	part := strings.Replace(sheetOf(sheet.String()), "</worksheet>", "<mergeCells>"+merges.String()+"</mergeCells></worksheet>", 1)
	got := cellLines(mustRead(t, newHandBook(part).with("xl/sharedStrings.xml", stringsOf(append([]string{"<t/>"}, texts...)...)).pack(t)).Sheets[0])
	if len(got) != len(want) {
		t.Fatalf("%d cells, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %.100s, want %.100s", got[i], want[i])
		}
	}
}
