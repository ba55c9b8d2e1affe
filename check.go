package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"taizhang/mail"
	"taizhang/merge"
	"taizhang/templates"
)

type checkCmd struct {
	Files    []string `arg:"" name:"file" help:"要检查的工作簿 (workbooks)."`
	County   string   `help:"按这个县区检查 (check as this county's)."`
	Form     string   `help:"必须是这张表 (must be this form)."`
	JSON     bool     `name:"json" help:"每个文件输出一个 JSON 对象 (one JSON object a file)."`
	Annotate string   `placeholder:"DIR" help:"把批注好的副本写到这里 (write annotated copies here)."`
	Data     string   `placeholder:"DIR" help:"用这个数据文件夹的表样和县区 (use the forms and counties of this data folder)."`
}

// Run says what is wrong with the files and changes nothing.
func (c *checkCmd) Run(ctx context.Context, t *terminal) error {
	h, err := lookOnly(t, c.Data)
	if err != nil {
		return err
	}
	s, err := c.sender(h)
	if err != nil {
		return err
	}
	found := false
	for _, path := range c.Files {
		bad, err := c.file(ctx, t, h, path, s)
		if err != nil {
			return err
		}
		found = found || bad
	}
	if found {
		return errFindings
	}
	return nil
}

// lookOnly is a house without a store: forms and counties alone.
func lookOnly(t *terminal, dir string) (*house, error) {
	h := newHouse(dir, slog.New(slog.NewTextHandler(t.Err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	var city templates.City
	if dir != "" {
		city = templates.City{Forms: h.path("forms"), Counties: h.path("counties.yaml"), Holidays: h.path("holidays.yaml"),
			Colours: h.path("colours.yaml")}
	}
	var err error
	h.catalog, err = loadCatalog(city)
	return h, err
}

func (c *checkCmd) sender(h *house) (templates.Sender, error) {
	s := templates.Sender{Form: c.Form, Now: h.now()}
	if c.Form != "" && h.catalog.Form(c.Form) == nil {
		return s, unknownForm(c.Form)
	}
	if c.County == "" {
		return s, nil
	}
	if s.County = h.catalog.Counties.ByName(c.County); s.County != nil {
		return s, nil
	}
	if c.Data != "" {
		return s, usage(fmt.Errorf("没有“%s”这个县区 (no such county)", c.County), "名单在数据文件夹的 counties.yaml (see counties.yaml)")
	}
	s.County = &templates.County{Name: c.County, Folder: c.County}
	return s, nil
}

func unknownForm(name string) error {
	return usage(fmt.Errorf("没有“%s”这张表 (no such form)", name), "taizhang form list 列出全部表样 (lists all forms)")
}

// file checks one file; true when something must be mended or explained.
func (c *checkCmd) file(ctx context.Context, t *terminal, h *house, path string, s templates.Sender) (bool, error) {
	data, err := readFile(path)
	if err != nil {
		return false, usage(err, "核对文件名 (check the file name)")
	}
	s.File = filepath.Base(path)
	r := h.judgeAlone(data, s)
	if c.JSON {
		err = json.NewEncoder(t.Out).Encode(newChecked(path, data, r))
	} else {
		_, err = io.WriteString(t.Out, mail.ReportText(reportOf(h, path, data, r))+"\n")
	}
	if err == nil && c.Annotate != "" {
		err = c.annotate(ctx, h, path, data, r)
	}
	return mustMend(r), err
}

// maxCheck bounds what check reads of one file, in bytes.
const maxCheck = 1 << 30

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxCheck {
		return nil, fmt.Errorf("%s: 不是普通文件或过大 (not a regular file, or too large)", path)
	}
	return io.ReadAll(io.LimitReader(f, maxCheck))
}

// mustMend says whether any finding asks the county to do something.
func mustMend(r *templates.Reading) bool {
	for _, f := range r.Findings {
		if f.Severity == templates.Reject || f.Severity == templates.Fix || f.Severity == templates.Explain {
			return true
		}
	}
	return false
}

// reportOf makes a report of a file that no store knows.
func reportOf(h *house, path string, data []byte, r *templates.Reading) mail.Report {
	c := newChecked(path, data, r)
	sub := merge.Submission{County: c.County, File: filepath.Base(path), SHA256: c.SHA256, ArrivedAt: h.now(),
		JudgedAt: h.now(), Form: c.Form, Period: c.Period, Verdict: r.Verdict, Sheet: r.Sheet,
		Read: r.Read, Accepted: r.Accepted, Held: r.Held}
	if r.Form != nil {
		sub.FormTitle, sub.FormVersion = r.Form.Title, r.Form.Version
	}
	return mail.Report{Submission: sub, Findings: r.Findings, Form: r.Form}
}

// annotate writes the annotated copy, or the list of findings alone.
func (c *checkCmd) annotate(ctx context.Context, h *house, path string, data []byte, r *templates.Reading) error {
	a, err := annotator()
	if err != nil {
		return err
	}
	book, err := mail.DrawBook(ctx, reportOf(h, path, data, r), a, path)
	if err != nil {
		return fmt.Errorf("annotate %s: %w", path, err)
	}
	if err := os.MkdirAll(c.Annotate, 0o755); err != nil {
		return usage(err, "核对 --annotate 的文件夹 (check the folder given to --annotate)")
	}
	return writeWhole(filepath.Join(c.Annotate, book.Name), book.Data)
}

// checked is what check says of one file to a machine.
type checked struct {
	File     string              `json:"file"`
	SHA256   string              `json:"sha256"`
	County   string              `json:"county"`
	Form     string              `json:"form"`
	Period   string              `json:"period"`
	Verdict  templates.Verdict   `json:"verdict"`
	Rows     rowCounts           `json:"rows"`
	Findings []templates.Finding `json:"findings"`
}

type rowCounts struct {
	Read     int `json:"read"`
	Accepted int `json:"accepted"`
	Held     int `json:"held"`
}

func newChecked(path string, data []byte, r *templates.Reading) checked {
	sum := sha256.Sum256(data)
	c := checked{File: path, SHA256: hex.EncodeToString(sum[:]), Period: r.Period, Verdict: r.Verdict,
		Rows: rowCounts{r.Read, r.Accepted, r.Held}, Findings: r.Findings}
	if r.County != nil {
		c.County = r.County.Name
	}
	if r.Form != nil {
		c.Form = r.Form.Name
	}
	if c.Findings == nil {
		c.Findings = []templates.Finding{}
	}
	return c
}
