package templates

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const someCounties = `
counties:
  - {code: "0310", name: 大理市, aliases: [大理, DL], kind: 县区, contact: 张三, phone: "0872-1", email: dl@example.gov.cn}
  - {name: 大理州, kind: 市直部门, order: 1}
  - {code: 532922, name: 漾濞彝族自治县, aliases: [漾濞县, 漾濞], folder: 漾濞, email: [a@example.gov.cn, b@example.gov.cn], forms: [task_progress, case_summary]}
`

func countiesOf(t *testing.T, text string) *Counties {
	t.Helper()
	path := filepath.Join(t.TempDir(), "counties.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(City{Counties: path})
	if err != nil {
		t.Fatal(err)
	}
	return c.Counties
}

func TestCounties(t *testing.T) {
	c := countiesOf(t, someCounties)
	want := []*County{
		{Name: "大理市", Code: "0310", Aliases: []string{"大理", "DL"}, Kind: "县区", Order: 1, Folder: "大理市", Contact: "张三", Phone: "0872-1", Email: []string{"dl@example.gov.cn"}},
		{Name: "大理州", Kind: "市直部门", Order: 1, Folder: "大理州"},
		{Name: "漾濞彝族自治县", Code: "532922", Aliases: []string{"漾濞县", "漾濞"}, Order: 3, Folder: "漾濞", Email: []string{"a@example.gov.cn", "b@example.gov.cn"},
			Forms: []string{"task_progress", "case_summary"}},
	}
	if diff := cmp.Diff(want, c.All()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestCountiesByName(t *testing.T) {
	c := countiesOf(t, someCounties)
	for text, want := range map[string]string{
		"大理市": "大理市", "大理": "大理市", " 大 理\u3000市\n": "大理市", "ＤＬ": "大理市", "dl": "大理市",
		"大理州": "大理州", "漾濞": "漾濞彝族自治县", "漾濞县": "漾濞彝族自治县",
		"大理县": "", "漾濞市": "", "": "", "漾濞彝族": "",
	} {
		got := ""
		if one := c.ByName(text); one != nil {
			got = one.Name
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCountiesByFolder(t *testing.T) {
	c := countiesOf(t, someCounties)
	if one := c.ByFolder("漾濞"); one.Name != "漾濞彝族自治县" || one.New {
		t.Errorf("%+v", one)
	}
	first := c.ByFolder("祥云县")
	if !first.New || first.Name != "祥云县" || first.Folder != "祥云县" {
		t.Errorf("%+v", first)
	}
	if again := c.ByFolder("祥云县"); again != first || c.ByName("祥云县") != first {
		t.Error("a new folder is not remembered as one county")
	}
	if all := c.All(); all[len(all)-1] != first || len(all) != 4 {
		t.Errorf("%d counties, the new one is not last", len(all))
	}
	c.Strict = true
	if one := c.ByFolder("宾川县"); one != nil {
		t.Errorf("%+v in strict mode", one)
	}
	if one := c.ByFolder("祥云县"); one != first {
		t.Error("a county met before is gone in strict mode")
	}
}

// TestNewFolderNamedLikeAnother asks that a folder of an alias' name, met later,
// leaves the name to nobody: whom it means cannot be told any more.
func TestNewFolderNamedLikeAnother(t *testing.T) {
	c := countiesOf(t, someCounties)
	one := c.ByFolder("大理")
	if !one.New || one.Name != "大理" {
		t.Fatalf("%+v", one)
	}
	if found := c.ByName("大理"); found != nil {
		t.Errorf("大理 is taken as %s", found.Name)
	}
}

func TestCountiesConcurrently(t *testing.T) {
	c := countiesOf(t, someCounties)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 50 {
				c.ByFolder(fmt.Sprintf("县%d", k))
				c.ByName(fmt.Sprintf("县%d", (k+i)%50))
				c.All()
			}
		})
	}
	wg.Wait()
	if n := len(c.All()); n != 53 {
		t.Errorf("%d counties, want 53", n)
	}
}

func TestCountiesExample(t *testing.T) {
	text := string(CountiesExample())
	if c := countiesOf(t, text); len(c.All()) != 0 {
		t.Errorf("the example names %d counties", len(c.All()))
	}
	c := countiesOf(t, strings.Replace(text, "\n#  - {", "\n  - {", 1))
	if all := c.All(); len(all) != 1 || all[0].Name != "楚雄市" || all[0].Code != "532301" {
		t.Errorf("the example's first line, uncommented, names %+v", all)
	}
}
