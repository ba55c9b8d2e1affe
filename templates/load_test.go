package templates

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestBadFiles loads each file of testdata/bad alone and compares every mistake
// with the text file beside it. Files that begin with counties are lists of
// counties, the others forms or summaries of a city.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("bad files: %v, %d", err, len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(strings.TrimSuffix(file, ".yaml") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), mistakesOf(t, file)+"\n"); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// mistakesOf loads a file as a city's only file and returns its mistakes.
func mistakesOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	forms, counties := dir, ""
	if strings.HasPrefix(filepath.Base(file), "counties") {
		forms, counties = "", path
	}
	c, err := Load(City{Forms: forms, Counties: counties})
	if err == nil {
		t.Fatalf("loaded without a mistake: %d forms", len(c.Forms))
	}
	if _, ok := err.(Mistakes); !ok {
		t.Fatalf("error is %T, not Mistakes: %v", err, err)
	}
	return strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
}

const ownForm = `
form: task_list
title: 任务清单
primaryKey: task_no
fields:
  - {name: task_no, title: 任务编号, type: text, constraints: {required: true}}
  - {name: done, title: [完成, 数量(件)], type: int}
`

func TestCityAddsAndOverrides(t *testing.T) {
	c := mustLoad(t, map[string]string{
		"任务.yaml": ownForm,
		"check.yml": `
form: open_issue_check
title: 本市的自查表
version: 2
accepts: 1
rowKey: {issue: true, match: address}
fields:
  - {name: address, title: 详细地址, type: text}
  - {name: status, title: 是否办结, type: enum, constraints: {enum: [已办结, 阶段办结, 正在办理]}}
`,
		".hidden.yaml": "nonsense",
		"~$tmp.yaml":   "nonsense",
		"readme.txt":   "nonsense",
	})
	if f := c.Form("task_list"); f == nil || f.Key[0] != "task_no" || f.Label != "task_no" || f.Version != 1 || f.Kind != Ledger {
		t.Errorf("added form %+v", f)
	}
	f := c.Form("open_issue_check")
	if f.Title != "本市的自查表" || f.Version != 2 || len(f.Accepts) != 1 || len(f.Fields) != 2 || !strings.HasSuffix(f.File, "check.yml") {
		t.Errorf("overriding form %+v", f)
	}
	if len(c.Forms) != 8 || c.Summary("open_issue_by_status") == nil {
		t.Errorf("%d forms", len(c.Forms))
	}
}

// TestOverrideThatBreaksASummary asks that a city is told what to do when a
// shipped summary no longer fits its own form.
func TestOverrideThatBreaksASummary(t *testing.T) {
	_, err := loadCity(t, map[string]string{"check.yaml": `
form: open_issue_check
title: 本市的自查表
rowKey: {issue: true, match: address}
fields:
  - {name: address, title: 详细地址, type: text}
`})
	mistakes, _ := err.(Mistakes)
	if len(mistakes) != 3 {
		t.Fatalf("mistakes: %v", err)
	}
	for _, m := range mistakes {
		if m.File != "templates/summaries/open_issue_by_status.yaml" || m.Message != "没有叫“status”的字段" || !strings.Contains(m.Hint, "off: true") {
			t.Errorf("%+v", m)
		}
	}
}

func TestSwitchingOff(t *testing.T) {
	c := mustLoad(t, map[string]string{
		"a.yaml": "form: case_summary\noff: true\n",
		"b.yaml": "summary: petition_overview\noff: true\n",
	})
	if c.Form("case_summary") != nil || c.Summary("case_summary_total") != nil || c.Summary("petition_overview") != nil {
		t.Error("what a city switched off is still there")
	}
	if c.Form("petition_ledger") == nil || c.Summary("petition_by_status") == nil {
		t.Error("more was switched off than the city asked")
	}
}

func TestSameNameTwice(t *testing.T) {
	_, err := loadCity(t, map[string]string{"a.yaml": ownForm, "b.yaml": ownForm})
	if err == nil || strings.Count(err.Error(), "\n") != 0 || !strings.Contains(err.Error(), "b.yaml:2:1: “task_list”在 ") {
		t.Errorf("error %v", err)
	}
}

