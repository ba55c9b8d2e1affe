package templates

import (
	"strings"

	"taizhang/sheets"
)

// A header is looked for in the first rows of a sheet, up to three levels deep.
const (
	headerRows   = 30
	headerLevels = 3
)

// header is where a form's table stands on a sheet.
type header struct {
	sheet   *sheets.Sheet
	first   int            // first header row
	last    int            // last header row; data begin below
	columns []int          // by field index: the column, 0 when the file has none
	found   int            // fields that have a column
	score   int            // exact titles count more than last words alone
	aliased []int          // field indexes that were found under another title
	money   map[int]string // by field index: the money unit of the file's title where the form has another
	moneyAt string         // where that unit stands when it is above the table, "" for the titles
	twice   map[int][]int
	extra   []extraColumn // columns of the header that name no field
	path    map[int][]string
}

// extraColumn is a column of the file that the form does not know.
type extraColumn struct {
	col   int
	title string
}

// findHeader finds the place on a sheet where most of the form's titles stand.
func findHeader(f *Form, s *sheets.Sheet, c *corner) *header {
	best, known := c.heads[f]
	if known {
		return best
	}
	best = c.bestHeader(f.titleBook(), len(f.Fields))
	if best != nil && c.onlyUnits(best.last+1) {
		best = tryHeader(c, f.titleBook(), len(f.Fields), best.first, best.last+1)
	}
	if best != nil {
		best.sheet = s
	}
	c.heads[f] = best
	return best
}

// bestHeader tries the rows that may be a header. Those that would win a draw come
// first, so that most others need not be tried.
func (c *corner) bestHeader(book *titleBook, fields int) *header {
	words := c.words(book)
	var best *header
	for last := 1; last < headerRows+headerLevels; last++ {
		for first := min(last, headerRows); first > max(0, last-headerLevels); first-- {
			most := min(mostFields(words, first, last), fields)
			if most == 0 || len(c.rows[first]) == 0 || best != nil && !best.beatable(most*bestScore, first, last) {
				continue
			}
			h := tryHeader(c, book, fields, first, last)
			if h.found > 0 && (best == nil || h.beats(best)) {
				best = h
			}
		}
	}
	return best
}

// mostFields is how many fields the rows first..last name at most.
func mostFields(words []columnSet, first, last int) int {
	return words[first].and(words[first+1], last > first).and(words[first+2], last > first+1).count()
}

// onlyUnits says whether a row holds nothing but units: (件), (家), 万元. It is the
// header's last.
func (c *corner) onlyUnits(row int) bool {
	for _, text := range c.foldedRow(row) {
		if text != "" && !units[strings.TrimSuffix(strings.TrimPrefix(text, "("), ")")] {
			return false
		}
	}
	return len(c.rows[row]) > 1
}

// beats says whether the header is the better reading: more titles, else the
// one that ends higher up, else the one that takes in fewer rows above it.
func (h *header) beats(other *header) bool {
	switch {
	case h.score != other.score:
		return h.score > other.score
	case h.last != other.last:
		return h.last < other.last
	}
	return h.first > other.first
}

// beatable says whether the rows first..last could be the better reading, were
// their score so high.
func (h *header) beatable(score, first, last int) bool {
	other := header{score: score, first: first, last: last}
	return other.beats(h)
}

// What a field that was found counts for, and at most with the way it was found.
const (
	foundScore = 10
	bestScore  = foundScore + byPath
)

// tryHeader reads the rows first..last as a header.
func tryHeader(c *corner, book *titleBook, fields, first, last int) *header {
	line := c.line(first, last)
	h := &header{first: first, last: last, columns: make([]int, fields),
		twice: map[int][]int{}, path: make(map[int][]string, len(line)), money: map[int]string{}}
	ways := make([]int, fields)
	for _, t := range line {
		h.path[t.col] = t.path
		h.take(book, ways, t)
	}
	for i, how := range ways {
		if how == byAlias || how == byTail {
			h.aliased = append(h.aliased, i)
		}
		h.score += how
	}
	h.score += foundScore * h.found
	return h
}

// take gives a column to the field that its title names.
func (h *header) take(book *titleBook, ways []int, t columnTitle) {
	field, how, money := book.match(t)
	col := t.col
	switch {
	case how == 0:
		h.extra = append(h.extra, extraColumn{col, joinPath(h.path[col])})
	case h.columns[field] == 0:
		h.give(ways, field, col, how, money)
		h.found++
	case how > ways[field]: // a better name than the column taken before
		worse := h.columns[field]
		h.extra = append(h.extra, extraColumn{worse, joinPath(h.path[worse])})
		h.give(ways, field, col, how, money)
	case how < ways[field]:
		h.extra = append(h.extra, extraColumn{col, joinPath(h.path[col])})
	default:
		h.twice[field] = append(h.twice[field], col)
	}
}

// give notes a field's column and the money unit of its title, where it has another
// than the form.
func (h *header) give(ways []int, field, col, how int, money string) {
	h.columns[field], ways[field] = col, how
	delete(h.money, field)
	if money != "" {
		h.money[field] = money
	}
}
