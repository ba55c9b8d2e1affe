package templates

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"slices"

	"go.yaml.in/yaml/v4"
)

//go:embed colours.yaml
var shippedColours []byte

// Colours say how near a deadline is, and what the deadlines are.
type Colours struct {
	Levels    []Colour // the fewest days first
	Deadlines []Deadline
}

// Colour is shown while at most so many days are left; -1 is one day overdue.
type Colour struct {
	Name string // blue, yellow, red
	Days int
}

// Deadline is the deadline of a ledger's rows.
type Deadline struct {
	Form   *Form
	Fields []*Field // of type date or deadline; the first one filled in counts
	done   program
}

// colourNames are the colours by name, as people say them.
var colourNames = map[string]string{"blue": "蓝", "yellow": "黄", "red": "红"}

// Title is the colour in Chinese.
func (c Colour) Title() string { return colourNames[c.Name] }

// Of is the colour for so many days left; false while the deadline is far.
func (c *Colours) Of(days int) (Colour, bool) {
	for _, level := range c.Levels {
		if days <= level.Days {
			return level, true
		}
	}
	return Colour{}, false
}

// Reach is how many days before a deadline the first colour begins.
func (c *Colours) Reach() int {
	if len(c.Levels) == 0 {
		return 0
	}
	return c.Levels[len(c.Levels)-1].Days
}

// Day is the day by which the row must be done, 2006-01-02; "" for one that is
// done, has no deadline, or goes on for ever.
func (d *Deadline) Day(values []Value) string {
	if d.done.counts(values) {
		return ""
	}
	for _, f := range d.Fields {
		if v := values[f.Index]; !v.Blank() {
			return v.Day
		}
	}
	return ""
}

// loadColours reads the city's file, or else the shipped one.
func loadColours(path string, c *Catalog) (*Colours, Mistakes) {
	p := newPage("templates/colours.yaml", shippedColours)
	_, err := os.Stat(path)
	own := path != "" && !errors.Is(err, fs.ErrNotExist)
	if own {
		p = openPage(path)
	}
	if p.root == nil {
		return &Colours{}, p.all()
	}
	return readColours(p, c, own), p.all()
}

func readColours(p *page, c *Catalog, own bool) *Colours {
	top := p.dict(p.root, "colours.yaml", "colours", "deadlines")
	out := &Colours{}
	for _, n := range top.list("colours") {
		d := p.dict(n, "颜色", "name", "days")
		name := d.word("name", "", "blue", "yellow", "red")
		if d.need("name", "颜色") && d.need("days", "颜色") {
			out.Levels = append(out.Levels, Colour{name, d.number("days", -3650, 3650, 0)})
		}
	}
	slices.SortFunc(out.Levels, func(a, b Colour) int { return a.Days - b.Days })
	for _, n := range top.list("deadlines") {
		if d, ok := readDeadline(p, n, c, own); ok {
			out.Deadlines = append(out.Deadlines, d)
		}
	}
	return out
}

// readDeadline reads one entry. A shipped one goes with the form that a city
// switched off, and with the fields that its own form of the name lacks.
func readDeadline(p *page, n *yaml.Node, c *Catalog, own bool) (Deadline, bool) {
	d := p.dict(n, "期限", "form", "fields", "done")
	out := Deadline{Form: c.Form(d.must("form", "期限"))}
	if out.Form == nil || out.Form.Kind != Ledger {
		if own {
			p.wrong(d.at("form"), "", "“%s”不是台账类的表", short(d.text("form")))
		}
		return out, false
	}
	for _, name := range d.texts("fields") {
		f := out.Form.Field(name)
		if f != nil && (f.Type == "date" || f.Type == "deadline") {
			out.Fields = append(out.Fields, f)
		} else if own {
			p.wrong(d.at("fields"), "", "“%s”不是这张表的日期或期限栏", short(name))
		}
	}
	if own {
		out.done = p.compile(d, "done", newVocabulary(out.Form, false, false))
	} else {
		var troubles []trouble
		if out.done, troubles = newVocabulary(out.Form, false, false).compile(d.text("done")); len(troubles) > 0 {
			return out, false // the city's form of this name has other fields
		}
	}
	return out, d.need("done", "期限") && len(out.Fields) > 0
}
