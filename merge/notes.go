package merge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"taizhang/templates"
)

// jointNote says how an item given to several counties is counted when the
// counties are added up.
const jointNote = "合办件在各县区各计一件"

// silentNote says what a line of dashes means.
const silentNote = "“—”表示没有报来数据"

// notes are what is printed below a table, so that nobody has to guess what its
// figures mean and what is not in them.
func (c *computing) notes(t *templates.Table, total map[string]result, zone *time.Location) []string {
	notes := []string{"数据截至：" + t.AsOf.In(zone).Format("2006-01-02 15:04")}
	if t.Period != "" {
		notes = append(notes, "报告期："+t.Period)
	}
	own := c.ownNotes(total)
	notes = append(notes, c.definitions(own)...)
	notes = append(notes, own...)
	if c.form.Kind == templates.Ledger && c.summary.By == templates.ByCounty && c.summary.Total && !slices.ContainsFunc(notes, isJointNote) {
		notes = append(notes, jointNote)
	}
	if slices.ContainsFunc(c.lines(), c.silent) {
		notes = append(notes, silentNote)
	}
	return append(notes,
		"未报县区："+names(t.Missing),
		"退回待改："+names(t.Returned),
		fmt.Sprintf("待改未计入 %d 行", t.HeldRows))
}

func isJointNote(note string) bool { return strings.Contains(note, "合办件") }

// definitions say what each rate is a rate of, because offices use two. A
// summary that says so in its own words is not repeated.
func (c *computing) definitions(own []string) (notes []string) {
	for _, column := range c.summary.Columns {
		if len(column.Rate) != 2 {
			continue
		}
		name := c.title(column.Name)
		note := name + "=" + c.title(column.Rate[0]) + "/" + c.title(column.Rate[1])
		if !slices.Contains(notes, note) && !defines(own, name) {
			notes = append(notes, note)
		}
	}
	return notes
}

// defines says whether a note begins with the rate and an equals sign.
func defines(notes []string, rate string) bool {
	return slices.ContainsFunc(notes, func(note string) bool {
		rest, ok := strings.CutPrefix(note, rate)
		return ok && (strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "＝"))
	})
}

// unitInTitle is the unit that a title carries in brackets.
var unitInTitle = regexp.MustCompile(`[(（][^()（）]*[)）]$`)

// title is a column's title in a sentence: 已办结(件)/合计 is 已办结合计.
func (c *computing) title(name string) string {
	column := c.columns[name]
	if column == nil {
		return name
	}
	var b strings.Builder
	for _, part := range column.Path {
		b.WriteString(unitInTitle.ReplaceAllString(strings.Join(strings.Fields(part), ""), ""))
	}
	return b.String()
}

// ownNotes are the summary's own, and those whose condition holds for the
// figures of the whole table. A condition that cannot be worked out is said.
func (c *computing) ownNotes(total map[string]result) []string {
	figures := map[string]templates.Value{}
	for name, r := range total {
		if !r.none {
			figures[name] = templates.Value{Text: r.value.String(), Number: r.value}
		}
	}
	notes, err := c.summary.NotesFor(figures)
	if err != nil {
		notes = append(slices.Clone(notes), "有附注的条件未能计算："+err.Error())
	}
	return notes
}

// names lists counties in a note.
func names(counties []string) string {
	if len(counties) == 0 {
		return "无"
	}
	return strings.Join(counties, "、")
}
