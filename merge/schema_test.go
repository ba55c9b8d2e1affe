package merge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
	"modernc.org/sqlite"
)

// reopen opens the store of a city that was closed.
func reopen(t *testing.T, path string, catalog *templates.Catalog) (*Store, error) {
	t.Helper()
	return Open(context.Background(), path, catalog, nil)
}

// closedCity makes a store with one file in it and closes it.
func closedCity(t *testing.T, catalog *templates.Catalog) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "台账 100%?.db")
	c := openCity(t, path, catalog)
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReopen(t *testing.T) {
	catalog := loadCatalog(t, "testdata/forms")
	path := closedCity(t, catalog)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the file is not where it was asked for: %v", err)
	}
	c := openCity(t, path, catalog)
	if diff := cmp.Diff([]string{"东山县 X1"}, c.current("items", "case_no")); diff != "" {
		t.Error(diff)
	}
	version, _, err := c.Release(context.Background(), "overview")
	if err != nil || version != 0 {
		t.Errorf("release: %d %v", version, err)
	}
	sub := c.must(templates.Accepted, "东山县", "b.xlsx", c.book("items", "X1|1|||||||正在办理"))
	if sub.Number != "20210401-0002" {
		t.Errorf("number goes on: %s", sub.Number)
	}
}

func TestPragmas(t *testing.T) {
	c := newCity(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
		"application_id": fmt.Sprint(applicationID)} {
		var got string
		if err := c.write.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s; %v", pragma, got, want, err)
		}
	}
	if runtime.GOOS == "linux" && !sqlite.OFDLockingEnabled() {
		t.Error("the lock is lost when the program itself opens and closes the file")
	}
	if _, err := c.read.Exec("DELETE FROM arrival"); err == nil {
		t.Error("a reader can write")
	}
	var bad int
	if err := c.write.QueryRow(`SELECT COUNT(*) FROM pragma_foreign_key_check`).Scan(&bad); err != nil || bad != 0 {
		t.Errorf("foreign keys: %d %v", bad, err)
	}
}

