package sheets

import (
	"fmt"
	"strings"
	"testing"
)

// CellLines writes a sheet's cells for the tests outside the package.
var CellLines = cellLines

// TalkingBook is a workbook with notes and a conversation.
func TalkingBook(tb testing.TB) []byte { return talkingBook().pack(tb) }

// FormatsBook has a number in each row of column A, shown by one of the formats
// that are tested.
func FormatsBook(tb testing.TB) []byte {
	var rows, custom, xfs strings.Builder
	for i, tt := range formatTests {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" s="%d"><v>%s</v></c></row>`, i+1, i+1, i, tt.raw)
		fmt.Fprintf(&custom, `<numFmt numFmtId="%d" formatCode="%s"/>`, 200+i, xmlText(tt.code))
		fmt.Fprintf(&xfs, `<xf numFmtId="%d" applyNumberFormat="1"/>`, 200+i)
	}
	const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	return newHandBook(sheetOf(rows.String())).
		with("xl/styles.xml", xmlDecl+`<styleSheet `+mainSpace+`><numFmts>`+custom.String()+`</numFmts><cellXfs>`+xfs.String()+`</cellXfs></styleSheet>`).
		with("[Content_Types].xml", xmlDecl+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>`+
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
			`<Override PartName="/xl/workbook.xml" ContentType="`+kind+`sheet.main+xml"/>`+
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="`+kind+`worksheet+xml"/>`+
			`<Override PartName="/xl/styles.xml" ContentType="`+kind+`styles+xml"/></Types>`).pack(tb)
}

// FormatCodes are the formats of that workbook, row by row.
var FormatCodes = func() []string {
	var codes []string
	for _, tt := range formatTests {
		codes = append(codes, tt.code)
	}
	return codes
}()
