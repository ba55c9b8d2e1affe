package mail

import (
	"taizhang/merge"
)

// confidential says whether nothing of the answer may leave by mail. A file of no
// known form may hold anything.
func (r Report) confidential() bool { return r.Form == nil || r.Form.Confidential }

// hint is all that a letter says about a confidential answer: that it is ready,
// and where. The name of the file stays out, because people put names into it.
func (r Report) hint() page {
	s := r.Submission
	p := part{Title: "回执"}
	p.say("回执编号", s.Number)
	p.say("报送单位", s.County)
	p.say("识别为", r.formText())
	p.say("报告期", r.periodText())
	if !s.ArrivedAt.IsZero() {
		p.say("收到时间", s.ArrivedAt.In(r.zone()).Format("2006年1月2日 15:04"))
	}
	folder := "报送文件夹里的“" + AnswersFolder + "”"
	if s.County == merge.City {
		folder = "“" + merge.City + "”文件夹里的“" + AnswersFolder + "”"
	}
	return hintPage(tones[s.Verdict], "【"+s.Verdict.Say("zh")+"】回执已备好，请到"+folder+"文件夹查看。", p,
		"Verdict: "+s.Verdict.Say("en")+". The answer lies in the folder 回执 (receipt "+s.Number+"); confidential contents are not sent by mail.")
}

// hint is all that a letter says about a notice that quotes a confidential form.
func (n notice) hint() page {
	return hintPage("wait", n.subject, part{Title: "文件"}.with("说明", n.file).with("表", n.bookName),
		"The notice lies in the folder 回执; confidential contents are not sent by mail.")
}

func (p part) with(label, text string) part {
	p.say(label, text)
	return p
}

// hintPage is the page of a letter that only points to the folder.
func hintPage(tone, head string, about part, english string) page {
	return page{Tone: tone, Head: head,
		Why: []string{"这张表涉及个人信息或信访内容，邮件里不写内容，也不带附件；完整的答复只在“" + AnswersFolder + "”文件夹里。"},
		Parts: []part{about, {Title: "说明", Intro: noReply},
			{Title: englishTitle, Intro: english}},
	}
}

// noReply ends every letter.
const noReply = "本邮件由系统自动发出，请不要回复；改好的表请放进报送文件夹。"
