//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// city is a data folder that faults are done to, and what its counties sent.
type city struct {
	t       *testing.T
	data    string
	sent    map[string][]string // SHA-256 of the versions, in order, by "county/name"
	figures map[string]int      // the figure in each version, by SHA-256
	answers []string            // folders of answers, as patterns
	user    *syscall.Credential // who runs the program; nil is the test's own user
	next    int                 // the next figure, so that no two files are equal
}

const faultSettings = "city: 甲市\nsettle: 150ms\nrescan: 700ms\n"

// newCity lays out the folder of a city with two counties. An empty dir is one
// of the test's own.
func newCity(t *testing.T, dir, settings string) *city {
	t.Helper()
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c := &city{t: t, data: dir, sent: map[string][]string{}, figures: map[string]int{}, next: 20,
		answers: []string{filepath.Join(dir, "share", "*", "回执")}}
	write(t, filepath.Join(dir, "taizhang.yaml"), settings)
	write(t, filepath.Join(dir, "counties.yaml"), twoCounties)
	for _, county := range []string{"甲县", "乙县"} {
		if err := os.MkdirAll(filepath.Join(dir, "share", county), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *city) share(parts ...string) string {
	return filepath.Join(append([]string{c.data, "share"}, parts...)...)
}

// baseReports are a correct report of each county, made once; its 交办数量 is 7331.
var baseReports = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "reports")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	books := map[string][]byte{}
	today := time.Now().In(time.FixedZone("CST", 8*3600)).Format("2006-01-02")
	for _, county := range []string{"甲县", "乙县"} {
		grid := strings.Replace(f3Text(county, "5", today), "|12|", "|7331|", 1)
		out := filepath.Join(dir, county+".xlsx")
		if err := openpyxl(map[string]any{"out": out, "sheets": parseGrid(grid)}); err != nil {
			return nil, err
		}
		if books[county], err = os.ReadFile(out); err != nil {
			return nil, err
		}
	}
	return books, nil
})

// report is a correct report of a county with a figure that no other has.
func (c *city) report(county string) (book []byte, figure int) {
	c.t.Helper()
	books, err := baseReports()
	if err != nil {
		c.t.Fatal(err)
	}
	c.next++
	return c.withFigure(books[county], c.next), c.next
}

