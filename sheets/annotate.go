package sheets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Annotator makes the annotated copy of a county's workbook in another process,
// within limits.
type Annotator struct {
	Command  []string      // our own program with its hidden annotate command
	Timeout  time.Duration // of the process; 0 for one minute
	MemoryMB int           // of the process; 0 for 1024
}

// Copy is what goes back to a county.
type Copy struct {
	Workbook []byte
	Alone    error // why the report goes out alone; nil where the county's own sheets follow it
}

// Annotate is Copy for those who need not know whether the report is alone.
func (a Annotator) Annotate(ctx context.Context, original string, marks []Mark, report Drawing) ([]byte, error) {
	c, err := a.Copy(ctx, original, marks, report)
	return c.Workbook, err
}

// Copy returns the county's workbook with the report's grids as its first sheets
// and with marked cells filled and noted. Everything else is left as the county
// sent it, and that is checked: the copy is read back, and if any cell of the
// county differs, or if anything fails on the way, the report goes out alone and
// Alone says why. An error means that even the report cannot be drawn, or that
// the context has ended.
func (a Annotator) Copy(ctx context.Context, original string, marks []Mark, report Drawing) (Copy, error) {
	report = withUnnoted(report, unnoted(marks))
	report.Marks = maps.Clone(report.Marks)
	if report.Marks == nil {
		report.Marks = map[string]string{}
	}
	report.Marks[AnnotatedMark] = "1"
	var drawn bytes.Buffer
	if err := Draw(&drawn, report); err != nil {
		return Copy{}, fmt.Errorf("annotate %s: %w", original, err)
	}
	book, err := a.run(ctx, errand{original, marks, drawn.Bytes(), a.memory()})
	if err == nil {
		err = sameCells(original, book)
	}
	if ctx.Err() != nil {
		return Copy{}, fmt.Errorf("annotate %s: %w", original, ctx.Err())
	}
	if err != nil {
		return Copy{drawn.Bytes(), fmt.Errorf("annotate %s: %w", original, err)}, nil
	}
	return Copy{Workbook: book}, nil
}

func (a Annotator) memory() int {
	if a.MemoryMB > 0 {
		return a.MemoryMB
	}
	return 1024
}

// withUnnoted says below the first grid how many cells got no note.
func withUnnoted(d Drawing, left map[string]int) Drawing {
	if len(left) == 0 || len(d.Grids) == 0 {
		return d
	}
	d.Grids = slices.Clone(d.Grids)
	g := &d.Grids[0]
	g.Rows = slices.Clone(g.Rows)
	next := 1
	if n := len(g.Rows); n > 0 {
		next = g.Rows[n-1].Num + 1
	}
	for i, sheet := range sortedKeys(left) {
		text := fmt.Sprintf("工作表“%s”只加了前 %d 条批注，另有 %d 个单元格只标了颜色，问题都在本表中。"+
			"(Sheet %q has the first %d notes; %d more cells are only coloured.)",
			sheet, maxNotes, left[sheet], sheet, maxNotes, left[sheet])
		g.Rows = append(g.Rows, GridRow{Num: next + i, Cells: []GridCell{{Col: 1, Value: text, Style: Style{Look: Plain}}}})
	}
	return d
}

// run does the errand in another process.
func (a Annotator) run(ctx context.Context, e errand) ([]byte, error) {
	if len(a.Command) == 0 {
		return nil, errors.New("no command to annotate with")
	}
	info, err := os.Stat(e.Original)
	if err != nil {
		return nil, err
	}
	input, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	timeout := a.Timeout
	if timeout <= 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// The copy is the original, the report, and at most some styles and notes.
	out := &bounded{room: 2*info.Size() + 2*int64(len(e.Report)) + 64<<20}
	said := &bounded{room: 4 << 10}
	cmd := exec.CommandContext(ctx, a.Command[0], a.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), out, said
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMEMLIMIT=%dMiB", e.MemoryMB))
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("not done within %s: %w", timeout, ctx.Err())
	case out.over:
		return nil, fmt.Errorf("more than %d bytes came back", out.room)
	case err != nil:
		return nil, fmt.Errorf("%w %s", err, bytes.TrimSpace(said.kept.Bytes()))
	}
	return out.kept.Bytes(), nil
}

// bounded keeps what is written to it up to a size, and fails beyond. The buffer
// is not embedded: io.Copy would find its ReadFrom and go round the size.
type bounded struct {
	kept bytes.Buffer
	room int64
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if int64(b.kept.Len()+len(p)) > b.room {
		b.over = true
		return 0, fmt.Errorf("more than %d bytes came back", b.room)
	}
	return b.kept.Write(p)
}

// sameCells reads a workbook and its annotated copy and says where a cell of the
// county differs. Sheets of ours are not compared.
func sameCells(original string, book []byte) error {
	file, err := os.Open(original)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	before, err := Read(file, info.Size(), DefaultLimits())
	if err != nil {
		return fmt.Errorf("original: %w", err)
	}
	after, err := Read(bytes.NewReader(book), int64(len(book)), DefaultLimits())
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	if err := sameNotes(before, after); err != nil {
		return err
	}
	return sameBooks(before, after)
}

func sameBooks(before, after *Book) error {
	if after.Marks[AnnotatedMark] != "1" {
		return errors.New("the copy is not marked as one")
	}
	old, now := countySheets(before), countySheets(after)
	if len(old) != len(now) {
		return fmt.Errorf("copy has %d sheets of the county's %d", len(now), len(old))
	}
	if before.Date1904 != after.Date1904 {
		return errors.New("copy counts dates otherwise")
	}
	for i := range old {
		if err := sameSheets(old[i], now[i]); err != nil {
			return fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	return nil
}

// countySheets leaves out the report of an annotated copy.
func countySheets(b *Book) []*Sheet {
	if b.Marks[AnnotatedMark] != "1" {
		return b.Sheets
	}
	return slices.DeleteFunc(slices.Clone(b.Sheets), func(s *Sheet) bool { return reportSheets[s.Name] })
}

func sameSheets(a, b *Sheet) error {
	switch {
	case a.Name != b.Name || a.Visibility != b.Visibility:
		return errors.New("another name or visibility")
	case len(a.Rows) != len(b.Rows):
		return fmt.Errorf("%d rows became %d", len(a.Rows), len(b.Rows))
	case !slices.Equal(a.Merges, b.Merges):
		return errors.New("merged areas differ")
	case !slices.Equal(a.HiddenCols, b.HiddenCols):
		return errors.New("hidden columns differ")
	}
	for i, row := range a.Rows {
		if row.Num != b.Rows[i].Num || row.Hidden != b.Rows[i].Hidden {
			return fmt.Errorf("row %d differs", row.Num)
		}
		if !row.Cells.Equal(b.Rows[i].Cells) {
			return fmt.Errorf("a cell of row %d differs", row.Num)
		}
	}
	return nil
}

// sameRemark passes over blanks at the end, which cannot be told from those that
// part our words from the county's.
func sameRemark(a, b Remark) bool {
	a.Text, b.Text = strings.TrimSpace(a.Text), strings.TrimSpace(b.Text)
	return a == b
}

// sameNotes says where a note of the county is missing from the copy. What is
// ours in a note is not read.
func sameNotes(before, after *Book) error {
	old, now := countySheets(before), countySheets(after)
	for i := range min(len(old), len(now)) {
		if !slices.EqualFunc(old[i].Remarks, now[i].Remarks, sameRemark) {
			return fmt.Errorf("sheet %d: notes differ", i+1)
		}
	}
	return nil
}
