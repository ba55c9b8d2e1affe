package sheets

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// Notes of ours are found again by their author, and by their first line where
// another program has dropped the author or where the text was put at the end of
// a note that the county had written in the cell itself.
const (
	noteAuthor = "台账"
	noteMark   = "—— 台账核对 ——"
)

// maxNotes is how many notes a sheet gets: more of them make a workbook slow to
// open, and nobody reads them. The cells beyond are filled all the same.
const maxNotes = 500

// note is a text to be put beside a cell.
type note struct{ cell, text string }

// patchNotes takes our earlier notes off a sheet and puts new ones on it.
func (p *patch) patchNotes(sheet string, notes []note) error {
	rels, err := p.relations(sheet)
	if err != nil {
		return err
	}
	comments := ""
	for _, r := range rels {
		if r.kind == "comments" {
			comments = r.target
		}
	}
	drawing, err := p.legacyDrawing(sheet, rels)
	if err != nil {
		return err
	}
	if comments == "" && len(notes) == 0 {
		return nil
	}
	if comments == "" {
		if comments, err = p.newComments(sheet); err != nil {
			return err
		}
	}
	var shapes []string // cells that need a shape: those whose note is new
	err = p.edit(comments, func(doc []byte) ([]byte, error) {
		c, err := openComments(doc)
		if err != nil {
			return nil, err
		}
		gone := c.strip()
		if drawing != "" {
			if err := p.edit(drawing, func(doc []byte) ([]byte, error) { return dropShapes(doc, gone), nil }); err != nil {
				return nil, err
			}
		}
		shapes = c.put(notes)
		return c.render(), nil
	})
	if err != nil || len(shapes) == 0 {
		return err
	}
	return p.addShapes(sheet, drawing, shapes)
}

// legacyDrawing is the drawing of notes that the sheet names, "" for none; the
// pictures of its header live in another part of the same kind.
func (p *patch) legacyDrawing(sheet string, rels []patchRel) (string, error) {
	doc, err := p.read(sheet)
	if err != nil {
		return "", err
	}
	id, _ := find(string(doc), "legacyDrawing").attr("id")
	for _, r := range rels {
		if r.kind == "vmlDrawing" && r.id == id {
			return r.target, nil
		}
	}
	return "", nil
}

func (p *patch) newComments(sheet string) (string, error) {
	name := p.free("xl/commentsTaizhang", ".xml")
	p.write(name, []byte(xmlHead+`<comments xmlns="`+mainNS+`"><authors></authors><commentList></commentList></comments>`))
	if err := p.declare(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"); err != nil {
		return "", err
	}
	_, err := p.relate(sheet, relNS+"/comments", name)
	return name, err
}

// commentPart is a comments part taken apart.
type commentPart struct {
	before, between, after string // what stands around the two lists
	prefix                 string
	authors                []string // each as written
	comments               []comment
}

type comment struct {
	cell   string
	author int
	text   string // the element as written
}

func openComments(doc []byte) (*commentPart, error) {
	top, list, _, err := below(doc)
	if err != nil {
		return nil, err
	}
	c := &commentPart{prefix: top.prefix()}
	var authors, comments child
	for _, e := range list {
		switch e.local() {
		case "authors":
			authors = e
		case "commentList":
			comments = e
		}
	}
	if authors.to == 0 || comments.to == 0 || comments.from < authors.end {
		return nil, fmt.Errorf("comments without authors or list")
	}
	c.before, c.between, c.after = string(doc[:authors.from]), string(doc[authors.end:comments.from]), string(doc[comments.end:])
	if err := c.take(doc, authors, comments); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *commentPart) take(doc []byte, authors, comments child) error {
	for _, l := range []child{authors, comments} {
		if l.empty {
			continue
		}
		items, _, err := children(doc, l.to)
		if err != nil {
			return err
		}
		for _, e := range items {
			text := string(doc[e.from:e.end])
			if l.local() == "authors" {
				c.authors = append(c.authors, text)
				continue
			}
			cell, _ := e.attr("ref")
			c.comments = append(c.comments, comment{strings.ToUpper(cell), e.number("authorId", -1), text})
		}
	}
	return nil
}

func (c *commentPart) render() []byte {
	var out bytes.Buffer
	p := c.prefix
	fmt.Fprintf(&out, "%s<%sauthors>%s</%sauthors>%s<%scommentList>", c.before, p, strings.Join(c.authors, ""), p, c.between, p)
	for _, e := range c.comments {
		out.WriteString(e.text)
	}
	fmt.Fprintf(&out, "</%scommentList>%s", p, c.after)
	return out.Bytes()
}