// TestAllFilesAtOnce asks that mistakes of several files come together, in order.
func TestAllFilesAtOnce(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.yaml": "form: x\n", "b.yaml": "summary: y\n", "c.yaml": "42"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	counties := filepath.Join(dir, "counties.list")
	if err := os.WriteFile(counties, []byte("counties: 甲县\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(City{Forms: dir, Counties: counties})
	want := `a.yaml:1:1: 表缺少“title”
a.yaml:1:1: 表缺少“fields”
a.yaml:1:1: 台账要么写“primaryKey”，要么写“rowKey”，二者恰有其一
b.yaml:1:1: 汇总表缺少“title”
b.yaml:1:1: 汇总表缺少“form”
c.yaml:1:1: 看不出是表还是汇总表
counties.list:1:11: 单位应写成“键: 值”`
	if diff := cmp.Diff(want, strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestHugeFiles(t *testing.T) {
	for name, text := range map[string]string{
		"over the limit": "form: x\n" + strings.Repeat("#\n", 1<<20),
		"deep":           "form: " + strings.Repeat("[", 100_000),
		"deep maps":      "form: x\n" + "fields: " + strings.Repeat("{a: ", 50_000),
		"many keys":      "form: x\n" + strings.Repeat("k: 1\n", 150_000),
		"many fields":    "form: x\nfields:\n" + strings.Repeat("- {name: a, title: 甲, type: text}\n", 20_000),
		"long key":       "form: x\n" + strings.Repeat("k", 500_000) + ": 1\n",
		"long rule":      "form: x\nfields: [{name: a, title: 甲, type: int}]\nrules: [{name: r, code: R04, message: 长, check: \"a" + strings.Repeat(" + a", 200_000) + " > 1\"}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			_, err := loadCity(t, map[string]string{"x.yaml": text})
			if err == nil || len(err.Error()) > 1<<16 {
				t.Errorf("error of %d bytes", len(fmt.Sprint(err)))
			}
			if d := time.Since(begin); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// TestNoRegularFile asks that a pipe in the folder of forms does not hang us.
func TestNoRegularFile(t *testing.T) {
	p := openPage(t.TempDir())
	if len(p.all()) != 1 || !strings.Contains(p.all()[0].Message, "不是普通文件") {
		t.Errorf("%v", p.all())
	}
}

func TestWindowsText(t *testing.T) {
	c := mustLoad(t, map[string]string{"a.yaml": "\ufeff" + strings.ReplaceAll(ownForm, "\n", "\r\n")})
	if f := c.Form("task_list"); f == nil || f.Title != "任务清单" {
		t.Errorf("%+v", f)
	}
}

// FuzzPage asks that no file crashes the reader of forms and summaries, and that
// every mistake has a place in it.
func FuzzPage(f *testing.F) {
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(bad, "forms/open_issue_check.yaml", "summaries/petition_by_type.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	forms := map[string]*Form{"petition_ledger": mustLoad(f, nil).Form("petition_ledger")}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, read := range []func(*page){
			func(p *page) { readForm(p) },
			func(p *page) { readSummary(p, forms) },
			func(p *page) { readCounties(p, nil, nil) },
		} {
			p := newPage("x.yaml", text)
			if p.root != nil {
				read(p)
			}
			for _, m := range p.all() {
				if m.Line > 0 && (m.Col < 1 || m.Line > len(p.lines)+1) || m.Message == "" {
					t.Errorf("%+v in %q", m, text)
				}
			}
		}
	})
}

// TestDocumentedExamples loads the example form and summary of docs/forms.md.
func TestDocumentedExamples(t *testing.T) {
	text, err := os.ReadFile("../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for i, part := range strings.Split(string(text), "```") {
		body, ok := strings.CutPrefix(part, "yaml\n")
		if ok && (strings.HasPrefix(body, "form:") || strings.HasPrefix(body, "summary:")) {
			files[fmt.Sprintf("example%d.yaml", i)] = body
		}
	}
	c := mustLoad(t, files)
	if c.Form("well_check") == nil || c.Summary("wells_by_state") == nil {
		t.Errorf("%d examples in the documentation, want a form and a summary", len(files))
	}
}
