package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"

	"taizhang/merge"

	gomail "github.com/wneessen/go-mail"
)

// The channels of the outbox, one loop each: a slow mail server never holds up
// the folders.
const (
	channelFolder = "folder"
	channelMail   = "mail"
)

// look is how often the outbox is looked at for letters whose time has come.
const look = 20 * time.Second

// pauses before the next attempts; after the last of them every hour.
var pauses = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour,
}

// patience is how long a letter is tried.
const patience = 5 * 24 * time.Hour

// pause is how long to wait after so many attempts, and false when the letter
// has been tried long enough.
func pause(attempts int) (time.Duration, bool) {
	at := max(attempts, 1) - 1
	var tried time.Duration
	for i := range at {
		tried += pauses[min(i, len(pauses)-1)]
	}
	return pauses[min(at, len(pauses)-1)], tried < patience
}

// Run delivers what is in the outbox until the context ends. What cannot be
// delivered is tried again later and never holds up the rest.
func (o *Office) Run(ctx context.Context) error {
	o.prepare()
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.loop(ctx, channelFolder, o.bells[0])
	}()
	if o.SMTP != nil {
		o.loop(ctx, channelMail, o.bells[1])
	}
	<-done
	return nil
}

// Wake makes Run look at the outbox now.
func (o *Office) Wake() {
	o.prepare()
	for _, bell := range o.bells {
		select {
		case bell <- struct{}{}:
		default: // it has been rung already
		}
	}
}

func (o *Office) prepare() {
	o.ready.Do(func() {
		o.bells = []chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)}
	})
}

// loop empties one channel of the outbox again and again.
func (o *Office) loop(ctx context.Context, channel string, bell <-chan struct{}) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := o.drain(ctx, channel); err != nil && ctx.Err() == nil {
			o.log().Error("outbox", "channel", channel, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-tick.C:
		}
	}
}

// Deliver delivers what is due now, once. The error is trouble with the outbox
// itself; a letter that could not be delivered stays in it.
func (o *Office) Deliver(ctx context.Context) error {
	err := o.drain(ctx, channelFolder)
	if o.SMTP != nil {
		err = errors.Join(err, o.drain(ctx, channelMail))
	}
	return err
}

// drain claims and delivers until nothing is due.
func (o *Office) drain(ctx context.Context, channel string) error {
	for ctx.Err() == nil {
		l, ok, err := o.Store.Claim(ctx, channel)
		if err != nil || !ok {
			return err
		}
		if err := o.settle(ctx, l, o.hand(ctx, l)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// hand delivers one letter.
func (o *Office) hand(ctx context.Context, l merge.Letter) error {
	if l.Kind != merge.KindAnswer {
		return o.tell(ctx, l)
	}
	a, err := o.answer(ctx, l.Submission)
	if err != nil {
		return err
	}
	if l.Channel == channelMail {
		return o.post(ctx, l, a)
	}
	return o.file(ctx, a)
}

// settle writes down what became of a letter, also while the program is
// stopping: a letter that went out must not go out again.
func (o *Office) settle(ctx context.Context, l merge.Letter, cause error) error {
	ctx, stopping := context.WithoutCancel(ctx), ctx.Err() != nil
	log := o.log().With("letter", l.ID, "kind", l.Kind, "submission", l.Submission, "channel", l.Channel)
	if cause == nil {
		log.Info("letter delivered")
		return o.Store.Sent(ctx, l.ID)
	}
	if stopping {
		return o.Store.Retry(ctx, l.ID, cause.Error(), o.now())
	}
	wait, more := pause(l.Attempts)
	var r *Refusal
	if errors.As(cause, &r) && r.Permanent() || !more {
		log.Error("letter not delivered, given up", "err", plain(cause))
		return o.Store.Fail(ctx, l.ID, cause.Error())
	}
	log.Warn("letter not delivered yet", "err", plain(cause), "again_in", wait.String())
	return o.Store.Retry(ctx, l.ID, cause.Error(), o.now().Add(wait))
}

// plain is an error as the log may hold it: without the names of files and
// without addresses, which a server repeats in its answer. The outbox keeps it all.
func plain(err error) string {
	var r *Refusal
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &r) && r.Code > 0:
		return fmt.Sprintf("mail, %s: the server answered %d", r.Stage, r.Code)
	case errors.As(err, &p):
		return p.Op + ": " + p.Err.Error()
	case errors.As(err, &l):
		return l.Op + ": " + l.Err.Error()
	}
	return err.Error()
}

// file puts an answer into the county's folder: the workbook first, because the
// text names it.
func (o *Office) file(ctx context.Context, a answer) (err error) {
	county := a.Submission.County
	f, err := openFolder(o.Share, o.folderOf(county), county)
	if err != nil {
		return err
	}
	f.wrote = o.Store.Answered
	defer func() { err = errors.Join(err, f.close()) }()
	if a.book != nil {
		if a.Clean {
			f.wrote = o.Store.Posted
		}
		if a.Copy, err = f.put(ctx, a.Copy, a.book); err != nil {
			return err
		}
	}
	_, err = f.put(ctx, receiptName(a.Report), windowsText(ReportText(a.Report)))
	return err
}

// receiptName names the text: 20261122-0007 回执（通过）.txt.
func receiptName(r Report) string {
	return fmt.Sprintf("%s 回执（%s）.txt", r.Submission.Number, r.Submission.Verdict.Say("zh"))
}

// whole is for how many attempts a letter waits until the server takes it for
// all of the county's addresses at once.
const whole = 4

// post sends an answer by mail.
func (o *Office) post(ctx context.Context, l merge.Letter, a answer) error {
	return o.dispatch(ctx, l, func(most int) (*gomail.Msg, error) {
		return compose(l, a.Report, o.SMTP.From, attachments(a), most, o.now())
	})
}

// dispatch sends a letter that is written with at most so many bytes attached. A
// server that finds it too large gets it once more without attachments.
func (o *Office) dispatch(ctx context.Context, l merge.Letter, write func(most int) (*gomail.Msg, error)) error {
	to := usable(l.To)
	if len(to) == 0 {
		return &Refusal{Stage: "address", Err: errors.New("no usable e-mail address (mend it in counties.yaml)")}
	}
	err := o.send(ctx, l, to, maxAttached, write)
	var r *Refusal
	if errors.As(err, &r) && r.Code == 552 {
		return o.send(ctx, l, to, 0, write)
	}
	return err
}

func (o *Office) send(ctx context.Context, l merge.Letter, to []string, most int, write func(int) (*gomail.Msg, error)) error {
	m, err := write(most)
	if err != nil {
		return err
	}
	if err := m.To(to...); err != nil {
		return fmt.Errorf("recipients: %w", err)
	}
	refused, err := o.SMTP.Send(ctx, m, to, l.Attempts < whole)
	if err == nil && len(refused) > 0 {
		o.log().Warn("some addresses were refused", "letter", l.ID, "refused", len(refused), "of", len(to))
	}
	return err
}

// attachments are the receipt, and the workbook where there is one.
func attachments(a answer) []attachment {
	n := a.Submission.Number
	out := []attachment{{
		ascii: "receipt-" + n + ".txt", name: receiptName(a.Report),
		kind: kindText, data: windowsText(ReportText(a.Report)),
	}}
	if a.book == nil {
		return out
	}
	word := "findings-"
	if a.Clean {
		word = "new-form-"
	}
	if a.Marked {
		word = "mend-"
	}
	return append(out, attachment{ascii: word + n + path.Ext(a.Copy), name: a.Copy, kind: kindBook, data: a.book})
}
