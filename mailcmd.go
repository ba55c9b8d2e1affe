package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"taizhang/mail"
	"taizhang/merge"
	"taizhang/templates"

	"github.com/jedib0t/go-pretty/v6/table"
)

type mailCmd struct {
	List  mailListCmd  `cmd:"" help:"没有送到、没有送全的信和原因。 Letters that have not arrived, and why."`
	Retry mailRetryCmd `cmd:"" help:"再送一封，或全部没送到的。 Try one letter again, or all that were given up."`
	Test  mailTestCmd  `cmd:"" help:"按设置发一封测试信，逐步显示。 Send one real letter and show each stage."`
}

type mailListCmd struct {
	All  bool   `help:"连已送到的也列出 (sent ones too)."`
	Data string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
	JSON bool   `name:"json" help:"输出 JSON (print JSON)."`
}

// Run lists the letters of the outbox, oldest first.
func (c *mailListCmd) Run(ctx context.Context, t *terminal) error {
	return visit(ctx, t, c.Data, besideAsIs, func(h *house) error {
		all, err := h.store.Letters(ctx, "")
		if err != nil {
			return err
		}
		letters := []merge.Letter{}
		for _, l := range all {
			if c.All || l.State != "sent" || l.LastError != "" {
				letters = append(letters, l)
			}
		}
		if c.JSON {
			return json.NewEncoder(t.Out).Encode(letters)
		}
		return h.printLetters(t.Out, letters)
	})
}

// letterStates and letterKinds are the words of the list.
var (
	letterStates = map[string]string{"pending": "等待", "sending": "正在送", "sent": "已送到", "failed": "没送到"}
	letterKinds  = map[string]string{merge.KindAnswer: "回执", "handed": "交办", "prefilled": "预填表", merge.KindRemind: "催办",
		merge.KindChase: "督办", merge.KindMissing: "未报名单", merge.KindOverdue: "期限提醒", merge.KindWithdrawn: "撤销通知"}
	letterWays = map[string]string{merge.ByFolder: "文件夹", merge.ByMail: "邮件"}
)

// printLetters prints the list as wide as people see it; what to do about the
// causes stands below, each once.
func (h *house) printLetters(out io.Writer, letters []merge.Letter) error {
	if len(letters) == 0 {
		_, err := fmt.Fprintln(out, "没有要送的信，也没有没送到的 (nothing is waiting, nothing failed)")
		return err
	}
	w := table.NewWriter()
	w.AppendHeader(table.Row{"KEY", "状态", "单位", "内容", "方式", "次数", "下次", "最近一次的原因"})
	var todo []string
	for _, l := range letters {
		cause, advice := mail.Cause(l)
		if advice != "" && !strings.Contains(strings.Join(todo, "\n"), advice) {
			todo = append(todo, advice)
		}
		w.AppendRow(table.Row{l.ID, or(letterStates, l.State), orWord(l.County, merge.City), or(letterKinds, l.Kind),
			or(letterWays, l.Channel), l.Attempts, h.nextTry(l), templates.Shown(cause, 200)})
	}
	w.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: 32}, {Number: 8, WidthMax: 60}})
	if _, err := fmt.Fprintln(out, w.Render()); err != nil {
		return err
	}
	for _, advice := range todo {
		if _, err := fmt.Fprintf(out, "· %s\n", advice); err != nil {
			return err
		}
	}
	return nil
}

func or(words map[string]string, key string) string { return orWord(words[key], key) }

func orWord(word, otherwise string) string {
	if word == "" {
		return otherwise
	}
	return word
}

// nextTry is when a letter is tried next.
func (h *house) nextTry(l merge.Letter) string {
	switch {
	case l.State != "pending":
		return ""
	case !l.NextAt.After(h.now()):
		return "马上"
	}
	return l.NextAt.In(h.zone).Format("01-02 15:04")
}

