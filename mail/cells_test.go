package mail

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAreas(t *testing.T) {
	tests := []struct{ cells, want string }{
		{"", ""},
		{"C5", "C5"},
		{"C5 C6 C7 C8 C9 C14", "C5:C9 C14"},
		{"C14 C9 C8 C7 C6 C5", "C5:C9 C14"},
		{"C5 C5 C6", "C5:C6"},
		{"C5 D5 E5", "C5:E5"},
		{"C5 C6 D5 D6 F5", "C5:D6 F5"},
		{"C5 D6", "C5 D6"},
		{"Z9 AA9 AB9", "Z9:AB9"},
		{"C9 C10", "C9:C10"},
		{"C5 第3行", "C5 第3行"},
	}
	for _, tt := range tests {
		got := strings.Join(Areas(strings.Fields(tt.cells)), " ")
		if got != tt.want {
			t.Errorf("Areas(%s) = %s, want %s", tt.cells, got, tt.want)
		}
	}
}

func TestCellsTextIsCut(t *testing.T) {
	var cells []string
	for row := 5; row < 5+2*57; row += 2 {
		cells = append(cells, fmt.Sprintf("C%d", row))
	}
	want := "C5, C7, C9, C11, C13, C15, C17, C19, C21, C23, C25, C27, C29, C31, C33, C35, C37, C39, C41, C43 等 57 处"
	if got := CellsText(cells); got != want {
		t.Errorf("CellsText of 57 scattered cells:\n%s\nwant\n%s", got, want)
	}
	if got := CellsText(cells[:20]); strings.Contains(got, "等") {
		t.Errorf("twenty cells are cut: %s", got)
	}
}

func TestWithout(t *testing.T) {
	tests := []struct{ text, cell, word, want string }{
		{"请在 F5 填写“办结状态”。", "F5", "这些格子", "请在这些格子填写“办结状态”。"},
		{"F5“办结状态”没有填写。", "F5", "", "“办结状态”没有填写。"},
		{"请核对 F51 和 F5。", "F5", "它", "请核对 F51 和它。"},
		{"请核对 AF5。", "F5", "它", "请核对 AF5。"},
		{"不用操作。", "", "它", "不用操作。"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, without(tt.text, tt.cell, tt.word)); diff != "" {
			t.Errorf("without(%s, %s):\n%s", tt.text, tt.cell, diff)
		}
	}
}
