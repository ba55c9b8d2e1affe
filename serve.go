package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"taizhang/api"
	"taizhang/templates"
	"taizhang/watcher"

	"golang.org/x/sync/errgroup"
)

type serveCmd struct {
	Data string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
	Addr string `placeholder:"HOST:PORT" help:"网页地址，默认见 taizhang.yaml (address of the page)."`
	Demo bool   `help:"演示：自备一个数据文件夹和一市五县的数据 (a demo city with a data folder of its own)."`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, t *terminal) (err error) {
	h := newHouse(c.Data, slog.New(slog.NewTextHandler(t.Err, nil)))
	if c.Demo {
		if c.Data == "taizhang-data" {
			h.dir = "taizhang-demo"
		}
		if err := layOutDemo(h); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(h.dir, 0o750); err != nil {
		return trouble(err, "换一个可写的文件夹，用 --data 指定 (choose a writable folder with --data)")
	}
	if err := h.layOut(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.open(ctx, alone); err != nil {
		return unlessStopped(ctx, err)
	}
	listener, err := listen(c.Addr, h.settings.Addr)
	if err != nil {
		return err
	}
	welcome(t.Out, h, listener.Addr().String(), c.Demo)
	return h.serve(ctx, listener, c.Demo)
}

// unlessStopped is the error, or none when it only says that the program was told
// to end while it started.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// listen opens the page's address. Without accounts it must be this machine's own.
func listen(flag, setting string) (net.Listener, error) {
	addr := setting
	if flag != "" {
		addr = flag
	}
	host, port, err := net.SplitHostPort(addr)
	if _, odd := strconv.ParseUint(port, 10, 16); err == nil && (odd != nil) {
		err = fmt.Errorf("“%s”的端口不对，应在 0 到 65535 之间 (no such port)", addr)
	}
	if err != nil {
		return nil, usage(err, "地址写成 127.0.0.1:8080 的样子 (write the address like 127.0.0.1:8080)")
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usage(fmt.Errorf("没有账号时只能在本机打开，不能用 %s (without accounts only loopback is served)", addr),
			"用 127.0.0.1:8080；要给别的电脑看，请在前面放一个带登录的反向代理 (use 127.0.0.1, or a proxy with sign-in in front)")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, trouble(err, "这个端口可能被占用，用 --addr 127.0.0.1:8081 换一个 (the port may be taken; choose another with --addr)")
	}
	return l, nil
}

// serve runs the whole house: folder → arrival → judged → merged → answered,
// summarised and shown, each in its own loop.
func (h *house) serve(ctx context.Context, l net.Listener, demo bool) error {
	d := newDesk(h)
	summarise, chase, prefill := make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	backup := make(chan struct{}, 1)
	d.merged = func() { h.office.Wake(); wake(summarise) }
	for _, bell := range []chan struct{}{d.judged, summarise, chase, prefill, backup} {
		wake(bell) // what an earlier run left undone
	}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	h.disk.stop = stop
	whole := ctx
	group, ctx := errgroup.WithContext(ctx)
	for _, r := range h.roots {
		group.Go(func() error { return d.watcher(r).Run(ctx) })
	}
	group.Go(func() error { return h.loop(ctx, "judge", d.judged, 0, d.judgeWaiting) })
	group.Go(func() error { return h.loop(ctx, "summarise", summarise, coalesce, h.publishWanted) })
	group.Go(func() error { return h.loop(ctx, "chase", chase, 0, h.chase) })
	group.Go(func() error { return h.loop(ctx, "prefill", prefill, 0, h.prefill) })
	group.Go(func() error { return h.office.Run(ctx) })
	group.Go(func() error { return h.awaitRoom(ctx) })
	group.Go(func() error {
		return h.show(ctx, l, func() []string { return append(h.letterProblems(ctx), d.problems()...) })
	})
	copies := &backups{house: h}
	group.Go(func() error { return h.loop(ctx, "backup", backup, 0, copies.daily) })
	if demo {
		group.Go(func() error { return playDemo(ctx, h) })
	}
	err := group.Wait()
	var failed *hint
	if errors.As(context.Cause(whole), &failed) {
		h.failing = true
		return failed
	}
	return err
}

// loopRetry is how long a loop waits before it looks again by itself.
const loopRetry = time.Minute

// loop does its work each time it is woken, and once in a while by itself.
// What fails is logged here and tried again.
func (h *house) loop(ctx context.Context, name string, bell <-chan struct{}, gather time.Duration, work func(context.Context) error) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(loopRetry):
		case <-bell:
			if !pause(ctx, gather) {
				return nil
			}
		}
		if err := work(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("loop failed, will try again", "loop", name, "err", err)
		}
	}
}

