package api

import (
	"bytes"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v4"
)

//go:embed words.yaml
var wordsFile []byte

// wordlist holds every text of this room that people read, by key, in Chinese
// and in English.
type wordlist map[string]struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// readWords reads the list strictly.
func readWords(text []byte) (wordlist, error) {
	var w wordlist
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("words.yaml: %w", err)
	}
	return w, nil
}

// mustWords reads the list that is part of the binary and is tested.
func mustWords() wordlist {
	w, err := readWords(wordsFile)
	if err != nil {
		panic(err)
	}
	return w
}

// say is the text of a key with its slots filled; a key that is not listed
// gives "".
func (w wordlist) say(lang, key string, facts ...any) string {
	text := w[key].ZH
	if lang == "en" {
		text = w[key].EN
	}
	if len(facts) == 0 {
		return text
	}
	return fmt.Sprintf(text, facts...)
}
