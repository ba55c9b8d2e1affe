package templates

import (
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"time"

	"go.yaml.in/yaml/v4"
)

//go:embed holidays.yaml
var shippedHolidays []byte

// Holidays says which days are worked: the days off and the make-up working days
// of the years it knows, and of all other years Monday to Friday.
type Holidays struct {
	off  map[string]string // day → the holiday's name
	work map[string]bool   // weekend days that are worked
}

// longestHoliday bounds one holiday, and thereby every search for a working day.
const longestHoliday = 31

// Working says whether the day, 2006-01-02, is worked. A day that is none is not.
func (h *Holidays) Working(day string) bool {
	t, err := time.Parse(dayLayout, day)
	switch {
	case err != nil:
		return false
	case h.work[day]:
		return true
	case h.off[day] != "":
		return false
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// Next is the day itself when it is worked, else the next day that is. A day
// that has no working day within a year, or is no day, stays as it is.
func (h *Holidays) Next(day string) string {
	t, err := time.Parse(dayLayout, day)
	if err != nil {
		return day
	}
	for n := range 366 {
		if next := t.AddDate(0, 0, n).Format(dayLayout); h.Working(next) {
			return next
		}
	}
	return day
}

// loadHolidays reads the shipped holidays and the city's own file; a year that
// the city names is the city's alone. A file that is not there names none.
func loadHolidays(path string) (*Holidays, Mistakes) {
	ours := newPage("templates/holidays.yaml", shippedHolidays)
	shipped := readHolidays(ours)
	if path == "" {
		return holidaysOf(shipped, nil), ours.all()
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return holidaysOf(shipped, nil), ours.all()
	}
	p := openPage(path)
	if p.root == nil {
		return holidaysOf(shipped, nil), p.all()
	}
	return holidaysOf(shipped, readHolidays(p)), p.all()
}

// holiday is one entry of the file.
type holiday struct {
	name     string
	from, to time.Time
	work     []string
}

// holidaysOf lays out the days: of the shipped ones the years that the city does
// not name.
func holidaysOf(shipped, city []holiday) *Holidays {
	h := &Holidays{off: map[string]string{}, work: map[string]bool{}}
	own := map[int]bool{}
	for _, one := range city {
		own[one.from.Year()] = true
		h.take(one)
	}
	for _, one := range shipped {
		if !own[one.from.Year()] {
			h.take(one)
		}
	}
	return h
}

func (h *Holidays) take(one holiday) {
	for t := one.from; !t.After(one.to); t = t.AddDate(0, 0, 1) {
		h.off[t.Format(dayLayout)] = one.name
	}
	for _, day := range one.work {
		h.work[day] = true
	}
}

func readHolidays(p *page) (list []holiday) {
	top := p.dict(p.root, "holidays.yaml", "holidays")
	top.need("holidays", "holidays.yaml")
	for _, n := range top.list("holidays") {
		if one, ok := readHoliday(p, n); ok {
			list = append(list, one)
		}
	}
	return list
}

func readHoliday(p *page, n *yaml.Node) (holiday, bool) {
	d := p.dict(n, "节日", "name", "from", "to", "work")
	one := holiday{name: d.must("name", "节日")}
	work, good := d.days("work")
	one.work = work
	from, to := d.must("from", "节日"), d.text("to")
	if to == "" {
		to = from
	}
	var err, err2 error
	one.from, err = time.Parse(dayLayout, from)
	one.to, err2 = time.Parse(dayLayout, to)
	days := one.to.Sub(one.from).Hours()/24 + 1
	if err != nil || err2 != nil || days < 1 || days > longestHoliday {
		p.wrong(d.at("from"), "", "“%s”应写成从哪天到哪天，最多 %d 天，例如 {from: 2026-10-01, to: 2026-10-07}", short(one.name), longestHoliday)
		return one, false
	}
	return one, good && one.name != ""
}
