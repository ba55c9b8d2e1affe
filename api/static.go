package api

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"
)

//go:embed static/*.css static/*.js static/*.svg
var staticFiles embed.FS

// asset is one of our own files, ready to be sent.
type asset struct {
	kind string
	tag  string // SHA-256, hex
	data []byte
}

// kinds are those of our own files. The machine's own list of kinds, which the
// mime package reads, may say something else, or be on a failing disk.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assets are the embedded files by name. They are part of the binary and never
// change while it runs.
var assets = readAssets(staticFiles)

func readAssets(files fs.FS) map[string]asset {
	list := map[string]asset{}
	names, err := fs.Glob(files, "static/*")
	if err != nil {
		panic(err) // the pattern is ours
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err) // the file is in the binary
		}
		sum := sha256.Sum256(data)
		list[path.Base(name)] = asset{kinds[path.Ext(name)], hex.EncodeToString(sum[:]), data}
	}
	return list
}

// showStatic sends one of our own files. Pages ask for it with its fingerprint,
// so a browser may keep it for ever.
func (s *server) showStatic(c echo.Context) error {
	a, ok := assets[c.Param("file")]
	if !ok {
		return refuse("route-unknown")
	}
	h := c.Response().Header()
	tag := `"` + a.tag + `"`
	h.Set("ETag", tag)
	if v := c.QueryParam("v"); v != "" && v == a.tag[:12] {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if matches(c.Request().Header.Get("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, a.kind, a.data)
}
