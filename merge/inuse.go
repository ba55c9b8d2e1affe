package merge

import (
	"context"
	"slices"

	"taizhang/templates"
)

// InUse parts the forms into those that a file was ever judged by and the rest,
// both in the city's order. A form that the city does not use would only show
// everybody as missing. While none is in use, all are shown.
func (s *Store) InUse(ctx context.Context) (used, rest []*templates.Form, err error) {
	var names []string
	err = s.look(ctx, func(q *session) error {
		names, err = list(q, scanText, `SELECT DISTINCT form FROM submission WHERE form <> '' AND county <> $1`, City)
		return err
	})
	for _, f := range s.catalog.Forms {
		if slices.Contains(names, f.Name) {
			used = append(used, f)
		} else {
			rest = append(rest, f)
		}
	}
	if len(used) == 0 {
		used, rest = rest, nil
	}
	return used, rest, err
}
