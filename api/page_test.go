package api

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/templates"
)

// wants checks that a page holds texts.
func wants(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("%q is missing", text)
		}
	}
}

func TestBoard(t *testing.T) {
	page := usual(t).page("/")
	wants(t, page, `<html lang="zh-CN">`,
		`data-state="accepted"><a href="/submissions/1">通过</a> <small class="tz-when">11-22 12:00</small></td>`,
		`data-state="partial"><a href="/submissions/2">部分入库</a> <small>2 行待改</small>`,
		`data-state="returned"><a href="/submissions/3">退回</a>`,
		`data-state="none">未报</td>`,
		"5 个县区：已报 2（其中部分入库 1）、退回 1、未报 2",
		"截至2026-11-22 12:00，《走访台账》（2026-11-24 期）5 个县区已报 2 个；未报：丁区、高新区；退回待改：丙县。",
		`<a href="/api/v1/submissions/1/receipt">回执</a>`, `<a href="/api/v1/submissions/2/annotated.xlsx">批注件</a>`,
		`<a href="/summaries/visits_done">各县区走访办结情况</a>`, `href="/api/v1/summaries/visits_done.xlsx"`,
		"3 / 1 / 2", `hx-trigger="every 4s"`, `<option>高新区</option>`)
	if strings.Contains(page, `submissions/1/annotated.xlsx`) {
		t.Error("offers a marked copy of a file that passed")
	}
}

// What waits to be mended is listed with its reasons, newest first, also a file
// that is no form of ours.
func TestBoardListsReturned(t *testing.T) {
	page := usual(t).page("/")
	_, list, _ := strings.Cut(page, `id="returned"`)
	list, _, _ = strings.Cut(list, "</section>")
	wants(t, list, "电话.xlsx", "未识别", "B4“地点”没有填写", "C3“是否办结”填的是“办好了”")
	at := func(name string) int { return strings.Index(list, name) }
	if !(at("电话.xlsx") < at("走访（丙）.xlsx") && at("走访（丙）.xlsx") < at("乙县走访.xlsx")) || at("走访 11月.xlsx") >= 0 {
		t.Errorf("wrong files or order:\n%s", list)
	}
}

// A file that is mended leaves the list; one that is not a form leaves it when
// the county sends the same name again.
func TestBoardForgetsMended(t *testing.T) {
	o := usual(t)
	o.file("丙县", "走访（丙）.xlsx", strings.ReplaceAll(goodVisits, "A", "C"))
	o.file("丁区", "电话.xlsx", strings.ReplaceAll(goodVisits, "A", "D"))
	_, list, _ := strings.Cut(o.page("/"), `id="returned"`)
	list, _, _ = strings.Cut(list, "</section>")
	if strings.Contains(list, "丙县") || strings.Contains(list, "丁区") || !strings.Contains(list, "乙县") {
		t.Error(list)
	}
}

// A returned file does not displace the one that counts, but the page says so.
func TestBoardTellsOfNewerReturned(t *testing.T) {
	o := usual(t)
	o.file("甲县", "走访 改.xlsx", "甲县\n"+shortVisits)
	page := o.page("/")
	wants(t, page, `data-state="accepted"><a href="/submissions/1">通过</a> <small><a href="/submissions/5">最新一份被退回</a></small>`)
}

// Every page says whose it is; the name comes from the settings and is text.
func TestPagesNameTheCity(t *testing.T) {
	o := open(t)
	wants(t, o.page("/"), "<title>台账</title>", `<a class="tz-name" href="/">台账</a>`)
	o.deps.City = "云川市<b>"
	o.handler = New(o.deps)
	wants(t, o.page("/forms"), " · 云川市&lt;b&gt; 台账</title>", `<a class="tz-name" href="/">云川市&lt;b&gt; 台账</a>`)
	wants(t, o.page("/?lang=en"), "<title>云川市&lt;b&gt; Taizhang</title>")
}

// A kind of mistake that is made often is told once, with its cells.
func TestBoardGathersReasons(t *testing.T) {
	o := open(t)
	o.file("乙县", "乙.xlsx", strings.ReplaceAll(goodVisits, "已办结", "办好了"))
	wants(t, o.page("/"), "<b>是否办结</b> <code>C2, C4</code> 2 处：“是否办结”填的是“办好了”")
}

// A file that counts and came after the due time is marked as late.
func TestBoardMarksLateFiles(t *testing.T) {
	o := open(t)
	o.later(3 * 24 * time.Hour)
	o.file("甲县", "走访.xlsx", "填报日期：2026-11-23\n"+goodVisits)
	page := o.page("/?period=2026-11-24")
	wants(t, page, `通过</a> <span class="tz-tag tz-bad">迟报</span>`)
}

