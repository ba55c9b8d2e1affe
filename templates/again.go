package templates

import (
	"fmt"
	"slices"
	"time"
)

// WithForms is the catalogue with other forms, read from their texts as they were
// stored, and without summaries: what files were judged with once. The error is
// Mistakes when this program does not take a text any more.
func (c *Catalog) WithForms(texts []string, zone *time.Location) (*Catalog, error) {
	out := c.WithoutSummaries()
	out.Forms = nil
	var mistakes Mistakes
	for i, text := range texts {
		p := newPage(fmt.Sprintf("stored form %d", i+1), []byte(text))
		if p.root == nil {
			mistakes = append(mistakes, p.all()...)
			continue
		}
		f := readForm(p)
		if wrong := p.all(); len(wrong) > 0 {
			mistakes = append(mistakes, wrong...)
			continue
		}
		f.titles = newTitleBook(f)
		out.Forms = append(out.Forms, f)
	}
	slices.SortFunc(out.Forms, byOrder)
	out.settle(zone)
	return out, mistakes.err()
}

// WithoutSummaries is the catalogue for judging files alone.
func (c *Catalog) WithoutSummaries() *Catalog {
	return &Catalog{Forms: c.Forms, Counties: c.Counties, Holidays: c.Holidays, Colours: c.Colours}
}
