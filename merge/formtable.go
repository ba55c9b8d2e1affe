package merge

import (
	"errors"
	"fmt"
	"strings"

	"taizhang/templates"
)

// formTable is the typed table of one form. Its own columns begin with _, the
// others are the form's fields.
type formTable struct {
	form    *templates.Form
	name    string    // quoted
	columns []string  // of the fields, quoted, in field order
	stores  []storage // of the fields
}

// ownColumns are in the table of every form. A row is one version of a record:
// _from and _to are the submissions that began and ended it; the current
// version has no _to.
const ownColumns = `_version INTEGER PRIMARY KEY, _record INTEGER NOT NULL, _county TEXT NOT NULL,
	_period TEXT NOT NULL, _key TEXT NOT NULL, _from INTEGER NOT NULL REFERENCES submission (id),
	_to INTEGER REFERENCES submission (id), _sheet TEXT NOT NULL, _row INTEGER NOT NULL`

func newFormTable(form *templates.Form) (*formTable, error) {
	t := &formTable{form: form, name: quote("rows_" + form.Name)}
	seen := map[string]string{}
	for _, f := range form.Fields {
		s := storageOf(f)
		t.stores = append(t.stores, s)
		for _, c := range s.columns {
			name := strings.ToLower(f.Name + c.suffix)
			if other, twice := seen[name]; twice || strings.HasPrefix(name, "_") {
				return nil, columnTrouble(form, f, other)
			}
			seen[name] = f.Name
			t.columns = append(t.columns, quote(f.Name+c.suffix))
		}
	}
	return t, nil
}

func columnTrouble(form *templates.Form, f *templates.Field, other string) error {
	return &Trouble{
		Problem: fmt.Sprintf("表单 %s 的字段 %s 与 %q 占用同一列，或以 _ 开头 (field %s of form %s takes the column of %q, or begins with _)",
			form.Name, f.Name, other, f.Name, form.Name, other),
		Hint: "请给该字段换一个名称 (give the field another name)",
	}
}

// adopt gives a form its table and view, and adds the columns of new fields.
func (q *session) adopt(form *templates.Form) error {
	t, err := newFormTable(form)
	if err != nil {
		return err
	}
	q.tables[form.Name] = t
	if err := q.do(`INSERT INTO form_version (hash, form, version, text, first_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (hash) DO NOTHING`, form.Hash, form.Name, form.Version, string(form.Text), stamp(q.at)); err != nil {
		return err
	}
	if err := q.makeTable(t); err != nil {
		return err
	}
	for _, statement := range []string{
		"CREATE INDEX IF NOT EXISTS " + quote("now_"+form.Name) + " ON " + t.name + " (_county, _period) WHERE _to IS NULL",
		"CREATE INDEX IF NOT EXISTS " + quote("record_"+form.Name) + " ON " + t.name + " (_record)",
	} {
		if err := q.do(statement); err != nil {
			return err
		}
	}
	if err := q.addFields(t); err != nil {
		return err
	}
	return q.showForm(t)
}

// makeTable makes the table of a new form with all its columns: to add one to a
// table that is there has the whole schema read again.
func (q *session) makeTable(t *formTable) error {
	var there int
	if err := q.one(`SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1`,
		[]any{"rows_" + t.form.Name}, &there); err != nil || there > 0 {
		return err
	}
	columns := []string{ownColumns}
	for _, f := range t.form.Fields {
		columns = append(columns, columnsOf(f)...)
	}
	if err := q.do("CREATE TABLE " + t.name + " (" + strings.Join(columns, ", ") + ") STRICT"); err != nil {
		return err
	}
	for _, f := range t.form.Fields {
		if err := q.noteField(t, f); err != nil {
			return err
		}
	}
	return nil
}

// storedField is a field that has its columns already.
type storedField struct {
	name, kind string
	scale      int
}

