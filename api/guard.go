package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// policy allows a page nothing but our own files.
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// headers tells the browser to be strict, whatever is answered.
func headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		return next(c)
	}
}

// sameOrigin refuses a change that another site's page asks for.
func sameOrigin() echo.MiddlewareFunc {
	guard := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if guard.Check(c.Request()) != nil {
				return refuse("cross-origin")
			}
			return next(c)
		}
	}
}

// ownHost refuses a request that asks for another name than ours. A page on the
// internet can have its own name lead to this machine, and would then be taken for ours
// by the browser; a plain address cannot be made to lead here.
func (s *server) ownHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		host := c.Request().Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
		named := func(ours string) bool { return strings.EqualFold(ours, host) }
		if s.Hosts == nil || net.ParseIP(host) != nil || slices.ContainsFunc(s.Hosts, named) {
			return next(c)
		}
		return refuse("host-unknown")
	}
}

// headAsGet answers HEAD as GET is; net/http leaves the content out, for it goes by the
// request as it came.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			asked := *r
			asked.Method = http.MethodGet
			r = &asked
		}
		next.ServeHTTP(w, r)
	})
}

// rescued turns a panic into an error, which is then answered and logged like
// any other of ours.
func (s *server) rescued(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if e, ok := v.(error); ok && errors.Is(e, http.ErrAbortHandler) {
				panic(v) // asked for on purpose: net/http ends the connection
			}
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}()
		return next(c)
	}
}

// logged writes one line a request: which route and how it went, never what was
// asked for. A read that went well is told at debug level, since an open page
// asks every few seconds.
func (s *server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // answered here, so that the line knows the status
		}
		level := slog.LevelDebug
		if c.Request().Method != http.MethodGet || c.Response().Status >= http.StatusBadRequest {
			level = slog.LevelInfo
		}
		s.Log.Log(c.Request().Context(), level, "request",
			"method", c.Request().Method, "route", c.Path(), "id", numeric(c.Param("id")),
			"status", c.Response().Status, "bytes", c.Response().Size, "took", time.Since(start))
		return nil
	}
}

// numeric lets only a number through into the log.
func numeric(id string) string {
	for _, r := range id {
		if r < '0' || r > '9' {
			return "?"
		}
	}
	return id
}
