package sheets

import (
	"cmp"
	"errors"
	"slices"
	"strings"
)

// Remark is what somebody wrote beside a cell: a comment of the old kind, or one
// line of a conversation. It is kept for people and is never data. What this
// program itself wrote into notes is left out.
type Remark struct {
	Row, Col int // 1-based
	Author   string
	Text     string
	Reply    bool // answers the note before it
	Done     bool // the conversation was closed
}

// The notes and names of a book that are kept. A book with more of them is read
// all the same, and is Partial.
const (
	mostRemarks     = 20_000
	mostRemarkBytes = 16 << 20
)

// remarkRoom counts what is kept beside the cells.
type remarkRoom struct{ count, bytes int }

// take reports whether one more text may be kept.
func (r *remarkRoom) take(text string) bool {
	if r.count == mostRemarks || r.bytes+len(text) > mostRemarkBytes {
		return false
	}
	r.count++
	r.bytes += len(text)
	return true
}

// readNotes reads the notes of a sheet, whose part is given. A sheet without
// relations has none, and costs nothing.
func (b *bookReader) readNotes(sheet *Sheet, part string) error {
	rels, err := b.relations(part)
	if err != nil {
		return b.forgive(err)
	}
	for _, r := range rels {
		switch {
		case r.external:
		case r.kind == "comments":
			err = b.readRemarks(r.target, sheet, readComments)
		case r.kind == "threadedComment":
			err = b.readRemarks(r.target, sheet, readThread)
		}
		if err != nil {
			return err
		}
	}
	sheet.Remarks = withoutStandIns(sheet.Remarks)
	b.namePersons(sheet.Remarks)
	sortRemarks(sheet.Remarks)
	return nil
}

// sortRemarks brings notes into the order of their cells. A conversation keeps
// its own.
func sortRemarks(list []Remark) {
	slices.SortStableFunc(list, func(x, y Remark) int {
		return cmp.Or(cmp.Compare(x.Row, y.Row), cmp.Compare(x.Col, y.Col))
	})
}

// readRemarks reads one part of notes. A part is read once, however many sheets
// name it.
func (b *bookReader) readRemarks(part string, sheet *Sheet, read func(*scanner, func(Remark) error) error) error {
	at := b.zip.find(part)
	if at < 0 || b.noted[at] {
		b.book.Partial = true
		return nil
	}
	if b.noted == nil {
		b.noted = map[int]bool{}
	}
	b.noted[at] = true
	_, err := b.parse(part, func(s *scanner) error {
		return read(s, func(n Remark) error {
			if n.Row > 0 && b.room.take(n.Author+n.Text) {
				sheet.Remarks = append(sheet.Remarks, n)
			} else {
				b.book.Partial = true
			}
			return nil
		})
	})
	return b.forgive(err)
}

// forgive lets a workbook pass whose notes cannot be read, for they are no data.
// Damage to the zip is found all the same when the rest of it is read.
func (b *bookReader) forgive(err error) error {
	var p *Problem
	if errors.As(err, &p) {
		b.book.Partial = true
		return nil
	}
	return err
}