func (c *city) withFigure(book []byte, figure int) []byte {
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		c.t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range in.File {
		r, err := part.Open()
		if err != nil {
			c.t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			c.t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte("<v>7331</v>"), []byte(fmt.Sprintf("<v>%d</v>", figure)))
		to, err := w.Create(part.Name)
		if err == nil {
			_, err = to.Write(text)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	return out.Bytes()
}

// drop puts a new version under a name: written beside the share and renamed.
func (c *city) drop(county, name string) {
	c.t.Helper()
	book, figure := c.report(county)
	c.place(book, c.share(county, name))
	c.expect(county, name, book, figure)
}

// place writes a file beside the share, or beside its place where another disk is
// mounted, and renames it.
func (c *city) place(book []byte, path string) {
	c.t.Helper()
	temp := filepath.Join(c.data, "stage.tmp")
	write(c.t, temp, string(book))
	if c.user != nil {
		giveTo(c.t, temp, int(c.user.Uid))
	}
	err := os.Rename(temp, path)
	if errors.Is(err, syscall.EXDEV) {
		beside := filepath.Join(filepath.Dir(path), ".stage.tmp")
		write(c.t, beside, string(book))
		err = errors.Join(os.Rename(beside, path), os.Remove(temp))
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// expect remembers that a version is to arrive.
func (c *city) expect(county, name string, book []byte, figure int) {
	hash := sha256.Sum256(book)
	sum, key := hex.EncodeToString(hash[:]), county+"/"+name
	c.sent[key] = append(c.sent[key], sum)
	c.figures[sum] = figure
}

// process is the real program, perhaps under another one that hurts it.
type process struct {
	*daemon
	ended chan error
}

// start runs the program on the city's folder. under is what runs it: nothing,
// or strace with its arguments.
func (c *city) start(under ...string) *process {
	c.t.Helper()
	if len(under) > 0 && !traceable() {
		c.t.Skip("this machine lets no program trace another")
	}
	path, err := binary()
	if err != nil {
		c.t.Fatal(err)
	}
	return c.startAs(path, under...)
}

func (c *city) startAs(path string, under ...string) *process {
	c.t.Helper()
	args := append(under, path, "serve", "--data", c.data, "--addr", "127.0.0.1:0")
	p := &process{&daemon{t: c.t, data: c.data, out: &syncBuffer{}, cmd: exec.Command(args[0], args[1:]...)}, make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.user}
	if err := p.cmd.Start(); err != nil {
		c.t.Fatalf("%s: %v", args[0], err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	c.t.Cleanup(func() { syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
	return p
}

// traceable says whether strace may do its work at all: some containers forbid it,
// and then say so. A missing strace is no such machine.
var traceable = sync.OnceValue(func() bool {
	said, err := exec.Command("strace", "--output=/dev/null", "true").CombinedOutput()
	return err == nil || !bytes.Contains(said, []byte("Operation not permitted"))
})

var pageAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// up waits until the program shows its page.
func (p *process) up() *process {
	p.t.Helper()
	eventually(p.t, "the page's address", func() bool {
		p.url = pageAddress.FindString(p.out.String())
		return p.url != ""
	})
	return p
}

// signal goes to the program and whatever runs it.
func (p *process) signal(s syscall.Signal) {
	if err := syscall.Kill(-p.cmd.Process.Pid, s); err != nil {
		p.t.Fatal(err)
	}
}

// quit ends the program as a service manager does; it must end well.
func (p *process) quit() {
	p.t.Helper()
	p.signal(syscall.SIGINT)
	select {
	case err := <-p.ended:
		if err != nil {
			p.t.Errorf("the program ended with %v\n%s", err, p.out)
		}
	case <-time.After(20 * time.Second):
		p.t.Errorf("the program did not end\n%s", p.out)
	}
}

// kill ends the program at once, or finds that it has ended by itself.
func (p *process) kill() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

// query opens the database beside the program and reads rows of texts.
func (c *city) query(text string, args ...any) (rows []string, err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(c.data, "taizhang.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found, err := db.Query(text, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var row string
		if err := found.Scan(&row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, found.Err()
}

// patience is how long the program may take to make everything right: a letter
// that could not be delivered is tried again after a minute.
const patience = 100 * time.Second

// whole waits until everything that was sent is in, and holds the city to its
// promise: each version arrived once, in order, byte for byte; each is answered
// once; the figures are those of the last versions; nothing is left lying about.
func (c *city) whole(p *process) {
	c.t.Helper()
	var why string
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if why = c.wrong(p); why == "" {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("after %v: %s\n%s", patience, why, p.out)
		}
	}
}

// wrong says in what the promise is not kept yet.
func (c *city) wrong(p *process) string {
	total := 0
	for key, want := range c.sent {
		county, name, _ := strings.Cut(key, "/")
		got, err := c.query(`SELECT sha256 FROM arrival WHERE county = $1 AND name = $2 ORDER BY id`, county, name)
		if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
			return fmt.Sprintf("%s: arrived %d versions, sent %d (%v)\n%v\n%v", key, len(got), len(want), err, got, want)
		}
		for _, sum := range want {
			blob, err := os.ReadFile(filepath.Join(c.data, "archive", sum[:2], sum))
			if has := sha256.Sum256(blob); err != nil || hex.EncodeToString(has[:]) != sum {
				return fmt.Sprintf("blob %s is not what was sent (%v)", sum, err)
			}
		}
		total += len(want)
	}
	return c.answersWrong(p, total)
}

// answersWrong looks at the submissions, their receipts and the figures.
func (c *city) answersWrong(p *process, total int) string {
	for what, text := range map[string]string{
		"arrivals": `SELECT COUNT(*) FROM arrival`, "submissions": `SELECT COUNT(*) FROM submission`,
		"arrivals with a submission": `SELECT COUNT(DISTINCT arrival) FROM submission`,
	} {
		if got, err := c.query(text); err != nil || got[0] != fmt.Sprint(total) {
			return fmt.Sprintf("%v %s, want %d (%v)", got, what, total, err)
		}
	}
	numbers, err := c.query(`SELECT number FROM submission`)
	if err != nil {
		return err.Error()
	}
	for _, n := range numbers {
		if found := c.receipts(n); len(found) != 1 {
			return fmt.Sprintf("submission %s has %d receipts", n, len(found))
		}
	}
	if got, err := c.query(`PRAGMA integrity_check`); err != nil || got[0] != "ok" {
		return fmt.Sprintf("integrity: %v %v", got, err)
	}
	if left, _ := filepath.Glob(filepath.Join(c.data, "archive", "tmp", "*")); len(left) > 0 {
		return fmt.Sprintf("left in archive/tmp: %d", len(left))
	}
	return c.figuresWrong(p)
}

// receipts are those of a submission.
func (c *city) receipts(number string) (all []string) {
	for _, dir := range c.answers {
		found, _ := filepath.Glob(filepath.Join(dir, number+" *.txt"))
		all = append(all, found...)
	}
	return all
}

// figuresWrong compares the summary with the file that arrived last of each
// county: under several names, they count in the order in which they came.
func (c *city) figuresWrong(p *process) string {
	latest, err := c.query(`SELECT sha256 FROM arrival WHERE id IN (SELECT MAX(id) FROM arrival GROUP BY county)`)
	if err != nil {
		return err.Error()
	}
	want := 0
	for _, sum := range latest {
		want += c.figures[sum]
	}
	var table struct{ Total []struct{ Text string } }
	p.get("/api/v1/summaries/case_summary_total", &table)
	if len(table.Total) < 2 || table.Total[1].Text != fmt.Sprint(want) {
		return fmt.Sprintf("figures %v, want a total of %d", table.Total, want)
	}
	return ""
}
