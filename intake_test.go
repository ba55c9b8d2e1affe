package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// refusedStart runs the program on a data folder that it must refuse, and gives what it says.
func refusedStart(t *testing.T, data string) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "serve", "--data", data, "--addr", "127.0.0.1:0")
	said, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != exitUsage {
		t.Fatalf("ended with %v, want 2\n%s", err, said)
	}
	return string(said)
}

// noticed is what the page tells the city.
func (d *daemon) noticed() []string {
	var ready struct{ Problems []string }
	d.get("/readyz", &ready)
	return ready.Problems
}

// dropInto writes a file below share/ and makes its folder.
func (d *daemon) dropInto(path string, data []byte) {
	d.t.Helper()
	path = filepath.Join(d.data, "share", path)
	if err := os.MkdirAll(filepath.Dir(path), 0o770); err != nil {
		d.t.Fatal(err)
	}
	write(d.t, path, string(data))
}

// A clerk makes a second folder with a blank in its name: both are the county's, and
// the files of one name in them are two files, however often the program starts.
func TestTwoFoldersOfOneCounty(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 500ms\n", twoCounties)
	d.dropInto("甲县/表.xlsx", f3Grid(t, "甲县", "5"))
	eventually(t, "the first file", func() bool { return len(d.files()) == 1 })
	d.dropInto("甲 县/表.xlsx", append(f3Grid(t, "甲县", "5"), 'x'))
	want := []string{"甲县 表.xlsx", "甲县 甲 县/表.xlsx"}
	eventually(t, "both files", func() bool { return slices.Equal(d.files(), want) })
	for range 2 {
		d = d.again()
		time.Sleep(1500 * time.Millisecond) // everything is announced again
		if got := d.files(); !slices.Equal(got, want) {
			t.Fatalf("after a restart %q, want %q", got, want)
		}
	}
}

// A county whose folder is named otherwise still has its own name: a folder of that name
// is no second county.
func TestAFolderOfTheCountysOwnName(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 500ms\n", "counties:\n  - {name: 甲县, folder: jia}\n")
	d.dropInto("jia/表.xlsx", f3Grid(t, "甲县", "5"))
	eventually(t, "the first file", func() bool { return len(d.files()) == 1 })
	d.dropInto("甲县/表.xlsx", append(f3Grid(t, "甲县", "5"), 'x'))
	want := []string{"甲县 表.xlsx", "甲县 甲县/表.xlsx"}
	eventually(t, "both files", func() bool { return slices.Equal(d.files(), want) })
	if code, said := d.upload("/api/v1/submissions", "甲县", "又一份.xlsx", f3Grid(t, "甲县", "5")); code != http.StatusAccepted {
		t.Errorf("an upload for 甲县: %d %s", code, said)
	}
}

