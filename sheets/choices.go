package sheets

import (
	"fmt"
	"strings"
)

// What Excel takes in a drop-down and its hint, in characters.
const (
	maxCaption = 32
	maxHint    = 255
	maxInline  = 255 // a list that stands inside the drop-down itself
)

// choices writes drop-downs and input hints.
func (w *sheetWriter) choices() {
	if len(w.grid.Choices) == 0 {
		return
	}
	fmt.Fprintf(w, `<dataValidations count="%d">`, len(w.grid.Choices))
	for _, c := range w.grid.Choices {
		w.choice(c)
	}
	w.WriteString(`</dataValidations>`)
}

func (w *sheetWriter) choice(c Choice) {
	w.WriteString(`<dataValidation allowBlank="1"`)
	if len(c.Values) > 0 {
		kind, message := "warning", "填写的内容不在下拉列表中，确定要这样填吗？"
		if c.Strict {
			kind, message = "stop", "请从下拉列表中选择一项。"
		}
		fmt.Fprintf(w, ` type="list" errorStyle="%s" showErrorMessage="1" errorTitle="%s" error="%s"`,
			kind, "不在列表中", message)
	}
	if c.Caption != "" || c.Hint != "" {
		fmt.Fprintf(w, ` showInputMessage="1" promptTitle="%s" prompt="%s"`,
			escapeAttr(cut(c.Caption, maxCaption, "…")), escapeAttr(cut(c.Hint, maxHint, "…")))
	}
	fmt.Fprintf(w, ` sqref="%s"`, plain(c.Range))
	if len(c.Values) == 0 {
		w.WriteString(`/>`)
		return
	}
	source := `"` + strings.ReplaceAll(strings.Join(c.Values, ","), `"`, `""`) + `"`
	if at := w.lists[listID(c.Values)]; at != "" {
		source = at
	}
	fmt.Fprintf(w, `><formula1>%s</formula1></dataValidation>`, escapeText(source))
}

// fitsInline says whether a list can stand inside the drop-down: short enough,
// and no value holds the comma that separates them.
func fitsInline(values []string) bool {
	for _, v := range values {
		if strings.ContainsAny(v, ",\n") || strings.TrimSpace(v) != v {
			return false
		}
	}
	return units(strings.Join(values, ",")) <= maxInline
}

// listID tells equal lists from different ones.
func listID(values []string) string { return strings.Join(values, "\x00") }
