package merge

import "context"

// Original is a file of the archive, and where it came from.
type Original struct {
	SHA256 string
	Number string // of the first submission that it was; "" while none was judged
	County string
	Count  int // arrivals with these bytes
}

// Originals lists what the archive must hold, in the order in which it came.
func (s *Store) Originals(ctx context.Context) (all []Original, err error) {
	err = s.look(ctx, func(q *session) error {
		all, err = list(q, func(scan func(...any) error) (o Original, err error) {
			return o, scan(&o.SHA256, &o.County, &o.Count, &o.Number)
		}, `SELECT a.sha256, a.county, COUNT(*), COALESCE(MIN(s.number), '') FROM arrival a
			LEFT JOIN submission s ON s.arrival = a.id GROUP BY a.sha256 ORDER BY MIN(a.id)`)
		return err
	})
	return all, err
}
