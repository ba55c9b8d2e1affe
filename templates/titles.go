package templates

import "strings"

// titleBook looks fields up by their folded titles.
type titleBook struct {
	paths   map[string]int // folded full path → field index
	aliases map[string]int
	leaves  map[string]int // folded last word → field index, -1 when several
	tails   map[string]int // folded path without its upper levels → field index, -1 when several
	units   []string       // by field index, folded unit
}

func newTitleBook(f *Form) *titleBook {
	b := &titleBook{map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, make([]string, len(f.Fields))}
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
	}
	return b
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
			if u := t[open+1 : len(t)-1]; units[u] {
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

// match finds the field that a title path names. A column that states another
// unit than the form is none of the form's columns; but money converts.
func (b *titleBook) match(path []string) (field, how int, money string) {
	path = unitLevel(path)
	field, how = b.lookup(path)
	if how == 0 {
		return 0, 0, ""
	}
	u := titleUnit(path)
	if u == "" || b.units[field] == "" || u == b.units[field] {
		return field, how, ""
	}
	_, from := scales[u]
	if _, to := scales[b.units[field]]; from && to {
		return field, how, u
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
func (b *titleBook) lookup(path []string) (field, how int) {
	if i, how := b.exactly(path, 0); how > 0 {
		return i, how
	}
	for k := 0; k+1 < len(path); k++ { // a title split over several rows
		if i, ok := b.paths[foldTitle(strings.Join(path[k:], ""))]; ok {
			return i, byLeaf
		}
	}
	for k := 1; k < len(path); k++ {
		if i, how := b.exactly(path[k:], k); how > 0 {
			return i, how
		}
	}
	if i, ok := b.tails[foldPath(path)]; ok && i >= 0 {
		return i, byTail
	}
	return 0, 0
}

// exactly looks up a path from which so many levels were left out. 合计 below an
// unknown title may be anybody's when several fields end so.
func (b *titleBook) exactly(path []string, left int) (field, how int) {
	full := foldPath(path)
	if left > 0 && len(path) == 1 && b.leaves[full] == -1 {
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
