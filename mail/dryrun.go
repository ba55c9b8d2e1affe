package mail

import (
	"fmt"

	"taizhang/templates"
)

// dry says whether the file was only checked: no receipt has a number then, and
// nothing of the file is stored.
func (r Report) dry() bool {
	return r.Submission.Number == "" && r.Submission.Verdict != templates.Pending
}

// dryVerdict is what would become of the file.
func (r Report) dryVerdict() string {
	s := r.Submission
	said := map[templates.Verdict]string{
		templates.Accepted: "没有要改的，可以报送。",
		templates.Noted:    "可以报送；下面的提醒请看一看。",
		templates.Partial:  fmt.Sprintf("这样报送能入库 %d 行，另有 %d 行要改好才能入库。", s.Accepted, s.Held),
		templates.Returned: "这样报送会被退回，请先改好。",
	}[s.Verdict]
	return "【" + s.Verdict.Say("zh") + "】" + said + "这次只是核对，没有入库。"
}

// dryRows says what would become of the rows, of which there are some.
func (r Report) dryRows() string {
	s := r.Submission
	switch {
	case s.Verdict == templates.Returned:
		return fmt.Sprintf("读到 %d 行，改好才能入库", s.Read)
	case s.Held == 0:
		return fmt.Sprintf("读到 %d 行，都可以入库", s.Read)
	}
	return fmt.Sprintf("读到 %d 行，可以入库 %d 行，待改 %d 行", s.Read, s.Accepted, s.Held)
}
