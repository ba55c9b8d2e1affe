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

// sitting is the judging of files that wait, in their order.
type sitting struct {
	*desk
	waiting []merge.Arrival
	stuck   map[string]bool // counties with a file that failed
	told    func(i int, sub merge.Submission, err error)
}

// judgeAll judges files in their order, and tells of each what became of it. After
// one that fails, those of the same county are left for another time. A list of the
// city's goes to all counties, so that it is judged by itself between the others.
func (d *desk) judgeAll(ctx context.Context, waiting []merge.Arrival, told func(i int, sub merge.Submission, err error)) {
	s := &sitting{d, waiting, map[string]bool{}, told}
	for next := 0; next < len(waiting); {
		end := s.shiftEnd(next)
		if waiting[next].County == merge.City {
			s.list(ctx, next)
		} else {
			s.shift(ctx, next, end)
		}
		next = end
	}
}

// shiftEnd is where the shift ends that begins with a file.
func (s *sitting) shiftEnd(from int) (end int) {
	for end = from + 1; end < len(s.waiting) && end-from < merge.MostTogether; end++ {
		if s.waiting[end-1].County == merge.City || s.waiting[end].County == merge.City {
			break
		}
	}
	return end
}

// tell tells what became of a file.
func (s *sitting) tell(i int, sub merge.Submission, err error) {
	if err != nil {
		s.stuck[s.waiting[i].County] = true
	}
	s.told(i, sub, err)
}

// list judges a list of the city's.
func (s *sitting) list(ctx context.Context, i int) {
	if !s.stuck[merge.City] {
		sub, err := s.handDown(ctx, s.waiting[i])
		s.tell(i, sub, err)
	}
}

// shift reads files and merges what they say: from the cells to the answers in the
// outbox.
func (s *sitting) shift(ctx context.Context, from, end int) {
	var files []merge.Judged
	var at []int
	rows := 0
	for i := from; i < end; i++ {
		if one, ok := s.read(ctx, i); ok {
			files, at, rows = append(files, one), append(at, i), rows+len(one.Reading.Rows)
		}
		if rows > merge.EnoughTogether || i == end-1 {
			s.merge(ctx, files, at)
			files, at, rows = nil, nil, 0
		}
	}
}

// merge merges files that were read.
func (s *sitting) merge(ctx context.Context, files []merge.Judged, at []int) {
	if len(files) == 0 {
		return
	}
	for n, m := range s.store.MergeAll(ctx, files) {
		s.note(at[n], m)
	}
	s.merged()
}

// read reads a file; false when there is nothing to merge. A paper of ours is laid
// aside at once.
func (s *sitting) read(ctx context.Context, i int) (merge.Judged, bool) {
	a := s.waiting[i]
	if s.stuck[a.County] {
		return merge.Judged{}, false
	}
	reading, err := s.reading(a)
	if err == nil && reading == nil {
		err = s.dismiss(ctx, a)
	}
	if err != nil || reading == nil {
		s.tell(i, merge.Submission{}, err)
		return merge.Judged{}, false
	}
	return merge.Judged{Arrival: a, Reading: reading,
		Answer: merge.Answer{MailTo: s.addresses(a.County), Domain: s.settings.Mail.domain()}}, true
}

// note tells what became of a file that was to be merged. One behind another that
// failed waits.
func (s *sitting) note(i int, m merge.Merged) {
	if errors.Is(m.Err, merge.ErrBehind) {
		return
	}
	if m.Err != nil {
		s.tell(i, merge.Submission{}, fmt.Errorf("merge: %w", m.Err))
		return
	}
	sub := m.Submission
	s.log.Info("judged", "submission", sub.Number, "form", sub.Form, "verdict", sub.Verdict,
		"read", sub.Read, "accepted", sub.Accepted, "held", sub.Held)
	s.tell(i, sub, nil)
}
