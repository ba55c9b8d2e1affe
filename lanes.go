package main

import "golang.org/x/sync/errgroup"

// What comes from different counties does not wait for each other: while one file
// waits for the disk, others are copied.

// mostLanes is how many files are under way at once.
const mostLanes = 16

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