// pause waits; false when the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// show serves the page and the API until the context ends.
func (h *house) show(ctx context.Context, l net.Listener, problems func() []string) error {
	deps := h.apiDeps()
	deps.Problems = problems
	server := api.Server("", api.New(deps))
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(last); err != nil {
			h.log.Warn("page closed late", "err", err)
		}
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve page: %w", err)
	}
	return nil
}

func (h *house) apiDeps() api.Deps {
	return api.Deps{
		City: h.settings.City, Hosts: append([]string{"localhost"}, h.settings.Hosts...),
		Store: h.store, Catalog: h.catalog, Share: h.path("share"), Archive: h.path("archive"),
		Now:     func() time.Time { return h.now().In(h.zone) },
		Version: version, Log: h.log,
		Drop: h.drop, Fits: func(name string) bool { return !watcher.Skips(name) && watcher.CheckName(name) == nil },
		Check: h.checkUpload, Annotated: h.office.Annotated, Receipt: h.office.Receipt,
		Prefilled: h.office.Prefilled,
	}
}

// drop puts an upload through the same door that a county uses.
func (h *house) drop(_ context.Context, county, name string, r io.Reader) (string, error) {
	c := h.catalog.Counties.ByName(county)
	if c == nil {
		return "", fmt.Errorf("no county %q", county)
	}
	if err := h.roots[0].here(c.Folder); err != nil {
		return "", fmt.Errorf("%w: %w", api.ErrAway, err)
	}
	return watcher.Drop(h.path("share", c.Folder), name, r)
}

// checkUpload is the dry run of an upload: what would be found, without history.
func (h *house) checkUpload(_ context.Context, name, county, form string, data []byte) (any, error) {
	s := templates.Sender{Form: form, File: name, Now: h.now()}
	if county != "" {
		s.County = h.catalog.Counties.ByName(county)
	}
	return newChecked(name, data, h.judgeAlone(data, s)), nil
}

// judgeAlone judges a file without history.
func (h *house) judgeAlone(data []byte, s templates.Sender) *templates.Reading {
	r := h.read(data, s)
	r.Compare(templates.Past{})
	return r
}

// welcome says on one screen where things are and what to do next.
func welcome(out io.Writer, h *house, addr string, demo bool) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "台账 taizhang %s\n\n", version)
	fmt.Fprintf(&b, "  网页 page      http://%s/\n", addr)
	fmt.Fprintf(&b, "  数据 data      %s\n", h.dir)
	fmt.Fprintf(&b, "  收件 share     %s\n", h.path("share", "<县区>"))
	fmt.Fprintf(&b, "  汇总 summaries %s\n", h.path("summaries"))
	switch {
	case demo:
		b.WriteString("\n演示市的县区正在陆续报表，一分钟内网页上就能看到。按 Ctrl+C 停止。\n" +
			"Demo counties are reporting; the page shows them within a minute. Ctrl+C stops.\n\n")
	case h.fresh:
		b.WriteString(nextSteps(h))
	default:
		b.WriteString("\n按 Ctrl+C 停止。 Ctrl+C stops.\n\n")
	}
	out.Write(b.Bytes())
}

// nextSteps is what an admin does after the first start.
func nextSteps(h *house) string {
	return fmt.Sprintf(`
第一次启动，接下来：
  1. 打开 %s，写上各县区的名称、联系人、邮箱；
     打开 %s，写上市名、联系人，要发信就填 mail。改完重新启动。
  2. 下发空白表：  taizhang form blank petition_ledger -o 信访件台账.xlsx
                   （taizhang form list 列出全部表样）
  3. 请县区把填好的 .xlsx 放进 %s；
     回执和改错说明会出现在同一文件夹的“回执”里。
  4. 汇总表在 %s，网页上也能下载。
先看样子：taizhang serve --demo 。按 Ctrl+C 停止。

First start: name the counties in counties.yaml, mend taizhang.yaml, hand out
blank forms (taizhang form blank NAME), let counties drop filled ones into their
folder below share/. A demo city: taizhang serve --demo. Ctrl+C stops.

`, h.path("counties.yaml"), h.path("taizhang.yaml"), h.path("share", "<县区>"), h.path("summaries"))
}
