package templates

import (
	"slices"
	"strings"
)

// titleBook looks fields up by their folded titles.
type titleBook struct {
	paths   map[string]int // folded full path → field index
	aliases map[string]int
	leaves  map[string]int // folded last word → field index, -1 when several
	tails   map[string]int // folded path without its upper levels → field index, -1 when several
	fields  []*Field
	units   []string        // by field index, folded unit
	levels  [][]string      // by field index, the folded levels of its title
	words   map[string]bool // what a column's title may end with to name a field
	title   string          // the form's own, folded
	ends    *titleEnds      // of all forms that were loaded together
}

// titleBook is the book of the form's titles, made once for a form that was
// loaded.
func (f *Form) titleBook() *titleBook {
	if f.titles != nil {
		return f.titles
	}
	return newTitleBook(f)
}

func newTitleBook(f *Form) *titleBook {
	b := &titleBook{paths: map[string]int{}, aliases: map[string]int{}, leaves: map[string]int{}, tails: map[string]int{},
		fields: f.Fields, units: make([]string, len(f.Fields)), levels: make([][]string, len(f.Fields)), words: map[string]bool{}, title: fold(f.Title)}
	for i, field := range f.Fields {
		b.paths[foldPath(field.Path)] = i
		for _, alias := range field.Aliases {
			b.aliases[foldPath(alias)] = i
		}
		once(b.leaves, foldTitle(field.Path[len(field.Path)-1]), i)
		for k := 1; k < len(field.Path); k++ {
			once(b.tails, foldPath(field.Path[k:]), i)
		}
		b.units[i] = titleUnit(field.Path)
		if b.units[i] == "" {
			b.units[i] = fold(field.Unit)
		}
		for _, level := range field.Path {
			b.levels[i] = append(b.levels[i], foldTitle(level))
		}
		b.addWords(field)
	}
	return b
}

// addWords notes what a column's title may end with to name the field: a last
// word, or of a title of one level, which may be split over rows, any end.
func (b *titleBook) addWords(f *Field) {
	for _, path := range append([][]string{f.Path}, f.Aliases...) {
		b.words[foldTitle(path[len(path)-1])] = true
	}
	if len(f.Path) > 1 {
		return
	}
	title := foldTitle(f.Path[0])
	for i := range title {
		b.words[title[i:]] = true
	}
}

// mayEnd says whether a column whose folded last level this is may name a field.
func (b *titleBook) mayEnd(last string) bool { return b.words[last] || belongsAbove(last) }

// belongsAbove says whether a folded level is no word of its own, but belongs to the
// level above: a unit, a bracket, a mark.
func belongsAbove(last string) bool {
	return last == "" || strings.HasSuffix(last, ")") || units[strings.TrimPrefix(last, "(")]
}

// isLevel says whether a text is a level of the field's title. A first character
// that folding leaves alone settles most texts.
func (b *titleBook) isLevel(field int, text string) bool {
	levels := b.levels[field]
	if startsPlain(text) && !anyBegins(levels, text) && !numbered(text) {
		return false
	}
	title := foldTitle(text)
	return slices.Contains(levels, title) || numbered(title) && slices.Contains(levels, cutNumber(title))
}

// anyBegins says whether a folded level begins as a text does that starts plain, but
// for its case.
func anyBegins(levels []string, text string) bool {
	for _, l := range levels {
		switch {
		case l == "":
		case han(text):
			if strings.HasPrefix(l, text[:3]) {
				return true
			}
		case l[0] == text[0] || isLetter(text[0]) && l[0] == text[0]|0x20:
			return true
		}
	}
	return false
}

// once notes a name's field, or -1 when it is the name of several.
func once(names map[string]int, name string, field int) {
	if _, taken := names[name]; taken {
		field = -1
	}
	names[name] = field
}

func foldPath(path []string) string {
	folded := make([]string, len(path))
	for i, p := range path {
		folded[i] = foldTitle(p)
	}
	return strings.Join(folded, "\x00")
}

// titleUnit is the unit that a title path states in brackets, "" for none.
func titleUnit(path []string) string {
	for i := len(path) - 1; i >= 0; i-- {
		t := bareTitle(path[i])
		if open := strings.LastIndexByte(t, '('); open > 0 && strings.HasSuffix(t, ")") {
			if u := bracketUnit(t[open+1 : len(t)-1]); u != "" {
				return u
			}
		}
	}
	return ""
}

// Ways a column's title may name a field, best last.
const (
	byTail = iota + 1 // its upper levels are missing
	byLeaf            // it has more levels above, or is split over rows
	byAlias
	byPath
)

// titleKeys are a title path as a titleBook knows it.
type titleKeys struct {
	tails  []string // folded, without so many upper levels
	joined []string // the same, taken for one level split over rows
}

func newTitleKeys(path []string) titleKeys {
	var k titleKeys
	for left := range path {
		k.tails = append(k.tails, foldPath(path[left:]))
		if left+1 < len(path) {
			k.joined = append(k.joined, foldTitle(strings.Join(path[left:], "")))
		}
	}
	return k
}

// match finds the field that a column's title names. A column that states another
// unit than the form is none of the form's columns; but money converts.
func (b *titleBook) match(t columnTitle) (field, how int, money string) {
	field, how = b.lookup(t.keys)
	if how == 0 && t.other != nil {
		if field, how = b.lookup(t.other.keys); how > 0 && !t.other.names(b.fields[field]) {
			how = 0
		}
	}
	if how == 0 {
		return 0, 0, ""
	}
	if t.unit == "" || b.units[field] == "" || t.unit == b.units[field] {
		return field, how, ""
	}
	_, from := scales[t.unit]
	if _, to := scales[b.units[field]]; from && to {
		return field, how, t.unit
	}
	return 0, 0, ""
}

// unitLevel takes a last level that is nothing but a unit for part of the title
// above it: 罚款金额 over 万元.
func unitLevel(path []string) []string {
	n := len(path)
	if n < 2 {
		return path
	}
	u := strings.TrimSuffix(strings.TrimPrefix(fold(path[n-1]), "("), ")")
	if !units[u] {
		return path
	}
	return append(append([]string{}, path[:n-2]...), path[n-2]+"("+u+")")
}

// lookup tries the whole path, then what is left without its upper levels.
func (b *titleBook) lookup(k titleKeys) (field, how int) {
	if i, how := b.exactly(k, 0); how > 0 {
		return i, how
	}
	for _, title := range k.joined {
		if i, ok := b.paths[title]; ok {
			return i, byLeaf
		}
	}
	for left := 1; left < len(k.tails); left++ {
		if i, how := b.exactly(k, left); how > 0 {
			return i, how
		}
	}
	if i, ok := b.tails[k.tails[0]]; ok && i >= 0 {
		return i, byTail
	}
	return 0, 0
}

// exactly looks up a path from which so many levels were left out. 合计 below an
// unknown title may be anybody's when several fields end so.
func (b *titleBook) exactly(k titleKeys, left int) (field, how int) {
	full := k.tails[left]
	if left > 0 && left == len(k.tails)-1 && b.leaves[full] == -1 {
		return 0, 0
	}
	if i, ok := b.paths[full]; ok && left == 0 {
		return i, byPath
	} else if ok {
		return i, byLeaf
	}
	if i, ok := b.aliases[full]; ok {
		return i, byAlias
	}
	return 0, 0
}
