package main

import (
	"bytes"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"taizhang/templates"
)

// Whatever a file does to the program, the county is told that it is not its
// mistake, and the log has the failure under the same number.
func TestOurOwnFailureIsToldAsOurs(t *testing.T) {
	var log bytes.Buffer
	h := newHouse(t.TempDir(), slog.New(slog.NewTextHandler(&log, nil)))
	data, err := os.ReadFile("testdata/corpus/00_base.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	r := h.read(data, templates.Sender{File: "a.xlsx", Now: time.Now()}) // without a catalogue judging fails
	r.Compare(templates.Past{})
	if len(r.Findings) != 1 || r.Findings[0].Code != "Z03" || r.Verdict != templates.Pending {
		t.Fatalf("%v %v", r.Verdict, r.Findings)
	}
	ref := regexp.MustCompile(`[0-9A-F]{8}`).FindString(r.Findings[0].Message)
	if ref == "" || !strings.Contains(log.String(), "ref="+ref) {
		t.Errorf("the county is told %q, the log says %s", r.Findings[0].Message, log.String())
	}
}
