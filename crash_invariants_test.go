package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	netmail "net/mail"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// still looks at a folder whose program is dead: what must hold at any moment.
// Whatever has its final name is whole.
func (w *world) still() (wrong []string) {
	for _, path := range w.files("archive/*/*") {
		if filepath.Base(filepath.Dir(path)) == "tmp" {
			continue
		}
		if sha := w.hash(path); sha != filepath.Base(path) {
			wrong = append(wrong, "I1: the archive has "+filepath.Base(path)+" with the bytes of "+sha)
		}
	}
	for _, path := range append(w.files("summaries/*.xlsx"), w.answers("*.xlsx")...) {
		if err := wholeZip(path); err != nil && !w.unfinished(path) {
			wrong = append(wrong, fmt.Sprintf("I4: %s is not whole: %v", filepath.Base(path), err))
		}
	}
	for _, path := range w.answers("*.txt") {
		if data, err := os.ReadFile(path); err != nil || !bytes.HasSuffix(data, []byte("\n")) {
			wrong = append(wrong, fmt.Sprintf("I5: the receipt %s is not whole: %v", filepath.Base(path), err))
		}
	}
	return wrong
}

// unfinished reports a file that the generator itself is writing.
func (w *world) unfinished(path string) bool {
	return slices.ContainsFunc(w.places, func(p *place) bool { return filepath.Base(p.name) == filepath.Base(path) })
}

// check answers what is not as it must be once everything has come to rest. The
// first sort of trouble is answered alone: the others follow from it.
func (w *world) check() []string {
	s, err := readStore(w.data)
	if err != nil {
		return []string{"I1: the store cannot be read: " + err.Error()}
	}
	for _, look := range []func(*stored) []string{w.checkArrivals, w.checkOrder, w.checkFacts, w.checkAnswers, w.checkSummaries, w.checkArchive, w.checkRests} {
		if wrong := look(s); len(wrong) > 0 {
			return wrong
		}
	}
	return nil
}

// checkArrivals is I1: every content that rested has one arrival, under its
// place and in order, and nothing else has.
func (w *world) checkArrivals(s *stored) (wrong []string) {
	came := map[[2]string][]string{}
	for _, a := range s.arrivals {
		at := [2]string{a.county, a.name}
		came[at] = append(came[at], a.sha)
	}
	for _, p := range w.places {
		at := [2]string{p.county, p.name}
		if why := p.wrong(came[at]); why != "" {
			wrong = append(wrong, why)
		}
		delete(came, at)
	}
	for at := range came {
		wrong = append(wrong, fmt.Sprintf("I1: %s/%s arrived, and nobody put it there", at[0], at[1]))
	}
	return wrong
}

// checkOrder is I2: one submission for each arrival, in the order of arrival
// within a county, and no number twice.
func (w *world) checkOrder(s *stored) (wrong []string) {
	last, numbers, of := map[string]int64{}, map[string]bool{}, map[int64]storedSubmission{}
	for _, b := range s.submissions {
		if b.arrival <= last[b.county] {
			wrong = append(wrong, fmt.Sprintf("I2: submission %s of %s is of arrival %d, after one of arrival %d", b.number, b.county, b.arrival, last[b.county]))
		}
		if numbers[b.number] {
			wrong = append(wrong, "I2: two submissions have the number "+b.number)
		}
		last[b.county], numbers[b.number], of[b.arrival] = b.arrival, true, b
	}
	for _, a := range s.arrivals {
		if b, ok := of[a.id]; !ok || b.sha != a.sha || !a.judged {
			wrong = append(wrong, fmt.Sprintf("I2: arrival %d of %s: judged %v, submission %q", a.id, a.county, a.judged, b.number))
		}
	}
	if len(of) != len(s.arrivals) {
		wrong = append(wrong, fmt.Sprintf("I2: %d arrivals have %d submissions", len(s.arrivals), len(of)))
	}
	return wrong
}

