//go:build linux

package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// idleFor is how long the program is watched doing nothing.
const idleFor = time.Minute

// BenchmarkIntakeIdle measures what the real program costs while 10,000 files
// lie in a county's folder and nothing happens: the percentage of one core. The
// files are larger than the settings allow, so that they are looked at like
// any other and there is nothing to judge and answer first.
func BenchmarkIntakeIdle(b *testing.B) {
	dir := b.TempDir()
	data := filepath.Join(dir, "data")
	fillLarge(b, filepath.Join(data, "share", "丰和区"), 10_000)
	settings := "city: 丰和市\nmaxFileMB: 1\n"
	if err := os.WriteFile(filepath.Join(data, "taizhang.yaml"), []byte(settings), 0o600); err != nil {
		b.Fatal(err)
	}
	binary := filepath.Join(dir, "taizhang")
	if out, err := exec.Command("go", "build", "-o", binary, "taizhang").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "serve", "--data", data, "--addr", "127.0.0.1:0")
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { cancel(); _ = cmd.Wait() }()
	told(b, log.Name(), 10_000)
	b.ResetTimer()
	var used time.Duration
	for range b.N {
		before := cpuTime(b, cmd.Process.Pid)
		time.Sleep(idleFor)
		used += cpuTime(b, cmd.Process.Pid) - before
	}
	b.ReportMetric(100*used.Seconds()/(float64(b.N)*idleFor.Seconds()), "%core")
}

// fillLarge makes files of 2 MB that take no room.
func fillLarge(b *testing.B, dir string, files int) {
	b.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range files {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("整改台账 %05d.xlsx", i)))
		if err != nil {
			b.Fatal(err)
		}
		if err := f.Truncate(2 << 20); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// told waits until the log has a line for each file.
func told(b *testing.B, log string, files int) {
	b.Helper()
	for range 600 {
		text, err := os.ReadFile(log)
		if err != nil {
			b.Fatal(err)
		}
		if strings.Count(string(text), "file not taken") >= files {
			return
		}
		time.Sleep(time.Second)
	}
	b.Fatal("the files were not all seen")
}

// cpuTime is what a process has used of the processors, in its own code and in
// the system's. The kernel counts in hundredths of a second.
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	var user, system int64
	fields := strings.Fields(rest)
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		b.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
