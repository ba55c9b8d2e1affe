package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v4"
	"golang.org/x/text/language"
)

//go:embed messages/*.yaml
var messageFiles embed.FS

// Words is the message catalogue: each text once in Chinese and once in English.
type Words struct{ zh, en *i18n.Localizer }

// words loads the catalogue once; it is part of the binary and never changes.
var words = sync.OnceValue(func() *Words {
	w, err := loadWords(messageFiles)
	if err != nil {
		panic(err) // the embedded catalogue is tested
	}
	return w
})

func loadWords(files fs.FS) (*Words, error) {
	bundle := i18n.NewBundle(language.MustParse("zh-CN"))
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	for _, name := range []string{"messages/zh-CN.yaml", "messages/en.yaml"} {
		if _, err := bundle.LoadMessageFileFS(files, name); err != nil {
			return nil, fmt.Errorf("message catalogue %s: %w", name, err)
		}
	}
	return &Words{
		zh: i18n.NewLocalizer(bundle, "zh-CN"),
		en: i18n.NewLocalizer(bundle, "en"),
	}, nil
}

// Say returns the text of a catalogue entry in the language "zh" or "en"; an
// entry that does not exist gives "".
func Say(lang, id string, data map[string]any) string {
	l := words().zh
	if lang == "en" {
		l = words().en
	}
	text, _ := l.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
	return text
}

// Say returns the name of a severity, such as 必改.
func (s Severity) Say(lang string) string { return Say(lang, "severity."+string(s), nil) }

// Say returns the name of a verdict, such as 部分入库.
func (v Verdict) Say(lang string) string { return Say(lang, "verdict."+string(v), nil) }