// checkFacts is I3: the current rows are what the last files in force say, as
// the generator knows it from writing them.
func (w *world) checkFacts(s *stored) (wrong []string) {
	books := w.booksOf(s)
	want, inForce := expected(books)
	for at, says := range want {
		if got := s.facts[at]; !reflect.DeepEqual(got, says) {
			wrong = append(wrong, fmt.Sprintf("I3: %v is %v, and the files say %v", at, got, says))
		}
	}
	for at := range s.facts {
		if want[at] == nil {
			wrong = append(wrong, fmt.Sprintf("I3: %v is a fact of no file in force", at))
		}
	}
	if s.rows != len(s.facts) {
		wrong = append(wrong, fmt.Sprintf("I3: %d current rows for %d keys", s.rows, len(s.facts)))
	}
	wrong = append(wrong, checkHanded(s, books)...)
	if !reflect.DeepEqual(s.force, inForce) {
		wrong = append(wrong, fmt.Sprintf("I3: in force are %v, not %v", s.force, inForce))
	}
	return wrong
}

// checkHanded is I3 for the city's lists: each county has in hand what the last
// list that names a task says of it.
func checkHanded(s *stored, books []*workbook) (wrong []string) {
	handed, _ := handedOver(books)
	for at, problem := range handed {
		if !strings.Contains(s.handed[at], problem) {
			wrong = append(wrong, fmt.Sprintf("I3: %v in hand is %q, and the lists say %s", at, s.handed[at], problem))
		}
	}
	if len(s.handed) != len(handed) {
		wrong = append(wrong, fmt.Sprintf("I3: %d tasks in hand, and the lists have %d", len(s.handed), len(handed)))
	}
	return wrong
}

// booksOf are the workbooks that arrived, in order.
func (w *world) booksOf(s *stored) (books []*workbook) {
	for _, a := range s.arrivals {
		books = append(books, w.bySHA[a.sha])
	}
	return books
}

// handedFile is the name of what a county gets of a list; it tells the version.
var handedFile = regexp.MustCompile(`(第\d+版)[】）].*\.(?:xlsx|txt)$`)

// receipt is the name of a receipt; it begins with the submission's number.
var receipt = regexp.MustCompile(`^(\d{8}-\d{4,}) 回执（.*）.*\.txt$`)

// checkAnswers is I5: one receipt in the folder and one letter by mail for each
// submission. A letter may come twice only when the program died while it went
// out, and then under the same Message-ID.
func (w *world) checkAnswers(s *stored) (wrong []string) {
	want := map[string]int{}
	marked := 0
	for _, b := range s.submissions {
		want[b.county+" "+b.number]++
		if b.verdict == "returned" || b.verdict == "partial" {
			marked++
		}
	}
	_, lists := handedOver(w.booksOf(s))
	for n := range lists { // the form and the words about it, for each county and list
		for _, county := range crashCounties {
			want[fmt.Sprintf("%s 第%d版", county, n+1)] = 2
		}
	}
	got := map[string]int{}
	var copies []string
	for _, path := range w.answers("*") {
		name, county := filepath.Base(path), w.countyAt(path)
		if m := handedFile.FindStringSubmatch(name); m != nil {
			got[county+" "+m[1]]++
		} else if m := receipt.FindStringSubmatch(name); m != nil {
			got[county+" "+m[1]]++
		} else if !w.unfinished(path) {
			copies = append(copies, county+" "+name)
		}
	}
	if !reflect.DeepEqual(got, want) {
		wrong = append(wrong, "I5: receipts in 回执/ against submissions: "+differ(got, want))
	}
	if len(copies) > marked {
		wrong = append(wrong, fmt.Sprintf("I5: marked workbooks in 回执/ for %d files with mistakes: %q", marked, copies))
	}
	return append(wrong, w.checkLetters(s)...)
}

