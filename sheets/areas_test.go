package sheets

import (
	"fmt"
	"strings"
	"testing"
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

func TestAreasTextIsCut(t *testing.T) {
	var cells []string
	for row := 5; row < 5+2*57; row += 2 {
		cells = append(cells, fmt.Sprintf("C%d", row))
	}
	want := "C5, C7, C9, C11, C13, C15, C17, C19, C21, C23, C25, C27, C29, C31, C33, C35, C37, C39, C41, C43 等 57 处"
	if got := AreasText(cells, "%s 等 %d 处"); got != want {
		t.Errorf("AreasText of 57 scattered cells:\n%s\nwant\n%s", got, want)
	}
	if got := AreasText(cells[:20], "%s 等 %d 处"); strings.Contains(got, "等") {
		t.Errorf("twenty cells are cut: %s", got)
	}
}
