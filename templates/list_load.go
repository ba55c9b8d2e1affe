package templates

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// What a pre-filled form carries on.
const (
	CarryOpen = "open" // the items that are not closed
	CarryAll  = "all"  // the closed ones too, locked
)

// lists reads how the city hands items down, and what is carried on from one
// period to the next. Both are for ledgers: the rows of a report do not live on.
func (r *formReader) lists() {
	f, d := r.form, r.top
	for _, key := range []string{"handDown", "carry", "closedWhen"} {
		if d.has(key) && f.Kind != Ledger {
			r.page.wrong(d.at(key), "", "只有 kind 为 ledger 的表才有“%s”", key)
			return
		}
	}
	f.Carry = d.word("carry", CarryOpen, CarryOpen, CarryAll)
	if d.has("closedWhen") {
		f.closed = r.page.compile(d, "closedWhen", newVocabulary(f, false, true))
	}
	if d.has("handDown") {
		r.handDown()
	}
}

// handDown reads which fields of a list say who gets an item: true for the first
// field of type unit, or their names. What a county is known by, and an item,
// must be the city's to give.
func (r *formReader) handDown() {
	f, at := r.form, r.top.at("handDown")
	if at.Kind == yaml.ScalarNode && at.Tag == "!!bool" {
		if r.top.flag("handDown", false) {
			f.HandDown = f.firstUnit()
		} else {
			return
		}
	} else {
		f.HandDown = r.named(r.top, "handDown")
	}
	if len(f.HandDown) == 0 || f.Field(f.HandDown[0]).Type != "unit" {
		r.page.wrong(at, "例如 handDown: [county, co_counties]", "“handDown”的第一个字段应是类型为 unit 的字段：交办给谁")
		return
	}
	for _, name := range slices.Concat(f.HandDown, f.identity()) {
		if field := f.Field(name); field != nil && !field.Given() {
			r.page.wrong(at, "给这个字段写上 frozen: true 或 owner: city", "要交办的表，字段“%s”应由市里给定", name)
		}
	}
}

// firstUnit is the first field that names a sender.
func (f *Form) firstUnit() []string {
	for _, field := range f.Fields {
		if field.Type == "unit" {
			return []string{field.Name}
		}
	}
	return nil
}
