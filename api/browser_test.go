package api

import (
	"context"
	"iter"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// browser is a headless Chromium with one tab, and what it complained of.
type browser struct {
	t          *testing.T
	ctx        context.Context
	mu         sync.Mutex
	complaints []string
}

func browse(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("this test needs the program chromium; on Debian: apt-get install chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("window-size", "1280,1400"))
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(stop)
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopBrowser)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	b := &browser{t: t, ctx: ctx}
	b.do(chromedp.Navigate("about:blank"))
	go b.listen(chromedp.Console(ctx))
	return b
}

// listen keeps what the browser writes into its console: errors of scripts, and
// whatever the policy refused. It ends with the browser.
func (b *browser) listen(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		b.mu.Lock()
		b.complaints = append(b.complaints, m.Text+" "+m.URL)
		b.mu.Unlock()
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// ask runs an action and gives its answer.
func ask[T any](b *browser, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// quiet says that the browser had nothing to complain of.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Error(c)
	}
}

// matrix reads the rows of the matrix as a person sees them.
const matrix = `[...document.querySelectorAll('#matrix tbody tr')].map(r => [...r.children].map(c => c.firstChild.nodeName === 'A' || c.querySelector('a') ? c.querySelector('a').innerText : c.innerText.trim()).join(' | '))`

// A browser shows the matrix, follows what arrives without being asked, keeps
// what a person has begun in the upload form, and is refused nothing by the
// policy.
func TestInBrowser(t *testing.T) {
	o := usual(t)
	web := httptest.NewServer(o.handler)
	defer web.Close()
	b := browse(t)
	b.do(chromedp.Navigate(web.URL), chromedp.WaitVisible("#matrix"))
	want := []string{"甲县 | 通过", "乙县 | 部分入库", "丙县 | 退回", "丁区 | 未报", "高新区 | 未报"} // the other form is not in use
	if d := cmp.Diff(want, ask(b, chromedp.Evaluate[[]string](matrix))); d != "" {
		t.Error(d)
	}
	b.do(chromedp.SetValue("#county", "丁区"))
	o.file("高新区", "走访.xlsx", strings.ReplaceAll(goodVisits, "A", "G"))
	b.do(chromedp.WaitVisible("#matrix tr:nth-child(5) td[data-state=accepted]"))
	if county := ask(b, chromedp.Value("#county")); county != "丁区" {
		t.Errorf("the upload form lost its choice: %q", county)
	}
	b.quiet()
}

// One click copies the line to paste; the address is a loopback one, where the
// browser lets the page use the clipboard or else the line is selected.
func TestCopyInBrowser(t *testing.T) {
	o := usual(t)
	web := httptest.NewServer(o.handler)
	defer web.Close()
	b := browse(t)
	b.do(chromedp.Navigate(web.URL), chromedp.WaitVisible("#matrix"))
	line := ask(b, chromedp.Text("#paste-visits"))
	if !strings.HasPrefix(line, "截至") {
		t.Fatal(line)
	}
	const pressed = `(() => { const b = document.querySelector('[data-copy=paste-visits]'); const n = b.textContent; b.click(); return n })()`
	if word := ask(b, chromedp.Evaluate[string](pressed)); word != "复制" {
		t.Errorf("the button says %q", word)
	}
	ask(b, chromedp.Poll[bool](`['已复制', '已选中，按 Ctrl+C'].includes(document.querySelector('[data-copy=paste-visits]').textContent)`))
	// Without a clipboard the line itself is selected.
	b.do(chromedp.Evaluate[chromedp.Void](`Object.defineProperty(window, 'isSecureContext', {value: false}); document.querySelector('[data-copy=paste-visits]').click()`))
	if got := ask(b, chromedp.Evaluate[string](`getSelection().toString()`)); got != line {
		t.Errorf("selected %q, want %q", got, line)
	}
	b.quiet()
}

// A person hands in a file over the page and is told that it was taken.
func TestUploadInBrowser(t *testing.T) {
	o := open(t)
	web := httptest.NewServer(o.handler)
	defer web.Close()
	file := filepath.Join(t.TempDir(), "走访 十一月.xlsx")
	if err := os.WriteFile(file, []byte("the bytes"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := browse(t)
	b.do(chromedp.Navigate(web.URL), chromedp.WaitVisible("#upload"),
		chromedp.SetValue("#county", "乙县"), chromedp.SetUploadFiles("#file", []string{file}),
		chromedp.Click("#upload button"), chromedp.WaitVisible("div[role=status]"))
	told := ask(b, chromedp.Text("div[role=status]"))
	if !strings.Contains(told, "已收到 乙县 的“走访 十一月.xlsx”") {
		t.Error(told)
	}
	data, err := os.ReadFile(filepath.Join(o.deps.Share, "乙县", "走访 十一月.xlsx"))
	if err != nil || string(data) != "the bytes" {
		t.Errorf("%q %v", data, err)
	}
	b.quiet()
}

// On a telephone no page is wider than the screen.
func TestPhone(t *testing.T) {
	o := usual(t)
	web := httptest.NewServer(o.handler)
	defer web.Close()
	b := browse(t)
	for _, path := range []string{"/", "/forms", "/submissions/2", "/summaries/visits_done"} {
		b.do(chromedp.EmulateViewport(390, 844), chromedp.Navigate(web.URL+path), chromedp.WaitVisible("main"))
		if width := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); width > 390 {
			t.Errorf("%s is %d wide", path, width)
		}
	}
}
