package main

import (
	"fmt"
	"sync"
)

// place is one file name in one county's folder, with everything that the
// generator ever put there.
type place struct {
	county, name, form string
	path               string // of the file

	mu       sync.Mutex
	versions []*drop // oldest first
}

// drop is one complete content of a place.
type drop struct {
	book   *workbook
	rested bool // it lay there while the program was up, long enough to be seen
}

// put remembers a content before it is written, so that the program can never
// have seen one that is not remembered.
func (p *place) put(book *workbook) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.versions = append(p.versions, &drop{book: book})
}

// last is the content now, nil for none.
func (p *place) last() *workbook { return p.back(1) }

// back is the n-th content from the end.
func (p *place) back(n int) *workbook {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.versions) < n {
		return nil
	}
	return p.versions[len(p.versions)-n].book
}

// rest says that what lies there now must have arrived.
func (p *place) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.versions); n > 0 {
		p.versions[n-1].rested = true
	}
}

// wrong says why the arrivals of the place, as hashes in order, cannot have
// come from what was put there; "" when they can. A content that rested must
// have arrived; one that was replaced soon may have; the same bytes again are
// no arrival.
func (p *place) wrong(arrived []string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := map[string]bool{}
	for _, v := range p.versions {
		known[v.book.sha] = true
	}
	for i, sha := range arrived {
		if !known[sha] {
			return fmt.Sprintf("I1: arrival %d of %s/%s, %.8s, is no content that was ever there", i+1, p.county, p.name, sha)
		}
		if i > 0 && arrived[i-1] == sha {
			return fmt.Sprintf("I2: %s/%s: %.8s arrived twice in a row", p.county, p.name, sha)
		}
	}
	if at := p.explain(arrived); at >= 0 {
		v := p.versions[at]
		return fmt.Sprintf("I1: version %d of %d of %s/%s, %.8s, rested and is not among its arrivals %.8s in that order",
			at+1, len(p.versions), p.county, p.name, v.book.sha, arrived)
	}
	return ""
}

// explain follows the versions through the arrivals in every way that is
// allowed. It answers -1, or the version at which no way is left.
func (p *place) explain(arrived []string) int {
	ways := map[int]bool{0: true} // how many arrivals are explained so far
	for i, v := range p.versions {
		next := map[int]bool{}
		for n := range ways {
			if n < len(arrived) && arrived[n] == v.book.sha {
				next[n+1] = true
			}
			if !v.rested || n > 0 && arrived[n-1] == v.book.sha {
				next[n] = true
			}
		}
		if len(next) == 0 {
			return i
		}
		ways = next
	}
	if len(p.versions) > 0 && !ways[len(arrived)] {
		return len(p.versions) - 1
	}
	return -1
}

// facts are the current rows of the form tables: by form, period of a report
// and key, the stored text of each column.
type facts map[[3]string]map[string]string

// force says which bytes count for a county, form and period.
type force map[[3]string]string

// expected replays what arrived, in order: what the facts must be, and which
// bytes are in force. Rows of a ledger live on until a later file says other;
// bytes that are in force already change nothing.
func expected(arrived []*workbook) (facts, force) {
	now, counts := facts{}, force{}
	for _, book := range arrived {
		if book.county == cityFolder {
			continue
		}
		at := [3]string{book.county, book.form, book.period}
		if book.returned || counts[at] == book.sha {
			continue
		}
		counts[at] = book.sha
		for _, row := range book.rows {
			if row.held {
				continue
			}
			period := ""
			if book.form == figuresForm {
				period = book.period
			}
			now[[3]string{book.form, period, row.key}] = row.says
		}
	}
	return now, counts
}

// handedOver replays the city's lists: the problem of each task that is in a
// county's hands, by county and task. What a later list leaves out stays.
func handedOver(arrived []*workbook) (now map[[2]string]string, lists int) {
	now = map[[2]string]string{}
	for _, book := range arrived {
		if book.county != cityFolder {
			continue
		}
		lists++
		for _, row := range book.rows {
			now[[2]string{row.says["county"], row.key}] = row.says["problem"]
		}
	}
	return now, lists
}
