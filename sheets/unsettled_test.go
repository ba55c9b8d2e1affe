package sheets

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const calculateOnLoad = `<calcPr calcId="124519" fullCalcOnLoad="1"/>`

// TestUnsettled reads what XlsxWriter and its relatives write: 0 for every formula,
// and the wish that all be calculated. A workbook with any other result was
// calculated, and one without that wish means its zeros.
func TestUnsettled(t *testing.T) {
	const sum = `<row r="1"><c r="A1" s="1"><f>SUM(B1:C1)</f><v>0</v></c><c r="B1"><v>0</v></c><c r="C1"><f>D1</f><v>0</v></c></row>`
	none := []string{`A1 empty formula ""`, `B1 number "0"`, `C1 empty formula ""`}
	zeros := []string{`A1 date formula "0" shown "1900/1/0"`, `B1 number "0"`, `C1 number formula "0"`}
	for _, tt := range []struct {
		name, calc, rows string
		want             []string
	}{
		{"none calculated", calculateOnLoad, sum, none},
		{"in other words", `<calcPr fullCalcOnLoad="true"/>`, sum, none},
		{"calculated by Excel", `<calcPr calcId="191029"/>`, sum, zeros},
		{"not asked for", `<calcPr calcId="191029" fullCalcOnLoad="0"/>`, sum, zeros},
		{"cells out of order", calculateOnLoad, `<row r="1"><c r="C1"><f>D1</f><v>0</v></c><c r="A1"><f>D1</f><v> 0 </v></c></row>`, []string{`A1 empty formula ""`, `C1 empty formula ""`}},
		{"a result among them", calculateOnLoad, sum + `<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>`, append(slices.Clone(zeros), `A2 number formula "2"`)},
		{"a text among them", calculateOnLoad, sum + `<row r="2"><c r="A2" t="str"><f>"a"</f><v>a</v></c></row>`, append(slices.Clone(zeros), `A2 text formula "a"`)},
		{"false among them", calculateOnLoad, sum + `<row r="2"><c r="A2" t="b"><f>1=2</f><v>0</v></c></row>`, append(slices.Clone(zeros), `A2 bool formula "0" shown "FALSE"`)},
		{"one without any among them", calculateOnLoad, sum + `<row r="2"><c r="A2" t="str"><f>B2</f><v></v></c></row>`, append(slices.Clone(none), `A2 empty formula ""`)},
	} {
		file := newHandBook(sheetOf(tt.rows)).with("xl/styles.xml", stylesOf("0", "14")).
			with("xl/workbook.xml", strings.Replace(oneSheetBook, "</workbook>", tt.calc+"</workbook>", 1)).pack(t)
		if diff := cmp.Diff(tt.want, cellLines(mustRead(t, file).Sheets[0])); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// TestUnsettledXLS reads what Apache POI, Spreadsheet::WriteExcel and JExcelApi save
// for a formula that they have not calculated. Only such formulas ask to be
// calculated; the others mean their zeros.
func TestUnsettledXLS(t *testing.T) {
	onLoad := func(col int, result []byte) []byte {
		return record(recFormula, 0, col, 0, result, 2, uint32(0), 0)
	}
	standIns := [][]byte{onLoad(0, packed(0.0)), onLoad(1, packed(4.0)), onLoad(2, result(3, 0)), formula(0, 3, packed(0.0)), formula(0, 4, packed(4.0))}
	file := oneSheet(bytes.Join(standIns, nil)).pack()
	mustBeLines(t, file, `A1 empty formula ""`, `B1 empty formula ""`, `C1 empty formula ""`, `D1 number formula "0"`, `E1 number formula "4"`)
	file = oneSheet(append(standIns, onLoad(5, packed(2.5)))...).pack()
	mustBeLines(t, file, `A1 number formula "0"`, `B1 number formula "4"`, `C1 text formula ""`, `D1 number formula "0"`, `E1 number formula "4"`, `F1 number formula "2.5"`)
}
