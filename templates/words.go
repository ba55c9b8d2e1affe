package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v4"
	"golang.org/x/text/language"
)

//go:embed messages/*.yaml
var messageFiles embed.FS

// catalogue is the message catalogue: each entry once in Chinese and once in
// English.
type catalogue struct {
	zh, en   map[string]*phrase // by id: C04.range.message
	wordings map[wordingKey]*wording
}

// wordingKey names the entries of a code, or of one variant of it.
type wordingKey struct{ code, variant string }

// wording is what a code, or a variant of it, says: message, fix and expected.
type wording struct{ zh, en [len(wordingParts)]*phrase }

var wordingParts = [...]string{"message", "fix", "expected"}

// words loads the catalogue once; it is part of the binary and never changes.
var words = sync.OnceValue(func() *catalogue {
	c, err := loadWords(messageFiles)
	if err != nil {
		panic(err) // the embedded catalogue is tested
	}
	return c
})

func loadWords(files fs.FS) (*catalogue, error) {
	bundle := i18n.NewBundle(language.MustParse("zh-CN"))
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	c := &catalogue{wordings: map[wordingKey]*wording{}}
	for name, into := range map[string]*map[string]*phrase{"messages/zh-CN.yaml": &c.zh, "messages/en.yaml": &c.en} {
		file, err := bundle.LoadMessageFileFS(files, name)
		if err != nil {
			return nil, fmt.Errorf("message catalogue %s: %w", name, err)
		}
		if *into, err = phrases(file.Messages); err != nil {
			return nil, fmt.Errorf("message catalogue %s: %w", name, err)
		}
	}
	for id := range c.zh {
		c.addWording(id)
	}
	return c, nil
}

func phrases(messages []*i18n.Message) (map[string]*phrase, error) {
	out := make(map[string]*phrase, len(messages))
	for _, m := range messages {
		p, err := newPhrase(m.Other)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.ID, err)
		}
		out[m.ID] = p
	}
	return out, nil
}

// addWording notes an entry among those of its code and variant.
func (c *catalogue) addWording(id string) {
	at := strings.LastIndexByte(id, '.')
	part := slices.Index(wordingParts[:], id[at+1:])
	if at < 0 || part < 0 {
		return
	}
	var key wordingKey
	key.code, key.variant, _ = strings.Cut(id[:at], ".")
	if c.wordings[key] == nil {
		c.wordings[key] = &wording{}
	}
	c.wordings[key].zh[part], c.wordings[key].en[part] = c.zh[id], c.entry("en", id)
}

// entry is the phrase of an id. What is not in English is said in Chinese.
func (c *catalogue) entry(lang, id string) *phrase {
	if p := c.en[id]; lang == "en" && p != nil {
		return p
	}
	return c.zh[id]
}

// Say returns the text of a catalogue entry in the language "zh" or "en"; an
// entry that does not exist gives "".
func Say(lang, id string, data map[string]any) string { return words().entry(lang, id).say(data) }

// Say returns the name of a severity, such as 必改.
func (s Severity) Say(lang string) string { return Say(lang, "severity."+string(s), nil) }

// Say returns the name of a verdict, such as 部分入库.
func (v Verdict) Say(lang string) string { return Say(lang, "verdict."+string(v), nil) }
