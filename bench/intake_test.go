//go:build unix

package bench

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	cityCounties = 200
	kinds        = "甲乙丙丁戊己庚辛壬癸" // a form for each; every county reports each once
	settle       = time.Second  // in the daemon's settings; the figures stand beside it
	rounds       = 40           // single files that are waited for one after the other
	burst        = 500          // files at once
)

// BenchmarkReceipt runs the real daemon and measures, as a county sees it, the
// time from the rename of a workbook into its folder to the receipt in 回执/: for
// files that come alone, and for 500 at the same moment.
func BenchmarkReceipt(b *testing.B) {
	program := buildProgram(b)
	b.Run("one", func(b *testing.B) { receipts(b, program, rounds, 1) })
	b.Run("500", func(b *testing.B) { receipts(b, program, 1, burst) })
}

// receipts drops files and waits for their receipts, round after round.
func receipts(b *testing.B, program string, rounds, each int) {
	for b.Loop() {
		data := cityFolder(b)
		stage := filepath.Join(data, "stage")
		ledgers(b, stage, 1+rounds*each)
		daemon := serve(b, program, data)
		waits := dropped(b, data, stage, 0, 1) // the first one warms up
		waits = waits[:0]
		for r := range rounds {
			waits = append(waits, dropped(b, data, stage, 1+r*each, each)...)
		}
		spent := daemon.stop(b)
		slices.Sort(waits)
		b.ReportMetric(0, "ns/op") // the metrics below are what counts
		b.ReportMetric(float64(settle.Milliseconds()), "settle-ms")
		b.ReportMetric(float64(percentile(waits, 50).Milliseconds()), "p50-ms")
		b.ReportMetric(float64(percentile(waits, 99).Milliseconds()), "p99-ms")
		b.ReportMetric(spent.Seconds()*1000/float64(rounds*each+1), "cpu-ms/file")
	}
}

// dropped renames files into the counties' folders, from one number on, and
// answers how long each receipt took.
func dropped(b *testing.B, data, stage string, from, count int) (waits []time.Duration) {
	share := filepath.Join(data, "share")
	had := receiptCount(b, share)
	began := time.Now()
	for n := from; n < from+count; n++ {
		name := ledgerName(n)
		must(b, os.Rename(filepath.Join(stage, name), filepath.Join(share, name)))
	}
	for len(waits) < count {
		time.Sleep(2 * time.Millisecond)
		for got := receiptCount(b, share) - had; len(waits) < got; {
			waits = append(waits, time.Since(began))
		}
		if time.Since(began) > 2*time.Minute {
			b.Fatalf("%d of %d receipts after two minutes", len(waits), count)
		}
	}
	return waits
}

// receiptCount is how many receipts lie in the folders of the counties.
func receiptCount(b *testing.B, share string) int {
	found, err := filepath.Glob(filepath.Join(share, "*", "回执", "*.txt"))
	must(b, err)
	return len(found)
}

// percentile of sorted times: the smallest that p of a hundred do not exceed.
func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// BenchmarkImport takes 2,000 ledgers of 200 counties through the whole program
// (archived and synced, judged, merged, answered, summarised) and the same files
// through a script that only reads them with openpyxl, inserts the rows into
// SQLite and writes one summary workbook. Processor time with all children counts.
func BenchmarkImport(b *testing.B) {
	program := buildProgram(b)
	for b.Loop() {
		data := cityFolder(b)
		stage := filepath.Join(data, "stage")
		ledgers(b, stage, forms)
		ours, took := spend(b, exec.Command(program, "import", "--data", data, stage))
		if got := receiptCount(b, filepath.Join(data, "share")); got != forms {
			b.Fatalf("%d receipts, want %d", got, forms)
		}
		theirs, script := spend(b, exec.Command(pythons, "-c", openpyxlImport, stage, b.TempDir()))
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(ours.Seconds(), "ours-cpu-s")
		b.ReportMetric(took.Seconds(), "ours-wall-s")
		b.ReportMetric(theirs.Seconds(), "openpyxl-cpu-s")
		b.ReportMetric(script.Seconds(), "openpyxl-wall-s")
		b.ReportMetric(theirs.Seconds()/ours.Seconds(), "openpyxl/ours")
	}
}

// spend runs a program to its end: the processor time it used, with the children
// it waited for, and the time on the clock.
func spend(b *testing.B, cmd *exec.Cmd) (cpu, wall time.Duration) {
	b.Helper()
	var said bytes.Buffer
	cmd.Stderr = &said
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s", filepath.Base(cmd.Path), err, said.String())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), time.Since(began)
}

const openpyxlImport = `
import sys, glob, os, sqlite3
from openpyxl import load_workbook, Workbook
db = sqlite3.connect(sys.argv[2] + '/ledger.db')
db.execute('CREATE TABLE ledger (county TEXT, file TEXT, ' + ', '.join('c%d' % i for i in range(12)) + ')')
for path in sorted(glob.glob(sys.argv[1] + '/*/*.xlsx')):
    county = os.path.basename(os.path.dirname(path))
    sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    rows = [(county, path) + tuple(row[:12]) for row in sheet.iter_rows(min_row=4, values_only=True)]
    with db:
        db.executemany('INSERT INTO ledger VALUES (' + ','.join('?' * 14) + ')', rows)
book = Workbook()
sheet = book.active
sheet.append(['county', 'rows', 'fines'])
for row in db.execute('SELECT county, COUNT(*), SUM(c11) FROM ledger GROUP BY county'):
    sheet.append(row)
book.save(sys.argv[2] + '/summary.xlsx')
assert db.execute('SELECT COUNT(*) FROM ledger').fetchone()[0] == len(glob.glob(sys.argv[1] + '/*/*.xlsx')) * 40
`

