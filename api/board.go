package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"taizhang/merge"
	"taizhang/templates"
)

// How much the first page shows at once.
const (
	shownPeriods  = 6
	shownReturned = 12
	shownReasons  = 3
	shownLatest   = 20
)

// board is the first page: who has reported, what was returned, what came, and
// the summaries.
type board struct {
	Period    string // asked for; "" means the current one of each form
	Periods   []periodLink
	Forms     []formStatus
	Unused    []string // titles of forms that no file was ever judged by
	Rows      []boardRow
	Previous  []previous
	Returned  []returned
	More      int // returned files that are not listed
	Latest    paged[merge.Submission]
	Summaries []summaryItem
	Problems  []string
	Counties  []string
	Share     string
	Start     bool // nothing has ever arrived
	Took, For string
}

// periodLink leads to another period.
type periodLink struct {
	ID      string
	Current bool // runs now
	Shown   bool
}

// boardRow is one county with its state in each form.
type boardRow struct {
	County string
	New    bool
	Cells  []boardCell
}

// boardCell is the state of one county for one form.
type boardCell struct {
	merge.Status
	Newer bool // the newest file was returned although an earlier one counts
}

// previous names who is still missing for the period before.
type previous struct {
	Title, Period, Missing string
}

// returned is a file that waits to be mended, with what to mend first.
type returned struct {
	merge.Submission
	Reasons []findingGroup
	More    int // kinds of mistakes that are not listed
}

// showBoard is the first page.
func (s *server) showBoard(c echo.Context) error {
	b, err := s.board(c.Request().Context(), c.QueryParam("period"))
	if err != nil {
		return err
	}
	b.Took, b.For = c.QueryParam("took"), c.QueryParam("for")
	return s.show(c, http.StatusOK, "board", "", b)
}

// board gathers the first page from the functions behind the JSON routes.
func (s *server) board(ctx context.Context, period string) (*board, error) {
	forms, err := s.statuses(ctx, period)
	if err != nil {
		return nil, err
	}
	forms, unused, err := s.inUse(ctx, forms)
	if err != nil {
		return nil, err
	}
	b := &board{
		Period: period, Periods: s.periodLinks(period, forms), Forms: forms, Unused: unused, Rows: s.boardRows(forms),
		Summaries: s.summaryItems(), Problems: s.problems(), Counties: s.countyNames(), Share: s.Share,
	}
	in := &submissionsIn{Limit: shownLatest, Period: period}
	if b.Latest, err = s.getSubmissions(ctx, in); err != nil {
		return nil, err
	}
	b.Start = b.Latest.Total == 0 && period == ""
	if b.Previous, err = s.previous(ctx, forms); err != nil {
		return nil, err
	}
	return b, s.addReturned(ctx, b)
}

// inUse keeps the forms that are in use and names the others.
func (s *server) inUse(ctx context.Context, forms []formStatus) (used []formStatus, unused []string, err error) {
	_, rest, err := s.Store.InUse(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range forms {
		if slices.ContainsFunc(rest, func(r *templates.Form) bool { return r.Name == f.Form }) {
			unused = append(unused, f.Title)
		} else {
			used = append(used, f)
		}
	}
	return used, unused, nil
}

// periodLinks lists the latest periods of the forms shown, newest first.
func (s *server) periodLinks(shown string, forms []formStatus) []periodLink {
	var ids []string
	current := map[string]bool{}
	for _, o := range forms {
		f := s.Catalog.Form(o.Form)
		for _, p := range s.recent(f, shownPeriods) {
			ids = append(ids, p.ID)
		}
		if p, ok := s.current(f); ok {
			current[p.ID] = true
		}
	}
	if shown != "" {
		ids = append(ids, shown)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Reverse(ids)
	var links []periodLink
	for i, id := range ids {
		if i < shownPeriods || id == shown {
			links = append(links, periodLink{id, current[id], id == shown || shown == "" && current[id]})
		}
	}
	return links
}

// boardRows turns the states of each form into one row a county. The order is
// the city's; a county that is only in a state comes after.
func (s *server) boardRows(forms []formStatus) []boardRow {
	var rows []boardRow
	at := map[string]int{}
	row := func(name string, isNew bool) int {
		i, ok := at[name]
		if !ok {
			i = len(rows)
			at[name] = i
			rows = append(rows, boardRow{name, isNew, make([]boardCell, len(forms))})
		}
		return i
	}
	for _, c := range s.Catalog.Counties.All() {
		row(c.Name, c.New)
	}
	for col, f := range forms {
		for _, c := range f.Counties {
			rows[row(c.County, false)].Cells[col] = boardCell{c, newerReturned(c)}
		}
	}
	return rows
}

// previous finds who has not reported for the period before the one shown.
func (s *server) previous(ctx context.Context, forms []formStatus) ([]previous, error) {
	var list []previous
	for _, o := range forms {
		f := s.Catalog.Form(o.Form)
		if f.Calendar == nil || o.Period == "" {
			continue
		}
		p, ok := f.Calendar.Period(o.Period)
		if !ok {
			continue
		}
		before, ok := f.Calendar.Before(p)
		if !ok {
			continue
		}
		old, err := s.status(ctx, f, before.ID)
		if err != nil {
			return nil, err
		}
		// A period that nobody reported lies before the program came.
		if n := len(old.Missing); n > 0 && n < old.Counts.All {
			list = append(list, previous{o.Title, before.ID, strings.Join(old.Missing, "、")})
		}
	}
	return list, nil
}

// addReturned lists the files that wait to be mended: those that the states
// name, and those of which no form was recognised.
func (s *server) addReturned(ctx context.Context, b *board) error {
	ids := s.waiting(b)
	b.More = max(0, len(ids)-shownReturned)
	for _, id := range ids[:min(len(ids), shownReturned)] {
		sub, err := s.Store.Submission(ctx, id)
		if err != nil {
			return err
		}
		found, err := s.getFindings(ctx, &submissionIn{id})
		if err != nil {
			return err
		}
		r := returned{Submission: sub}
		for _, g := range found.Groups {
			switch {
			case !g.Blocks:
			case len(r.Reasons) < shownReasons:
				r.Reasons = append(r.Reasons, g)
			default:
				r.More++
			}
		}
		b.Returned = append(b.Returned, r)
	}
	return nil
}

// waiting lists the submissions that wait to be mended, newest first.
func (s *server) waiting(b *board) []int64 {
	var ids []int64
	for _, f := range b.Forms {
		for _, c := range f.Counties {
			if c.Submission > 0 && (c.State == merge.StateReturned || c.State == merge.StatePartial) {
				ids = append(ids, c.Submission)
			}
			if newerReturned(c) {
				ids = append(ids, c.Latest)
			}
		}
	}
	mended := map[string]bool{}
	for _, sub := range b.Latest.Items {
		under := sub.County + "\x00" + sub.File
		if sub.Form == "" && sub.Verdict == templates.Returned && !mended[under] {
			ids = append(ids, sub.ID)
		}
		mended[under] = true
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Reverse(ids)
	return ids
}

// newerReturned says whether a county's newest file was returned although an
// earlier one counts.
func newerReturned(c merge.Status) bool {
	return c.Latest > c.Submission && c.LatestVerdict == templates.Returned
}

// takeUpload hands a file in from the page and comes back to it.
func (s *server) takeUpload(c echo.Context) error {
	t, err := s.handIn(c.Request().Context(), c.Request())
	if err != nil {
		return err
	}
	q := url.Values{"took": {t.File}, "for": {t.County}}
	return c.Redirect(http.StatusSeeOther, "/?"+q.Encode())
}
