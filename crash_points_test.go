package main

import (
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// edit is a change of the program's source for a crash test, made in a copy
// that is laid over the real file when the program is built. The program itself
// knows nothing of it. The text must stand exactly once in the package, so that
// a change of the program that moves a point is noticed.
type edit struct {
	name string // of a point or a mutant
	dir  string // of the package, "." for main
	old  string
	new  string
}

// before puts a point before a text, after behind it.
func before(name, dir, text string) edit {
	return edit{name, dir, text, "crashpoint(\"" + name + "\")\n" + text}
}

func after(name, dir, text string) edit {
	return edit{name, dir, text, text + "\ncrashpoint(\"" + name + "\")\n"}
}

// crashPoints are the places where the program is killed, along the path of a
// file from the county's folder to the summary.
var crashPoints = []edit{
	before("watch/opened", "watcher", "got, err := f.store.copy(ctx,"),
	after("watch/reading", "watcher", "n, err := p.src.Read(buf)"),
	before("watch/copied", "watcher", "if err := seal(c.file); err != nil {"),
	before("watch/synced", "watcher", "if err := beforeRename(c.file); err != nil {"),
	before("watch/renamed", "watcher", "c.kept = true"),
	before("watch/named", "watcher", "return blob, nil"),
	before("watch/archived", "watcher", "file.sum, file.came = copied.sum, true"),

	before("arrive/before", "merge", "ours, err := q.ours(a)"),
	before("arrive/inside", "merge", "return q.note(a.County, \"arrive\""),
	after("arrive/committed", "merge", "done[i] = Arrived{Err: fmt.Errorf(\"record arrival: %w\", err)}\n\t})"),
	{"store/commit", "merge", "if err := tx.Commit(); err != nil {", "if o == nil {\ncrashpoint(\"store/commit\")\n}\nif err := tx.Commit(); err != nil {"},
	{"store/committed", "merge", "return fmt.Errorf(\"commit: %w\", err)\n\t}", "return fmt.Errorf(\"commit: %w\", err)\n\t}\nif o == nil {\ncrashpoint(\"store/committed\")\n}"},

	before("judge/read", ".", "county := d.reporter(a.County)\n\treturn d.readBy(judgeUnlessOwn(a, d.catalog.Judge)"),
	before("judge/judged", ".", "for n, m := range s.store.MergeAll(ctx, files) {"),

	before("merge/begun", "merge", "if t, err = q.tableOf(r); err != nil {"),
	before("merge/submission", "merge", "return sub, t, was, q.addFindings(sub.ID, r.Findings)"),
	before("merge/enforced", "merge", "stand, err := q.keep(t, *sub, r.Rows, stored)"),
	before("merge/kept", "merge", "if err := q.hold(t, *sub, r.Rows); err != nil {"),
	before("merge/held", "merge", "return q.refigure(t, sub.County, storedPeriod(t, sub.Period), stand)"),
	before("merge/figured", "merge", "if err := q.wantForm(sub.Form); err != nil {"),
	before("merge/posted", "merge", "return q.note(sub.County, \"merge\", \"submission \"+sub.Number"),
	before("handed/items", "merge", "if err := q.insert(`handed_item (form"),
	before("handed/done", "merge", "return sub, q.note(City, \"hand down\""),
	after("merge/committed", "merge", "done[i] = Merged{Err: fmt.Errorf(\"merge arrival %d: %w\", files[i].Arrival.ID, err)}\n\t})"),

	after("answer/claimed", "mail", "func (o *Office) handTogether(ctx context.Context, letters []merge.Letter) []error {"),
	before("answer/temp", "mail", "err := f.known(ctx, f.county, ours)"),
	before("answer/known", "mail", "err = f.place(written)"),
	before("answer/renamed", "mail", "return syncNames(dir)\n}\n\n// What stands"),
	before("answer/copied", "mail", "return f.put(ctx, &paper{name: receiptName(a.Report)"),
	before("answer/placed", "mail", "errs = append(errs, o.Store.SentAll(context.WithoutCancel(ctx), sent)...)"),
	before("letter/before", "mail", "refused, err := o.SMTP.Send(ctx, m, to, l.Attempts < whole)"),
	before("letter/data", "mail", "if err := w.Close(); err != nil {"),
	after("letter/taken", "mail", "refused, err := o.SMTP.Send(ctx, m, to, l.Attempts < whole)"),

	before("summary/read", ".", "book, err := tableBook(table)"),
	before("summary/temp", ".", "_, err = f.Write(data)\n\tif err = errors.Join(err, f.Sync(), f.Close()); err != nil {"),
	before("summary/synced", ".", "if err = os.Rename(f.Name(), path); err != nil {"),
	before("summary/renamed", ".", "return syncFolder(filepath.Dir(path))"),
	before("summary/placed", ".", "sum := sha256.Sum256(book)"),
	before("summary/marked", ".", "h.log.Info(\"summary written\""),
}

// crashHits are the times at a point that the program dies.
var crashHits = []int{1, 3, 7}

// killings are the points with the hits to die at: each point the first time,
// and every third one, another third with each seed, also at a later time. With
// all of them, each point has every hit.
func killings(seed uint64, all bool) (out []string) {
	for i, point := range crashPoints {
		for n, hit := range crashHits {
			turn := (uint64(i) + seed) % 6
			if all || n == 0 || turn == uint64(n)*3-1 {
				out = append(out, fmt.Sprintf("%s:%d", point.name, hit))
			}
		}
	}
	return out
}

// crashPace makes the program's own waits short, and its reads small, so that
// much happens in little time. No behaviour changes.
var crashPace = []edit{
	{"pace", ".", "coalesce = 2 * time.Second", "coalesce = 50 * time.Millisecond"},
	{"pace", ".", "loopRetry = time.Minute", "loopRetry = time.Second"},
	{"pace", "mail", "lookFolder = 5 * time.Second", "lookFolder = 200 * time.Millisecond"},
	{"pace", "mail", "lookMail   = 20 * time.Second", "lookMail   = 200 * time.Millisecond"},
	{"pace", "merge", "{ByFolder: 30 * time.Second, ByMail: 15 * time.Minute}", "{ByFolder: 300 * time.Millisecond, ByMail: time.Second}"},
	{"pace", "watcher", "f.buf = make([]byte, 128<<10)", "f.buf = make([]byte, 4<<10)"},
}

// overlay is the changed source: file contents by path, and for each package
// the files that it is made of.
type overlay struct {
	root  string
	files map[string]string
}

// crashBuild builds the real program with the edits and answers its path.
func crashBuild(t *testing.T, edits ...[]edit) string {
	t.Helper()
	o := &overlay{root: absolute("."), files: map[string]string{}}
	for _, group := range edits {
		for _, e := range group {
			if err := o.apply(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, dir := range []string{".", "watcher", "merge", "mail"} {
		if err := o.addCrashpoint(dir); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	list, err := o.write(dir)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "taizhang")
	cmd := exec.Command("go", "build", "-overlay", list, "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build with an overlay: %v\n%s", err, out)
	}
	return program
}

// apply makes one edit, in whatever file of the package has the text.
func (o *overlay) apply(e edit) error {
	paths, err := filepath.Glob(filepath.Join(o.root, e.dir, "*.go"))
	if err != nil {
		return err
	}
	var found []string
	count := 0
	for _, path := range paths {
		if foreign(path) {
			continue
		}
		text, err := o.read(path)
		if err != nil {
			return err
		}
		if n := strings.Count(text, e.old); n > 0 {
			count += n
			found = append(found, path)
		}
	}
	if count != 1 {
		return fmt.Errorf("%s: its place stands %d times in %s, not once: %q", e.name, count, e.dir, e.old)
	}
	text, err := o.read(found[0])
	if err != nil {
		return err
	}
	o.files[found[0]] = strings.Replace(text, e.old, e.new, 1)
	return nil
}

// foreign reports a file that is not part of the program on Linux.
func foreign(path string) bool {
	for _, end := range []string{"_test.go", "_windows.go", "_other.go"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

func (o *overlay) read(path string) (string, error) {
	if text, ok := o.files[path]; ok {
		return text, nil
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// addCrashpoint gives a package the function that the points call.
func (o *overlay) addCrashpoint(dir string) error {
	text, err := os.ReadFile(filepath.Join(o.root, "testdata", "crash", "crashpoint.go.txt"))
	if err != nil {
		return err
	}
	name := dir
	if dir == "." {
		name = "main"
	}
	o.files[filepath.Join(o.root, dir, "crashpoint_overlay.go")] = strings.Replace(string(text), "PACKAGE", name, 1)
	return nil
}

// write lays the files down for go build -overlay and answers the path of the list.
func (o *overlay) write(dir string) (string, error) {
	replace := map[string]string{}
	for path, text := range o.files {
		nice, err := format.Source([]byte(text))
		if err != nil {
			return "", fmt.Errorf("%s with the edits: %w", path, err)
		}
		over := filepath.Join(dir, fmt.Sprintf("over%d.go", len(replace)))
		if err := os.WriteFile(over, nice, 0o600); err != nil {
			return "", err
		}
		replace[path] = over
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}
