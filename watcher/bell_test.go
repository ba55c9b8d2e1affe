package watcher

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// ears is a bell over a parent folder and one folder in it, and the paths that rang.
func ears(t *testing.T) (b *bell, parent, child string) {
	t.Helper()
	parent = t.TempDir()
	child = filepath.Join(parent, "丰和区")
	if err := os.Mkdir(child, 0o755); err != nil {
		t.Fatal(err)
	}
	b = newBell(&Watcher{Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(b.close)
	b.listen(parent, ident{1, 1})
	b.listen(child, ident{1, 2})
	return b, parent, child
}

// rings runs the bell. Whenever everybody is woken it listens to the path again, as a look does.
func rings(t *testing.T, b *bell, again string, id ident) <-chan string {
	t.Helper()
	rang := make(chan string, 1000)
	go b.run(t.Context(), func(path string) {
		if path == "" {
			b.listen(again, id)
		}
		rang <- path
	})
	return rang
}

// hears waits until a file written into the folder rings.
func hears(t *testing.T, rang <-chan string, dir string) {
	t.Helper()
	name := filepath.Join(dir, "a.xlsx")
	if err := os.WriteFile(name, []byte("A"), 0o644); err != nil {
		t.Fatal(err)
	}
	for end := time.After(soon); ; {
		select {
		case path := <-rang:
			if path == name {
				return
			}
		case <-end:
			t.Fatalf("nothing was heard of %s", name)
		}
	}
}

// calm waits until nothing rings any more.
func calm(rang <-chan string) {
	for {
		select {
		case <-rang:
		case <-time.After(4 * settle):
			return
		}
	}
}

// The file system may give a new folder the number of the one that was removed.
func TestAFolderMadeAgainWithTheSameNumberIsHeard(t *testing.T) {
	b, _, child := ears(t)
	rang := rings(t, b, child, ident{1, 2})
	if err := os.Remove(child); err != nil {
		t.Fatal(err)
	}
	calm(rang)
	if err := os.Mkdir(child, 0o755); err != nil {
		t.Fatal(err)
	}
	b.listen(child, ident{1, 2})
	hears(t, rang, child)
}

// The listener of a renamed folder goes away late, when the folder is already
// listened to under its new name.
func TestAFolderRenamedIsHeardUnderItsNewName(t *testing.T) {
	b, parent, child := ears(t)
	renamed := filepath.Join(parent, "丰和新区")
	if err := os.Rename(child, renamed); err != nil {
		t.Fatal(err)
	}
	b.listen(renamed, ident{1, 2})
	rang := rings(t, b, renamed, ident{1, 2})
	calm(rang)
	hears(t, rang, renamed)
}
