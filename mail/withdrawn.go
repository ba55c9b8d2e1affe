package mail

import (
	"context"
	"fmt"
	"strings"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// withdrawnNotice tells a county that the city withdrew one of its files, why, and
// what counts now. Its reference is the number of the submission.
func withdrawnNotice(ctx context.Context, o *Office, l merge.Letter) (notice, error) {
	w, err := o.Store.Withdrawal(ctx, l.Ref)
	if err != nil {
		return notice{}, err
	}
	var lines []string
	for _, lang := range []string{"zh", "en"} {
		lines = append(lines, o.withdrawnLines(w, lang)...)
		if lang == "zh" {
			lines = append(lines, o.ask())
		}
	}
	n := notice{
		subject: fmt.Sprintf("【台账】撤销：%s（回执%s）", w.Submission.FormTitle, w.Submission.Number),
		text:    strings.Join(lines, "\n") + "\n",
		file:    w.Submission.Number + " 撤销通知.txt",
	}
	f := o.Catalog.Form(l.Form)
	n.confidential = f == nil || f.Confidential
	return n, nil
}

// withdrawnLines are the sentences of the letter in one language.
func (o *Office) withdrawnLines(w merge.Withdrawal, lang string) []string {
	zone := Report{Zone: o.Zone}.zone()
	on := func(t time.Time) string {
		if lang == "zh" {
			return day(t.In(zone))
		}
		return t.In(zone).Format(time.DateOnly)
	}
	say := func(id string, slots map[string]any) string { return templates.Say(lang, "withdrawn."+id, slots) }
	s := w.Submission
	lines := []string{
		say("head", map[string]any{"Title": s.FormTitle, "Period": s.Period}),
		say("file", map[string]any{"Number": s.Number, "File": templates.Shown(s.File, 200), "Day": on(s.ArrivedAt)}),
		say("reason", map[string]any{"Reason": templates.Shown(w.Reason, 500)}),
	}
	if w.Instead != nil {
		lines = append(lines, say("instead", map[string]any{"Number": w.Instead.Number, "Day": on(w.Instead.ArrivedAt)}))
	} else {
		lines = append(lines, say("none", nil))
	}
	for _, r := range w.Rejudged {
		lines = append(lines, say("rejudged", map[string]any{"Number": r.Number, "Was": r.Was.Say(lang), "Is": r.Is.Say(lang)}))
	}
	return append(lines, say("next", nil))
}
