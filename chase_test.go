package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"mime"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/merge"

	"github.com/google/go-cmp/cmp"
)

// chaseCity is a city whose only county form is due on 4 January 2026 at 17:00,
// with a clock of its own and a real mail server.
func chaseCity(t *testing.T, clock *time.Time, more string) (*house, *post) {
	t.Helper()
	mailbox, port := servePost(t)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "forms"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"taizhang.yaml": fmt.Sprintf("city: 甲市\ncontact: 市整改办 王老师\ncityMail: [a@example.gov.cn, b@example.gov.cn]\n"+
			"chase: {forms: [weekly]%s}\nmail: {host: 127.0.0.1, port: %d, tls: none, from: 台账 <tz@example.gov.cn>}\n", more, port),
		"counties.yaml": "counties:\n  - {name: 甲县, email: [jia@example.gov.cn, jia2@example.gov.cn]}\n  - {name: 乙县}\n",
		"forms/weekly.yaml": "form: weekly\ntitle: 周报\nkind: report\nperiod: {dates: [2026-01-04], at: \"17:00\", grace: 5d}\n" +
			"fields:\n  - {name: items, title: 交办件数, type: int}\n  - {name: closed, title: 办结件数, type: int}\n  - {name: remark, title: 备注, type: text}\n",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	h := newHouse(dir, slog.New(slog.DiscardHandler))
	h.now = func() time.Time { return *clock }
	if err := h.open(context.Background(), alone); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h, mailbox
}

// january is a minute of January 2026 in China.
func january(day, hour, minute int) time.Time {
	return time.Date(2026, 1, day, hour, minute, 0, 0, time.FixedZone("CST", 8*3600))
}

// subjects are the letters that the server got, as "recipients subject".
func subjects(t *testing.T, letters []letter) (out []string) {
	t.Helper()
	for _, l := range letters {
		m, err := netmail.ReadMessage(bytes.NewReader(l.data))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		to := slices.Clone(l.to)
		slices.Sort(to)
		out = append(out, strings.Join(to, " ")+" "+subject)
	}
	return out
}

// The letters of a period go out by mail and into the folders, each once, at the
// hours that the settings say.
func TestChaseByMail(t *testing.T) {
	clock := january(1, 8, 0)
	h, mailbox := chaseCity(t, &clock, "")
	for ; clock.Before(january(12, 0, 0)); clock = clock.Add(30 * time.Minute) {
		before := len(mailbox.got())
		if err := h.chase(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := h.office.Deliver(context.Background()); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"03 09:00": "jia2@example.gov.cn jia@example.gov.cn 【台账】催办：《周报》（2026-01-04 期）",
			"05 09:00": "jia2@example.gov.cn jia@example.gov.cn 【台账】督办：《周报》（2026-01-04 期）",
			"07 09:00": "a@example.gov.cn b@example.gov.cn 【台账】未报名单：《周报》（2026-01-04 期）",
		}[clock.Format("02 15:04")]
		if got := strings.Join(subjects(t, mailbox.got()[before:]), "; "); got != want {
			t.Errorf("at %v: %q, want %q", clock, got, want)
		}
	}
	for i, name := range []string{"", "official-letter-weekly-2026-01-04.xlsx", "missing-weekly-2026-01-04.xlsx"} {
		if l := mailbox.got()[i].data; !bytes.Contains(l, []byte(name)) || bytes.Contains(l, []byte(".xlsx")) != (name != "") {
			t.Errorf("letter %d should carry %q", i, name)
		}
	}
	var files []string
	for _, folder := range []string{"甲县", "乙县", "市级"} { // 乙县 has no address
		found, err := filepath.Glob(h.path("share", folder, "回执", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			files = append(files, folder+" "+filepath.Base(f))
		}
	}
	slices.Sort(files)
	want := []string{
		"乙县 催办 2026-01-04 周报.txt", "乙县 督办 2026-01-04 周报.txt", "乙县 督办函 2026-01-04 周报.xlsx",
		"市级 未报名单 2026-01-04 周报.txt", "市级 未报名单 2026-01-04 周报.xlsx",
		"甲县 催办 2026-01-04 周报.txt", "甲县 督办 2026-01-04 周报.txt", "甲县 督办函 2026-01-04 周报.xlsx",
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, files); diff != "" {
		t.Error(diff)
	}
	text, err := os.ReadFile(h.path("share", "甲县", "回执", "督办 2026-01-04 周报.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"【督办】《周报》（2026-01-04 期）应于 2026年1月4日17:00 前报送，已经逾期。",
		"甲县：截至 2026年1月5日09:00，还没有收到。请尽快补报，补报收到 2026年1月9日17:00 为止。", "有疑问请联系：市整改办 王老师。"} {
		if !bytes.Contains(text, []byte(line)) {
			t.Errorf("the letter lacks %q:\n%s", line, text)
		}
	}
}

// Stages are set in hours too, or switched off.
func TestChaseSettings(t *testing.T) {
	clock := january(1, 8, 0)
	h, mailbox := chaseCity(t, &clock, ", remind: 3h, chase: off, report: 1w, at: \"08:30\"")
	var when []string
	for ; clock.Before(january(14, 0, 0)); clock = clock.Add(30 * time.Minute) {
		before := len(mailbox.got())
		if err := h.chase(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := h.office.Deliver(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(mailbox.got()) > before {
			when = append(when, clock.Format("01-02 15:04"))
		}
	}
	if diff := cmp.Diff([]string{"01-04 14:00", "01-11 08:30"}, when); diff != "" {
		t.Error(diff)
	}
}

// What the settings get wrong is told with its place.
func TestChaseSettingsAreStrict(t *testing.T) {
	for text, want := range map[string]string{
		"chase: {remind: soon}\n":       "“soon”应写成 1d、2w 或 36h",
		"chase: {remind: 0d}\n":         "“0d”应写成",
		"chase: {chase: 99d}\n":         "“99d”应写成",
		"chase: {at: 9点}\n":             "chase.at",
		"chase: {overdue: 12h}\n":       "chase.overdue 只能用天",
		"chase: {warn: 1d}\n":           "warn",
		"zone: 北京\n":                    "zone “北京”不是时区名称",
		"cityMail: [not an address]\n":  "cityMail",
		"cityMail: {a: b@example.cn}\n": "应写成",
	} {
		path := filepath.Join(t.TempDir(), "taizhang.yaml")
		write(t, path, text)
		if _, err := readSettings(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	path := filepath.Join(t.TempDir(), "taizhang.yaml")
	write(t, path, "zone: Asia/Urumqi\nchase: {remind: off, chase: 2w, report: 36h}\n")
	s, err := readSettings(path)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := s.zone()
	if err != nil || zone.String() != "Asia/Urumqi" {
		t.Errorf("%v %v", zone, err)
	}
	want := merge.Stages{Chase: merge.Offset{Days: 14}, Report: merge.Offset{Exact: 36 * time.Hour}, At: 9 * time.Hour}
	if got := s.Chase.stages(); got != want {
		t.Errorf("%+v", got)
	}
}
