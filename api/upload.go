package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
)

// maxUpload is the largest file that is taken over HTTP, in bytes; a larger one
// goes through the folder.
const maxUpload = 30 << 20

// uploadIn lets a handler read the multipart form itself, so that a limit or a
// broken form becomes one of our problems.
type uploadIn struct{ request *http.Request }

// Resolve is called by huma with the request.
func (in *uploadIn) Resolve(ctx huma.Context) []error {
	in.request = humaecho.Unwrap(ctx).Request()
	return nil
}

// upload is one file that was sent, with the fields beside it.
type upload struct {
	county string // canonical name; "" when none was given
	form   string
	name   string // safe as a file name
	size   int64
	file   multipart.File
	whole  *multipart.Form
}

// taken is the answer to a file that was handed in.
type taken struct {
	County string `json:"county"`
	File   string `json:"file" doc:"The name it got in the county's folder"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// uploadBody describes the multipart form.
func uploadBody() *huma.RequestBody {
	text := &huma.Schema{Type: "string"}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{
			Type:     "object",
			Required: []string{"file"},
			Properties: map[string]*huma.Schema{
				"file": {Type: "string", Format: "binary"}, "county": text, "form": text,
			},
		}},
	}}
}

func (s *server) postSubmission(ctx context.Context, in *uploadIn) (taken, error) {
	return s.handIn(ctx, in.request)
}

// handIn puts an uploaded file into the county's folder, where the watcher
// finds it like any other.
func (s *server) handIn(ctx context.Context, r *http.Request) (taken, error) {
	u, err := s.received(r)
	if err != nil {
		return taken{}, err
	}
	defer u.close()
	if u.county == "" {
		return taken{}, refuse("county-unknown", "", strings.Join(s.countyNames(), "、"))
	}
	sum := sha256.New()
	where, err := s.Drop(ctx, u.county, u.name, io.TeeReader(u.file, sum))
	if err != nil {
		return taken{}, err
	}
	return taken{u.county, filepath.Base(where), hex.EncodeToString(sum.Sum(nil)), u.size}, nil
}

// postCheck judges a file without keeping anything of it.
func (s *server) postCheck(ctx context.Context, in *uploadIn) (any, error) {
	u, err := s.received(in.request)
	if err != nil {
		return nil, err
	}
	defer u.close()
	if u.form != "" {
		if _, err := s.form(u.form); err != nil {
			return nil, err
		}
	}
	data, err := io.ReadAll(u.file)
	if err != nil {
		return nil, err
	}
	return s.Check(ctx, u.name, u.county, u.form, data)
}

// received reads the form and checks all that stands beside the file. What it
// returns must be closed.
func (s *server) received(r *http.Request) (*upload, error) {
	whole, err := readForm(r)
	if err != nil {
		return nil, err
	}
	u := &upload{whole: whole, form: r.PostFormValue("form")}
	if err := s.unpack(u, r.PostFormValue("county")); err != nil {
		u.close()
		return nil, err
	}
	return u, nil
}

// unpack finds the one file and the county it is sent for.
func (s *server) unpack(u *upload, county string) error {
	files := u.whole.File["file"]
	if len(files) != 1 || files[0].Size == 0 {
		return refuse("file-missing")
	}
	if files[0].Size > maxUpload {
		return refuse("too-large", maxUpload>>20)
	}
	if county != "" {
		c, err := s.county(county)
		if err != nil {
			return err
		}
		u.county = c.Name
	}
	var err error
	if u.name, err = s.safeName(files[0].Filename); err != nil {
		return err
	}
	u.size = files[0].Size
	u.file, err = files[0].Open()
	return err
}

// close lets go of the file and of what the form left in the temporary folder.
func (u *upload) close() {
	if u.file != nil {
		u.file.Close()
	}
	u.whole.RemoveAll()
}

// readForm reads a multipart form within the limit. A form that is none is the
// client's mistake.
func readForm(r *http.Request) (*multipart.Form, error) {
	if r.ContentLength > maxUpload+1<<20 {
		return nil, refuse("too-large", maxUpload>>20) // before the sender begins
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxUpload+1<<20)
	err := r.ParseMultipartForm(1 << 20)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, large
	}
	var ours *fs.PathError // a large file is kept in the temporary folder meanwhile
	if errors.As(err, &ours) {
		return nil, fmt.Errorf("keep an upload for a moment: %w", err)
	}
	if err != nil {
		return nil, refuse("file-missing")
	}
	return r.MultipartForm, nil
}

// safeName takes the file's own name out of what was sent, and refuses one that
// could do harm in a folder, hide there, read otherwise than it is, or that the
// watcher would pass over. Nothing is renamed silently.
func (s *server) safeName(sent string) (string, error) {
	name := strings.TrimSpace(path.Base(strings.ReplaceAll(sent, `\`, "/")))
	safe := utf8.ValidString(name) && name == harmless(name) && len(name) <= 200 &&
		!strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~") && !strings.HasSuffix(name, ".")
	if safe && (s.Fits == nil || s.Fits(name)) {
		return name, nil
	}
	return "", refuse("file-name-unsafe", harmless(strings.ToValidUTF8(name, "_")))
}
