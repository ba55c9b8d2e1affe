package api

import (
	"bytes"
	"context"
	"time"

	"taizhang/sheets"
	"taizhang/templates"
)

// formItem is a form as a list shows it.
type formItem struct {
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	Version int       `json:"version"`
	Kind    string    `json:"kind" enum:"ledger,report"`
	Period  string    `json:"period,omitempty" doc:"The period open now, named by its due day"`
	Due     time.Time `json:"due,omitzero"`
	Fields  int       `json:"fields"`
}

// formSheet is a form with all that a person needs to fill it in.
type formSheet struct {
	formItem
	Key     []string    `json:"key,omitempty"`
	Columns []fieldItem `json:"columns"`
	Rules   []ruleItem  `json:"rules"`
	Notes   []string    `json:"notes,omitempty"`
	Periods []string    `json:"periods,omitempty" doc:"Periods begun, newest first"`
}

// fieldItem is one column of a form.
type fieldItem struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Type     string   `json:"type"`
	Unit     string   `json:"unit,omitempty"`
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Frozen   bool     `json:"frozen,omitempty" doc:"Kept as first accepted"`
	City     bool     `json:"city,omitempty" doc:"Filled in by the city"`
	Hint     string   `json:"hint,omitempty"`
	Example  string   `json:"example,omitempty"`
}

// ruleItem is one check of a form.
type ruleItem struct {
	Name    string `json:"name"`
	Code    string `json:"code"`
	Scope   string `json:"scope"`
	Message string `json:"message"`
	EN      string `json:"en,omitempty"`
}

// formIn names a form.
type formIn struct {
	Form string `path:"form" maxLength:"100"`
}

// blankIn names a form and, if it is known, who will fill it in.
type blankIn struct {
	Form   string `path:"form" maxLength:"100"`
	County string `query:"county" maxLength:"100"`
	Carry  bool   `query:"carry" doc:"With the items that the county has in hand"`
}

func (s *server) getForms(context.Context, *struct{}) ([]formItem, error) {
	list := []formItem{}
	for _, f := range s.Catalog.Forms {
		list = append(list, s.formItem(f))
	}
	return list, nil
}

func (s *server) getForm(_ context.Context, in *formIn) (formSheet, error) {
	f, err := s.form(in.Form)
	if err != nil {
		return formSheet{}, err
	}
	return s.formSheet(f), nil
}

// getBlank draws the workbook that a county fills in.
func (s *server) getBlank(ctx context.Context, in *blankIn) (*download, error) {
	f, err := s.form(in.Form)
	if err != nil {
		return nil, err
	}
	now, _ := s.current(f)
	o := templates.BlankOptions{Period: now.ID}
	name := f.Title
	if in.County != "" {
		c, err := s.county(in.County)
		if err != nil {
			return nil, err
		}
		o.County, name = c, f.Title+"_"+c.Name
		if in.Carry && s.Prefilled != nil {
			if o, err = s.Prefilled(ctx, f, c, now.ID); err != nil {
				return nil, err
			}
		}
	}
	var b bytes.Buffer
	if err := sheets.Draw(&b, templates.Blank(f, o)); err != nil {
		return nil, err
	}
	return inMemory(xlsxType, name+".xlsx", f.Name+".xlsx", b.Bytes()), nil
}

// form finds a form by its name.
func (s *server) form(name string) (*templates.Form, error) {
	if f := s.Catalog.Form(name); f != nil {
		return f, nil
	}
	return nil, refuse("form-unknown", name)
}

func (s *server) formItem(f *templates.Form) formItem {
	p, _ := s.current(f)
	return formItem{f.Name, f.Title, f.Version, string(f.Kind), p.ID, p.Due, len(f.Fields)}
}

func (s *server) formSheet(f *templates.Form) formSheet {
	sheet := formSheet{formItem: s.formItem(f), Key: f.Key, Notes: f.Notes, Columns: []fieldItem{}, Rules: []ruleItem{}}
	for _, x := range f.Fields {
		sheet.Columns = append(sheet.Columns, fieldItem{x.Name, x.Title(), x.Type, x.Unit, x.Required, x.Enum, x.Frozen, x.City, x.Hint, x.Example})
	}
	for _, r := range f.Rules {
		sheet.Rules = append(sheet.Rules, ruleItem{r.Name, r.Code, r.Scope, r.Message, r.English})
	}
	for _, p := range s.recent(f, 12) {
		sheet.Periods = append(sheet.Periods, p.ID)
	}
	return sheet
}

// current is the period of a form that runs now, or the last one that ran. A
// form without a calendar, or whose campaign has not begun, has none.
func (s *server) current(f *templates.Form) (templates.Period, bool) {
	if f.Calendar == nil {
		return templates.Period{}, false
	}
	if p, ok := f.Calendar.On(s.Now()); ok {
		return p, true
	}
	if last := s.recent(f, 1); len(last) > 0 {
		return last[0], true
	}
	return templates.Period{}, false
}

// recent lists the periods of a form that have begun, newest first.
func (s *server) recent(f *templates.Form, n int) []templates.Period {
	if f == nil || f.Calendar == nil {
		return nil
	}
	return f.Calendar.Recent(s.Now(), n)
}

// period finds a period of a form by its due day; "" means the current one.
func (s *server) period(f *templates.Form, id string) (templates.Period, error) {
	if id == "" {
		p, _ := s.current(f)
		return p, nil
	}
	if f.Calendar != nil {
		if p, ok := f.Calendar.Period(id); ok {
			return p, nil
		}
	}
	return templates.Period{}, refuse("period-unknown", id)
}
