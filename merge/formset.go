package merge

import (
	"slices"
	"strings"

	"taizhang/templates"
)

// keepFormSet notes which forms files are recognised among from now on.
func (q *session) keepFormSet() error {
	set := q.hashes()
	if err := q.do(`INSERT INTO form_set (hashes, first_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, set, stamp(q.at)); err != nil {
		return err
	}
	return q.one(`SELECT id FROM form_set WHERE hashes = $1`, []any{set}, &q.formSet)
}

// hashes name the forms of the catalogue, as a stored set.
func (q *session) hashes() string {
	var hashes []string
	for _, f := range q.catalog.Forms {
		hashes = append(hashes, f.Hash)
	}
	slices.Sort(hashes)
	return strings.Join(hashes, "\n")
}

// formSets are the catalogues that files were judged with, by set; they are read
// once. For a file from before sets were kept it is the present catalogue, with
// the form in the text that the file was read with.
type formSets struct {
	*session
	present *templates.Catalog
	bySet   map[int64]*templates.Catalog
	byHash  map[string]*templates.Catalog
}

func (q *session) formSets() *formSets {
	f := &formSets{q, q.catalog.WithoutSummaries(), map[int64]*templates.Catalog{}, map[string]*templates.Catalog{}}
	f.bySet[q.formSet] = f.present
	return f
}

// catalogOf is the catalogue that a submission was judged with.
func (f *formSets) catalogOf(set int64, formHash string) (c *templates.Catalog, err error) {
	if set != 0 {
		if f.bySet[set] == nil {
			f.bySet[set], err = f.read(`SELECT hashes FROM form_set WHERE id = $1`, set)
		}
		return f.bySet[set], err
	}
	if slices.ContainsFunc(f.catalog.Forms, func(form *templates.Form) bool { return form.Hash == formHash }) || formHash == "" {
		return f.present, nil
	}
	if f.byHash[formHash] == nil {
		f.byHash[formHash], err = f.read(`SELECT hash FROM form_version WHERE hash = $1`, formHash)
		if err == nil {
			f.byHash[formHash].Forms = append(f.byHash[formHash].Forms, f.others(f.byHash[formHash].Forms[0].Name)...)
		}
	}
	return f.byHash[formHash], err
}

// others are the present forms but for one.
func (f *formSets) others(name string) (forms []*templates.Form) {
	for _, form := range f.catalog.Forms {
		if form.Name != name {
			forms = append(forms, form)
		}
	}
	return forms
}

// read makes a catalogue of the stored texts whose hashes a query gives.
func (f *formSets) read(query string, arg any) (*templates.Catalog, error) {
	var hashes string
	if err := f.one(query, []any{arg}, &hashes); err != nil {
		return nil, err
	}
	var texts []string
	for _, hash := range strings.Split(hashes, "\n") {
		var text string
		if err := f.one(`SELECT text FROM form_version WHERE hash = $1`, []any{hash}, &text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return f.catalog.WithForms(texts, f.Zone)
}