// ourRun is the run of text that we put at the end of a county's own note.
var ourRun = regexp.MustCompile(`(?s)<((?:\w+:)?)r><(?:\w+:)?t[^>]*>\s*` + noteMark + `.*?</(?:\w+:)?r>`)

// lastBreak is the line break that parted ours from the county's.
var lastBreak = regexp.MustCompile(`(?:\s|&#10;|&#13;|&#x[aAdD];)+(</(?:\w+:)?t>(?:</(?:\w+:)?r>)?</(?:\w+:)?text>)`)

// strip takes our notes out and lists the cells that have none any more.
func (c *commentPart) strip() map[string]bool {
	gone := map[string]bool{}
	kept := c.comments[:0]
	for _, e := range c.comments {
		shown := strings.TrimSpace(shownText(e.text))
		if strings.HasPrefix(shown, noteMark) || c.ours(e.author) {
			gone[e.cell] = true
			continue
		}
		if strings.Contains(shown, noteMark) {
			e.text = withoutOurs(ourRun.ReplaceAllString(e.text, ""))
			e.text = lastBreak.ReplaceAllString(e.text, "$1")
		}
		kept = append(kept, e)
	}
	c.comments = kept
	return gone
}

// withoutOurs cuts a note of the county's where ours begins: another program may
// have made one run of the two. What somebody typed behind ours goes with it.
func withoutOurs(markup string) string {
	i := strings.Index(markup, noteMark)
	if i < 0 {
		return markup
	}
	end := textEnd.FindStringIndex(markup[i:])
	t, ok := nextTag([]byte(markup), i)
	if !ok || end == nil || !t.closing {
		return markup
	}
	tail := t.String() // of the text, and then of its run
	if next, ok := nextTag([]byte(markup), t.to); ok && next.closing && next.local() == "r" {
		tail += next.String()
	}
	return markup[:i] + tail + markup[i+end[0]:]
}

func (c *commentPart) ours(author int) bool {
	return author >= 0 && author < len(c.authors) && shownText(c.authors[author]) == noteAuthor
}

// shownText is the text between the tags.
func shownText(markup string) string {
	var out strings.Builder
	doc := []byte(markup)
	for at := 0; ; {
		t, ok := nextTag(doc, at)
		if !ok {
			return out.String() + markup[at:]
		}
		out.WriteString(markup[at:t.from])
		at = t.to
	}
}

// put adds notes, and lists the cells whose note is a new one. Where the county
// has a note of its own in the cell, ours goes to the end of it.
func (c *commentPart) put(notes []note) (fresh []string) {
	at := map[string]int{}
	for i, e := range c.comments {
		at[e.cell] = i
	}
	author := -1
	for _, n := range notes {
		if i, ok := at[n.cell]; ok {
			c.comments[i].text = c.extended(c.comments[i].text, n.text)
			continue
		}
		if author < 0 {
			author = c.author()
		}
		p := c.prefix
		text := fmt.Sprintf(`<%scomment ref="%s" authorId="%d"><%stext>%s</%stext></%scomment>`,
			p, n.cell, author, p, c.run(noteMark+"\n"+n.text), p, p)
		c.comments = append(c.comments, comment{n.cell, author, text})
		fresh = append(fresh, n.cell)
	}
	return fresh
}

func (c *commentPart) author() int {
	for i, a := range c.authors {
		if shownText(a) == noteAuthor {
			return i
		}
	}
	c.authors = append(c.authors, fmt.Sprintf("<%sauthor>%s</%sauthor>", c.prefix, noteAuthor, c.prefix))
	return len(c.authors) - 1
}

func (c *commentPart) run(text string) string {
	p := c.prefix
	return fmt.Sprintf(`<%sr><%st xml:space="preserve">%s</%st></%sr>`, p, p, escapeText(text), p, p)
}

var (
	textEnd   = regexp.MustCompile(`</(?:\w+:)?text>`)
	plainText = regexp.MustCompile(`(?s)(<(?:\w+:)?text>)\s*(<((?:\w+:)?)t(?:\s[^>]*)?>.*?</(?:\w+:)?t>)`)
)

func (c *commentPart) extended(markup, text string) string {
	// A text is either plain or made of runs: a plain one becomes the first run.
	markup = plainText.ReplaceAllString(markup, "$1<${3}r>$2</${3}r>")
	i := textEnd.FindStringIndex(markup)
	if i == nil {
		return markup
	}
	return markup[:i[0]] + c.run("\n"+noteMark+"\n"+text) + markup[i[0]:]
}
