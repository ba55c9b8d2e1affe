package api

// paged is one piece of a list.
type paged[T any] struct {
	Total  int `json:"total"`
	Limit  int `json:"limit"`
	Offset int `json:"offset"`
	Items  []T `json:"items"`
}

// piece is a piece of a list; no items are sent as [], never as null.
func piece[T any](items []T, total, limit, offset int) paged[T] {
	return paged[T]{total, limit, offset, full(items)}
}

// full is the list itself, or an empty one in place of nil.
func full[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
