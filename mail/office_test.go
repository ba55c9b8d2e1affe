package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"
)

// The test program is also the child process that annotates.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "annotate" {
		if err := sheets.AnnotateChild(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// city is an office with a real store, one county and its folders.
type city struct {
	*Office
	t      *testing.T
	county *templates.County
	mu     sync.Mutex
	at     time.Time
}

func newCity(t *testing.T) *city {
	t.Helper()
	dir := t.TempDir()
	catalog, err := templates.Load(templates.City{})
	if err != nil {
		t.Fatal(err)
	}
	catalog.Form("open_issue_check").Confidential = false // most stories here are about a letter with all its parts
	county := &templates.County{Code: "632324", Name: "河南县", Folder: "河南县", Email: []string{"a@county.example"}}
	catalog.Counties = templates.NewCounties(county)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &city{t: t, county: county, at: time.Date(2019, 11, 2, 1, 5, 0, 0, time.UTC)}
	store, err := merge.Open(t.Context(), filepath.Join(dir, "taizhang.db"), catalog, c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	c.Office = &Office{
		Store: store, Catalog: catalog, Share: filepath.Join(dir, "share"), Archive: filepath.Join(dir, "archive"),
		Annotator: sheets.Annotator{Command: []string{self, "annotate"}, MemoryMB: 4096},
		Now:       c.now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Contact: "市整改办 0973-8720000",
	}
	if err := os.MkdirAll(filepath.Join(c.Share, county.Folder), 0o755); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *city) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *city) later(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// issues draws a filled 自查表: each row is address, progress and status.
func (c *city) issues(rows ...[3]string) []byte {
	c.t.Helper()
	form := c.Catalog.Form("open_issue_check")
	var filled []map[string]any
	for i, r := range rows {
		filled = append(filled, map[string]any{
			"seq": i + 1, "region": "河南县", "address": r[0], "complaint": r[0] + "焚烧垃圾，气味难闻", "situation": "已立案",
			"measures": "2019年11月底前清理完毕", "progress": r[1], "status": r[2],
		})
	}
	d := templates.Blank(form, templates.BlankOptions{
		County: c.county, Period: "2019-11-04", Date: "2019-11-02", Rows: filled,
	})
	var b bytes.Buffer
	if err := sheets.Draw(&b, d); err != nil {
		c.t.Fatal(err)
	}
	return b.Bytes()
}

// receive takes a file the way the program does: archive, judge, merge.
func (c *city) receive(name string, data []byte) (merge.Submission, bool) {
	c.t.Helper()
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	if err := os.MkdirAll(filepath.Dir(c.original(hash)), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(c.original(hash), data, 0o644); err != nil {
		c.t.Fatal(err)
	}
	a, fresh := c.arrive(merge.Arrival{County: c.county.Name, Name: name, SHA256: hash, Size: int64(len(data)), Channel: "folder"})
	if !fresh {
		return merge.Submission{}, false
	}
	done := c.Store.MergeAll(c.t.Context(), []merge.Judged{{Arrival: a, Reading: c.judge(name, data),
		Answer: merge.Answer{MailTo: c.county.Email, Domain: "city.example"}}})[0]
	if done.Err != nil {
		c.t.Fatal(done.Err)
	}
	return done.Submission, true
}

// arrive records an arrival; false when it is nothing new.
func (c *city) arrive(a merge.Arrival) (merge.Arrival, bool) {
	c.t.Helper()
	done := c.Store.ArriveAll(c.t.Context(), []merge.Arrival{a})[0]
	if done.Err != nil {
		c.t.Fatal(done.Err)
	}
	return done.Arrival, done.Fresh
}

func (c *city) judge(name string, data []byte) *templates.Reading {
	c.t.Helper()
	sender := templates.Sender{County: c.county, File: name, Now: c.now()}
	b, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	if p, ok := err.(*sheets.Problem); ok {
		return c.Catalog.Refuse(p, sender)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return c.Catalog.Judge(b, sender)
}

func (c *city) deliver() {
	c.t.Helper()
	if err := c.Deliver(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// answers lists what lies in the county's 回执.
func (c *city) answers() []string {
	c.t.Helper()
	entries, err := os.ReadDir(filepath.Join(c.Share, c.county.Folder, AnswersFolder))
	if err != nil && !os.IsNotExist(err) {
		c.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (c *city) answerFile(name string) []byte {
	c.t.Helper()
	data, err := os.ReadFile(filepath.Join(c.Share, c.county.Folder, AnswersFolder, name))
	if err != nil {
		c.t.Fatalf("%v; there are %q", err, c.answers())
	}
	return data
}

func (c *city) letter(channel string) merge.Letter {
	c.t.Helper()
	all, err := c.Store.Letters(c.t.Context(), "")
	if err != nil {
		c.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(l merge.Letter) bool { return l.Channel == channel })
	if i < 0 {
		c.t.Fatalf("no letter by %s", channel)
	}
	return all[i]
}

var (
	good = [3]string{"优干宁镇南街", "已清理", "已办结"}
	bad  = [3]string{"宁木特镇", "正在清理", "办得差不多"}
)

func TestAcceptedFileGetsAReceipt(t *testing.T) {
	c := newCity(t)
	sub, _ := c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	name := sub.Number + " 回执（通过）.txt"
	if sub.Verdict == templates.Noted {
		name = sub.Number + " 回执（通过有提醒）.txt"
	}
	if got := c.answers(); !slices.Equal(got, []string{name}) {
		t.Fatalf("answers %q, want %q", got, name)
	}
	text := string(c.answerFile(name))
	if !strings.HasPrefix(text, "\ufeff【通过") || !strings.Contains(text, "\r\n") {
		t.Errorf("begins with %.40q", text)
	}
	inOrder(t, text, "回执编号："+sub.Number, "报送单位：河南县", "文件：自查表.xlsx", "文件指纹："+sub.SHA256[:12],
		"收到时间：2019年11月2日 09:05", "2019-11-04 期", "数据行：读到 1 行，全部入库",
		"请联系：市整改办 0973-8720000，并报上回执编号 "+sub.Number)
	if l := c.letter(channelFolder); l.State != "sent" {
		t.Errorf("letter is %s: %s", l.State, l.LastError)
	}
	if l := c.letter(channelMail); l.State != "pending" || l.Attempts != 0 {
		t.Errorf("without a mail server the letter is %s after %d attempts", l.State, l.Attempts)
	}
}

func TestPartialFileGetsItsOwnWorkbookBack(t *testing.T) {
	c := newCity(t)
	sub, _ := c.receive("自查表.xlsx", c.issues(good, bad))
	if sub.Verdict != templates.Partial {
		t.Fatalf("verdict %s", sub.Verdict)
	}
	c.deliver()
	want := []string{sub.Number + " 回执（部分入库）.txt", "自查表【请修改】.xlsx"}
	if got := c.answers(); !slices.Equal(got, want) {
		t.Fatalf("answers %q, want %q", got, want)
	}
	inOrder(t, string(c.answerFile(want[0])), "【部分入库】已入库 1 行，还有 1 行没有入库", "打开“自查表【请修改】.xlsx”",
		"先改这一处", "是否办结（C05），涉及 1 行：H5", "办得差不多", "已办结、阶段办结、正在办理")
	data := c.answerFile(want[1])
	b, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if b.Sheets[0].Name != "错误清单" || b.Sheets[1].Name != "全部明细" || b.Sheets[2].Name != sub.Sheet {
		t.Errorf("sheets %s, %s, %s", b.Sheets[0].Name, b.Sheets[1].Name, b.Sheets[2].Name)
	}
	if _, fresh := c.receive("自查表【请修改】.xlsx", data); fresh {
		t.Error("our own answer was taken for a submission")
	}
}

func TestDeliveringTwiceLeavesOneAnswer(t *testing.T) {
	c := newCity(t)
	c.receive("自查表.xlsx", c.issues(good, bad))
	l, ok, err := c.Store.Claim(t.Context(), channelFolder)
	if err != nil || !ok {
		t.Fatalf("claim: %t %v", ok, err)
	}
	if err := c.hand(t.Context(), l); err != nil { // and then the power goes
		t.Fatal(err)
	}
	before := c.answers()
	c.later(time.Hour)
	c.deliver()
	if after := c.answers(); !slices.Equal(before, after) || len(after) != 2 {
		t.Errorf("answers %q became %q", before, after)
	}
	if l := c.letter(channelFolder); l.State != "sent" || l.Attempts != 2 {
		t.Errorf("letter is %s after %d attempts", l.State, l.Attempts)
	}
}

// What a program that died left half written in the folder goes with the first
// answer of the next; what only looks alike is the county's.
func TestRemainsOfAnEarlierProgramGo(t *testing.T) {
	c := newCity(t)
	folder := filepath.Join(c.Share, c.county.Folder, AnswersFolder)
	left, kept := filepath.Join(folder, ".taizhang-0123456789abcdef.part"), filepath.Join(folder, ".taizhang-说明.part")
	if err := os.MkdirAll(folder, 0o775); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{left, kept} {
		if err := os.WriteFile(path, []byte("PK"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was left half written is still there: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
}

func TestCountysFileIsNeverOverwritten(t *testing.T) {
	c := newCity(t)
	dir := filepath.Join(c.Share, c.county.Folder, AnswersFolder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	mine := []byte("the county's own")
	if err := os.WriteFile(filepath.Join(dir, "自查表【请修改】.xlsx"), mine, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "自查表【请修改】 (2).xlsx"), 0o755); err != nil {
		t.Fatal(err)
	}
	sub, _ := c.receive("自查表【请修改】 (4).xlsx", c.issues(good, bad))
	c.deliver()
	if got := c.answerFile("自查表【请修改】.xlsx"); !bytes.Equal(got, mine) {
		t.Error("the county's file was overwritten")
	}
	text := string(c.answerFile(sub.Number + " 回执（部分入库）.txt"))
	inOrder(t, text, "打开“自查表【请修改】 (3).xlsx”")
	c.answerFile("自查表【请修改】 (3).xlsx")
}

func TestMendedCopyIsAccepted(t *testing.T) {
	c := newCity(t)
	c.receive("自查表.xlsx", c.issues(good, bad))
	c.deliver()
	path := filepath.Join(c.Share, c.county.Folder, AnswersFolder, "自查表【请修改】.xlsx")
	mend(t, path, "办得差不多", "正在办理")
	c.later(time.Hour)
	sub, fresh := c.receive("自查表【请修改】.xlsx", c.answerFile("自查表【请修改】.xlsx"))
	if !fresh || sub.Held != 0 || sub.Read != 2 {
		t.Fatalf("mended copy: fresh %t, verdict %s, read %d, held %d", fresh, sub.Verdict, sub.Read, sub.Held)
	}
	text, err := c.Receipt(t.Context(), sub.ID)
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, text, "与上次相比", "已改好 1 处，还没改 0 处")
}

// mend changes a cell as a clerk would, in another program than ours.
func mend(t *testing.T, path, from, to string) {
	t.Helper()
	script := `import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
found = 0
for sheet in book.worksheets[2:]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == sys.argv[2]:
                cell.value = sys.argv[3]
                found += 1
assert found == 1, found
book.save(sys.argv[1])
`
	out, err := exec.Command("/usr/bin/python3", "-c", script, path, from, to).CombinedOutput()
	if err != nil {
		t.Fatalf("openpyxl (install python3-openpyxl): %v\n%s", err, out)
	}
}

func TestUnreadableFileGetsTheListAlone(t *testing.T) {
	c := newCity(t)
	sub, _ := c.receive("台账.xlsx", []byte("%PDF-1.7 no workbook"))
	c.deliver()
	want := []string{sub.Number + " 回执（退回）.txt", "台账【错误清单】.xlsx"}
	if got := c.answers(); !slices.Equal(got, want) {
		t.Fatalf("answers %q, want %q", got, want)
	}
	inOrder(t, string(c.answerFile(want[0])), "【退回】这份文件没有入库", "打开“台账【错误清单】.xlsx”", "【拒收】整个文件")
}

func TestListGoesOutWhereAnnotatingFails(t *testing.T) {
	c := newCity(t)
	c.Annotator.Command = []string{"/no/such/program"}
	sub, _ := c.receive("自查表.xlsx", c.issues(good, bad))
	c.deliver()
	data := c.answerFile("自查表【错误清单】.xlsx")
	b, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if b.Sheets[0].Name != "错误清单" {
		t.Errorf("first sheet %s", b.Sheets[0].Name)
	}
	inOrder(t, string(c.answerFile(sub.Number+" 回执（部分入库）.txt")), "打开您报送的原文件")
}

func TestMailIsDelivered(t *testing.T) {
	c := newCity(t)
	office := &postOffice{}
	c.SMTP = office.open(t, nil)
	sub, _ := c.receive("自查表（张三）.xlsx", c.issues(good, bad))
	c.deliver()
	taken := office.letters()
	if len(taken) != 1 || !slices.Equal(taken[0].to, []string{"a@county.example"}) || taken[0].from != "taizhang@city.example" {
		t.Fatalf("letters: %+v", taken)
	}
	o := open(t, taken[0].data)
	want := "【台账】部分入库：第一轮中央环境保护督察尚未办结问题整改进展情况自查表（2019-11-04期）回执" + sub.Number
	if got := o.subject(t); got != want {
		t.Errorf("subject %s, want %s", got, want)
	}
	if len(o.files) != 2 || o.files[1].plainName != "mend-"+sub.Number+".xlsx" || o.files[1].name != "自查表（张三）【请修改】.xlsx" {
		t.Fatalf("attached: %d", len(o.files))
	}
	if !bytes.Equal(o.files[1].data, c.answerFile("自查表（张三）【请修改】.xlsx")) {
		t.Error("the workbook by mail is not the one in the folder")
	}
	if l := c.letter(channelMail); l.State != "sent" || o.header.Get("Message-Id") != l.MessageID {
		t.Errorf("letter %s is %s; sent as %s", l.MessageID, l.State, o.header.Get("Message-Id"))
	}
}

// What a confidential form holds stays in the folder, where the answer is whole; so
// does what is in a file of no known form.
func TestConfidentialFormStaysInTheFolder(t *testing.T) {
	c := newCity(t)
	c.Catalog.Form("open_issue_check").Confidential = true // as it is shipped
	office := &postOffice{}
	c.SMTP = office.open(t, nil)
	sub, _ := c.receive("自查表（张三）.xlsx", c.issues(good, bad))
	unknown, _ := c.receive("举报信（李四）.xlsx", []byte("%PDF-1.7 no workbook"))
	c.deliver()
	taken := office.letters()
	if len(taken) != 2 {
		t.Fatalf("%d letters", len(taken))
	}
	for i, one := range []merge.Submission{sub, unknown} {
		o := open(t, taken[i].data)
		inOrder(t, o.text, "回执已备好", one.Number)
		if len(o.files) != 0 {
			t.Errorf("%d files attached", len(o.files))
		}
		for _, secret := range []string{"张三", "李四", "办得差不多", "宁木特镇", "C05"} {
			if strings.Contains(o.text+o.html+o.subject(t), secret) {
				t.Errorf("the letter contains %q", secret)
			}
		}
	}
	c.answerFile("自查表（张三）【请修改】.xlsx")
	inOrder(t, string(c.answerFile(sub.Number+" 回执（部分入库）.txt")), "是否办结（C05）", "办得差不多")
}

func TestMailIsTriedAgainUnderTheSameMessageID(t *testing.T) {
	for name, office := range map[string]*postOffice{
		"busy": {content: func(attempt int) error {
			if attempt == 1 {
				return reply(451, "greylisted, come back")
			}
			return nil
		}},
		"line cut after the letter": {drop: func(attempt int) bool { return attempt == 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t)
			c.SMTP = office.open(t, nil)
			c.receive("自查表.xlsx", c.issues(good))
			c.deliver()
			l := c.letter(channelMail)
			if l.State != "pending" || !soon(l.NextAt.Sub(c.now()), time.Minute) || l.LastError == "" {
				t.Fatalf("after the first attempt: %s, next at %s, %q", l.State, l.NextAt, l.LastError)
			}
			c.deliver()
			if n := c.letter(channelMail).Attempts; n != 1 {
				t.Errorf("tried again before its time: %d attempts", n)
			}
			c.later(2 * time.Minute)
			c.deliver()
			if l := c.letter(channelMail); l.State != "sent" || l.Attempts != 2 {
				t.Errorf("after the second attempt: %s, %d attempts, %s", l.State, l.Attempts, l.LastError)
			}
			for _, taken := range office.letters() {
				if id := open(t, taken.data).header.Get("Message-Id"); id != l.MessageID {
					t.Errorf("Message-ID %s, want %s", id, l.MessageID)
				}
			}
		})
	}
}

// soon says whether a pause is what it should be, with a tenth of leeway.
func soon(got, want time.Duration) bool { return got >= want && got <= want+want/10+time.Millisecond }

func TestMailIsGivenUp(t *testing.T) {
	c := newCity(t)
	office := &postOffice{rcpt: func(string) error { return reply(550, "no such user") }}
	c.SMTP = office.open(t, nil)
	c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	l := c.letter(channelMail)
	if l.State != "failed" || l.Attempts != 1 || !strings.Contains(l.LastError, "no such user") {
		t.Errorf("letter is %s after %d attempts: %s", l.State, l.Attempts, l.LastError)
	}
	if len(c.answers()) != 1 {
		t.Errorf("the folder has %q", c.answers())
	}
}

func TestMailToNobodyIsGivenUp(t *testing.T) {
	c := newCity(t)
	office := &postOffice{}
	c.SMTP = office.open(t, nil)
	c.county.Email = []string{"张三"}
	c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	if l := c.letter(channelMail); l.State != "failed" || !strings.Contains(l.LastError, "counties.yaml") {
		t.Errorf("letter is %s: %s", l.State, l.LastError)
	}
}

func TestMailTooLargeGoesWithoutAttachments(t *testing.T) {
	c := newCity(t)
	office := &postOffice{content: func(attempt int) error {
		if attempt == 1 {
			return reply(552, "too large")
		}
		return nil
	}}
	c.SMTP = office.open(t, nil)
	c.receive("自查表.xlsx", c.issues(good, bad))
	c.deliver()
	taken := office.letters()
	if len(taken) != 1 || c.letter(channelMail).State != "sent" {
		t.Fatalf("%d letters, %s", len(taken), c.letter(channelMail).State)
	}
	o := open(t, taken[0].data)
	if len(o.files) != 0 {
		t.Errorf("%d files attached", len(o.files))
	}
	inOrder(t, o.text, "没有随信附上：“自查表【请修改】.xlsx”太大")
}

func TestFolderIsTriedAgain(t *testing.T) {
	c := newCity(t)
	away := c.Share + ".away"
	c.receive("自查表.xlsx", c.issues(good))
	if err := os.Rename(c.Share, away); err != nil {
		t.Fatal(err)
	}
	c.deliver()
	if l := c.letter(channelFolder); l.State != "pending" || !strings.Contains(l.LastError, "is the share mounted?") {
		t.Errorf("letter is %s: %s", l.State, l.LastError)
	}
	if err := os.Rename(away, c.Share); err != nil {
		t.Fatal(err)
	}
	c.later(2 * time.Minute)
	c.deliver()
	if l := c.letter(channelFolder); l.State != "sent" {
		t.Errorf("letter is %s: %s", l.State, l.LastError)
	}
}

func TestAnswersStayInsideTheShare(t *testing.T) {
	c := newCity(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(c.Share, c.county.Folder, AnswersFolder)); err != nil {
		t.Fatal(err)
	}
	c.receive("自查表.xlsx", c.issues(good))
	c.deliver()
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("written outside the share: %v %v", entries, err)
	}
	if l := c.letter(channelFolder); l.State != "pending" {
		t.Errorf("letter is %s", l.State)
	}
}

func TestRunDeliversWhenWoken(t *testing.T) {
	c := newCity(t)
	office := &postOffice{}
	c.SMTP = office.open(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	c.receive("自查表.xlsx", c.issues(good))
	c.Wake()
	deadline := time.Now().Add(15 * time.Second)
	for c.letter(channelFolder).State != "sent" || c.letter(channelMail).State != "sent" {
		if time.Now().After(deadline) {
			t.Fatalf("not delivered: %+v", c.letter(channelMail))
		}
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestCopyName(t *testing.T) {
	tests := []struct {
		original string
		marked   bool
		want     string
	}{
		{"台账.xlsx", true, "台账【请修改】.xlsx"},
		{"台账【请修改】.xlsx", true, "台账【请修改】.xlsx"},
		{"台账【请修改】 (3).xlsx", true, "台账【请修改】.xlsx"},
		{"台账.XLSM", true, "台账【请修改】.XLSM"},
		{"台账.xls", false, "台账【错误清单】.xlsx"},
		{"台账", false, "台账【错误清单】.xlsx"},
		{"回执/台账【请修改】.xlsx", true, "台账【请修改】.xlsx"},
		{"政务内网/台账.xls", false, "台账【错误清单】.xlsx"},
		{"../../etc/passwd.xlsx", true, "passwd【请修改】.xlsx"},
		{`..\..\passwd.xlsx`, true, "_.._passwd【请修改】.xlsx"},
		{"a:b\u202e|c?.xlsx", true, "a_b_c_【请修改】.xlsx"},
		{" .xlsx", true, "报送文件【请修改】.xlsx"},
		{strings.Repeat("长", 80) + ".xlsx", true, strings.Repeat("长", 66) + "【请修改】.xlsx"},
	}
	for _, tt := range tests {
		if got := copyName(tt.original, tt.marked); got != tt.want {
			t.Errorf("copyName(%q) = %q, want %q", tt.original, got, tt.want)
		}
	}
}