// daemon is the real program while it serves.
type daemon struct {
	cmd *exec.Cmd
	log *os.File
}

// serve starts the daemon on a data folder and waits until it says where its
// page is.
func serve(b *testing.B, program, data string) *daemon {
	log, err := os.Create(filepath.Join(data, "log"))
	must(b, err)
	d := &daemon{exec.Command(program, "serve", "--data", data, "--addr", "127.0.0.1:0"), log}
	d.cmd.Stdout, d.cmd.Stderr = log, log
	must(b, d.cmd.Start())
	b.Cleanup(func() { d.cmd.Process.Kill() })
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		said, err := os.ReadFile(log.Name())
		must(b, err)
		if bytes.Contains(said, []byte("http://")) {
			return d
		}
		if time.Now().After(end) {
			b.Fatalf("the daemon did not start\n%s", said)
		}
	}
}

// stop ends the daemon and answers the processor time that it used.
func (d *daemon) stop(b *testing.B) time.Duration {
	must(b, d.cmd.Process.Signal(os.Interrupt))
	if err := d.cmd.Wait(); err != nil {
		said, _ := os.ReadFile(d.log.Name())
		b.Fatalf("the daemon ended with %v\n%s", err, said)
	}
	must(b, d.log.Close())
	return d.cmd.ProcessState.UserTime() + d.cmd.ProcessState.SystemTime()
}

// buildProgram builds the real program.
func buildProgram(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "taizhang")
	cmd := exec.Command("go", "build", "-o", path, "taizhang")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// cityFolder lays out the data folder of a city with two hundred counties that
// report the bench ledger under ten titles.
func cityFolder(b *testing.B) string {
	data := b.TempDir()
	var counties strings.Builder
	counties.WriteString("counties:\n")
	for c := range cityCounties {
		fmt.Fprintf(&counties, "  - {code: \"%06d\", name: %s}\n", 530001+c, countyName(c))
	}
	for name, text := range map[string]string{
		"taizhang.yaml": fmt.Sprintf("city: 甲市\nsettle: %s\n", settle),
		"counties.yaml": counties.String(),
	} {
		must(b, os.WriteFile(filepath.Join(data, name), []byte(text), 0o600))
	}
	must(b, os.Mkdir(filepath.Join(data, "forms"), 0o755))
	for i, kind := range []rune(kinds) {
		words := strings.NewReplacer("重点", string(kind)+"类", "bench_", fmt.Sprintf("bench%d_", i))
		text := words.Replace(benchForm)
		must(b, os.WriteFile(filepath.Join(data, "forms", fmt.Sprintf("bench%d_ledger.yaml", i)), []byte(text), 0o600))
		text = words.Replace(benchSummary)
		must(b, os.WriteFile(filepath.Join(data, "forms", fmt.Sprintf("bench%d_status.yaml", i)), []byte(text), 0o600))
	}
	for c := range cityCounties {
		must(b, os.MkdirAll(filepath.Join(data, "share", countyName(c)), 0o755))
	}
	return data
}

// benchSummary is what the city draws from the ledger.
const benchSummary = `summary: bench_status
title: 重点举报件办理进度统计
form: bench_ledger
by: county
byTitle: 县区
columns:
  - {name: items, title: 交办数(件), count: true, unit: 件}
  - {name: closed, title: 已办结(件), count: "status == '已办结'", unit: 件}
  - {name: fines, title: 罚款金额(万元), sum: fine_wan, unit: 万元}
total: true
`

func countyName(c int) string { return fmt.Sprintf("第%03d县", c+1) }

// ledgerName is where the n-th ledger belongs below the share: the files go
// round the counties.
func ledgerName(n int) string {
	return filepath.Join(countyName(n%cityCounties), fmt.Sprintf("台账%04d.xlsx", n))
}

// ledgers writes workbooks into one folder a county, each with numbers and a unit
// of its own. They are openpyxl's workbooks with other texts in the same places.
func ledgers(b *testing.B, dir string, count int) {
	b.Helper()
	var all [][][]any
	for i := range variants {
		all = append(all, formCells(i))
	}
	content, err := json.Marshal(all)
	must(b, err)
	made := b.TempDir()
	run(b, content, pythons, "-c", openpyxlForms, made)
	books := readFiles(b, made)
	for n := range count {
		path := filepath.Join(dir, ledgerName(n))
		must(b, os.MkdirAll(filepath.Dir(path), 0o755))
		must(b, os.WriteFile(path, reworded(b, books[n%variants], n), 0o600))
	}
}

// references spells what is not ASCII as openpyxl does, in character references.
func references(text string) string {
	var b strings.Builder
	for _, c := range text {
		if c < 0x80 {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, "&#%d;", c)
		}
	}
	return b.String()
}

// reworded is a workbook with the case numbers and the unit of the n-th ledger,
// filled in today.
func reworded(b *testing.B, book []byte, n int) []byte {
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(b, err)
	words := strings.NewReplacer("X2YN20190617", fmt.Sprintf("X2YN%08d", n),
		references("隆阳区"), references(countyName(n%cityCounties)),
		references("重点举报件"), references(string([]rune(kinds)[n/cityCounties%10])+"类举报件"),
		references("2019年11月4日"), references(time.Now().Format("2006年1月2日")))
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, part := range in.File {
		r, err := part.Open()
		must(b, err)
		text, err := io.ReadAll(r)
		must(b, err)
		w, err := out.Create(part.Name)
		must(b, err)
		_, err = words.WriteString(w, string(text))
		must(b, err)
	}
	must(b, out.Close())
	return buf.Bytes()
}
