package templates

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing wrong with a file of forms, summaries or counties. It is
// the operator's to mend.
type Mistake struct {
	File    string
	Line    int // from 1; 0 when the file as a whole is meant
	Col     int // from 1, in characters
	Message string
	Hint    string // what to do, may be ""
	Cause   error  // why the file is there and cannot be read; nil when it can
}

func (m Mistake) String() string {
	if m.Line == 0 {
		return fmt.Sprintf("%s: %s", m.File, m.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Col, m.Message)
}

// Mistakes is every mistake of all files that were read, in the order of the
// files' names and lines.
type Mistakes []Mistake

// Error prints one mistake a line, as file:line:col: message.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap is why files that are there cannot be read.
func (m Mistakes) Unwrap() (causes []error) {
	for _, one := range m {
		if one.Cause != nil {
			causes = append(causes, one.Cause)
		}
	}
	return causes
}

// err is the mistakes as an error, nil when there are none.
func (m Mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return m
}
