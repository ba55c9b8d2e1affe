package templates

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

const schemas = "../docs/schema"

// schema compiles one of the schemas that editors use.
func schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	s, err := c.Compile(filepath.Join(schemas, name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plainYAML is a YAML text as an editor sees it: JSON's kinds, days as texts.
func plainYAML(t testing.TB, text []byte) any {
	t.Helper()
	var root yaml.Node
	if err := yaml.Load(text, &root); err != nil {
		t.Fatal(err)
	}
	return plainNode(t, root.Content[0])
}

func plainNode(t testing.TB, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plainNode(t, n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, item := range n.Content {
			out = append(out, plainNode(t, item))
		}
		return out
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		return json.Number(n.Value)
	}
	return n.Value
}

func readText(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSchemasTakeWhatWeTake: what is shipped, shown as an example or used as a
// test form stands before each schema.
func TestSchemasTakeWhatWeTake(t *testing.T) {
	files := map[string][]string{
		"form":     {"forms/*.yaml", "../testdata/forms/*.yaml"},
		"summary":  {"summaries/*.yaml", "testdata/*.yaml"},
		"settings": {"../taizhang.example.yaml"},
	}
	for name, patterns := range files {
		s := schema(t, name)
		for _, pattern := range patterns {
			found, err := filepath.Glob(pattern)
			if err != nil || len(found) == 0 {
				t.Fatalf("%s: %d files, %v", pattern, len(found), err)
			}
			for _, file := range found {
				if err := s.Validate(plainYAML(t, readText(t, file))); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
	}
	for name, texts := range map[string][]string{
		"form":     {ownForm, "form: case_summary\noff: true\n", ruleForm},
		"summary":  {"summary: petition_by_type\noff: true\n"},
		"counties": {string(CountiesExample()), exampleCounties(t)},
		"settings": {"city: 某市\n", "{}\n"},
	} {
		for _, text := range texts {
			if err := schema(t, name).Validate(plainYAML(t, []byte(text))); err != nil {
				t.Errorf("%s %.40q: %v", name, text, err)
			}
		}
	}
}

// exampleCounties is the list of the demo, as a file of counties.
func exampleCounties(t *testing.T) string {
	t.Helper()
	_, list, ok := strings.Cut(string(readText(t, "../demo.yaml")), "\ncounties:\n")
	list, _, more := strings.Cut(list, "\ncases:\n")
	if !ok || !more {
		t.Fatal("demo.yaml names no counties before its cases")
	}
	return "counties:\n" + list
}

// TestSchemasRefuse: slips of the pen that the program tells, an editor shows too.
func TestSchemasRefuse(t *testing.T) {
	for file, name := range map[string]string{
		"unknown_key": "form", "no_key": "form", "types": "form", "off": "form", "period_missing": "form", "period_grace": "form",
		"summary": "summary", "counties_key": "counties",
	} {
		if err := schema(t, name).Validate(plainYAML(t, readText(t, "testdata/bad/"+file+".yaml"))); err == nil {
			t.Errorf("%s.yaml passes as a %s", file, name)
		}
	}
	good := strings.TrimSpace(ownForm)
	for _, slip := range [][3]string{
		{"form", good, "\nkin: ledger"},
		{"form", good, "\nkind: lodger"},
		{"form", good, "\nkind: report"},
		{"form", good, "\nrowKey: {issue: true, match: done}"},
		{"form", good, "\norder: -1"},
		{"form", good, "\nperiod: {grace: 5d}"},
		{"form", good, "\nrules: [{name: a, code: R99, check: filled(done), message: 甲}]"},
		{"form", strings.Replace(good, "type: int", "type: integer", 1), ""},
		{"form", strings.Replace(good, "type: int", "type: int, scale: 2", 1), ""},
		{"form", strings.Replace(good, "type: int", "type: enum", 1), ""},
		{"form", strings.Replace(good, "name: done", "name: Done", 1), ""},
		{"settings", "settle: 2 seconds", ""},
		{"settings", "setle: 2s", ""},
		{"settings", "mail: {tls: ssl}", ""},
		{"counties", "counties: [{folder: 甲县}]", ""},
		{"counties", "counties: [{name: 甲县, email: nobody}]", ""},
		{"counties", "counties: [{name: 甲县, folder: a/b}]", ""},
		{"summary", "summary: a\ntitle: 甲\nform: b\ncolumns: [{name: c, title: 丙, count: true, sum: d}]", ""},
	} {
		if err := schema(t, slip[0]).Validate(plainYAML(t, []byte(slip[1]+slip[2]))); err == nil {
			t.Errorf("%s passes: %s%s", slip[0], slip[1], slip[2])
		}
	}
	if err := schema(t, "form").Validate(plainYAML(t, []byte(good))); err != nil {
		t.Error(err)
	}
}

// TestSchemasKnowEveryKey holds the keys of the schemas against those the
// program reads, so that neither is forgotten.
func TestSchemasKnowEveryKey(t *testing.T) {
	for _, test := range []struct {
		file string
		at   []string
		want []string
	}{
		{"form", nil, append(slices.Clone(formKeys), "off")},
		{"form", []string{"$defs", "field"}, fieldKeys},
		{"form", []string{"$defs", "constraints"}, constraintKeys},
		{"form", []string{"$defs", "rule"}, ruleKeys},
		{"form", []string{"$defs", "period"}, periodKeys},
		{"summary", nil, append(slices.Clone(summaryKeys), "off")},
		{"summary", []string{"$defs", "column"}, columnKeys},
		{"counties", []string{"$defs", "county"}, countyKeys},
	} {
		node := schemaNode(t, test.file, test.at...)
		got := slices.Sorted(maps.Keys(node["properties"].(map[string]any)))
		slices.Sort(test.want)
		if diff := cmp.Diff(slices.Compact(test.want), got); diff != "" {
			t.Errorf("%s %v -want +got\n%s", test.file, test.at, diff)
		}
	}
}

// TestSchemasKnowEveryWord does the same for the words that a key may have.
func TestSchemasKnowEveryWord(t *testing.T) {
	for _, test := range []struct {
		def, key string
		want     []string
	}{
		{"field", "type", typeNames()},
		{"rule", "scope", ruleScopes},
		{"rule", "code", ruleCodes()},
	} {
		node := schemaNode(t, "form", "$defs", test.def, "properties", test.key)
		var got []string
		for _, word := range node["enum"].([]any) {
			got = append(got, word.(string))
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(test.want))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s -want +got\n%s", test.def, test.key, diff)
		}
	}
}

func schemaNode(t *testing.T, name string, at ...string) map[string]any {
	t.Helper()
	var node map[string]any
	if err := json.Unmarshal(readText(t, filepath.Join(schemas, name+".schema.json")), &node); err != nil {
		t.Fatal(err)
	}
	for _, key := range at {
		node = node[key].(map[string]any)
	}
	return node
}
