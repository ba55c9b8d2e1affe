package main

import (
	"maps"
	"slices"
	"sync"
)

// notices are what stands in the way of the work, for the page: one text for each
// thing, until it is over.
type notices struct {
	mu    sync.Mutex
	texts map[string]string
}

// set puts up a text, or with "" takes it down; false when nothing changed.
func (n *notices) set(about, text string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.texts[about] == text {
		return false
	}
	if n.texts == nil {
		n.texts = map[string]string{}
	}
	n.texts[about] = text
	if text == "" {
		delete(n.texts, about)
	}
	return true
}

// has says whether a text is up.
func (n *notices) has(about string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.texts[about] != ""
}

// all lists the texts, by what they are about.
func (n *notices) all() (texts []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, about := range slices.Sorted(maps.Keys(n.texts)) {
		texts = append(texts, n.texts[about])
	}
	return texts
}
