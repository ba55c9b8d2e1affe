package merge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"taizhang/templates"
)

func TestConditionOf(t *testing.T) {
	for _, one := range []struct {
		err  error
		want Condition
	}{
		{nil, Sound}, {errors.New("no"), Sound}, {context.Canceled, Sound}, {ErrNotFound, Sound},
		{fmt.Errorf("read: %w", &fs.PathError{Op: "read", Err: syscall.EIO}), Broken},
		{fmt.Errorf("write: %w", &fs.PathError{Op: "write", Err: syscall.ENOSPC}), Full},
	} {
		if got := ConditionOf(one.err); got != one.want {
			t.Errorf("%v: %d, want %d", one.err, got, one.want)
		}
	}
}

// A store that may not grow refuses whole transactions, goes on answering, and
// takes the same file when there is room.
func TestFullStoreGoesOn(t *testing.T) {
	c, ctx := newCity(t), context.Background()
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	var heard []error
	c.Heard = func(err error) { heard = append(heard, err) }
	var pages int
	if err := errors.Join(c.write.QueryRow(`PRAGMA page_count`).Scan(&pages),
		c.write.QueryRow(fmt.Sprint(`PRAGMA max_page_count = `, pages)).Scan(&pages)); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for i := range 3000 {
		rows = append(rows, fmt.Sprintf("N%d|1|||||||已办结", i))
	}
	book := c.book("items", rows...)
	a, _ := c.arrive("西河县", "b.xlsx", book)
	_, err := c.Merge(ctx, a, c.judge("西河县", "b.xlsx", book), Answer{})
	if ConditionOf(err) != Full || len(heard) == 0 || ConditionOf(heard[len(heard)-1]) != Full {
		t.Fatalf("full: %v; heard %v", err, heard)
	}
	if got := c.current("items", "case_no"); len(got) != 1 {
		t.Errorf("records while full: %d", len(got))
	}
	if waiting, err := c.Waiting(ctx); err != nil || len(waiting) != 1 {
		t.Errorf("waiting: %v %v", waiting, err)
	}
	if err := c.write.QueryRow(`PRAGMA max_page_count = 1000000`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Merge(ctx, a, c.judge("西河县", "b.xlsx", book), Answer{}); err != nil {
		t.Fatal(err)
	}
	if got := c.current("items", "case_no"); len(got) != 3001 || heard[len(heard)-1] != nil {
		t.Errorf("records with room again: %d; heard %v", len(got), heard[len(heard)-1])
	}
}

// Pages that became zeros under an open store are told as a broken database.
func TestZeroedPagesAreBroken(t *testing.T) {
	c := newCity(t)
	c.must(templates.Accepted, "东山县", "a.xlsx", c.book("items", "X1|1|||||||已办结"))
	if _, err := c.write.Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(c.path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(make([]byte, info.Size()-4096), 4096)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	var heard error
	c.Heard = func(err error) { heard = err }
	if _, _, err := c.Records(context.Background(), "items", RecordFilter{}); ConditionOf(err) != Broken || ConditionOf(heard) != Broken {
		t.Errorf("read: %v; heard: %v", err, heard)
	}
}