// A county that gets another name while its folder stays would count twice.
func TestACountyRenamedInItsFolder(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 500ms\n", twoCounties)
	d.dropInto("甲县/表.xlsx", f3Grid(t, "甲县", "5"))
	eventually(t, "the file", func() bool { return len(d.files()) == 1 })
	d.stop()
	write(t, filepath.Join(d.data, "counties.yaml"), "counties:\n  - {name: 甲区, folder: 甲县, aliases: [甲县]}\n  - {name: 乙县}\n")
	said := refusedStart(t, d.data)
	for _, want := range []string{"“甲区”的文件夹，以前以“甲县”的名义收过 1 份文件", "name 写“甲县”，把“甲区”写进它的 aliases"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	write(t, filepath.Join(d.data, "counties.yaml"), "counties:\n  - {name: 甲县, aliases: [甲区]}\n  - {name: 乙县}\n")
	d = d.again()
	time.Sleep(1500 * time.Millisecond)
	if got := d.files(); !slices.Equal(got, []string{"甲县 表.xlsx"}) {
		t.Errorf("with the hint followed: %q", got)
	}
}

// Folders that nobody would ever look into, or that are the city's, are refused with
// their line.
func TestFoldersThatNoCountyCanHave(t *testing.T) {
	for folder, why := range map[string]string{
		"市级": "市里自己的文件夹", "回执": "不会被读取", "~甲": "不会被读取", "'@eaDir'": "不会被读取", "CON": "系统保留",
	} {
		data := t.TempDir()
		write(t, filepath.Join(data, "counties.yaml"), "counties:\n  - {name: 乙县}\n  - {name: 甲县, folder: "+folder+"}\n")
		if said := refusedStart(t, data); !strings.Contains(said, "counties.yaml:3:") || !strings.Contains(said, why) {
			t.Errorf("%s: it does not say line 3 and %q:\n%s", folder, why, said)
		}
	}
}

// Nor can a county have the name that the city has in the store.
func TestACountyNamedAsTheCity(t *testing.T) {
	data := t.TempDir()
	write(t, filepath.Join(data, "counties.yaml"), "counties:\n  - {name: 市级, folder: shiji}\n")
	if said := refusedStart(t, data); !strings.Contains(said, "市里自己的名称") {
		t.Errorf("it does not say whose name it is:\n%s", said)
	}
}

// Somebody put a file in the place of a county's folder: the program starts, the other
// counties go on, the page tells of it, and no longer once it is gone.
func TestAFileInTheFoldersPlace(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 300ms\n", twoCounties)
	eventually(t, "the folder to be known", func() bool {
		kept, err := os.ReadFile(filepath.Join(d.data, "share.json"))
		return err == nil && strings.Contains(string(kept), "甲县")
	})
	d.stop()
	place := filepath.Join(d.data, "share", "甲县")
	if err := os.RemoveAll(place); err != nil {
		t.Fatal(err)
	}
	write(t, place, "x")
	d = d.again()
	d.dropInto("乙县/表.xlsx", f3Grid(t, "乙县", "5"))
	eventually(t, "the other county's file", func() bool { return slices.Equal(d.files(), []string{"乙县 表.xlsx"}) })
	told := func() bool {
		return strings.Contains(strings.Join(d.noticed(), "\n"), "甲县：占着这个单位文件夹的位置")
	}
	eventually(t, "the notice", told)
	if err := os.Remove(place); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the notice to go", func() bool { return !told() })
	d.dropInto("甲县/表.xlsx", f3Grid(t, "甲县", "5"))
	eventually(t, "the file", func() bool { return len(d.files()) == 2 })
}

// What was not taken is told as long as it lies there.
func TestANoticeGoesWithItsFile(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 300ms\n", twoCounties)
	inner := filepath.Join(d.data, "share", "甲县", "附件")
	if err := os.MkdirAll(inner, 0o770); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the notice", func() bool { return strings.Contains(strings.Join(d.noticed(), "\n"), "甲县/附件：") })
	if err := os.Remove(inner); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the notice to go", func() bool { return len(d.noticed()) == 0 })
}

// A county with a share of its own finds its answers there, also when another share had
// its folder before.
func TestOwnRootBeforeASharedOne(t *testing.T) {
	shared, alone := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(shared, "甲县"), 0o770); err != nil {
		t.Fatal(err)
	}
	serveData(t, fmt.Sprintf("settle: 100ms\nrescan: 300ms\nroots:\n  - {name: 内网, path: %s}\n  - {name: 甲县局, path: %s, county: 甲县}\n", shared, alone), twoCounties)
	write(t, filepath.Join(shared, "甲县", "表.xlsx"), string(f3Grid(t, "甲县", "5")))
	eventually(t, "the answer in the county's own share", func() bool { return len(receipts(t, alone)) == 1 })
	if there := receipts(t, filepath.Join(shared, "甲县")); len(there) > 0 {
		t.Errorf("answers lie where 甲县 does not look: %v", there)
	}
}

// A share that is another one under a link would bring everything in twice.
func TestARootThatIsALink(t *testing.T) {
	data, links := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "share"), 0o770); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(links, "also")
	if err := os.Symlink(filepath.Join(data, "share"), link); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(data, "taizhang.yaml"), "city: 甲市\nroots:\n  - {name: 内网, path: "+link+"}\n")
	if said := refusedStart(t, data); !strings.Contains(said, "taizhang.yaml:3:") || !strings.Contains(said, "第 1 项的 path 与另一个") {
		t.Errorf("it does not say which root overlaps:\n%s", said)
	}
}

// An answer that its folder does not take is told on the page with what to do, and lies
// there once that is done.
func TestAFileInTheAnswersPlace(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 300ms\n", twoCounties)
	place := filepath.Join(d.data, "share", "甲县", "回执")
	d.dropInto("甲县/回执", []byte("x"))
	d.dropInto("甲县/表.xlsx", f3Grid(t, "甲县", "5"))
	told := func() bool {
		return strings.Contains(strings.Join(d.noticed(), "\n"), "甲县：1 份答复放不进“回执”文件夹") &&
			strings.Contains(strings.Join(d.noticed(), "\n"), "把它移走")
	}
	eventually(t, "the notice", told)
	if data, err := os.ReadFile(place); err != nil || string(data) != "x" {
		t.Errorf("the county's file is %q (%v)", data, err)
	}
	if err := os.Remove(place); err != nil {
		t.Fatal(err)
	}
	d = d.again() // what waits for a folder is tried again at a start
	eventually(t, "the answer", func() bool { return len(receipts(t, filepath.Join(d.data, "share", "甲县"))) == 1 })
	eventually(t, "the notice to go", func() bool { return !told() })
}

