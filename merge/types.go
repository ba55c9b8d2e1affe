// Package merge is the room of memory: the consolidated store of arrivals,
// submissions, record versions, figures and the outbox. It knows no workbooks;
// figures leave it as plain tables.
package merge

import (
	"time"

	"taizhang/templates"
)

// Arrival is one change of bytes under a county and a file name.
type Arrival struct {
	ID      int64
	County  string // name of the county whose folder it came through
	Name    string // file name as the county wrote it
	SHA256  string // hex; the original lies in the archive under it
	Size    int64
	At      time.Time
	Channel string // folder, upload, import
}

// Submission is an arrival that was judged, with its verdict.
type Submission struct {
	ID          int64             `json:"id"`
	Number      string            `json:"number"` // 20261122-0007, unique
	County      string            `json:"county"`
	File        string            `json:"file"`
	SHA256      string            `json:"sha256"`
	Channel     string            `json:"channel"`
	ArrivedAt   time.Time         `json:"arrived_at"`
	JudgedAt    time.Time         `json:"judged_at"`
	Form        string            `json:"form,omitempty"`
	FormTitle   string            `json:"form_title,omitempty"`
	FormVersion int               `json:"form_version,omitempty"`
	FormHash    string            `json:"-"`
	Period      string            `json:"period,omitempty"`
	Sheet       string            `json:"sheet,omitempty"`
	Verdict     templates.Verdict `json:"verdict"`
	Read        int               `json:"read"`
	Accepted    int               `json:"accepted"`
	Held        int               `json:"held"`
	InForce     bool              `json:"in_force"` // the latest accepted file of its county, form and period
}

// SubmissionFilter narrows a list of submissions; empty fields mean any.
type SubmissionFilter struct {
	County, Form, Period string
	Verdict              templates.Verdict
	Limit, Offset        int
}

// Status is the state of one county for one form and period.
type Status struct {
	County     string    `json:"county"`
	Form       string    `json:"form"`
	Period     string    `json:"period"`
	State      string    `json:"state"`                // none, late, returned, partial, accepted, nil
	Submission int64     `json:"submission,omitempty"` // the one in force, else the latest
	ArrivedAt  time.Time `json:"arrived_at,omitzero"`  // of the first accepted file
	Late       bool      `json:"late,omitempty"`       // that one came after the due time
	Told       []string  `json:"told,omitempty"`       // remind, chase: what the county was told of the period, in this order
	Held       int       `json:"held"`
	// The newest file, which a returned one may be although an earlier one counts.
	Latest        int64             `json:"latest,omitempty"`
	LatestVerdict templates.Verdict `json:"latest_verdict,omitempty"`
}

// Record is one row of a form as it stands, or stood.
type Record struct {
	ID         int64             `json:"id"`
	Form       string            `json:"form"`
	County     string            `json:"county"`
	Period     string            `json:"period,omitempty"`
	Key        string            `json:"key"`
	Values     map[string]string `json:"values"`     // canonical text by field name
	Submission int64             `json:"submission"` // the submission this version came from
	Sheet      string            `json:"sheet"`
	Row        int               `json:"row"`
	Until      int64             `json:"until,omitempty"` // the submission that ended this version
	Current    bool              `json:"current"`
}

// RecordFilter narrows a list of records; empty fields mean any.
type RecordFilter struct {
	County, Period string
	Query          string // text found in any text field
	Limit, Offset  int
}

// Letter is one entry of the outbox: an answer or a notice to deliver.
type Letter struct {
	ID         int64     `json:"id"`
	Submission int64     `json:"submission,omitempty"` // 0 for a notice
	Kind       string    `json:"kind"`                 // answer, or the kind of the notice
	County     string    `json:"county"`               // "" for the city's notices
	Form       string    `json:"form,omitempty"`       // these three are the notice's
	Period     string    `json:"period,omitempty"`
	Ref        string    `json:"ref,omitempty"`
	Channel    string    `json:"channel"` // folder or mail
	To         []string  `json:"to,omitempty"`
	MessageID  string    `json:"message_id"`
	State      string    `json:"state"` // pending, sending, sent, failed
	Attempts   int       `json:"attempts"`
	NextAt     time.Time `json:"next_at"`
	LastError  string    `json:"last_error,omitempty"`
}
