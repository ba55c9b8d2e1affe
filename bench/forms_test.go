//go:build unix

package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/sheets"
)

const (
	formRows = 40
	formCols = 12
	headRows = 3 // title, band, header
	variants = 8 // of each writer
	pythons  = "/usr/bin/python3"
	dateCode = `yyyy"年"m"月"d"日"`
)

// formTitles are twelve columns of the petition ledger.
var formTitles = [formCols]string{"序号", "受理编号", "受理方式", "交办日期", "行政区域", "举报地点",
	"交办问题基本情况", "污染类型", "是否属实", "办结状态", "处理和整改情况", "罚款金额（万元）"}

// formCells is a filled ledger: row by row, nil where a cell is only styled.
func formCells(seed int) [][]any {
	cells := [][]any{{"重点举报件办理情况表"}, {"填报单位（公章）：隆阳区", 7: "填报日期：2019年11月4日"}, {}}
	for _, title := range formTitles {
		cells[2] = append(cells[2], title)
	}
	for r := range formRows {
		cells = append(cells, formRow(seed, r))
	}
	return cells
}

func formRow(seed, r int) []any {
	n := seed*formRows + r
	return []any{r + 1, fmt.Sprintf("X2YN20190617%04d", n), []string{"来电", "来信", "网络"}[n%3], 43633 + n%60, "隆阳区",
		fmt.Sprintf("青华街道%d社区%d组", n%31, n%7),
		fmt.Sprintf("举报人反映：第%d号砂石厂夜间生产，噪声扰民，运输车辆未覆盖，沿途扬尘严重，多次反映未得到解决。", n),
		[]string{"噪声、扬尘", "水", "大气、油烟"}[n%3], []string{"属实", "部分属实"}[n%2], "正在办理",
		fmt.Sprintf("%d月%d日区生态环境分局现场检查，已责令停产整改，安装喷淋设施%d套，正在验收。", 6+n%5, 1+n%28, n%9),
		float64(n%37) / 8}
}

// benchForm describes the ledger, for judging.
const benchForm = `form: bench_ledger
title: 重点举报件办理情况表
kind: ledger
period: {rrule: "DTSTART=20190104;FREQ=MONTHLY;BYMONTHDAY=4,14,24", grace: 15d}
band: {unit: 填报单位(公章), date: 填报日期}
primaryKey: [case_no, county]
fields:
  - {name: seq, title: 序号, type: int, serial: true}
  - {name: case_no, title: 受理编号, type: text, frozen: true, constraints: {required: true, maxLength: 60}}
  - {name: channel, title: 受理方式, type: enum, constraints: {enum: [来电, 来信, 微信, 网络, 其他]}, synonyms: {电话: 来电}}
  - {name: assigned_on, title: 交办日期, type: date, frozen: true, fillDown: true}
  - {name: county, title: 行政区域, type: unit, constraints: {required: true}}
  - {name: address, title: 举报地点, type: text}
  - {name: complaint, title: 交办问题基本情况, type: text, constraints: {required: true}}
  - {name: types, title: 污染类型, type: multi, constraints: {required: true, enum: [水, 大气, 土壤, 噪声, 油烟, 扬尘]}}
  - {name: veracity, title: 是否属实, type: enum, constraints: {enum: [属实, 部分属实, 不属实]}}
  - {name: status, title: 办结状态, type: enum, constraints: {required: true, enum: [已办结, 正在办理]}}
  - {name: progress, title: 处理和整改情况, type: text}
  - {name: fine_wan, title: 罚款金额(万元), type: decimal, scale: 6, unit: 万元, constraints: {minimum: 0}}
rules:
  - {name: closed-needs-progress, code: R03, when: "status == '已办结'", check: filled(progress), message: 已办结须写明情况, english: Say what was done.}
  - {name: fine-needs-truth, code: R04, when: "fine_wan > 0", check: "veracity != '不属实'", message: 不属实却有罚款, english: A fine without a fault.}
`

// cityForms is a folder with the ledger's description, as a city adds a form.
func cityForms(tb testing.TB) string {
	dir := tb.TempDir()
	must(tb, os.WriteFile(filepath.Join(dir, "bench_ledger.yaml"), []byte(benchForm), 0o600))
	return dir
}

