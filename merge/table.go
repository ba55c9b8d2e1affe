package merge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"taizhang/templates"
)

// Table is a summary as a plain table.
//
// A zero asOf means now. An empty period means the one reported on at that time.
// A ledger's rows live on: without a period they are counted as they stand,
// with one as they stood after the files of that period. ErrNotFound for an
// unknown summary, or a period that the form's calendar does not have.
func (s *Store) Table(ctx context.Context, summary, period string, asOf time.Time) (table *templates.Table, err error) {
	err = s.look(ctx, func(q *session) error {
		table, err = q.compute(summary, period, asOf)
		return err
	})
	return table, err
}

// computing is one table in the making.
type computing struct {
	summary   *templates.Summary
	form      *templates.Form
	tally     tally
	counties  []string // all that have figures
	columns   map[string]*templates.Column
	period    string
	asOf      time.Time
	standings map[string]*standing
	heldRows  int
	heard     map[string]bool // counties that sent something that counts
	names     []string        // counties of the table, in order
}

func (q *session) compute(summary, period string, asOf time.Time) (*templates.Table, error) {
	s := q.catalog.Summary(summary)
	if s == nil {
		return nil, fmt.Errorf("summary %q: %w", summary, ErrNotFound)
	}
	c, err := q.gather(s, period, asOf)
	if err != nil {
		return nil, fmt.Errorf("summary %s: %w", summary, err)
	}
	return c.table(q.Zone)
}

// gather reads everything a table is made of.
func (q *session) gather(s *templates.Summary, period string, asOf time.Time) (*computing, error) {
	t, err := q.table(s.Form)
	if err != nil {
		return nil, err
	}
	at, until, past := q.at, endless, !asOf.IsZero() && asOf.Before(q.at)
	if past {
		at, until = asOf, stamp(asOf)
	}
	c := &computing{summary: s, form: t.form, columns: map[string]*templates.Column{}, asOf: asOf}
	for _, column := range s.Columns {
		c.columns[column.Name] = column
	}
	if c.period, err = q.choosePeriod(t.form, period, at, until); err != nil {
		return nil, err
	}
	switch ledger := t.form.Kind != templates.Report; {
	case !past && (!ledger || period == ""):
		c.tally, err = q.figures(s, storedPeriod(t, c.period))
	case ledger:
		c.tally, err = q.tallyAsOf(t, s, period, until)
	default:
		c.tally, err = q.tallyAsOf(t, s, c.period, until)
	}
	if err != nil {
		return nil, err
	}
	return c, q.gatherStandings(c, period, until, past)
}

// gatherStandings reads who has reported, and as of when all this is.
func (q *session) gatherStandings(c *computing, period, until string, past bool) (err error) {
	if c.standings, err = q.standings(c.form, c.period, until); err != nil {
		return err
	}
	if err = q.gatherHeard(c, period, until); err != nil {
		return err
	}
	c.counties = c.tally.counties()
	c.names = q.countyNames(c.form.Name, c.standings, c.counties...)
	if past {
		return nil
	}
	c.asOf, err = q.lastJudged(c.form.Name)
	return err
}

// gatherHeard reads each county's last file that counts: who has sent one, and
// the rows in them that wait to be mended. For a ledger, whose rows live on, that
// is its last file of any period, unless a period was asked for.
func (q *session) gatherHeard(c *computing, asked, until string) error {
	period, compare := asked, "period <= $3"
	if c.form.Kind == templates.Report {
		period, compare = c.period, "period = $3"
	}
	if period == "" {
		compare = "$3 = ''"
	}
	last, err := q.submissions(`WHERE id IN (
		SELECT MAX(id) FROM submission WHERE form = $1 AND verdict IN ('accepted', 'noted', 'partial')
			AND judged_at <= $2 AND `+compare+` AND county <> $4 GROUP BY county)`, c.form.Name, until, period, City)
	c.heard = map[string]bool{}
	for _, s := range last {
		c.heard[s.County] = true
		c.heldRows += s.Held
	}
	return err
}

// lastJudged is when a form's data last changed, by a file or because one was
// withdrawn: the table stays the same to the byte until then. Without any file it
// is now.
func (q *session) lastJudged(form string) (time.Time, error) {
	last, err := q.submissions(`WHERE form = $1 AND county <> $2 ORDER BY id DESC LIMIT 1`, form, City)
	if err != nil || len(last) == 0 {
		return q.at, err
	}
	at, undone := last[0].JudgedAt, zeroTime
	err = q.one(`SELECT v.at FROM void v JOIN submission s ON s.id = v.submission WHERE s.form = $1 ORDER BY v.at DESC LIMIT 1`,
		[]any{form}, when{&undone})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return at, err
	}
	if undone.After(at) {
		at = undone
	}
	return at, nil
}

