package main

import (
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// What comes from different counties does not wait for each other: while one file
// waits for the disk, others are read, and those that are merged at the same time
// share a transaction.

// mostLanes is how many files are under way at once.
const mostLanes = 16

// mostUnderWay is how many bytes of workbooks are under way at once; a larger
// one goes alone.
const mostUnderWay = 8 << 20

// lanes runs work for each item: those with one key one after the other, in their
// order, and the keys beside each other. Work that answers false ends its lane.
func lanes[T any](items []T, key func(T) string, work func(int, T) bool) {
	var keys []string
	of := map[string][]int{}
	for i, item := range items {
		k := key(item)
		if of[k] == nil {
			keys = append(keys, k)
		}
		of[k] = append(of[k], i)
	}
	var group errgroup.Group
	group.SetLimit(mostLanes)
	for _, k := range keys {
		group.Go(func() error {
			for _, i := range of[k] {
				if !work(i, items[i]) {
					break
				}
			}
			return nil
		})
	}
	_ = group.Wait() // the lanes give no errors
}

// readingRoom is where workbooks are read: few enough at once to bound memory, and
// one at a time, because reading keeps a processor busy.
type readingRoom struct {
	room *semaphore.Weighted
	one  sync.Mutex
}

func newReadingRoom() *readingRoom {
	return &readingRoom{room: semaphore.NewWeighted(mostUnderWay)}
}

// weight is the room that a workbook takes.
func weight(size int64) int64 { return max(1, min(size, mostUnderWay)) }
