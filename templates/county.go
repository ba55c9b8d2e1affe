package templates

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
	New     bool // not in counties.yaml: seen as a folder only
}