// table draws the gathered figures as rows and notes.
func (c *computing) table(zone *time.Location) (*templates.Table, error) {
	out := &templates.Table{Name: c.summary.Name, Title: c.summary.Title, Form: c.form.Name, Period: c.period, AsOf: c.asOf,
		Columns: c.tableColumns(), HeldRows: c.heldRows, Missing: []string{}, Returned: []string{}, Rows: [][]templates.TableCell{}}
	lines := c.lines()
	figures := c.work(lines)
	for i, l := range lines {
		if c.silent(l) {
			out.Rows = append(out.Rows, c.dashes(l.label))
			continue
		}
		out.Rows = append(out.Rows, c.cells(l.label, figures[i]))
	}
	total := c.work([]line{{label: "合计"}})[0]
	if c.summary.Total && c.summary.By != "" {
		out.Total = c.cells("合计", c.withoutRanks(total))
	}
	for _, name := range c.names {
		st := c.standings[name]
		if (st == nil || st.force.ID == 0) && !c.beforeFirst() {
			out.Missing = append(out.Missing, name)
		}
		if st != nil && st.latest.Verdict == templates.Returned {
			out.Returned = append(out.Returned, name)
		}
	}
	out.Notes = c.notes(out, total, zone)
	return out, nil
}

// noData stands for a figure that there is none of.
const noData = "—"

// silent says whether a line is that of a county that has sent nothing that
// counts.
func (c *computing) silent(l line) bool { return l.county != "" && !c.heard[l.county] }

// dashes is the line of a county that has sent nothing that counts: a zero would
// say that it has nothing to report.
func (c *computing) dashes(label string) []templates.TableCell {
	cells := []templates.TableCell{{Text: label}}
	for range c.summary.Columns {
		cells = append(cells, templates.TableCell{Text: noData})
	}
	return cells
}

// beforeFirst says whether no period of the form has begun, so that nobody owes
// a report yet.
func (c *computing) beforeFirst() bool { return c.form.Calendar != nil && c.period == "" }

func (c *computing) tableColumns() []templates.TableColumn {
	by := c.summary.By
	if by == "" {
		by = "all"
	}
	columns := []templates.TableColumn{{Name: by, Path: []string{c.firstTitle()}, Kind: "text"}}
	for _, column := range c.summary.Columns {
		columns = append(columns, templates.TableColumn{Name: column.Name, Path: column.Path,
			Kind: c.kind(column.Name), Decimals: c.places(column.Name)})
	}
	return columns
}

func (c *computing) firstTitle() string {
	field := c.form.Field(c.summary.By)
	switch {
	case c.summary.ByTitle != "":
		return c.summary.ByTitle
	case c.summary.By == templates.ByCounty:
		return "县区"
	case field != nil:
		return field.Title()
	}
	return "范围"
}

// line is one row of the table: a county, a bucket of all counties, or with
// neither everything.
type line struct{ label, bucket, county string }

// blankLabel names the line of rows whose By field is blank.
const blankLabel = "（未填）"

// lines are the rows of the table: every county, also those without data; or
// the groups and values of the By field.
func (c *computing) lines() (lines []line) {
	switch c.summary.By {
	case "":
		return []line{{label: "全市"}}
	case templates.ByCounty:
		for _, name := range c.names {
			lines = append(lines, line{label: name, county: name})
		}
		return lines
	}
	for _, value := range c.values() {
		label := value
		if value == "" {
			label = blankLabel
		}
		lines = append(lines, line{label: label, bucket: "=" + value})
	}
	return lines
}

// values are the groups, then the choices of the By field that are in none
// (without groups also those that nobody chose), then whatever else there is,
// blank last.
func (c *computing) values() (values []string) {
	found := map[string]bool{}
	for at := range c.tally {
		if at.bucket != "" {
			found[at.bucket[1:]] = true
		}
	}
	take := func(v string) {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
		delete(found, v)
	}
	for _, g := range c.summary.Groups {
		take(g.Title)
	}
	for _, v := range choices(c.form.Field(c.summary.By)) {
		if len(c.summary.Groups) == 0 || found[v] {
			take(v)
		}
	}
	blank := found[""]
	delete(found, "")
	for _, v := range slices.Sorted(maps.Keys(found)) {
		take(v)
	}
	if blank {
		values = append(values, "")
	}
	return values
}

// choices are the values a field can have, in the form's order.
func choices(f *templates.Field) []string {
	switch {
	case f == nil:
		return nil
	case f.Type == "bool":
		return []string{"是", "否"}
	}
	return f.Enum
}
