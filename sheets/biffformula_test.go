package sheets

import "testing"

// The operations of some formulas, as [MS-XLS] 2.5.198 has them, and what they can
// give.
var formulaTests = []struct {
	name string
	ops  []byte
	want formulaGives
}{
	{"1+1", packed(byte(0x1e), 1, byte(0x1e), 1, byte(0x03)), givesNumber},
	{"768, the number of an addition", packed(byte(0x1e), 0x0300), givesAnything},
	{"A1", packed(byte(0x44), 0, 0xc000), givesAnything},
	{"(A1-B1)", packed(byte(0x44), 0, 0xc000, byte(0x44), 0, 0xc001, byte(0x04), byte(0x15)), givesNumber},
	{"-A1%", packed(byte(0x44), 0, 0xc000, byte(0x14), byte(0x13)), givesNumber},
	{"+A1", packed(byte(0x44), 0, 0xc000, byte(0x12)), givesAnything},
	{"SUM(A1:A2), as an attribute", packed(byte(0x25), 0, 1, 0xc000, 0xc000, byte(0x19), byte(0x10), 0), givesNumber},
	{"SUM(A1:A2,A3)", packed(byte(0x25), 0, 1, 0xc000, 0xc000, byte(0x24), 2, 0xc000, byte(0x42), byte(2), 4), givesNumber},
	{"ROUND(A1,2)", packed(byte(0x44), 0, 0xc000, byte(0x1e), 2, byte(0x41), 27), givesNumber},
	{"SUM on another sheet", packed(byte(0x3b), 0, 0, 1, 0xc000, 0xc000, byte(0x42), byte(1), 4), givesNumber},
	{`IF(A1="","",1)`, packed(byte(0x44), 0, 0xc000, byte(0x17), byte(0), byte(0), byte(0x0b), byte(0x19), byte(0x02), 7, byte(0x17), byte(0), byte(0), byte(0x19), byte(0x08), 10, byte(0x1e), 1, byte(0x19), byte(0x08), 3, byte(0x42), byte(3), 1), givesAnything},
	{`CHOOSE(1,"a","b")`, packed(byte(0x1e), 1, byte(0x19), byte(0x04), 2, 6, 14, 22, byte(0x17), byte(1), byte(0), "a", byte(0x19), byte(0x08), 15, byte(0x17), byte(1), byte(0), "b", byte(0x19), byte(0x08), 7, byte(0x42), byte(3), 100), givesAnything},
	{`"a"&"柳"`, packed(byte(0x17), byte(1), byte(0), "a", byte(0x17), byte(1), byte(1), wide("柳"), byte(0x08)), givesText},
	{`A1&"b"&1`, packed(byte(0x44), 0, 0xc000, byte(0x17), byte(1), byte(0), "b", byte(0x08), byte(0x1e), 1, byte(0x08)), givesText},
	{`TEXT(1,"0")`, packed(byte(0x1e), 1, byte(0x17), byte(1), byte(0), "0", byte(0x41), 48), givesText},
	{"a text cut off", packed(byte(0x17), byte(9), byte(0), "a"), givesAnything},
	{"an operation that is not known", packed(byte(0x18), byte(0x03)), givesAnything},
	{"nothing", nil, givesAnything},
}

func TestFormulaGives(t *testing.T) {
	for _, tt := range formulaTests {
		if got := gives(tt.ops); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
		for n := range tt.ops {
			gives(tt.ops[:n]) // cut off anywhere, it must not fail
		}
	}
}

// TestImpossibleResults reads the sum that xlwt saves with no text, and the text that
// LibreOffice saves as 0. Nobody has calculated them.
func TestImpossibleResults(t *testing.T) {
	saved := func(col int, result, ops []byte) []byte {
		return record(recFormula, 0, col, 0, result, 0, uint32(0), len(ops), ops)
	}
	sum, joined, cell := formulaTests[0].ops, formulaTests[12].ops, formulaTests[2].ops
	file := oneSheet(saved(0, result(3, 0), sum), saved(1, packed(2.0), sum), saved(2, result(2, 7), sum),
		saved(3, packed(0.0), joined), saved(4, result(3, 0), joined), saved(5, result(0, 0), joined), record(recString, wideText("柳")),
		saved(6, result(3, 0), cell), saved(7, packed(0.0), cell)).pack()
	mustBeLines(t, file, `A1 empty formula ""`, `B1 number formula "2"`, `C1 error formula "#DIV/0!"`,
		`D1 empty formula ""`, `E1 text formula ""`, `F1 text formula "柳"`, `G1 text formula ""`, `H1 number formula "0"`)
}
