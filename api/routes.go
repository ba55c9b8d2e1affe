package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
)

// routes is the one list of what is served.
func (s *server) routes(e *echo.Echo) {
	r := s.describe(e)

	read(r, "/api/v1/counties", "Who reports", s.getCounties)
	read(r, "/api/v1/forms", "Forms to be filled in", s.getForms)
	read(r, "/api/v1/forms/{form}", "One form with its fields and rules", s.getForm)
	load(r, "/api/v1/forms/{form}/blank.xlsx", xlsxType, "The blank workbook of a form", s.getBlank)
	read(r, "/api/v1/status", "Who has reported: county by form and period", s.getStatus)
	read(r, "/api/v1/overdue", "Items whose deadline has passed or is near", s.getOverdue)
	read(r, "/api/v1/submissions", "Files that were judged, newest first", s.getSubmissions)
	read(r, "/api/v1/submissions/{id}", "One file with its verdict", s.getSubmission)
	read(r, "/api/v1/submissions/{id}/findings", "What was found in a file", s.getFindings)
	load(r, "/api/v1/submissions/{id}/original", anyType, "The file as it came, byte for byte", s.getOriginal)
	load(r, "/api/v1/submissions/{id}/annotated.xlsx", xlsxType, "The copy with every mistake marked", s.getAnnotated)
	load(r, "/api/v1/submissions/{id}/receipt", textType, "The receipt as text", s.getReceipt)
	send(r, "/api/v1/submissions", http.StatusAccepted, "Hand in a file, as if dropped into the county's folder", s.postSubmission)
	send(r, "/api/v1/check", http.StatusOK, "Say what is wrong with a file and change nothing", s.postCheck)
	read(r, "/api/v1/records/{form}", "Rows as they stand", s.getRecords)
	read(r, "/api/v1/records/{form}/{id}", "One row with its history and sources", s.getRecord)
	read(r, "/api/v1/summaries", "The city's tables", s.getSummaries)
	read(r, "/api/v1/summaries/{name}", "One table as numbers", s.getSummary)
	load(r, "/api/v1/summaries/{name}.xlsx", xlsxType, "One table as a workbook", s.getSummaryBook)
	load(r, "/api/v1/summaries/{name}.txt", textType, "One table as text", s.getSummaryText)
	read(r, "/healthz", "The program runs", s.getHealth)
	read(r, "/readyz", "The program can serve", s.getReady)

	e.GET("/openapi.json", r.description())
	e.GET("/", s.showBoard)
	e.POST("/submissions", s.takeUpload)
	e.GET("/submissions/:id", s.showSubmission)
	e.GET("/forms", s.showForms)
	e.GET("/overdue", s.showOverdue)
	e.GET("/summaries/:name", s.showSummary)
	e.GET("/static/:file", s.showStatic)
}

// register is where the described routes are entered.
type register struct {
	huma.API
	*server
}

// describe prepares the description served at /openapi.json. Its errors are
// turned into ours, so that a client meets one kind only.
func (s *server) describe(e *echo.Echo) register {
	c := huma.DefaultConfig("Taizhang 台账", s.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Transformers = []huma.Transformer{func(_ huma.Context, _ string, v any) (any, error) {
		if m, ok := v.(*huma.ErrorModel); ok {
			return s.problem(m), nil
		}
		return v, nil
	}}
	inner := humaecho.New(e, huma.Config{OpenAPI: &huma.OpenAPI{Info: c.Info}, Formats: c.Formats})
	return register{huma.NewAPI(c, adapter{inner.Adapter()}), s}
}

// description serves what describe and the routes have gathered. It is written
// once, at the first request.
func (r register) description() echo.HandlerFunc {
	delete(r.OpenAPI().Components.Schemas.Map(), "ErrorModel") // huma's own; ours is Problem
	write := sync.OnceValues(func() ([]byte, error) { return json.Marshal(r.OpenAPI()) })
	return func(c echo.Context) error {
		text, err := write()
		if err != nil {
			return fmt.Errorf("describe the interface: %w", err)
		}
		return c.Blob(http.StatusOK, "application/openapi+json", text)
	}
}

// adapter enters a path such as {name}.xlsx under the spelling that dotted
// gives to requests, because echo's parameters end at a slash only.
type adapter struct{ huma.Adapter }

func (a adapter) Handle(op *huma.Operation, h func(huma.Context)) {
	o := *op
	o.Path = strings.ReplaceAll(op.Path, "}.", "}/.")
	a.Adapter.Handle(&o, h)
}

// dotted parts the suffix from the name of a summary: x.xlsx becomes x/.xlsx.
func dotted(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		for _, suffix := range []string{".xlsx", ".txt"} {
			name, ok := strings.CutSuffix(u.Path, suffix)
			if ok && path.Dir(name) == "/api/v1/summaries" {
				u.Path, u.RawPath = name+"/"+suffix, ""
			}
		}
		return next(c)
	}
}

// body is the shape the description wants: what is sent, as JSON.
type body[B any] struct{ Body B }

// handler answers a described request.
type handler[I, O any] func(ctx context.Context, in *I) (O, error)

// read enters a route that answers GET with JSON.
func read[I, B any](r register, path, summary string, h handler[I, B]) {
	huma.Register(r.API, operation(r, http.MethodGet, path, summary), answer(r, h))
}

// send enters a route that takes a multipart form by POST.
func send[I, B any](r register, path string, status int, summary string, h handler[I, B]) {
	op := operation(r, http.MethodPost, path, summary)
	op.DefaultStatus = status
	huma.Register(r.API, op, answer(r, h))
	// Described only now, because huma would read a body it knows of.
	r.OpenAPI().Paths[path].Post.RequestBody = uploadBody()
}

// load enters a route that answers GET with a file to download.
func load[I any](r register, path, kind, summary string, h handler[I, *download]) {
	op := operation(r, http.MethodGet, path, summary)
	op.Responses["200"] = &huma.Response{
		Description: "The file",
		Content:     map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}
	op.Responses["304"] = &huma.Response{Description: "The file has not changed (If-None-Match)"}
	huma.Register(r.API, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		d, err := h(ctx, in)
		if err != nil {
			return nil, r.problem(err)
		}
		return &huma.StreamResponse{Body: d.send(r.server)}, nil
	})
}

// answer puts what a handler returns into the shape the description wants.
func answer[I, B any](r register, h handler[I, B]) func(context.Context, *I) (*body[B], error) {
	return func(ctx context.Context, in *I) (*body[B], error) {
		b, err := h(ctx, in)
		if err != nil {
			return nil, r.problem(err)
		}
		return &body[B]{b}, nil
	}
}

// operation describes a route; each may fail with a problem.
func operation(r register, method, path, summary string) huma.Operation {
	schema := r.OpenAPI().Components.Schemas.Schema(problemShape, true, "Problem")
	return huma.Operation{
		OperationID: operationID(method, path),
		Method:      method, Path: path, Summary: summary,
		Responses: map[string]*huma.Response{"default": {
			Description: "Problem",
			Content:     map[string]*huma.MediaType{problemType: {Schema: schema}},
		}},
	}
}

// operationID names a route for programs: get-forms-form-blank-xlsx.
func operationID(method, path string) string {
	words := strings.FieldsFunc(strings.TrimPrefix(path, "/api/v1"), func(r rune) bool { return strings.ContainsRune("/{}.", r) })
	return strings.ToLower(method) + "-" + strings.Join(words, "-")
}
