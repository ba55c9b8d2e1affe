package templates

import (
	"maps"
	"slices"
)

// LoadWith is Load without counties, and with further files of forms and
// summaries, as if they lay in the city's folder: what "form check" reads.
func LoadWith(cityForms string, files []string) (*Catalog, error) {
	l, err := newLoader(cityForms)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if !slices.Contains(slices.Collect(maps.Values(l.city)), file) {
			l.take(openPage(file))
		}
	}
	c := l.read()
	if err := l.mistakes.err(); err != nil {
		return nil, err
	}
	return c, nil
}
