// Package mail is the room of telling. It writes the answer to a county's file
// and delivers it from the outbox, into the county's folder and by e-mail. What
// is true of a file is decided elsewhere; here it is only said.
package mail

import (
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// Report is all that the answer to one file is written from. Text, workbook and
// letter are written from the same report, so that they cannot disagree.
type Report struct {
	Submission merge.Submission // Number is "" for a dry run
	Findings   []templates.Finding
	Form       *templates.Form // nil when no form was recognised
	Earlier    *Earlier        // nil when nothing came before
	Handing    *merge.Handing  // what a list of the city's changed; nil for a county's file
	Copy       string          // file name of the workbook that goes with the answer, "" for none
	Clean      bool            // Copy is a clean form of the version in use, with the county's rows
	Marked     bool            // Copy is the county's own workbook with marks, not the bare list
	Contact    string          // whom to ask
	Zone       *time.Location  // for times of day; nil is China's
}

// Earlier is the file judged before from the same county, form and period.
type Earlier struct {
	Submission merge.Submission
	Findings   []templates.Finding
}

// zone is where the report's times of day are meant.
func (r Report) zone() *time.Location {
	if r.Zone != nil {
		return r.Zone
	}
	return time.FixedZone("CST", 8*60*60)
}

// due is when the report's period is due, and that in words. A form that is not
// known any more was due at the end of the day that names the period.
func (r Report) due() (end time.Time, text string, ok bool) {
	if r.Form != nil && r.Form.Calendar != nil {
		if p, ok := r.Form.Calendar.Period(r.Submission.Period); ok {
			return p.Due, r.Form.Calendar.DueText(p), true
		}
	}
	at, err := time.ParseInLocation(time.DateOnly, r.Submission.Period, r.zone())
	if err != nil {
		return time.Time{}, "", false // forms without calendar have no due day
	}
	return at.AddDate(0, 0, 1).Add(-time.Nanosecond), day(at), true
}
