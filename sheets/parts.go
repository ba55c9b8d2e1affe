package sheets

import (
	"net/url"
	"path"
	"strings"
)

// partLink is one line of a .rels part: another part, and what it is to this
// one.
type partLink struct {
	id, kind string // kind is the last word of the type's address
	target   string // a part name, or an address outside
	external bool
}

// relations reads what a part refers to; a part without a .rels part refers to
// nothing. The empty part stands for the package itself.
func (b *bookReader) relations(part string) ([]partLink, error) {
	dir, file := path.Split(part)
	name := dir + "_rels/" + file + ".rels"
	var rels []partLink
	found, err := b.parse(name, func(s *scanner) error {
		var err error
		rels, err = readLinks(s, dir)
		return err
	})
	if !found {
		return nil, err
	}
	return rels, err
}

func readLinks(s *scanner, dir string) ([]partLink, error) {
	if err := s.root(); err != nil {
		return nil, err
	}
	var rels []partLink
	for {
		more, err := s.child(1)
		if err != nil || !more {
			return rels, err
		}
		if len(rels) == s.lim.Entries*4 {
			return nil, beyond("entries", s.part, int64(len(rels))+1, int64(s.lim.Entries*4))
		}
		rel, err := readLink(s, dir)
		if err != nil {
			return nil, err
		}
		rels = append(rels, rel)
		if err := s.skip(); err != nil {
			return nil, err
		}
	}
}

func readLink(s *scanner, dir string) (partLink, error) {
	var r partLink
	kind, err := s.attrText("Type")
	if err == nil {
		r.id, err = s.attrText("Id")
	}
	if err == nil {
		r.target, err = s.attrText("Target")
	}
	mode, _ := s.attr("TargetMode")
	r.kind = kind[strings.LastIndexByte(kind, '/')+1:]
	if r.external = string(mode) == "External"; !r.external {
		r.target = resolveTarget(dir, r.target)
	}
	return r, err
}

// resolveTarget turns a target into a part name. Backslashes and %20 occur in the
// wild.
func resolveTarget(dir, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if plain, err := url.PathUnescape(target); err == nil {
		target = plain
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + dir + target
	}
	return strings.TrimPrefix(path.Clean(target), "/")
}

// byKind returns the first partLink of a kind.
func byKind(rels []partLink, kinds ...string) (partLink, bool) {
	for _, r := range rels {
		for _, k := range kinds {
			if r.kind == k {
				return r, true
			}
		}
	}
	return partLink{}, false
}

// outline is what the workbook part says.
type outline struct {
	sheets    []sheetLine
	date1904  bool
	unsettled bool // all formulas are to be calculated when the workbook is opened
	external  bool
	names     []nameLine
	partial   bool
}

// sheetLine is one sheet as the workbook lists it.
type sheetLine struct {
	name, id   string
	visibility Visibility
}

func readOutline(s *scanner) (outline, error) {
	var o outline
	if err := s.root(); err != nil {
		return o, err
	}
	if string(s.name) != "workbook" {
		return o, trouble(otherRoot(string(s.name)), s.part)
	}
	for {
		more, err := s.child(1)
		if err != nil || !more {
			return o, err
		}
		switch string(s.name) {
		case "sheets":
			err = o.readSheets(s)
		case "definedNames":
			err = o.readNames(s)
		case "workbookPr":
			o.date1904 = s.attrTrue("date1904")
			err = s.skip()
		case "calcPr":
			o.unsettled = s.attrTrue("fullCalcOnLoad")
			err = s.skip()
		case "externalReferences":
			o.external = true
			err = s.skip()
		default:
			err = s.skip()
		}
		if err != nil {
			return o, err
		}
	}
}

// otherRoot names the document that stands where a workbook is expected.
func otherRoot(root string) string {
	switch root {
	case "document":
		return "docx"
	case "presentation":
		return "pptx"
	}
	return "noworkbook"
}

func (o *outline) readSheets(s *scanner) error {
	for {
		more, err := s.child(2)
		if err != nil || !more {
			return err
		}
		if string(s.name) == "sheet" {
			if len(o.sheets) == s.lim.Entries {
				return beyond("entries", s.part, int64(len(o.sheets))+1, int64(s.lim.Entries))
			}
			line, err := readSheetLine(s)
			if err != nil {
				return err
			}
			o.sheets = append(o.sheets, line)
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

func readSheetLine(s *scanner) (sheetLine, error) {
	var l sheetLine
	var err error
	if l.name, err = s.attrText("name"); err == nil {
		l.id, err = s.attrText("id")
	}
	switch state, _ := s.attr("state"); string(state) {
	case "hidden":
		l.visibility = Hidden
	case "veryHidden":
		l.visibility = VeryHidden
	}
	return l, err
}

// maxMarks bounds the custom document properties.
const maxMarks = 1000

// readMarks reads the custom document properties as text.
func readMarks(s *scanner) (map[string]string, error) {
	marks := map[string]string{}
	if err := s.root(); err != nil {
		return nil, err
	}
	for {
		more, err := s.child(1)
		if err != nil || !more {
			return marks, err
		}
		name, err := s.attrText("name")
		if err != nil {
			return nil, err
		}
		text, err := readMark(s)
		if err != nil {
			return nil, err
		}
		if len(marks) < maxMarks {
			marks[name] = string(text)
		}
	}
}

// readMark reads one property, whose value stands in an element named for its
// type.
func readMark(s *scanner) ([]byte, error) {
	var text []byte
	for depth := s.depth(); s.depth() >= depth; {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		if t != textToken || s.depth() == depth {
			continue
		}
		if text, err = s.appendText(text); err != nil {
			return nil, err
		}
		if len(text) > s.lim.TextUnits*4 {
			return nil, tooLong(s, text)
		}
	}
	return text, nil
}
