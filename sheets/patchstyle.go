package sheets

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// fillTints are the fills laid over a county's cells. No program offers these
// very colours, so a cell that has one was filled by us, and the fill is taken
// off again when the copy comes back. What the cell was filled with before is
// kept in the fill itself, as the background colour, which a solid fill does not
// show: it stays with the cell when rows are moved, and costs nothing to find.
// LibreOffice overwrites that colour when it saves; after it, a fill of ours is
// undone to no fill at all.
var fillTints = map[Tint]string{
	Grey: "FFEBECEB", Red: "FFFFC8CD", Yellow: "FFFFEB9E", Green: "FFE1F1DB", Blue: "FFDCEAF6",
}

// stylePart is styles.xml taken apart as far as cells need it.
type stylePart struct {
	doc    []byte
	top    tag
	prefix string
	lists  map[string]*styleList
	tints  map[[2]int]int // xf and tint: the tinted xf
	bare   map[int]int    // xf: the same without our fill
	forget bool           // backgrounds are not ours: the file was saved by LibreOffice
}

// styleList is one list of styles.xml: fonts, fills, borders, cellXfs, numFmts.
type styleList struct {
	open  child
	items []string // each as written
	old   int      // how many the file had
}

func openStyles(doc []byte) (*stylePart, error) {
	top, list, _, err := below(doc)
	if err != nil {
		return nil, err
	}
	s := &stylePart{doc: doc, top: top, prefix: top.prefix(), lists: map[string]*styleList{},
		tints: map[[2]int]int{}, bare: map[int]int{}}
	for _, c := range list {
		l := &styleList{open: c}
		if !c.empty {
			items, _, err := children(doc, c.to)
			if err != nil {
				return nil, err
			}
			for _, item := range items {
				l.items = append(l.items, string(doc[item.from:item.end]))
			}
		}
		l.old = len(l.items)
		s.lists[c.local()] = l
	}
	for _, need := range []string{"fonts", "fills", "borders", "cellXfs"} {
		if s.lists[need] == nil || len(s.lists[need].items) == 0 {
			return nil, fmt.Errorf("styles have no %s", need)
		}
	}
	return s, nil
}

// add appends an item to a list and returns its number.
func (s *stylePart) add(list, item string) int {
	l := s.lists[list]
	if i := slices.Index(l.items[l.old:], item); i >= 0 {
		return l.old + i
	}
	l.items = append(l.items, item)
	return len(l.items) - 1
}

// render writes styles.xml again.
func (s *stylePart) render() ([]byte, error) {
	var changes []splice
	for _, name := range sortedKeys(s.lists) {
		l := s.lists[name]
		if len(l.items) == l.old || l.open.to == 0 {
			continue
		}
		open := l.open.tag.with("count", strconv.Itoa(len(l.items)))
		open.empty = false
		added := strings.Join(l.items[l.old:], "")
		if l.open.empty {
			changes = append(changes, splice{l.open.from, l.open.to, open.String() + added + "</" + open.name + ">"})
			continue
		}
		changes = append(changes, splice{l.open.from, l.open.to, open.String()}, splice{l.open.inner, l.open.inner, added})
	}
	if l := s.lists["numFmts"]; l != nil && l.open.to == 0 && len(l.items) > 0 { // the file had none
		name := s.prefix + "numFmts"
		text := fmt.Sprintf(`<%s count="%d">%s</%s>`, name, len(l.items), strings.Join(l.items, ""), name)
		changes = append(changes, splice{s.top.to, s.top.to, text})
	}
	slices.SortFunc(changes, func(a, b splice) int { return a.from - b.from })
	return spliced(s.doc, changes)
}

// tinted gives the style that looks as xf does but for a light fill. A style
// with a pattern or a gradient keeps it: it could not be given back.
func (s *stylePart) tinted(xf int, tint Tint) int {
	key := [2]int{xf, int(tint)}
	if id, ok := s.tints[key]; ok {
		return id
	}
	id := xf
	if before, solid := s.solid(xf); solid && fillTints[tint] != "" {
		id = s.filled(xf, s.fill(fmt.Sprintf(` rgb="%s"`, fillTints[tint]), before))
	}
	s.tints[key] = id
	return id
}

// untinted gives the style that a cell had before we filled it; the same one
// where the fill is not ours.
func (s *stylePart) untinted(xf int) int {
	if id, ok := s.bare[xf]; ok {
		return id
	}
	id := xf
	if fore, back, ok := s.colours(xf); ok && ourColour(fore) {
		fill := 0 // the first fill of every workbook is none
		if indexed, _ := back.attr("indexed"); !s.forget && back.body != "" && indexed != "64" {
			fill = s.fill(back.body, "")
		}
		id = s.filled(xf, fill)
	}
	s.bare[xf] = id
	return id
}

func ourColour(fore tag) bool {
	rgb, _ := fore.attr("rgb")
	for _, c := range fillTints {
		if strings.EqualFold(rgb, c) {
			return true
		}
	}
	return false
}