// addFields adds columns for fields the table does not have. A stored field
// whose type or scale has changed is refused, because its old values would be
// read as something else.
func (q *session) addFields(t *formTable) error {
	stored, err := q.storedFields(t.form.Name)
	if err != nil {
		return err
	}
	var troubles []error
	for _, f := range t.form.Fields {
		old, known := stored[f.Name]
		switch {
		case !known:
			if err := q.addField(t, f); err != nil {
				return err
			}
		case old.kind != f.Type || old.scale != scaleOf(f):
			troubles = append(troubles, fieldTrouble(t.form, f, old))
		}
	}
	return errors.Join(troubles...)
}

func (q *session) storedFields(form string) (map[string]storedField, error) {
	all, err := list(q, func(scan func(...any) error) (f storedField, err error) {
		return f, scan(&f.name, &f.kind, &f.scale)
	}, `SELECT name, type, scale FROM form_field WHERE form = $1`, form)
	byName := map[string]storedField{}
	for _, f := range all {
		byName[f.name] = f
	}
	return byName, err
}

func (q *session) addField(t *formTable, f *templates.Field) error {
	for _, column := range columnsOf(f) {
		if err := q.do("ALTER TABLE " + t.name + " ADD COLUMN " + column); err != nil {
			return err
		}
	}
	return q.noteField(t, f)
}

// columnsOf defines the columns of a field.
func columnsOf(f *templates.Field) (columns []string) {
	for _, c := range storageOf(f).columns {
		columns = append(columns, quote(f.Name+c.suffix)+" "+c.sql)
	}
	return columns
}

// noteField remembers that a field has its columns.
func (q *session) noteField(t *formTable, f *templates.Field) error {
	return q.do(`INSERT INTO form_field (form, name, type, scale) VALUES ($1, $2, $3, $4)`,
		t.form.Name, f.Name, f.Type, scaleOf(f))
}

func fieldTrouble(form *templates.Form, f *templates.Field, old storedField) error {
	was, is := describe(old.kind, old.scale), describe(f.Type, scaleOf(f))
	return &Trouble{
		Problem: fmt.Sprintf("表单 %s 的字段 %s 已按 %s 存储，不能改为 %s (field %s of form %s is stored as %s and cannot become %s)",
			form.Name, f.Name, was, is, f.Name, form.Name, was, is),
		Hint: "请恢复原来的类型，或用新的字段名增加一列 (restore the type, or add a field under a new name)",
	}
}

func describe(kind string, scale int) string {
	if kind == "decimal" {
		return fmt.Sprintf("decimal(%d)", scale)
	}
	return kind
}

// encode turns a row into cells of the table, in the order of its columns.
func (t *formTable) encode(values []templates.Value) (cells []any, err error) {
	cells = make([]any, 0, len(t.columns))
	for i, f := range t.form.Fields {
		var v templates.Value
		if i < len(values) {
			v = values[i]
		}
		if cells, err = t.stores[i].encode(cells, f, v); err != nil {
			return nil, fmt.Errorf("form %s: %w", t.form.Name, err)
		}
	}
	return cells, nil
}

// decode turns cells back into a row's values, by field index.
func (t *formTable) decode(cells []any) ([]templates.Value, error) {
	values := make([]templates.Value, len(t.form.Fields))
	at := 0
	for i, f := range t.form.Fields {
		s := &t.stores[i]
		v, err := s.decode(f, cells[at:at+len(s.columns)])
		if err != nil {
			return nil, fmt.Errorf("form %s, field %s: %w", t.form.Name, f.Name, err)
		}
		values[i] = v
		at += len(s.columns)
	}
	return values, nil
}

// table is the table of a form; ErrNotFound for a form the catalogue lacks.
func (s *Store) table(form string) (*formTable, error) {
	t, ok := s.tables[form]
	if !ok {
		return nil, fmt.Errorf("form %q: %w", form, ErrNotFound)
	}
	return t, nil
}

// more lists the field columns after others, each with a comma and a prefix such
// as "v." before it.
func (t *formTable) more(prefix string) string {
	var b strings.Builder
	for _, name := range t.columns {
		b.WriteString(", " + prefix + name)
	}
	return b.String()
}
