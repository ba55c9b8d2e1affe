package sheets

import (
	"errors"
	"fmt"
	"html"
	"strconv"
	"strings"
)

// reportSheets are the names of the sheets that we put before a county's own.
// In a copy that we annotated they are ours, and are never data.
var reportSheets = map[string]bool{"错误清单": true, "全部明细": true}

// AnnotatedMark is the property of a copy that we annotated; its value is "1".
const AnnotatedMark = "taizhang.annotated"

// bookPatch is the workbook part being patched.
type bookPatch struct {
	*patch
	part   string // name of the workbook part
	sheets []sheetEntry
}

// sheetEntry is a sheet as the workbook lists it.
type sheetEntry struct {
	child
	name, part, rel string
	id              int
	gone            bool
}

func openBookPatch(p *patch) (*bookPatch, error) {
	rels, err := p.relations("")
	if err != nil {
		return nil, err
	}
	b := &bookPatch{patch: p}
	for _, r := range rels {
		if r.kind == "officeDocument" {
			b.part = r.target
		}
	}
	if b.part == "" {
		return nil, errors.New("no workbook in the archive")
	}
	return b, b.list()
}

// list finds the sheets of the workbook.
func (b *bookPatch) list() error {
	doc, err := b.read(b.part)
	if err != nil {
		return err
	}
	top, list, err := section(doc, "sheets")
	if err != nil {
		return err
	}
	if ns := top.attrOr("xmlns"+strings.TrimSuffix(":"+top.prefix(), ":"), mainNS); ns != mainNS {
		return fmt.Errorf("name space %q", ns) // "strict" workbooks spell everything otherwise
	}
	rels, err := b.relations(b.part)
	if err != nil {
		return err
	}
	parts := map[string]string{}
	for _, r := range rels {
		parts[r.id] = r.target
	}
	for _, c := range list {
		e := sheetEntry{child: c, id: c.number("sheetId", 0)}
		e.name, _ = c.attr("name")
		e.rel, _ = c.attr("id")
		if e.part = parts[e.rel]; e.part == "" {
			return fmt.Errorf("sheet %d leads nowhere", e.id)
		}
		b.sheets = append(b.sheets, e)
	}
	return nil
}

// section finds an element below the root and lists what is in it.
func section(doc []byte, name string) (top tag, list []child, err error) {
	top, all, _, err := below(doc)
	if err != nil {
		return top, nil, err
	}
	for _, c := range all {
		if c.local() == name && !c.empty {
			list, _, err = children(doc, c.to)
			return top, list, err
		}
	}
	return top, nil, nil
}

// attrOr gives an attribute by its full name.
func (t tag) attrOr(name, other string) string {
	for at := 0; ; {
		i := strings.Index(t.body[at:], name+"=")
		if i < 0 {
			return other
		}
		at += i + len(name) + 1
		if before := t.body[at-len(name)-2]; before != ' ' && before != '\n' && before != '\t' && before != '\r' {
			continue
		}
		end := strings.IndexByte(t.body[at+1:], t.body[at])
		if end < 0 {
			return other
		}
		return html.UnescapeString(t.body[at+1 : at+1+end])
	}
}

// dropReport removes the sheets that an earlier annotation put first.
func (b *bookPatch) dropReport() error {
	annotated, err := b.annotated()
	if err != nil {
		return err
	}
	for i, s := range b.sheets {
		if !reportSheets[s.name] {
			continue
		}
		if !annotated {
			return fmt.Errorf("the county has a sheet named %s", s.name)
		}
		b.sheets[i].gone = true
		b.remove(s.part)
		b.remove(relsOf(s.part))
		if err := b.unrelate(b.part, s.rel); err != nil {
			return err
		}
		if err := b.undeclare(s.part); err != nil {
			return err
		}
	}
	return nil
}

// customPart is where the archive keeps its own properties, "" if nowhere.
func (b *bookPatch) customPart() (string, error) {
	rels, err := b.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		if r.kind == "custom-properties" {
			return r.target, nil
		}
	}
	return "", nil
}

func (b *bookPatch) annotated() (bool, error) {
	part, err := b.customPart()
	if err != nil || part == "" {
		return false, err
	}
	doc, err := b.read(part)
	if err != nil {
		return false, err
	}
	found, _, err := customProperty(doc, AnnotatedMark)
	return found, err
}

// customProperty says whether a property is there, and the highest number that
// a property has.
func customProperty(doc []byte, name string) (found bool, highest int, err error) {
	top, err := root(doc)
	if err != nil || top.empty {
		return false, 1, err
	}
	list, _, err := children(doc, top.to)
	highest = 1 // numbers begin with 2
	for _, c := range list {
		got, _ := c.attr("name")
		found = found || got == name
		highest = max(highest, c.number("pid", 0))
	}
	return found, highest, err
}

const customNS = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"

