package mail

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"taizhang/merge"
	"taizhang/templates"
)

// Trial sends one real letter that only says that sending works. The error is a
// *Refusal. What went well is told to Trace.
func (s *SMTP) Trial(ctx context.Context, city, to string, now time.Time) error {
	address, ok := templates.MailAddress(to)
	if !ok {
		return refusal(StageAddress, errNoAddress)
	}
	_, domain, _ := strings.Cut(strings.Trim(s.From, "<> "), "@")
	id := fmt.Sprintf("<test.%s@%s>", strings.ToLower(rand.Text()), domain)
	p := page{Tone: "good", Head: "【台账】发信测试：收到这封信，说明发信的设置是好的。",
		Why: []string{city + "的台账程序于 " + now.Format("2006年1月2日 15:04") + " 发出。"},
		Parts: []part{{Title: "说明", Intro: "本邮件由系统自动发出，请不要回复。"},
			{Title: englishTitle, Intro: "A test letter: sending works."}},
	}
	m, err := envelope{merge.Letter{MessageID: id}, s.From, "【台账】发信测试", "", now}.fill(p, nil)
	if err != nil {
		return refusal(StageSender, err)
	}
	if err := m.To(address); err != nil {
		return refusal(StageAddress, err)
	}
	_, err = s.Send(ctx, m, []string{address}, true)
	return err
}
