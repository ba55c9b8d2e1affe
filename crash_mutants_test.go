package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// mutant is a deliberate mistake in the program. The crash tests are worth
// something only if they notice it.
type mutant struct {
	name      string
	edits     []edit
	crash     string // name:hit of the point where it shows; "" when it shows without a kill
	invariant string // that must be broken
}

var crashMutants = []mutant{
	{
		name: "the receipt is posted after the merge, in a transaction of its own",
		edits: []edit{
			{"mutant", "merge", "if err := q.post(sub, o); err != nil {\n\t\treturn err\n\t}\n", ""},
			{"mutant", "merge", "done[i] = Merged{Err: fmt.Errorf(\"merge arrival %d: %w\", files[i].Arrival.ID, err)}\n\t})",
				"done[i] = Merged{Err: fmt.Errorf(\"merge arrival %d: %w\", files[i].Arrival.ID, err)}\n\t})\n" +
					"crashpoint(\"mutant/unposted\")\nfor i, f := range files {\n" +
					"done[i].Err = s.change(ctx, func(q *session) error { return q.post(done[i].Submission, f.Answer) })\n}"},
		},
		crash: "mutant/unposted:1", invariant: "I5",
	},
	{
		name:      "a copy is not looked through for completeness",
		edits:     []edit{{"mutant", ".", "return sheets.Complete(f, info.Size())", "_ = info\nreturn nil"}},
		invariant: "I1",
	},
	{
		name: "a file rests by the age of its mtime, not by our own clock",
		edits: []edit{{"mutant", "watcher", "r.mark, r.since, r.due, r.delay = mark, now, now.Add(settle), settle",
			"r.mark, r.since, r.due, r.delay = mark, now, time.Unix(0, mark.mtime).Add(settle), settle"}},
		invariant: "I1",
	},
	{
		name: "bytes that once came under a name are never new there, so that A after B is lost",
		edits: []edit{{"mutant", "merge", "last, err := q.lastArrival(a.County, a.Name)",
			"last, err := q.lastArrival(a.County, a.Name)\n" +
				"if q.one(`SELECT sha256 FROM arrival WHERE county = $1 AND name = $2 AND sha256 = $3 LIMIT 1`, []any{a.County, a.Name, a.SHA256}, &last.SHA256) == nil {\nerr = nil\n}"}},
		invariant: "I1",
	},
	{
		name: "bytes that arrived before a restart arrive again",
		edits: []edit{{"mutant", "merge", "case err == nil && last.SHA256 == a.SHA256:",
			"case err == nil && last.SHA256 == a.SHA256 && q.at.Sub(last.At).Seconds() < 1:"}},
		invariant: "I2",
	},
	{
		name: "every try of a letter has a new Message-ID",
		edits: []edit{{"mutant", "merge", "l.To = strings.Split(to, \"\\n\")",
			"l.To = strings.Split(to, \"\\n\")\nif l.Attempts > 1 {\nl.MessageID = fmt.Sprintf(\"<%d.%s\", l.Attempts, l.MessageID[1:])\n}"}},
		crash: "letter/taken:1", invariant: "I5",
	},
	{
		name: "a letter is marked as sent before it is",
		edits: []edit{{"mutant", "mail", "refused, err := o.SMTP.Send(ctx, m, to, l.Attempts < whole)",
			"_ = o.Store.Sent(ctx, l.ID)\ncrashpoint(\"mutant/sent\")\nrefused, err := o.SMTP.Send(ctx, m, to, l.Attempts < whole)"}},
		crash: "mutant/sent:1", invariant: "I5",
	},
	{
		name: "a merge is two transactions",
		edits: []edit{
			{"mutant", "merge", "const MostTogether = 64", "const MostTogether = 1"},
			{"mutant", "merge", "if err := work(&session{Store: s, ctx: ctx, tx: tx, at: s.now().UTC().Truncate(time.Millisecond)}); err != nil {",
				"q := &session{Store: s, ctx: ctx, tx: tx, at: s.now().UTC().Truncate(time.Millisecond)}\nif err := work(q); err != nil {"},
			{"mutant", "merge", "if err := tx.Commit(); err != nil {", "if err := q.tx.Commit(); err != nil {"},
			{"mutant", "merge", "if Takes(sub.Verdict) && !was.again {",
				"err = q.tx.Commit()\ncrashpoint(\"mutant/half\")\nif err == nil {\nq.tx, err = q.write.BeginTx(q.ctx, nil)\n}\nif err != nil {\nreturn sub, err\n}\n" +
					"if Takes(sub.Verdict) && !was.again {"},
		},
		crash: "mutant/half:3", invariant: "I2",
	},
	{
		name: "an answer is remembered as ours only after it lies in the folder",
		edits: []edit{{"mutant", "mail", "err := f.known(ctx, f.county, ours)\n\tif err == nil {\n\t\terr = f.place(written)\n\t}",
			"err := f.place(written)\nif err == nil {\ncrashpoint(\"mutant/unknown\")\nerr = f.known(ctx, f.county, ours)\n}"}},
		crash: "mutant/unknown:1", invariant: "I1",
	},
	{
		name: "a summary is marked as written before it is in place",
		edits: []edit{{"mutant", ".", "if err := writeWhole(h.path(\"summaries\", file), book); err != nil {",
			"early := sha256.Sum256(book)\nif err := h.store.Released(ctx, name, version, hex.EncodeToString(early[:])); err != nil {\nreturn err\n}\n" +
				"crashpoint(\"mutant/marked\")\nif err := writeWhole(h.path(\"summaries\", file), book); err != nil {"}},
		crash: "mutant/marked:7", invariant: "I4",
	},
}

// mutantPatience is how long a mutant may make no progress.
const mutantPatience = 6 * time.Second

// mutantRounds is how often a mutant may get away with it.
const mutantRounds = 12

// Each deliberate mistake is noticed, by the invariant that is named.
func TestCrashMutants(t *testing.T) {
	for _, m := range crashMutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, crashBuild(t, m.build(), crashPace), t.TempDir(), *crashSeed)
			w.patience = mutantPatience
			wrong, rounds := w.torment(m)
			if !slices.ContainsFunc(wrong, func(text string) bool { return strings.HasPrefix(text, m.invariant+":") }) {
				t.Fatalf("not noticed by %s within %d rounds:\n  %s", m.invariant, rounds, strings.Join(wrong, "\n  "))
			}
			t.Logf("noticed in round %d by %s", rounds, wrong[0])
		})
	}
}

// build are the mutant's edits, and the point where it is killed.
func (m mutant) build() []edit {
	edits := slices.Clone(m.edits)
	for _, point := range crashPoints {
		if strings.HasPrefix(m.crash, point.name+":") {
			edits = append(edits, point)
		}
	}
	return edits
}

// underEyes lets the counties send files while the program is up.
func (w *world) underEyes() []string {
	w.start("")
	defer w.kill()
	for end := time.Now().Add(crashPatience); !strings.Contains(w.log.String(), "http://") && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	w.wave(1)
	return w.calm()
}

// torment kills a mutant until something is wrong.
func (w *world) torment(m mutant) (wrong []string, round int) {
	for round < mutantRounds && len(wrong) == 0 {
		round++
		if m.crash == "" {
			wrong = w.underEyes()
		} else {
			wrong = w.crashAt(m.crash)
		}
	}
	w.kill()
	return wrong, round
}
