package templates

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"taizhang/sheets"
)

// Leaving out rows that cannot be the better header must not change which rows
// are taken for it.
func TestHeaderSearch(t *testing.T) {
	f := &Form{Fields: []*Field{
		{Path: []string{"序号"}}, {Path: []string{"点位名称"}, Aliases: [][]string{{"点位"}}},
		{Path: []string{"罚款金额（万元）"}}, {Path: []string{"案件", "合计"}, Unit: "件"}, {Path: []string{"企业", "合计"}},
		{Path: []string{"企业", "规模", "大型"}},
	}}
	words := []string{"", " ", "①", "序号", "序", "号", "点位", "名称*", "点位名称（必填）", "点位名称（必", "填）", "罚款", "金额", "罚款金额",
		"（万元）", "万元", "元", "（万元", "罚款金额（亿元）", "案件", "合计", "合计（件）", "企业", "规模", "大型", "甲", "件"}
	for range 100 { // sheets that would betray a mistake are rare
		rapid.Check(t, func(t *rapid.T) {
			s := &sheets.Sheet{Name: "表"}
			for row := 1; row <= 3; row++ {
				var cells []sheets.Cell
				for col := 1; col <= 3; col++ {
					if text := rapid.SampledFrom(words).Draw(t, "text"); text != "" {
						cells = append(cells, sheets.Cell{Col: col, Kind: sheets.Text, Text: text})
					}
				}
				s.Rows = append(s.Rows, sheets.Row{Num: row, Cells: sheets.CellsOf(cells...)})
			}
			if row, col := rapid.IntRange(1, 2).Draw(t, "row"), rapid.IntRange(1, 2).Draw(t, "col"); rapid.Bool().Draw(t, "merged") {
				s.Merges = []sheets.Range{{Col1: col, Row1: row, Col2: col + rapid.IntRange(0, 1).Draw(t, "wide"), Row2: row + 1}}
			}
			got, want := findHeader(f, s, corners{}.of(s)), anyHeader(t, f, s)
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(header{}, extraColumn{}), cmpopts.IgnoreFields(header{}, "sheet")); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// anyHeader tries all rows. None may name more fields than was foreseen.
func anyHeader(t *rapid.T, f *Form, s *sheets.Sheet) *header {
	c, book := corners{}.of(s), newTitleBook(f)
	words := c.words(book)
	var best *header
	for first := 1; first <= headerRows; first++ {
		for last := first; last < first+headerLevels && len(c.rows[first]) > 0; last++ {
			h := tryHeader(c, book, len(f.Fields), first, last)
			if most := mostFields(words, first, last); h.found > most || h.score > most*bestScore {
				t.Fatalf("rows %d to %d: found %d, score %d, foreseen %d", first, last, h.found, h.score, most)
			}
			if h.found > 0 && (best == nil || h.beats(best)) {
				best = h
			}
		}
	}
	if best != nil && c.onlyUnits(best.last+1) {
		best = tryHeader(c, book, len(f.Fields), best.first, best.last+1)
	}
	return best
}
