package merge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"taizhang/templates"
)

// settleSummaries gives every summary of the catalogue its state, and computes
// those anew whose text, form or list of counties changed since. What belongs to
// a summary that is gone is removed, for nobody keeps it up.
func (q *session) settleSummaries() error {
	known, err := q.knownSummaries()
	if err != nil {
		return err
	}
	for _, s := range q.catalog.Summaries {
		if err := q.settleSummary(s, known[s.Name]); err != nil {
			return fmt.Errorf("summary %s: %w", s.Name, err)
		}
		delete(known, s.Name)
	}
	for gone := range known {
		if err := q.do(`DELETE FROM figure WHERE summary = $1`, gone); err != nil {
			return err
		}
		if err := q.do(`DELETE FROM summary_state WHERE summary = $1`, gone); err != nil {
			return err
		}
	}
	return nil
}

// knownSummaries are the summaries that have a state, each with what it was made of.
func (q *session) knownSummaries() (map[string]string, error) {
	known := map[string]string{}
	_, err := list(q, func(scan func(...any) error) (struct{}, error) {
		var name, hash string
		err := scan(&name, &hash)
		known[name] = hash
		return struct{}{}, err
	}, `SELECT summary, hash FROM summary_state`)
	return known, err
}

func (q *session) settleSummary(s *templates.Summary, known string) error {
	t, err := q.table(s.Form)
	if err != nil {
		return err
	}
	hash := q.stateHash(s, t.form)
	if hash == known {
		return nil
	}
	if err := q.refigureAll(t, s); err != nil {
		return err
	}
	return q.do(`INSERT INTO summary_state (summary, hash, period, want, have, sha256) VALUES ($1, $2, '', 1, 0, '')
		ON CONFLICT (summary) DO UPDATE SET hash = excluded.hash, want = summary_state.want + 1`, s.Name, hash)
}

// stateHash changes with everything a summary's workbook is made of but the
// data: its own text, the form's, and who reports.
func (q *session) stateHash(s *templates.Summary, form *templates.Form) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", s.Hash, form.Hash)
	for _, c := range q.catalog.Counties.All() {
		if !c.New && c.Owes(form.Name) {
			fmt.Fprintln(h, c.Name)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// wantForm asks for all summaries of a form anew.
func (q *session) wantForm(form string) error {
	for _, s := range q.catalog.Summaries {
		if s.Form == form {
			if err := q.do(`UPDATE summary_state SET want = want + 1 WHERE summary = $1`, s.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Wanted lists the summaries whose workbook is older than their data, or that
// should speak of another period by now, which it notes.
func (s *Store) Wanted(ctx context.Context) (names []string, err error) {
	turned, err := s.turned(ctx)
	if err == nil && len(turned) > 0 {
		err = s.turnPeriods(ctx, turned)
	}
	if err != nil {
		return nil, err
	}
	return s.unwritten(ctx)
}

// Stale is Wanted for one who only looks.
func (s *Store) Stale(ctx context.Context) (names []string, err error) {
	turned, err := s.turned(ctx)
	if err != nil {
		return nil, err
	}
	names, err = s.unwritten(ctx)
	return slices.AppendSeq(names, maps.Keys(turned)), err
}

// unwritten are the summaries of which a newer version is wanted.
func (s *Store) unwritten(ctx context.Context) (names []string, err error) {
	err = s.look(ctx, func(q *session) error {
		names, err = list(q, scanText, `SELECT summary FROM summary_state WHERE want > have ORDER BY summary`)
		return err
	})
	return names, err
}

// turned are the summaries whose reporting period has changed with time alone, each
// with the new one.
func (s *Store) turned(ctx context.Context) (map[string]string, error) {
	turned := map[string]string{}
	err := s.look(ctx, func(q *session) error {
		for _, sum := range q.catalog.Summaries {
			var stored string
			if err := q.one(`SELECT period FROM summary_state WHERE summary = $1`, []any{sum.Name}, &stored); err != nil {
				return err
			}
			now, err := q.reportingPeriod(q.tables[sum.Form].form, q.at, endless)
			if err != nil {
				return err
			}
			if now != stored {
				turned[sum.Name] = now
			}
		}
		return nil
	})
	return turned, err
}

// turnPeriods wants summaries anew for other periods.
func (s *Store) turnPeriods(ctx context.Context, turned map[string]string) error {
	return s.change(ctx, func(q *session) error {
		for name, period := range turned {
			if err := q.do(`UPDATE summary_state SET period = $1, want = want + 1 WHERE summary = $2`, period, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Snapshot is the summary as of now, and the wanted version it fulfils, read at
// the same moment. Tell Released the version when the workbook is in place.
func (s *Store) Snapshot(ctx context.Context, summary string) (table *templates.Table, version int64, err error) {
	err = s.look(ctx, func(q *session) error {
		if err := q.one(`SELECT want FROM summary_state WHERE summary = $1`, []any{summary}, &version); err != nil {
			return fmt.Errorf("summary %q: %w", summary, err)
		}
		table, err = q.compute(summary, "", zeroTime)
		return err
	})
	return table, version, err
}

// Released says that the workbook of a version is in place. A later version
// that was released already stays.
func (s *Store) Released(ctx context.Context, summary string, version int64, sha string) error {
	return s.change(ctx, func(q *session) error {
		return q.do(`UPDATE summary_state SET have = $1, sha256 = $2 WHERE summary = $3 AND have <= $1`, version, sha, summary)
	})
}

// Release is the last workbook of a summary that was put in place: its version,
// 0 for none yet, and its SHA-256.
func (s *Store) Release(ctx context.Context, summary string) (version int64, sha string, err error) {
	err = s.look(ctx, func(q *session) error {
		return q.one(`SELECT have, sha256 FROM summary_state WHERE summary = $1`, []any{summary}, &version, &sha)
	})
	return version, sha, err
}
