package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"taizhang/merge"
)

// The channels of the outbox, one loop each: a slow mail server never holds up
// the folders.
const (
	channelFolder = "folder"
	channelMail   = "mail"
)

// How often the outbox is looked at for letters whose time has come.
const (
	lookFolder = 5 * time.Second // a clerk closes a file in a moment
	lookMail   = 20 * time.Second
)

// Run delivers what is in the outbox until the context ends. What cannot be
// delivered is tried again later and never holds up the rest. Only one program
// may run it on a store: letters that are under way when it begins were left by
// one that died, and are due again.
func (o *Office) Run(ctx context.Context) error {
	o.prepare()
	if n, err := o.Store.Unclaim(ctx); err != nil && ctx.Err() == nil {
		o.log().Error("outbox", "err", err) // they are due in any case, a little later
	} else if n > 0 {
		o.log().Info("letters left under way are due again", "letters", n)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.loop(ctx, lookFolder, channelFolder, o.bells[0], o.drain)
	}()
	if o.SMTP != nil {
		o.loop(ctx, lookMail, channelMail, o.bells[1], o.carry)
		o.post.under.Wait()
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
func (o *Office) loop(ctx context.Context, every time.Duration, channel string, bell <-chan struct{}, work func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := work(ctx); err != nil && ctx.Err() == nil {
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

// Deliver delivers what is due now, once, and waits for it; letters that a domain
// takes no more of this minute stay. The error is trouble with the outbox itself; a
// letter that could not be delivered stays in it.
func (o *Office) Deliver(ctx context.Context) error {
	err := o.drain(ctx)
	if o.SMTP != nil {
		err = errors.Join(err, o.carryAll(ctx))
	}
	return err
}

// mostFolders is how many counties' folders are written into at once. What is told
// to the store meanwhile goes into one transaction.
const mostFolders = 16

// drain delivers into the folders until nothing is due.
func (o *Office) drain(ctx context.Context) error {
	for ctx.Err() == nil {
		due, err := o.Store.Due(ctx, channelFolder)
		if err != nil || len(due) == 0 {
			return err
		}
		if err := o.drainDue(ctx, due); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// drainDue delivers letters, a county's in their order and the counties beside
// each other.
func (o *Office) drainDue(ctx context.Context, due []merge.Letter) error {
	var counties []string
	bags := map[string][]int64{}
	for _, l := range due {
		if bags[l.County] == nil {
			counties = append(counties, l.County)
		}
		bags[l.County] = append(bags[l.County], l.ID)
	}
	var group errgroup.Group
	group.SetLimit(mostFolders)
	for _, county := range counties {
		group.Go(func() error { return o.handAll(ctx, bags[county]) })
	}
	return group.Wait()
}

// mostAtOnce is how many letters go into a county's folder together.
const mostAtOnce = 16

// handAll claims and delivers the letters of one county, in their order.
func (o *Office) handAll(ctx context.Context, letters []int64) error {
	for part := range slices.Chunk(letters, mostAtOnce) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		claimed, err := o.Store.ClaimLetters(ctx, part)
		if err != nil {
			return err
		}
		if err := o.settleAll(ctx, claimed, o.handTogether(ctx, claimed)); err != nil {
			return err
		}
	}
	return nil
}

// hand delivers one letter.
func (o *Office) hand(ctx context.Context, l merge.Letter) error {
	switch {
	case l.Kind != merge.KindAnswer:
		return o.tell(ctx, l)
	case l.Channel == channelMail:
		return o.postAnswer(ctx, l)
	}
	return o.handTogether(ctx, []merge.Letter{l})[0]
}

// handTogether delivers letters into the folder of one county and answers how each
// ended. Receipts without a workbook, which are most, are written together.
func (o *Office) handTogether(ctx context.Context, letters []merge.Letter) []error {
	ended := make([]error, len(letters))
	reports, err := o.reports(ctx, answered(letters))
	var receipts []answer
	var at []int
	for i, l := range letters {
		switch {
		case l.Kind != merge.KindAnswer:
			ended[i] = o.tell(ctx, l)
		case err != nil:
			ended[i] = err
		default:
			a, err := o.complete(ctx, reports[0])
			reports = reports[1:]
			if ended[i] = err; err != nil {
				continue
			}
			if a.book == nil {
				receipts, at = append(receipts, a), append(at, i)
				continue
			}
			ended[i] = inTime(ctx, hung, func() error { return o.file(ctx, a) })
		}
	}
	for i, err := range o.fileReceipts(ctx, receipts) {
		ended[at[i]] = err
	}
	return ended
}

// answered are the submissions that letters answer.
func answered(letters []merge.Letter) (submissions []int64) {
	for _, l := range letters {
		if l.Kind == merge.KindAnswer {
			submissions = append(submissions, l.Submission)
		}
	}
	return submissions
}

// fileReceipts puts receipts into the folder of their county and answers how each
// ended.
func (o *Office) fileReceipts(ctx context.Context, receipts []answer) []error {
	if len(receipts) == 0 {
		return nil
	}
	papers := make([]*paper, len(receipts))
	for i, a := range receipts {
		papers[i] = &paper{name: receiptName(a.Report), data: windowsText(ReportText(a.Report))}
	}
	err := inTime(ctx, hung, func() error {
		f, err := o.answersFolder(receipts[0].Submission.County)
		if err != nil {
			return err
		}
		f.putAll(ctx, papers)
		return f.close()
	})
	ended := make([]error, len(receipts))
	for i := range ended {
		if ended[i] = err; err == nil {
			ended[i] = papers[i].err // written by nobody any more
		}
	}
	return ended
}

// settleAll writes down what became of letters; those that were delivered together.
func (o *Office) settleAll(ctx context.Context, letters []merge.Letter, ended []error) error {
	var errs []error
	var sent []int64
	for i, l := range letters {
		if ended[i] != nil {
			errs = append(errs, o.settle(ctx, l, ended[i]))
			continue
		}
		o.log().Info("letter delivered", "letter", l.ID, "kind", l.Kind, "submission", l.Submission, "channel", l.Channel)
		sent = append(sent, l.ID)
	}
	errs = append(errs, o.Store.SentAll(context.WithoutCancel(ctx), sent)...)
	return errors.Join(errs...)
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
	var some *takenBySome
	if errors.As(cause, &some) {
		log.Warn("letter delivered, some addresses were refused", "refused", len(some.refused), "of", some.of)
		return o.Store.SentPartly(ctx, l.ID, cause.Error()+"\n"+partlyAdvice)
	}
	if stopping {
		return o.Store.Retry(ctx, l.ID, told(cause), o.now())
	}
	if errors.Is(cause, ErrAway) {
		log.Debug("letter waits for its folder", "err", plain(cause))
		return o.Store.Retry(ctx, l.ID, cause.Error(), o.now().Add(awayPause))
	}
	wait, more := pause(l.Attempts)
	if l.Channel == channelFolder {
		wait, more = folderPause(l.Attempts), true // a folder can always be mended
	}
	wait = jitter(wait)
	var r *Refusal
	if errors.As(cause, &r) && r.Permanent() || !more {
		log.Error("letter not delivered, given up", "err", plain(cause))
		return o.Store.Fail(ctx, l.ID, told(cause))
	}
	log.Warn("letter not delivered yet", "err", plain(cause), "again_in", wait.Round(time.Second).String())
	text := told(cause)
	if l.Channel == channelFolder {
		text = cause.Error() + "\n" + folderAdvice(cause)
	}
	return o.Store.Retry(ctx, l.ID, text, o.now().Add(wait))
}

// told is an error as the outbox keeps it: the cause, and below it what to do.
func told(cause error) string {
	text := cause.Error()
	if advice := Advice(cause); advice != "" {
		text += "\n" + advice
	}
	return text
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
	if r != nil && (r.Stage == StageRecipient || r.Stage == StageContent) {
		return "mail, " + r.Stage + ": no answer"
	}
	return err.Error()
}

// file puts an answer into the county's folder: the workbook first, because the
// text names it.
func (o *Office) file(ctx context.Context, a answer) (err error) {
	county := a.Submission.County
	f, err := o.answersFolder(county)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	if a.book != nil {
		book := &paper{name: a.Copy, data: a.book, form: a.Clean}
		if err := f.put(ctx, book); err != nil {
			return err
		}
		a.Copy = book.name
	}
	return f.put(ctx, &paper{name: receiptName(a.Report), data: windowsText(ReportText(a.Report))})
}

// receiptName names the text: 20261122-0007 回执（通过）.txt.
func receiptName(r Report) string {
	return fmt.Sprintf("%s 回执（%s）.txt", r.Submission.Number, r.Submission.Verdict.Say("zh"))
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