// markAnnotated sets the property that says what the copy is.
func (b *bookPatch) markAnnotated() error {
	part, err := b.customPart()
	if err != nil {
		return err
	}
	if part == "" {
		part = "docProps/custom.xml"
		b.write(part, []byte(xmlHead+`<Properties xmlns="`+customNS+`"></Properties>`))
		if err := b.declare(part, "application/vnd.openxmlformats-officedocument.custom-properties+xml"); err != nil {
			return err
		}
		if _, err := b.relate("", relNS+"/custom-properties", part); err != nil {
			return err
		}
	}
	return b.edit(part, func(doc []byte) ([]byte, error) {
		found, highest, err := customProperty(doc, AnnotatedMark)
		if err != nil || found {
			return doc, err
		}
		return appendChild(doc, fmt.Sprintf(`<property xmlns="%s" fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s">`+
			`<vt:lpwstr xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">1</vt:lpwstr></property>`,
			customNS, highest+1, AnnotatedMark))
	})
}

// newSheet is a sheet to be put first.
type newSheet struct {
	name, state, rel string
	names            []string // definedName elements that belong to it, without localSheetId
}

// putFirst lists new sheets before the others, moves what counts sheets by their
// place, and opens the book on the first one.
func (b *bookPatch) putFirst(added []newSheet) error {
	return b.edit(b.part, func(doc []byte) ([]byte, error) {
		top, all, _, err := below(doc)
		if err != nil {
			return nil, err
		}
		changes, anchor, named := []splice{}, 0, false
		for _, c := range all {
			switch c.local() {
			case "bookViews":
				changes = append(changes, openFirst(doc, c)...)
			case "sheets":
				changes = append(changes, b.sheetList(c, added)...)
				anchor = c.end
			case "functionGroups", "externalReferences":
				anchor = c.end
			case "definedNames":
				more, err := b.renumber(doc, c, added)
				if err != nil {
					return nil, err
				}
				changes, named = append(changes, more...), true
			}
		}
		if text := b.newNames(added, top.prefix()); !named && text != "" {
			changes = append(changes, splice{anchor, anchor, fmt.Sprintf(`<%sdefinedNames>%s</%sdefinedNames>`, top.prefix(), text, top.prefix())})
		}
		return spliced(doc, changes)
	})
}

// openFirst makes each window of the book show its first sheet.
func openFirst(doc []byte, views child) (changes []splice) {
	for at := views.to; at < views.inner; {
		t, ok := nextTag(doc, at)
		if !ok || t.from >= views.inner {
			break
		}
		if t.local() == "workbookView" && !t.closing {
			changes = append(changes, splice{t.from, t.to, t.without("activeTab").without("firstSheet").String()})
		}
		at = t.to
	}
	return changes
}

func (b *bookPatch) sheetList(list child, added []newSheet) []splice {
	next := 1
	for _, s := range b.sheets {
		next = max(next, s.id+1)
	}
	var text strings.Builder
	for i, s := range added {
		state := ""
		if s.state != "" {
			state = fmt.Sprintf(` state="%s"`, s.state)
		}
		fmt.Fprintf(&text, `<%ssheet name="%s" sheetId="%d"%s xmlns:r="%s" r:id="%s"/>`,
			list.prefix(), escapeAttr(s.name), next+i, state, relNS, s.rel)
	}
	changes := []splice{{list.to, list.to, text.String()}}
	for _, s := range b.sheets {
		if s.gone {
			changes = append(changes, splice{s.from, s.end, ""})
		}
	}
	return changes
}

// renumber moves the names that belong to one sheet along with their sheets.
func (b *bookPatch) renumber(doc []byte, names child, added []newSheet) ([]splice, error) {
	if names.empty {
		return nil, nil
	}
	list, _, err := children(doc, names.to)
	if err != nil {
		return nil, err
	}
	changes := []splice{{names.to, names.to, b.newNames(added, names.prefix())}}
	for _, c := range list {
		old := c.number("localSheetId", -1)
		if old < 0 || old >= len(b.sheets) {
			continue
		}
		if b.sheets[old].gone {
			changes = append(changes, splice{c.from, c.end, ""})
			continue
		}
		place := len(added)
		for _, s := range b.sheets[:old] {
			if !s.gone {
				place++
			}
		}
		changes = append(changes, splice{c.from, c.to, c.with("localSheetId", strconv.Itoa(place)).String()})
	}
	return changes, nil
}

func (b *bookPatch) newNames(added []newSheet, prefix string) string {
	var out strings.Builder
	for i, s := range added {
		for _, text := range s.names {
			t, ok := nextTag([]byte(text), 0)
			if !ok {
				continue
			}
			t = t.with("localSheetId", strconv.Itoa(i))
			if prefix != "" {
				t = t.with("xmlns", mainNS)
			}
			out.WriteString(t.String() + text[t.to:])
		}
	}
	return out.String()
}
