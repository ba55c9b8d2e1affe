package templates

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v4"
	"golang.org/x/text/language"
	"pgregory.net/rapid"
)

// sources are the entries of a catalogue file as they are written, by id.
func sources(t *testing.T, name string) map[string]string {
	t.Helper()
	bundle := i18n.NewBundle(language.Chinese)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	text, err := fs.ReadFile(messageFiles, name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := bundle.ParseMessageFileBytes(text, name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range file.Messages {
		out[m.ID] = m.Other
	}
	return out
}

var slotName = regexp.MustCompile(`\.([A-Z][A-Za-z]*)`)

// Every entry says, whatever it is filled in with, what text/template makes of it.
func TestPhrasesSayWhatTemplatesSay(t *testing.T) {
	for lang, name := range map[string]string{"zh": "messages/zh-CN.yaml", "en": "messages/en.yaml"} {
		for id, source := range sources(t, name) {
			whole := template.Must(template.New(id).Parse(source))
			rapid.Check(t, func(t *rapid.T) {
				data := facts{}
				for _, slot := range slotName.FindAllStringSubmatch(source, -1) {
					if v := rapid.SampledFrom([]any{"", "甲{{.}}", 0, 21, 3, nil, []string{"a", "b"}}).Draw(t, slot[1]); v != nil {
						data[slot[1]] = v
					}
				}
				var want strings.Builder
				if err := whole.Execute(&want, map[string]any(data)); err != nil {
					want.Reset()
				}
				if got := Say(lang, id, data); got != want.String() {
					t.Fatalf("%s in %s with %v:\n%q, want\n%q", id, lang, data, got, want.String())
				}
			})
		}
	}
}

// What no slot can say is left to text/template.
func TestPhraseOfManyParts(t *testing.T) {
	data := facts{"A": "甲", "B": "乙", "N": 21}
	for source, want := range map[string]string{
		"{{if and .A .B}}{{.A}}和{{.B}}{{end}}":              "甲和乙",
		"{{if and .A .C}}{{.A}}{{else}}只有{{.A}}{{end}}":     "只有甲",
		"{{with .A}}{{with $.B}}{{.}}{{end}}{{end}}":        "乙",
		"{{with .C}}有{{else}}没有{{.A}}{{end}}":               "没有甲",
		"{{if gt .N 20}}等 {{.N}} 处{{end}}":                  "等 21 处",
		"{{range .C}}{{.}}{{end}}{{.A | printf \"<%s>\"}}":  "<甲>",
		"{{if .A}}{{with .B}}{{.}}{{end}}{{else}}无{{end}}。": "乙。",
		"{{.C}}": "<no value>",
		"":       "",
	} {
		p, err := newPhrase(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.say(data); got != want {
			t.Errorf("%s says %q, want %q", source, got, want)
		}
	}
}
