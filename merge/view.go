package merge

import (
	"fmt"
	"strings"

	"taizhang/templates"
)

// showForm makes the view of a form's current rows under Chinese names, for
// people with a database browser. It is made anew only when it changed.
func (q *session) showForm(t *formTable) error {
	var name, text string
	err := q.one(`SELECT view_name, view_text FROM form_table WHERE form = $1`, []any{t.form.Name}, &name, &text)
	if err != nil && err != ErrNotFound {
		return err
	}
	wantName, err := q.viewName(t.form)
	if err != nil {
		return err
	}
	want := viewText(t)
	if name == wantName && text == want {
		return nil
	}
	if name != "" {
		if err := q.do("DROP VIEW IF EXISTS " + quote(name)); err != nil {
			return err
		}
	}
	if err := q.do("CREATE VIEW " + quote(wantName) + " AS " + want); err != nil {
		return err
	}
	return q.do(`INSERT INTO form_table (form, view_name, view_text) VALUES ($1, $2, $3)
		ON CONFLICT (form) DO UPDATE SET view_name = excluded.view_name, view_text = excluded.view_text`,
		t.form.Name, wantName, want)
}

// viewName is the form's title, with the form's name when another form or a
// table of the store has it already.
func (q *session) viewName(form *templates.Form) (string, error) {
	var taken int
	err := q.one(`SELECT (SELECT COUNT(*) FROM form_table WHERE view_name = $1 AND form <> $2) +
		(SELECT COUNT(*) FROM sqlite_master WHERE lower(name) = lower($1) AND type <> 'view')`,
		[]any{form.Title, form.Name}, &taken)
	if taken > 0 || form.Title == "" {
		return form.Title + "（" + form.Name + "）", err
	}
	return form.Title, err
}

// viewText selects the current rows with titles as column names.
func viewText(t *formTable) string {
	titles := titleBook{}
	columns := []string{
		"v._county AS " + titles.name("填报县区"), "v._period AS " + titles.name("报告期"),
		"v._record AS " + titles.name("记录号"),
	}
	for _, f := range t.form.Fields {
		for _, c := range storageOf(f).columns {
			columns = append(columns, shownColumn(f, c)+" AS "+titles.name(f.Title()+c.title))
		}
	}
	columns = append(columns, "s.number AS "+titles.name("来源文件编号"), "s.file AS "+titles.name("来源文件"),
		"v._sheet AS "+titles.name("来源工作表"), "v._row AS "+titles.name("来源行"))
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + t.name +
		" v JOIN submission s ON s.id = v._from WHERE v._to IS NULL"
}

// shownColumn undoes the scaling of decimals.
func shownColumn(f *templates.Field, c column) string {
	name := "v." + quote(f.Name+c.suffix)
	if scale := scaleOf(f); scale > 0 {
		return fmt.Sprintf("%s / 1%s.0", name, strings.Repeat("0", scale))
	}
	return name
}

// titleBook gives each title once; SQL compares names without regard to case.
type titleBook map[string]bool

func (b titleBook) name(title string) string {
	name := title
	for n := 2; b[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s（%d）", title, n)
	}
	b[strings.ToLower(name)] = true
	return quote(name)
}
