package merge

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

// rebuilt works a city's store out again from what arrived, and answers where the
// new one lies and in what it differs.
func (c *city) rebuilt() (path string, found []Difference) {
	c.t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(c.path), "rebuilt")
	if err != nil {
		c.t.Fatal(err)
	}
	path = filepath.Join(dir, "new.db")
	found, err = c.Rebuild(context.Background(), Rebuilding{Path: path, Judge: c.again})
	if err != nil {
		c.t.Fatalf("rebuild: %v", err)
	}
	return path, found
}

// again judges what arrived once more.
func (c *city) again(_ context.Context, catalog *templates.Catalog, a Arrival) (*templates.Reading, error) {
	b := c.books[a.SHA256]
	if b == nil {
		return nil, errors.New("no original")
	}
	return catalog.Judge(b, templates.Sender{County: c.catalog.Counties.ByFolder(a.County), File: a.Name, Now: a.At}), nil
}

// A store that was worked out again holds the same letters, lists, numbers and
// records, goes on with the next number, and sends nothing twice.
func TestRebuildIsTheSame(t *testing.T) {
	c, ctx := listCity(t), context.Background()
	c.dropList("一.xlsx", grid(listHead, "R1|东山县||甲事|1.5|2021-06-30", "R2|东山县||乙事||", "R3|西河县||丙事|2|"))
	c.at("2021-04-03")
	if sub := c.send("东山县", "a.xlsx", c.book("tasks", "R1|东山县||甲事|1.5|2021-06-30||完成|1.2|", "R9|东山县||自己的|||| 进行中||")); !Takes(sub.Verdict) {
		t.Fatalf("the report: %+v", sub)
	}
	c.at("2021-04-05")
	c.dropList("二.xlsx", grid(listHead, "R2|东山县||乙事改|3|"))
	c.at("2021-04-08")
	c.send("东山县", "b.xlsx", c.book("tasks", "R1|东山县||甲事|1.5|2021-06-30||完成|1.3|", "R2|东山县||乙事|||| 进行中||"))
	l, ok, err := c.Claim(ctx, ByFolder)
	if err != nil || !ok || c.Sent(ctx, l.ID) != nil {
		t.Fatalf("claim: %v %v", ok, err)
	}
	path, found := c.rebuilt()
	if len(found) > 0 {
		t.Errorf("differs: %+v", found)
	}
	fresh := openCity(t, path, c.catalog)
	for _, query := range []string{
		`SELECT COUNT(*) || '-' || GROUP_CONCAT(id || state || message_id || attempts) FROM outbox`,
		`SELECT GROUP_CONCAT(id || county || key || label || cells || list || COALESCE(ended, '-')) FROM handed_item`,
		`SELECT GROUP_CONCAT(name || value) FROM (SELECT * FROM counter ORDER BY name)`,
		`SELECT COUNT(*) || MAX(id) FROM audit`, `SELECT GROUP_CONCAT(id || judged || at) FROM arrival`,
		`SELECT GROUP_CONCAT(number || judged_at || COALESCE(form_set, '-')) FROM submission`,
	} {
		var was, is string
		if err := errors.Join(c.read.QueryRow(query).Scan(&was), fresh.read.QueryRow(query).Scan(&is)); err != nil || was != is {
			t.Errorf("%s:\n%s\n%s\n%v", query, was, is, err)
		}
	}
	if left, ok, err := fresh.Claim(ctx, ByFolder); err != nil || ok && left.ID == l.ID {
		t.Errorf("a letter that was sent goes out again: %+v %v", left, err)
	}
}

// A form that changed since: each file is read with the text of its day.
func TestRebuildReadsWithTheFormOfItsDay(t *testing.T) {
	old := loadCatalog(t, "testdata/forms")
	path := filepath.Join(t.TempDir(), "taizhang.db")
	first := openCity(t, path, old)
	first.must(templates.Accepted, "东山县", "a.xlsx", first.book("items", "X1|1|||||||已办结"))
	first.must(templates.Partial, "东山县", "b.xlsx", first.book("items", "X1|1|||||||已办结", "X2|1|||||||也许"))
	c := openCity(t, path, changedForms(t, "fields:\n", "fields:\n  - {name: remark, title: 备注, type: text, constraints: {required: true}}\n"))
	c.books = first.books
	c.clock = first.clock.AddDate(0, 0, 1)
	c.must(templates.Accepted, "西河县", "c.xlsx", c.book("items", "新写的|X1|1|||||||已办结"))
	if _, found := c.rebuilt(); len(found) > 0 {
		t.Errorf("differs: %+v", found)
	}
	// With the present text alone the first file would have been returned.
	r := c.catalog.Judge(first.book("items", "X1|1|||||||已办结"), templates.Sender{County: c.catalog.Counties.ByFolder("东山县"), File: "a.xlsx", Now: c.clock})
	if r.Compare(templates.Past{}); r.Verdict == templates.Accepted {
		t.Error("the changed form accepts the old file; the test shows nothing")
	}
}

