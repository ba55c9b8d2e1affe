package templates

import "strings"

// titleBook looks fields up by their folded titles.
type titleBook struct {
	paths   map[string]int // folded full path → field index
	aliases map[string]int
	leaves  map[string]int  // folded last word → field index, -1 when several
	units   []string        // by field index, folded unit
	words   map[string]bool // the last words of all titles and aliases
	levels  [][]string      // by field index, the folded levels of its title
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
	b := &titleBook{paths: map[string]int{}, aliases: map[string]int{}, leaves: map[string]int{}, words: map[string]bool{},
		units: make([]string, len(f.Fields)), levels: make([][]string, len(f.Fields))}
	for i, field := range f.Fields {
		b.paths[foldPath(field.Path)] = i
		for _, level := range field.Path {
			b.levels[i] = append(b.levels[i], foldTitle(level))
		}
		for _, alias := range field.Aliases {
			b.aliases[foldPath(alias)] = i
			b.words[foldTitle(alias[len(alias)-1])] = true
		}
		leaf := foldTitle(field.Path[len(field.Path)-1])
		b.words[leaf] = true
		if _, taken := b.leaves[leaf]; taken {
			b.leaves[leaf] = -1
		} else {
			b.leaves[leaf] = i
		}
		b.units[i] = titleUnit(field.Path)
		if b.units[i] == "" {
			b.units[i] = fold(field.Unit)
		}
	}
	return b
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
		t := strings.TrimRight(fold(path[i]), "*:")
		if open := strings.LastIndexByte(t, '('); open > 0 && strings.HasSuffix(t, ")") {
			if u := t[open+1 : len(t)-1]; units[u] {
				return u
			}
		}
	}
	return ""
}

// Ways a column's title may name a field, best last.
const (
	byLeaf = iota + 1
	byAlias
	byPath
)

// match finds the field that a title path names. A column that states another
// unit than the form is none of the form's columns.
func (b *titleBook) match(t columnTitle) (field, how int) {
	field, how = b.lookup(t.full, t.last)
	if how == 0 {
		return 0, 0
	}
	if t.unit != "" && b.units[field] != "" && t.unit != b.units[field] {
		return 0, 0
	}
	return field, how
}

// pathKeys are a title path and its last word as a titleBook knows them.
func pathKeys(path []string) (full, last string) {
	return foldPath(path), foldTitle(path[len(path)-1])
}

// lookup finds the field of a folded path, or of its last word.
func (b *titleBook) lookup(full, last string) (field, how int) {
	if i, ok := b.paths[full]; ok {
		return i, byPath
	}
	if i, ok := b.aliases[full]; ok {
		return i, byAlias
	}
	if i, ok := b.leaves[last]; ok && i >= 0 {
		return i, byLeaf
	}
	if i, ok := b.aliases[last]; ok {
		return i, byAlias
	}
	return 0, 0
}