type mailRetryCmd struct {
	Key  string `arg:"" optional:"" help:"mail list 里的 KEY；不写就是全部没送到的 (a KEY of mail list; without one all that were given up)."`
	Data string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// Run puts letters back; the program that serves sends them.
func (c *mailRetryCmd) Run(ctx context.Context, t *terminal) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	return visit(ctx, t, c.Data, besideAsIs, func(h *house) error {
		letters, err := h.store.TakeUp(ctx, id)
		if errors.Is(err, merge.ErrNotFound) {
			return usage(fmt.Errorf("没有要再送的信 %s：没有这个号，或已送到，或正在送 (no such letter, or it was sent, or is under way)", c.Key),
				"taizhang mail list 列出没送到的 (lists what has not arrived)")
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.Out, "%d 封信重新排上了，serve 运行时一分钟内送出 (%d letters are due again; serve sends them within a minute)\n", len(letters), len(letters))
		return err
	})
}

func (c *mailRetryCmd) id() (int64, error) {
	if c.Key == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(c.Key, 10, 64)
	if err != nil || id < 1 {
		return 0, usage(fmt.Errorf("“%s”不是 KEY (not a key)", c.Key), "taizhang mail list 的第一列 (see the first column of taizhang mail list)")
	}
	return id, nil
}

type mailTestCmd struct {
	Address string `arg:"" help:"测试信发到哪里 (where the test letter goes)."`
	Data    string `default:"taizhang-data" placeholder:"DIR" help:"数据文件夹 (data folder)."`
}

// stageWords name the stages of handing over a letter.
var stageWords = map[string]string{
	mail.StageAddress: "收信地址 address", mail.StageConnect: "连接 connect", mail.StageTLS: "加密 TLS", mail.StageGreeting: "应答 greeting",
	mail.StageStartTLS: "加密 STARTTLS", mail.StageSignIn: "登录 sign-in", mail.StageSender: "发信地址 sender",
	mail.StageRecipient: "收信人 recipient", mail.StageContent: "信件 letter",
}

// Run sends one letter by the settings and tells each stage. The store is left alone.
func (c *mailTestCmd) Run(ctx context.Context, t *terminal) error {
	if _, ok := templates.MailAddress(c.Address); !ok {
		return usage(fmt.Errorf("“%s”不能用作电子邮箱 (no usable e-mail address)", templates.Shown(c.Address, 100)),
			"写成 wang@example.gov.cn 的样子，一次一个 (write one address like wang@example.gov.cn)")
	}
	h := newHouse(c.Data, slog.New(slog.NewTextHandler(t.Err, nil)))
	var err error
	if h.settings, err = readSettings(h.path("taizhang.yaml")); err != nil {
		return err
	}
	if h.zone, err = h.settings.zone(); err != nil {
		return err
	}
	smtp, err := h.settings.Mail.smtp(h.dir)
	if err != nil {
		return err
	}
	if smtp == nil {
		return usage(errors.New("没有设置发信服务器 (no mail server is set)"), "在 taizhang.yaml 里填好 mail.host、from、user 和密码 (fill in mail in taizhang.yaml)")
	}
	began := time.Now()
	smtp.Trace = func(stage, note string) {
		fmt.Fprintf(t.Out, "好 ok   %s %s (%d ms)\n", stageWords[stage], templates.Shown(note, 100), time.Since(began).Milliseconds())
	}
	err = smtp.Trial(ctx, h.settings.City, c.Address, h.now().In(h.zone))
	var r *mail.Refusal
	if errors.As(err, &r) {
		fmt.Fprintf(t.Out, "停 stop %s (%d ms)\n", stageWords[r.Stage], time.Since(began).Milliseconds())
		return trouble(err, mail.Advice(err))
	}
	if err == nil {
		_, err = fmt.Fprintf(t.Out, "服务器收下了这封信，请到 %s 查收（也看看垃圾箱） (taken; look into that mailbox, and its spam folder)\n", c.Address)
	}
	return err
}

// letterProblems are the letters that did not arrive, for the page.
func (h *house) letterProblems(ctx context.Context) []string {
	lines, err := h.office.Problems(ctx)
	if err != nil && ctx.Err() == nil {
		h.log.Error("cannot list the letters that did not arrive", "err", err)
	}
	return lines
}