func (w *world) checkLetters(s *stored) (wrong []string) {
	want, got := map[string]int{}, map[string]int{}
	for _, l := range s.letters {
		if l.state != "sent" {
			wrong = append(wrong, fmt.Sprintf("I5: letter %s by %s is %s %s", l.id, l.channel, l.state, l.error))
		}
		if l.channel == "mail" {
			want[l.messageID] = 1
		}
	}
	owed := 0 // one letter for each submission of a county, and for each list two; the city has no address
	for _, b := range s.submissions {
		if owed++; b.county == cityFolder {
			owed += len(crashCounties) - 1
		}
	}
	if len(want) != owed {
		wrong = append(wrong, fmt.Sprintf("I5: %d Message-IDs, and %d letters are owed", len(want), owed))
	}
	letters := w.post.got()
	for _, l := range letters {
		m, err := netmail.ReadMessage(bytes.NewReader(l.data))
		if err != nil {
			return append(wrong, "I5: a letter cannot be read: "+err.Error())
		}
		got[m.Header.Get("Message-Id")] = 1
	}
	if !reflect.DeepEqual(got, want) {
		wrong = append(wrong, "I5: letters received against letters owed, by Message-ID: "+differ(got, want))
	}
	if twice := len(letters) - len(got); twice > w.kills {
		wrong = append(wrong, fmt.Sprintf("I5: %d letters came twice, and the program was killed %d times", twice, w.kills))
	}
	return wrong
}

// differ names what two counts do not agree on.
func differ(got, want map[string]int) string {
	var out []string
	for k := range want {
		if got[k] != want[k] {
			out = append(out, fmt.Sprintf("%s: %d, not %d", k, got[k], want[k]))
		}
	}
	for k := range got {
		if want[k] == 0 {
			out = append(out, fmt.Sprintf("%s: %d, not 0", k, got[k]))
		}
	}
	slices.Sort(out)
	return names(out)
}

// checkArchive is the other half of I1: the bytes of every arrival are there.
func (w *world) checkArchive(s *stored) (wrong []string) {
	for _, a := range s.arrivals {
		path := filepath.Join(w.data, "archive", a.sha[:2], a.sha)
		if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, w.bySHA[a.sha].data) || a.size != int64(len(data)) {
			wrong = append(wrong, fmt.Sprintf("I1: arrival %d: the archive does not have its %d bytes: %v", a.id, a.size, err))
		}
	}
	return append(wrong, w.still()...)
}

// checkRests is the other half of I4: nothing half-written is left lying about.
func (w *world) checkRests(*stored) (wrong []string) {
	for _, path := range w.files("archive/tmp/*") {
		wrong = append(wrong, "I4: left behind: "+path)
	}
	for _, path := range slices.Concat(w.files("summaries/.*"), w.files("backups/.*"), w.files("taizhang.db.re*"), w.answers(".*")) {
		if name := filepath.Base(path); name != "." && name != ".." {
			wrong = append(wrong, "I4: left behind: "+path)
		}
	}
	return wrong
}

// answers are the files in the folders where the counties and the city look for
// their answers. 乙县 looks in its own root, so whatever is put for it into the
// share has not been answered.
func (w *world) answers(pattern string) (found []string) {
	for _, dir := range []string{filepath.Join(w.data, "share", crashCounties[0]), w.root, filepath.Join(w.data, "share", cityFolder)} {
		paths, err := filepath.Glob(filepath.Join(dir, "回执", pattern))
		if err != nil {
			w.t.Fatal(err)
		}
		found = append(found, paths...)
	}
	return found
}

// countyAt is whose answer lies at a path.
func (w *world) countyAt(path string) string {
	folder := filepath.Dir(filepath.Dir(path))
	if folder == w.root {
		return crashCounties[1]
	}
	return filepath.Base(folder)
}

// files are the paths below the data folder that match.
func (w *world) files(pattern string) []string {
	found, err := filepath.Glob(filepath.Join(w.data, filepath.FromSlash(pattern)))
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func (w *world) hash(path string) string { return hashOf(path) }

func hashOf(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// wholeZip reads every entry of a workbook to its end, which checks the CRCs.
func wholeZip(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, entry := range z.File {
		r, err := entry.Open()
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, r)
		if end := r.Close(); err == nil {
			err = end
		}
		if err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
	}
	return nil
}