// Past the due day, who has not reported is overdue, and the period before is
// remembered on the next one's page.
func TestBoardAfterTheDueDay(t *testing.T) {
	o := usual(t)
	o.later(4 * 24 * time.Hour)
	wants(t, o.page("/"), "截止", "2026-12-04 本期", "上一期（2026-11-24）仍未报：丁区、高新区")
	old := o.page("/?period=2026-11-24")
	wants(t, old, `data-state="late">逾期未报</td>`, "已过截止日", "逾期 2", `class="on" aria-current="page" href="/?period=2026-11-24"`)
}

func TestBoardOfNoSuchPeriod(t *testing.T) {
	w := open(t).ask("GET", "/?period=2026-11-23", nil, "Accept: text/html")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "没有这个报告期") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Before anything has come the page says what to do.
func TestBoardAtTheStart(t *testing.T) {
	o := open(t)
	page := o.page("/")
	wants(t, page, "还没有收到任何表", o.deps.Share, "甲县", `<a href="/forms">空白表</a>`, "5 个县区：已报 0、未报 5")
	if strings.Contains(page, `id="latest"`) {
		t.Error("shows an empty list of files")
	}
}

// A program without forms, counties and summaries still shows a page.
func TestBoardOfNothing(t *testing.T) {
	o := open(t)
	o.deps.Catalog = &templates.Catalog{Counties: templates.NewCounties()}
	o.handler = New(o.deps)
	wants(t, o.page("/"), "还没有定义表格", "还没有填报单位", "还没有定义汇总表")
	wants(t, o.page("/forms"), "还没有定义表格")
}

func TestBoardShowsProblems(t *testing.T) {
	o := open(t)
	o.deps.Problems = func() []string { return []string{"乙县的文件夹<没有>应答"} }
	o.handler = New(o.deps)
	wants(t, o.page("/"), "请管理员处理", "乙县的文件夹&lt;没有&gt;应答")
}

// A folder that counties.yaml does not name is shown as new.
func TestBoardShowsNewFolder(t *testing.T) {
	o := open(t)
	o.file("新县", "走访.xlsx", goodVisits)
	wants(t, o.page("/"), `<th scope="row">新县 <span class="tz-tag tz-warn"`, "新文件夹")
}

// The part that changes is fetched alone, and is the part of the whole page.
func TestBoardLive(t *testing.T) {
	o := usual(t)
	part := o.page("/", "HX-Request: true")
	if strings.Contains(part, "<html") || !strings.Contains(part, `id="matrix"`) {
		t.Error(part)
	}
	if !strings.Contains(o.page("/"), strings.TrimSpace(part)) {
		t.Error("not a part of the page")
	}
}

func TestEnglish(t *testing.T) {
	o := usual(t)
	w := o.ask("GET", "/?lang=en", nil, "Accept: text/html")
	wants(t, w.Body.String(), `<html lang="en">`, ">Partly taken</a>", ">Not reported</td>",
		"5 counties: 2 reported (1 of them partly), 1 returned, 2 not reported",
		"2 of 5 counties have reported; missing: 丁区、高新区; returned: 丙县.", `hx-get="/?lang=en"`)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != "lang" || cookies[0].Value != "en" || !cookies[0].HttpOnly {
		t.Fatalf("%v", cookies)
	}
	wants(t, o.page("/forms", "Cookie: lang=en"), "Blank forms", `<html lang="en">`)
	wants(t, o.page("/forms?lang=zh", "Cookie: lang=en"), "空白表", `<html lang="zh-CN">`)
	wants(t, o.page("/forms?lang=%3Cscript%3E"), `<html lang="zh-CN">`)
	w = o.ask("GET", "/submissions/99", nil, "Accept: text/html", "Cookie: lang=en")
	wants(t, w.Body.String(), "There is no such entry")
}

