package sheets

// bitset is a set of small numbers that can be emptied cheaply.
type bitset struct {
	words []uint64
	top   int // words in use
}

func (b *bitset) clear() {
	clear(b.words[:b.top])
	b.top = 0
}

// add reports whether n was not in the set.
func (b *bitset) add(n int) bool {
	w, bit := n>>6, uint64(1)<<(n&63)
	if w >= len(b.words) {
		b.words = append(b.words, make([]uint64, w+1-len(b.words)+w/4)...)
	}
	b.top = max(b.top, w+1)
	if b.words[w]&bit != 0 {
		return false
	}
	b.words[w] |= bit
	return true
}
