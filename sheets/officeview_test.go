package sheets_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"taizhang/sheets"
)

// view is one cell as this reader and LibreOffice see it. code is the cell's
// number format, where the workbook was made to show formats.
type view struct {
	file, at, code string
	ours           sheets.Cell
	theirs         seenCell
}

// viewClass is a kind of difference between the two.
type viewClass struct {
	name string
	is   func(view) bool
}

// viewClasses are all differences there may be. docs/reader.md says of each who
// is right.
var viewClasses = []viewClass{
	{"no cells", func(v view) bool {
		return regexp.MustCompile(`^(79_backslash_names|80_upper_case_parts|125_shared_formula_no_master)`).MatchString(v.file) && v.theirs == seenCell{}
	}},
	{"error in quotes", func(v view) bool {
		return v.ours.Kind == sheets.Error && v.theirs.value == "0" && regexp.MustCompile(`^(01_inserted_column|05_title_deleted)`).MatchString(v.file)
	}},
	{"no saved result", func(v view) bool { return v.ours.Kind == sheets.Empty && v.ours.Formula && v.theirs.formula }},
	{"calculated anew", func(v view) bool { return v.file == "56_formula_injection" && v.theirs.formula }},
	{"blanks that keep a place", func(v view) bool { return v.theirs.text != "" && squeezed(v.ours.Text) == squeezed(v.theirs.text) }},
	{"hidden by its format", func(v view) bool { return v.theirs.text == "" && v.theirs.value == v.ours.Raw }},
	{"exponent", func(v view) bool {
		return regexp.MustCompile(`^[-0-9.]+E[+-]0\d\d$`).MatchString(v.theirs.text) && sameNumber(v.ours.Text, v.theirs.text)
	}},
	{"no such day", func(v view) bool {
		return v.theirs.kind == "date" && (v.ours.Kind == sheets.Number || regexp.MustCompile(`^1900/[12]/`).MatchString(v.ours.Text))
	}},
	{"names of days and months", func(v view) bool {
		return regexp.MustCompile(`[A-Z][a-z]{2}|[AP]M$`).MatchString(v.ours.Text) && v.theirs.kind != "string"
	}},
	{"formats", func(v view) bool {
		want, known := formatViews[v.code]
		return known && squeezed(v.theirs.text) == want
	}},
}

// formatViews are the formats that LibreOffice does not know, or takes in another
// way than a Chinese Excel, and what it shows.
var formatViews = map[string]string{
	"G/通用格式":                           "/通用格式",
	"[DBNum1]G/通用格式":                   "/通用格式",
	"[DBNum1]":                         "",
	"0.##":                             "1",
	"# ??/100":                         "2 13/100",
	"# ?/?":                            "#FMT",
	"# ????/????":                      "1/2",
	`0!.0,"万"`:                         "35!.0万",
	`[>=10000]0!.0,"万";0`:              "35!.0万",
	"[DBNum1]0":                        "一十二",
	"[DBNum2]0.00":                     "壹仟贰佰零叁点伍零",
	"[DBNum2]General":                  "壹兆贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁",
	"[DBNum3]General":                  "１０５",
	"[DBNum1]General":                  "-一十二．〇五",
	`[DBNum2]yyyy"年"m"月"d"日"`:          "贰零贰壹年拾贰月贰拾日",
	`"没有结束`:                            `"没有结束`,
	`0\`:                               `12\`,
	"[$-F800]dddd, mmmm dd, yyyy":      "2021年3月28日 星期日",
	"[$-x-sysdate]dddd, mmmm dd, yyyy": "44283",
	"e/m/d":                            "21/4/6",
	"h:mm:ss":                          "23:59:59",
	`上午/下午h"时"mm"分"`:                   "0.75",
}

// TestOfficeView holds this reader against LibreOffice, set up in Chinese, cell
// by cell: what is stored and what is shown, over the corpus, excelize's own test
// files, what openpyxl and LibreOffice write, and a workbook of number formats.
// A difference of no known class fails.
func TestOfficeView(t *testing.T) {
	paths := viewedFiles(t)
	seen, counts, compared := seenByOffice(t, paths), map[string]int{}, 0
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sheets.Read(bytes.NewReader(file), int64(len(file)), sheets.DefaultLimits())
		if err != nil {
			continue // what is refused is listed in the tests of the corpus
		}
		for _, v := range views(path, b, seen[path]) {
			compared++
			if same(v, b.Date1904) {
				continue
			}
			class := classOf(v)
			if counts[class]++; class == "" {
				t.Errorf("%s %s, format %q:\n ours   %+v\n theirs %+v", v.file, v.at, v.code, v.ours, v.theirs)
			}
		}
	}
	for _, c := range viewClasses {
		if counts[c.name] == 0 {
			t.Errorf("no cell differs any more in this way: %s", c.name)
		}
	}
	if compared < 5000 {
		t.Errorf("only %d cells were compared", compared)
	}
	t.Logf("%d cells; different: %v", compared, counts)
}

// viewedFiles puts all workbooks at hand into one folder, each under a name of
// its own.
func viewedFiles(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	keep := func(name string, file []byte) {
		path := filepath.Join(dir, name)
		for _, taken := range paths {
			if taken == path {
				path = filepath.Join(dir, "again_"+name)
			}
		}
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for _, path := range append(oracleFiles(t), countyBook(t), drawn(t, findings())) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		keep(filepath.Base(path), file)
	}
	keep(formatsBook, sheets.FormatsBook(t))
	return paths
}

const formatsBook = "formats.xlsx"

// views pairs the cells of a workbook, those that one side alone has included.
func views(path string, b *sheets.Book, seen map[string]map[string]seenCell) []view {
	file := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	var all []view
	for _, s := range b.Sheets {
		theirs := seen[s.Name]
		for _, row := range s.Rows {
			for c := range row.Cells.All() {
				at := sheets.Address(c.Col, row.Num)
				v := view{file: file, at: s.Name + "!" + at, ours: c, theirs: theirs[at]}
				if filepath.Base(path) == formatsBook {
					v.code = sheets.FormatCodes[row.Num-1]
				}
				all = append(all, v)
				delete(theirs, at)
			}
		}
		for at, c := range theirs {
			all = append(all, view{file: file, at: s.Name + "!" + at, theirs: c})
		}
	}
	return all
}

// same says whether both see the same text and the same value.
func same(v view, date1904 bool) bool {
	if v.ours.Text != v.theirs.text {
		return false
	}
	switch v.theirs.kind {
	case "float", "percentage", "currency":
		return sameNumber(v.ours.Raw, v.theirs.value)
	case "date":
		day, ok := sheets.DateOf(v.ours, date1904)
		return ok && strings.HasPrefix(v.theirs.value, day.Format("2006-01-02"))
	case "boolean":
		return v.ours.Kind == sheets.Bool
	case "error":
		return v.ours.Kind == sheets.Error
	}
	return v.theirs.kind == "time" || v.ours.Kind == sheets.Text
}

func classOf(v view) string {
	for _, c := range viewClasses {
		if c.is(v) {
			return c.name
		}
	}
	return ""
}

// sameNumber compares 15 digits.
func sameNumber(a, b string) bool {
	x, err := decimal.NewFromString(a)
	if err != nil {
		return false
	}
	y, err := decimal.NewFromString(b)
	if err != nil {
		return false
	}
	return x.Sub(y).Abs().LessThanOrEqual(x.Abs().Shift(-14))
}

// squeezed leaves out blanks that stand side by side and at the ends.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }
