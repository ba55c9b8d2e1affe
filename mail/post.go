package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"taizhang/merge"
)

// postRoom is who is under way with letters: for each domain at most one carrier,
// so that a server that does not answer for one domain holds up no other.
type postRoom struct {
	mu    sync.Mutex
	busy  map[string]bool        // domains with a carrier under way
	sent  map[string][]time.Time // when a domain got its last letters, oldest first
	err   error                  // of the outbox, since somebody asked last
	under sync.WaitGroup
}

// mostCarriers is how many lines to the server are open at once.
const mostCarriers = 16

// usualRate is how many letters a domain gets in any minute where nothing is set;
// public mailboxes take a few.
const usualRate = 10

// carry sends a carrier to each domain with letters that are due, unless one is
// there already.
func (o *Office) carry(ctx context.Context) error {
	_, err := o.send(ctx, true)
	return err
}

// carryAll sends carriers until nothing is due that may go out now, and waits.
func (o *Office) carryAll(ctx context.Context) error {
	o.prepare()
	for ctx.Err() == nil {
		sent, err := o.send(ctx, false)
		o.post.under.Wait()
		if err = errors.Join(err, o.post.trouble()); err != nil || sent == 0 {
			return err
		}
	}
	return ctx.Err()
}

// send sends the carriers and counts them. Those that do not wait leave a domain
// alone that got all it takes in a minute.
func (o *Office) send(ctx context.Context, wait bool) (carriers int, err error) {
	due, err := o.Store.Due(ctx, channelMail)
	if err != nil {
		return 0, err
	}
	bags := map[string][]int64{}
	var domains []string
	for _, l := range due {
		domain := domainOf(l)
		if bags[domain] == nil {
			domains = append(domains, domain)
		}
		bags[domain] = append(bags[domain], l.ID)
	}
	for _, domain := range domains {
		if !wait && o.post.full(domain, o.SMTP) > 0 || !o.post.take(domain) {
			continue
		}
		carriers++
		go o.round(ctx, domain, bags[domain], wait)
	}
	return carriers, nil
}

// round delivers the letters of one domain, one after another.
func (o *Office) round(ctx context.Context, domain string, letters []int64, wait bool) {
	err := o.each(ctx, domain, letters, wait)
	o.post.leave(domain, err)
	switch {
	case err == nil && ctx.Err() == nil && wait:
		o.Wake() // more may have come meanwhile
	case err != nil && ctx.Err() == nil:
		o.log().Error("outbox", "channel", channelMail, "err", err)
	}
}

func (o *Office) each(ctx context.Context, domain string, letters []int64, wait bool) error {
	for _, id := range letters {
		if full := o.post.full(domain, o.SMTP); full > 0 && (!wait || !sleep(ctx, full)) {
			return nil
		}
		l, ok, err := o.Store.ClaimLetter(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		o.post.count(domain, o.SMTP)
		if err := o.settle(ctx, l, o.hand(ctx, l)); err != nil {
			return err
		}
	}
	return nil
}

// domainOf is where a letter goes; one to nobody has none.
func domainOf(l merge.Letter) string {
	for _, address := range usable(l.To) {
		_, domain, _ := strings.Cut(address, "@")
		return strings.ToLower(domain)
	}
	return ""
}

// take says whether a carrier may go to a domain.
func (p *postRoom) take(domain string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[domain] || len(p.busy) >= mostCarriers {
		return false
	}
	if p.busy == nil {
		p.busy, p.sent = map[string]bool{}, map[string][]time.Time{}
	}
	p.busy[domain] = true
	p.under.Add(1)
	return true
}

func (p *postRoom) leave(domain string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, domain)
	p.err = errors.Join(p.err, err)
	p.under.Done()
}

// trouble is what went wrong with the outbox since it was asked last.
func (p *postRoom) trouble() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.err
	p.err = nil
	return err
}

// full is how long a domain takes no more letters; 0 when it takes one.
func (p *postRoom) full(domain string, s *SMTP) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	most, minute := s.rate()
	times := p.sent[domain]
	if len(times) < most {
		return 0
	}
	return max(0, time.Until(times[len(times)-most].Add(minute)))
}

// count notes that a letter goes to a domain.
func (p *postRoom) count(domain string, s *SMTP) {
	p.mu.Lock()
	defer p.mu.Unlock()
	most, _ := s.rate()
	times := append(p.sent[domain], time.Now())
	p.sent[domain] = times[max(0, len(times)-most):]
}

func (s *SMTP) rate() (letters int, minute time.Duration) {
	letters, minute = s.PerMinute, s.minute
	if letters <= 0 {
		letters = usualRate
	}
	if minute <= 0 {
		minute = time.Minute
	}
	return letters, minute
}

// sleep waits; false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// whole is for how many attempts a letter waits until the server takes it for
// all of the county's addresses at once.
const whole = 4

// postAnswer sends an answer by mail.
func (o *Office) postAnswer(ctx context.Context, l merge.Letter) error {
	r, err := o.report(ctx, l.Submission)
	if err != nil {
		return err
	}
	a := answer{Report: r}
	if !r.confidential() {
		if a, err = o.answer(ctx, l.Submission); err != nil {
			return err
		}
	}
	return o.dispatch(ctx, l, func(most int) (*gomail.Msg, error) {
		return compose(l, a.Report, o.SMTP.From, attachments(a), most, o.now())
	})
}

// dispatch sends a letter that is written with at most so many bytes attached. A
// server that finds it too large gets it once more without attachments, within
// the same time.
func (o *Office) dispatch(ctx context.Context, l merge.Letter, write func(most int) (*gomail.Msg, error)) error {
	to := usable(l.To)
	if len(to) == 0 {
		return &Refusal{Stage: StageAddress, Err: errNoAddress}
	}
	ctx, cancel := context.WithTimeout(ctx, o.SMTP.timeout())
	defer cancel()
	err := o.try(ctx, l, to, maxAttached, write)
	var r *Refusal
	if errors.As(err, &r) && r.Stage == StageContent && r.Code == 552 {
		return o.try(ctx, l, to, 0, write)
	}
	return err
}

func (o *Office) try(ctx context.Context, l merge.Letter, to []string, most int, write func(int) (*gomail.Msg, error)) error {
	m, err := write(most)
	if err != nil {
		return err
	}
	if err := m.To(to...); err != nil {
		return fmt.Errorf("recipients: %w", err)
	}
	refused, err := o.SMTP.Send(ctx, m, to, l.Attempts < whole)
	if err == nil && len(refused) > 0 {
		return &takenBySome{refused, len(to)}
	}
	return err
}

// takenBySome says that a letter was taken, but not for all its addresses.
type takenBySome struct {
	refused []string
	of      int
}

func (p *takenBySome) Error() string {
	return fmt.Sprintf("mail, %s: %d of %d addresses refused: %s", StageRecipient, len(p.refused), p.of, strings.Join(p.refused, ", "))
}
