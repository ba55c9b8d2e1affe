package merge

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/templates"
)

// keep merges the rows of a file into the form's table: a version is added only
// for a row that is new or changed. A running number that became another one
// changes nothing, and the stored one stays. For a report, rows that the file does
// not have any more end. Stored are the rows in force until now; the answer is
// those in force after.
func (q *session) keep(t *formTable, s Submission, rows []templates.Row, stored []version) ([]version, error) {
	k := newKeeping(t, s, stored)
	for i := range rows {
		if !rows[i].Held {
			if err := k.row(&rows[i]); err != nil {
				return nil, err
			}
		}
	}
	if t.form.Kind == templates.Report {
		k.endRest(stored)
	}
	return k.inForce(stored), q.writeVersions(k)
}

// inForce are the stored rows that did not end, and those that were added.
func (k *keeping) inForce(stored []version) []version {
	over := make(map[int64]bool, len(k.ended))
	for _, id := range k.ended {
		over[id] = true
	}
	stand := make([]version, 0, len(stored)+len(k.added))
	for _, v := range stored {
		if !over[v.id] {
			stand = append(stand, v)
		}
	}
	return append(stand, k.added...)
}

// storedPeriod is the period a form's rows stand under: a ledger's rows live on
// and stand under none.
func storedPeriod(t *formTable, period string) string {
	if t.form.Kind == templates.Report {
		return period
	}
	return ""
}

// keeping finds out which versions a file ends and adds.
type keeping struct {
	table    *formTable
	sub      Submission
	byRecord map[int64]*version
	byKey    map[string]*version
	seen     map[string]bool // keys of this file
	used     map[int64]bool  // records of this file
	ended    []int64
	added    []version // record 0: a new one
}

func newKeeping(t *formTable, s Submission, stored []version) *keeping {
	k := &keeping{t, s, map[int64]*version{}, map[string]*version{}, map[string]bool{}, map[int64]bool{}, nil, nil}
	for i := range stored {
		k.byRecord[stored[i].record] = &stored[i]
		k.byKey[stored[i].key] = &stored[i]
	}
	return k
}

// row compares one row of the file with what is stored.
func (k *keeping) row(r *templates.Row) error {
	key, err := k.key(r)
	if err != nil {
		return err
	}
	cells, err := k.table.encode(r.Values)
	if err != nil {
		return fmt.Errorf("row %d: %w", r.Num, err)
	}
	add := version{key: key, sheet: r.Sheet, row: r.Num, cells: cells}
	if old := k.find(r.Record, key); old != nil {
		if k.used[old.record] {
			return fmt.Errorf("form %s, row %d: two rows of a file continue record %d", k.table.form.Name, r.Num, old.record)
		}
		k.used[old.record] = true
		if old.key == key && k.table.same(old.cells, cells) {
			return nil
		}
		k.ended = append(k.ended, old.id)
		add.record = old.record
	}
	k.added = append(k.added, add)
	return nil
}

// key is the row's key in this file. The rows of a report are replaced as a
// whole, so one without a key of its own is named by its place; a ledger would
// double such a row, so there it is an error.
func (k *keeping) key(r *templates.Row) (string, error) {
	key := r.Key
	if k.table.form.Kind == templates.Report {
		for n := len(k.seen) + 1; key == "" || k.seen[key]; n++ {
			key = fmt.Sprintf("%s#%d", r.Key, n)
		}
	}
	if key == "" || k.seen[key] {
		return "", fmt.Errorf("form %s, row %d: a ledger row needs a key of its own", k.table.form.Name, r.Num)
	}
	k.seen[key] = true
	return key, nil
}

func (k *keeping) find(record int64, key string) *version {
	if record != 0 {
		if v, ok := k.byRecord[record]; ok {
			return v
		}
	}
	return k.byKey[key]
}

// endRest ends the stored rows that the file does not have.
func (k *keeping) endRest(stored []version) {
	for _, v := range stored {
		if !k.used[v.record] {
			k.ended = append(k.ended, v.id)
		}
	}
}

// same says whether two rows say the same. A running number says nothing of the
// row: it changes whenever a row is put in above.
func (t *formTable) same(a, b []any) bool {
	at := 0
	for i, f := range t.form.Fields {
		end := at + len(t.stores[i].columns)
		if !f.Serial && !slices.Equal(a[at:end], b[at:end]) {
			return false
		}
		at = end
	}
	return true
}

// writeVersions writes what keeping found out.
func (q *session) writeVersions(k *keeping) error {
	for start := 0; start < len(k.ended); start += batchValues {
		part := k.ended[start:min(start+batchValues, len(k.ended))]
		args := []any{k.sub.ID}
		marks := make([]string, 0, len(part))
		for _, id := range part {
			args = append(args, id)
			marks = append(marks, "?")
		}
		if err := q.do(`UPDATE `+k.table.name+` SET _to = ? WHERE _version IN (`+strings.Join(marks, ", ")+`)`, args...); err != nil {
			return err
		}
	}
	if err := q.number(k); err != nil {
		return err
	}
	rows := make([][]any, 0, len(k.added))
	for _, v := range k.added {
		row := []any{v.record, k.sub.County, storedPeriod(k.table, k.sub.Period), v.key, k.sub.ID, v.sheet, v.row}
		rows = append(rows, append(row, v.cells...))
	}
	return q.insert(k.table.name+` (_record, _county, _period, _key, _from, _sheet, _row`+k.table.more("")+`)`, rows)
}

// number gives new records their ids.
func (q *session) number(k *keeping) error {
	fresh := 0
	for i := range k.added {
		v := &k.added[i]
		if v.record == 0 {
			v.record = q.numbers.of(storedPeriod(k.table, k.sub.Period), v.key)
		}
		if v.record == 0 {
			fresh++
		}
	}
	if fresh == 0 {
		return nil
	}
	next, err := q.take("record "+k.table.form.Name, fresh)
	if err != nil {
		return err
	}
	for i := range k.added {
		if k.added[i].record == 0 {
			k.added[i].record = next
			next++
		}
	}
	return nil
}
