package sheets

// The records that notes are made of ([MS-XLS] 2.4): an object that says it is
// one and what it is called, the text in it, and, after all of those, for each
// note its cell, its object and its author.
const (
	recNote   = 0x001c
	recObject = 0x005d
	recText   = 0x01b6
)

// objectNote is the kind of object that a note is.
const objectNote = 0x19

// biffNotes gathers the notes of a sheet.
type biffNotes struct {
	object int            // the note object that waits for its text, 0 for none
	texts  map[int]string // by object
	remarkRoom
	cut bool // some were left out
}

// readNoteRecord reads a record that belongs to a note. Notes are no data: what
// cannot be understood of one is left out.
func (b *biffSheet) readNoteRecord() error {
	switch b.rec.id {
	case recObject:
		b.notes.object = 0
		if len(b.rec.body) >= 8 && b.rec.u16(0) == 0x15 && b.rec.u16(4) == objectNote {
			b.notes.object = b.rec.u16(6)
		}
	case recText:
		return b.readNoteText()
	case recNote:
		return b.readNote()
	}
	return nil
}

// readNoteText reads the text of an object, which stands in the records that
// continue this one.
func (b *biffSheet) readNoteText() error {
	object, n := b.notes.object, 0
	b.notes.object = 0
	if object == 0 || len(b.rec.body) < 12 {
		return nil
	}
	if n = b.rec.u16(10); n == 0 {
		return nil
	}
	b.rec.at = len(b.rec.body)
	text, err := b.rec.appendText(nil, n, b.lim)
	if err != nil {
		return b.forgiveNote(err)
	}
	if !b.notes.take(string(text)) {
		b.notes.cut = true
		return nil
	}
	if b.notes.texts == nil {
		b.notes.texts = map[int]string{}
	}
	b.notes.texts[object] = string(text)
	return nil
}

// readNote puts a note's text to its cell.
func (b *biffSheet) readNote() error {
	if len(b.rec.body) < 8 {
		b.notes.cut = true
		return nil
	}
	n := Remark{Row: b.rec.u16(0) + 1, Col: b.rec.u16(2) + 1, Text: b.notes.texts[b.rec.u16(6)]}
	b.rec.at = 8
	if units, err := b.rec.take(2); err == nil {
		author, err := b.rec.appendText(nil, units, b.lim)
		if err != nil {
			return b.forgiveNote(err)
		}
		n.Author = string(author)
	}
	if n = n.withoutOurs(); n.Text == "" || n.Col > maxCol {
		return nil
	}
	if len(b.sheet.Remarks) == mostRemarks {
		b.notes.cut = true
		return nil
	}
	b.sheet.Remarks = append(b.sheet.Remarks, n)
	return nil
}

// forgiveNote passes over a note that cannot be read. A file that ends within one
// is cut off.
func (b *biffSheet) forgiveNote(err error) error {
	if p, ok := err.(*Problem); ok && p.Reason != "truncated" {
		b.notes.cut = true
		return nil
	}
	return err
}
