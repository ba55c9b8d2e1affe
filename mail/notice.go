package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"taizhang/merge"
)

// notice is a letter that answers no file, as it is delivered: a text under a
// name of its own, and where there is one the workbook that goes with it.
type notice struct {
	subject, text string // text has one sentence a line; the first one sums it up
	file          string // name of the text in 回执
	book          []byte // nil for none
	bookName      string
	bookASCII     string // for mail programs that show no Chinese names
	confidential  bool   // it quotes rows of a confidential form
}

// notices writes each kind of notice from the store, at the moment it is
// delivered: the outbox itself holds no names and no contents.
var notices = map[string]func(ctx context.Context, o *Office, l merge.Letter) (notice, error){
	"handed":    handedNotice,
	"prefilled": prefilledNotice,

	merge.KindRemind:  remindNotice,
	merge.KindChase:   chaseNotice,
	merge.KindMissing: missingNotice,
	merge.KindOverdue: overdueNotice,

	merge.KindWithdrawn: withdrawnNotice,
}

// tell delivers a notice.
func (o *Office) tell(ctx context.Context, l merge.Letter) error {
	write, ok := notices[l.Kind]
	if !ok {
		return fmt.Errorf("no notice of kind %q (a newer program wrote it?)", l.Kind)
	}
	n, err := write(ctx, o, l)
	if err != nil {
		return fmt.Errorf("notice %s: %w", l.Kind, err)
	}
	if l.Channel == channelMail {
		return o.postNotice(ctx, l, n)
	}
	return inTime(ctx, hung, func() error { return o.fileNotice(ctx, l.County, n) })
}

// fileNotice puts a notice into the folder of its county, or of the city. The names
// of one with a workbook tell its form and its period or version, so no other
// notice has them.
func (o *Office) fileNotice(ctx context.Context, county string, n notice) (err error) {
	if county == "" {
		county = merge.City
	}
	f, err := o.answersFolder(county)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	if n.book != nil {
		if err := f.put(ctx, &paper{name: n.bookName, data: n.book, form: true, once: true}); err != nil {
			return err
		}
	}
	return f.put(ctx, &paper{name: n.file, data: windowsText(n.text), once: n.book != nil})
}

// postNotice sends a notice by mail.
func (o *Office) postNotice(ctx context.Context, l merge.Letter, n notice) error {
	return o.dispatch(ctx, l, func(most int) (*gomail.Msg, error) {
		return composeNotice(l, n, o.SMTP.From, most, o.now())
	})
}

// composeNotice writes the letter of a notice.
func composeNotice(l merge.Letter, n notice, from string, most int, now time.Time) (*gomail.Msg, error) {
	e := envelope{l, from, n.subject, threadRoot(l.MessageID, l.County, l.Form, l.Period), now}
	if n.confidential {
		return e.fill(n.hint(), nil)
	}
	var files []attachment
	if n.book != nil {
		files = append(files, attachment{ascii: n.bookASCII, name: n.bookName, kind: kindBook, data: n.book})
	}
	files, dropped := fit(files, most)
	return e.fill(n.page(attachedPart(files, dropped)), files)
}

// page is the notice with the letter's own part at its end.
func (n notice) page(note part) page {
	lines := strings.Split(strings.Trim(n.text, "\n"), "\n")
	p := page{Tone: "wait", Head: lines[0], Parts: []part{note}}
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) != "" {
			p.Why = append(p.Why, line)
		}
	}
	return p
}
