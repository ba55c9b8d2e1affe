package sheets

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// baseLines are the cells of the form that the corpus is made from.
var baseLines = strings.Split(strings.TrimSpace(`
A1 text "2024年第一季度地质灾害隐患排查整改情况统计表"
A2 text "填报单位（盖章）：柳河镇人民政府"
F2 text "填报人：赵七"
H2 text "填报日期：2024年3月31日"
A3 text "序号"
B3 text "村（社区）"
C3 text "隐患类别"
D3 text "排查整改情况"
H3 text "排查日期"
I3 text "责任人"
J3 text "联系电话"
K3 text "备注"
D4 text "排查数（处）"
E4 text "整改数（处）"
F4 text "投入资金\n（万元）"
G4 text "整改率"
A5 number "1"
B5 text "柳河村"
C5 text "滑坡"
D5 number "12"
E5 number "10"
F5 number "3.5"
G5 number formula percent "0.833333333333333" shown "83.3%"
H5 date "45356" shown "2024年3月5日"
I5 text "甲一"
J5 text "13800000001"
A6 number "2"
B6 text "东风村"
C6 text "道路"
D6 number "7"
E6 number "7"
F6 number "1.25"
G6 number formula percent "1" shown "100.0%"
H6 date "45357" shown "2024年3月6日"
I6 text "乙二"
J6 text "13800000002"
A7 number "3"
B7 text "红星社区"
C7 text "房屋"
D7 number "3"
E7 number "1"
F7 number "0.8"
G7 number formula percent "0.333333333333333" shown "33.3%"
H7 date "45358" shown "2024年3月7日"
I7 text "丙三"
J7 text "13800000003"
K7 text "已上报"
A8 number "4"
B8 text "永安村"
C8 text "水库"
D8 number "0"
E8 number "0"
F8 number "0"
G8 number formula percent "0" shown "0.0%"
H8 date "45359" shown "2024年3月8日"
I8 text "丁四"
J8 text "0750-6600001"
A9 number "5"
B9 text "和平村"
C9 text "滑坡"
D9 number "25"
E9 number "20"
F9 number "12.6"
G9 number formula percent "0.8" shown "80.0%"
H9 date "45360" shown "2024年3月9日"
I9 text "戊五"
J9 text "13800000005"
A10 number "6"
B10 text "新民村"
C10 text "道路"
D10 number "4"
E10 number "4"
F10 number "0.35"
G10 number formula percent "1" shown "100.0%"
H10 date "45362" shown "2024年3月11日"
I10 text "己六"
J10 text "13800000006"
A11 text "合计"
D11 number formula "51"
E11 number formula "42"
F11 number formula "18.5"
G11 number formula percent "0.823529411764706" shown "82.4%"
A13 text "说明：1.本表每季度末月25日前报县应急管理局；2.投入资金保留两位小数。"
`), "\n")

