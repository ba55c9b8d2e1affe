package mail

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// Office writes the answers and delivers them. Set the fields before Run.
type Office struct {
	Store   *merge.Store
	Catalog *templates.Catalog
	Share   string // the folder that holds one folder for each county
	// Place says where a county's folder is, and answers ErrAway while nothing
	// may be written there; nil: in Share.
	Place     func(county string) (share, folder string, err error)
	Archive   string // originals, under ab/<sha256>
	Annotator sheets.Annotator
	SMTP      *SMTP            // nil: letters by mail wait, answers in folders go out
	City      string           // the city's name, which signs official letters
	Contact   string           // whom a county may ask: 市整改办 张三 0871-1234567
	Zone      *time.Location   // for times of day in answers, nil: China's
	Now       func() time.Time // nil: the clock
	Log       *slog.Logger     // nil: slog.Default

	drawing sync.Mutex
	ready   sync.Once
	bells   []chan struct{} // one for each channel's loop
	post    postRoom
	swept   sync.Map // answers' folders without remains of an earlier program
}

// answer is a report with the workbook that goes with it.
type answer struct {
	Report
	book []byte // nil when there is none
}

// Receipt writes the text of the answer to a submission. It names the workbook
// that goes with it without drawing it.
func (o *Office) Receipt(ctx context.Context, submission int64) (string, error) {
	r, err := o.report(ctx, submission)
	if err != nil {
		return "", err
	}
	clean, err := o.carriedOver(r)
	if err != nil {
		return "", err
	}
	switch {
	case clean != nil:
		r.Clean, r.Copy = true, cleanName(r.Submission.File)
	case needsBook(r):
		r.Marked = readable(r)
		r.Copy = copyName(r.Submission.File, r.Marked)
	}
	return ReportText(r), nil
}

// Annotated draws the workbook that goes with the answer to a submission, and
// names it as the folder does: the county's own with marks, or the list alone.
// The data are nil when there is nothing to tell.
func (o *Office) Annotated(ctx context.Context, submission int64) (name string, data []byte, err error) {
	a, err := o.answer(ctx, submission)
	return a.Copy, a.book, err
}

// answer gathers all that is told about a submission.
func (o *Office) answer(ctx context.Context, submission int64) (answer, error) {
	r, err := o.report(ctx, submission)
	if err != nil {
		return answer{}, err
	}
	return o.complete(ctx, r)
}

// complete draws the workbook that goes with a report, where there is one.
func (o *Office) complete(ctx context.Context, r Report) (answer, error) {
	if !needsBook(r) {
		return answer{Report: r}, nil
	}
	submission := r.Submission.ID
	clean, err := o.carriedOver(r)
	if err != nil {
		return answer{}, err
	}
	if clean != nil {
		r.Clean, r.Copy = true, cleanName(r.Submission.File)
		return answer{r, clean}, nil
	}
	o.drawing.Lock() // a child that marks may take much memory
	b, err := DrawBook(ctx, r, o.Annotator, o.original(r.Submission.SHA256))
	o.drawing.Unlock()
	if err != nil {
		return answer{}, err
	}
	if b.Alone != nil {
		o.log().Warn("the list goes out without the county's sheets", "submission", submission, "err", plain(b.Alone))
	}
	r.Copy, r.Marked = b.Name, b.Marked
	return answer{r, b.Data}, nil
}

func (o *Office) report(ctx context.Context, submission int64) (Report, error) {
	all, err := o.reports(ctx, []int64{submission})
	if err != nil {
		return Report{}, err
	}
	return all[0], nil
}

// reports gathers what is told about some submissions, in one look at the store.
func (o *Office) reports(ctx context.Context, submissions []int64) (all []Report, err error) {
	accounts, err := o.Store.Accounts(ctx, submissions)
	if err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	for _, a := range accounts {
		r := Report{Submission: a.Submission, Findings: a.Findings, Form: o.Catalog.Form(a.Submission.Form),
			Handing: a.Handing, Contact: o.Contact, Zone: o.Zone}
		if a.Before != nil {
			r.Earlier = &Earlier{*a.Before, a.Then}
		}
		all = append(all, r)
	}
	return all, nil
}

// original is where the archive holds the bytes with this SHA-256.
func (o *Office) original(sum string) string {
	return filepath.Join(o.Archive, sum[:min(2, len(sum))], sum)
}

// answersFolder opens the folder where a county finds its answers. The first time
// what an earlier program left half written there goes.
func (o *Office) answersFolder(county string) (f *folder, err error) {
	share, name := o.Share, ""
	if o.Place == nil {
		name = o.folderOf(county)
	} else if share, name, err = o.Place(county); err != nil {
		return nil, err
	}
	if f, err = o.openFolder(share, name, county); err != nil {
		return nil, err
	}
	if _, swept := o.swept.LoadOrStore(filepath.Join(share, name), true); !swept {
		if err := f.sweep(); err != nil {
			o.log().Warn("answers' folder not swept", "err", plain(err))
		}
	}
	return f, nil
}

// folderOf names the county's folder below the share.
func (o *Office) folderOf(county string) string {
	for _, c := range o.Catalog.Counties.All() {
		if c.Name == county && c.Folder != "" {
			return c.Folder
		}
	}
	return county
}

func (o *Office) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

func (o *Office) log() *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	return slog.Default()
}
