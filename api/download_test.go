package api

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"taizhang/sheets"
	"taizhang/templates"
)

// named checks the name under which an answer is saved, as a browser reads it,
// and that it cannot be opened in the browser as something else.
func named(t *testing.T, w *httptest.ResponseRecorder, want string) {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	header := w.Header().Get("Content-Disposition")
	kind, params, err := mime.ParseMediaType(header)
	if err != nil || kind != "attachment" || params["filename"] != want {
		t.Errorf("%s gives %q (%v), want %q", header, params["filename"], err, want)
	}
	for _, r := range header {
		if r < ' ' || r > '~' {
			t.Errorf("%q in a header", r)
		}
	}
	if w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Error("may be sniffed")
	}
}

// sumTag is the ETag that a content must have.
func sumTag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

func TestOriginal(t *testing.T) {
	o := usual(t)
	w := o.ask("GET", "/api/v1/submissions/1/original", nil)
	named(t, w, "走访 11月.xlsx")
	if w.Body.String() != goodVisits {
		t.Error("not the bytes that came")
	}
	if got := w.Header().Get("ETag"); got != sumTag([]byte(goodVisits)) {
		t.Errorf("ETag %s", got)
	}
	if plain := w.Header().Get("Content-Disposition"); !strings.HasPrefix(plain, `attachment; filename="20261122-0001.xlsx"; filename*=UTF-8''%E8%B5%B0`) {
		t.Errorf("for old programs: %s", plain)
	}
	problemOf(t, o.ask("GET", "/api/v1/submissions/99/original", nil), 404, "not-found")
}

// An original that is recorded and gone is the office's trouble, not the
// client's.
func TestOriginalGone(t *testing.T) {
	o := usual(t)
	if err := os.RemoveAll(o.deps.Archive); err != nil {
		t.Fatal(err)
	}
	p := problemOf(t, o.ask("GET", "/api/v1/submissions/1/original", nil), 500, "internal")
	if p.Reference == "" || !strings.Contains(o.log.String(), p.Reference) {
		t.Errorf("reference %q is not in the log", p.Reference)
	}
	if again := o.ask("GET", "/api/v1/submissions/1/original", nil).Body.String(); strings.Contains(again, "archive") {
		t.Errorf("tells where the archive lies: %s", again)
	}
}

func TestNotChanged(t *testing.T) {
	o := usual(t)
	for _, path := range []string{
		"/api/v1/submissions/1/original", "/api/v1/submissions/2/annotated.xlsx", "/api/v1/submissions/1/receipt",
		"/static/taizhang.css",
	} {
		first := o.ask("GET", path, nil)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag != sumTag(first.Body.Bytes()) {
			t.Errorf("%s: %d, ETag %s", path, first.Code, tag)
		}
		for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := o.ask("GET", path, nil, "If-None-Match: "+known)
			if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
				t.Errorf("%s, knowing %s: %d with %d bytes", path, known, again.Code, again.Body.Len())
			}
		}
		if other := o.ask("GET", path, nil, `If-None-Match: "other"`); other.Code != http.StatusOK {
			t.Errorf("%s, knowing another: %d", path, other.Code)
		}
	}
}

func TestAnnotated(t *testing.T) {
	o := usual(t)
	w := o.ask("GET", "/api/v1/submissions/2/annotated.xlsx", nil)
	named(t, w, "乙县走访【请修改】.xlsx")
	if w.Body.String() != "marked 2" {
		t.Errorf("%s", w.Body)
	}
	problemOf(t, o.ask("GET", "/api/v1/submissions/1/annotated.xlsx", nil), 404, "nothing-marked")
	problemOf(t, o.ask("GET", "/api/v1/submissions/99/annotated.xlsx", nil), 404, "not-found")
}

func TestReceipt(t *testing.T) {
	o := usual(t)
	w := o.ask("GET", "/api/v1/submissions/3/receipt", nil)
	if w.Code != http.StatusOK || w.Body.String() != "回执 3\n" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%d %s %q", w.Code, w.Header(), w.Body)
	}
	problemOf(t, o.ask("GET", "/api/v1/submissions/99/receipt", nil), 404, "not-found")
}

