package merge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// City is the name under which the city's own files and letters are kept, and
// of its folder below the share. It is no county.
const City = "市级"

// KindAnswer is the kind of a letter that answers a file.
const KindAnswer = "answer"

// Notice is a letter that answers no file. Kind, County, Form, Period and Ref
// together make it one: it is told once.
type Notice struct {
	Kind   string // handed, prefilled, remind, chase, missing, overdue, withdrawn
	County string // "" for the city itself
	Form   string
	Period string
	Ref    string   // stage, list version, day, ...
	To     []string // e-mail addresses; none: only the folder
}

// Tell puts notices into the outbox and counts those that are new; what was told
// before is left out. Each goes into the folder, and by mail where it has
// addresses. The letter is written when it is delivered.
func (s *Store) Tell(ctx context.Context, domain string, notices []Notice) (told int, err error) {
	if len(notices) == 0 {
		return 0, nil
	}
	err = s.change(ctx, func(q *session) error {
		told, err = q.tell(domain, notices)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("tell: %w", err)
	}
	return told, nil
}

func (q *session) tell(domain string, notices []Notice) (told int, err error) {
	for _, n := range notices {
		isNew, err := q.tellOne(domainOr(domain), n)
		if err != nil {
			return told, err
		}
		if isNew {
			told++
		}
	}
	return told, nil
}

// tellOne writes the letters of one notice unless it was told before.
func (q *session) tellOne(domain string, n Notice) (bool, error) {
	id := n.messageID(domain)
	const insert = `INSERT INTO outbox (kind, county, form, period, ref, channel, recipients, message_id, state, next_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9) ON CONFLICT DO NOTHING`
	res, err := q.exec(insert, n.Kind, n.County, n.Form, n.Period, n.Ref, ByFolder, "", id, stamp(q.at))
	if err != nil {
		return false, err
	}
	if added, err := res.RowsAffected(); err != nil || added == 0 {
		return false, err
	}
	if len(n.To) > 0 {
		if err := q.do(insert, n.Kind, n.County, n.Form, n.Period, n.Ref, ByMail, strings.Join(n.To, "\n"), id, stamp(q.at)); err != nil {
			return false, err
		}
	}
	who := n.County
	if who == "" {
		who = City
	}
	return true, q.note(who, "tell", n.Kind+" "+n.Form, strings.Join([]string{n.Period, n.Ref}, " "))
}

// messageID is made of what makes the notice one, so that it stays the same
// however often the letter is tried.
func (n Notice) messageID(domain string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{n.Kind, n.County, n.Form, n.Period, n.Ref}, "\x00")))
	return fmt.Sprintf("<%s.%s@%s>", n.Kind, hex.EncodeToString(sum[:10]), domain)
}

// domainOr is the domain of Message-IDs, or a name that is nobody's.
func domainOr(domain string) string {
	if domain == "" {
		return "taizhang.invalid"
	}
	return domain
}
