package mail

import (
	"slices"
	"strings"

	"taizhang/sheets"
	"taizhang/templates"
)

// noteLength bounds the text of one note, in characters.
const noteLength = 600

// mark is what is gathered for one cell before it becomes a sheets.Mark.
type mark struct {
	sheet, cell string
	worst       templates.Severity
	notes       []string
}

// Marks gives one mark for each cell that is to be mended, explained or looked at.
func Marks(findings []templates.Finding) []sheets.Mark {
	var out []sheets.Mark
	for _, m := range gatherMarks(findings) {
		out = append(out, sheets.Mark{Sheet: m.sheet, Cell: m.cell, Tint: tints[m.worst], Note: m.note()})
	}
	return out
}

// gatherMarks merges what several findings say of one cell.
func gatherMarks(findings []templates.Finding) []*mark {
	var all []*mark
	index := map[string]*mark{}
	for _, f := range findings {
		if f.Severity == templates.Handled || f.Sheet == "" {
			continue
		}
		for _, cell := range f.AllCells() {
			id := f.Sheet + "\x00" + cell
			m := index[id]
			if m == nil {
				m = &mark{sheet: f.Sheet, cell: cell, worst: f.Severity}
				index[id] = m
				all = append(all, m)
			}
			m.add(f)
		}
	}
	return all
}

// add keeps a finding's words, once, and the worst severity.
func (m *mark) add(f templates.Finding) {
	if f.Severity.Rank() < m.worst.Rank() {
		m.worst = f.Severity
	}
	if text := noteText(f); !slices.Contains(m.notes, text) {
		m.notes = append(m.notes, text)
	}
}

// noteText is one finding as a note says it: short, with what to do.
func noteText(f templates.Finding) string {
	text := "【" + severityName(f.Code, f.Severity) + "】" + f.Message
	if f.Fix != "" {
		text += "\n怎么改：" + f.Fix
	}
	return text
}

func (m *mark) note() string {
	text := strings.Join(m.notes, "\n")
	if runes := []rune(text); len(runes) > noteLength {
		return string(runes[:noteLength]) + "…\n（其余见“" + detailSheet + "”）"
	}
	return text
}
