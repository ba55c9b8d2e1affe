package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"taizhang/templates"
)

// The forms that the counties of the crash tests fill in.
const (
	petitionForm = "petition_ledger"
	openForm     = "open_issue_check"
	figuresForm  = "case_summary"
	taskForm     = "task_progress" // that the city hands down
)

// poolEach is how many workbooks there are for each county and form.
const poolEach = 8

var crashCounties = []string{"甲县", "乙县"}

// workbook is one filled form, and what its cells say as the store must hold
// it. It is written down when the cells are, and never read from the program.
type workbook struct {
	county, form, period string
	returned             bool // it has a mistake for which it is sent back whole
	rows                 []workbookRow
	sha                  string
	data                 []byte
}

// workbookRow is one row: its key, and the stored text of its cells.
type workbookRow struct {
	key  string
	held bool // it has a mistake and waits to be mended
	says map[string]string
}

// crashPool makes some dozens of workbooks, once for all tests: blank forms of
// the program, filled in by openpyxl.
var crashPool = sync.OnceValues(func() ([]*workbook, error) {
	program, err := binary()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pool")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var books []*workbook
	var jobs []map[string]any
	for _, county := range crashCounties {
		for _, form := range []string{petitionForm, openForm, figuresForm} {
			blank := filepath.Join(dir, county+form+".xlsx")
			if out, err := exec.Command(program, "form", "blank", form, "--county", county, "-o", blank).CombinedOutput(); err != nil {
				return nil, fmt.Errorf("form blank: %w\n%s", err, out)
			}
			for n := range poolEach {
				book, job := fillForm(county, form, n)
				job["from"], job["out"] = blank, filepath.Join(dir, fmt.Sprintf("%d.xlsx", len(jobs)))
				books, jobs = append(books, book), append(jobs, job)
			}
		}
	}
	for n := range poolEach {
		book, job := fillList(n)
		job["out"] = filepath.Join(dir, fmt.Sprintf("%d.xlsx", len(jobs)))
		books, jobs = append(books, book), append(jobs, job)
	}
	if err := openpyxl(jobs...); err != nil {
		return nil, err
	}
	return books, loadPool(books, jobs)
})

func loadPool(books []*workbook, jobs []map[string]any) error {
	seen := map[string]bool{}
	for i, book := range books {
		data, err := os.ReadFile(jobs[i]["out"].(string))
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		book.data, book.sha = data, hex.EncodeToString(sum[:])
		if seen[book.sha] {
			return errors.New("two workbooks of the pool have the same bytes")
		}
		seen[book.sha] = true
	}
	return nil
}

// dueDays are the due day of the period that is open today, and the one before
// it. Reports are due on the 4th, 14th and 24th, and a period ends with its due
// day; a file's date says which period it is for.
func dueDays(now time.Time) (open, before string) {
	due := func(day time.Time) bool { return day.Day() == 4 || day.Day() == 14 || day.Day() == 24 }
	day := now.In(templates.China)
	back := day.AddDate(0, 0, -1)
	for !due(day) {
		day = day.AddDate(0, 0, 1)
	}
	for !due(back) {
		back = back.AddDate(0, 0, -1)
	}
	return day.Format(time.DateOnly), back.Format(time.DateOnly)
}

// fillForm is the n-th workbook of a county and a form: what openpyxl is to
// write, and what that means.
func fillForm(county, form string, n int) (*workbook, map[string]any) {
	today := time.Now().In(templates.China).Format(time.DateOnly)
	open, before := dueDays(time.Now())
	book := &workbook{county: county, form: form, period: open}
	var cells []map[string]string
	set := map[string]string{}
	switch form {
	case petitionForm:
		cells, set["L2"] = fillPetitions(book, n), "填报日期："+today
	case openForm:
		cells, set["G2"] = fillOpen(book, n), "填报日期："+today
	case figuresForm:
		dated, more := today, 10
		if n%4 == 3 {
			book.period, dated, more = before, before, 0
		}
		cells, set["J2"] = fillFigures(book, n+more), "填报日期："+dated
		book.returned = n%4 == 2
	}
	return book, map[string]any{"fill": cells, "set": set}
}

