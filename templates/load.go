package templates

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// City names what a city has of its own. A folder or file that is not there, or
// "", has nothing to say.
type City struct {
	Forms    string         // folder of its forms and summaries
	Counties string         // file of those who report
	Holidays string         // file of its holidays
	Colours  string         // file of its colours and deadlines
	Zone     *time.Location // of due days, nil for China's

	// Folder says why a county's folder cannot have this name, "" when it can; nil
	// when nobody watches folders.
	Folder func(name string) string
}

//go:embed forms/*.yaml summaries/*.yaml
var shipped embed.FS

// Load reads the shipped forms and summaries, the city's own from its folder, who
// reports, and what else is the city's own. A city's file of the same name takes the
// shipped one's place. The error is Mistakes: all of them, from all files.
func Load(city City) (*Catalog, error) {
	l, err := newLoader(city.Forms)
	if err != nil {
		return nil, err
	}
	c := l.read()
	counties, mistakes := loadCounties(city, c.Forms)
	c.Counties = counties
	l.mistakes = append(l.mistakes, mistakes...)
	c.Holidays, mistakes = loadHolidays(city.Holidays)
	l.mistakes = append(l.mistakes, mistakes...)
	if err := l.mistakes.err(); err != nil {
		return nil, err
	}
	if c.Colours, mistakes = loadColours(city.Colours, c); len(mistakes) > 0 {
		return nil, mistakes.err()
	}
	c.settle(city.Zone)
	return c, nil
}

// loader gathers pages by the name they give their form or summary, then reads
// them: forms first, for summaries rest on them.
type loader struct {
	forms     map[string]*page
	summaries map[string]*page
	off       map[string]bool // names a city switched off
	city      map[string]string
	mistakes  Mistakes
}

// newLoader gathers the shipped pages and those of the city's folder.
func newLoader(cityForms string) (*loader, error) {
	l := &loader{forms: map[string]*page{}, summaries: map[string]*page{}}
	if err := l.shipped(); err != nil {
		return nil, err
	}
	return l, l.folder(cityForms)
}

func (l *loader) shipped() error {
	return fs.WalkDir(shipped, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := shipped.ReadFile(path)
		if err != nil {
			return fmt.Errorf("embedded %s: %w", path, err)
		}
		l.take(newPage("templates/"+path, text))
		return nil
	})
}

// folder takes every YAML file of the city's folder, in order of their names.
// Files that begin with a dot or a tilde belong to an editor.
func (l *loader) folder(dir string) error {
	l.city, l.off = map[string]string{}, map[string]bool{}
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read forms folder: %w", err)
	}
	for _, e := range entries {
		ext := strings.ToLower(filepath.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "~") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		l.take(openPage(filepath.Join(dir, e.Name())))
	}
	return nil
}

// take puts a page where its first word says it belongs.
func (l *loader) take(p *page) {
	if p.root == nil {
		l.mistakes = append(l.mistakes, p.all()...)
		return
	}
	kind, name := p.subject()
	if kind == "" {
		p.wrong(p.root, "表以“form: 名字”开头，汇总表以“summary: 名字”开头", "看不出是表还是汇总表")
		l.mistakes = append(l.mistakes, p.all()...)
		return
	}
	if l.city != nil {
		if first := l.city[kind+name]; first != "" && name != "" {
			p.wrong(p.root, "请删去一个", "“%s”在 %s 里已经有了", short(name), first)
		}
		l.city[kind+name] = p.file
	}
	if kind == "form" {
		l.forms[cmp.Or(name, p.file)] = p
	} else {
		l.summaries[cmp.Or(name, p.file)] = p
	}
}

// subject is what the page describes, form or summary, and its name. A summary
// has both words, for it names its form too.
func (p *page) subject() (kind, name string) {
	for _, kind := range []string{"summary", "form"} {
		if p.has(kind) {
			return kind, p.word(kind)
		}
	}
	return "", ""
}

// has says whether the page has the top key.
func (p *page) has(key string) bool {
	for i := 0; i+1 < len(p.root.Content); i += 2 {
		if p.root.Content[i].Value == key {
			return true
		}
	}
	return false
}

// word is the text of a top key, "" when it has none.
func (p *page) word(key string) string {
	for i := 0; i+1 < len(p.root.Content); i += 2 {
		if p.root.Content[i].Value == key {
			return p.root.Content[i+1].Value
		}
	}
	return ""
}

// read reads all pages into a catalog.
func (l *loader) read() *Catalog {
	c := &Catalog{}
	forms := map[string]*Form{}
	for name, p := range l.forms {
		if l.switchedOff(p, "form") {
			l.off[name] = true
			continue
		}
		f := readForm(p)
		forms[f.Name] = f
		c.Forms = append(c.Forms, f)
		l.mistakes = append(l.mistakes, p.all()...)
		if len(p.all()) == 0 {
			f.titles = newTitleBook(f)
		}
	}
	shareEnds(c.Forms)
	for _, p := range l.summaries {
		if s := l.summary(p, forms); s != nil {
			c.Summaries = append(c.Summaries, s)
		}
	}
	slices.SortFunc(c.Forms, byOrder)
	slices.SortFunc(c.Summaries, func(a, b *Summary) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// byOrder is the place of forms in lists.
func byOrder(a, b *Form) int {
	return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name))
}

// summary reads a summary. A shipped one goes with the form that a city
// switched off, and says what to do when it no longer fits a city's form.
func (l *loader) summary(p *page, forms map[string]*Form) *Summary {
	if l.switchedOff(p, "summary") {
		return nil
	}
	own := l.own(p)
	if !own && l.off[p.word("form")] {
		return nil
	}
	s := readSummary(p, forms)
	mistakes := p.all()
	for i := range mistakes {
		if !own && mistakes[i].Hint == "" {
			mistakes[i].Hint = fmt.Sprintf("本市改过的表与内置汇总表不合：请补上字段，或在 forms 文件夹里另写一份 %s，或写“summary: %s”加“off: true”停用", s.Name, s.Name)
		}
	}
	l.mistakes = append(l.mistakes, mistakes...)
	return s
}

// own says whether the page came from the city's folder.
func (l *loader) own(p *page) bool {
	kind, name := p.subject()
	return l.city[kind+name] == p.file
}

// switchedOff says whether the page only says that a form or summary is not
// wanted here: its name and off: true.
func (l *loader) switchedOff(p *page, kind string) bool {
	if !p.has("off") {
		return false
	}
	d := p.dict(p.root, "停用", kind, "off")
	d.name(kind, "停用")
	if !d.flag("off", true) {
		p.wrong(d.at("off"), "要用就删去这个文件", "“off”只能是 true")
	}
	l.mistakes = append(l.mistakes, p.all()...)
	return true
}
