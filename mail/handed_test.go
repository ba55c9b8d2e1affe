package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/merge"
	"taizhang/sheets"
	"taizhang/templates"

	"github.com/google/go-cmp/cmp"
)

// handList drops a list of the city's, with one item for each of the numbers.
func (c *city) handList(name string, numbers ...string) merge.Submission {
	c.t.Helper()
	sheet := &sheets.Sheet{Name: "清单"}
	put := func(texts ...string) {
		var cells []sheets.Cell
		for i, s := range texts {
			cells = append(cells, sheets.Cell{Col: i + 1, Kind: sheets.Text, Raw: s, Text: s})
		}
		sheet.Rows = append(sheet.Rows, sheets.Row{Num: len(sheet.Rows) + 1, Cells: sheets.CellsOf(cells...)})
	}
	put("受理编号", "行政区域", "交办问题基本情况", "污染类型")
	for _, n := range numbers {
		put(n, "河南县", "焚烧垃圾", "大气")
	}
	b := &sheets.Book{Format: "xlsx", Sheets: []*sheets.Sheet{sheet}, Marks: map[string]string{}}
	a, _ := c.arrive(merge.Arrival{County: merge.City, Name: name, SHA256: strings.Repeat(name, 8), Channel: "folder"})
	sub, err := c.Store.HandDown(c.t.Context(), a, c.Catalog.JudgeList(b, templates.Sender{Now: c.now()}), merge.Handover{
		Answer:     merge.Answer{MailTo: []string{"zgb@city.example"}, Domain: "city.example"},
		CountyMail: func(string) []string { return c.county.Email },
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return sub
}

func TestHandedListGoesToFolderAndMail(t *testing.T) {
	c := newCity(t)
	office := &postOffice{}
	c.SMTP = office.open(t, nil)
	c.Catalog.Form("petition_ledger").Confidential = false
	sub := c.handList("list", "X1", "X2")
	c.deliver()
	c.deliver() // what went out stays out

	name := "群众信访举报件办理台账【交办第1版】.xlsx"
	note := "群众信访举报件办理台账 交办通知（第1版）.txt"
	if got := c.answers(); !slices.Equal(got, []string{note, name}) {
		t.Fatalf("answers: %q", got)
	}
	text := string(c.answerFile(note))
	inOrder(t, text, "【交办】《群众信访举报件办理台账》：新交办 2 件，请在 2019年11月4日 前（含当天）填报。",
		"打开“"+name+"”：表里共 2 件", "灰色格子", "新交办：X1、X2", "请联系：市整改办 0973-8720000")

	taken := office.letters()
	if len(taken) != 2 {
		t.Fatalf("%d letters", len(taken))
	}
	for _, l := range taken {
		o := open(t, l.data)
		if l.to[0] == "zgb@city.example" {
			if want := "【台账】通过：群众信访举报件办理台账回执" + sub.Number; o.subject(t) != want {
				t.Errorf("subject %s, want %s", o.subject(t), want)
			}
			continue
		}
		if want := "【台账】交办：群众信访举报件办理台账（新交办 2 件）"; o.subject(t) != want {
			t.Errorf("subject %s, want %s", o.subject(t), want)
		}
		if len(o.files) != 1 || o.files[0].name != name || o.files[0].plainName != "petition_ledger-list-1.xlsx" ||
			!bytes.Equal(o.files[0].data, c.answerFile(name)) {
			t.Errorf("attached: %d", len(o.files))
		}
		if !strings.HasPrefix(o.header.Get("Message-Id"), "<handed.") {
			t.Errorf("message id %s", o.header.Get("Message-Id"))
		}
	}

	// The city's own answer lies in its own folder, and neither is taken for a file.
	own, err := filepath.Glob(filepath.Join(c.Share, merge.City, AnswersFolder, sub.Number+"*.txt"))
	if err != nil || len(own) != 1 {
		t.Fatalf("the city's answers: %v %v", own, err)
	}
	data, err := os.ReadFile(own[0])
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, string(data), "【已交办】清单 2 行已全部收下。", "清单的第 1 版", "河南县：新交办 2 件，手上共 2 件")
	for county, data := range map[string][]byte{merge.City: data, c.county.Name: c.answerFile(name)} {
		if _, fresh := c.arrive(merge.Arrival{County: county, Name: "回执/x", SHA256: hashOf(data)}); fresh {
			t.Errorf("%s: our own file is taken for a new one", county)
		}
	}
	// The form itself, handed in as it is, is the county's.
	if _, fresh := c.arrive(merge.Arrival{County: c.county.Name, Name: name, SHA256: hashOf(c.answerFile(name))}); !fresh {
		t.Error("a form that was handed in is not taken")
	}
}

func TestPrefilledFormIsPosted(t *testing.T) {
	c := newCity(t)
	c.receive("自查表.xlsx", c.issues(good, [3]string{"宁木特镇", "正在清理", "正在办理"}))
	c.later(2 * 24 * time.Hour) // 4 November: the next period opens in the night
	n, err := c.Store.Prefill(t.Context(), "city.example", 24*time.Hour, func(string) []string { return nil })
	if err != nil || n != 1 {
		t.Fatalf("posted: %d %v", n, err)
	}
	c.deliver()
	title := "第一轮中央环境保护督察尚未办结问题整改进展情况自查表"
	text := string(c.answerFile(title + " 2019-11-14期 预填表说明.txt"))
	inOrder(t, text, "【预填表】《"+title+"》2019-11-14期", "1 件，请在 2019年11月14日 前（含当天）填报。")
	data := c.answerFile(title + "【2019-11-14期】.xlsx")
	b, err := sheets.Read(bytes.NewReader(data), int64(len(data)), sheets.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if b.Marks[templates.MarkPeriod] != "2019-11-14" || b.Marks[templates.MarkCounty] != "河南县" {
		t.Errorf("marks: %v", b.Marks)
	}

	// Filled in and handed in when the period is open, it counts for it.
	c.later(24 * time.Hour)
	mended := bytes.Clone(data)
	r := c.judge("表.xlsx", mended)
	r.Compare(templates.Past{})
	if r.Period != "2019-11-14" || r.Read != 1 || r.Accepted != 1 {
		t.Errorf("read again: period %s, %d of %d rows; %v", r.Period, r.Accepted, r.Read, r.Findings)
	}
}

// The program dies when it has put a pre-filled form and its text into the folder
// and not yet said so. What the county reports before the next start makes both
// other ones; the first ones stay, alone, as they are or as the county filled them.
func TestPrefilledFormOfAProgramThatDied(t *testing.T) {
	c := newCity(t)
	c.receive("自查表.xlsx", c.issues(good, [3]string{"宁木特镇", "正在清理", "正在办理"}))
	c.deliver()
	c.later(2 * 24 * time.Hour)
	if _, err := c.Store.Prefill(t.Context(), "", 24*time.Hour, func(string) []string { return nil }); err != nil {
		t.Fatal(err)
	}
	l, ok, err := c.Store.Claim(t.Context(), channelFolder)
	if err != nil || !ok || l.Kind != "prefilled" {
		t.Fatalf("claimed: %+v %v %v", l, ok, err)
	}
	if err := c.hand(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	before := c.answers()
	name := "第一轮中央环境保护督察尚未办结问题整改进展情况自查表【2019-11-14期】.xlsx"
	first := c.answerFile(name)
	c.later(time.Hour)
	sub, _ := c.receive("自查表2.xlsx", c.issues(good, [3]string{"宁木特镇", "正在清理", "正在办理"}, [3]string{"柯生乡", "正在清理", "正在办理"}))
	if p, err := c.prefilled(t.Context(), "open_issue_check", c.county.Name, "2019-11-14"); err != nil || bytes.Equal(p.book, first) {
		t.Fatalf("drawn again it is the same; the test shows nothing (%v)", err)
	}
	c.deliver()
	after := slices.DeleteFunc(c.answers(), func(n string) bool { return strings.HasPrefix(n, sub.Number) })
	if diff := cmp.Diff(before, after); diff != "" || !bytes.Equal(c.answerFile(name), first) {
		t.Errorf("in the folder: %s", diff)
	}
	letters, err := c.Store.Letters(t.Context(), "sent")
	if err != nil || !slices.ContainsFunc(letters, func(s merge.Letter) bool { return s.ID == l.ID }) {
		t.Errorf("the letter is not delivered: %+v %v", letters, err)
	}
}

// A county's own file under the name of the form is left alone.
func TestPrefilledFormBesideAFileOfTheCounty(t *testing.T) {
	c := newCity(t)
	c.receive("自查表.xlsx", c.issues(good))
	c.receive("自查表2.xlsx", c.issues(good, [3]string{"宁木特镇", "正在清理", "正在办理"}))
	c.deliver()
	c.later(2 * 24 * time.Hour)
	if _, err := c.Store.Prefill(t.Context(), "", 24*time.Hour, func(string) []string { return nil }); err != nil {
		t.Fatal(err)
	}
	name := "第一轮中央环境保护督察尚未办结问题整改进展情况自查表【2019-11-14期】"
	own := filepath.Join(c.Share, c.county.Folder, AnswersFolder, name+".xlsx")
	if err := os.WriteFile(own, []byte("自己的"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.deliver()
	if string(c.answerFile(name+".xlsx")) != "自己的" || len(c.answerFile(name+" (2).xlsx")) < 1000 {
		t.Error("the county's own file was taken for the form")
	}
}

// A letter of a kind that this program does not know waits for one that does.
func TestUnknownNoticeWaits(t *testing.T) {
	c := newCity(t)
	if _, err := c.Store.Tell(t.Context(), "", []merge.Notice{{Kind: "later", County: c.county.Name}}); err != nil {
		t.Fatal(err)
	}
	c.deliver()
	if l := c.letter(channelFolder); l.State != "pending" || l.Attempts != 1 || l.LastError == "" {
		t.Errorf("letter: %+v", l)
	}
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