// readComments reads notes of the old kind.
func readComments(s *scanner, keep func(Remark) error) error {
	if err := s.root(); err != nil {
		return err
	}
	var authors []string
	for {
		more, err := s.child(1)
		if err != nil || !more {
			return err
		}
		switch string(s.name) {
		case "authors":
			authors, err = readAuthors(s)
		case "commentList":
			err = readEach(s, 2, "comment", func() error {
				n, err := readComment(s, authors)
				if err != nil || n.Text == "" && n.Row > 0 {
					return err // ours, or empty
				}
				return keep(n)
			})
		default:
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
}

// readEach calls read for the elements of a name at a depth, and passes over
// the others. What read takes must end with its element.
func readEach(s *scanner, depth int, name string, read func() error) error {
	for {
		more, err := s.child(depth)
		if err != nil || !more {
			return err
		}
		if string(s.name) == name {
			err = read()
		} else {
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
}

func readAuthors(s *scanner) ([]string, error) {
	var authors []string
	return authors, readEach(s, 2, "author", func() error {
		if len(authors) == mostRemarks {
			return beyond("entries", s.part, mostRemarks+1, mostRemarks)
		}
		name, err := elementText(s)
		authors = append(authors, name)
		return err
	})
}

// readComment reads one note; one of ours comes back without text.
func readComment(s *scanner, authors []string) (Remark, error) {
	var n Remark
	ref, _ := s.attr("ref")
	if col, row, ok := parseRef(ref); ok {
		n.Col, n.Row = col, row
	}
	raw, _ := s.attr("authorId")
	if i, ok := parseCount(raw); ok && i < len(authors) {
		n.Author = authors[i]
	}
	err := readEach(s, s.depth(), "text", func() error {
		text, err := appendRich(s, nil, keepsSpace(s, false))
		n.Text += string(text)
		return err
	})
	return n.withoutOurs(), err
}

// withoutOurs cuts off what this program wrote into a note.
func (n Remark) withoutOurs() Remark {
	if n.Author == noteAuthor {
		n.Text = ""
	}
	if theirs, _, ours := strings.Cut(n.Text, noteMark); ours {
		n.Text = strings.TrimRight(theirs, " \t\r\n")
	}
	return n
}

// readThread reads conversations. Their authors stand in a part of persons, and
// only their marks here.
func readThread(s *scanner, keep func(Remark) error) error {
	if err := s.root(); err != nil {
		return err
	}
	return readEach(s, 1, "threadedComment", func() error {
		n := Remark{Done: s.attrTrue("done")}
		ref, _ := s.attr("ref")
		if col, row, ok := parseRef(ref); ok {
			n.Col, n.Row = col, row
		}
		person, err := s.attrText("personId")
		if err != nil {
			return err
		}
		n.Author = personMark + person
		_, n.Reply = s.attr("parentId")
		err = readEach(s, s.depth(), "text", func() error {
			text, err := elementText(s)
			n.Text += text
			return err
		})
		if err != nil {
			return err
		}
		return keep(n)
	})
}

// personMark begins an author who is known by a mark alone. No name begins so.
const personMark = "\x00"

// standIn begins the author of the note of the old kind that stands for a
// conversation, for programs that know none.
const standIn = "tc={"

// withoutStandIns leaves those notes out whose conversation was read.
func withoutStandIns(notes []Remark) []Remark {
	talks := map[[2]int]bool{}
	for _, n := range notes {
		if strings.HasPrefix(n.Author, personMark) {
			talks[[2]int{n.Row, n.Col}] = true
		}
	}
	return slices.DeleteFunc(notes, func(n Remark) bool {
		return talks[[2]int{n.Row, n.Col}] && strings.HasPrefix(n.Author, standIn)
	})
}

// namePersons puts names in the place of marks.
func (b *bookReader) namePersons(notes []Remark) {
	for i := range notes {
		if mark, ok := strings.CutPrefix(notes[i].Author, personMark); ok {
			notes[i].Author = b.persons[strings.ToLower(mark)]
		}
	}
}

// readPersons reads who takes part in conversations, by their marks.
func (b *bookReader) readPersons(rels []partLink) error {
	r, ok := byKind(rels, "person")
	if !ok || r.external {
		return nil
	}
	b.persons = map[string]string{}
	_, err := b.parse(r.target, func(s *scanner) error {
		if err := s.root(); err != nil {
			return err
		}
		return readEach(s, 1, "person", func() error {
			id, err := s.attrText("id")
			if err != nil {
				return err
			}
			name, err := s.attrText("displayName")
			if err == nil && len(b.persons) < mostRemarks {
				b.persons[strings.ToLower(id)] = name
			}
			if err != nil {
				return err
			}
			return s.skip()
		})
	})
	return b.forgive(err)
}

// elementText takes the text of the element that was just opened.
func elementText(s *scanner) (string, error) {
	var text []byte
	for depth := s.depth(); s.depth() >= depth; {
		t, err := s.next()
		if err != nil {
			return "", err
		}
		if t != textToken {
			continue
		}
		if text, err = s.appendText(text); err != nil {
			return "", err
		}
		if len(text) > s.lim.TextUnits*4 {
			return "", tooLong(s, text)
		}
	}
	return string(text), nil
}