func TestBlank(t *testing.T) {
	o := open(t)
	w := o.ask("GET", "/api/v1/forms/visits/blank.xlsx", nil)
	named(t, w, "走访台账.xlsx")
	if w.Header().Get("Content-Type") != xlsxType {
		t.Error(w.Header().Get("Content-Type"))
	}
	opens(t, w.Body.Bytes())
	w = o.ask("GET", "/api/v1/forms/visits/blank.xlsx?county=%E4%B9%99%E5%8E%BF", nil)
	named(t, w, "走访台账_乙县.xlsx")
	opens(t, w.Body.Bytes())
	o.deps.Prefilled = func(_ context.Context, f *templates.Form, c *templates.County, period string) (templates.BlankOptions, error) {
		return templates.BlankOptions{County: c, Period: period, Rows: []map[string]any{{f.Key[0]: c.Name + "在手的一件"}}}, nil
	}
	o.handler = New(o.deps)
	w = o.ask("GET", "/api/v1/forms/visits/blank.xlsx?county=%E4%B9%99%E5%8E%BF&carry=1", nil)
	if !holds(t, w.Body.Bytes(), "乙县在手的一件") {
		t.Error("the items of the county are not on its form")
	}
	w = o.ask("GET", "/api/v1/forms/visits/blank.xlsx?county=%E4%B9%99%E5%8E%BF", nil)
	if holds(t, w.Body.Bytes(), "在手的一件") {
		t.Error("a blank form has items")
	}
	problemOf(t, o.ask("GET", "/api/v1/forms/nothing/blank.xlsx", nil), 404, "form-unknown")
	problemOf(t, o.ask("GET", "/api/v1/forms/visits/blank.xlsx?county=nowhere", nil), 422, "county-unknown")
}

// opens says that bytes are a workbook with a sheet.
func opens(t *testing.T, data []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name == "xl/worksheets/sheet1.xml" {
			return
		}
	}
	t.Error("no sheet in the workbook")
}

// holds says whether a text stands in a cell of the workbook.
func holds(t *testing.T, data []byte, text string) bool {
	t.Helper()
	b, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range b.Sheets {
		for _, row := range s.Rows {
			for cell := range row.Cells.All() {
				if strings.Contains(cell.Text, text) {
					return true
				}
			}
		}
	}
	return false
}

// The workbook of a table is drawn as the table is now, under its own name, and
// is not sent again while it says the same.
func TestSummaryBook(t *testing.T) {
	o := usual(t)
	w := o.ask("GET", "/api/v1/summaries/visits_done.xlsx", nil, "Range: bytes=0-1")
	named(t, w, "各县区走访办结情况.xlsx")
	opens(t, w.Body.Bytes())
	if tag := sumTag(w.Body.Bytes()); w.Code != http.StatusOK || w.Header().Get("ETag") != tag {
		t.Errorf("%d %s", w.Code, w.Header().Get("ETag"))
	}
	if w := o.ask("GET", "/api/v1/summaries/visits_done.xlsx", nil, "If-None-Match: "+w.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("%d", w.Code)
	}
	problemOf(t, o.ask("GET", "/api/v1/summaries/nothing.xlsx", nil), 404, "summary-unknown")
}

// Another period's says in its name which.
func TestSummaryBookOfAPeriod(t *testing.T) {
	w := usual(t).ask("GET", "/api/v1/summaries/visits_done.xlsx?period=2026-11-14", nil)
	named(t, w, "各县区走访办结情况-2026-11-14.xlsx")
	opens(t, w.Body.Bytes())
}

// A name out of a county's file can neither leave the header nor be read as
// another file.
func TestHostileNames(t *testing.T) {
	for name, want := range map[string]string{
		"a\"; filename=\"b.exe":      "a_; filename=_b.exe",
		"a\r\nSet-Cookie: x=1.xlsx":  "a__Set-Cookie_ x=1.xlsx",
		"../../etc/passwd":           ".._.._etc_passwd",
		"\u202excod.exe":             "_xcod.exe",
		"报表 100%&+=@.xlsx":           "报表 100%&+=@.xlsx",
		"<script>alert(1)</script>.": "_script_alert(1)__script_.",
	} {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Disposition", attachment(name, name))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		named(t, w, want)
	}
}

// Only a workbook is sent as a workbook; a page that a county dropped into its
// folder is never one that a browser would open.
func TestKindOfOriginal(t *testing.T) {
	o := open(t)
	o.file("甲县", "报表.html", "<script>alert(1)</script>")
	w := o.ask("GET", "/api/v1/submissions/1/original", nil)
	named(t, w, "报表.html")
	if kind := w.Header().Get("Content-Type"); kind != "application/octet-stream" {
		t.Error(kind)
	}
}
