package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"taizhang/merge"
	"taizhang/templates"
)

// submissionsIn narrows the list of submissions.
type submissionsIn struct {
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many to send"`
	Offset  int    `query:"offset" minimum:"0" default:"0" doc:"How many to leave out at the start"`
	County  string `query:"county" maxLength:"100"`
	Form    string `query:"form" maxLength:"100"`
	Period  string `query:"period" maxLength:"20"`
	Verdict string `query:"verdict" enum:"pending,accepted,noted,partial,returned,withdrawn"`
}

// submissionIn names a submission.
type submissionIn struct {
	ID int64 `path:"id" minimum:"1"`
}

// findingList is what was found in a file: counted, grouped, and one by one.
type findingList struct {
	Submission int64                      `json:"submission"`
	Total      int                        `json:"total"`
	Counts     map[templates.Severity]int `json:"counts"`
	Groups     []findingGroup             `json:"groups"`
	Findings   []templates.Finding        `json:"findings"`
}

func (s *server) getSubmissions(ctx context.Context, in *submissionsIn) (paged[merge.Submission], error) {
	f := merge.SubmissionFilter{
		County: in.County, Form: in.Form, Period: in.Period,
		Verdict: templates.Verdict(in.Verdict), Limit: in.Limit, Offset: in.Offset,
	}
	if in.County != "" {
		c, err := s.county(in.County)
		if err != nil {
			return paged[merge.Submission]{}, err
		}
		f.County = c.Name
	}
	items, total, err := s.Store.Submissions(ctx, f)
	return piece(items, total, in.Limit, in.Offset), err
}

func (s *server) getSubmission(ctx context.Context, in *submissionIn) (merge.Submission, error) {
	return s.Store.Submission(ctx, in.ID)
}

func (s *server) getFindings(ctx context.Context, in *submissionIn) (findingList, error) {
	if _, err := s.Store.Submission(ctx, in.ID); err != nil {
		return findingList{}, err
	}
	found, err := s.Store.Findings(ctx, in.ID)
	if err != nil {
		return findingList{}, err
	}
	list := findingList{in.ID, len(found), map[templates.Severity]int{}, groups(found), full(found)}
	for _, f := range found {
		list.Counts[f.Severity]++
	}
	return list, nil
}

// getOriginal sends the file as it came, out of the archive.
func (s *server) getOriginal(ctx context.Context, in *submissionIn) (*download, error) {
	sub, err := s.Store.Submission(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	file, err := s.blob(sub.SHA256)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &download{
		kind: kindOf(sub.File), name: sub.File, plain: sub.Number + filepath.Ext(sub.File),
		sha: sub.SHA256, size: info.Size(), source: file,
	}, nil
}

var shaShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

// blob opens an original. One that is recorded and not there is our trouble.
func (s *server) blob(sha string) (*os.File, error) {
	if !shaShape.MatchString(sha) {
		return nil, fmt.Errorf("archive: %q is not a SHA-256", sha)
	}
	file, err := os.Open(filepath.Join(s.Archive, sha[:2], sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("archive: the original %s is gone: %w", sha, err)
	}
	return file, err
}

// getAnnotated sends the copy in which every mistake is marked.
func (s *server) getAnnotated(ctx context.Context, in *submissionIn) (*download, error) {
	sub, err := s.Store.Submission(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	name, data, err := s.Annotated(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, refuse("nothing-marked")
	}
	kind, ext := xlsxType, filepath.Ext(name)
	if strings.EqualFold(ext, ".xlsm") {
		kind = macroType
	}
	return inMemory(kind, name, sub.Number+"-marked"+ext, data), nil
}

// macroType is a workbook that carries the county's macros.
const macroType = "application/vnd.ms-excel.sheet.macroEnabled.12"

// getReceipt sends the receipt to be read in the browser.
func (s *server) getReceipt(ctx context.Context, in *submissionIn) (*download, error) {
	if _, err := s.Store.Submission(ctx, in.ID); err != nil {
		return nil, err
	}
	text, err := s.Receipt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return inMemory(textType, "", "", []byte(text)), nil
}