func TestRefusedFiles(t *testing.T) {
	catalog := loadCatalog(t, "testdata/forms")
	newer := closedCity(t, catalog)
	run(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	foreign := filepath.Join(t.TempDir(), "other.db")
	run(t, foreign, `CREATE TABLE theirs (a TEXT)`)
	marked := filepath.Join(t.TempDir(), "marked.db")
	run(t, marked, `PRAGMA application_id = 4711`)
	for name, path := range map[string]string{"newer": newer, "of another program": foreign, "marked by another": marked} {
		_, err := reopen(t, path, catalog)
		var trouble *Trouble
		if !errors.As(err, &trouble) || trouble.Hint == "" {
			t.Errorf("a file that is %s: %v", name, err)
		}
	}
}

// run runs SQL on a database file from outside.
func run(t *testing.T, path, statement string) {
	t.Helper()
	if err := lockByDescription(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", address(path, "rwc"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// changedForms is the test forms with a text of items.yaml replaced.
func changedForms(t *testing.T, old, new string) *templates.Catalog {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/forms")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "items.yaml")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("items.yaml has no %q: %v", old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return loadCatalog(t, dir)
}

func TestFormGrowsAColumn(t *testing.T) {
	old := loadCatalog(t, "testdata/forms")
	path := closedCity(t, old)
	same := (&city{catalog: old}).book("items", "X1|1|||||||已办结")
	c := openCity(t, path, changedForms(t, "fields:\n", "fields:\n  - {name: remark, title: 备注, type: text}\n"))
	if diff := cmp.Diff([]string{"东山县 X1 "}, c.current("items", "case_no", "remark")); diff != "" {
		t.Error(diff)
	}
	// The same bytes may say something else to a form that changed.
	if sub := c.must(templates.Noted, "东山县", "另存.xlsx", same); !sub.InForce {
		t.Errorf("the same bytes, read with another text: %+v", sub)
	}
	c.must(templates.Accepted, "东山县", "b.xlsx", c.book("items", "新写的|X1|1|||||||已办结"))
	if diff := cmp.Diff([]string{"东山县 X1 新写的"}, c.current("items", "case_no", "remark")); diff != "" {
		t.Error(diff)
	}
	var remark string
	if err := c.read.QueryRow(`SELECT "备注" FROM "举报件台账"`).Scan(&remark); err != nil || remark != "新写的" {
		t.Errorf("view: %q %v", remark, err)
	}
	var texts int
	if err := c.read.QueryRow(`SELECT COUNT(*) FROM form_version WHERE form = 'items'`).Scan(&texts); err != nil || texts != 2 {
		t.Errorf("form texts: %d %v", texts, err)
	}
}

func TestFormKeepsItsTypes(t *testing.T) {
	path := closedCity(t, loadCatalog(t, "testdata/forms"))
	for what, catalog := range map[string]*templates.Catalog{
		"type":  changedForms(t, "title: 行业类型, type: text", "title: 行业类型, type: int"),
		"scale": changedForms(t, "type: decimal, scale: 2", "type: decimal, scale: 4"),
	} {
		_, err := reopen(t, path, catalog)
		var trouble *Trouble
		if !errors.As(err, &trouble) || trouble.Hint == "" {
			t.Errorf("changed %s: %v", what, err)
		}
	}
	c := openCity(t, path, loadCatalog(t, "testdata/forms"))
	if diff := cmp.Diff([]string{"东山县 X1"}, c.current("items", "case_no")); diff != "" {
		t.Error(diff)
	}
}

func TestChangedSummaryIsComputedAnew(t *testing.T) {
	path := closedCity(t, loadCatalog(t, "testdata/forms"))
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/forms")); err != nil {
		t.Fatal(err)
	}
	text := "summary: overview\ntitle: 总体\nform: items\nby: county\ncolumns:\n  - {name: closed, title: 办结, count: \"status == '已办结'\"}\ntotal: true\n"
	if err := os.WriteFile(filepath.Join(dir, "s1_overview.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "s2_veracity.yaml")); err != nil {
		t.Fatal(err)
	}
	c := openCity(t, path, loadCatalog(t, dir))
	lines, _ := c.table("overview", "", zeroTime)
	if lines[0] != "东山县 | 1" {
		t.Errorf("lines: %v", lines)
	}
	var left int
	if err := c.read.QueryRow(`SELECT (SELECT COUNT(*) FROM figure WHERE summary = 'veracity') +
		(SELECT COUNT(*) FROM figure WHERE measure = 'items' AND summary = 'overview')`).Scan(&left); err != nil || left != 0 {
		t.Errorf("figures of what is gone: %d %v", left, err)
	}
}

func TestView(t *testing.T) {
	c := newCity(t)
	sub := c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|东山|是|水|||属实|已办结|2021-03-30|2021年6月底前，并长期坚持|12.5|2"))
	var county, key, number, file, fine, on, admin string
	var open, row int
	err := c.read.QueryRow(`SELECT "填报县区", "受理编号", "来源文件编号", "来源文件", CAST("罚款金额(万元)" AS TEXT),
		"整改时限（日期）", "整改时限（长期）", "拘留(人)/行政", "来源行" FROM "举报件台账"`).
		Scan(&county, &key, &number, &file, &fine, &on, &open, &admin, &row)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(county, key, number == sub.Number, file, fine, on, open, admin, row)
	if want := "东山县X1truea.xlsx12.52021-06-301 2 3"; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("view: %s", got)
	}
}

func TestTitlesAreNamedOnce(t *testing.T) {
	b := titleBook{}
	got := []string{b.name("合计"), b.name("合计"), b.name("合计（2）"), b.name(`a"b`), b.name("A"), b.name("a")}
	want := []string{`"合计"`, `"合计（2）"`, `"合计（2）（2）"`, `"a""b"`, `"A"`, `"a（2）"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Every field of a finding comes back as it was told.
func TestFindingsComeBackWhole(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	sub := c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1"))
	var f templates.Finding
	fill(t, reflect.ValueOf(&f).Elem(), "")
	err := c.change(ctx, func(q *session) error { return q.addFindings(sub.ID, []templates.Finding{f, {Code: "C01"}}) })
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Findings(ctx, sub.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]templates.Finding{f, {Code: "C01"}}, got); diff != "" {
		t.Error(diff)
	}
}

func fill(t *testing.T, v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(name + " 文字")
	case reflect.Int:
		v.SetInt(7)
	case reflect.Slice:
		v.Set(reflect.ValueOf([]string{"A1", "B2:B9"}))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), name+v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("a finding has a %s: teach the store and this test", v.Kind())
	}
}

// A merge that fails at its last step leaves nothing behind, and can be done
// again.
func TestMergeIsAllOrNothing(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1||||||||正在办理"))
	before := dump(t, c)
	book := c.book("items", "X1||||||||已办结", "X2||||||||已办结", "X3||||||||也许")
	a, _ := c.arrive("东山县", "b.xlsx", book)
	if _, err := c.write.Exec(`CREATE TRIGGER no_letters BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END`); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Merge(ctx, a, c.judge("东山县", "b.xlsx", book), Answer{}); err == nil {
		t.Fatal("merged without a letter")
	}
	if diff := cmp.Diff(before, dump(t, c)); diff != "" {
		t.Errorf("left behind: %s", diff)
	}
	if _, err := c.write.Exec(`DROP TRIGGER no_letters`); err != nil {
		t.Fatal(err)
	}
	sub, err := c.Merge(ctx, a, c.judge("东山县", "b.xlsx", book), Answer{})
	if err != nil || sub.Verdict != templates.Partial || sub.Number != "20210401-0002" {
		t.Errorf("merged again: %+v %v", sub, err)
	}
}

// dump counts the rows of all tables that a merge writes.
func dump(t *testing.T, c *city) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{"submission", "finding", "held", "figure", "outbox", "rows_items", "audit WHERE action = 'merge'",
		"arrival WHERE judged = 1", "rows_items WHERE _to IS NULL", "counter"} {
		var n int
		if err := c.read.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	var want int
	if err := c.read.QueryRow(`SELECT SUM(want) FROM summary_state`).Scan(&want); err != nil {
		t.Fatal(err)
	}
	counts["wanted"] = want
	return counts
}

// Readers see whole merges only, while the writer goes on.
func TestReadersSeeWholeMerges(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	var group sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				table, err := c.Table(ctx, "overview", "", zeroTime)
				if err != nil {
					t.Errorf("table: %v", err)
					return
				}
				if n := columnOf(table, "items")["合计"]; n != "0" && !strings.HasSuffix(n, "0") {
					t.Errorf("half a merge: %s items", n)
					return
				}
			}
		})
	}
	for i := range 20 {
		var rows []string
		for k := range 10 {
			rows = append(rows, fmt.Sprintf("X%d-%d", i, k))
		}
		if sub := c.send("东山县", fmt.Sprintf("%d.xlsx", i), c.book("items", rows...)); !Takes(sub.Verdict) {
			t.Fatalf("%d.xlsx: %s", i, sub.Verdict)
		}
	}
	close(done)
	group.Wait()
	_, table := c.table("overview", "", zeroTime)
	if n := columnOf(table, "items")["东山县"]; n != "200" {
		t.Errorf("%s items", n)
	}
}