// corpusReads are the workbooks of the corpus that can be read, with what is
// otherwise than in the base: a line replaces the cell of its address or adds
// one, "-A7" takes one away, "…" says that there is more that is not listed.
var corpusReads = map[string][]string{
	"00_base":                      {},
	"01_inserted_column":           {`D3 text "所属网格"`, `E3 text "排查整改情况"`, `D5 text "1号网格"`, `E5 number "12"`, `E11 number formula "51"`, `H11 error formula "#DIV/0!"`, "…"},
	"02_header_linebreak_spaces":   {`B3 text "村(社区)"`, `I3 text "责 任 人"`, `D4 text "排查数\n（处）"`},
	"04_columns_swapped":           {`D4 text "整改数（处）"`, `E4 text "排查数（处）"`, `D5 number "10"`, `E5 number "12"`, `D7 number "1"`, `E7 number "3"`, `D9 number "20"`, `E9 number "25"`, "…"},
	"05_title_deleted":             {`A1 text "填报单位（盖章）：柳河镇人民政府"`, `A2 text "序号"`, `B4 text "柳河村"`, `D4 number "12"`, `G9 error formula "#VALUE!"`, "…"},
	"07_blank_row_inside":          {"-A7", "-B7", "-C7", "-D7", "-E7", "-F7", "-G7", "-H7", "-I7", "-J7", "-K7"},
	"08_subtotal_row_inserted":     {`A8 text "小计"`, `D8 number formula "22"`, `E8 number formula "18"`, `A9 number "4"`, `B9 text "永安村"`, "…"},
	"10_total_row_spaced":          {`A11 text "合  计"`},
	"11_serial_messy":              {`A5 text "1"`, `A6 text "2"`, `A7 text "2"`, `A8 text "4."`, `A9 text "（五）"`, "-A10"},
	"13_second_table_right":        {`M3 text "附：物资储备"`, `M4 text "品名"`, `N4 text "数量"`, `M5 text "沙袋"`, `N5 number "300"`},
	"14_form_repeated_below":       {`A16 text "序号"`, `D17 text "排查数（处）"`, `A18 number "1"`, `B18 text "柳河村"`, "…"},
	"16_hidden_old_sheet":          {},
	"17_sheet_renamed_extra":       {},
	"19_filter_active_rows_hidden": {},
	"20_column_hidden":             {},
	"22_stray_cell_far":            {`XFD1048576 text "x"`},
	"23_stray_space_cell":          {`N40 text " "`},
	"25_number_with_unit":          {`D5 text "12处"`},
	"26_number_text":               {`D5 text "12"`},
	"28_number_nbsp":               {`D5 text "\u00a012\u3000"`},
	"29_number_thousands":          {`F5 text "1,250.50"`},
	"31_number_chinese":            {`D5 text "十二"`},
	"32_number_dash":               {`D5 text "—"`},
	"34_number_wan":                {`F5 text "3.5万"`},
	"35_negative_count":            {`D5 number "-2"`},
	"37_float_noise":               {`F5 number "0.30000000000000004" shown "0.3"`},
	"38_sci_text_id":               {`J5 number "1.101011990030712e+17" shown "110101199003071000"`},
	"40_percent_text":              {`G5 text "83.3%"`},
	"41_number_looks_date":         {`D5 date "45356" shown "3月5日"`},
	"43_date_impossible":           {`H5 text "2021.4.31"`},
	"44_date_8digits":              {`H5 number "20240305"`}, // formatted as a date, but no day has that number
	"46_date_month_only":           {`H5 text "2024年3月"`},
	"47_date_serial_general":       {`H5 number "45356"`},
	"49_date_two_digit_year":       {`H5 text "24-3-5"`},
	"50_date_range":                {`H5 text "3月5日-3月8日"`},
	"52_enum_spaces":               {`C5 text " 滑 坡 "`},
	"53_village_alias":             {`B5 text "柳河"`},
	"55_unit_line_blank":           {`A2 text "填报单位（盖章）："`},
	"56_formula_injection":         {`K5 number formula "0"`},
	"58_formula_ref_error":         {`D5 error formula "#REF!"`},
	"59_formula_no_cache":          noSavedResults,
	"61_bool_in_number":            {`D5 bool "1" shown "TRUE"`},
	"76_styles_missing": {`G5 number formula "0.833333333333333"`, `H5 number "45356"`, `G6 number formula "1"`, `H6 number "45357"`,
		`G7 number formula "0.333333333333333"`, `H7 number "45358"`, `G8 number formula "0"`, `H8 number "45359"`, `G9 number formula "0.8"`, `H9 number "45360"`,
		`G10 number formula "1"`, `H10 number "45362"`, `G11 number formula "0.823529411764706"`},
	"77_strict_ooxml":        {`H5 date "2024-03-05" shown "2024年3月5日"`},
	"79_backslash_names":     {},
	"80_upper_case_parts":    {},
	"82_cells_out_of_order":  {},
	"83_rows_out_of_order":   {},
	"85_rph_phonetic":        {},
	"86_rich_text":           {`B5 text "柳河村 "`}, // its last run keeps a blank
	"88_sst_elsewhere":       {},
	"89_workbook_elsewhere":  {},
	"91_lowercase_refs":      {},
	"95_t_error_no_f":        {`K5 error "#N/A"`},
	"97_xml_utf16":           {},
	"106_styled_to_XFD":      noSavedResults, // written by a program, with no results
	"107_50k_merges":         {},
	"109_xls_renamed":        {},
	"113_libreoffice_export": {},
	"116_name_tricks":        {},
}

var noSavedResults = []string{`G5 empty formula ""`, `G6 empty formula ""`, `G7 empty formula ""`, `G8 empty formula ""`, `G9 empty formula ""`, `G10 empty formula ""`,
	`D11 empty formula ""`, `E11 empty formula ""`, `F11 empty formula ""`, `G11 empty formula ""`}

