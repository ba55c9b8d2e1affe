package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The power fails while files are imported. What was recorded or answered before is
// there after, each original under its hash is whole, and the same import called
// again takes every file in exactly once. A program that does not wait for the disk
// is noticed.
func TestCrashPowerImport(t *testing.T) {
	if *powerCuts == 0 {
		t.Skip("by flag: -crash.powercut 20, as root")
	}
	if wrong, cut := importsCut(t, crashBuild(t), *powerCuts); len(wrong) > 0 {
		t.Errorf("cut %d:\n  %s", cut, strings.Join(wrong, "\n  "))
	}
	careless := crashBuild(t, []edit{{"mutant", "watcher", "if err := retry(func() error { return unix.Syncfs(int(d.folder.Fd())) }); err != nil {",
		"if err := error(nil); err != nil {"}})
	wrong, cut := importsCut(t, careless, *powerCuts)
	if !slices.ContainsFunc(wrong, func(text string) bool { return strings.HasPrefix(text, "I1:") }) {
		t.Fatalf("originals that were not brought to disk were not noticed within %d cuts: %s", cut, strings.Join(wrong, "\n  "))
	}
	t.Logf("noticed at cut %d: %s", cut, wrong[0])
}

// importsCut cuts the power of one import after another until something is wrong.
func importsCut(t *testing.T, program string, cuts int) (wrong []string, cut int) {
	t.Helper()
	pool, err := crashPool()
	if err != nil {
		t.Fatal(err)
	}
	stage, rng := t.TempDir(), newRand(*crashSeed)
	sent := map[string]bool{}
	for _, county := range crashCounties {
		if err := os.Mkdir(filepath.Join(stage, county), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for i, book := range pool {
		if slices.Contains(crashCounties, book.county) {
			write(t, filepath.Join(stage, book.county, fmt.Sprintf("%02d.xlsx", i)), string(book.data))
			sent[book.sha] = true
		}
	}
	for cut = 1; cut <= cuts; cut++ {
		d := newDisk(t)
		data := filepath.Join(d.at, "data")
		if err := os.Mkdir(data, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(data, "taizhang.yaml"), "city: 甲市\n")
		write(t, filepath.Join(data, "counties.yaml"), "counties:\n  - {name: 甲县}\n  - {name: 乙县}\n")
		d.must(exec.Command("sync", "-f", d.at))
		if wrong = importCut(d, program, data, stage, sent, time.Duration(50+rng.IntN(900))*time.Millisecond); len(wrong) > 0 {
			return wrong, cut
		}
		d.unmount()
	}
	return nil, cuts
}

// importCut cuts the power some time into an import, and imports again.
func importCut(d *disk, program, data, stage string, sent map[string]bool, after time.Duration) (wrong []string) {
	cmd := exec.Command(program, "import", "--data", data, stage)
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	time.Sleep(after)
	receipts := receiptsBelow(d.t, data)
	before, err := readStore(data)
	d.shutdown()
	_ = cmd.Wait() // its disk is gone
	d.reboot()
	for path, text := range receipts {
		if now, _ := os.ReadFile(path); string(now) != text {
			wrong = append(wrong, "I5: a receipt that was seen before the power failed is gone or another: "+filepath.Base(path))
		}
	}
	if err == nil {
		for _, a := range before.arrivals {
			if !wholeBlob(data, a.sha) {
				wrong = append(wrong, fmt.Sprintf("I1: the original of arrival %d is not whole", a.id))
			}
		}
	}
	return append(wrong, importAgain(d, program, data, stage, sent)...)
}

// importAgain calls the same import once more and looks at everything.
func importAgain(d *disk, program, data, stage string, sent map[string]bool) (wrong []string) {
	if out, err := exec.Command(program, "import", "--data", data, stage).CombinedOutput(); err != nil && !strings.Contains(err.Error(), "exit status 1") {
		return []string{fmt.Sprintf("harness: import: %v\n%s", err, out)}
	}
	s, err := readStore(data)
	if err != nil {
		return []string{"I1: " + err.Error()}
	}
	came := map[string]int{}
	for _, a := range s.arrivals {
		came[a.sha]++
		if !wholeBlob(data, a.sha) {
			wrong = append(wrong, fmt.Sprintf("I1: the original of arrival %d is not whole", a.id))
		}
	}
	for sha := range sent {
		if came[sha] != 1 {
			wrong = append(wrong, fmt.Sprintf("I1: %s came %d times", sha[:8], came[sha]))
		}
	}
	if len(s.submissions) != len(sent) || len(s.arrivals) != len(sent) {
		wrong = append(wrong, fmt.Sprintf("I2: %d arrivals and %d submissions of %d files", len(s.arrivals), len(s.submissions), len(sent)))
	}
	if n := len(receiptsBelow(d.t, data)); n != len(sent) {
		wrong = append(wrong, fmt.Sprintf("I5: %d receipts for %d files", n, len(sent)))
	}
	if out, err := exec.Command(program, "verify", "--data", data).CombinedOutput(); err != nil {
		wrong = append(wrong, fmt.Sprintf("I3: verify: %v\n%s", err, out))
	}
	return wrong
}

// wholeBlob reports whether the archive has the bytes with a hash.
func wholeBlob(data, sha string) bool {
	return hashOf(filepath.Join(data, "archive", sha[:2], sha)) == sha
}

// receiptsBelow are the texts of the receipts in the counties' folders, by path.
func receiptsBelow(t *testing.T, data string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(data, "share", "*", "回执", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found[path] = string(text)
	}
	return found
}
