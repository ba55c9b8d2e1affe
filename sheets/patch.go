package sheets

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"strings"
)

// maxPart is the largest part that is patched, unzipped.
const maxPart = 256 << 20

// patch is a workbook's zip archive opened for patching: what is not changed
// is copied as it is, still compressed.
type patch struct {
	zip     *zip.Reader
	entries map[string]*zip.File // by lower-case name: part names ignore case
	changed map[string][]byte    // by name
	gone    map[string]bool      // by lower-case name
}

func openPatch(r io.ReaderAt, size int64) (*patch, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	p := &patch{zip: z, entries: map[string]*zip.File{}, changed: map[string][]byte{}, gone: map[string]bool{}}
	for _, f := range z.File {
		key := strings.ToLower(f.Name)
		if p.entries[key] != nil {
			return nil, fmt.Errorf("two entries are named %s", f.Name)
		}
		p.entries[key] = f
	}
	return p, nil
}

func (p *patch) has(name string) bool {
	key := strings.ToLower(name)
	_, changed := p.changed[p.spelled(name)]
	return changed || p.entries[key] != nil && !p.gone[key]
}

// spelled is the name as the archive spells it.
func (p *patch) spelled(name string) string {
	if f := p.entries[strings.ToLower(name)]; f != nil {
		return f.Name
	}
	return name
}

func (p *patch) read(name string) ([]byte, error) {
	if doc, ok := p.changed[p.spelled(name)]; ok {
		return doc, nil
	}
	f := p.entries[strings.ToLower(name)]
	if f == nil || p.gone[strings.ToLower(name)] {
		return nil, fmt.Errorf("part %s is missing", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	defer r.Close()
	doc, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	if len(doc) > maxPart {
		return nil, fmt.Errorf("part %s is larger than %d bytes", name, maxPart)
	}
	return doc, nil
}

func (p *patch) write(name string, doc []byte) { p.changed[p.spelled(name)] = doc }

func (p *patch) remove(name string) {
	delete(p.changed, p.spelled(name))
	p.gone[strings.ToLower(name)] = true
}

// edit reads a part, changes it and writes it back.
func (p *patch) edit(name string, change func([]byte) ([]byte, error)) error {
	doc, err := p.read(name)
	if err != nil {
		return err
	}
	if doc, err = change(doc); err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	p.write(name, doc)
	return nil
}

// WriteTo writes the patched archive.
func (p *patch) writeTo(w io.Writer) error {
	out := zip.NewWriter(w)
	for _, f := range p.zip.File {
		if _, changed := p.changed[f.Name]; changed || p.gone[strings.ToLower(f.Name)] {
			continue
		}
		if err := out.Copy(f); err != nil {
			return fmt.Errorf("part %s: %w", f.Name, err)
		}
	}
	for _, name := range sortedKeys(p.changed) {
		entry, err := out.Create(name)
		if err != nil {
			return err
		}
		if _, err := entry.Write(p.changed[name]); err != nil {
			return err
		}
	}
	return out.Close()
}

// free finds a name for a new part: before + number + after.
func (p *patch) free(before, after string) string {
	for n := 1; ; n++ {
		if name := fmt.Sprintf("%s%d%s", before, n, after); !p.has(name) && !p.gone[strings.ToLower(name)] {
			return name
		}
	}
}

// patchRel leads from one part to another.
type patchRel struct{ id, kind, target string }

const (
	relNS       = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageRels = "http://schemas.openxmlformats.org/package/2006/relationships"
)

func relsOf(part string) string {
	dir, base := path.Split(part)
	return dir + "_rels/" + base + ".rels"
}

// relations lists where a part leads to: targets are names in the archive, and
// kinds are the last word of their type (comments, vmlDrawing, worksheet).
func (p *patch) relations(part string) ([]patchRel, error) {
	name := relsOf(part)
	if !p.has(name) {
		return nil, nil
	}
	doc, err := p.read(name)
	if err != nil {
		return nil, err
	}
	var list []patchRel
	for at := 0; ; {
		t, ok := nextTag(doc, at)
		if !ok {
			return list, nil
		}
		at = t.to
		if t.local() != "Relationship" || t.closing {
			continue
		}
		id, _ := t.attr("Id")
		kind, _ := t.attr("Type")
		target, _ := t.attr("Target")
		if mode, _ := t.attr("TargetMode"); mode == "External" {
			continue
		}
		list = append(list, patchRel{id, path.Base(kind), patchTarget(part, target)})
	}
}

func patchTarget(part, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join(path.Dir(part), target)
}

// relate adds a patchRel to a part in the archive and returns its id.
func (p *patch) relate(part, kind, target string) (string, error) {
	name := relsOf(part)
	if !p.has(name) {
		p.write(name, []byte(xmlHead+`<Relationships xmlns="`+packageRels+`"></Relationships>`))
	}
	known, err := p.relations(part)
	if err != nil {
		return "", err
	}
	id := freeID(known)
	text := fmt.Sprintf(`<Relationship xmlns="%s" Id="%s" Type="%s" Target="/%s"/>`, packageRels, id, kind, escapeAttr(target))
	return id, p.edit(name, func(doc []byte) ([]byte, error) { return appendChild(doc, text) })
}

func freeID(known []patchRel) string {
	used := map[string]bool{}
	for _, r := range known {
		used[r.id] = true
	}
	for n := 1; ; n++ {
		if id := fmt.Sprintf("rIdTaizhang%d", n); !used[id] {
			return id
		}
	}
}

// unrelate removes a patchRel by its id.
func (p *patch) unrelate(part, id string) error {
	return p.edit(relsOf(part), func(doc []byte) ([]byte, error) {
		return dropElements(doc, "Relationship", func(t tag) bool {
			got, _ := t.attr("Id")
			return got == id
		})
	})
}

// dropElements removes the elements of a name, directly below the root, that a
// question says yes to.
func dropElements(doc []byte, name string, drop func(tag) bool) ([]byte, error) {
	top, err := root(doc)
	if err != nil || top.empty {
		return doc, err
	}
	list, _, err := children(doc, top.to)
	if err != nil {
		return nil, err
	}
	var cuts []splice
	for _, c := range list {
		if c.local() == name && drop(c.tag) {
			cuts = append(cuts, splice{c.from, c.end, ""})
		}
	}
	return spliced(doc, cuts)
}

// declare states the content type of a new part.
func (p *patch) declare(part, contentType string) error {
	text := fmt.Sprintf(`<Override xmlns="%s" PartName="/%s" ContentType="%s"/>`, typesNS, escapeAttr(part), contentType)
	return p.edit(typesPart, func(doc []byte) ([]byte, error) { return appendChild(doc, text) })
}

// undeclare removes what declare stated.
func (p *patch) undeclare(part string) error {
	return p.edit(typesPart, func(doc []byte) ([]byte, error) {
		return dropElements(doc, "Override", func(t tag) bool {
			name, _ := t.attr("PartName")
			return strings.EqualFold(strings.TrimPrefix(name, "/"), part)
		})
	})
}

const (
	typesPart = "[Content_Types].xml"
	typesNS   = "http://schemas.openxmlformats.org/package/2006/content-types"
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)
