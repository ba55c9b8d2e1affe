package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/mail"
	"taizhang/merge"
	"taizhang/templates"
	"taizhang/watcher"
)

// rootSettings name one further shared folder that is watched.
type rootSettings struct {
	Name    string   `yaml:"name"`
	Path    string   `yaml:"path"`
	County  string   `yaml:"county"`
	Network *bool    `yaml:"network"`
	Settle  duration `yaml:"settle"`
}

// root is a shared folder that is watched: share/ of the data folder, or one
// of the further ones.
type root struct {
	rootSettings
	name   string // for people
	only   *templates.County
	memory *watcher.Memory

	mu       sync.Mutex
	troubles map[[2]string]time.Time // since when, by folder and trouble
}

// openRoots readies the shared folders without touching the further ones,
// which may be out of reach. The first is share/ of the data folder.
func (h *house) openRoots() error {
	own, err := newRoot("share", rootSettings{Path: h.path("share"), Network: h.settings.Network}, h.path("share.json"), true)
	if err != nil {
		return err
	}
	h.roots = []*root{own}
	for _, s := range h.settings.Roots {
		r, err := newRoot(s.Name, s, h.path("shares", s.Name+".json"), false)
		if err != nil {
			return err
		}
		if s.County != "" {
			if r.only = h.catalog.Counties.ByName(s.County); r.only == nil {
				return usage(fmt.Errorf("roots 里的“%s”写了 county: %s，名单里没有 (no such county)", s.Name, s.County),
					"把单位写进 counties.yaml，或改正名称 (name it in counties.yaml, or mend the name)")
			}
		}
		h.roots = append(h.roots, r)
	}
	return nil
}

func newRoot(name string, s rootSettings, kept string, ours bool) (*root, error) {
	memory, err := watcher.OpenMemory(kept, ours)
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return nil, trouble(err, "检查磁盘和数据文件夹的读取权限 (check the disk and permissions of the data folder)")
	}
	if err != nil {
		return nil, usage(err, "这个文件损坏了，删除后重新启动会重新登记该共享文件夹 (delete the damaged file; the share is then noted anew)")
	}
	return &root{rootSettings: s, name: name, memory: memory, troubles: map[[2]string]time.Time{}}, nil
}

// further reports a root other than share/ of the data folder.
func (r *root) further() bool { return r.rootSettings.Name != "" }

// arrivalName is the name of an arrival by which versions are told apart. The
// same name in two roots is two files.
func (r *root) arrivalName(name string) string {
	if r.further() {
		return r.name + "/" + name
	}
	return name
}

// label names a folder of the root for people.
func (r *root) label(folder string) string {
	if folder == "" || r.only != nil {
		return r.name
	}
	return r.name + "/" + printable(folder)
}

// state notes a trouble of the root or of a folder in it, or that it is over.
func (r *root) state(folder, trouble string, since time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := [2]string{folder, trouble}
	if since.IsZero() {
		delete(r.troubles, key)
		return
	}
	r.troubles[key] = since
}

// trouble is what is the matter with the root or with this folder; empty: nothing.
func (r *root) trouble(folder string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key := range r.troubles {
		if key[0] == "" || key[0] == folder {
			return key[1]
		}
	}
	return ""
}

// lines tells the admin of each trouble, the same order each time.
func (r *root) lines(now time.Time) (lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, since := range r.troubles {
		clock := "15:04"
		if since = since.In(now.Location()); since.YearDay() != now.YearDay() || since.Year() != now.Year() {
			clock = "01-02 15:04"
		}
		lines = append(lines, fmt.Sprintf("共享文件夹“%s”%s（自 %s 起）", r.label(key[0]), key[1], since.Format(clock)))
	}
	slices.Sort(lines)
	return lines
}

// here answers mail.ErrAway unless the folder of the root can be written to
// now. It may take as long as the share does.
func (r *root) here(folder string) error {
	if why := r.trouble(folder); why != "" {
		return fmt.Errorf("%w: %s", mail.ErrAway, why)
	}
	if r.only != nil {
		folder = ""
	}
	if err := r.memory.Here(r.Path, folder); err != nil {
		return fmt.Errorf("%w: %w", mail.ErrAway, err)
	}
	return nil
}

// answersPlace is where a county looks for its answers: its own root where it
// has one, else the first further root that ever had its folder, else share/.
// The folder is "." when the whole root is the county's.
func (h *house) answersPlace(county string) (share, folder string, err error) {
	folder = county
	if c := h.countyNamed(county); c != nil {
		folder = c.Folder
	}
	for _, r := range h.roots[1:] {
		if r.only != nil && r.only.Name == county {
			return r.Path, ".", r.here(folder)
		}
	}
	for _, r := range h.roots[1:] {
		if r.only == nil && r.memory.Knows(folder) {
			return r.Path, folder, r.here(folder)
		}
	}
	return h.roots[0].Path, folder, h.roots[0].here(folder)
}

// countyNamed is the county of this name, nil for the city and for strangers.
func (h *house) countyNamed(name string) *templates.County {
	if name == merge.City {
		return nil
	}
	for _, c := range h.catalog.Counties.All() {
		if c.Name == name && c.Folder != "" {
			return c
		}
	}
	return nil
}

// rootMistakes holds the further roots against each other and the data folder.
func rootMistakes(roots []rootSettings, data string) (out []string) {
	taken := map[string]bool{}
	paths := map[string]string{"data": realPath(data), "share": realPath(filepath.Join(data, "share"))}
	for i, r := range roots {
		where := fmt.Sprintf("roots 第 %d 项", i+1)
		if err := watcher.CheckName(r.Name); err != nil || r.Name == mail.AnswersFolder {
			out = append(out, where+"的 name 要写一个能作文件夹名的短名称，例如 政务内网")
		} else if taken[strings.ToLower(r.Name)] {
			out = append(out, fmt.Sprintf("%s的 name “%s”已用过", where, r.Name))
		}
		taken[strings.ToLower(r.Name)] = true
		if !filepath.IsAbs(r.Path) {
			out = append(out, where+"的 path 要写完整路径")
			continue
		}
		path := realPath(r.Path)
		for _, other := range paths {
			if inside(path, other) || inside(other, path) {
				out = append(out, where+"的 path 与另一个共享文件夹或数据文件夹重叠")
				break
			}
		}
		paths[where] = path
	}
	return out
}

// realPath is a path without links, as far as that can be told in a moment: a share
// that does not answer must not hold up the start.
func realPath(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	found := make(chan string, 1)
	go func() {
		real, err := filepath.EvalSymlinks(abs)
		if err != nil {
			real = abs
		}
		found <- real
	}()
	select {
	case real := <-found:
		return real
	case <-time.After(time.Second):
		return abs
	}
}

// inside reports whether a path is the folder or below it.
func inside(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(os.PathSeparator))
}