// formBooks makes the ledger in the hands of each writer, by the writer's name.
func formBooks(tb testing.TB) map[string][][]byte {
	tb.Helper()
	dir := tb.TempDir()
	var all [][][]any
	books := map[string][][]byte{}
	for i := range variants {
		all = append(all, formCells(i))
		books["excelize"] = append(books["excelize"], excelizeForm(tb, all[i]))
	}
	content, err := json.Marshal(all)
	must(tb, err)
	run(tb, content, pythons, "-c", openpyxlForms, dir)
	books["openpyxl"] = readFiles(tb, dir)
	books["libreoffice"] = libreOfficeForms(tb, dir)
	return books
}

// excelizeForm writes one ledger with excelize.
func excelizeForm(tb testing.TB, cells [][]any) []byte {
	f := excelize.NewFile()
	defer f.Close()
	styles := formStyles(tb, f)
	must(tb, f.MergeCell("Sheet1", "A1", "L1"))
	for r, row := range cells {
		for c := range formCols {
			name := sheets.Address(c+1, r+1)
			if c < len(row) && row[c] != nil {
				must(tb, f.SetCellValue("Sheet1", name, row[c]))
			}
			if r >= headRows-1 {
				must(tb, f.SetCellStyle("Sheet1", name, name, styles[styleAt(r, c)]))
			}
		}
	}
	var out bytes.Buffer
	_, err := f.WriteTo(&out)
	must(tb, err)
	return out.Bytes()
}

// styleAt says which style a cell has: plain, date or amount.
func styleAt(row, col int) int {
	switch {
	case row < headRows:
		return 0
	case col == 3:
		return 1
	case col == formCols-1:
		return 2
	}
	return 0
}

func formStyles(tb testing.TB, f *excelize.File) (ids [3]int) {
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "000000", Style: 1})
	}
	date, amount := dateCode, "0.00"
	for i, format := range []*string{nil, &date, &amount} {
		id, err := f.NewStyle(&excelize.Style{Border: border, CustomNumFmt: format,
			Font: &excelize.Font{Family: "宋体", Size: 11}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
		must(tb, err)
		ids[i] = id
	}
	return ids
}

const openpyxlForms = `
import sys, json
from openpyxl import Workbook
from openpyxl.styles import Border, Side, Font, Alignment
thin = Side(style='thin')
border, font, wrap = Border(thin, thin, thin, thin), Font(name='宋体', size=11), Alignment(wrap_text=True, vertical='center')
for i, rows in enumerate(json.load(sys.stdin)):
    wb = Workbook()
    ws = wb.active
    ws.title = '台账'
    for r, row in enumerate(rows, 1):
        for c in range(1, 13):
            cell = ws.cell(r, c)
            if c <= len(row) and row[c-1] is not None:
                cell.value = row[c-1]
            if r >= 3:
                cell.border, cell.font, cell.alignment = border, font, wrap
            if r > 3 and c == 4:
                cell.number_format = 'yyyy"年"m"月"d"日"'
            if r > 3 and c == 12:
                cell.number_format = '0.00'
    ws.merge_cells('A1:L1')
    wb.save('%s/%02d.xlsx' % (sys.argv[1], i))
`

// libreOfficeForms has LibreOffice write all workbooks of a folder anew, by way
// of its own format so that nothing is carried through.
func libreOfficeForms(tb testing.TB, dir string) [][]byte {
	own, made := filepath.Join(dir, "own"), filepath.Join(dir, "made")
	for _, step := range []struct{ format, from, to string }{{"ods", dir, own}, {"xlsx", own, made}} {
		files, err := filepath.Glob(filepath.Join(step.from, "*.*s*"))
		must(tb, err)
		args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless",
			"--convert-to", step.format, "--outdir", step.to}
		run(tb, nil, "soffice", append(args, files...)...)
	}
	return readFiles(tb, made)
}

func readFiles(tb testing.TB, dir string) (books [][]byte) {
	files, err := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	must(tb, err)
	if len(files) != variants {
		tb.Fatalf("%d workbooks were written, want %d", len(files), variants)
	}
	for _, path := range files {
		book, err := os.ReadFile(path)
		must(tb, err)
		books = append(books, book)
	}
	return books
}

// run starts a program that the benchmark needs and returns what it prints.
func run(tb testing.TB, stdin []byte, name string, args ...string) []byte {
	tb.Helper()
	if _, err := exec.LookPath(name); err != nil {
		tb.Fatalf("%s is missing: apt-get install python3-openpyxl libreoffice-calc", name)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var broke bytes.Buffer
	cmd.Stderr = &broke
	said, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s: %v\n%s", name, err, broke.String())
	}
	return said
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
