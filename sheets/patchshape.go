package sheets

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
)

var (
	shapeText   = regexp.MustCompile(`(?s)<v:shape\s.*?</v:shape>`)
	shapeRow    = regexp.MustCompile(`<x:Row>\s*(\d+)\s*</x:Row>`)
	shapeColumn = regexp.MustCompile(`<x:Column>\s*(\d+)\s*</x:Column>`)
)

// dropShapes removes the boxes of notes that are gone.
func dropShapes(doc []byte, gone map[string]bool) []byte {
	return shapeText.ReplaceAllFunc(doc, func(shape []byte) []byte {
		row, col := shapeRow.FindSubmatch(shape), shapeColumn.FindSubmatch(shape)
		if row == nil || col == nil || !bytes.Contains(shape, []byte(`"Note"`)) {
			return shape
		}
		r, _ := strconv.Atoi(string(row[1]))
		c, _ := strconv.Atoi(string(col[1]))
		if gone[Address(c+1, r+1)] {
			return nil
		}
		return shape
	})
}

// addShapes draws the boxes of new notes; a note without one is not shown.
func (p *patch) addShapes(sheet, drawing string, cells []string) error {
	if drawing == "" {
		var err error
		if drawing, err = p.newDrawing(sheet); err != nil {
			return err
		}
	}
	return p.edit(drawing, func(doc []byte) ([]byte, error) {
		end := bytes.LastIndex(doc, []byte("</"))
		if end < 0 || !bytes.Contains(doc, []byte("urn:schemas-microsoft-com:vml")) {
			return nil, fmt.Errorf("no drawing of notes")
		}
		var shapes bytes.Buffer
		for i, cell := range cells {
			shapes.WriteString(shape(i+1, cell))
		}
		return spliced(doc, []splice{{end, end, shapes.String()}})
	})
}

func shape(n int, cell string) string {
	col, row, _ := ParseAddress(cell)
	return fmt.Sprintf(`<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"`+
		` xmlns:x="urn:schemas-microsoft-com:office:excel" id="_taizhang_%s" type="#_x0000_t202"`+
		` style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:96pt;z-index:%d;visibility:hidden"`+
		` fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>`+
		`<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
		`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 12, %d, 4, %d, 60, %d, 4</x:Anchor>`+
		`<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
		cell, n, col, max(0, row-2), col+4, row+4, row-1, col-1)
}

const vmlHead = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"` +
	` xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>` +
	`<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>`

// newDrawing gives a sheet a drawing for its notes.
func (p *patch) newDrawing(sheet string) (string, error) {
	name := p.free("xl/drawings/vmlDrawingTaizhang", ".vml")
	p.write(name, []byte(vmlHead))
	if err := p.declare(name, "application/vnd.openxmlformats-officedocument.vmlDrawing"); err != nil {
		return "", err
	}
	id, err := p.relate(sheet, relNS+"/vmlDrawing", name)
	if err != nil {
		return "", err
	}
	return name, p.edit(sheet, func(doc []byte) ([]byte, error) { return placeDrawing(doc, id) })
}

// afterDrawing are the elements that must come after legacyDrawing in a sheet.
var afterDrawing = map[string]bool{
	"legacyDrawingHF": true, "drawingHF": true, "picture": true, "oleObjects": true, "controls": true,
	"AlternateContent": true, "webPublishItems": true, "tableParts": true, "extLst": true,
}

func placeDrawing(doc []byte, id string) ([]byte, error) {
	top, list, end, err := below(doc)
	if err != nil {
		return nil, err
	}
	for i := len(list) - 1; i >= 0 && afterDrawing[list[i].local()]; i-- {
		end = list[i].from
	}
	text := fmt.Sprintf(`<%slegacyDrawing xmlns:r="%s" r:id="%s"/>`, top.prefix(), relNS, id)
	return spliced(doc, []splice{{end, end, text}})
}
