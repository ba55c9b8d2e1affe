package templates

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// Counties is who reports. It is safe for concurrent use.
type Counties struct {
	Strict bool // a folder that no county names is nobody's

	mu     sync.RWMutex
	list   []*County            // in order
	folder map[string]*County   // the listed ones by folder, folded
	met    map[string]*County   // those only met as a folder, by its exact name
	name   map[string][]*County // by name and alias, folded
}

// NewCounties makes a list of counties. It is for counties that are known to
// have no name twice, as a file of counties is checked to be.
func NewCounties(list ...*County) *Counties {
	c := &Counties{folder: map[string]*County{}, met: map[string]*County{}, name: map[string][]*County{}}
	for _, one := range list {
		c.add(one)
	}
	return c
}

// add takes a county; the caller holds the lock, or is alone.
func (c *Counties) add(one *County) {
	one.Folder = cmp.Or(one.Folder, one.Name)
	if one.New {
		c.met[one.Folder] = one
	} else {
		c.folder[fold(one.Folder)] = one
	}
	for _, word := range append([]string{one.Name}, one.Aliases...) {
		if key := fold(word); !slices.Contains(c.name[key], one) {
			c.name[key] = append(c.name[key], one)
		}
	}
	at := len(c.list)
	for at > 0 && before(one, c.list[at-1]) {
		at--
	}
	c.list = slices.Insert(c.list, at, one)
}

// before says whether a stands before b: known before new, then by order.
func before(a, b *County) bool {
	if a.New != b.New {
		return b.New
	}
	return !a.New && a.Order < b.Order
}

// All returns every county, in the city's order, those only met as a folder last.
func (c *Counties) All() []*County {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.list)
}

