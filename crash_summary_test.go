package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The summaries that the tests compute anew, and the files that they are in.
var crashSummaries = map[string]struct {
	title string
	rows  func(*stored) map[string][]string
}{
	"petition_by_status":   {"群众信访举报件办理情况统计表（按办结状态）", petitionsByStatus},
	"open_issue_by_status": {"尚未办结问题整改进展情况统计表", issuesByStatus},
	"case_summary_total":   {"群众举报问题办理情况汇总表（各县区上报）", figuresTotal},
}

// checkSummaries is I4: every summary that is wanted has been written, the
// bytes in the folder are those that the store says, and the figures in them
// are what simple arithmetic makes of the facts.
func (w *world) checkSummaries(s *stored) (wrong []string) {
	have := map[string]bool{}
	for _, path := range w.files("summaries/*.xlsx") {
		have[w.hash(path)] = true
		if err := wholeZip(path); err != nil {
			wrong = append(wrong, fmt.Sprintf("I4: %s is not whole: %v", filepath.Base(path), err))
		}
	}
	for name, one := range s.summaries {
		if one.have != one.want || !have[one.sha] {
			wrong = append(wrong, fmt.Sprintf("I4: summary %s: version %d is wanted, %d written, its bytes are in the folder: %v", name, one.want, one.have, have[one.sha]))
		}
	}
	if len(have) != len(s.summaries) {
		wrong = append(wrong, fmt.Sprintf("I4: %d workbooks for %d summaries", len(have), len(s.summaries)))
	}
	for name, one := range crashSummaries {
		if len(wrong) == 0 {
			wrong = append(wrong, w.checkSummary(s, name, one.title, one.rows(s))...)
		}
	}
	return wrong
}

func (w *world) checkSummary(s *stored, name, title string, want map[string][]string) (wrong []string) {
	f, err := excelize.OpenFile(filepath.Join(w.data, "summaries", title+".xlsx"))
	if err != nil {
		return []string{"I4: " + name + ": " + err.Error()}
	}
	defer f.Close() // only read
	rows, err := f.GetRows(f.GetSheetList()[0])
	if err != nil {
		return []string{"I4: " + name + ": " + err.Error()}
	}
	for label, figures := range want {
		at := slices.IndexFunc(rows, func(row []string) bool { return len(row) > 0 && row[0] == label })
		if at < 0 {
			wrong = append(wrong, "I4: "+name+" has no line "+label)
			continue
		}
		if got := rows[at][1:]; !slices.Equal(got[:min(len(got), len(figures))], figures) {
			wrong = append(wrong, fmt.Sprintf("I4: %s, %s: the workbook says %v, the facts %v", name, label, got, figures))
		}
	}
	return wrong
}

// petitionsByStatus counts the items of each county: all, closed, closed for
// now, open, and how many of a hundred are closed.
func petitionsByStatus(s *stored) map[string][]string {
	return byStatus(s, petitionForm, "已办结", "阶段性办结", "正在办理")
}

func issuesByStatus(s *stored) map[string][]string {
	return byStatus(s, openForm, "已办结", "阶段办结", "正在办理")
}

func byStatus(s *stored, form string, states ...string) map[string][]string {
	counts := map[string][]int{"合计": make([]int, 4)}
	for at, says := range s.facts {
		if at[0] != form {
			continue
		}
		county := string([]rune(at[2])[:2]) // the keys of the tests begin with it
		if counts[county] == nil {
			counts[county] = make([]int, 4)
		}
		for _, line := range []string{county, "合计"} {
			counts[line][0]++
			counts[line][1+slices.Index(states, says["status"])]++
		}
	}
	out := map[string][]string{}
	for line, c := range counts {
		rate := "—"
		if c[0] > 0 {
			thousandth := (2000*c[1] + c[0]) / (2 * c[0]) // rounded half up
			rate = fmt.Sprintf("%d.%d%%", thousandth/10, thousandth%10)
		}
		out[line] = []string{strconv.Itoa(c[0]), strconv.Itoa(c[1]), strconv.Itoa(c[2]), strconv.Itoa(c[3]), rate}
	}
	return out
}

// figuresTotal adds up what the counties reported for the period that is open,
// or for the one before while nobody has.
func figuresTotal(s *stored) map[string][]string {
	period := ""
	for at := range s.force {
		if at[1] == figuresForm {
			period = max(period, at[2])
		}
	}
	columns := []string{"assigned", "closed_true", "closed_false", "closed_total", "staged", "", "penalty_cases", "fine_wan", "", "", "", "talks"}
	lines := map[string][]int64{"合计": make([]int64, len(columns))}
	for at, says := range s.facts {
		if at[0] != figuresForm || at[1] != period {
			continue
		}
		lines[at[2]] = make([]int64, len(columns))
		for i, column := range columns {
			n, _ := strconv.ParseInt("0"+says[column], 10, 64) // none are negative; a column of no name is never filled in
			lines[at[2]][i] += n
			lines["合计"][i] += n
		}
	}
	out := map[string][]string{}
	for line, figures := range lines {
		for i, n := range figures {
			text := strconv.FormatInt(n, 10)
			if columns[i] == "fine_wan" { // stored in millionths, shown in hundredths
				text = fmt.Sprintf("%d.%02d", (n+5000)/10000/100, (n+5000)/10000%100)
			}
			out[line] = append(out[line], strings.TrimSpace(text))
		}
	}
	return out
}
