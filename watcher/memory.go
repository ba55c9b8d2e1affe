package watcher

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// MarkerName is the file by which a share is known again.
const MarkerName = ".taizhang-share"

// errAway says that the share, or a folder in it, is not there: not mounted,
// out of reach, or another one than it was.
var errAway = errors.New("it is not mounted or cannot be reached")

// Memory is what is remembered of a share, in a file of ours outside it, so
// that an empty mount point is never taken for the share. The first time the
// share is seen it gets a marker file with an id; from then on a folder
// without that marker is not the share. Device numbers change when a machine
// starts again, so what is remembered of the device is whether the share, and
// each folder in it, was a mount point: one that was and is not is not there.
type Memory struct {
	path string
	mend bool // the share is in our own data folder: a lost marker is written again

	saving sync.Mutex // held while something is written, which may take as long as the share does
	mu     sync.Mutex // held for moments only
	kept   kept
}

// kept is the content of the file.
type kept struct {
	ID      string          `json:"id"`      // what the marker holds; empty: the share was never seen
	Mounted bool            `json:"mounted"` // the share is a mount point
	Folders map[string]bool `json:"folders"` // the folders ever seen; true: a mount point
}

// OpenMemory reads what is remembered in the file; without one nothing is yet.
// With mend, the marker of a share that is no mount point is written again
// when it is lost: that is right for a share inside our own data folder alone.
func OpenMemory(path string, mend bool) (*Memory, error) {
	m := &Memory{path: path, mend: mend}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read what is remembered of a share: %w", err)
	}
	if err == nil {
		if err := json.Unmarshal(text, &m.kept); err != nil {
			return nil, fmt.Errorf("read what is remembered of a share, %s: %w", path, err)
		}
	}
	if m.kept.Folders == nil {
		m.kept.Folders = map[string]bool{}
	}
	return m, nil
}

// Knows reports whether the share ever had the folder, also while it is away.
func (m *Memory) Knows(folder string) bool {
	if m == nil {
		return false
	}
	_, known := m.now().Folders[folder]
	return known
}

// now is what is remembered now. The map in it is never changed.
func (m *Memory) now() kept {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept
}

// Here answers nil when the share at the path is the one remembered and the
// folder in it, unless empty, is not a bare mount point. A share seen for the
// first time is marked. It may take as long as the share does.
func (m *Memory) Here(share, folder string) error {
	top, err := m.open(share)
	if err != nil {
		return err
	}
	defer top.close()
	if folder == "" {
		return nil
	}
	own, err := top.child(folder)
	if errors.Is(err, errGone) && !m.now().Folders[folder] {
		return nil // to be made
	}
	if err != nil {
		return fmt.Errorf("%w: %s", errAway, err)
	}
	defer own.close()
	return m.meet(own, folder)
}

// open opens the share if it is the one remembered. A nil memory takes
// whatever is there.
func (m *Memory) open(share string) (*place, error) {
	top, err := openPlace(share)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", errAway, err)
	}
	if m == nil {
		return top, nil
	}
	if err := m.recognise(top, share); err != nil {
		top.close()
		return nil, err
	}
	return top, nil
}

// recognise holds the marker and the device against what is remembered.
func (m *Memory) recognise(top *place, share string) error {
	id, err := readMarker(top)
	if err != nil {
		return fmt.Errorf("%w: %s", errAway, err)
	}
	mounted, known := top.mounted(), m.now()
	switch {
	case known.ID == "":
		return m.adopt(share, id, mounted)
	case known.Mounted && !mounted:
		return fmt.Errorf("%w: nothing is mounted at its place", errAway)
	case id == "" && !known.Mounted && (mounted || m.mend):
		return m.adopt(share, id, mounted) // mounted over what was there, or our own folder
	case id != known.ID:
		return fmt.Errorf("%w: the file %s in it is missing or another share's", errAway, MarkerName)
	case mounted != known.Mounted:
		return m.adopt(share, id, mounted)
	}
	return nil
}

// adopt remembers the share, and marks it unless it has a mark already.
func (m *Memory) adopt(share, id string, mounted bool) error {
	m.saving.Lock()
	defer m.saving.Unlock()
	next := m.now()
	next.Mounted = mounted
	if id == "" {
		if next.ID == "" {
			next.ID = rand.Text()
		}
		if err := writeMarker(share, next.ID); err != nil {
			return fmt.Errorf("%w: it cannot be marked: %s", errAway, plainWrite(err))
		}
	} else {
		next.ID = id
	}
	return m.save(next)
}

// meet remembers a folder of the share, and answers errAway when it was a
// mount point and is none now.
func (m *Memory) meet(own *place, folder string) error {
	if m == nil {
		return nil
	}
	mounted := own.mounted()
	m.saving.Lock()
	defer m.saving.Unlock()
	next := m.now()
	was, known := next.Folders[folder]
	if was && !mounted {
		return fmt.Errorf("%w: nothing is mounted at its place", errAway)
	}
	if known && was == mounted {
		return nil
	}
	next.Folders = maps.Clone(next.Folders)
	next.Folders[folder] = mounted
	return m.save(next)
}

// save writes the file whole or not at all.
func (m *Memory) save(next kept) error {
	text, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	dir := filepath.Dir(m.path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("remember a share: %w", err)
	}
	temp := m.path + ".part"
	err = writeSynced(temp, append(text, '\n'), os.O_TRUNC)
	if err == nil {
		err = rename(temp, m.path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("remember a share: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = next
	return nil
}

// readMarker is the id in the share's marker; empty when there is no marker.
func readMarker(top *place) (string, error) {
	f, err := top.open(MarkerName, true)
	if errors.Is(err, errGone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close() // only read
	if st, err := statOf(f); err != nil || !st.isRegular() {
		return "", errors.Join(err, errors.New("the marker is no regular file"))
	}
	text, err := io.ReadAll(io.LimitReader(f, 128))
	if err != nil {
		return "", plainWrite(err)
	}
	id, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return id, nil
}

// writeMarker marks a share. Another marker that appears meanwhile stays.
func writeMarker(share, id string) error {
	const about = "\n这个文件夹由台账程序收件，请不要删除本文件。\nTaizhang knows this shared folder by this file; please leave it here.\n"
	if err := writeSynced(filepath.Join(share, MarkerName), []byte(id+about), os.O_EXCL); err != nil {
		return err
	}
	return syncDir(share)
}

func writeSynced(path string, data []byte, how int) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|how, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// plainWrite is the error without a path.
func plainWrite(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s: %w", path.Op, path.Err)
	}
	return err
}
