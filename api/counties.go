package api

import (
	"context"
	"strings"

	"taizhang/templates"
)

// countyItem is what is told of a county to everybody: no contact.
type countyItem struct {
	Code    string   `json:"code,omitempty"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Kind    string   `json:"kind,omitempty"`
	New     bool     `json:"new,omitempty" doc:"Seen as a folder only, not in counties.yaml"`
}

func (s *server) getCounties(context.Context, *struct{}) ([]countyItem, error) {
	list := []countyItem{}
	for _, c := range s.Catalog.Counties.All() {
		list = append(list, countyItem{c.Code, c.Name, c.Aliases, c.Kind, c.New})
	}
	return list, nil
}

// county finds a county by its name or an alias. A name that nobody reports
// under is refused with the names that there are.
func (s *server) county(name string) (*templates.County, error) {
	if c := s.Catalog.Counties.ByName(name); c != nil {
		return c, nil
	}
	return nil, refuse("county-unknown", name, strings.Join(s.countyNames(), "、"))
}

// countyNames lists all counties in the city's order.
func (s *server) countyNames() []string {
	var names []string
	for _, c := range s.Catalog.Counties.All() {
		names = append(names, c.Name)
	}
	return names
}
