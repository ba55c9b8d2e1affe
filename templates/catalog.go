package templates

import "time"

// Catalog is everything that is data: the forms, their summaries and who
// reports. It does not change once it is loaded, but for counties that are met
// as a folder only.
type Catalog struct {
	Forms     []*Form    // by order, then name
	Summaries []*Summary // by name
	Counties  *Counties
	Holidays  *Holidays
	Colours   *Colours
}

// Form returns the form of a name, nil when there is none.
func (c *Catalog) Form(name string) *Form {
	for _, f := range c.Forms {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Summary returns the summary of a name, nil when there is none.
func (c *Catalog) Summary(name string) *Summary {
	for _, s := range c.Summaries {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// settle gives every calendar its zone and the holidays.
func (c *Catalog) settle(zone *time.Location) {
	for _, f := range c.Forms {
		if f.Calendar != nil {
			f.Calendar.settle(zone, c.Holidays)
		}
	}
}