func TestSubmissionPage(t *testing.T) {
	o := usual(t)
	page := o.page("/submissions/2")
	wants(t, page, "乙县", "乙县走访.xlsx", "20261122-0002", "3 / 1 / 2", "部分入库", "必改", "共享文件夹",
		"<b>地点</b> <code>B4</code>", "“办好了”", `href="/api/v1/submissions/2/original"`, `href="/api/v1/submissions/2/annotated.xlsx"`)
	wants(t, o.page("/submissions/1"), "没有发现问题", "现行有效")
	for _, path := range []string{"/submissions/99", "/submissions/0", "/submissions/x"} {
		w := o.ask("GET", path, nil, "Accept: text/html")
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "没有这条记录") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestFormsPage(t *testing.T) {
	page := open(t).page("/forms")
	wants(t, page, "走访台账", "走访统计表", "第 2 版", `action="/api/v1/forms/visits/blank.xlsx"`, "已办结、正在办理", "必填", "（每期一份）")
}

func TestSummaryPage(t *testing.T) {
	o := usual(t)
	page := o.page("/summaries/visits_done")
	wants(t, page, `<th scope="col" colspan="2" rowspan="1">其中</th>`, `<th scope="col" colspan="1" rowspan="2">县区</th>`,
		`<td class="num">66.7%</td>`, `<td class="num">75.0%</td>`, "/api/v1/summaries/visits_done.xlsx")
	if w := o.ask("GET", "/summaries/nothing", nil, "Accept: text/html"); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestHead(t *testing.T) {
	columns := []templates.TableColumn{
		{Path: []string{"县区"}}, {Path: []string{"办结", "属实", "甲"}}, {Path: []string{"办结", "属实", "乙"}},
		{Path: []string{"办结", "不属实"}}, {Path: []string{"办结"}}, {Path: []string{"拘留", "属实"}},
	}
	want := [][]headCell{
		{{"县区", 1, 3}, {"办结", 3, 1}, {"办结", 1, 3}, {"拘留", 1, 1}},
		{{"属实", 2, 1}, {"不属实", 1, 2}, {"属实", 1, 2}},
		{{"甲", 1, 1}, {"乙", 1, 1}},
	}
	if d := cmp.Diff(want, head(columns)); d != "" {
		t.Error(d)
	}
	if got := head(nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// Whatever a county writes into a cell or a name is shown, never run.
func TestHostileTextIsShown(t *testing.T) {
	o := open(t)
	const evil = `<img src=x onerror=alert(1)>`
	o.file("甲县", evil+"'\".xlsx", "编号|地点|是否办结\nX1|东街|"+evil+"\nX2||已办结")
	for _, path := range []string{"/", "/submissions/1"} {
		page := o.page(path)
		if strings.Contains(page, "<img") {
			t.Errorf("%s holds a tag out of a cell", path)
		}
		wants(t, page, "&lt;img src=x onerror=alert(1)&gt;&#39;&#34;.xlsx")
	}
	wants(t, o.page("/submissions/1"), "“&lt;img src=x onerror=alert(1)&gt;”")
	page := o.page("/?took=" + "%3Cscript%3Ealert(1)%3C/script%3E&for=%3Cb%3E")
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "<b>的") {
		t.Error("what stands in the address is run")
	}
}

// The policy allows neither inline scripts nor inline styles, so no page may
// hold any, nor name another server.
func TestPagesObeyThePolicy(t *testing.T) {
	o := usual(t)
	bad := regexp.MustCompile(`(?i)\sstyle=|<style|\son[a-z]+="|<script>|javascript:|(src|href|action)="(https?:)?//`)
	for _, path := range []string{"/", "/forms", "/submissions/2", "/summaries/visits_done"} {
		if found := bad.FindString(o.page(path)); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
	}
	css, err := os.ReadFile("static/taizhang.css")
	if err != nil || strings.Contains(string(css), "data:") {
		t.Errorf("taizhang.css: %v", err)
	}
}

// A fingerprint in the address lets a browser keep a file for ever.
func TestStatic(t *testing.T) {
	o := open(t)
	links := regexp.MustCompile(`"(/static/[^"]+)"`).FindAllStringSubmatch(o.page("/"), -1)
	var names []string
	for _, l := range links {
		w := o.ask("GET", l[1], nil)
		if w.Code != http.StatusOK || w.Body.Len() == 0 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %s", l[1], w.Code, w.Header())
		}
		name, _, _ := strings.Cut(l[1], "?")
		names = append(names, name+" "+w.Header().Get("Content-Type"))
	}
	slices.Sort(names)
	want := []string{
		"/static/bootstrap.min.css text/css; charset=utf-8", "/static/copy.js text/javascript; charset=utf-8", "/static/htmx.min.js text/javascript; charset=utf-8",
		"/static/icon.svg image/svg+xml", "/static/taizhang.css text/css; charset=utf-8",
	}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
	if w := o.ask("GET", "/static/icon.svg?v=old", nil); w.Header().Get("Cache-Control") != "no-cache" {
		t.Error("an old address is kept for ever")
	}
}
