package sheets

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// The fonts of official Chinese forms. A workbook can name one font a style and
// cannot carry it: a machine without it takes another one. What is meant, in this
// order: for the title 方正小标宋简体, 方正小标宋_GBK, 华文中宋, 宋体; for the band and
// the notes 仿宋_GB2312, 仿宋, 宋体; for the header 黑体, 微软雅黑, Noto Sans CJK SC; for
// the body 宋体, Noto Serif CJK SC. Beside each name stand its character set (134,
// GB2312) and its family (roman or swiss), by which Excel and WPS choose in its
// place: a Chinese serif, but for the header. LibreOffice has a table of its own.
var lookFonts = map[Look]face{
	Body:   {"宋体", 11, false},
	Title:  {"方正小标宋简体", 22, false},
	Band:   {"仿宋_GB2312", 12, false},
	Header: {"黑体", 11, false},
	Total:  {"宋体", 11, true},
	Note:   {"仿宋_GB2312", 11, false},
	Plain:  {"宋体", 11, false},
}

type face struct {
	name string
	size float64
	bold bool
}

const (
	gb2312 = 134 // Windows character set of simplified Chinese
	roman  = 1   // font family with serifs
)

var sansFonts = map[string]bool{"黑体": true}

// lookAlign is where a look puts its text unless the style says otherwise.
var lookAlign = map[Look]string{
	Body: "", Title: "center", Band: "left", Header: "center", Total: "", Note: "left", Plain: "",
}

// gridTints are the light fills of drawings. (Fills laid over a county's own
// cells have colours of their own, see fillTints.)
var gridTints = map[Tint]string{
	Grey: "EDEDED", Red: "FFC7CE", Yellow: "FFEB9C", Green: "E2F0D9", Blue: "DDEBF7",
}

// brush gives each style its number in the workbook.
type brush struct {
	file *excelize.File
	ids  map[brushKey]int
}

type brushKey struct {
	Style
	quote bool
	link  bool
}

func newBrush(f *excelize.File) *brush {
	return &brush{file: f, ids: map[brushKey]int{}}
}

// style returns the number of a style. A quoted one marks a text that looks
// like a formula as text, as if it had been typed after an apostrophe.
func (b *brush) style(k brushKey) (int, error) {
	if id, ok := b.ids[k]; ok {
		return id, nil
	}
	id, err := b.file.NewStyle(styleOf(k))
	if err != nil {
		return 0, fmt.Errorf("style: %w", err)
	}
	if k.quote {
		// Excelize has no word for it. A copy, so that the plain twin keeps its own.
		xfs := b.file.Styles.CellXfs
		xf, yes := xfs.Xf[id], true
		xf.QuotePrefix = &yes
		xfs.Xf = append(xfs.Xf, xf)
		xfs.Count = len(xfs.Xf)
		id = xfs.Count - 1
	}
	b.ids[k] = id
	return id, nil
}

// finish gives the fonts their families, which excelize fixes to swiss.
func (b *brush) finish() {
	for _, f := range b.file.Styles.Fonts.Font {
		if f.Name == nil || f.Name.Val == nil || f.Family == nil || f.Family.Val == nil {
			continue
		}
		if f.Charset != nil && !sansFonts[*f.Name.Val] {
			family := roman
			f.Family.Val = &family
		}
	}
}

func styleOf(k brushKey) *excelize.Style {
	s := &excelize.Style{Font: fontOf(k), Alignment: alignOf(k.Style)}
	if k.Look == Body || k.Look == Header || k.Look == Total {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Color: "000000", Style: 1})
		}
	}
	if color := gridTints[k.Tint]; color != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	if k.Format != "" {
		s.CustomNumFmt = &k.Format
	}
	if k.Open {
		s.Protection = &excelize.Protection{Locked: false}
	}
	return s
}

func fontOf(k brushKey) *excelize.Font {
	face, charset := lookFonts[k.Look], gb2312
	font := &excelize.Font{
		Family: face.name, Size: face.size, Bold: face.bold || k.Bold,
		Charset: &charset, ColorIndexed: -1,
	}
	if k.link {
		font.Color, font.Underline = "0563C1", "single"
	}
	return font
}

func alignOf(s Style) *excelize.Alignment {
	a := &excelize.Alignment{Horizontal: lookAlign[s.Look], Vertical: "center"}
	if s.Align != "" {
		a.Horizontal = s.Align
	}
	switch s.Look {
	case Body, Header, Total, Title:
		a.WrapText = true
	case Note:
		a.WrapText, a.Vertical = true, "top"
	}
	return a
}