// solid says what a style is filled with: the attributes of its colour, "" for
// nothing; false where it is neither.
func (s *stylePart) solid(xf int) (string, bool) {
	fill, ok := s.fillOf(xf)
	if !ok {
		return "", false
	}
	pattern := find(fill, "patternFill")
	kind, _ := pattern.attr("patternType")
	switch {
	case pattern.to == 0:
		return "", false
	case kind == "" || kind == "none":
		return "", true
	case kind != "solid":
		return "", false
	}
	return find(fill, "fgColor").body, true
}

func (s *stylePart) colours(xf int) (fore, back tag, ok bool) {
	fill, ok := s.fillOf(xf)
	if !ok {
		return tag{}, tag{}, false
	}
	kind, _ := find(fill, "patternFill").attr("patternType")
	return find(fill, "fgColor"), find(fill, "bgColor"), kind == "solid"
}

// fillOf gives the fill that a style shows.
func (s *stylePart) fillOf(xf int) (string, bool) {
	xfs, fills := s.lists["cellXfs"].items, s.lists["fills"].items
	if xf < 0 || xf >= len(xfs) {
		return "", false
	}
	t, _ := nextTag([]byte(xfs[xf]), 0)
	n := t.number("fillId", 0)
	if n < 0 || n >= len(fills) {
		return "", false
	}
	return fills[n], true
}

// fill adds a solid fill, given by the attributes of its two colours.
func (s *stylePart) fill(fore, back string) int {
	if back == "" {
		back = ` indexed="64"`
	}
	p := s.prefix
	return s.add("fills", fmt.Sprintf(`<%sfill><%spatternFill patternType="solid"><%sfgColor%s/><%sbgColor%s/></%spatternFill></%sfill>`,
		p, p, p, fore, p, back, p, p))
}

// filled adds a style that differs from another one only in its fill.
func (s *stylePart) filled(xf, fill int) int {
	text := s.lists["cellXfs"].items[xf]
	t, _ := nextTag([]byte(text), 0)
	head := t.with("fillId", strconv.Itoa(fill)).with("applyFill", "1")
	return s.add("cellXfs", head.String()+text[t.to:])
}

// find gives the first tag of a local name in a piece of markup.
func find(text, name string) tag {
	doc := []byte(text)
	for at := 0; ; {
		t, ok := nextTag(doc, at)
		if !ok {
			return tag{}
		}
		if t.local() == name && !t.closing {
			return t
		}
		at = t.to
	}
}

// graft adds the styles of another workbook's styles.xml and says by how much
// the numbers of its cell styles have grown.
func (s *stylePart) graft(doc []byte) (shift int, err error) {
	other, err := openStyles(doc)
	if err != nil {
		return 0, err
	}
	formats := s.graftFormats(other)
	base := map[string]int{}
	for _, name := range []string{"fonts", "fills", "borders"} {
		base[name] = len(s.lists[name].items)
		for _, item := range other.lists[name].items {
			s.lists[name].items = append(s.lists[name].items, s.spaced(item))
		}
	}
	shift = len(s.lists["cellXfs"].items)
	for _, xf := range other.lists["cellXfs"].items {
		t, _ := nextTag([]byte(xf), 0)
		head := t.with("fontId", strconv.Itoa(t.number("fontId", 0)+base["fonts"])).
			with("fillId", strconv.Itoa(t.number("fillId", 0)+base["fills"])).
			with("borderId", strconv.Itoa(t.number("borderId", 0)+base["borders"])).
			with("xfId", "0")
		if id := t.number("numFmtId", 0); formats[id] != 0 {
			head = head.with("numFmtId", strconv.Itoa(formats[id]))
		}
		s.lists["cellXfs"].items = append(s.lists["cellXfs"].items, s.spaced(head.String()+xf[t.to:]))
	}
	return shift, nil
}

// spaced states the name space of an element that is put among prefixed ones.
func (s *stylePart) spaced(item string) string {
	t, ok := nextTag([]byte(item), 0)
	if s.prefix == "" || !ok {
		return item
	}
	return t.with("xmlns", mainNS).String() + item[t.to:]
}

// graftFormats adds the other's own number formats under numbers that are free.
func (s *stylePart) graftFormats(other *stylePart) map[int]int {
	ids := map[int]int{}
	theirs := other.lists["numFmts"]
	if theirs == nil {
		return ids
	}
	if s.lists["numFmts"] == nil {
		s.lists["numFmts"] = &styleList{}
	}
	ours := s.lists["numFmts"]
	next := 164 // the first number that is not built in
	for _, item := range ours.items {
		t, _ := nextTag([]byte(item), 0)
		next = max(next, t.number("numFmtId", 0)+1)
	}
	for _, item := range theirs.items {
		t, _ := nextTag([]byte(item), 0)
		ids[t.number("numFmtId", 0)] = next
		ours.items = append(ours.items, s.spaced(t.with("numFmtId", strconv.Itoa(next)).String()))
		next++
	}
	return ids
}
