package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"taizhang/watcher"
)

// BenchmarkIntakeScan measures one look into a county's folder in which
// nothing has changed: what every rescan and every event costs.
func BenchmarkIntakeScan(b *testing.B) {
	for _, files := range []int{100, 10_000, 100_000} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) { scan(b, files) })
	}
}

func scan(b *testing.B, files int) {
	dir := b.TempDir()
	fill(b, filepath.Join(dir, "share", "丰和区"), files)
	var came atomic.Int64
	looks := make(chan time.Duration)
	w := watcher.Watcher{
		Share: filepath.Join(dir, "share"), Archive: filepath.Join(dir, "archive"),
		Settle: time.Millisecond, Rescan: time.Millisecond,
		Arrived: func(context.Context, watcher.Arrival) error { came.Add(1); return nil },
		Scanned: func(_ string, _ int, took time.Duration) { looks <- took },
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	began := time.Now()
	for came.Load() < int64(files) {
		<-looks
	}
	first := time.Since(began)
	b.ResetTimer()
	var total time.Duration
	for range b.N {
		total += <-looks
	}
	b.StopTimer()
	// The watcher rests between looks; only the looks count.
	b.ReportMetric(float64(total.Nanoseconds())/float64(b.N), "ns/op")
	b.ReportMetric(float64(first.Microseconds())/float64(files), "us/first-file")
	cancel()
	drain(b, looks, done)
}

// fill writes files of one content, so that bringing them in the first time is quick.
func fill(b *testing.B, dir string, files int) {
	b.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("整改台账 %05d.xlsx", i)), []byte("PK"), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

func drain(b *testing.B, looks <-chan time.Duration, done <-chan error) {
	b.Helper()
	for {
		select {
		case <-looks:
		case err := <-done:
			if err != nil {
				b.Fatal(err)
			}
			return
		}
	}
}
