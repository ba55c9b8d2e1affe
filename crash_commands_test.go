package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
	"time"
)

// runCommand runs the program for one command on a data folder. An error has what
// it wrote.
func runCommand(program, crash string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "TAIZHANG_CRASH="+crash)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("taizhang %v: %w\n%s", args, err, out)
	}
	return nil
}

// workedOut holds a folder whose program has been killed for the last time
// against what its originals say: verify finds nothing, and a database that
// rebuild makes out of them has the same facts.
func (w *world) workedOut() []string {
	w.kill()
	before, err := readStore(w.data)
	if err == nil {
		err = errors.Join(runCommand(w.program, "", "verify", "--data", w.data), runCommand(w.program, "", "rebuild", "--data", w.data))
	}
	if err != nil {
		return []string{"I3: " + err.Error()}
	}
	after, err := readStore(w.data)
	if err != nil || !sameFacts(before, after) {
		return []string{fmt.Sprintf("I3: rebuilt, the database has other facts (%v)", err)}
	}
	return nil
}

// sameFacts compares everything but which summaries are to be written: rebuild
// and restore want them all anew.
func sameFacts(a, b *stored) bool {
	one, two := *a, *b
	one.summaries, two.summaries = nil, nil
	return reflect.DeepEqual(one, two)
}

// commandPoints are places on the way of rebuild, restore and backup.
var commandPoints = []edit{
	after("command/replayed", "merge", "if err := b.replayOne(sub, sets[sub.ID]); err != nil {\n\t\t\treturn err\n\t\t}"),
	before("command/written", "merge", "shift := b.shift"),
	before("command/finished", ".", "was, err := merge.Replace(ctx, temp, h.path(databaseFile), h.aside(\"rebuild\"))"),
	before("command/copied", "merge", "if err := Inspect(ctx, to); err != nil {\n\t\treturn err"),
	before("command/taken", "merge", "r.Aside, err = Replace(ctx, temp, path, aside)"),
	before("command/folded", "merge", "for _, ending := range besides[1:] {"),
	before("command/aside", "merge", "return putInPlace(temp, aside)"),
	before("command/kept", "merge", "return aside, putInPlace(fresh, path)"),
	before("command/named", "merge", "return syncFolder(filepath.Dir(to))"),
}

// crashCommand is a command that is killed. The backup that it reads or writes
// is called taizhang.db, in a folder of its own, so that it is read as any other.
type crashCommand struct {
	name   string
	points []string
	writes bool // it makes the backup, and leaves the database alone
}

var crashCommands = []crashCommand{
	{"rebuild", []string{"command/replayed:1", "command/replayed:7", "command/written:1", "command/finished:1", "command/folded:1", "command/aside:1",
		"command/named:1", "command/kept:1", "command/named:2"}, false},
	{"restore", []string{"command/copied:1", "command/taken:1", "command/folded:1", "command/aside:1",
		"command/named:1", "command/kept:1", "command/named:2"}, false},
	{"backup", []string{"command/copied:1", "command/named:1"}, true},
}

// commandKills is how often a command is killed at random besides.
const commandKills = 4

// A command that is killed leaves the database as it was or as it is to be,
// whole in any case, and so does the command when it is called again.
func TestCrashCommands(t *testing.T) {
	program := crashBuild(t, crashPace, commandPoints)
	w := newWorld(t, program, t.TempDir(), *crashSeed)
	w.patience = crashPatience
	grow := func(what string) {
		if wrong := w.crashAfter(600 * time.Millisecond); len(wrong) > 0 {
			w.fail(what, wrong)
			t.FailNow()
		}
	}
	grow("before the backup")
	if err := os.Mkdir(filepath.Join(w.data, "saved"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := runCommand(program, "", "backup", filepath.Join(w.data, "saved", "taizhang.db"), "--data", w.data); err != nil {
		t.Fatal(err)
	}
	grow("after the backup")
	for _, c := range crashCommands {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			newTrial(t, w, c).all()
		})
	}
}

// trial is a command, and the states that may be found when it was killed.
type trial struct {
	crashCommand
	t        *testing.T
	w        *world
	old, new *stored
	took     time.Duration
}

// newTrial lets the command run through once, to see what comes of it.
func newTrial(t *testing.T, w *world, c crashCommand) *trial {
	t.Helper()
	r := &trial{crashCommand: c, t: t, w: w}
	data := r.folder()
	r.old = r.state(data)
	began := time.Now()
	if err := r.run(context.Background(), data, ""); err != nil {
		t.Fatal(err)
	}
	r.took, r.new = time.Since(began), r.state(data)
	if same := reflect.DeepEqual(r.old, r.new); same != c.writes {
		t.Fatalf("%s: the database is the same: %v", c.name, same)
	}
	return r
}

// folder is a copy of the data folder.
func (r *trial) folder() string {
	r.t.Helper()
	data := filepath.Join(r.t.TempDir(), "data")
	if err := os.CopyFS(data, os.DirFS(r.w.data)); err != nil {
		r.t.Fatal(err)
	}
	return data
}

func (r *trial) state(folder string) *stored {
	r.t.Helper()
	s, err := readStore(folder)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// run runs the command, killed at a point or when the context ends.
func (r *trial) run(ctx context.Context, data, crash string) error {
	args := []string{r.name}
	switch {
	case r.writes:
		args = append(args, filepath.Join(data, "backups", "taizhang.db"))
	case r.name == "restore":
		args = append(args, filepath.Join(data, "saved", "taizhang.db"))
	}
	cmd := exec.CommandContext(ctx, r.w.program, append(args, "--data", data)...)
	cmd.Env = append(os.Environ(), "TAIZHANG_CRASH="+crash)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", r.name, err, out)
	}
	return nil
}

func (r *trial) all() {
	for _, point := range r.points {
		data := r.folder()
		err := r.run(context.Background(), data, point)
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			r.t.Fatalf("%s did not die at %s: %v", r.name, point, err)
		}
		r.after(data, point)
	}
	rng := rand.New(rand.NewPCG(*crashSeed, uint64(len(r.name))))
	for range commandKills {
		data := r.folder()
		ctx, stop := context.WithTimeout(context.Background(), time.Duration(rng.Int64N(int64(r.took))))
		err := r.run(ctx, data, "")
		stop()
		r.after(data, fmt.Sprintf("some moment (%v)", err))
	}
}

// after looks at what a killed command left, calls it again, and has the result
// verified.
func (r *trial) after(data, point string) {
	r.t.Helper()
	left := r.state(data)
	if !reflect.DeepEqual(left, r.old) && !reflect.DeepEqual(left, r.new) {
		r.t.Errorf("%s killed at %s: the database is neither the old nor the new one", r.name, point)
	}
	copied := filepath.Join(data, "backups", "taizhang.db")
	if _, err := os.Stat(copied); err == nil && r.writes {
		if !reflect.DeepEqual(r.state(filepath.Dir(copied)), r.old) {
			r.t.Errorf("%s killed at %s: the copy is another database", r.name, point)
		}
		if err := os.Remove(copied); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := r.run(context.Background(), data, ""); err != nil {
		r.t.Fatalf("after %s was killed at %s: %v", r.name, point, err)
	}
	if !sameFacts(r.state(data), r.new) {
		r.t.Errorf("%s killed at %s and called again: the database is not the new one", r.name, point)
	}
	if err := runCommand(r.w.program, "", "verify", "--data", data); err != nil {
		r.t.Errorf("%s killed at %s and called again: %v", r.name, point, err)
	}
}
