package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestUpload(t *testing.T) {
	o := open(t)
	body, kind := form(t, sent{"county", "", "乙县"}, sent{"file", "走访 11月.xlsx", "the bytes"})
	w := o.ask("POST", "/api/v1/submissions", body, kind)
	if w.Code != http.StatusAccepted {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	var got taken
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("the bytes"))
	if want := (taken{"乙县", "走访 11月.xlsx", hex.EncodeToString(sum[:]), 9}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	data, err := os.ReadFile(filepath.Join(o.deps.Share, "乙县", "走访 11月.xlsx"))
	if err != nil || string(data) != "the bytes" {
		t.Errorf("%q %v", data, err)
	}
}

// The order of the fields does not matter, and an alias names the county.
func TestUploadByAlias(t *testing.T) {
	o := open(t)
	body, kind := form(t, sent{"file", "a.xlsx", "x"}, sent{"county", "", "甲"})
	if w := o.ask("POST", "/api/v1/submissions", body, kind); w.Code != http.StatusAccepted {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if !slices.Equal(o.dropped, []string{"甲县/a.xlsx"}) {
		t.Errorf("%v", o.dropped)
	}
}

func TestUploadRefuses(t *testing.T) {
	o := open(t)
	file := sent{"file", "a.xlsx", "x"}
	county := sent{"county", "", "甲县"}
	for name, c := range map[string]struct {
		parts  []sent
		status int
		code   string
	}{
		"no county":      {[]sent{file}, 422, "county-unknown"},
		"unknown county": {[]sent{file, {"county", "", "月球"}}, 422, "county-unknown"},
		"a path":         {[]sent{file, {"county", "", "../甲县"}}, 422, "county-unknown"},
		"no file":        {[]sent{county}, 422, "file-missing"},
		"two files":      {[]sent{county, file, {"file", "b.xlsx", "y"}}, 422, "file-missing"},
		"empty file":     {[]sent{county, {"file", "a.xlsx", ""}}, 422, "file-missing"},
		"another field":  {[]sent{county, {"document", "a.xlsx", "x"}}, 422, "file-missing"},
	} {
		t.Run(name, func(t *testing.T) {
			body, kind := form(t, c.parts...)
			problemOf(t, o.ask("POST", "/api/v1/submissions", body, kind), c.status, c.code)
			if len(o.dropped) > 0 {
				t.Errorf("dropped %v", o.dropped)
			}
		})
	}
}

// While the folder is out of reach nothing is taken, and the sender may try again.
func TestUploadWhileTheFolderIsAway(t *testing.T) {
	o := open(t)
	o.deps.Drop = func(context.Context, string, string, io.Reader) (string, error) {
		return "", fmt.Errorf("%w: not mounted", ErrAway)
	}
	o.handler = New(o.deps)
	body, kind := form(t, sent{"file", "a.xlsx", "x"}, sent{"county", "", "甲县"})
	problemOf(t, o.ask("POST", "/api/v1/submissions", body, kind), 503, "busy")
}

func TestUploadThatIsNoForm(t *testing.T) {
	o := open(t)
	problemOf(t, o.ask("POST", "/api/v1/submissions", strings.NewReader("x"), "Content-Type: text/plain"), 422, "file-missing")
	problemOf(t, o.ask("POST", "/api/v1/submissions", strings.NewReader("x"), "Content-Type: multipart/form-data; boundary=b"), 422, "file-missing")
	problemOf(t, o.ask("POST", "/api/v1/check", nil), 422, "file-missing")
}

func TestUploadTooLarge(t *testing.T) {
	o := open(t)
	for name, size := range map[string]int{"a byte too much": maxUpload + 1, "far too much": maxUpload + 2<<20} {
		t.Run(name, func(t *testing.T) {
			body, kind := form(t, sent{"county", "", "甲县"}, sent{"file", "a.xlsx", strings.Repeat("x", size)})
			p := problemOf(t, o.ask("POST", "/api/v1/submissions", body, kind), 413, "too-large")
			if p.Detail != "网页上传不超过 30 MB" {
				t.Error(p.Detail)
			}
			if len(o.dropped) > 0 {
				t.Errorf("dropped %v", o.dropped)
			}
		})
	}
}

func TestUploadOfTheLimit(t *testing.T) {
	o := open(t)
	body, kind := form(t, sent{"county", "", "甲县"}, sent{"file", "a.xlsx", strings.Repeat("x", maxUpload)})
	if w := o.ask("POST", "/api/v1/submissions", body, kind); w.Code != http.StatusAccepted {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Nothing of an upload is left in the temporary folder, whether it was taken or
// refused.
func TestUploadLeavesNothing(t *testing.T) {
	o := open(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, county := range []string{"甲县", "nowhere"} {
		body, kind := form(t, sent{"county", "", county}, sent{"file", "a.xlsx", strings.Repeat("x", 20<<20)})
		o.ask("POST", "/api/v1/submissions", body, kind)
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}

func TestHostileUploadNames(t *testing.T) {
	o := open(t)
	for _, name := range []string{
		"..", ".", ".hidden.xlsx", "~$走访.xlsx", "a.xlsx.", "half.part", "a:b.xlsx", "a\u202ecod.xlsx", "a\u200bb.xlsx",
		"a?.xlsx", "a*.xlsx", "a|b.xlsx", "<b>.xlsx", "\xff\xfe.xlsx", strings.Repeat("长", 90) + ".xlsx", "..\\..",
	} {
		body, kind := form(t, sent{"county", "", "甲县"}, sent{"file", name, "x"})
		w := o.ask("POST", "/api/v1/submissions", body, kind)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d %s, dropped %v", name, w.Code, w.Body, o.dropped)
			continue
		}
		problemOf(t, w, 422, "file-name-unsafe")
	}
}

// Old browsers send the whole path; only the file's own name counts, and it
// never leads out of the county's folder.
func TestUploadNamesWithPath(t *testing.T) {
	o := open(t)
	for sentAs, want := range map[string]string{
		`C:\Users\张三\走访.xlsx`:             "走访.xlsx",
		"/home/zhang/走访.xlsx":             "走访.xlsx",
		"../../../etc/passwd":             "passwd",
		`..\..\乙县\走访.xlsx`:                "走访.xlsx",
		" 走访 (2).xlsx ":                   "走访 (2).xlsx",
		"【请修改】走访 100%.xlsx":               "【请修改】走访 100%.xlsx",
		strings.Repeat("长", 60) + ".xlsx": strings.Repeat("长", 60) + ".xlsx",
	} {
		o.dropped = nil
		body, kind := form(t, sent{"county", "", "甲县"}, sent{"file", sentAs, "x"})
		w := o.ask("POST", "/api/v1/submissions", body, kind)
		if w.Code != http.StatusAccepted || !slices.Equal(o.dropped, []string{"甲县/" + want}) {
			t.Errorf("%q: %d, dropped %v", sentAs, w.Code, o.dropped)
		}
	}
}

func TestCheck(t *testing.T) {
	o := open(t)
	body, kind := form(t, sent{"file", "走访.xlsx", "abc"}, sent{"county", "", "甲"}, sent{"form", "", "visits"})
	w := o.ask("POST", "/api/v1/check", body, kind)
	if want := `{"county":"甲县","file":"走访.xlsx","form":"visits","size":3}` + "\n"; w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	body, kind = form(t, sent{"file", "走访.xlsx", "abc"})
	w = o.ask("POST", "/api/v1/check", body, kind)
	if want := `{"county":"","file":"走访.xlsx","form":"","size":3}` + "\n"; w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(o.dropped) > 0 {
		t.Errorf("a check dropped %v", o.dropped)
	}
	body, kind = form(t, sent{"file", "走访.xlsx", "abc"}, sent{"form", "", "nothing"})
	problemOf(t, o.ask("POST", "/api/v1/check", body, kind), 404, "form-unknown")
	body, kind = form(t, sent{"file", "走访.xlsx", "abc"}, sent{"county", "", "nowhere"})
	problemOf(t, o.ask("POST", "/api/v1/check", body, kind), 422, "county-unknown")
}

// The upload form of the page ends on the page again, and says what was taken.
func TestUploadFromPage(t *testing.T) {
	o := open(t)
	body, kind := form(t, sent{"county", "", "甲县"}, sent{"file", "<b>走访</b>.xlsx", "x"})
	w := o.ask("POST", "/submissions", body, kind, "Accept: text/html")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "文件名不能使用") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	body, kind = form(t, sent{"county", "", "甲县"}, sent{"file", "走访&.xlsx", "x"})
	w = o.ask("POST", "/submissions", body, kind, "Accept: text/html")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := o.page(w.Header().Get("Location"))
	if !strings.Contains(page, "已收到 甲县 的“走访&amp;.xlsx”") {
		t.Error("does not say what was taken")
	}
}

// Another site's page cannot make a browser hand in a file.
func TestCrossOrigin(t *testing.T) {
	o := open(t)
	for _, h := range []string{"Sec-Fetch-Site: cross-site", "Origin: https://elsewhere.example"} {
		body, kind := form(t, sent{"county", "", "甲县"}, sent{"file", "a.xlsx", "x"})
		problemOf(t, o.ask("POST", "/api/v1/submissions", body, kind, h), 403, "cross-origin")
	}
	if len(o.dropped) > 0 {
		t.Errorf("dropped %v", o.dropped)
	}
}
