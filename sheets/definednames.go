package sheets

// Name is a defined name of a workbook. The program reads no data through
// names; they are kept so that nothing about a file is a riddle.
type Name struct {
	Name    string
	Sheet   string // the sheet in which it holds, "" for all of them
	Formula string // what it stands for, as written: 台账!$A$1:$F$9
	Hidden  bool
}

// nameLine is a name as the workbook lists it: its sheet is a place in the list
// of sheets, -1 for none.
type nameLine struct {
	Name
	sheet int
}

// readNames reads the defined names. Those that are too many, or too long, are
// left out and say so.
func (o *outline) readNames(s *scanner) error {
	var kept remarkRoom
	return readEach(s, 2, "definedName", func() error {
		n := nameLine{sheet: -1}
		var err error
		if n.Name.Name, err = s.attrText("name"); err != nil {
			return err
		}
		raw, _ := s.attr("localSheetId")
		if i, ok := parseCount(raw); ok {
			n.sheet = i
		}
		n.Hidden = s.attrTrue("hidden")
		var whole bool
		if n.Formula, whole, err = shortText(s); err != nil {
			return err
		}
		if whole && kept.take(n.Name.Name+n.Formula) {
			o.names = append(o.names, n)
		} else {
			o.partial = true
		}
		return nil
	})
}

// shortText takes the text of the element that was just opened; whole is false
// where that is longer than a cell's text may be.
func shortText(s *scanner) (text string, whole bool, err error) {
	var b []byte
	whole = true
	for depth := s.depth(); s.depth() >= depth; {
		t, err := s.next()
		if err != nil {
			return "", false, err
		}
		if t != textToken || !whole {
			continue
		}
		if b, err = s.appendText(b); err != nil {
			return "", false, err
		}
		whole = len(b) <= s.lim.TextUnits*4
	}
	return string(b), whole, nil
}

// settleNames says in which sheets the names hold.
func (o *outline) settleNames() []Name {
	var names []Name
	for _, n := range o.names {
		if n.sheet >= 0 && n.sheet < len(o.sheets) {
			n.Sheet = o.sheets[n.sheet].name
		}
		names = append(names, n.Name)
	}
	return names
}
