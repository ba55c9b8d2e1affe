package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// noon is the moment of all tests: a Sunday within the period due on the 24th.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, templates.China)

// office is a whole city office in a temporary folder: the real store, the real
// catalog, and the real handler.
type office struct {
	t       *testing.T
	deps    Deps
	store   *merge.Store
	handler http.Handler
	log     *lines
	dropped []string // county/name of each upload
	mu      sync.Mutex
	now     time.Time
}

// lines is a log that a test can read.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// open lays out the office.
func open(t *testing.T) *office {
	t.Helper()
	dir := t.TempDir()
	o := &office{t: t, log: &lines{}, now: noon}
	catalog := o.catalog(dir)
	store, err := merge.Open(t.Context(), filepath.Join(dir, "taizhang.db"), catalog, o.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	o.store = store
	o.deps = Deps{
		Store: store, Catalog: catalog, Now: o.clock, Version: "1.2.3",
		Share: filepath.Join(dir, "share"), Archive: filepath.Join(dir, "archive"),
		Log:  slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Drop: o.drop, Check: o.check, Annotated: o.annotated,
		Receipt: func(_ context.Context, id int64) (string, error) { return fmt.Sprintf("回执 %d\n", id), nil },
		Fits:    func(name string) bool { return filepath.Ext(name) != ".part" },
	}
	for _, d := range []string{o.deps.Share, o.deps.Archive} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	o.handler = New(o.deps)
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// later moves the clock.
func (o *office) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// catalog reads the test's forms, and leaves out those that are shipped.
func (o *office) catalog(dir string) *templates.Catalog {
	o.t.Helper()
	forms := filepath.Join(dir, "forms")
	for name, text := range map[string]string{
		"forms/visits.yaml": visitsForm, "forms/counts.yaml": countsForm, "forms/done.yaml": doneSummary, "counties.yaml": fiveCounties,
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			o.t.Fatal(err)
		}
	}
	all, err := templates.Load(templates.City{Forms: forms, Counties: filepath.Join(dir, "counties.yaml")})
	if err != nil {
		o.t.Fatal(err)
	}
	own := &templates.Catalog{Counties: all.Counties}
	for _, f := range all.Forms {
		if strings.HasPrefix(f.File, dir) {
			own.Forms = append(own.Forms, f)
		}
	}
	for _, s := range all.Summaries {
		if strings.HasPrefix(s.File, dir) {
			own.Summaries = append(own.Summaries, s)
		}
	}
	return own
}

// grid makes a workbook of one sheet from lines of cells parted by bars.
func grid(text string) *sheets.Book {
	s := &sheets.Sheet{Name: "台账"}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var cells []sheets.Cell
		for j, cell := range strings.Split(line, "|") {
			cell = strings.TrimSpace(cell)
			if cell == "" {
				continue
			}
			kind := sheets.Text
			if regexp.MustCompile(`^[0-9.]+$`).MatchString(cell) {
				kind = sheets.Number
			}
			cells = append(cells, sheets.Cell{Col: j + 1, Kind: kind, Raw: cell, Text: cell})
		}
		s.Rows = append(s.Rows, sheets.Row{Num: i + 1, Cells: sheets.CellsOf(cells...)})
	}
	return &sheets.Book{Format: "xlsx", Sheets: []*sheets.Sheet{s}}
}

// file sends a grid through the store as a county's file and answers what
// became of it. The archived original is the grid's text.
func (o *office) file(county, name, text string) merge.Submission {
	o.t.Helper()
	sum := sha256.Sum256([]byte(text))
	sha := hex.EncodeToString(sum[:])
	blob := filepath.Join(o.deps.Archive, sha[:2], sha)
	if err := errors.Join(os.MkdirAll(filepath.Dir(blob), 0o755), os.WriteFile(blob, []byte(text), 0o644)); err != nil {
		o.t.Fatal(err)
	}
	ctx := o.t.Context()
	came := o.store.ArriveAll(ctx, []merge.Arrival{{County: county, Name: name, SHA256: sha, Size: int64(len(text)), Channel: "folder"}})[0]
	if came.Err != nil || !came.Fresh {
		o.t.Fatalf("arrive: fresh %v, %v", came.Fresh, came.Err)
	}
	from := templates.Sender{County: o.deps.Catalog.Counties.ByFolder(county), File: name, Now: o.clock()}
	if known := o.deps.Catalog.Judge(grid(text), from).Form; known != nil {
		from.Form = known.Name // the grids have no titles
	}
	done := o.store.MergeAll(ctx, []merge.Judged{{Arrival: came.Arrival, Reading: o.deps.Catalog.Judge(grid(text), from)}})[0]
	if done.Err != nil {
		o.t.Fatal(done.Err)
	}
	return done.Submission
}

// drop stands for the watcher's door: it writes below the share.
func (o *office) drop(_ context.Context, county, name string, r io.Reader) (string, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return "", err
	}
	path := filepath.Join(o.deps.Share, county, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
		return "", err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.dropped = append(o.dropped, county+"/"+name)
	return path, nil
}

// check tells what it was asked, so that a test sees it.
func (o *office) check(_ context.Context, name, county, form string, data []byte) (any, error) {
	return map[string]any{"file": name, "county": county, "form": form, "size": len(data)}, nil
}

// annotated has a copy for every file that did not pass.
func (o *office) annotated(ctx context.Context, id int64) (string, []byte, error) {
	sub, err := o.store.Submission(ctx, id)
	if err != nil || sub.Verdict == templates.Accepted {
		return "", nil, err
	}
	return "乙县走访【请修改】.xlsx", fmt.Appendf(nil, "marked %d", id), nil
}

// ask sends a request to the handler. The lines after the path are headers.
func (o *office) ask(method, path string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequest(method, path, body)
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	return w
}

// get reads a JSON answer that must be a 200.
func get[T any](o *office, path string) T {
	o.t.Helper()
	w := o.ask("GET", path, nil)
	var v T
	if w.Code != http.StatusOK {
		o.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/json" {
		o.t.Errorf("GET %s: content type %q", path, kind)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		o.t.Fatalf("GET %s: %v in %s", path, err, w.Body)
	}
	return v
}

// page reads a page that must be a 200.
func (o *office) page(path string, headers ...string) string {
	o.t.Helper()
	w := o.ask("GET", path, nil, append(headers, "Accept: text/html")...)
	if w.Code != http.StatusOK {
		o.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// problemOf reads an answer that must be a problem with this status and code.
func problemOf(t *testing.T, w *httptest.ResponseRecorder, status int, code string) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("no problem: %v in %s", err, w.Body)
	}
	if w.Code != status || p.Status != status || p.Code != code {
		t.Errorf("got %d %s (%d), want %d %s: %s", w.Code, p.Code, p.Status, status, code, w.Body)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("content type %q", kind)
	}
	if p.Type != "urn:taizhang:problem:"+code || p.Title == "" || p.Hint == "" || p.EN.Title == "" || p.EN.Hint == "" {
		t.Errorf("a problem without words: %+v", p)
	}
	return p
}

// sent is one part of a multipart form; a part with a name is a file.
type sent struct{ field, name, text string }

// form writes a multipart form and the header that goes with it.
func form(t *testing.T, parts ...sent) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		part, err := w.CreateFormField(p.field)
		if p.name != "" {
			part, err = w.CreateFormFile(p.field, p.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, p.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, "Content-Type: " + w.FormDataContentType()
}
