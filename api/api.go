// Package api is the room that shows the state: a JSON API described by
// OpenAPI, downloads, and a web page for the city office. A page shows what the
// JSON says, because both come from the same functions. Nothing is judged or
// counted here.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"taizhang/merge"
	"taizhang/templates"
)

// Store is what this room asks of the consolidated store.
type Store interface {
	Submissions(ctx context.Context, f merge.SubmissionFilter) ([]merge.Submission, int, error)
	InUse(ctx context.Context) (used, rest []*templates.Form, err error)
	Submission(ctx context.Context, id int64) (merge.Submission, error)
	Withdrawal(ctx context.Context, number string) (merge.Withdrawal, error)
	Findings(ctx context.Context, submission int64) ([]templates.Finding, error)
	Status(ctx context.Context, form, period string) ([]merge.Status, error)
	Records(ctx context.Context, form string, f merge.RecordFilter) ([]merge.Record, int, error)
	History(ctx context.Context, form string, id int64) ([]merge.Record, error)
	Overdue(ctx context.Context, county string) ([]merge.Item, error)
	Table(ctx context.Context, summary, period string, asOf time.Time) (*templates.Table, error)
}

// Deps is all that the room needs from outside.
type Deps struct {
	Store   Store
	Catalog *templates.Catalog
	City    string           // whose counties report; shown at the top, "" for no name
	Hosts   []string         // names under which the page may be asked for, besides plain addresses; nil for any
	Share   string           // folder of the counties' folders, shown to people only
	Archive string           // folder of the originals, by SHA-256
	Now     func() time.Time // its zone is the zone in which times are shown
	Version string
	Log     *slog.Logger

	// Drop puts an uploaded file into the county's folder and returns the path
	// or name it got; the watcher takes it from there.
	Drop func(ctx context.Context, county, name string, r io.Reader) (string, error)
	// Fits says whether the watcher would take a file of this name; nil takes
	// every name that is safe.
	Fits func(name string) bool
	// Check says what would be found in a file and changes nothing. County and
	// form may be "". What it returns is written as JSON.
	Check func(ctx context.Context, name, county, form string, data []byte) (any, error)
	// Annotated is the marked copy of a submission and its name; empty when
	// nothing is marked.
	Annotated func(ctx context.Context, id int64) (name string, data []byte, err error)
	// Prefilled says how a form is drawn with the items that a county has in hand.
	Prefilled func(ctx context.Context, f *templates.Form, c *templates.County, period string) (templates.BlankOptions, error)
	// Receipt is the text of a submission's receipt.
	Receipt func(ctx context.Context, id int64) (string, error)
	// Problems names what the admin should see, such as a folder that does not
	// answer; nil when there is nobody to ask.
	Problems func() []string
}

// server answers requests out of what it was given.
type server struct {
	Deps
	words wordlist
	pages pages
}

// New returns the handler of all routes.
func New(d Deps) *echo.Echo {
	s := &server{Deps: d, words: mustWords(), pages: mustPages()}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = s.fail
	e.Pre(dotted)
	e.Use(s.logged, s.rescued, headers, s.ownHost, sameOrigin())
	s.routes(e)
	return e
}

// Server wraps the handler in a server that no slow or silent client can hold
// for ever.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           headAsGet(h),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       3 * time.Minute, // an upload of 30 MB over a slow line
		WriteTimeout:      5 * time.Minute, // an original of 100 MB over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}