// Folders of ours that somebody cleared away while the program runs: summaries are
// written anew, and a missing archive is told as long as it is missing.
func TestFoldersClearedAway(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 300ms\n", twoCounties)
	if err := errors.Join(os.RemoveAll(filepath.Join(d.data, "summaries")), os.Rename(filepath.Join(d.data, "archive"), filepath.Join(d.data, "weg"))); err != nil {
		t.Fatal(err)
	}
	d.dropInto("甲县/表.xlsx", f3Grid(t, "甲县", "5"))
	eventually(t, "the notice", func() bool { return strings.Contains(strings.Join(d.noticed(), "\n"), "有文件收不进来") })
	if err := os.Rename(filepath.Join(d.data, "weg"), filepath.Join(d.data, "archive")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the file", func() bool { return len(d.files()) == 1 })
	eventually(t, "the summary", func() bool {
		found, err := filepath.Glob(filepath.Join(d.data, "summaries", "*.xlsx"))
		return err == nil && len(found) > 0
	})
}

// A summary that cannot be put in its place is told, and no longer once it can.
func TestASummaryThatCannotBeWritten(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 300ms\n", twoCounties)
	book := filepath.Join(d.data, "summaries", "群众举报问题办理情况汇总表（各县区上报）.xlsx")
	eventually(t, "the first summary", func() bool { _, err := os.Stat(book); return err == nil })
	if err := errors.Join(os.Remove(book), os.Mkdir(book, 0o700)); err != nil { // as good as open in Excel on Windows
		t.Fatal(err)
	}
	d.dropInto("甲县/表.xlsx", f3Grid(t, "甲县", "5"))
	told := func() bool {
		return strings.Contains(strings.Join(d.noticed(), "\n"), "汇总表“群众举报问题办理情况汇总表（各县区上报）”没有写出来")
	}
	eventually(t, "the notice", told)
	if err := os.Remove(book); err != nil {
		t.Fatal(err)
	}
	d.dropInto("甲县/表.xlsx", append(f3Grid(t, "甲县", "5"), 'x')) // wakes it before its minute is over
	eventually(t, "the notice to go", func() bool { return !told() })
}

// A copy of a whole share is imported: answers that lie in it are no county, papers that
// a clerk mended there are the county's, and one stray file is told before any is taken.
func TestImportOfAShare(t *testing.T) {
	d := serveData(t, "settle: 100ms\nrescan: 300ms\n", twoCounties)
	d.stop()
	old := t.TempDir()
	for name, data := range map[string][]byte{
		"甲县/表.xlsx": f3Grid(t, "甲县", "5"), "甲县/回执/20261122-0001 回执（退回）.txt": []byte("答复"),
		"甲县/回执/表【请修改】.xlsx": f3Grid(t, "甲县", "5"), "散.xlsx": f3Grid(t, "甲县", "5"), "甲县/附件/照片/一.xlsx": f3Grid(t, "甲县", "5"),
	} {
		if err := os.MkdirAll(filepath.Join(old, filepath.Dir(name)), 0o770); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(old, name), string(data))
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	run := func() (int, string) {
		said, err := exec.CommandContext(t.Context(), path, "import", old, "--data", d.data).CombinedOutput()
		var ended *exec.ExitError
		if err != nil && !errors.As(err, &ended) {
			t.Fatal(err)
		}
		if ended != nil {
			return ended.ExitCode(), string(said)
		}
		return 0, string(said)
	}
	code, said := run()
	if code != exitUsage || !strings.Contains(said, "有 2 个文件不知道是哪个县区的，一个也没有收") {
		t.Errorf("with strays: %d\n%s", code, said)
	}
	if err := errors.Join(os.Remove(filepath.Join(old, "散.xlsx")), os.RemoveAll(filepath.Join(old, "甲县/附件"))); err != nil {
		t.Fatal(err)
	}
	if code, said = run(); code != exitFine || strings.Contains(said, "\r") {
		t.Errorf("without strays: %d\n%q", code, said)
	}
	d = d.again()
	want := []string{"甲县 回执/表【请修改】.xlsx", "甲县 表.xlsx"}
	if got := d.files(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
