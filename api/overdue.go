package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"taizhang/merge"
)

// overdueIn narrows the items to a county.
type overdueIn struct {
	County string `query:"county" maxLength:"100"`
}

// getOverdue lists the items whose deadline has passed or is near, the most
// overdue first.
func (s *server) getOverdue(ctx context.Context, in *overdueIn) ([]merge.Item, error) {
	county := ""
	if in.County != "" {
		c, err := s.county(in.County)
		if err != nil {
			return nil, err // nothing overdue would be a comfort that nobody is owed
		}
		county = c.Name
	}
	items, err := s.Store.Overdue(ctx, county)
	return full(items), err
}

// shownItems bounds the page; the API has them all.
const shownItems = 500

// overduePage is the list of items as a page.
type overduePage struct {
	County   string
	Counties []string
	Counts   []colourCount
	Items    []merge.Item
	More     int
}

// colourCount counts the items of one colour.
type colourCount struct {
	Colour string
	Count  int
}

// showOverdue is the page of items by deadline.
func (s *server) showOverdue(c echo.Context) error {
	county := c.QueryParam("county")
	items, err := s.getOverdue(c.Request().Context(), &overdueIn{county})
	if err != nil {
		return err
	}
	p := overduePage{County: county, Counties: s.countyNames(), Items: items[:min(len(items), shownItems)], More: max(0, len(items)-shownItems)}
	for _, colour := range []string{"red", "yellow", "blue"} {
		one := colourCount{Colour: colour}
		for _, item := range items {
			if item.Colour == colour {
				one.Count++
			}
		}
		p.Counts = append(p.Counts, one)
	}
	return s.show(c, http.StatusOK, "overdue", s.words.say(language(c), "overdue.title"), p)
}

// Left says how many days are left.
func (p page) Left(days int) string {
	switch {
	case days < 0:
		return p.words.say(p.Lang, "count.days.late", -days)
	case days == 0:
		return p.words.say(p.Lang, "count.days.today")
	}
	return p.words.say(p.Lang, "count.days.left", days)
}
