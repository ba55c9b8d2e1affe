package main

import (
	"context"
	"errors"
	"fmt"

	"taizhang/merge"
)

// Files are judged in shifts: each is read by itself, and then they are merged in
// one transaction, which costs one wait for the disk and writes each page of the
// database once.

const (
	mostOfShift   = 64      // files
	weightOfShift = 8 << 20 // bytes of workbooks, to bound memory; a larger one is a shift of its own
)

// shift is files that were read and are to be merged together.
type shift struct {
	files []merge.Judged
	at    []int // which of those that wait they are
}

// judgeAll judges files in their order, and tells of each what became of it. After
// one that fails, those of the same county are left for another time. A list of the
// city's goes to all counties, so that it is judged by itself between the others.
func (d *desk) judgeAll(ctx context.Context, waiting []merge.Arrival, told func(i int, sub merge.Submission, err error)) {
	stuck := map[string]bool{}
	tell := func(i int, sub merge.Submission, err error) {
		stuck[waiting[i].County] = stuck[waiting[i].County] || err != nil
		told(i, sub, err)
	}
	for next := 0; next < len(waiting); {
		if waiting[next].County == merge.City {
			if !stuck[merge.City] {
				sub, err := d.handDown(ctx, waiting[next])
				tell(next, sub, err)
			}
			next++
			continue
		}
		end := shiftEnd(waiting, next)
		d.mergeShift(ctx, d.readShift(ctx, waiting, next, end, stuck, tell), tell)
		next = end
	}
}

// shiftEnd is where the shift ends that begins with a file.
func shiftEnd(waiting []merge.Arrival, from int) (end int) {
	weight := waiting[from].Size
	for end = from + 1; end < len(waiting) && end-from < mostOfShift && waiting[end].County != merge.City; end++ {
		if weight += waiting[end].Size; weight > weightOfShift {
			break
		}
	}
	return end
}

// readShift reads files. A paper of ours is laid aside at once.
func (d *desk) readShift(ctx context.Context, waiting []merge.Arrival, from, end int, stuck map[string]bool,
	tell func(int, merge.Submission, error)) (s shift) {
	for i := from; i < end; i++ {
		a := waiting[i]
		if stuck[a.County] {
			continue
		}
		reading, err := d.reading(a)
		if err == nil && reading == nil {
			err = d.dismiss(ctx, a)
		}
		if err != nil || reading == nil {
			tell(i, merge.Submission{}, err)
			continue
		}
		s.files = append(s.files, merge.Judged{Arrival: a, Reading: reading,
			Answer: merge.Answer{MailTo: d.addresses(a.County), Domain: d.settings.Mail.domain()}})
		s.at = append(s.at, i)
	}
	return s
}

// mergeShift merges what was read: from the cells to the answers in the outbox.
func (d *desk) mergeShift(ctx context.Context, s shift, tell func(int, merge.Submission, error)) {
	if len(s.files) == 0 {
		return
	}
	for i, m := range d.store.MergeAll(ctx, s.files) {
		switch sub := m.Submission; {
		case errors.Is(m.Err, merge.ErrBehind):
			continue // it waits
		case m.Err != nil:
			m.Err = fmt.Errorf("merge: %w", m.Err)
		default:
			d.log.Info("judged", "submission", sub.Number, "form", sub.Form, "verdict", sub.Verdict,
				"read", sub.Read, "accepted", sub.Accepted, "held", sub.Held)
		}
		tell(s.at[i], m.Submission, m.Err)
	}
	d.merged()
}