// ByFolder returns the county whose folder this is, or whose full name it bears;
// blanks and full-width letters make no difference. A folder that no county names is a
// new county of exactly that name and is remembered; when Strict it is nil.
func (c *Counties) ByFolder(folder string) *County {
	c.mu.RLock()
	one := c.known(folder)
	c.mu.RUnlock()
	if one != nil || c.Strict || fold(folder) == "" {
		return one
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if one = c.known(folder); one == nil {
		one = &County{Name: folder, Folder: folder, New: true}
		c.add(one)
	}
	return one
}

// Renamed returns the listed county to which a name leads that is none of the list's: the
// name is its folder's, so that the files there would come in once more under the new
// name. It is nil when the name is in the list, or leads nowhere.
func (c *Counties) Renamed(name string) *County {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, one := range c.name[fold(name)] {
		if one.Name == name {
			return nil
		}
	}
	return c.folder[fold(name)]
}

// known is the county of a folder, nil when it was never met; the caller holds the
// lock. Two new folders whose names differ by a blank are two: nobody can say which of
// them is meant by what.
func (c *Counties) known(folder string) *County {
	key := fold(folder)
	if one := c.folder[key]; one != nil {
		return one
	}
	for _, one := range c.name[key] {
		if !one.New && fold(one.Name) == key {
			return one
		}
	}
	return c.met[folder]
}

// ByName returns the county of a name or alias. Blanks and full-width letters
// make no difference, but 大理州 is not 大理市. It is nil when nobody, or more
// than one, has the name.
func (c *Counties) ByName(text string) *County {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if found := c.name[fold(text)]; len(found) == 1 {
		return found[0]
	}
	return nil
}

// loadCounties reads counties.yaml, whose units report some or all of the forms.
// A file that is not there names nobody.
func loadCounties(city City, forms []*Form) (*Counties, Mistakes) {
	path := city.Counties
	if path == "" {
		return NewCounties(), nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return NewCounties(), nil
	}
	p := openPage(path)
	if p.root == nil {
		return NewCounties(), p.all()
	}
	return readCounties(p, forms, city.Folder), p.all()
}

var countyKeys = []string{"code", "name", "aliases", "kind", "order", "folder", "contact", "phone", "email", "forms"}

// readCounties reads the page as a list of counties. Two that share a name, an
// alias, a folder or a code could not be told apart.
func readCounties(p *page, forms []*Form, fits func(string) string) *Counties {
	if c := p.root.Content; len(c) == 2 && c[0].Value == "counties" && c[1].Tag == "!!null" {
		return NewCounties() // the example, with nobody filled in yet
	}
	top := p.dict(p.root, "counties.yaml", "counties")
	top.need("counties", "counties.yaml")
	taken := map[string]string{}
	var list []*County
	for i, n := range top.list("counties") {
		d := p.dict(n, "单位", countyKeys...)
		one := &County{
			Code: d.text("code"), Name: d.must("name", "单位"), Aliases: d.texts("aliases"), Kind: d.text("kind"),
			Order: d.number("order", 0, 99999, i+1), Folder: d.text("folder"), Contact: d.text("contact"),
			Phone: d.text("phone"), Email: d.texts("email"), Forms: d.texts("forms"),
		}
		d.unique(one, taken)
		d.watched(one, fits)
		d.addresses(one)
		d.owed(one, forms)
		if one.Name != "" {
			list = append(list, one)
		}
	}
	return NewCounties(list...)
}

// unique takes what a county is known by; no other may have it.
func (d *dict) unique(one *County, taken map[string]string) {
	claim := func(kind, key, word string) {
		if word == "" {
			return
		}
		id := kind + "\x00" + fold(word)
		if owner, ok := taken[id]; ok && owner != one.Name {
			d.page.wrong(d.at(key), "", "“%s”已属于“%s”", short(word), owner)
		} else if ok && key != "aliases" {
			d.page.wrong(d.at(key), "", "“%s”写了两次", short(word))
		}
		taken[id] = one.Name
	}
	claim("code", "code", one.Code)
	claim("name", "name", one.Name)
	for _, alias := range one.Aliases {
		claim("name", "aliases", alias)
	}
	folder := cmp.Or(one.Folder, one.Name)
	if !plainFolder(folder) {
		d.page.wrong(d.at("folder"), "", "“%s”不能作文件夹名", short(folder))
	}
	key := "folder"
	if !d.has("folder") {
		key = "name"
	}
	claim("folder", key, folder)
}

// watched makes sure that somebody looks into the folder of a county.
func (d *dict) watched(one *County, fits func(string) string) {
	key, folder := "folder", one.Folder
	if folder == "" {
		key, folder = "name", one.Name
	}
	if fits == nil || !plainFolder(folder) || folder == "" {
		return
	}
	if why := fits(folder); why != "" {
		d.page.wrong(d.at(key), "写一个别的 folder，name 不用改", "“%s”不能作文件夹名：%s", short(folder), why)
	}
}

// plainFolder says whether the name is one folder below the share, on Windows too.
func plainFolder(s string) bool {
	return s == "" || len(s) <= 200 && !strings.ContainsAny(s, "/\\:*?\"<>|\x00\n") &&
		!strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") && s == strings.TrimSpace(s)
}

// addresses checks the e-mail addresses as far as their shape goes.
func (d *dict) addresses(one *County) {
	for i, n := range d.list("email") {
		if i >= len(one.Email) {
			break
		}
		if _, ok := MailAddress(one.Email[i]); !ok {
			d.page.wrong(n, AddressWanted, "“%s”不能用作电子邮箱", short(one.Email[i]))
		}
	}
}

// owed checks that each form a county reports is one that there is.
func (d *dict) owed(one *County, forms []*Form) {
	var names []string
	for _, f := range forms {
		names = append(names, f.Name)
	}
	for i, n := range d.list("forms") {
		if i < len(one.Forms) && !slices.Contains(names, one.Forms[i]) {
			d.page.wrong(n, "现有："+strings.Join(names, "、"), "没有叫“%s”的表", short(one.Forms[i]))
		}
	}
}

// CountiesExample is a commented counties.yaml to begin with.
func CountiesExample() []byte {
	return fmt.Appendf(nil, countiesExample, strings.Join(countyKeys, "、"))
}

const countiesExample = `# 谁来报送：每个单位一项。改完保存，重启后生效。
# Who reports: one entry for each unit.
#
# 可用的键（只有 name 必填）：%s
#   code     行政区划代码（GB/T 2260），开头的 0 会保留
#   name     全称，也是默认的文件夹名
#   aliases  表里可能出现的其他写法；没有列出的写法不会猜（大理州不是大理市）
#   kind     县区、功能区、市直部门……
#   order    在汇总表里的顺序，不写就按本文件的顺序
#   folder   share 下面的文件夹名，不写就用 name
#   contact  联系人；phone 电话
#   email    回执发到哪里，可以写几个：[甲@example.gov.cn, 乙@example.gov.cn]
#   forms    要报哪几种表，例如 [petition_ledger, case_summary]；不写就是全部
#
# 没有写在这里的文件夹也会收：按文件夹名当作新单位，并提示市里补上。
# A folder that is not listed is taken as a new unit of that name.

counties:
# 去掉下一行的 # 就生效：
#  - {code: "532301", name: 楚雄市, aliases: [楚雄], kind: 县区, contact: 张三, phone: 0878-0000000, email: hb@example.gov.cn}
`
