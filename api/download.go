package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
)

// The media types of what is downloaded.
const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	anyType  = "application/octet-stream"
	textType = "text/plain; charset=utf-8"
)

// download is a file on its way to a client.
type download struct {
	kind   string // media type
	name   string // as a person should find it; "" to show it in the browser
	plain  string // the name for programs that know ASCII only
	sha    string // SHA-256 of the content, hex
	size   int64
	source io.ReadCloser
}

// inMemory is a download of bytes at hand.
func inMemory(kind, name, plain string, data []byte) *download {
	sum := sha256.Sum256(data)
	return &download{
		kind: kind, name: name, plain: plain, sha: hex.EncodeToString(sum[:]),
		size: int64(len(data)), source: io.NopCloser(bytes.NewReader(data)),
	}
}

// send writes the file, or only that it has not changed.
func (d *download) send(s *server) func(huma.Context) {
	return func(ctx huma.Context) {
		defer d.source.Close()
		tag := `"` + d.sha + `"`
		ctx.SetHeader("ETag", tag)
		if matches(ctx.Header("If-None-Match"), tag) {
			ctx.SetStatus(http.StatusNotModified)
			return
		}
		ctx.SetHeader("Content-Type", d.kind)
		ctx.SetHeader("Content-Length", strconv.FormatInt(d.size, 10))
		if d.name != "" {
			ctx.SetHeader("Content-Disposition", attachment(d.name, d.plain))
		}
		ctx.SetStatus(http.StatusOK)
		if n, err := io.Copy(ctx.BodyWriter(), d.source); err != nil {
			s.Log.Warn("download broke off", "sha256", d.sha, "sent", n, "size", d.size, "err", err)
		}
	}
}

// matches says whether a client's If-None-Match names this tag.
func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == tag || one == "*" {
			return true
		}
	}
	return false
}

// attachment names a file twice: in ASCII for old programs, and as it is.
func attachment(name, plain string) string {
	coded := strings.ReplaceAll(url.QueryEscape(harmless(name)), "+", "%20")
	return `attachment; filename="` + ascii(plain) + `"; filename*=UTF-8''` + coded
}

// ascii leaves of a name what every program can take.
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r)) {
			return r
		}
		return '_'
	}, name)
}

// harmless replaces what no file name should hold: separators, and signs that
// nobody sees but that change how a name reads.
func harmless(name string) string {
	return strings.Map(func(r rune) rune {
		if unseen(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
}

// unseen says whether a sign is a control or a formatting sign, such as the one
// that turns the direction of writing.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar ||
		r == '\u2028' || r == '\u2029'
}

// kindOf is the media type of a county's file. Whatever is not a workbook is
// only ever bytes, so that no browser opens it.
func kindOf(name string) string {
	if strings.EqualFold(path.Ext(name), ".xlsx") {
		return xlsxType
	}
	return anyType
}
