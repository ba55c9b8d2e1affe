package templates

import "slices"

// County is one sender: a county, a district, a department.
type County struct {
	Code    string
	Name    string
	Aliases []string
	Kind    string // 县区, 功能区, 市直部门, ...
	Order   int
	Folder  string // the folder below share/, default the name
	Contact string
	Phone   string
	Email   []string
	Forms   []string // names of the forms it reports; none: every form
	New     bool     // not in counties.yaml: seen as a folder only
}

// Owes says whether the county is asked for a form. One that it sends without
// being asked counts all the same.
func (c *County) Owes(form string) bool {
	return len(c.Forms) == 0 || slices.Contains(c.Forms, form)
}
