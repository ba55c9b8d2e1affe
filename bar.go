package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// bar shows how far work has come, where bars are drawn. That it cannot be drawn is
// no failure.
func (t *terminal) bar(all int, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions(all, progressbar.OptionSetWriter(t.bars()),
		progressbar.OptionSetDescription(what), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond))
}