// fillPetitions has three or four of a county's six items. Every fourth
// workbook has one that is closed without an investigation, which is held.
func fillPetitions(book *workbook, n int) (cells []map[string]string) {
	for i := range 3 + n%2 {
		no := (n + i) % 6
		status := []string{"已办结", "阶段性办结", "正在办理"}[(n+2*i)%3]
		key := fmt.Sprintf("%s-%03d", book.county, no)
		progress := fmt.Sprintf("反弹后第%d次整改，第%d件", n, no)
		fine := 100*n + 7*i + 5 // hundredths of 万元
		row := workbookRow{key: key, says: map[string]string{
			"progress": progress, "status": status, "penalty_cases": fmt.Sprint(n + i),
			"fine_wan": fmt.Sprint(fine * 10000), "talks": fmt.Sprint(i)}}
		cell := map[string]string{"序号": fmt.Sprint(i + 1), "受理编号": key, "行政区域": book.county,
			"交办问题基本情况": fmt.Sprintf("第%d件举报", no), "污染类型": "水、大气", "调查核实情况": "已核实", "是否属实": "属实",
			"整改时限": "2027年12月底前", "处理和整改情况": progress, "办结状态": status, "办结日期": "d:2026-01-05",
			"立案处罚(家)": fmt.Sprint(n + i), "罚款金额(万元)": fmt.Sprintf("%d.%02d", fine/100, fine%100),
			"约谈(人)": fmt.Sprint(i), "备注": "反弹"}
		if n%4 == 2 && status == "已办结" {
			row.held = true
			delete(cell, "调查核实情况")
		}
		book.rows, cells = append(book.rows, row), append(cells, cell)
	}
	return cells
}

// fillOpen has four of a county's five issues, which have no printed key.
func fillOpen(book *workbook, n int) (cells []map[string]string) {
	for i := range 4 {
		no := (n + i) % 5
		address, complaint := fmt.Sprintf("%s东街%d号", book.county, no+1), fmt.Sprintf("第%d处油烟扰民", no+1)
		status := []string{"已办结", "阶段办结", "正在办理"}[(n+i)%3]
		progress := fmt.Sprintf("退回后第%d次整改", n)
		book.rows = append(book.rows, workbookRow{key: address, says: map[string]string{
			"complaint": complaint, "progress": progress, "status": status}})
		cells = append(cells, map[string]string{"序号": fmt.Sprint(i + 1), "市/州": book.county, "详细地址": address,
			"群众举报问题具体内容": complaint, "目前整改工作现状": "正在整改", "具体整改措施及整改目标": "加装净化器",
			"主题教育期间整改进展": progress, "是否办结": status})
	}
	return cells
}

// fillFigures is one row of figures, which grow with n as counts from a
// campaign's beginning do. The total adds up unless the file is to be returned.
func fillFigures(book *workbook, n int) []map[string]string {
	founded, unfounded, fine := 10+n, 5+2*n, 1234+n // the fine in hundredths of 万元
	total := founded + unfounded
	if n%4 == 0 {
		total++
	}
	says := map[string]string{"assigned": fmt.Sprint(100 + n), "closed_true": fmt.Sprint(founded), "closed_false": fmt.Sprint(unfounded),
		"closed_total": fmt.Sprint(total), "staged": fmt.Sprint(n), "penalty_cases": fmt.Sprint(3 + n),
		"fine_wan": fmt.Sprint(fine * 10000), "talks": fmt.Sprint(2 * n)}
	book.rows = []workbookRow{{key: book.county, says: says}}
	return []map[string]string{{"市/州": book.county, "交办数量(件)": says["assigned"], "已办结(件)/属实": says["closed_true"],
		"已办结(件)/不属实": says["closed_false"], "已办结(件)/合计": says["closed_total"], "阶段办结(件)": says["staged"],
		"立案处罚(家)": says["penalty_cases"], "罚款金额(万元)": fmt.Sprintf("%d.%02d", fine/100, fine%100), "约谈(人)": says["talks"]}}
}

// fillList is the n-th list of the city: four of six tasks, every one with other
// words than in the other lists, and some for each county.
func fillList(n int) (*workbook, map[string]any) {
	book := &workbook{county: cityFolder, form: taskForm}
	lines := [][]string{{"任务编号", "反馈问题", "涉及县区", "整改目标"}}
	for i := range 4 {
		no := (n + i) % 6
		task, county := fmt.Sprintf("第%d号", no+1), crashCounties[no%len(crashCounties)]
		problem := fmt.Sprintf("第%d项问题，见第%d份清单", no+1, n+1)
		book.rows = append(book.rows, workbookRow{key: task, says: map[string]string{"county": county, "problem": problem}})
		lines = append(lines, []string{task, problem, county, "达标"})
	}
	return book, map[string]any{"sheets": []map[string]any{{"name": "清单", "rows": lines}}}
}