// corpusRefused are the workbooks that cannot be read, and why.
var corpusRefused = map[string]string{
	"64_lock_file":            "F01 lockfile",
	"65_half_copied":          "F01 truncated",
	"67_zero_bytes":           "F01 empty",
	"68_bitrot_in_sheet":      "F01 crc xl/worksheets/sheet1.xml",
	"70_bitrot_digit_stored":  "F01 crc xl/worksheets/sheet1.xml",
	"71_xml_truncated_in_zip": "F01 xmlcut 隐患排查统计表!A8",
	"73_xml_ctrl_char_inline": "F01 control 隐患排查统计表!K7",
	"74_bad_sst_index":        "F01 string 隐患排查统计表!B10",
	"92_cell_row_mismatch":    "F01 cellrow 隐患排查统计表!D5",
	"94_dup_cell":             "F01 dupcell 隐患排查统计表!D5",
	"98_bad_utf8":             "F01 utf8 xl/sharedStrings.xml",
	"101_escape_bomb":         "F06 longtext xl/sharedStrings.xml",
	"110_html_renamed":        "F04 html",
	"112_docx_renamed":        "F04 docx",
	"115_appledouble":         "F01 appledouble",
	"122_deep_xml":            "F06 depth Sheet1!A1",
	"124_negative_row":        "F01 row xl/worksheets/sheet1.xml",
	"127_row_number_1048577":  "F01 row Sheet1!1",
}

// corpusOther are workbooks of another content.
var corpusOther = map[string][]string{
	"121_formula_nested_parens":    {`A1 empty formula ""`},
	"125_shared_formula_no_master": {`A1 number formula "7"`},
}

func TestCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpusDir, "*.xlsx"))
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".xlsx")
		t.Run(name, func(t *testing.T) {
			book, err := readBytes(fileBytes(t, file))
			changes, reads := corpusReads[name]
			other, others := corpusOther[name]
			refused, refuses := corpusRefused[name]
			switch {
			case refuses:
				if got := problemOf(err); got != refused || book != nil {
					t.Errorf("got %q, want %q", got, refused)
				}
			case err != nil:
				t.Error(err)
			case reads:
				compareToBase(t, changes, cellLines(book.Sheets[0]))
			case others:
				if diff := cmp.Diff(other, cellLines(book.Sheets[0])); diff != "" {
					t.Error(diff)
				}
			default:
				t.Error("nothing is said of this file")
			}
		})
	}
}

// compareToBase holds the cells of a mutation against those of the base.
func compareToBase(t *testing.T, changes, got []string) {
	t.Helper()
	if slices.Contains(changes, "…") {
		for _, line := range changes {
			if line != "…" && !slices.Contains(got, line) {
				t.Errorf("%s is missing", line)
			}
		}
		return
	}
	want := map[string]string{}
	for _, line := range slices.Concat(baseLines, changes) {
		name, _, _ := strings.Cut(line, " ")
		want[name] = line
	}
	for _, line := range changes {
		if gone, ok := strings.CutPrefix(line, "-"); ok {
			delete(want, gone)
			delete(want, line)
		}
	}
	have := map[string]string{}
	for _, line := range got {
		name, _, _ := strings.Cut(line, " ")
		have[name] = line
	}
	if diff := cmp.Diff(want, have); diff != "" || len(have) != len(got) {
		t.Error(diff)
	}
}

// What is not in the cells: hidden rows, columns and sheets.
func TestCorpusHidden(t *testing.T) {
	read := func(name string) *Book { return mustReadFile(t, filepath.Join(corpusDir, name+".xlsx")) }
	for _, row := range read("19_filter_active_rows_hidden").Sheets[0].Rows {
		if row.Hidden != (row.Num == 7) {
			t.Errorf("row %d hidden: %v", row.Num, row.Hidden)
		}
	}
	if diff := cmp.Diff([]Span{{6, 6}}, read("20_column_hidden").Sheets[0].HiddenCols); diff != "" {
		t.Error(diff)
	}
	old := read("16_hidden_old_sheet").Sheets
	if len(old) != 2 || old[0].Visibility != Visible || old[1].Visibility != Hidden || old[1].Name != "上季度" {
		t.Errorf("sheets: %+v", old)
	}
	if n := len(read("107_50k_merges").Sheets[0].Merges); n != 13+50_000 {
		t.Errorf("%d merges", n)
	}
	extra := read("17_sheet_renamed_extra").Sheets
	if len(extra) != 3 || len(extra[1].Rows) != 0 || len(extra[2].Rows) != 0 {
		t.Errorf("%d sheets", len(extra))
	}
}

// A Reader that has read anything before, damaged files included, reads the next
// as a new one does.
func TestReaderAgain(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpusDir, "*.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	rd := Reader{Limits: DefaultLimits()}
	for range 2 {
		for _, file := range files {
			content := fileBytes(t, file)
			fresh, freshErr := readBytes(content)
			book, err := rd.Read(bytes.NewReader(content), int64(len(content)))
			if diff := cmp.Diff(fresh, book); diff != "" || problemOf(err) != problemOf(freshErr) {
				t.Errorf("%s: %v, %v\n%s", filepath.Base(file), freshErr, err, diff)
			}
		}
	}
}
