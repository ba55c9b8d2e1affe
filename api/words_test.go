package api

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"taizhang/merge"
	"taizhang/templates"
)

// Every text stands in both languages, with the same slots.
func TestWordsInBothLanguages(t *testing.T) {
	slot := regexp.MustCompile(`%(\[\d\])?[sd]`)
	for key, w := range mustWords() {
		if w.ZH == "" || w.EN == "" {
			t.Errorf("%s lacks a language", key)
		}
		if zh, en := len(slot.FindAllString(w.ZH, -1)), len(slot.FindAllString(w.EN, -1)); zh != en {
			t.Errorf("%s has %d slots in Chinese and %d in English", key, zh, en)
		}
	}
}

func TestWordsAreReadStrictly(t *testing.T) {
	if _, err := readWords([]byte("title: {zh: 台账, en: Ledger, de: Buch}\n")); err == nil || !strings.Contains(err.Error(), "de") {
		t.Errorf("an unknown language is taken: %v", err)
	}
}

// Every code of a problem has its words, and every such word a code.
func TestProblemsHaveWords(t *testing.T) {
	words := mustWords()
	for code := range statusOf {
		for _, key := range []string{"problem." + code, "problem." + code + ".hint"} {
			if words[key].ZH == "" {
				t.Errorf("%s is missing", key)
			}
		}
	}
	for key := range words {
		code, hint := strings.CutSuffix(strings.TrimPrefix(key, "problem."), ".hint")
		if strings.HasPrefix(key, "problem.") && hint && statusOf[code] == 0 {
			t.Errorf("%s is no code", key)
		}
	}
}

// Every word that a page asks for is listed; those that are put together are
// listed for every value they can have.
func TestPagesHaveWords(t *testing.T) {
	words := mustWords()
	asked := regexp.MustCompile(`\.T "([a-z0-9.]+)"`)
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil || len(names) != 7 {
		t.Fatalf("%v %v", names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(pageFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			if words[m[1]].ZH == "" {
				t.Errorf("%s asks for %s", name, m[1])
			}
		}
	}
	made := []string{}
	for _, s := range templates.Severities {
		made = append(made, "severity."+string(s)+".means")
	}
	for _, s := range []string{merge.StateNone, merge.StateLate, merge.StateReturned, merge.StatePartial, merge.StateAccepted, merge.StateNil} {
		made = append(made, "state."+s)
	}
	for _, k := range []templates.FormKind{templates.Ledger, templates.Report} {
		made = append(made, "forms.kind."+string(k))
	}
	for _, k := range []string{merge.KindRemind, merge.KindChase} {
		made = append(made, "told."+k)
	}
	for _, c := range []string{"red", "yellow", "blue"} {
		made = append(made, "colour."+c)
	}
	for _, c := range []string{"folder", "upload", "import"} {
		made = append(made, "sub.channel."+c)
	}
	for _, key := range made {
		if words[key].ZH == "" {
			t.Errorf("%s is missing", key)
		}
	}
}

// Every word has its use.
func TestNoIdleWords(t *testing.T) {
	var all strings.Builder
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(pageFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	put := regexp.MustCompile(`^(problem|severity|state|type|forms\.kind|sub\.channel|line|count|told|colour)\.`)
	for key := range mustWords() {
		if !put.MatchString(key) && !strings.Contains(all.String(), fmt.Sprintf("%q", key)) {
			t.Errorf("%s is not used on any page", key)
		}
	}
}
