package main

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSettingsSchema holds the keys of the schema that editors use against
// those of the settings.
func TestSettingsSchema(t *testing.T) {
	text, err := os.ReadFile("docs/schema/settings.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		Properties map[string]node `json:"properties"`
		Items      *node           `json:"items"`
	}
	var root node
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		node node
		kind reflect.Type
	}{
		"settings": {root, reflect.TypeFor[settings]()},
		"mail":     {root.Properties["mail"], reflect.TypeFor[mailSettings]()},
		"roots":    {*root.Properties["roots"].Items, reflect.TypeFor[rootSettings]()},
		"chase":    {root.Properties["chase"], reflect.TypeFor[chaseSettings]()},
	} {
		var want []string
		for i := range test.kind.NumField() {
			want = append(want, test.kind.Field(i).Tag.Get("yaml"))
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(test.node.Properties))); diff != "" {
			t.Errorf("%s -want +got\n%s", name, diff)
		}
	}
}