// What was changed behind the program's back is named, and mended by a rebuild.
func TestRebuildNamesAndMends(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结||| 12.5", "X2|1|||||||正在办理"))
	c.must(templates.Accepted, "西河县", "b.xlsx", c.book("items", "X1|1|||||||已办结"))
	for _, statement := range []string{
		`UPDATE rows_items SET status = '正在办理' WHERE _county = '东山县' AND _key LIKE '%X1%' OR _county = '东山县' AND _record = 1`,
		`DELETE FROM figure WHERE summary = 'overview' AND county = '西河县'`,
		`UPDATE submission SET verdict = 'returned' WHERE id = 2`,
		`INSERT INTO held (submission, form, county, period, key, label, sheet, row_num) VALUES (1, 'items', '东山县', '', '', '', 'S', 9)`,
	} {
		if _, err := c.write.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	path, found := c.rebuilt()
	var named []string
	for _, d := range found {
		named = append(named, fmt.Sprint(d.Kind, " ", d.Form, " ", d.County, " ", d.Item))
	}
	want := []string{"figure overview 西河县 ", "file items 西河县 20210401-0002", "held items 东山县 20210401-0001", "record items 东山县 1"}
	if diff := cmp.Diff(want, named); diff != "" {
		t.Error(diff)
	}
	fresh := openCity(t, path, c.catalog)
	if diff := cmp.Diff([]string{"东山县 X1 已办结", "东山县 X2 正在办理", "西河县 X1 已办结"}, fresh.current("items", "case_no", "status")); diff != "" {
		t.Error(diff)
	}
	fresh.books = c.books
	if _, found := fresh.rebuilt(); len(found) > 0 {
		t.Errorf("rebuilt once more: %+v", found)
	}
}

// Without its original a file cannot be judged again, and nothing is made up.
func TestRebuildNeedsTheOriginals(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	clear(c.books)
	if _, err := c.Rebuild(context.Background(), Rebuilding{Path: filepath.Join(t.TempDir(), "x.db"), Judge: c.again}); err == nil {
		t.Error("a store was made of nothing")
	}
}

// More files than one transaction takes, with lists of the city's and a withdrawal
// between them, come out the same; what was changed is named wherever it stands.
func TestRebuildOfManyFiles(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	var mistaken string
	for n := 1; n <= 2*MostTogether+10; n++ {
		c.clock = c.clock.Add(time.Minute)
		county := []string{"东山县", "西河县", "南平区"}[n%3]
		sub := c.send(county, fmt.Sprint(n, ".xlsx"), c.book("items", fmt.Sprintf("X%d|%d|||||||已办结", n, n), fmt.Sprintf("Y%d|%d|||||||正在办理", n%7, n)))
		switch n {
		case 40:
			mistaken = sub.Number
		case 90:
			c.undone(mistaken)
		case 100:
			c.send(county, "空.xlsx", c.returned("items", "没有表头"))
			if _, err := c.SkipNumbers(ctx); err != nil { // records go on with a million
				t.Fatal(err)
			}
		}
	}
	path, found := c.rebuilt()
	if len(found) > 0 {
		t.Fatalf("differs: %+v", found)
	}
	fresh := openCity(t, path, c.catalog)
	if diff := cmp.Diff(c.facts(), fresh.facts()); diff != "" {
		t.Error(diff)
	}
	for _, change := range []struct{ statement, want string }{
		{`UPDATE rows_items SET status = '正在办理' WHERE _record > 1000000 AND _key LIKE '%X138%'`, "record 1"},
		{`UPDATE rows_items SET _record = 0 WHERE _record = 1`, "record 2"},
		{`UPDATE rows_items SET _record = -9223372036854775807 - 1 WHERE _record = 2`, "record 2"},
		{`UPDATE rows_items SET _record = 9223372036854775807 WHERE _record = 3`, "record 2"},
		{`UPDATE finding SET code = 'Q99' WHERE submission = (SELECT id FROM submission WHERE file = '空.xlsx')`, "finding 1"},
		{`UPDATE submission SET rows_taken = 7 WHERE file = '130.xlsx'`, "file 1"},
	} {
		_, was := c.rebuilt()
		if _, err := c.write.Exec(change.statement); err != nil {
			t.Fatal(err)
		}
		_, found := c.rebuilt()
		count := map[string]int{}
		for _, d := range found {
			if !slices.Contains(was, d) {
				count[d.Kind]++
			}
		}
		if got := strings.Trim(fmt.Sprint(count), "map[]"); got != strings.ReplaceAll(change.want, " ", ":") {
			t.Errorf("%s: %s, want %s", change.statement, got, change.want)
		}
	}
}
