package mail

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"taizhang/merge"
)

// Problems are the letters by mail that did not arrive, and the answers that their
// folder does not take, as the city clerk should see them: a line for each county, with
// what to do. A letter that was put off only once is no problem yet.
func (o *Office) Problems(ctx context.Context) ([]string, error) {
	letters, err := o.Store.Stuck(ctx, channelMail)
	if err != nil {
		return nil, fmt.Errorf("letters: %w", err)
	}
	unfiled, err := o.Store.Stuck(ctx, channelFolder)
	if err != nil {
		return nil, fmt.Errorf("letters: %w", err)
	}
	var counties []string
	byState := map[string]map[string][]merge.Letter{}
	for _, l := range letters {
		if l.State == "pending" && l.Attempts < 2 || l.State == "sending" {
			continue
		}
		if byState[l.County] == nil {
			byState[l.County] = map[string][]merge.Letter{}
			counties = append(counties, l.County)
		}
		byState[l.County][l.State] = append(byState[l.County][l.State], l)
	}
	var lines []string
	for _, county := range counties {
		if list := byState[county]["failed"]; len(list) > 0 {
			lines = append(lines, failedLine(county, list))
		}
		if list := byState[county]["pending"]; len(list) > 0 {
			lines = append(lines, o.waitingLine(county, list))
		}
		if list := byState[county]["sent"]; len(list) > 0 {
			lines = append(lines, partlyLine(county, list[len(list)-1]))
		}
	}
	return append(lines, o.unfiledLines(unfiled)...), nil
}

// unfiledLines tell, county by county, of answers that their folder does not take. A
// share that is away is told of by itself.
func (o *Office) unfiledLines(letters []merge.Letter) (lines []string) {
	waiting := map[string][]merge.Letter{}
	for _, l := range letters {
		if _, advice := Cause(l); advice != "" && l.State == "pending" && l.Attempts > 1 {
			waiting[l.County] = append(waiting[l.County], l)
		}
	}
	zone := chase{Office: o}.zone()
	for _, county := range slices.Sorted(maps.Keys(waiting)) {
		last := waiting[county][len(waiting[county])-1]
		_, advice := Cause(last)
		lines = append(lines, fmt.Sprintf("%s：%d 份答复放不进“%s”文件夹，%s 再试。%s。",
			orCity(county), len(waiting[county]), AnswersFolder, last.NextAt.In(zone).Format("01-02 15:04"), advice))
	}
	return lines
}

func partlyLine(county string, l merge.Letter) string {
	_, advice := Cause(l)
	return fmt.Sprintf("%s：有的邮箱地址收不到信。%s。", orCity(county), advice)
}

func failedLine(county string, letters []merge.Letter) string {
	_, advice := Cause(letters[len(letters)-1])
	return fmt.Sprintf("%s：%d 封邮件没有送到，不再自动重发（答复仍在“%s”文件夹里）。%s。办好后运行 taizhang mail retry。",
		orCity(county), len(letters), AnswersFolder, advice)
}

func (o *Office) waitingLine(county string, letters []merge.Letter) string {
	last := letters[len(letters)-1]
	_, advice := Cause(last)
	zone := chase{Office: o}.zone()
	return fmt.Sprintf("%s：%d 封邮件还没有送到，已试 %d 次，%s 再试（答复已在“%s”文件夹里）。%s。",
		orCity(county), len(letters), last.Attempts, last.NextAt.In(zone).Format("01-02 15:04"), AnswersFolder, advice)
}

// Cause is why a letter did not arrive the last time, and what to do about it.
func Cause(l merge.Letter) (cause, advice string) {
	cause, advice, _ = strings.Cut(l.LastError, "\n")
	return cause, advice
}

// orCity names the city where no county is named.
func orCity(county string) string {
	if county == "" {
		return merge.City
	}
	return county
}
